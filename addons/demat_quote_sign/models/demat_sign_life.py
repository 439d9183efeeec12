# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class DematSignRequest(models.Model):
    """What happens to a request after it was sent."""

    _inherit = "demat.sign.request"

    def action_cancel(self):
        """Take the request back."""

    def action_remind(self):
        """Remind those whose turn it is."""

    def action_sign_on_device(self):
        """Open the ceremony on the device of the sales person."""

    def _void(self, reason):
        """The quote changed: nothing can be signed any more."""

    def _expire(self):
        """The date is over."""

    def _decline(self, signatory, reason):
        """A signatory declines."""

    def _finish(self):
        """Signed document and evidence file; see ``demat_sign_result``."""

    def _complete(self):
        """All have signed."""

    @api.model
    def _cron_daily(self):
        """Expiry, reminders, digests."""
