# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DOCUMENT_MODEL, DematCase


@tagged("post_install", "-at_install")
class TestResolution(DematCase):
    """Who is told: the levels as they are found in the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._accept()
        cls.customer.write({"email": "own@x.fr", "demat_attach_pdf": True})
        cls.document = cls._document()

    def _resolve(self, **values):
        self.document.write(values)
        return self.document._demat_resolve()[self.document.id]

    def _contact(self, **values):
        return self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id, **values}
        )

    def test_own_address(self):
        found = self._resolve()
        self.assertEqual(found.to, ("own@x.fr",))
        self.assertEqual((found.origin, found.origin_id), ("partner", self.customer.id))
        self.assertTrue(found.attach_pdf)
        self.assertEqual(found.channel, "mail")

    def test_invoice_contact_before_own_address(self):
        contact = self._contact(type="invoice", email="contact@x.fr", lang="en_US")
        self._contact(type="invoice", email="later@x.fr")
        self._contact(type="contact", email="other@x.fr")
        found = self._resolve()
        self.assertEqual(found.to, ("contact@x.fr",))
        self.assertEqual((found.origin, found.origin_id), ("contact", contact.id))
        self.assertTrue(found.attach_pdf, "flag of the customer")

    def test_contact_of_the_document_before_the_first_one(self):
        self._contact(type="invoice", email="contact@x.fr")
        named = self._contact(email="named@x.fr")
        found = self._resolve(contact_id=named.id)
        self.assertEqual(found.to, ("named@x.fr",))

    def test_document_made_out_to_the_contact(self):
        self._contact(type="invoice", email="first@x.fr")
        second = self._contact(type="invoice", email="second@x.fr")
        found = self._resolve(partner_id=second.id)
        self.assertEqual(found.to, ("second@x.fr",))

    def test_address_of_the_customer_before_his_contacts(self):
        self._contact(type="invoice", email="contact@x.fr")
        self.customer.write({"demat_email": "demat@x.fr", "demat_attach_pdf": False})
        found = self._resolve()
        self.assertEqual(found.to, ("demat@x.fr",))
        self.assertEqual(found.origin, "customer")
        self.assertFalse(found.attach_pdf)

    def test_address_of_the_invoiced_partner_before_the_entity(self):
        self.customer.demat_email = "entity@x.fr"
        branch = self._contact(
            type="invoice", demat_email="branch@x.fr", demat_attach_pdf=False
        )
        found = self._resolve(partner_id=branch.id)
        self.assertEqual(found.to, ("branch@x.fr",))
        self.assertFalse(found.attach_pdf)
        branch.demat_email = False
        self.assertEqual(self._resolve().to, ("entity@x.fr",))

    def test_site_wins_with_its_own_flag(self):
        self.customer.demat_email = "demat@x.fr"
        self.site.demat_email = "site@x.fr, architect@y.fr"
        found = self._resolve(project_id=self.site.id)
        self.assertEqual(found.to, ("site@x.fr", "architect@y.fr"))
        self.assertEqual(found.origin, "site")
        self.assertEqual(found.origin_name, "School")
        self.assertFalse(found.attach_pdf, "flag of the site, not of the customer")
        self.site.demat_attach_pdf = True
        self.assertTrue(self._resolve().attach_pdf)

    def test_site_without_address_leaves_the_customer(self):
        found = self._resolve(project_id=self.site.id)
        self.assertEqual(found.origin, "partner")

    def test_site_of_another_company_blocks(self):
        self.site.write({"demat_email": "site@x.fr", "partner_id": False})
        self.site.company_id = self.other_company
        found = self._resolve(project_id=self.site.id)
        self.assertEqual(found.blocking[0].code, "site_company")
        self.assertIn("School", found.blocking[0].message)
        self.assertEqual(found.to, ())

    def test_clerk_resolves_a_site_he_may_not_read(self):
        self.site.write({"demat_email": "site@x.fr", "privacy_visibility": "followers"})
        self.document.project_id = self.site
        found = self.document.with_user(self.clerk)._demat_resolve()
        self.assertEqual(found[self.document.id].to, ("site@x.fr",))

    def test_no_consent_prints(self):
        self._withdraw()
        found = self._resolve()
        self.assertEqual((found.channel, found.to, found.blocking), ("print", (), ()))

    def test_consent_of_the_kind_and_of_the_company(self):
        self._withdraw(kinds=["quote"])
        self.assertEqual(self._resolve(kind="quote").channel, "print")
        self.assertEqual(self._resolve(kind="invoice").channel, "mail")
        elsewhere = self._resolve(company_id=self.other_company.id)
        self.assertEqual(elsewhere.channel, "print")

    def test_no_address_blocks(self):
        self.customer.email = False
        found = self._resolve()
        self.assertIsNone(found.channel)
        reason = found.blocking[0]
        self.assertEqual(reason.code, "no_address")
        self.assertEqual(
            (reason.model, reason.res_id), ("res.partner", self.customer.id)
        )

    def test_wrong_address_blocks_and_is_named(self):
        self.customer.email = "call us"
        reason = self._resolve().blocking[0]
        self.assertEqual(reason.code, "invalid_address")
        self.assertIn("call us", reason.message)

    def test_no_customer_blocks(self):
        found = self._resolve(partner_id=False)
        self.assertEqual(found.blocking[0].code, "no_customer")

    def test_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self.assertEqual(self._resolve().lang, "fr_FR")
        self._contact(type="invoice", email="contact@x.fr", lang="en_US")
        self.assertEqual(self._resolve().lang, "en_US")
        self.site.demat_email = "site@x.fr"
        self.assertEqual(self._resolve(project_id=self.site.id).lang, "fr_FR")

    def test_constant_number_of_queries(self):
        """One document and fifty, each with its own customer, contact and site."""
        documents = self.env[DOCUMENT_MODEL]
        for number in range(50):
            customer = self.env["res.partner"].create(
                {"name": f"C{number}", "email": f"c{number}@x.fr", "is_company": True}
            )
            self.env["res.partner"].create(
                {
                    "name": f"I{number}",
                    "parent_id": customer.id,
                    "type": "invoice",
                    "email": f"i{number}@x.fr",
                }
            )
            site = self.env["project.project"].create({"name": f"S{number}"})
            documents += self._document(partner_id=customer.id, project_id=site.id)
        self._accept(documents.partner_id)
        self.env.flush_all()
        counts = []
        for batch in (documents[:1], documents):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = batch._demat_resolve()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(
                [found[document.id].to for document in batch],
                [(f"i{number}@x.fr",) for number in range(len(batch))],
            )
        self.assertEqual(counts[0], counts[1], "queries for 1 and for 50")

    # ---- shown on the form ----

    def test_shown_before_sending(self):
        shown = self.document.demat_notification_html
        self.assertIn("own@x.fr", shown)
        self.assertIn("PDF attached", shown)
        self.site.demat_email = "site@x.fr"
        self.document.project_id = self.site
        self.document.invalidate_recordset()
        shown = self.document.demat_notification_html
        self.assertIn("site@x.fr", shown)
        self.assertIn("School", shown)
        self.assertIn("link only", shown)

    def test_shown_blocking_leads_to_the_fix(self):
        self.customer.email = False
        shown = self.document.demat_notification_html
        self.assertIn(f"/odoo/res.partner/{self.customer.id}", shown)

    def test_shown_print(self):
        self._withdraw()
        self.assertIn("to be printed", self.document.demat_notification_html)

    def test_shown_text_is_escaped(self):
        self.site.write({"name": "<script>alert(1)</script>", "demat_email": "s@x.fr"})
        self.document.project_id = self.site
        self.assertNotIn("<script", self.document.demat_notification_html)

    def test_unsaved_document(self):
        draft = self.env[DOCUMENT_MODEL].new({"partner_id": self.customer.id})
        self.assertIn("own@x.fr", draft.demat_notification_html)

    def test_default_hooks(self):
        """A model that overrides nothing: its partner, no site, invoices."""
        mixin = self.registry["demat.document.mixin"]
        self.assertEqual(mixin._demat_document_kind(self.document), "invoice")
        self.assertFalse(mixin._demat_site(self.document))
        self.assertFalse(mixin._demat_contact(self.document))
        self.document.company_id = False
        self.assertEqual(self.document._demat_company(), self.env.company)

    # ---- a new attempt takes today's addresses ----

    def test_mail_values_refuse_what_cannot_be_mailed(self):
        exchange = self._exchange(document=self.document)
        with self.assertRaisesRegex(UserError, "never written"):
            self.document._demat_mail_values(exchange)
        self.customer.email = False
        with self.assertRaisesRegex(UserError, "No address"):
            self.document._demat_mail_values(exchange)
        self._withdraw()
        with self.assertRaisesRegex(UserError, "print it"):
            self.document._demat_mail_values(exchange)
