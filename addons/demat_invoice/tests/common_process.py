# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from .common import DematInvoiceCommon


class ProcessCommon(DematInvoiceCommon):
    def _screen(self, user=None, **values):
        screens = self.env["demat.process"].with_user(user or self.clerk)
        return screens.create(values)

    def _shown(self, user=None, **values):
        """The invoices that the screen lists for these criteria."""
        screen = self._screen(user, **values)
        screen.action_show()
        return screen.line_ids.move_id.with_env(self.env)

    def _in(self, state, **values):
        move = self._invoice(**values)
        self._force_state(move, state)
        return move
