# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.modules.registry import Registry
from odoo.tools.misc import clean_context

_logger = logging.getLogger(__name__)

SIGNATORY = "demat.sign.signatory"
#: The job takes up what was to leave at once, should this process die before.
SAFETY_DELAY = timedelta(minutes=5)
#: Stands in the message that colleagues can read, where the mail holds the link.
HIDDEN = "…"


class DematExchange(models.Model):
    """Mails to signatories: which text, and a link that colleagues do not see."""

    _inherit = "demat.exchange"

    demat_sign_kind = fields.Char(string="Kind of Signature Mail", readonly=True)

    def _prepare_message(self, values, attachment_ids):
        # EXTENDS demat_base: the mail holds the personal link; the message about it,
        # which sales people read, does not
        vals = super()._prepare_message(values, attachment_ids)
        if self.res_model == SIGNATORY:
            token = self.env[SIGNATORY].browse(self.res_id).access_token
            vals["body"] = vals["body"].replace(token, HIDDEN)
        return vals

    def _demat_sign_dispatch(self, *, at_once):
        """Have these mails sent after the commit: now, or by the job within a minute.

        :param at_once: a person waits for the outcome
        """
        if not self:
            return
        cron = self.env.ref("demat_base.ir_cron_recover_sending").sudo()
        if not at_once:
            cron._trigger()
            return
        cron._trigger(at=fields.Datetime.now() + SAFETY_DELAY)
        dbname, uid, ids = self.env.cr.dbname, self.env.uid, self.ids
        context = clean_context(self.env.context)
        self.env.cr.postcommit.add(
            lambda: _send_in_own_cursor(dbname, uid, context, ids)
        )


def _send_in_own_cursor(dbname, uid, context, ids):
    """Send mails whose exchanges are committed; what fails here is left to the job."""
    try:
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, uid or SUPERUSER_ID, context)
            env["demat.exchange"].sudo().browse(ids)._dispatch_mail()
    except Exception:
        _logger.exception("The exchanges %s are left to the job.", ids)
