# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..lib import states
from .account_move_transition import TRANSITION

#: What the document shows, or what its amounts rest on: fixed once it has left
#: (seed 001: "La facture ne sera plus modifiable").
LOCKED_FIELDS = frozenset(
    {
        "amount_tax",
        "amount_total",
        "amount_untaxed",
        "company_id",
        "currency_id",
        "date",
        "delivery_date",
        "fiscal_position_id",
        "incoterm_location",
        "invoice_cash_rounding_id",
        "invoice_currency_rate",
        "invoice_date",
        "invoice_date_due",
        "invoice_incoterm_id",
        "invoice_line_ids",
        "invoice_origin",
        "invoice_payment_term_id",
        "invoice_pdf_report_file",
        "invoice_user_id",
        "journal_id",
        "line_ids",
        "move_type",
        "name",
        "narration",
        "partner_bank_id",
        "partner_id",
        "partner_shipping_id",
        "payment_reference",
        "project_id",
        "qr_code_method",
        "ref",
        "state",
        "taxable_supply_date",
    }
)
#: The same for a line of the document.
LOCKED_LINE_FIELDS = frozenset(
    {
        "amount_currency",
        "balance",
        "credit",
        "currency_id",
        "date_maturity",
        "debit",
        "deferred_end_date",
        "deferred_start_date",
        "discount",
        "display_type",
        "move_id",
        "name",
        "partner_id",
        "price_subtotal",
        "price_total",
        "price_unit",
        "product_id",
        "product_uom_id",
        "quantity",
        "sequence",
        "tax_ids",
    }
)
#: Written by the transitions only, never by a user, an import or RPC.
PROTECTED_FIELDS = frozenset(
    {
        "demat_copy_count",
        "demat_delivery",
        "demat_document_id",
        "demat_edition_count",
        "demat_edition_date",
        "demat_edition_uid",
        "demat_error",
        "demat_sent_date",
        "demat_sent_uid",
        "demat_state",
        "demat_state_change_ids",
        "demat_verify_code",
        "is_dematerialised",
        "lot_id",
    }
)


def is_changed(record, name, value):
    """Say whether writing this value would change the field of this record."""
    field = record._fields[name]
    if field.type in ("one2many", "many2many"):
        return bool(value)
    if field.type == "many2one":
        return record[name].id != (value or False)
    current = field.convert_to_write(record[name], record)
    return field.convert_to_cache(value, record) != field.convert_to_cache(
        current, record
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _demat_in_transition(self):
        return self.env.context.get("demat_transition") is TRANSITION

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account
        for values in vals_list:
            self._demat_refuse_forged(values)
        if not self._demat_in_transition():
            # named, or defaults of the context and of the user would fill them
            neutral = dict.fromkeys(PROTECTED_FIELDS, False)
            vals_list = [{**values, **neutral} for values in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        # EXTENDS account
        if not self._demat_in_transition():
            self._demat_refuse_forged(vals)
            self._demat_refuse_locked(vals)
        return super().write(vals)

    def _demat_refuse_forged(self, vals):
        """:raises AccessError: somebody writes a field that only transitions write"""
        forged = {name for name in PROTECTED_FIELDS & vals.keys() if vals[name]}
        if forged and not self._demat_in_transition():
            raise AccessError(
                self.env._(
                    "The send state changes through its buttons only; these fields "
                    "cannot be written: %(fields)s.",
                    fields=", ".join(sorted(forged)),
                )
            )
        for name in PROTECTED_FIELDS & vals.keys():
            if any(move[name] for move in self):
                raise AccessError(
                    self.env._(
                        "The field %(field)s cannot be emptied by hand.", field=name
                    )
                )

    def _demat_locked_fields(self):
        """Return the names of what is fixed once the document has left.

        TO EXTEND by addons whose fields the document shows.
        """
        return LOCKED_FIELDS

    def _demat_refuse_locked(self, vals):
        """:raises UserError: a sent invoice would change"""
        names = self._demat_locked_fields() & vals.keys()
        if not names:
            return
        self._demat_hold_for_change()
        for move in self:
            if move.demat_state not in states.LOCKED_STATES:
                continue
            changed = sorted(
                name for name in names if is_changed(move, name, vals[name])
            )
            if changed:
                raise UserError(move._demat_locked_message(changed))

    def _demat_hold_for_change(self):
        """Keep a worker from drawing what this transaction is changing.

        Waits for the worker that already draws it; what it has sent meanwhile then
        shows as a serialization error, which the host answers by doing the request
        again, and that one meets the lock. Writing a line alone does not touch the row
        of the invoice, hence this lock.
        """
        at_risk = self.filtered(
            lambda move: move.demat_state in (states.WAITING, states.READY)
        )
        if at_risk.ids:
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM account_move WHERE id = ANY(%s) ORDER BY id"
                    " FOR NO KEY UPDATE",
                    at_risk.ids,
                ),
                log_exceptions=False,
            )

    def _demat_locked_message(self, names=()):
        labels = [
            self._fields[name].get_description(self.env)["string"] for name in names
        ]
        return self.env._(
            "%(name)s was sent to its recipient and cannot be changed any more"
            " (%(fields)s). Make a credit note, or ask a dematerialisation "
            "administrator to reopen it with a reason.",
            name=self.display_name,
            fields=", ".join(labels) or self.env._("reset, cancel, delete"),
        )

    def _check_draftable(self):
        # EXTENDS account
        for move in self:
            if move.demat_state in states.LOCKED_STATES:
                raise UserError(move._demat_locked_message())
        return super()._check_draftable()

    @api.ondelete(at_uninstall=False)
    def _unlink_demat_except_sent(self):
        """What once left is evidence: it is never deleted, reopened or not."""
        for move in self:
            if move.demat_state in states.LOCKED_STATES or move.demat_document_id:
                raise UserError(move._demat_locked_message())

    def _demat_refuse_line_change(self):
        """:raises UserError: a line of a sent invoice would change"""
        self._demat_hold_for_change()
        for move in self:
            if move.demat_state in states.LOCKED_STATES:
                raise UserError(move._demat_locked_message(["invoice_line_ids"]))


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account
        default = self.env.context.get("default_move_id")
        move_ids = {values.get("move_id", default) for values in vals_list} - {
            None,
            False,
        }
        self.env["account.move"].browse(move_ids)._demat_refuse_line_change()
        return super().create(vals_list)

    def write(self, vals):
        # EXTENDS account
        names = LOCKED_LINE_FIELDS & vals.keys()
        if names:
            touched = self.filtered(
                lambda line: any(is_changed(line, name, vals[name]) for name in names)
            )
            moves = touched.move_id
            if touched and vals.get("move_id"):
                moves |= moves.browse(vals["move_id"])
            moves._demat_refuse_line_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_demat_except_sent(self):
        self.move_id._demat_refuse_line_change()
