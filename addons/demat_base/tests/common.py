# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo import fields, models
from odoo.orm.model_classes import add_to_registry
from odoo.tests.common import new_test_user
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon

DOCUMENT_MODEL = "demat.test.document"
MAIL_LOGGER = "odoo.addons.mail.models.mail_mail"


class DematDocument(models.Model):
    """The smallest document: what an invoice or a quote is for this addon."""

    _module = None  # no module owns it: the loader does not install it
    _name = DOCUMENT_MODEL
    _description = "Test Document"
    _inherit = ["mail.thread", "demat.document.mixin"]

    name = fields.Char()
    kind = fields.Char(default="invoice")
    partner_id = fields.Many2one("res.partner")
    contact_id = fields.Many2one("res.partner")
    project_id = fields.Many2one("project.project")
    company_id = fields.Many2one("res.company")

    def _demat_site(self):
        return self.project_id

    def _demat_contact(self):
        return self.contact_id

    def _demat_document_kind(self):
        return self.kind


class DematCase(MailCommon):
    """Users of each role, a customer with a site, a document model of our own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_document_model()
        cls.company = cls.env.company
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})
        cls.customer = cls.env["res.partner"].create(
            {"name": "Celeu Groupe", "is_company": True, "lang": "en_US"}
        )
        cls.site = cls.env["project.project"].create(
            {"name": "School", "partner_id": cls.customer.id}
        )
        cls.clerk = cls._new_user("clerk", "account.group_account_invoice")
        cls.manager = cls._new_user("manager", "demat_base.group_demat_manager")
        cls.auditor = cls._new_user("auditor", "ged_archive.group_ged_auditor")
        cls.internal = cls._new_user("internal", "base.group_user")
        cls.site_manager = cls._new_user("site", "project.group_project_user")
        cls.portal = cls._new_user("portal", "base.group_portal")
        cls.other_clerk = cls._new_user(
            "other_clerk",
            "account.group_account_invoice",
            company_id=cls.other_company.id,
            company_ids=[(6, 0, cls.other_company.ids)],
        )

    @classmethod
    def _new_user(cls, login, groups, **values):
        return new_test_user(
            cls.env,
            login=f"demat_{login}",
            groups=groups,
            email=f"{login}@{cls.alias_domain}",
            **values,
        )

    @classmethod
    def _add_document_model(cls):
        """Register the test model for this class; the table goes with the rollback."""
        registry = cls.registry
        parents = [registry[name] for name in ("mail.thread", "demat.document.mixin")]

        def remove():
            for parent in (*parents, registry["base"]):
                parent._inherit_children.discard(DOCUMENT_MODEL)
            registry.models.pop(DOCUMENT_MODEL)
            registry._setup_models__(cls.env.cr, [])

        add_to_registry(registry, DematDocument)
        cls.addClassCleanup(remove)
        registry._setup_models__(cls.env.cr, [])
        registry.init_models(cls.env.cr, [DOCUMENT_MODEL], {"module": "demat_base"})
        cls.env["ir.model.access"].create(
            {
                "name": DOCUMENT_MODEL,
                "model_id": cls.env["ir.model"]._get_id(DOCUMENT_MODEL),
                "group_id": cls.env.ref("base.group_user").id,
                **dict.fromkeys(
                    ("perm_read", "perm_write", "perm_create", "perm_unlink"), True
                ),
            }
        )

    @classmethod
    def _accept(cls, partner=None, kinds=("invoice", "quote"), **values):
        return cls.env["demat.consent"]._record(
            partner or cls.customer, kinds=kinds, action="given", means="form", **values
        )

    @classmethod
    def _withdraw(cls, partner=None, kinds=("invoice", "quote"), **values):
        return cls.env["demat.consent"]._record(
            partner or cls.customer,
            kinds=kinds,
            action="withdrawn",
            means="email",
            **values,
        )

    @classmethod
    def _document(cls, **values):
        return cls.env[DOCUMENT_MODEL].create(
            {
                "name": "F-1",
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def _exchange(cls, key="key-1", document=None, **values):
        document = document or cls._document()
        return cls.env["demat.exchange"]._create_pending(
            [
                {
                    "res_model": document._name,
                    "res_id": document.id,
                    "res_name": document.name,
                    "company_id": cls.company.id,
                    "partner_id": cls.customer.id,
                    "channel": "mail",
                    "idempotency_key": key,
                    **values,
                }
            ]
        )

    @classmethod
    def _mail_values(cls, **values):
        return {
            "email_to": "first@client.example.com, second@client.example.com",
            "subject": "Invoice F-1",
            "body_html": "<p>Invoice <b>F-1</b> is available.</p>",
            **values,
        }


class MailDeliveryCase(DematCase):
    """One started exchange and its mail, with an SMTP session made of paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._accept()
        cls.document = cls._document()
        cls.exchange = cls._exchange(document=cls.document)
        cls.exchange._mark_sending()

    def _deliver(self, exchange=None, **values):
        with self.mock_mail_gateway(), mute_logger(MAIL_LOGGER):
            return (exchange or self.exchange)._deliver_mail(
                self._mail_values(**values)
            )

    def _session(self, send_message, data=None):
        """Replace parts of the SMTP session the host gets in tests."""
        session = type(self.testing_smtp_session)
        attributes = {"send_message": send_message}
        if data:
            attributes["data"] = data
        return patch.multiple(session, create=True, **attributes)

    @staticmethod
    def _raise(error):
        raise error
