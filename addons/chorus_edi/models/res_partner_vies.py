# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.demat_invoice.models.rights import check_demat_user

from ..lib.vies import VatNumber


class ResPartner(models.Model):
    _inherit = "res.partner"

    vies_check_id = fields.Many2one(
        "vies.check",
        string="VAT number at VIES",
        compute="_compute_vies",
        groups="demat_base.group_demat_user",
    )
    vies_applicable = fields.Boolean(
        string="VAT number of another member state",
        compute="_compute_vies",
        groups="demat_base.group_demat_user",
    )

    @api.depends("vat", "country_id")
    @api.depends_context("company")
    def _compute_vies(self):
        """The last consultation of the current company about the number of today."""
        numbers = {
            partner: partner._vies_number() for partner in self.commercial_partner_id
        }
        checks = self.env["vies.check"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("vat", "in", [str(number) for number in numbers.values() if number]),
            ],
            order="asked_at, id",
        )
        last = {check.vat: check for check in checks}
        for partner in self:
            number = numbers[partner.commercial_partner_id]
            partner.vies_check_id = number and last.get(str(number))
            partner.vies_applicable = bool(number)

    def _vies_number(self):
        """Return the VAT number if it is one of another member state, or None."""
        number = VatNumber.parse(self.vat)
        ours = VatNumber.parse(self.env.company.vat)
        home = ours.country if ours else self.env.company.country_id.code
        return number if number and number.country != home else None

    def _vies_in_union(self):
        """Say whether VIES knows the country (Northern Ireland by its numbers)."""
        self.ensure_one()
        union = self.env.ref("base.europe").country_ids
        return self.country_id in union or (self.vat or "").upper().startswith("XI")

    def action_vies_check(self):
        """Ask VIES now, for the current company."""
        self.ensure_one()
        entity = self.commercial_partner_id
        entity.check_access("read")
        check_demat_user(self.env["account.move"])
        number = entity._vies_number()
        if not number:
            raise UserError(
                self.env._(
                    "%(name)s has no VAT number of another member state.",
                    name=entity.name,
                )
            )
        check = self.env["vies.check"]._consult(
            self.env.company, entity, number, rest=False
        )
        self.invalidate_recordset(["vies_check_id"], flush=False)
        return self.env["vies.check"]._notification(
            [check.words], check.outcome == "valid"
        )


class ViesCheck(models.Model):
    _inherit = "vies.check"

    @api.model
    def _notification(self, lines, good):
        """Return the action that shows what VIES said and reads the form anew."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("VIES"),
                "message": "\n".join(lines),
                "type": "success" if good else "warning",
                "sticky": not good,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
