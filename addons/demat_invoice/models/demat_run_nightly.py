# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..lib import nightly, states

_logger = logging.getLogger(__name__)


class DematRun(models.Model):
    """The nightly sending: one run for each company whose night is due.

    The date of the night is written in the transaction that makes the run: a night is
    done once, whoever dies and however many workers there are; a night that nobody did
    is done as soon as somebody is there.
    """

    _inherit = "demat.run"

    @api.model
    def _cron_nightly(self):
        """Launch what is due; a company that fails does not stop the others."""
        committed = self.env["demat.exchange"]._demat_run_committed
        companies = self.env["res.company"]
        wanted = [("demat_nightly", "=", True)]
        # committed: the lock below must see what another worker did meanwhile
        for company in committed(lambda: companies.search(wanted)):
            try:
                committed(lambda c=company: self._try_night(c))
            except Exception:
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.exception("%s: the night stays due", company.name)

    def _try_night(self, company):
        """Launch the night, or write on the company why it could not be."""
        try:
            with self.env.cr.savepoint():
                self._launch_night(company)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.warning("No nightly sending of %s", company.name, exc_info=True)
            self._tell_failed_night(company, str(error))

    def _tell_failed_night(self, company, why):
        """Write the cause on the settings, and by mail; once, not at each new try."""
        if company.demat_nightly_error == why:
            return
        company.demat_nightly_error = why
        user = company._demat_nightly_user()
        env = self.with_context(lang=user.lang or company.partner_id.lang).env
        self.env["mail.mail"].create(
            {
                "subject": env._(
                    "%(company)s: the nightly sending could not be done",
                    company=company.name,
                ),
                "body_html": Markup("<p>%s</p><p>%s</p>")
                % (
                    why,
                    env._(
                        "Nothing was sent. The night is done as soon as this is "
                        "mended: see Settings, Invoicing, Nightly sending."
                    ),
                ),
                "email_from": company.email_formatted or user.email_formatted,
                "email_to": user.email_formatted or company.email_formatted,
                "auto_delete": False,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _launch_night(self, company):
        """Launch the night of this company if it is due and nobody else does.

        :return: the run, empty when there is nothing to do
        :raises UserError: nobody may send in this company; the night stays due
        """
        company = company._demat_try_lock()
        if not company:
            return self.browse()
        company.invalidate_recordset()
        night = company._demat_latest_night()
        last = company.demat_nightly_last
        if not company.demat_nightly or (last and last >= night):
            return self.browse()
        moves = self._find_night_moves(company, night)
        run = self._launch_moves(company, moves) if moves else self.browse()
        company.write({"demat_nightly_last": night, "demat_nightly_error": False})
        return run

    def _find_night_moves(self, company, night):
        """Return the ready invoices of this night, the oldest first."""
        since = nightly.created_since(
            night, company._demat_nightly_zone(), company.demat_nightly_days
        )
        domain = Domain(
            [
                ("company_id", "=", company.id),
                ("demat_state", "=", states.READY),
                ("create_date", ">=", since),
            ]
        )
        if company.demat_nightly_journal_ids:
            domain &= Domain("journal_id", "in", company.demat_nightly_journal_ids.ids)
        return self.env["account.move"].search(domain, order="invoice_date, id")

    def _launch_moves(self, company, moves):
        user = company._demat_nightly_user()
        if not user.active or company not in user.company_ids:
            raise AccessError(
                self.env._(
                    "%(company)s: nobody sends the invoices of the night. Name a user "
                    "of this company in the settings of the nightly sending.",
                    company=company.name,
                )
            )
        acting = self.with_user(user).with_context(
            allowed_company_ids=company.ids, lang=user.lang, tz=user.tz
        )
        run = acting._launch("send", acting.env["account.move"].browse(moves.ids))
        run.sudo().nightly = True
        return run
