# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

#: Reasons that only matter to who tells somebody.
ADDRESS_CODES = {"no_address", "invalid_address"}


class AccountMove(models.Model):
    """The options of a run, as they act on each invoice."""

    _inherit = "account.move"

    def _demat_run_problems(self, options):
        """Return what blocks a sending with these options.

        :param options: see ``demat.run._get_options``
        :return: as :meth:`_demat_sending_problems`
        """
        problems = self._demat_sending_problems(sealed_next=True)
        if options.get("notify", True):
            return problems
        found = {
            move: [reason for reason in reasons if reason.code not in ADDRESS_CODES]
            for move, reasons in problems.items()
        }
        return {move: reasons for move, reasons in found.items() if reasons}

    def _demat_apply_options(self, rows, options):
        """Return the exchange rows of this invoice as the options want them.

        The choice is on the row, where the worker finds it after a crash. What is
        deposited elsewhere or printed is no notification and stays.

        :param rows: see :meth:`_demat_prepare_exchange_vals`
        :param options: see ``demat.run._get_options``
        """
        self.ensure_one()
        attach = options.get("attach_pdf")
        choice = False if attach is None else ("no", "yes")[attach]
        if options.get("notify", True):
            return [
                {**row, "attach_choice": choice} if row["channel"] == "mail" else row
                for row in rows
            ]
        kept = [row for row in rows if row["channel"] != "mail"]
        if {row["channel"] for row in kept} - {"ged"}:
            return kept
        silent = {
            **kept[0],
            "channel": "none",
            "idempotency_key": kept[0]["idempotency_key"].replace("ged:", "none:", 1),
        }
        return [*kept, silent]
