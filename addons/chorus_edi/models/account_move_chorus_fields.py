# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .chorus_account import CADRES

#: Said by the document that was sent, hence fixed with it.
LOCKED_FIELDS = frozenset(
    {
        "buyer_reference",
        "chorus_attachment_ids",
        "chorus_cadre",
        "chorus_corrects_id",
        "chorus_service_id",
        "chorus_validator_id",
        "chorus_validator_service_id",
        "contract_reference",
        "purchase_order_reference",
    }
)


class AccountMove(models.Model):
    """What Chorus Pro wants to know of an invoice to a public entity."""

    _name = "account.move"
    _inherit = ["account.move", "chorus.document.mixin"]

    chorus_structure_id = fields.Many2one(
        related="commercial_partner_id.chorus_structure_id"
    )
    buyer_reference = fields.Char(
        string="Service code",
        compute="_compute_buyer_reference",
        store=True,
        readonly=False,
    )
    purchase_order_reference = fields.Char(string="Engagement number")
    contract_reference = fields.Char(string="Market number")
    chorus_cadre = fields.Selection(
        CADRES,
        string="Billing framework",
        compute="_compute_chorus_cadre",
        store=True,
        readonly=False,
        help="A1 for most invoices. A1 becomes A2 by itself when nothing is left to "
        "pay. A9 and A12 are first validated by the holder of the market.",
    )
    chorus_validator_id = fields.Many2one(
        "chorus.structure",
        string="Validated by",
        ondelete="restrict",
        help="A9 and A12: the holder of the market, who validates the invoice first.",
    )
    chorus_validator_service_id = fields.Many2one(
        "chorus.service",
        string="Service of the validator",
        ondelete="restrict",
        domain="[('structure_id', '=', chorus_validator_id)]",
    )
    chorus_corrects_id = fields.Many2one(
        "account.move",
        string="Corrects the invoice",
        copy=False,
        check_company=True,
        index="btree_not_null",
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted'), "
        "('commercial_partner_id', '=', commercial_partner_id)]",
        help="An invoice that takes the place of that one: it leaves as a corrected "
        "invoice (type 384) and names it. A credit note names it too; without it, the "
        "invoice that it reverses.",
    )
    chorus_attachment_ids = fields.Many2many(
        "ir.attachment",
        "account_move_chorus_attachment_rel",
        "move_id",
        "attachment_id",
        string="Complementary documents",
        copy=False,
        help="Files that travel with the invoice: they are embedded in its PDF.",
    )

    def _chorus_entity(self):
        # EXTENDS the mixin: customers' documents only
        entity = super()._chorus_entity()
        return entity if self.is_sale_document() else entity.browse()

    def _chorus_forget_service(self, service):
        # EXTENDS the mixin
        if self.buyer_reference == service.code:
            self.buyer_reference = False

    @api.depends("chorus_service_id")
    def _compute_buyer_reference(self):
        for move in self:
            code = move.chorus_service_id.code
            move.buyer_reference = code or move.buyer_reference

    @api.depends("partner_id")
    def _compute_chorus_cadre(self):
        for move in self:
            if not move._chorus_entity():
                move.chorus_cadre = False
            elif not move.chorus_cadre:
                account = move.company_id._chorus_account()
                move.chorus_cadre = account.cadre or "A1"
            else:
                move.chorus_cadre = move.chorus_cadre

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if any("chorus_attachment_ids" in values for values in vals_list):
            moves._chorus_own_attachments()
        return moves

    def write(self, vals):
        res = super().write(vals)
        if "chorus_attachment_ids" in vals:
            self._chorus_own_attachments()
        return res

    def _chorus_own_attachments(self):
        """Have the complementary documents read by whoever reads the invoice.

        :raises AccessError: a file that the user may not read was named
        """
        for move in self:
            files = move.chorus_attachment_ids
            files.check_access("read")
            loose = files.sudo().filtered(lambda file: not file.res_id)
            loose.write({"res_model": move._name, "res_id": move.id})

    def _demat_locked_fields(self):
        # EXTENDS demat_invoice
        return super()._demat_locked_fields() | LOCKED_FIELDS

    def _chorus_is_public(self):
        """Say whether this invoice goes through Chorus Pro: a customer's document to a
        public entity, of a company that has an account.
        """
        self.ensure_one()
        return bool(
            self.move_type in ("out_invoice", "out_refund")
            and self.commercial_partner_id.chorus_structure_id
            and self.company_id._chorus_account()
        )

    def _chorus_effective_cadre(self):
        """Return the framework that is sent: A1 is A2 when nothing is left to pay."""
        self.ensure_one()
        cadre = self.chorus_cadre or "A1"
        paid = (
            self.move_type == "out_invoice"
            and self.currency_id.is_zero(self.amount_residual)
            and not self.currency_id.is_zero(self.amount_total)
        )
        return "A2" if cadre == "A1" and paid else cadre
