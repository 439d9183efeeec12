# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.http import request
from odoo.tools import SQL

from ..lib.hashing import canonical
from .ged_evidence import FORMAT


class GedDocument(models.Model):
    """Filing under another customer: always with a line in the journal."""

    _inherit = "ged.document"

    def write(self, vals):
        if "partner_id" not in vals:
            return super().write(vals)
        partner_id = vals["partner_id"] or False
        moved = self.filtered(lambda document: document.partner_id.id != partner_id)
        result = super().write(vals)
        moved._record_event("refiled", data={"partner_id": partner_id or None})
        return result

    @api.model
    def _journal_refiling(self, sources, target, detail):
        """Write that the documents filed under ``sources`` are now filed under
        ``target`` (partners). To be called before the rows change, where that is done
        by SQL: one statement, however many documents there are. Returns their number.
        """
        self.env.flush_all()
        user = self.env.user
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ged_event (
                    document_id, company_id, event_type, at, user_id, user_name, ip,
                    detail, data, evidence_format
                )
                SELECT id, company_id, 'refiled', %(at)s, %(user)s, %(name)s, %(ip)s,
                       %(detail)s, %(data)s, %(format)s
                  FROM ged_document
                 WHERE partner_id = ANY(%(sources)s)
                 ORDER BY id
                """,
                at=fields.Datetime.now(),
                user=user.id,
                name=user.sudo().name,
                ip=request.httprequest.remote_addr if request else None,
                detail=detail,
                data=canonical({"partner_id": target.id}).decode(),
                format=FORMAT,
                sources=sources.ids,
            )
        )
        count = self.env.cr.rowcount
        if count:
            self.invalidate_model(["event_ids"], flush=False)
            self.env["ged.chain"]._schedule()
        return count
