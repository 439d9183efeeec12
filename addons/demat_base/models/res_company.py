# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

# Version of the standard wording below; raise it with every change of the text.
STANDARD_WORDING_VERSION = "standard 1"


class ResCompany(models.Model):
    _inherit = "res.company"

    demat_consent_wording = fields.Text(
        string="Consent Wording",
        help="Text the customer agrees to. Empty: the standard wording, in the "
        "language of the customer.",
    )
    demat_consent_wording_version = fields.Integer(
        string="Version of the Consent Wording", readonly=True, copy=False
    )
    demat_portal_url = fields.Char(
        string="Address of the Customer Portal",
        help="Address given to the customers in the mails. Empty: the address of "
        "this server.",
    )
    demat_mail_layout = fields.Selection(
        selection=[
            ("letter", "Letterhead: logo, colour and address of the company"),
            ("plain", "Plain: text only"),
        ],
        string="Layout of the Notification Mails",
        default="letter",
        required=True,
    )
    demat_attach_pdf = fields.Boolean(
        string="Attach the PDF by Default",
        help="New customers receive the PDF with the notification mail.",
    )

    def write(self, vals):
        """Count the versions of the wording: a consent quotes the one in force."""
        changed = self.browse()
        if "demat_consent_wording" in vals:
            text = (vals["demat_consent_wording"] or "").strip()
            vals = {**vals, "demat_consent_wording": text}
            changed = self.filtered(
                lambda company: (company.demat_consent_wording or "") != text
            )
        result = super().write(vals)
        for company in changed:
            company.demat_consent_wording_version += 1
        return result

    def _demat_get_wording(self, lang=None):
        """Wording a customer agrees to, and its version.

        :param lang: language code of the customer, for the standard wording
        :return: (text, version), version being ``standard 1`` or ``2``
        """
        self.ensure_one()
        if self.demat_consent_wording:
            return self.demat_consent_wording, str(self.demat_consent_wording_version)
        env = self.with_context(lang=lang or self.env.lang).env
        return (
            env._(
                "I accept that %(company)s makes my invoices and quotes available to "
                "me in electronic form on my customer space, in place of paper, and "
                "informs me of each one by e-mail. I can withdraw this acceptance at "
                "any time.",
                company=self.name,
            ),
            STANDARD_WORDING_VERSION,
        )

    def _demat_get_portal_url(self):
        """Address of the customer space to be written in a mail, never empty."""
        self.ensure_one()
        return self.demat_portal_url or f"{self.get_base_url()}/my"
