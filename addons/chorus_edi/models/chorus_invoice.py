# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from ..lib import codes

#: Status of Chorus Pro → where the invoice is, for filters; else by whose turn it is.
STATE_OF_STATUS = {
    "SUSPENDUE": "suspended",
    "A_COMPLETER": "suspended",
    "A_RECYCLER": "to_recycle",
    "EN_ATTENTE_RECYCLAGE_FOURNISSEUR": "to_recycle",
    "REJETEE": "rejected",
    "NON_CONFORME": "rejected",
    "MISE_EN_PAIEMENT": "paid",
}
#: Somebody here has to act.
TO_TREAT = ("refused", "suspended", "to_recycle", "rejected", "ours", "strange")
#: Statuses that say that the recipient has the invoice: the time to pay begins.
AVAILABLE = "MISE_A_DISPOSITION"
PAID = "MISE_EN_PAIEMENT"


class ChorusInvoice(models.Model):
    """An invoice on its way through Chorus Pro: where it is, since when, and why.

    One for each invoice, made when it is sent (:meth:`_ensure`); its exchange tells
    whether the platform took it, ``status_ids`` what the recipient did since. Written
    by the system only; people act through the buttons of the invoice.
    """

    _name = "chorus.invoice"
    _description = "Invoice at Chorus Pro"
    _order = "id desc"
    _rec_name = "move_id"
    _check_company_auto = True

    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    number = fields.Char(readonly=True, index=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True
    )
    structure_id = fields.Many2one(
        "chorus.structure", string="Public entity", readonly=True, index=True
    )
    user_id = fields.Many2one("res.users", string="Sent by", readonly=True)
    exchange_id = fields.Many2one("demat.exchange", readonly=True, index=True)
    flow_id = fields.Many2one(related="exchange_id.chorus_flow_id", store=True)
    invoice_date = fields.Date(readonly=True)
    amount = fields.Monetary(string="Total", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    external_id = fields.Char(
        string="Number at Chorus Pro", readonly=True, index="btree_not_null"
    )
    status = fields.Char(string="Code", readonly=True, index=True)
    status_label = fields.Char(string="Status", compute="_compute_status_label")
    status_at = fields.Datetime(string="Since", readonly=True)
    status_comment = fields.Text(string="Reason given", readonly=True)
    status_ids = fields.One2many(
        "chorus.status", "invoice_id", string="What happened", readonly=True
    )
    state = fields.Selection(
        [
            ("to_deposit", "To be deposited"),
            ("deposited", "Deposited, not yet checked"),
            ("unknown", "Outcome unknown"),
            ("refused", "Refused by the platform"),
            ("with_recipient", "With the recipient"),
            ("suspended", "Suspended: to be completed"),
            ("to_recycle", "Wrong recipient"),
            ("rejected", "Rejected by the recipient"),
            ("ours", "Waits for us"),
            ("paid", "Payment sent"),
            ("ended", "Ended otherwise"),
            ("strange", "Unknown status"),
            ("cancelled", "Cancelled"),
        ],
        string="Where it is",
        compute="_compute_state",
        store=True,
        index=True,
    )
    deposited_at = fields.Datetime(string="Deposited on", readonly=True)
    available_at = fields.Datetime(string="With the recipient since", readonly=True)
    paid_at = fields.Datetime(string="Payment sent on", readonly=True)
    days_to_payment = fields.Integer(
        string="Days to payment",
        compute="_compute_days_to_payment",
        store=True,
        aggregator="avg",
        help="From the day on which the recipient had it, or else of the deposit, to "
        "the day on which the payment was sent.",
    )
    rejection_handled = fields.Boolean(
        readonly=True, help="The rejection was marked as handled at Chorus Pro."
    )
    followed = fields.Boolean(
        readonly=True, index=True, help="Chorus Pro is still asked about it."
    )
    history_due = fields.Boolean(
        readonly=True, help="Its history is to be read at Chorus Pro."
    )
    history_next_at = fields.Datetime(
        string="History asked for again", readonly=True, copy=False
    )
    history_tries = fields.Integer(
        string="Histories not readable", readonly=True, copy=False, aggregator=None
    )
    asked_at = fields.Datetime(string="Last news", readonly=True)

    _move_uniq = models.Constraint(
        "UNIQUE(move_id)", "This invoice is followed at Chorus Pro already."
    )
    _open_idx = models.Index("(company_id) WHERE followed")
    _history_idx = models.Index("(company_id) WHERE history_due")

    # -- what is shown ----------------------------------------------------------------

    @api.model
    def _status_words(self, code):
        """``(label, advice)`` of a status, in the language of the reader."""
        if not code:
            return "", ""
        status = codes.status(code)
        if (self.env.lang or "").startswith("fr"):
            return status.label_fr, status.advice_fr
        return status.label, status.advice

    @api.depends("status")
    @api.depends_context("lang")
    def _compute_status_label(self):
        for invoice in self:
            invoice.status_label = self._status_words(invoice.status)[0]

    @api.depends("status", "exchange_id.state", "exchange_id.chorus_flow_id.state")
    def _compute_state(self):
        for invoice in self:
            invoice.state = invoice._state_now()

    def _state_now(self):
        exchange = self.exchange_id.sudo()
        by_exchange = {
            "pending": "to_deposit",
            "sending": "deposited",
            "unknown": "unknown",
            "failed": "refused",
            "cancelled": "cancelled",
        }
        if exchange.state in by_exchange:
            return by_exchange[exchange.state]
        if not self.status:
            return "with_recipient"
        if self.status in STATE_OF_STATUS:
            return STATE_OF_STATUS[self.status]
        status = codes.status(self.status)
        if not status.known:
            return "strange"
        if status.final:
            return "ended"
        return "ours" if status.turn == "supplier" else "with_recipient"

    @api.depends("paid_at", "available_at", "deposited_at")
    def _compute_days_to_payment(self):
        for invoice in self:
            begin = invoice.available_at or invoice.deposited_at
            end = invoice.paid_at
            invoice.days_to_payment = (end - begin).days if begin and end else False

    def _read_group_select(self, aggregate_spec, query):
        # what is not paid has no days yet: its 0 would pull the average down
        selected = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec != "days_to_payment:avg":
            return selected
        paid = self._field_to_sql(self._table, "paid_at", query)
        return SQL("%s FILTER (WHERE %s IS NOT NULL)", selected, paid)

    # -- life -------------------------------------------------------------------------

    @api.model
    def _ensure(self, exchanges):
        """Make or renew the rows of the invoices of these exchanges.

        A new version of an invoice begins its life at Chorus Pro anew.

        :param exchanges: outgoing ``demat.exchange`` of the channel ``chorus``
        :return: the rows
        """
        moves = self.env["account.move"].sudo().browse(exchanges.mapped("res_id"))
        known = {row.move_id.id: row for row in self._of_moves(moves)}
        rows, fresh = self.browse(), []
        for exchange, move in zip(exchanges, moves, strict=True):
            row = known.get(move.id)
            if row is None:
                fresh.append(self._prepare_row(exchange, move))
            elif row.exchange_id != exchange:
                row.status_ids.unlink()
                row.write({**_ANEW, **self._prepare_row(exchange, move)})
                rows |= row
            else:
                rows |= row
        return rows | self.sudo().create(fresh)

    @api.model
    def _of_moves(self, moves):
        return self.sudo().search([("move_id", "in", moves.ids)])

    @api.model
    def _prepare_row(self, exchange, move):
        return {
            "move_id": move.id,
            "number": move.name,
            "company_id": move.company_id.id,
            "partner_id": move.commercial_partner_id.id,
            "structure_id": move._chorus_structure().id,
            "user_id": exchange.user_id.id,
            "exchange_id": exchange.id,
            "invoice_date": move.invoice_date,
            "amount": move.amount_total,
            "currency_id": move.currency_id.id,
        }

    def action_open_move(self):
        """Open the invoice itself."""
        self.ensure_one()
        return self.move_id._get_records_action()


#: What an invoice that is deposited anew forgets of its first deposit.
_ANEW = {
    "external_id": False,
    "status": False,
    "status_at": False,
    "status_comment": False,
    "deposited_at": False,
    "available_at": False,
    "paid_at": False,
    "rejection_handled": False,
    "followed": False,
    "history_due": False,
    "history_next_at": False,
    "history_tries": 0,
}
