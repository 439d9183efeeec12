# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta
from functools import partial

from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import errors, rhythm

#: Up to this number of invoices each is searched by its number; a larger flow by the
#: day of its deposit, all pages.
BY_NUMBER = 10


class ChorusFlow(models.Model):
    """A deposit whose answer was lost: the platform is asked for its invoices.

    An invoice can be invisible to the first search and appear a little later
    (chorus_pro.md, "Added later"): only after several searches with growing delays
    does it count as not arrived, and goes again in another flow.
    """

    _inherit = "chorus.flow"

    def _settle(self, client):
        """One search; what it finds settles the flow. Commits.

        A flow of EDI files cannot be asked about: its return file or a person tells.
        """
        self.ensure_one()
        if self.mode != "api":
            return
        with self._alive() as alive:
            if not alive or self.state != "unknown":
                return
            try:
                found = self._search_platform(client, self._current())
            except errors.ChorusError as error:
                # the name of the exception is gone when a lambda would use it
                self._committed(partial(self._wait, error))
                return
            self._committed(lambda: self._store_search(found))

    def _search_platform(self, client, rows):
        """Ask for the invoices of these exchanges.

        :return: ``{exchange: FoundInvoice}``, only what can be of this flow
        :raises ChorusError: no answer
        """
        by_number = {row.document_id.name: row for row in rows}
        since = (self.started_at or self.create_date).date() - timedelta(days=1)
        if len(rows) <= BY_NUMBER:
            answers = [
                found
                for number in by_number
                for found in client.search_invoices(number=number, deposited_from=since)
            ]
        else:
            answers = client.search_invoices(deposited_from=since)
        return {
            by_number[found.number]: found
            for found in answers
            if found.number in by_number and self._can_be_ours(found)
        }

    def _can_be_ours(self, found):
        """Say whether a found invoice can have come by this flow.

        The number of an invoice is unique within a year only, and another company may
        use the same technical account.
        """
        siret = self._account()._chorus_siret()
        if siret and found.supplier and found.supplier != siret:
            return False
        others = self.sudo().search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("number", "=", found.flow),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        return not (found.flow and others)

    def _store_search(self, found):
        self.invalidate_recordset()
        if self.state != "unknown":
            return
        if found and (
            any(one.flow for one in found.values())
            or len(found) == len(self._current())
        ):
            self._arrived(found)
            return
        # none, or some without the number of their flow: the others may come later
        searches = self.searches + 1
        if not rhythm.settled_after(searches):
            seconds = rhythm.delay(rhythm.SETTLE, searches)
            self.write({"searches": searches, "next_at": self._due_in(seconds)})
            self._call_deposit(at=self.next_at)
            return
        if found:
            self._arrived(found)
            return
        text = self.env._(
            "Chorus Pro was asked %(count)s times and knows none of these invoices.",
            count=searches,
        )
        self._did_not_arrive(text, searches=searches)._chorus_resend("absent", text)

    def _arrived(self, found):
        """It is there: its report is asked for as for any flow."""
        number = next((one.flow for one in found.values() if one.flow), None)
        self._become_deposited(number)
        self.write({"next_at": fields.Datetime.now()})
        for row, one in found.items():
            row._chorus_invoices().write({"external_id": one.id})
        if not number:
            # nothing to ask a report for: the search itself is the proof
            self._store_found(found)

    def _store_found(self, found):
        """Settle by what was found alone, without the number of a flow."""
        for row, one in found.items():
            row._mark_done(external_id=f"{one.id}/{one.number}")
        missing = self._current().filtered(lambda row: row.state != "done")
        missing._chorus_release()
        self._end("partial" if missing else "integrated")
        self._call_deposit()

    def _did_not_arrive(self, text, **values):
        """:return: its exchanges that are lost"""
        self._end("absent", text, **values)
        # one whose arrival a person confirmed is not sent again
        lost = self._current().filtered(lambda row: row.state == "unknown")
        if self.overdue_told:
            lost._chorus_todo_done()
        return lost

    # -- a person knows, or asks ------------------------------------------------------

    def action_ask_now(self):
        """Ask Chorus Pro about these flows now."""
        self._check_may_act()
        return self.sudo()._ask_now()

    def _ask_now(self):
        """Search for what is unknown, ask for the reports of what is deposited.

        :raises UserError: a setting is missing
        """
        for flow in self.filtered(lambda one: one.mode == "api"):
            client = flow._account()._chorus_client()
            if flow.state == "unknown":
                flow._settle(client)
            elif flow.state in ("deposited", "processing") and flow.number:
                flow._ask_report(client)
        self.invalidate_recordset()
        states = dict(self._fields["state"]._description_selection(self.env))
        lines = "\n".join(f"{flow.display_name}: {states[flow.state]}" for flow in self)
        open_ones = any(flow.state in ("unknown", "deposited") for flow in self)
        return self._told(lines, "warning" if open_ones else "success")

    def action_arrived(self):
        """A person saw the file at its place (EDI), or the invoices on the portal."""
        self._check_may_act()
        for flow in self.sudo():
            flow._check_unknown()
            # without its number nobody can be asked for the report
            if flow.mode == "api" and not flow.number:
                flow._end_by_word()
                continue
            flow._log_arrival("sending")
            flow._become_deposited()

    def _log_arrival(self, state):
        text = self.env._("%(user)s says that it arrived.", user=self.env.user.name)
        rows = self._current().filtered(lambda row: row.state == "unknown")
        rows._add_log(state, "confirmed", text)
        return rows

    def _end_by_word(self):
        """The word of a person is the last one on this flow; its invoices are followed,
        each is found by its own number.
        """
        rows = self._log_arrival("done")
        self._become_deposited()
        rows.confirmed_by_id = self.env.uid
        rows._mark_done()
        self._end("integrated")

    def action_send_again(self):
        """A person knows that nothing arrived: the invoices go in another flow."""
        self._check_may_act()
        for flow in self.sudo():
            flow._check_unknown()
            if flow.mode == "api" and not flow.searches:
                raise UserError(
                    self.env._(
                        "%(flow)s: ask Chorus Pro first, with “Ask now”.",
                        flow=flow.display_name,
                    )
                )
            text = self.env._(
                "%(user)s says that it did not arrive.", user=self.env.user.name
            )
            # as often as a person says so
            flow._did_not_arrive(text)._chorus_release({"error_text": text})
        self._call_deposit()

    def _check_unknown(self):
        if self.state != "unknown":
            raise UserError(
                self.env._(
                    "%(flow)s: only a flow of unknown outcome needs this answer.",
                    flow=self.display_name,
                )
            )

    def _close_if_answered(self):
        """Its exchanges were answered one by one: nothing is left to find out."""
        for flow in self:
            rows = flow._current()
            if flow.state == "unknown" and set(rows.mapped("state")) == {"done"}:
                flow._end("integrated")
                rows._chorus_invoices().write({"followed": True})
