# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime

from odoo import api, models
from odoo.fields import Domain

from ..lib.levels import LaterEvidence


class GedExport(models.Model):
    """Later evidence: what an export says of it, and its containers."""

    _inherit = "ged.export"

    @api.model
    def _related(self, ids):
        # EXTENDS ged_export: without its containers an export would not prove what it
        # says of later evidence
        rows = self.env["ged.preservation"].sudo()
        rows = rows.search_fetch([("document_id", "in", list(ids))], ["evidence_id"])
        return super()._related(ids) | Domain("id", "in", rows.evidence_id.ids)

    def _later_of(self, work, document):
        """Return what ``manifest.xml`` says of the later evidence of a document, oldest
        first: dictionaries of texts.
        """
        found = []
        for row in document.sudo().preservation_ids.sorted("id"):
            work.containers_due.add(row.evidence_id.id)
            found.append(
                {
                    "container": row.evidence_id.id,
                    "renews": row.predecessor_id.evidence_id.id or "",
                    **{
                        name: _text(row[name])
                        for name in LaterEvidence.__dataclass_fields__
                    },
                }
            )
        return found

    def _later_row(self, document, values):
        """Return a line of ``later_evidence.csv``."""
        Document = self.env["ged.document"].sudo()
        return {
            "document": document.display_name,
            **values,
            "container": Document.browse(values["container"]).display_name,
            "renews": values["renews"]
            and Document.browse(values["renews"]).display_name,
        }


def _text(value):
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
