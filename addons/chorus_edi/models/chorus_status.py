# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
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
            a step counts as new only when the last one known has another code
        :return: those that were not known
        """
        known = {(step.code, step.at): step for step in invoice.status_ids}
        last = invoice.status_ids[:1]
        fresh = self.browse()
        for code, at, comment, who in steps:
            step = known.get((code, at or False))
            if step is None and not at and last.code == code:
                step = last
            if step is None:
                step = self.create(
                    {
                        "invoice_id": invoice.id,
                        "code": code,
                        "at": at,
                        "comment": comment,
                        "who": who,
                    }
                )
                known[code, at or False] = last = step
                fresh |= step
                continue
            missing = {
                name: value
                for name, value in (("comment", comment), ("who", who))
                if value and step[name] != value
            }
            if missing:
                step.write(missing)
        return fresh
