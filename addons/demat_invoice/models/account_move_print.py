# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib import states


class AccountMove(models.Model):
    """Invoices on paper: who printed which, when, and how often (seed 001)."""

    _inherit = "account.move"

    demat_edition_date = fields.Datetime(
        string="Edition date",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="When the invoice was printed last. A preview does not count.",
    )
    demat_edition_uid = fields.Many2one(
        "res.users",
        string="Edited by",
        copy=False,
        readonly=True,
        index="btree_not_null",
    )
    demat_edition_count = fields.Integer(
        string="Times printed", copy=False, readonly=True, aggregator=None
    )

    # -- buttons ----------------------------------------------------------------------

    def action_demat_print(self):
        """Print: one PDF, in the order of the list; the edition is noted."""
        self._demat_check_user()
        return self._demat_action_print()

    def action_demat_preview(self):
        """The same PDF; nothing is noted on the invoices."""
        self._demat_check_user()
        return self._demat_action_preview()

    def action_demat_export_files(self):
        """One file for each invoice, in a ZIP with an index."""
        self._demat_check_user()
        return self._demat_action_export_files()

    # -- for the screens --------------------------------------------------------------

    def _demat_action_print(self):
        """Print these invoices in their order; note date, time and user of the edition.

        What cannot be printed is listed on the first page and is not marked.

        :return: the action that gives the file, or shows how far a big one is
        :raises UserError: no invoice, or none that can be printed
        """
        return self._demat_ask_print("print")

    def _demat_action_preview(self):
        """The same file; date, time and user of the edition stay as they are.

        :raises UserError: no invoice, or none that can be printed
        """
        return self._demat_ask_print("preview")

    def _demat_action_export_files(self):
        """One PDF for each invoice in a ZIP: the print files (seed 001).

        :raises UserError: no invoice, or none that can be printed
        """
        return self._demat_ask_print("files")

    def _demat_ask_print(self, kind):
        return self.env["demat.print.request"]._ask(kind, self)

    # -- what is printed --------------------------------------------------------------

    def _demat_print_contents(self):
        """Return what is printed of each invoice: the sealed original, or a drawing.

        Reads only. The caller has checked the access.

        :return: ``({move: bytes}, {move: cause in words})``
        """
        problems, contents, drawn = {}, {}, self.browse()
        for move in self.sudo():
            problem = move._demat_print_problem()
            if problem:
                problems[move.id] = problem
            elif move.demat_state == states.SENT and move.demat_document_id:
                try:
                    contents[move.id] = move.demat_document_id._get_content()
                except UserError as error:
                    problems[move.id] = error.args[0]
            else:
                drawn |= move
        by_company = drawn.with_context(demat_on_paper=True).grouped("company_id")
        for company, moves in by_company.items():
            good, bad = moves.with_company(company)._demat_render()
            contents |= {move.id: data for move, data in good.items()}
            problems |= {move.id: failure.text for move, failure in bad.items()}
        return contents, problems

    def _demat_print_problem(self):
        """Return in words why this invoice cannot be printed, or ``None``."""
        self.ensure_one()
        if self.move_type not in ("out_invoice", "out_refund"):
            return self.env._("This is no customer invoice.")
        if self.state != "posted":
            return self.env._("Not validated: validate it first.")
        if self.demat_state == states.SENDING:
            return self.env._("It is being sent right now: print it in a moment.")
        return None

    # -- marks ------------------------------------------------------------------------

    def _demat_mark_printed(self):
        """Note the edition of these invoices and of their exchanges on paper."""
        if not self.ids:
            return
        names = ["demat_edition_date", "demat_edition_uid", "demat_edition_count"]
        self.flush_recordset(names)
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_move
                   SET demat_edition_date = %(now)s,
                       demat_edition_uid = %(uid)s,
                       demat_edition_count = COALESCE(demat_edition_count, 0) + 1,
                       write_date = %(now)s,
                       write_uid = %(uid)s
                 WHERE id = ANY(%(ids)s)
                """,
                now=now,
                uid=self.env.uid,
                ids=self.ids,
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset([*names, "write_date", "write_uid"], flush=False)
        self.modified(names)
        self._demat_log_change("print")
        self._demat_paper_exchanges()._mark_printed()

    def _demat_paper_exchanges(self):
        """Return the exchanges that wait for the version that was sent to be printed.

        None of an invoice that was printed before it was sent: that was not it.
        """
        sent = self.sudo().filtered(lambda move: move.demat_state == states.SENT)
        return self.env["demat.exchange"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", sent.ids),
                ("document_id", "in", sent.demat_document_id.ids),
                ("channel", "=", "print"),
                ("state", "in", ("pending", "unknown")),
            ]
        )

    def _demat_move_to(self, treatment, target, *, reason=None, **values):
        # EXTENDS demat_invoice: what comes out of a correction was never printed
        if treatment in ("reopen", "leave") and any(self.mapped("demat_edition_count")):
            values |= {
                "demat_edition_date": False,
                "demat_edition_uid": False,
                "demat_edition_count": 0,
            }
        return super()._demat_move_to(treatment, target, reason=reason, **values)
