# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from odoo import Command

from odoo.addons.demat_base.tests.common_french import FrenchCommon
from odoo.addons.ged_archive.lib import schematron
from odoo.addons.ged_archive.tests.common import create_user

from ..models.account_move_transition import TRANSITION

PASSWORD = "for this run only"


def make_pkcs12(name="Test seal", *, days=(-1, 365)):
    """Return the bytes of a new self-signed certificate with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=days[0]))
        .not_valid_after(now + datetime.timedelta(days=days[1]))
        .add_extension(
            x509.KeyUsage(True, True, *[False] * 7),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    return serialization.pkcs12.serialize_key_and_certificates(
        b"seal",
        key,
        certificate,
        None,
        serialization.BestAvailableEncryption(PASSWORD.encode()),
    )


class DematInvoiceCommon(FrenchCommon):
    """A French company that seals, a customer with consent, a site, and a clerk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= (
            cls.env.ref("project.group_project_manager")
            + cls.env.ref("sales_team.group_sale_manager")
            + cls.env.ref("demat_base.group_demat_manager")
        )
        cls.company = cls.company_data["company"]
        cls.company.write(
            {
                "name": "Bâti Test SARL",
                "street": "12 rue des Carriers",
                "zip": "69003",
                "city": "Lyon",
                "vat": "FR23334175221",
                "company_registry": "33417522101010",
                "email": "facturation@batitest.example",
                "phone": "+33 4 00 00 00 00",
                "demat_invoicing": True,
            }
        )
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        cls.profile = cls._make_profile(cls.company)
        cls.company.ged_seal_profile_id = cls.profile
        cls.customer = cls._make_customer("Client Accord SAS", "client@accord.example")
        cls.silent = cls._make_customer("Client Papier SARL", "papier@silence.example")
        cls._give_consent(cls.customer)
        cls.site = cls.env["project.project"].create(
            {"name": "Chantier des Tilleuls", "demat_email": "tilleuls@site.example"}
        )
        cls.clerk = cls._make_user(
            "clerk", "account.group_account_invoice", "demat_base.group_demat_user"
        )
        cls.manager = cls._make_user(
            "manager",
            "account.group_account_manager",
            "demat_base.group_demat_manager",
        )
        # the checker of the rules is a process; the host's tests want none left
        cls.addClassCleanup(lambda: schematron.shared_worker().stop())
        # reports are drawn for real; their style sheets cannot be fetched from inside
        # of the test transaction
        parameters = cls.env["ir.config_parameter"].sudo()
        parameters.set_param("ged_archive.schematron", "False")
        parameters.set_param("report.url", "http://127.0.0.1:9")

    @classmethod
    def _make_profile(cls, company, **days):
        return (
            cls.env["ged.seal.profile"]
            .sudo()
            .create(
                {
                    "name": "Test seal",
                    "company_id": company.id,
                    "pkcs12": base64.b64encode(make_pkcs12(**days)),
                    "password": PASSWORD,
                }
            )
        )

    @classmethod
    def _make_customer(cls, name, email):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": email,
                "street": "1 place du Marché",
                "zip": "38000",
                "city": "Grenoble",
                "country_id": cls.env.ref("base.fr").id,
                "vat": "FR76843512765",
                "lang": "en_US",
            }
        )

    @classmethod
    def _give_consent(cls, partner):
        cls.env["demat.consent"]._record(
            partner,
            kinds=["invoice"],
            action="given",
            means="form",
            company=cls.company,
        )

    @classmethod
    def _make_user(cls, login, *groups):
        return create_user(cls.env, login, groups, cls.company, prefix="demat_")

    @classmethod
    def _invoice(cls, partner=None, *, post=True, move_type="out_invoice", **values):
        move = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (partner or cls.customer).id,
                "invoice_date": "2026-11-02",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Pose de carrelage",
                            "quantity": 10,
                            "price_unit": 42.0,
                            "tax_ids": [
                                Command.set(cls.company_data["default_tax_sale"].ids)
                            ],
                        }
                    )
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def _last_change(self, move):
        return self.env["demat.state.change"].search(
            [("move_id", "=", move.id)], limit=1
        )

    @classmethod
    def _force_state(cls, moves, state):
        """Put moves in a state without its way; for tests of what follows."""
        moves.with_context(demat_transition=TRANSITION).sudo().write(
            {"demat_state": state}
        )

    def _send(self, moves, user=None):
        """Prepare if needed, start as the clerk and dispatch as the worker would.

        The mail step needs real commits and a real server: see the root tests.
        """
        as_clerk = moves.with_user(user or self.clerk)
        as_clerk.filtered(lambda m: m.demat_state == "waiting").action_demat_prepare()
        as_clerk._demat_start()
        self._dispatch(moves)

    def _dispatch(self, moves):
        moves.sudo().with_context(force_report_rendering=True)._demat_dispatch_batch()
        self.env.invalidate_all()
