# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import re
import struct
import zlib
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.tests import JsonRpcException, tagged

from ..models import demat_sign_ceremony
from ..models.demat_sign_throttle import LIMITS
from .ceremony import CeremonyCase, data_url, drawing

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def bomb(width=10_000, height=5_000):
    """A PNG of 50 megapixels in some kilobytes."""

    def chunk(name, data):
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


@tagged("post_install", "-at_install")
class TestAttacks(CeremonyCase):
    """What somebody tries who wants a signature that is not his, or another content."""

    # -- links ------------------------------------------------------------------------

    def test_token_of_another_order(self):
        other = self.send()
        theirs = other.signatory_ids
        self.env.flush_all()
        mixed = f"/my/sign/{self.signatory.id}/{theirs.access_token}"
        order_token = self.deal.order_id._portal_ensure_token()
        bodies = set()
        for path in (
            mixed,
            f"/my/sign/{self.signatory.id}/{order_token}",
            f"/my/sign/{self.signatory.id}/{'0' * 64}",
            f"/my/sign/{self.signatory.id}/é",
            f"/my/sign/99999999/{theirs.access_token}",
        ):
            for step in ("", "/pdf", "/file/signed"):
                answer = self.get(step, path)
                self.assertEqual(answer.status_code, 404, path)
                bodies.add(re.sub(r'nonce="[^"]*"', "", answer.text))
            answer = self.url_open(f"{path}/sign", data={"method": "draw"})
            self.assertEqual(answer.status_code, 404)
        self.assertEqual(len(bodies), 1, "refusals differ")
        self.assertNotIn(self.deal.order_id.name, bodies.pop())
        self.assertEqual(self.event_types(self.deal).count("opened"), 0)

    def test_ids_that_cannot_be(self):
        """Answered as any other wrong link."""
        token = self.signatory.access_token
        bodies = set()
        for signatory_id in (99_999_999, 2**31 - 1, 2**31, 10**30):
            for step in ("", "/pdf"):
                answer = self.get(step, f"/my/sign/{signatory_id}/{token}")
                self.assertEqual(answer.status_code, 404, signatory_id)
                bodies.add(re.sub(r'nonce="[^"]*"', "", answer.text))
        self.assertEqual(len(bodies), 1, "refusals differ")

    def test_link_of_another_signatory(self):
        """Who confirmed his own address has confirmed nobody else's."""
        deal = self.send(
            people=[("Bob", "bob@accord.example")], require_code=True, in_order=True
        )
        self.deal, (self.signatory, bob) = deal, deal.signatory_ids
        self.path = self.signatory._get_sign_path()
        self.env.flush_all()
        self.confirm()
        self.assertEqual(self.signatory.state, "confirmed")
        self.sign(bob._get_sign_path())
        self.assertEqual(bob.state, "waiting")
        bob.state = "invited"
        self.env.flush_all()
        self.read_quote(bob._get_sign_path())
        self.sign(bob._get_sign_path())
        self.assertEqual(bob.state, "opened")

    def test_expired(self):
        self.confirm()
        self.deal.expires_on = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        answer = self.sign()
        self.assertIn('data-state="expired"', answer.text)
        self.assertEqual(self.deal.state, "expired")
        self.assertSigned(False)
        self.assertEqual(self.get("/pdf").status_code, 409)

    # -- the code ---------------------------------------------------------------------

    def test_replay_of_an_accepted_code(self):
        self.read_quote()
        code = self.send_code()
        self.post("code/check", code=code)
        self.assertEqual(self.signatory.state, "confirmed")
        self.new_browser()
        self.assertIn("/code", self.get().text)
        self.post("code/check", code=code)
        self.sign()
        self.assertSigned(False)

    def test_brute_force_of_the_code(self):
        """Wrong entries are counted although each is refused."""
        self.read_quote()
        code = self.send_code()
        wrong = "000000" if code != "000000" else "111111"
        answer = self.post("code/check", code=wrong)
        self.assertIn('role="alert"', answer.text)
        self.assertEqual(self.signatory.code_attempts, 1)
        # at once again, the right one even: within the pause nothing is compared
        self.signatory.code_last_try += timedelta(seconds=60)
        self.env.flush_all()
        self.post("code/check", code=code)
        self.assertEqual(self.signatory.state, "opened")
        for tries in (2, 3, 4, 0):
            self.signatory.code_last_try -= timedelta(seconds=90)
            self.env.flush_all()
            self.post("code/check", code=wrong)
            self.assertEqual(self.signatory.code_attempts, tries)
        self.assertGreater(self.signatory.code_locked_until, fields.Datetime.now())
        self.post("code/check", code=code)
        self.post("code", channel="email")
        self.sign()
        self.assertEqual(self.signatory.state, "opened")
        self.assertEqual(self.event_types(self.deal).count("code_sent"), 1)
        self.assertEqual(self.event_types(self.deal).count("code_refused"), 5)
        self.assertIn("code_locked", self.event_types(self.deal))

    # -- twice ------------------------------------------------------------------------

    def test_double_click_and_two_tabs(self):
        self.confirm()
        token = self.csrf()
        self.sign(csrf_token=token)
        self.assertSigned()
        first = self.deal.signed_document_id
        answer = self.sign(csrf_token=token, drawing=data_url(drawing()))
        self.assertIn('data-state="signed"', answer.text)
        self.assertEqual(self.deal.signed_document_id, first)
        self.assertEqual(self.event_types(self.deal).count("signed"), 1)
        self.post("decline", csrf_token=token, reason="after all")
        self.assertEqual(self.deal.state, "signed")

    # -- another content --------------------------------------------------------------

    def test_order_changed_after_it_was_shown(self):
        self.confirm()
        self.deal.order_id.order_line.price_unit = 1
        self.env.flush_all()
        answer = self.sign()
        self.assertIn('data-state="void"', answer.text)
        self.assertSigned(False)

    def test_order_changed_by_sql(self):
        """No code of ours saw the change; the signature finds it."""
        self.confirm()
        self.env.cr.execute(
            "UPDATE sale_order_line SET price_unit = 1 WHERE order_id = %s",
            [self.deal.order_id.id],
        )
        self.env.invalidate_all()
        answer = self.sign()
        self.assertIn('data-state="void"', answer.text)
        self.assertSigned(False)
        self.assertEqual(self.deal.state, "void")

    def test_another_version_was_shown(self):
        self.confirm()
        self.sign(shown="0" * 64)
        self.sign(shown="")
        self.assertSigned(False)
        # a new version was frozen meanwhile: what was read is another one
        self.deal.frozen_sha256 = "f" * 64
        self.env.flush_all()
        self.assertIn("/read", self.get().text)
        self.sign()
        self.assertSigned(False)

    def test_altered_pdf(self):
        """A file that was changed in the storage is neither shown nor signed."""
        self.confirm()
        file = self.deal.document_id.sudo().attachment_id
        path = Path(file._full_path(file.store_fname))
        content = path.read_bytes()
        self.addCleanup(path.write_bytes, content)
        path.write_bytes(content.replace(b"%%EOF", b"%%EOf"))
        with self.assertLogs("odoo.addons", "ERROR"):
            answer = self.get("/pdf")
        self.assertEqual(answer.status_code, 409)
        self.assertIn("not what was archived", answer.text)
        with self.assertLogs("odoo.addons", "ERROR"):
            self.sign()
        self.assertSigned(False)
        self.assertEqual(self.deal.state, "sent")

    def test_forged_values(self):
        """Nothing but the answer of the step is taken, whatever is sent along."""
        order, total = self.deal.order_id, self.deal.amount_total
        name = self.signatory.name
        line = order.order_line
        forged = {
            "price_unit": "0.01",
            "amount_total": "1",
            "name": "Somebody",
            "email": "thief@evil.example",
            "state": "signed",
            "signed_at": "2020-01-01",
            "ip": "10.0.0.1",
            f"price_{line.id}": "1",
        }
        self.post("read", shown=self.deal.frozen_sha256, read="1", **forged)
        self.post("options", **{f"quantity_{line.id}": "0", **forged})
        code = self.send_code()
        self.post("code/check", code=code, **forged)
        self.sign(**forged)
        self.assertSigned()
        self.assertEqual(order.amount_total, total)
        self.assertEqual(line.product_uom_qty, 10)
        self.assertEqual(self.signatory.name, name)
        self.assertEqual(self.signatory.email, "client@accord.example")
        self.assertEqual(self.signatory.ip, "127.0.0.1")
        self.assertGreater(self.signatory.signed_at.year, 2020)

    # -- pictures ---------------------------------------------------------------------

    def test_pictures_that_are_none(self):
        self.confirm()
        flood = bomb()
        self.assertLess(len(flood), 100_000)
        for drawn in (
            data_url(SVG, "image/svg+xml"),
            data_url(SVG),
            data_url(flood),
            data_url(drawing()[:200]),
            "https://evil.example/signature.png",
            "data:image/png;base64,====",
            "",
        ):
            answer = self.sign(drawing=drawn)
            self.assertIn('role="alert"', answer.text, drawn[:40])
            self.assertSigned(False)
        for content, kind in (
            (SVG, "image/svg+xml"),
            (SVG, "image/png"),
            (flood, "image/png"),
            (b"GIF89a", "image/gif"),
            (b"", "image/png"),
        ):
            file = {"upload": ("s.png", io.BytesIO(content), kind)}
            answer = self.sign(method="upload", drawing="", files=file)
            self.assertIn('role="alert"', answer.text)
            self.assertSigned(False)
        self.sign(method="stamp")
        self.assertSigned(False)
        file = {"upload": ("s.png", io.BytesIO(drawing()), "image/png")}
        self.sign(method="upload", drawing="", files=file)
        self.assertSigned()

    def test_too_much(self):
        """More than a signature needs is not even read."""
        self.confirm()
        answer = self.sign(drawing="A" * (8 * 1024 * 1024))
        self.assertEqual(answer.status_code, 413)
        self.assertSigned(False)

    # -- words ------------------------------------------------------------------------

    def test_html_in_names(self):
        evil = '<img src=x onerror="alert(1)">'
        self.signatory.write({"name": evil, "role": evil})
        self.company.name = evil
        self.seller.name = evil
        self.env.flush_all()
        pages = [self.get().text, self.read_quote().text]
        pages.append(self.post("question", question=evil).text)
        pages.append(self.post("decline", reason=evil).text)
        for page in pages:
            self.assertNotIn("<img src=x", page)
        self.assertIn("&lt;img src=x", pages[0])

    def test_forms_of_other_sites(self):
        self.confirm()
        self.sign(csrf_token="")
        self.sign(csrf_token="0" * 40)
        self.assertSigned(False)

    # -- floods -----------------------------------------------------------------------

    def test_rate_limits(self):
        throttle = self.env["ged.throttle"]
        for scope, step in (
            ("sign_code", "code"),
            ("sign_check", "code/check"),
            # before "sign_post", which would refuse it too
            ("sign_options", "options"),
            ("sign_post", "sign"),
            ("sign_word", "question"),
        ):
            with self.subTest(step=step):
                for _number in range(LIMITS[scope][0]):
                    throttle._admit(scope, "127.0.0.1")
                answer = self.post(step)
                self.assertEqual(answer.status_code, 429)
                self.assertGreater(int(answer.headers["Retry-After"]), 0)

    def test_rate_limit_of_looking(self):
        throttle = self.env["ged.throttle"]
        for _number in range(LIMITS["sign_get"][0]):
            throttle._admit("sign_get", "127.0.0.1")
        for step in ("", "/pdf", "/pdf?download=1", "/file/signed", "/file/evidence"):
            with self.subTest(step=step):
                answer = self.get(step)
                self.assertEqual(answer.status_code, 429)
                self.assertGreater(int(answer.headers["Retry-After"]), 0)
        self.assertFalse({"opened", "downloaded"} & set(self.event_types(self.deal)))

    def test_journal_is_not_filled_by_looking(self):
        """Each browser that says another name is one more, but not without end."""
        self.patch(demat_sign_ceremony, "MOST_NOTED", 3)
        for number in range(5):
            for step in ("", "/pdf?download=1"):
                answer = self.url_open(
                    self.path + step, headers={"User-Agent": f"Browser {number}"}
                )
                self.assertEqual(answer.status_code, 200)
        self.env.invalidate_all()
        for event_type in ("opened", "downloaded"):
            noted = self.deal.event_ids.filtered(
                lambda event, wanted=event_type: event.type == wanted
            ).sorted("number")
            self.assertEqual(
                noted.mapped("detail"), [False, False, "later times are not noted"]
            )
        self.assertEqual(self.signatory.state, "opened")

    def test_guessing_links(self):
        path = f"/my/sign/{self.signatory.id}/{'0' * 64}"
        codes = [self.get(path=path).status_code for _n in range(22)]
        self.assertEqual(codes, [404] * 20 + [429] * 2)
        self.assertEqual(self.get().status_code, 200)

    # -- what others may learn --------------------------------------------------------

    def test_no_personal_data_in_addresses(self):
        pages = [self.get().text, self.read_quote().text]
        pages.append(self.post("question", question="Qui ?").text)
        addresses = re.findall(r'(?:href|src|action)="([^"]*)"', " ".join(pages))
        ours = [one for one in addresses if not one.startswith(("mailto:", "tel:"))]
        self.assertTrue(ours)
        for address in ours:
            self.assertNotRegex(address, r"(?i)@|accord|client|patron|seller")

    def test_rpc(self):
        """Helpers are no doors: none of them can be called from outside."""
        self.authenticate(self.seller.login, self.seller.login)
        for model, method, args in (
            ("demat.sign.request", "_sign", [[self.deal.id]]),
            ("demat.sign.signatory", "_send_code", [[self.signatory.id]]),
            ("demat.sign.signatory", "_check_code", [[self.signatory.id], "1", "b"]),
            ("demat.sign.signatory", "_get_sign_path", [[self.signatory.id]]),
        ):
            with (
                self.assertRaises(JsonRpcException),
                self.assertLogs("odoo.http", "WARNING"),
            ):
                self.make_jsonrpc_request(
                    "/web/dataset/call_kw",
                    {"model": model, "method": method, "args": args, "kwargs": {}},
                )
