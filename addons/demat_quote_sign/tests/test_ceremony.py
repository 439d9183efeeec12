# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from lxml.html import fromstring

from odoo.tests import tagged

from odoo.addons.ged_archive.lib.hashing import sha256

from .ceremony import CeremonyCase


@tagged("post_install", "-at_install")
class TestCeremony(CeremonyCase):
    """The steps of the page, one after the other."""

    def test_headers(self):
        for step in ("", "/pdf"):
            headers = self.get(step).headers
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
            self.assertIn("noindex", headers["X-Robots-Tag"])

    def test_the_very_bytes(self):
        answer = self.get("/pdf")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertEqual(sha256(answer.content), self.deal.frozen_sha256)
        self.assertNotIn("downloaded", self.event_types(self.deal))
        self.assertIn(
            "attachment", self.get("/pdf?download=1").headers["Content-Disposition"]
        )
        self.assertIn("downloaded", self.event_types(self.deal))

    def test_opened_once_per_browser(self):
        self.get()
        self.get()
        self.assertEqual(self.signatory.state, "opened")
        self.assertTrue(self.signatory.opened_at)
        self.assertEqual(self.event_types(self.deal).count("opened"), 1)
        event = self.deal.event_ids.filtered(lambda one: one.type == "opened")
        self.assertEqual(event.signatory_id, self.signatory)
        self.assertEqual(event.ip, "127.0.0.1")
        self.assertTrue(event.agent)

    def test_all_steps(self):
        self.assertIn('action="%s/read"' % self.path, self.get().text)
        self.assertIn("/code", self.read_quote().text)
        self.assertEqual(self.signatory.shown_sha256, self.deal.frozen_sha256)
        code = self.send_code()
        self.assertIn("a•••@accord.example", self.get().text.replace("c•••", "a•••"))
        self.post("code/check", code=f" {code[:3]} {code[3:]} ")
        self.assertEqual(self.signatory.state, "confirmed")
        self.assertIn("/sign", self.get().text)
        answer = self.sign()
        self.assertSigned()
        self.assertIn('data-state="signed"', answer.text)
        self.assertEqual(self.signatory.method, "draw")
        self.assertEqual(self.signatory.ip, "127.0.0.1")
        self.assertEqual(self.deal.state, "signed")
        types = self.event_types(self.deal)
        self.assertEqual(
            [one for one in types if one in ("read", "code_sent", "code_accepted")],
            ["read", "code_sent", "code_accepted"],
        )
        signed = self.get("/file/signed")
        self.assertEqual(sha256(signed.content), self.deal.signed_document_id.sha256)
        self.assertEqual(self.get("/file/other").status_code, 404)

    def test_steps_in_their_order(self):
        """The server knows what comes first, whatever form is sent."""
        self.sign()
        self.post("code", channel="email")
        self.assertFalse(self.signatory.code_hash)
        self.assertSigned(False)

    def test_results_only_when_signed(self):
        for which in ("signed", "evidence"):
            self.assertEqual(self.get(f"/file/{which}").status_code, 404)

    def test_terms_and_approval(self):
        terms = self.env["demat.sign.terms"].create(
            {"name": "CGV", "body": "<p>Article 1</p>", "company_id": self.company.id}
        )
        self.deal.write({"terms_id": terms.id, "bon_pour_accord": True})
        self.read_quote()
        page = self.get().text
        self.assertIn("Article 1", page)
        self.post("terms", accepted="", approval="Bon pour accord")
        self.post("terms", accepted="1", approval="d'accord")
        self.assertFalse(self.signatory.terms_accepted_at)
        self.post("terms", accepted="1", approval="BON POUR ACCORD")
        self.assertTrue(self.signatory.terms_accepted_at)
        self.assertEqual(self.signatory.typed_approval, "BON POUR ACCORD")
        [event] = self.deal.event_ids.filtered(lambda e: e.type == "terms_accepted")
        self.assertIn(terms.sha256, event.detail)

    def test_question(self):
        self.post("question", question="<script>alert(1)</script>\nMerci")
        message = self.deal.order_id.message_ids[0]
        self.assertIn("&lt;script&gt;", message.body)
        self.assertIn(self.seller.partner_id, message.partner_ids)
        self.assertIn("question", self.event_types(self.deal))
        self.assertEqual(self.deal.state, "sent")

    def test_decline(self):
        answer = self.post("decline", reason="")
        self.assertEqual(self.deal.state, "sent")
        answer = self.post("decline", reason="Trop cher")
        self.assertEqual(self.deal.state, "declined")
        self.assertEqual(self.deal.state_reason, "Trop cher")
        self.assertIn('data-state="declined"', answer.text)

    def test_not_released_yet(self):
        """What a colleague must approve first is not shown."""
        order = type(self.deal.order_id)
        self.patch(order, "_demat_sign_blockers", lambda self: ["approval missing"])
        page = self.get().text
        self.assertIn("has not released", page)
        self.assertNotIn("approval missing", page)
        self.assertEqual(self.get("/pdf").status_code, 409)
        self.assertEqual(self.event_types(self.deal).count("opened"), 0)

    def test_on_the_device_of_the_seller(self):
        """The link of a visit on site works once; no address is needed."""
        self.deal.require_code = False
        action = self.signatory.with_user(self.seller).action_sign_on_device()
        self.env.flush_all()
        path = action["url"]
        self.post("read", path, shown=self.deal.frozen_sha256, read="1")
        answer = self.sign(path)
        self.assertSigned()
        self.assertIn('data-state="signed"', answer.text)
        self.assertNotIn("/my/sign/", answer.text)
        self.assertEqual(self.get(path=path).status_code, 404)

    def press_on_site(self):
        """Open the ceremony on the device of the seller; path, token of the form."""
        self.deal.require_code = False
        path = self.signatory.with_user(self.seller).action_sign_on_device()["url"]
        self.env.flush_all()
        return path, self.csrf(path)

    def decline(self, path, token):
        """Answer from the page of before; loading it again would end the request."""
        data = {"reason": "Too dear", "csrf_token": token}
        answer = self.url_open(f"{path}/decline", data=data)
        self.env.invalidate_all()
        return answer

    def assertClosedOnSite(self, answer, state):  # noqa: N802 - as its siblings
        self.assertIn(f'data-state="{state}"', answer.text)
        self.assertNotIn("you have signed", answer.text)
        self.assertNotIn("/my/sign/", answer.text)
        self.assertEqual(self.deal.state, state)
        self.assertSigned(False)

    def test_declined_on_the_device_of_the_seller(self):
        """Nobody is thanked for a signature that he did not give."""
        path, _token = self.press_on_site()
        answer = self.post("decline", path, reason="Too dear")
        self.assertClosedOnSite(answer, "declined")
        self.assertIn("This quote was declined", answer.text)

    def test_over_on_the_device_of_the_seller(self):
        """It ends between the page and the answer."""
        path, token = self.press_on_site()
        self.deal.expires_on = "2020-01-01"
        self.env.flush_all()
        answer = self.decline(path, token)
        self.assertClosedOnSite(answer, "expired")
        self.assertIn("The time to sign this quote is over", answer.text)

    def test_changed_on_the_device_of_the_seller(self):
        path, token = self.press_on_site()
        self.env.cr.execute(
            "UPDATE sale_order SET note = 'x' WHERE id = %s", [self.deal.order_id.id]
        )
        answer = self.decline(path, token)
        self.assertClosedOnSite(answer, "void")

    def test_language_of_the_signatory(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.signatory.lang = "fr_FR"
        self.assertIn('<html lang="fr"', self.get().text)

    def test_form_of_a_dead_session(self):
        self.read_quote()
        self.assertIn('role="alert"', self.post("code", csrf_token="0o1").text)
        self.assertFalse(self.signatory.code_hash)

    def test_portal_home_and_list(self):
        user = self.make_user("anne", "base.group_portal")
        self.signatory.partner_id = user.partner_id
        self.authenticate(user.login, user.login)
        self.assertIn(self.path, self.get(path="/my/sign").text)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["demat_sign_count"]}
        )
        self.assertEqual(counters, {"demat_sign_count": 1})
        card = fromstring(self.get(path="/my").text).xpath(
            "//a[@href='/my/sign'][.//span[@data-placeholder_count]]"
        )[0]
        formatted = f"{self.deal.amount_total:.2f}".replace(".", ",")
        self.assertIn(formatted, card.text_content(), "how much, too")
        answer = self.get(path=f"/my/orders/{self.deal.order_id.id}/sign")
        self.assertNotIn(self.path, answer.headers.get("Location", ""))
        self.deal.order_id.partner_id.child_ids |= user.partner_id

    def test_host_accept_is_refused(self):
        order = self.deal.order_id
        order_token = order._portal_ensure_token()
        values = {
            "access_token": order_token,
            "name": "Anybody",
            "signature": "iVBORw0KGgo=",
        }
        url = f"/my/orders/{order.id}/accept"
        answer = self.make_jsonrpc_request(url, values)
        by_link = answer["error"]
        self.deal.action_cancel()
        answer = self.make_jsonrpc_request(url, values)
        # another reason: there is no link any more
        self.assertNotEqual(answer["error"], by_link)
        self.assertFalse(answer.get("redirect_url"))
        self.assertFalse(order.signature)

    def test_host_decline_leads_here(self):
        order = self.deal.order_id
        token = order._portal_ensure_token()
        self.authenticate(None, None)
        page = self.url_open(f"/my/orders/{order.id}/sign?access_token={token}")
        self.assertIn("c•••@accord.example", page.text)
        self.assertNotIn("/my/sign/", page.text)
        answer = self.url_open(
            f"/my/orders/{order.id}/decline?access_token={token}",
            data={"decline_message": "non", "csrf_token": _csrf(page.text)},
        )
        self.assertIn("/sign", answer.url)
        self.assertEqual(order.state, "sent")
        self.assertEqual(self.deal.state, "sent")


def _csrf(text):
    return text.partition('name="csrf_token" value="')[2].partition('"')[0]
