# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from ast import literal_eval

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SignCommon


@tagged("post_install", "-at_install")
class TestOverview(SignCommon):
    """The list of the morning, the settings, the window."""

    def found(self, name, user=None):
        """Requests under a filter of the search view, as the seller sees them."""
        view = self.env.ref("demat_quote_sign.demat_sign_request_view_search")
        [node] = etree.fromstring(view.arch).xpath(f"//filter[@name='{name}']")
        domain = literal_eval(node.get("domain"))
        return (
            self.env["demat.sign.request"].with_user(user or self.seller).search(domain)
        )

    def test_filters(self):
        waiting, changed, declined, signed = (self.send() for _each in range(4))
        changed.order_id.client_order_ref = "2"
        declined._decline(declined.signatory_ids, "no")
        self.mark_signed(signed.signatory_ids)
        self.patch(type(signed), "_finish", lambda self: None)
        signed._complete()
        every = waiting + changed + declined + signed
        for name, expected in (
            ("waiting", waiting),
            ("unopened", waiting),
            ("again", changed),
            ("declined", declined),
            ("signed", signed),
            ("signed_week", signed),
        ):
            with self.subTest(filter=name):
                self.assertEqual(self.found(name).sudo() & every, expected)
        # settled by a new request
        self.wizard(changed.order_id).action_send()
        self.assertFalse(self.found("again").sudo() & every)

    def test_ends_soon(self):
        late, soon = self.send(), self.send()
        soon.expires_on = self.env.cr.now()
        self.assertEqual(self.found("expiring").sudo() & (late + soon), soon)

    def test_mail_not_delivered(self):
        good, bad = self.send(), self.send()
        self.dispatch(good)
        self.exchanges(bad)._mark_failed("refused", "no such mailbox")
        self.env.invalidate_all()
        self.assertEqual(self.found("failed").sudo() & (good + bad), bad)
        self.assertTrue(bad.with_user(self.seller).has_failed_mail)
        self.assertFalse(good.with_user(self.seller).has_failed_mail)
        self.assertEqual(
            (good.signatory_ids.delivery, bad.signatory_ids.delivery),
            ("done", "failed"),
        )

    def test_default_filters_together(self):
        """Those of the menu are one group: any of them, not all of them at once."""
        view = self.env.ref("demat_quote_sign.demat_sign_request_view_search")
        names = []
        for node in etree.fromstring(view.arch):
            if node.tag == "separator":
                names.append([])
            elif node.tag == "filter" and names:
                names[-1].append(node.get("name"))
        context = literal_eval(
            self.env.ref("demat_quote_sign.demat_sign_request_action").context
        )
        chosen = {name.removeprefix("search_default_") for name in context} - {"mine"}
        self.assertIn(True, [chosen <= set(group) for group in names])

    def test_settings(self):
        settings = self.env["res.config.settings"].with_company(self.company)
        with Form(settings) as form:
            form.demat_sign_code = "threshold"
            form.demat_sign_code_threshold = 1500
            form.demat_sign_expiry_days = 12
            form.demat_sign_reminder_days = 0
            form.demat_sign_bon_pour_accord = True
        form.save().execute()
        company = self.company
        self.assertEqual(
            (
                company.demat_sign_code,
                company.demat_sign_code_threshold,
                company.demat_sign_expiry_days,
                company.demat_sign_reminder_days,
                company.demat_sign_bon_pour_accord,
            ),
            ("threshold", 1500, 12, 0, True),
        )
        wizard = self.wizard(self.quote())
        self.assertTrue(wizard.bon_pour_accord)
        self.assertFalse(wizard.require_code)

    def test_delay_is_sound(self):
        for name, value, words in (
            ("demat_sign_expiry_days", 0, "at least one day"),
            ("demat_sign_reminder_days", -1, "cannot be negative"),
        ):
            with (
                self.subTest(field=name),
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
            ):
                self.company[name] = value
            self.env.invalidate_all(flush=False)

    def test_window_as_a_form(self):
        """The contact gives name, address and role; a typed address says so."""
        order = self.quote()
        model = self.env["demat.sign.send"].with_user(self.seller)
        with Form(model.with_context(default_order_id=order.id)) as form:
            with form.signatory_ids.new() as line:
                line.partner_id = self.boss
                self.assertEqual(line.email, "anne@accord.example")
                self.assertIn("Anne Patron", line.email_origin)
                line.email = "anne.patron@home.example"
                self.assertEqual(line.email_origin, "typed here")
        wizard = form.save()
        wizard.action_send()
        request = order.sudo().demat_sign_request_ids
        self.assertEqual(request.signatory_ids[1].role, "Manager")
        self.assertEqual(request.signatory_ids[1].email, "anne.patron@home.example")

    def test_quote_form(self):
        order = self.quote()
        with Form(order.with_user(self.seller)) as form:
            self.assertTrue(form.demat_sign_may_send)
        self.send(order)
        with Form(order.with_user(self.seller)) as form:
            self.assertFalse(form.demat_sign_may_send)
            self.assertEqual(form.demat_sign_progress, "0 of 1")
        action = order.with_user(self.seller).action_view_demat_sign_requests()
        self.assertEqual(action["res_model"], "demat.sign.request")
        request = self.env[action["res_model"]].with_user(self.seller)
        with Form(request.browse(action["res_id"])) as form:
            self.assertEqual(form.state, "sent")

    def test_other_orders_cost_one_query(self):
        """A quote that waits for nobody is as quick as before."""
        order = self.quote()
        order.client_order_ref = "warm"
        self.env.flush_all()
        with self.assertQueryCount(1):
            order._demat_sign_recheck()
