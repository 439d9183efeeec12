# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class Go:
    """One action that creates invoices, passed in the context by our own code.

    What is created under it gets its lot from the action, not from each ``create``.
    ``lots``: ``{company: demat.lot}`` of the action; ``created``: ids of the invoices.
    """

    def __init__(self, origin):
        self.origin = origin
        self.lots = {}
        self.created = set()


class AccountMove(models.Model):
    """Invoices that are created together carry the number of their lot."""

    _inherit = "account.move"

    lot_id = fields.Many2one(
        "demat.lot",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Invoices that were created in one go: from orders, by an import, as "
        "recurring invoices. A single invoice has none.",
    )

    def _demat_go(self):
        go = self.env.context.get("demat_go")
        return go if isinstance(go, Go) else None

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account
        moves = super().create(vals_list)
        go = self._demat_go()
        if go:
            go.created.update(moves.ids)
        else:
            moves._demat_give_lot(Go("other"))
        return moves

    @api.model
    def load(self, fields, data):
        # EXTENDS base: one file, one lot, however many times it calls ``create``
        if self._demat_go():
            return super().load(fields, data)
        go = Go("import")
        result = super(AccountMove, self.with_context(demat_go=go)).load(fields, data)
        created = go.created.intersection(result.get("ids") or ())
        self.browse(sorted(created))._demat_give_lot(go)
        return result

    def _autopost_draft_entries(self, *args, **kwargs):
        # EXTENDS account: the recurring invoices of one run of the host's job
        with_go = self.with_context(demat_go=Go("recurring"))
        return super(AccountMove, with_go)._autopost_draft_entries(*args, **kwargs)

    def _post(self, soft=True):
        # EXTENDS account
        posted = super()._post(soft)
        go = self._demat_go()
        if go and go.origin == "recurring":
            posted._demat_give_lot(go, least=1)
        return posted

    def _demat_give_lot(self, go, *, least=2):
        """Give the customer invoices among these the lot of the action, by company.

        :param go: the action
        :param least: fewer invoices than this make no lot
        """
        fitting = self.filtered(
            lambda move: (
                move.move_type in ("out_invoice", "out_refund")
                and move.company_id.demat_invoicing
                and not move.sudo().lot_id
            )
        )
        for company, moves in fitting.grouped("company_id").items():
            lot = go.lots.get(company)
            if lot:
                # a batch of the host's job may have been rolled back, with its lot
                lot = lot.exists()
            if not lot:
                if len(moves) < least:
                    continue
                lot = go.lots[company] = self.env["demat.lot"]._open(company, go.origin)
            moves._demat_write({"lot_id": lot.id})


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _create_invoices(self, *args, **kwargs):
        # EXTENDS sale
        if self.env["account.move"]._demat_go():
            return super()._create_invoices(*args, **kwargs)
        go = Go("orders")
        moves = super(SaleOrder, self.with_context(demat_go=go))._create_invoices(
            *args, **kwargs
        )
        moves = moves.with_env(self.env)
        moves._demat_give_lot(go)
        return moves
