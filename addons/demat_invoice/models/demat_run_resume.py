# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .account_move_dispatch import SAFETY_DELAY

#: The customer is being told at this moment, or will be.
ON_THE_WAY = ("pending", "sending")


class DematRun(models.Model):
    """A run that was interrupted, by a crash or by the time that the host gives."""

    _inherit = "demat.run"

    def _in_words_of_user(self):
        """The causes are read by who launched the run; the job has no language."""
        user = self.user_id
        return self.with_context(lang=user.lang, tz=user.tz)

    def _recover(self, lines):
        """Before these started lines are carried on: what did the dead process leave?

        A mail that it had announced may have left: the line will say so.
        """
        if lines:
            self.env["demat.exchange"]._recover_interrupted()

    def _may_go_on(self, done):
        """Tell the host how far the job is; say whether there is time for more.

        The host kills a job that takes too long (``limit_time_real_cron``), however
        well it advances.

        :param done: number of invoices treated since the last call
        """
        if "ir_cron_progress_id" not in self.env.context:
            return True
        left = self.env["demat.run.line"].search_count(
            [("run_id", "=", self.id), ("state", "in", ("waiting", "started"))]
        )
        jobs = self.env["ir.cron"]
        return bool(jobs._commit_progress(done, remaining=left) or not left)

    def _call_again(self, *, delay=None):
        """Have the job called again: at once, or after a delay for others to end."""
        job = self.env.ref("demat_invoice.ir_cron_run").sudo()
        job._trigger(at=delay and self.env.cr.now() + delay)

    def _look_again(self):
        """Other workers still have invoices of this run; one of them may die."""
        self._call_again(delay=SAFETY_DELAY)


class DematRunLine(models.Model):
    _inherit = "demat.run.line"

    def _last_mails(self):
        """Return the mail about the document that each invoice has today.

        :return: ``{id of the invoice: demat.exchange}``
        """
        documents = self.move_id.demat_document_id
        mails = self.env["demat.exchange"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "in", self.move_id.ids),
                ("channel", "=", "mail"),
                ("document_id", "in", documents.ids),
            ]
        )
        return {mail.res_id: mail for mail in mails}

    def _untold_cause(self, mail):
        """Return in words why the customer was not told, or ``None``.

        :param mail: the exchange of :meth:`_last_mails`, or ``None``
        """
        if not mail or mail.state not in ("failed", "unknown"):
            return None
        if mail.state == "unknown":
            return self.env._(
                "Sent, but nobody knows whether the customer was told: %(why)s",
                why=mail.error_text,
            )
        return self.env._(
            "Sent, but the customer was not told: %(why)s", why=mail.error_text
        )
