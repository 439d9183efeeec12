# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from datetime import timedelta

from odoo import api, fields, models

from ..lib import vies
from .vies_check import ADDRESS_PARAMETER

_logger = logging.getLogger(__name__)

#: An invoice whose customer could not be checked is not asked about for ever.
GIVE_UP = timedelta(days=30)
BATCH = 100


class ViesCheck(models.Model):
    """How the service is asked, and what is kept of it."""

    _inherit = "vies.check"

    @api.model
    def _consult(self, company, partner, number, *, moves=None, rest=True):
        """Ask about a VAT number and keep the answer; a failure is a row too.

        :param partner: the customer, as legal entity
        :param number: :class:`..lib.vies.VatNumber`
        :param moves: invoices that rest on the answer
        :param rest: do not ask a service that failed a moment ago
        :return: the ``vies.check``, in system mode
        """
        requester = vies.VatNumber.parse(company.vat)
        vals = {
            "company_id": company.id,
            "partner_id": partner.id,
            "vat": str(number),
            "requester": str(requester or "-"),
            "asked_at": fields.Datetime.now(),
            "user_id": self.env.uid,
        }
        if not requester:
            return self._keep_failure(vals, "NO_REQUESTER", moves)
        if rest and (resting := self._find_resting(company, number)):
            # not asked: the time of the failure stays that of the last question
            vals["asked_at"] = resting.asked_at
            return self._keep_failure(vals, resting.code, moves)
        try:
            answer = self._get_client().check(number, requester)
        except vies.ViesError as error:
            _logger.info("VIES about %s: %s (%s)", number, error.code, error)
            return self._keep_failure(vals, error.code, moves)
        except ValueError:
            return self._keep_failure(vals, "BAD_ADDRESS", moves)
        return self._keep_answer(vals, answer, moves)

    @api.model
    def _get_client(self):
        """:raises ValueError: the address in the parameters cannot be used"""
        address = self.env["ir.config_parameter"].sudo().get_param(ADDRESS_PARAMETER)
        return vies.Client(address or vies.ADDRESS)

    @api.model
    def _find_open(self, vals):
        """Return the row that waits for an answer about this number, if any."""
        return self.sudo().search(
            [
                ("company_id", "=", vals["company_id"]),
                ("vat", "=", vals["vat"]),
                ("outcome", "=", "none"),
            ],
            limit=1,
        )

    @api.model
    def _keep_failure(self, vals, code, moves):
        """One row waits for the answer about a number, however often it is asked."""
        check = self._find_open(vals)
        tries = check.tries + 1
        again = vies.CODES.get(code, "retry") in ("retry", "blocked")
        wait = timedelta(hours=min(2 ** (min(tries, 6) - 1), 24))
        return check._keep(
            {
                **vals,
                "outcome": "none",
                "code": code,
                "tries": tries,
                "next_at": again and fields.Datetime.now() + wait,
            },
            moves,
        )

    @api.model
    def _keep_answer(self, vals, answer, moves):
        """Archive what the service sent, and show it in a row."""
        check = self._find_open(vals)._keep(
            {
                **vals,
                "outcome": "valid" if answer.valid else "invalid",
                "code": False,
                "next_at": False,
                "date": answer.date,
                "consultation": answer.consultation,
                "trader_name": answer.name,
                "trader_address": answer.address,
            },
            moves,
        )
        check.document_id = check._archive_answer(answer)
        return check

    def _keep(self, vals, moves):
        """Write the row that waits, or a new one."""
        check = self
        if check:
            check.write(vals)
        else:
            check = self.sudo().create(vals)
        check._link(moves)
        return check

    def _archive_answer(self, answer):
        """File the evidence; return the ``ged.document``."""
        self.ensure_one()
        [document] = (
            self.env["ged.document"]
            .sudo()
            ._archive(
                [
                    {
                        "company_id": self.company_id.id,
                        "kind": "evidence",
                        "name": answer.consultation or f"VIES {self.vat}",
                        "filename": f"VIES_{self.vat}_{answer.date}.xml",
                        "mimetype": "application/xml",
                        "content": answer.content,
                        "partner_id": self.partner_id.id,
                        "document_date": answer.date,
                        "res_model": self._name,
                        "res_id": self.id,
                        "origin_name": self.display_name,
                        "event_detail": self.words,
                    }
                ]
            )
        )
        return document

    def _link(self, moves):
        if moves:
            self.sudo().move_ids = [(4, move.id) for move in moves]

    # -- what waits -------------------------------------------------------------------

    @api.model
    def _cron_ask_again(self):
        """Ask about the numbers that are due; each with its own commit."""
        crons = self.env["ir.cron"]
        committed = self.env["demat.exchange"]._demat_run_committed
        now = fields.Datetime.now()
        due = committed(
            lambda: self.search(
                [
                    ("outcome", "=", "none"),
                    ("next_at", "<=", now),
                    ("create_date", ">=", now - GIVE_UP),
                    ("company_id.vies_checking", "=", True),
                ],
                order="next_at, id",
                limit=BATCH,
            )
        )
        for done, check in enumerate(due, 1):
            committed(check._ask_again)
            if not crons._commit_progress(1, remaining=len(due) - done):
                return

    def _ask_again(self):
        """Ask once more; the invoices that waited for it are told."""
        check = self._demat_try_lock()
        check.invalidate_recordset()
        if not check or check.outcome != "none":
            return
        # in the name of nobody else: who pressed the button is long gone
        number = vies.VatNumber.parse(check.vat)
        found = check.with_company(check.company_id)._consult(
            check.company_id, check.partner_id, number
        )
        if found.outcome != "none":
            found.move_ids._vies_tell(found)
