# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

#: A report is ready after seconds or minutes as a rule; a return file after a night.
OVERDUE = timedelta(days=3)


class ChorusFlow(models.Model):
    """A flow without a last word of the platform does not wait in silence."""

    _inherit = "chorus.flow"

    overdue_told = fields.Boolean(string="Somebody was told", readonly=True, copy=False)

    @api.model
    def _tell_overdue(self, account):
        """Tell once for each flow of an account that it waits for too long."""
        limit = fields.Datetime.now() - OVERDUE
        silent = Domain("state", "in", ("deposited", "processing")) & Domain(
            "deposited_at", "<", limit
        )
        unknown = Domain("state", "=", "unknown") & Domain("started_at", "<", limit)
        late = self.search(
            Domain("company_id", "in", account._chorus_companies().ids)
            & Domain("mode", "in", ("api", "edi"))
            & Domain("overdue_told", "=", False)
            & (silent | unknown)
        )
        late.overdue_told = True
        for flow in late:
            flow = flow._in_words_of_user()
            waiting = flow._current().filtered(
                lambda row: row.state in ("sending", "unknown")
            )
            waiting._chorus_todo(flow._overdue_words())

    def _overdue_words(self):
        if self.state == "unknown":
            return self.env._(
                "It is not known since %(date)s whether the flow %(flow)s arrived. "
                "Look for its invoices on the portal, then press “It Arrived” or “Send "
                "Again” on the flow.",
                flow=self.display_name,
                date=format_date(self.env, self.started_at),
            )
        since = format_date(self.env, self.deposited_at)
        if self.mode == "edi":
            return self.env._(
                "No return file has told of the flow %(flow)s since %(date)s. Look at "
                "it on the portal, and at the folder of the returns.",
                flow=self.number,
                date=since,
            )
        return self.env._(
            "Chorus Pro has given no last word on the flow %(flow)s since %(date)s. "
            "Look at it on the portal.",
            flow=self.number,
            date=since,
        )
