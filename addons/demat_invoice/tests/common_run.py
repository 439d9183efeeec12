# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from .common import DematInvoiceCommon


class DematRunCommon(DematInvoiceCommon):
    """Launch runs as the clerk and work on them as the job does."""

    def _launch(self, treatment, moves, *, user=None, **arguments):
        user = user or self.clerk
        runs = self.env["demat.run"].with_user(user)
        return runs._launch(treatment, moves.with_user(user), **arguments)

    def _run(self, treatment, moves, **arguments):
        run = self._launch(treatment, moves, **arguments)
        self._process(run)
        return run

    def _process(self, run):
        run.sudo().with_context(force_report_rendering=True)._process()
        self.env.invalidate_all()

    def _ready(self, count=1, partner=None, **values):
        moves = self.env["account.move"]
        for _number in range(count):
            moves |= self._invoice(partner, **values)
        self._force_state(moves, "ready")
        return moves
