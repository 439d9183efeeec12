# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import json
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import errors

_logger = logging.getLogger(__name__)
#: Flows that have had their last answer.
ENDED = ("integrated", "partial", "rejected", "incident")
#: Answers that one round files.
BATCH = 200
ACTIVITY = "chorus_edi.mail_activity_type_archive"


class ChorusReportMixin(models.AbstractModel):
    """What Chorus Pro answered, in the archive.

    The readable words stand on the exchanges; whoever has to prove what was refused,
    and why, needs what the platform itself said. It is filed in a step of its own,
    after what it says was stored: an archive that takes nothing holds nothing up, and
    what could not be filed is filed by a later round.
    """

    _name = "chorus.report.mixin"
    _description = "Answer of Chorus Pro in the Archive"

    document_id = fields.Many2one(
        "ged.document",
        string="Archived answer",
        readonly=True,
        check_company=True,
        help="What Chorus Pro answered, in the archive.",
    )

    @api.model
    def _chorus_file_answers(self, account):
        """File what is not filed yet of the companies of an account. Commits.

        :return: those that could not be filed
        """
        committed = self.env["demat.exchange"]._demat_run_committed
        companies = account._chorus_companies().ids
        waiting = [("company_id", "in", companies), ("document_id", "=", False)]
        found = self.search(waiting + self._chorus_answer_domain(), limit=BATCH)
        for record in found:
            committed(lambda record=record: record._chorus_try_to_file(account))
        return found.filtered(lambda record: not record.document_id)

    def _chorus_try_to_file(self, account):
        """File the answer; what hinders it is told, and tried again later."""
        try:
            with self.env.cr.savepoint():
                self._chorus_file_answer()
        except (UserError, OSError) as error:
            _logger.warning("%s is not filed in the archive: %s", self, error)
            name, cause = self.display_name, str(error)
            account._chorus_tell_once(
                ACTIVITY,
                lambda told: told.env._(
                    "The answer of Chorus Pro about %(name)s cannot be filed in the "
                    "archive: %(cause)s Once that is mended it is filed by itself, "
                    "with those that came after it.",
                    name=name,
                    cause=cause,
                ),
            )

    @api.model
    def _chorus_answer_domain(self):
        """Return the domain of the records with an answer to file."""
        raise NotImplementedError

    def _chorus_answer(self):
        """Return the answer as keys of ``ged.document._archive``."""
        raise NotImplementedError

    def _chorus_file_answer(self):
        """File the answer, unless somebody else does or did it meanwhile.

        :raises UserError: the archive does not take it
        """
        self.ensure_one()
        if not self._demat_try_lock():
            return
        self.invalidate_recordset(["document_id"])
        if self.document_id:
            return
        vals = {
            "company_id": self.company_id.id,
            "kind": "chorus_report",
            "name": self.display_name,
            "document_date": fields.Date.context_today(self),
            "res_model": self._name,
            "res_id": self.id,
            "origin_name": self.display_name,
            **self._chorus_answer(),
        }
        self.document_id = self.env["ged.document"].sudo()._archive([vals])


class ChorusFlow(models.Model):
    _name = "chorus.flow"
    _inherit = ["chorus.flow", "chorus.report.mixin"]

    # few wait, and only for a moment
    _unfiled_idx = models.Index(
        "(company_id) WHERE document_id IS NULL AND report_raw IS NOT NULL"
    )

    @api.model
    def _chorus_answer_domain(self):
        return [("report_raw", "!=", False), ("state", "in", ENDED)]

    def _chorus_answer(self):
        """The file of the last answer, or its content written anew: sorted and
        indented.
        """
        customers = self.exchange_ids.partner_id.commercial_partner_id
        if self.report_file:
            answer = {
                "filename": self.report_file_name,
                "content": base64.b64decode(self.report_file),
            }
        else:
            content = json.dumps(
                self.report_raw, ensure_ascii=False, indent=2, sort_keys=True
            )
            answer = {
                "filename": f"CHORUS_{self.number or self.id}.json",
                "mimetype": "application/json",
                "content": content.encode(),
            }
        return {
            **answer,
            # several customers: it is nobody's in particular
            "partner_id": len(customers) == 1 and customers.id,
            "event_detail": self.report_label or self.report_code,
        }


class ChorusReturn(models.Model):
    _name = "chorus.return"
    _inherit = ["chorus.return", "chorus.report.mixin"]

    ours = fields.Boolean(
        string="About us",
        readonly=True,
        help="It speaks of a flow or of an invoice of this company.",
    )

    @api.model
    def _chorus_answer_domain(self):
        return [("ours", "=", True)]

    def _chorus_answer(self):
        """The file as it came."""
        return {"filename": self.name, "content": base64.b64decode(self.content)}


class ChorusAccount(models.Model):
    _inherit = "chorus.account"

    def _follow(self):
        # EXTENDS
        try:
            result = super()._follow()
        except errors.ChorusError:
            # what came before it stopped is filed all the same
            self._chorus_file_all_answers()
            raise
        self._chorus_file_all_answers()
        return result

    def _chorus_file_all_answers(self):
        """File the answers of flows and the return files. Commits."""
        answers = self.env["chorus.flow"], self.env["chorus.return"]
        if not any([model._chorus_file_answers(self) for model in answers]):
            committed = self.env["demat.exchange"]._demat_run_committed
            committed(lambda: self.sudo().activity_unlink([ACTIVITY]))
