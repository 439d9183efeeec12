# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime

from odoo import api, fields, models


class ChorusStatus(models.Model):
    """One step in the life of an invoice at Chorus Pro, as the platform tells it.

    Codes are kept as they come, also those that nobody knows here; the words are those
    of ``lib/codes.py``. Written by the system only.
    """

    _name = "chorus.status"
    _description = "Status of an Invoice at Chorus Pro"
    _order = "at desc, id desc"
    _rec_name = "code"
    _check_company_auto = True

    invoice_id = fields.Many2one(
        "chorus.invoice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="invoice_id.company_id", store=True, index=True
    )
    code = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Status", compute="_compute_label")
    at = fields.Datetime(string="Since", readonly=True)
    at_receipt = fields.Boolean(
        string="Date of receipt",
        readonly=True,
        help="Chorus Pro gave no date: it is the moment at which this was read.",
    )
    comment = fields.Text(string="Reason given", readonly=True)
    who = fields.Char(string="By", readonly=True)

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_label(self):
        for step in self:
            step.label = self.env["chorus.invoice"]._status_words(step.code)[0]

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for step in self:
            step.display_name = step.label or ""

    @api.model
    def _record(self, invoice, steps):
        """Keep these steps of an invoice; one that is known gets what it lacked.

        :param steps: of ``(code, at, comment, who)``; ``at`` naive UTC, or None: then
            a step counts as new only when the last one known has another code, and has
            the date of its receipt
        :return: those that were not known
        """
        steps_known = invoice.status_ids
        fresh = self.browse()
        for code, at, comment, who in steps:
            step = steps_known._find_known(code, at)
            if not step:
                step = self.create(
                    {
                        "invoice_id": invoice.id,
                        "code": code,
                        "at": at or fields.Datetime.now(),
                        "at_receipt": not at,
                        "comment": comment,
                        "who": who,
                    }
                )
                steps_known |= step
                fresh |= step
                continue
            missing = {
                name: value
                for name, value in (("comment", comment), ("who", who))
                if value and step[name] != value
            }
            if missing:
                step.write(missing)
        steps_known._put_before_dated(fresh)
        return fresh

    def _find_known(self, code, at):
        """The one of these steps that a step told now is; empty when it is new.

        A date that is told at last takes the place of that of the receipt.
        """
        if not at:
            last = self.sorted(_order_of)[-1:]
            return last.filtered(lambda step: step.code == code)
        same = self.filtered(lambda step: step.code == code)
        step = same.filtered(lambda step: step.at == at and not step.at_receipt)[:1]
        if not step:
            ours = same.filtered("at_receipt").sorted(_order_of)
            step = ours.filtered(lambda step: step.at >= at)[:1]
            step.write({"at": at, "at_receipt": False})
        return step

    def _put_before_dated(self, fresh):
        """What had no date came before a dated step that was told after it.

        The receipt may be long after the step itself (files wait in their folder): a
        payment of yesterday is no older than a suspension that is read today.

        :param fresh: those of these steps that are new
        """
        dated = self.filtered(lambda step: step.at and not step.at_receipt)
        newest = dated.sorted(_order_of)[-1:]
        if newest and newest in fresh:
            earlier = self.filtered(lambda step: step.at_receipt and step not in fresh)
            earlier.filtered(lambda step: step.at > newest.at).write({"at": newest.at})


def _order_of(step):
    """Oldest first; of one moment, as they were told."""
    return step.at or datetime.min, step.id
