# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class GedDocument(models.Model):
    """Buttons of a document, what may change on it, each with its journal line."""

    _inherit = "ged.document"

    # ------------------------------------------------------------------- actions

    def action_download(self):
        """Open the download route; it checks the access and writes the journal."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/ged/document/{self.id}/content?download=1",
            "target": "download",
        }

    def action_open_origin(self):
        """Open the record that the document was made from, if it still exists."""
        self.ensure_one()
        record = self._origin_record()
        if not record:
            raise UserError(
                self.env._(
                    "The original record of %(document)s (%(origin)s) no longer exists "
                    "or its "
                    "application is not installed. The archived file is not affected.",
                    document=self.display_name,
                    origin=self.origin_name or self.res_model or "—",
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def action_hold(self):
        """Ask for the reason, then place the legal hold on the selection."""
        return self._hold_action("hold")

    def action_release(self):
        """Ask for the reason, then lift the legal hold of the selection."""
        return self._hold_action("released")

    def _hold_action(self, operation):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Legal hold")
            if operation == "hold"
            else self.env._("Lift the legal hold"),
            "res_model": "ged.hold",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_document_ids": self.ids,
                "default_operation": operation,
            },
        }

    def action_export(self):
        """Make a ZIP of the selection for an auditor."""
        export = self.env["ged.export"].create({"document_ids": [(6, 0, self.ids)]})
        return export.action_download()

    # ---------------------------------------------------------- hold, visibility

    def _set_legal_hold(self, hold, reason):
        """Place or lift the legal hold; the journal keeps the ``reason``, required."""
        if not (reason or "").strip():
            raise UserError(
                self.env._("A reason is needed: it is kept in the journal.")
            )
        documents = self.sudo().filtered(lambda document: document.legal_hold != hold)
        documents.write(
            {"legal_hold": hold, "legal_hold_reason": hold and reason.strip()}
        )
        self.browse(documents.ids)._record_event(
            "hold" if hold else "released",
            detail=reason.strip(),
            data={
                "legal_hold": hold,
                "legal_hold_reason": reason.strip() if hold else None,
            },
        )

    def _set_portal_visible(self, visible, reason):
        """Show the documents on the customer's portal or hide them, with a journal
        entry.
        """
        documents = self.sudo().filtered(
            lambda document: document.portal_visible != visible
        )
        documents.write({"portal_visible": visible})
        self.browse(documents.ids)._record_event(
            "published" if visible else "withdrawn",
            detail=reason,
            data={"portal_visible": visible},
        )

    def _extend_retention(self, until, reason):
        """Keep the documents until ``until`` at least; ``False`` means without limit.

        Never shortens: documents that are kept longer already are left alone.
        """
        documents = self.sudo().filtered(
            lambda document: (
                document.retention_until
                and (not until or document.retention_until < until)
            )
        )
        documents.write({"retention_until": until})
        self.browse(documents.ids)._record_event(
            "extended", detail=reason, data={"retention_until": until or None}
        )
