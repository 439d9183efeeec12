# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import json

from odoo import fields, models


class ChorusReportMixin(models.AbstractModel):
    """What Chorus Pro answered, filed as it came.

    The readable words stand on the exchanges; whoever has to prove what was refused,
    and why, needs what the platform itself wrote.
    """

    _name = "chorus.report.mixin"
    _description = "Answer of Chorus Pro in the Archive"

    document_id = fields.Many2one(
        "ged.document",
        string="Archived answer",
        readonly=True,
        check_company=True,
        help="The answer of Chorus Pro as it came, in the archive.",
    )

    def _chorus_file_report(self, filename, content, **values):
        """File an answer in the archive, once: a second one is left aside.

        :param bytes content: as it came
        :param values: other keys of ``ged.document._archive``
        """
        self.ensure_one()
        if self.document_id:
            return
        vals = {
            "company_id": self.company_id.id,
            "kind": "chorus_report",
            "name": self.display_name,
            "filename": filename,
            "content": content,
            "document_date": fields.Date.context_today(self),
            "res_model": self._name,
            "res_id": self.id,
            "origin_name": self.display_name,
            **values,
        }
        self.document_id = self.env["ged.document"].sudo()._archive([vals])


class ChorusFlow(models.Model):
    _name = "chorus.flow"
    _inherit = ["chorus.flow", "chorus.report.mixin"]

    def _end(self, state, text=False, **values):
        # EXTENDS: the answer that ended it is filed; one that ends otherwise has none
        result = super()._end(state, text, **values)
        for flow in self.filtered("report_raw"):
            customers = flow.exchange_ids.partner_id.commercial_partner_id
            content = json.dumps(
                flow.report_raw, ensure_ascii=False, indent=2, sort_keys=True
            )
            flow._chorus_file_report(
                f"CHORUS_{flow.number}.json",
                content.encode(),
                mimetype="application/json",
                # several customers: it is nobody's in particular
                partner_id=len(customers) == 1 and customers.id,
                event_detail=flow.report_label or flow.report_code,
            )
        return result


class ChorusReturn(models.Model):
    _name = "chorus.return"
    _inherit = ["chorus.return", "chorus.report.mixin"]

    def _chorus_archive(self):
        """File the return files that could be read."""
        for file in self.filtered(lambda one: one.state == "done"):
            file._chorus_file_report(file.name, base64.b64decode(file.content))
