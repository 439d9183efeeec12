# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import logging
from functools import partial

from odoo import api, fields, models

from ..lib import codes, errors, rhythm
from .chorus_return import REFUSED
from .chorus_times import naive

_logger = logging.getLogger(__name__)


class ChorusFlow(models.Model):
    """The report of the platform on a flow, and what it means for each invoice."""

    _inherit = "chorus.flow"

    report_file = fields.Binary(
        string="Report of Chorus Pro",
        readonly=True,
        attachment=True,
        help="The PDF of the platform, where its detailed report is not open to us.",
    )
    report_file_name = fields.Char(compute="_compute_report_file_name")

    @api.depends("number")
    def _compute_report_file_name(self):
        for flow in self:
            flow.report_file_name = f"CHORUS_{flow.number or flow.id}.pdf"

    @api.model
    def _ask_reports(self, account, client):
        """Ask for the reports that are due in a company. Commits after each."""
        due = self.search(
            [
                ("company_id", "in", account._chorus_companies().ids),
                ("state", "in", ("deposited", "processing")),
                ("mode", "=", "api"),
                # nothing can be asked about without its number
                ("number", "!=", False),
                ("next_at", "<=", fields.Datetime.now()),
            ],
            order="next_at, id",
        )
        for flow in due:
            flow = flow._in_words_of_user()
            flow._try_alone(partial(flow._ask_report, client))

    def _ask_report(self, client):
        """Ask for the report of one flow and store what it says. Commits."""
        self.ensure_one()
        with self._alive() as alive:
            if not alive:
                return
            try:
                report = client.flow_report(self.number)
                found = self._found_in(client, report)
            except errors.ChorusError as error:
                # the name of the exception is gone when a lambda would use it
                self._committed(partial(self._ask_later, error))
                return
            self._committed(lambda: self._store_report(report, found))

    def _found_in(self, client, report):
        """The invoices that the platform has, all pages, by number.

        Those of this flow; and of the ones that it refuses, those that arrived by an
        earlier flow, whatever is known of that: refused as a double, they are there.

        :return: ``{number: FoundInvoice}``
        """
        outcome = report.known and codes.flow_state(report.state).outcome
        found = {}
        if outcome in ("integrated", "partial"):
            found = {
                one.number: one for one in client.search_invoices(flow=self.number)
            }
        if outcome in ("rejected", "partial"):
            for row in self._current():
                if row.document_id.name in found:
                    continue
                for earlier in row.chorus_flow_ids - self:
                    before = earlier._search_platform(client, row).get(row)
                    # what did not conform is not there
                    if before and before.status != REFUSED:
                        found[before.number] = before
                        break
        return found

    def _ask_later(self, error=None):
        """The report is not there yet, or could not be read."""
        self.invalidate_recordset()
        asked = getattr(error, "retry_after", None)
        seconds = rhythm.delay(rhythm.REPORT, self.count + 1, asked)
        self.write(
            {
                "count": self.count + 1,
                "next_at": self._due_in(seconds),
                "error_text": error and self._platform_words(error),
            }
        )
        self._call_follow(at=self.next_at)
        if isinstance(error, errors.FixCredentials):
            self._account()._chorus_note_access(error)

    def _store_report(self, report, found):
        """Write what a report says.

        :param report: ``FlowReport``
        :param found: answer of :meth:`_found_in`
        """
        self.invalidate_recordset()
        if self.state not in ("deposited", "processing"):
            return
        if not report.known:
            self._ask_later()
            return
        state = codes.flow_state(report.state)
        changed = self.report_code != report.state
        self.write(
            {
                "report_code": report.state,
                "report_at": naive(report.at),
                "report_raw": report.raw or False,
                "report_file": report.file and base64.b64encode(report.file),
            }
        )
        if state.outcome in ("pending", "unknown"):
            self.write({"state": "processing"})
            self._ask_later()
            if changed and not state.known:
                self._current()._chorus_todo(
                    self.env._(
                        "Chorus Pro gives the flow %(flow)s a state that is not known "
                        "here: %(code)s. Look at it on the portal.",
                        flow=self.number,
                        code=report.state,
                    )
                )
            return
        refusals = _words_by_number(report)
        if not report.detailed:
            refusals = self._undetailed_refusals(state.outcome, found)
            if refusals is None:
                return
        elif state.outcome == "partial" and self._waits_for_strays(refusals, found):
            return
        self._conclude(state.outcome, refusals, _technical(report), found)

    def _undetailed_refusals(self, outcome, found):
        """What follows from a report that does not say what is wrong with which
        invoice (``consulterCR``): it was refused, if the platform does not have it.

        One that was taken in may be visible a little later: as after a lost answer,
        only several searches say that it is not there.

        :return: as :func:`_words_by_number`; ``None`` when it is asked again later
        """
        numbers = [row.document_id.name for row in self._waiting()]
        missing = [number for number in numbers if number not in found]
        if outcome == "partial" and missing and self._waits_for_search():
            return None
        text = self.env._(
            "The reasons are in the report of the flow %(flow)s only (a PDF, on the "
            "flow and in the archive): the detailed report of Chorus Pro is not open "
            "to the application of the company.",
            flow=self.number,
        )
        return {number: [text] for number in missing}

    def _waits_for_strays(self, refusals, found):
        """A refusal that names none of the invoices may be about any that was neither
        named nor found.

        :param refusals: as :func:`_words_by_number`
        :return: whether it is asked again later
        """
        numbers = {row.document_id.name for row in self._waiting()}
        if refusals.keys() <= numbers or numbers <= {*refusals, *found}:
            return False
        return self._waits_for_search()

    def _waits_for_search(self):
        """What was taken in may be visible a little later: only several searches say
        that it is not there.

        :return: whether it is asked again later
        """
        searches = self.searches + 1
        self.searches = searches
        if rhythm.settled_after(searches):
            return False
        seconds = rhythm.delay(rhythm.SETTLE, searches)
        self.write({"state": "processing", "next_at": self._due_in(seconds)})
        self._call_follow(at=self.next_at)
        return True

    def _conclude(self, outcome, refusals, technical, found):
        """The last word of the platform on this flow.

        :param outcome: ``integrated``, ``partial``, ``rejected`` or ``incident``
        :param refusals: ``{number of the invoice: [message]}``
        :param technical: what is wrong with the flow as a whole, in one text
        :param found: ``{number: FoundInvoice}``
        """
        rows = self._waiting()
        self._end(outcome, technical)
        if outcome == "incident":
            self._lost_by_platform(rows)
            return
        numbers = {row.document_id.name: row for row in rows}
        stray = [
            text
            for number, texts in refusals.items()
            if number not in numbers
            for text in texts
        ]
        for number, row in numbers.items():
            texts = refusals.get(number, [])
            if self._is_taken(outcome, number in found, texts, stray):
                row._chorus_taken(self, found.get(number))
            else:
                why = texts or stray or [technical or self._no_reason()]
                row._chorus_refused(self, why)

    def _is_taken(self, outcome, found, texts, stray):
        """Say whether the platform has an invoice of this flow.

        :param found: the search gave it
        :param texts: why it was refused
        :param stray: refusals of invoices that nobody here knows
        """
        if outcome == "integrated" or found:
            return True
        return outcome == "partial" and not texts and not stray

    def _no_reason(self):
        return self.env._("Chorus Pro gives no reason.")

    def _lost_by_platform(self, rows):
        """Nothing of it was treated: the invoices go again, some times unasked."""
        text = self.env._("Chorus Pro had an incident and did not treat the flow.")
        rows._chorus_resend("incident", text)


def _words_by_number(report):
    """``{number: [message]}`` of the invoices that were refused."""
    result = {}
    for refusal in report.errors:
        result.setdefault(refusal.number.strip(), []).extend(refusal.messages)
    return result


def _technical(report):
    """What is wrong with the flow as a whole, in one text; empty when nothing is."""
    return "\n".join(
        " – ".join(part for part in (error.code, error.label, error.nature) if part)
        for error in report.technical
    )
