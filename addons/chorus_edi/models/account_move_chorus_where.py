# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..lib import errors

#: Look of each state: class of the badge.
LOOK = {
    "refused": "danger",
    "rejected": "danger",
    "suspended": "warning",
    "to_recycle": "warning",
    "ours": "warning",
    "unknown": "warning",
    "strange": "warning",
    "paid": "success",
}


class AccountMove(models.Model):
    """Where the invoice is at Chorus Pro, since when, why, and what to do."""

    _inherit = "account.move"

    chorus_state = fields.Selection(
        selection="_selection_chorus_state",
        string="At Chorus Pro",
        compute="_compute_chorus_where",
        search="_search_chorus_state",
        compute_sudo=True,
    )
    chorus_status_at = fields.Datetime(
        string="There since", compute="_compute_chorus_where", compute_sudo=True
    )
    chorus_html = fields.Html(
        string="Where it is",
        compute="_compute_chorus_html",
        compute_sudo=True,
        sanitize=False,
    )
    chorus_status_ids = fields.One2many(
        related="chorus_invoice_ids.status_ids", string="What happened there"
    )
    chorus_may_recycle = fields.Boolean(
        compute="_compute_chorus_where", compute_sudo=True
    )

    def _selection_chorus_state(self):
        return (
            self.env["chorus.invoice"]._fields["state"]._description_selection(self.env)
        )

    @api.depends("chorus_invoice_ids.state", "chorus_invoice_ids.status_at")
    def _compute_chorus_where(self):
        for move in self:
            row = move.chorus_invoice_ids[:1]
            move.chorus_state = row.state
            move.chorus_status_at = row.status_at or row.deposited_at
            move.chorus_may_recycle = (
                row.state == "to_recycle"
                and move.company_id._chorus_account().allow_recycle
            )

    @api.model
    def _search_chorus_state(self, operator, value):
        if operator == "in" and False in value:
            wanted = [one for one in value if one]
            return [
                "|",
                ("chorus_invoice_ids", "=", False),
                ("chorus_invoice_ids.state", "in", wanted),
            ]
        if operator != "in":
            return NotImplemented
        return [("chorus_invoice_ids.state", "in", list(value))]

    @api.depends_context("lang", "tz")
    @api.depends("chorus_invoice_ids.state", "chorus_invoice_ids.status_at")
    def _compute_chorus_html(self):
        for move in self:
            row = move.chorus_invoice_ids[:1]
            move.chorus_html = move._chorus_markup(row) if row else False

    def _chorus_markup(self, row):
        """The answer to "where is it, since when, why", for a clerk."""
        states = dict(self._selection_chorus_state())
        status, advice = row._status_words(row.status)
        since = row.status_at or row.deposited_at
        parts = [
            Markup('<span class="badge rounded-pill text-bg-%s me-2">%s</span>')
            % (LOOK.get(row.state, "info"), states[row.state])
        ]
        if status and status != states[row.state]:
            parts.append(Markup("<b>%s</b> ") % status)
        if row.state == "strange":
            parts.append(Markup("<code>%s</code> ") % row.status)
        if since:
            parts.append(
                Markup('<span class="text-muted">%s</span>')
                % self.env._(
                    "since %(date)s",
                    date=format_datetime(self.env, since, dt_format="short"),
                )
            )
        lines = [Markup("").join(parts)]
        lines += [Markup("<span>%s</span>") % text for text in self._chorus_why(row)]
        if advice:
            lines.append(Markup('<span class="fst-italic">%s</span>') % advice)
        return Markup("").join(Markup("<div>%s</div>") % line for line in lines)

    def _chorus_why(self, row):
        """The reasons, one line each."""
        exchange = row.exchange_id
        if row.status_comment:
            return row.status_comment.splitlines()
        if exchange.state in ("failed", "unknown", "pending") and exchange.error_text:
            return exchange.error_text.splitlines()
        if row.state == "to_deposit" and not row.flow_id:
            return [self._chorus_waits_for()]
        return []

    def _chorus_waits_for(self):
        if self.company_id._chorus_account().mode == "zip":
            return self.env._(
                "Waits for “Collect the invoices for Chorus” (Print or process "
                "customer invoices)."
            )
        return self.env._("It is deposited by the job, in a moment.")

    # -- asking -----------------------------------------------------------------------

    def action_chorus_ask(self):
        """Ask Chorus Pro about these invoices now."""
        self._demat_check_user()
        rows = self.sudo().chorus_invoice_ids
        if not rows:
            raise UserError(
                self.env._("These invoices have nothing to do with Chorus Pro.")
            )
        try:
            rows._ask_now()
        except errors.ChorusError as error:
            account = rows[:1].company_id._chorus_account()
            raise UserError(account._chorus_error_words(error)) from error
        self.env.invalidate_all()
        states = dict(self._selection_chorus_state())
        lines = [
            f"{row.move_id.name}: {row.status_label or states[row.state]}"
            for row in rows
        ]
        return self.env["chorus.flow"]._told("\n".join(lines[:20]))

    def action_chorus_deposit(self):
        """Try the deposit of refused invoices again, under the same numbers."""
        self._demat_check_user()
        rows = self.sudo().chorus_invoice_ids.exchange_id
        return rows.sudo(False).action_retry()
