# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .demat_sign_signatory import SIGNATORY, TURN

#: document -> field with its bytes
FILES = {
    "document_id": "frozen_file",
    "signed_document_id": "signed_file",
    "evidence_document_id": "evidence_file",
}


class DematSignRequest(models.Model):
    """What a sales person sees in the morning: who signed, what hangs, the files."""

    _inherit = "demat.sign.request"

    progress = fields.Char(string="Signatures", compute="_compute_progress")
    has_failed_mail = fields.Boolean(
        string="Mail not Delivered",
        compute="_compute_has_failed_mail",
        search="_search_has_failed_mail",
    )
    to_send_again = fields.Boolean(
        compute="_compute_to_send_again",
        search="_search_to_send_again",
        help="The last request of a quote that is void or expired.",
    )

    frozen_file = fields.Binary(
        string="Content of the Frozen Quote",
        compute="_compute_files",
        compute_sudo=True,
    )
    signed_file = fields.Binary(
        string="Content of the Signed Quote",
        compute="_compute_files",
        compute_sudo=True,
    )
    evidence_file = fields.Binary(
        string="Content of the Evidence File",
        compute="_compute_files",
        compute_sudo=True,
    )

    @api.depends("signatory_ids.state")
    def _compute_progress(self):
        for request in self:
            states = request.signatory_ids.mapped("state")
            request.progress = self.env._(
                "%(signed)s of %(all)s",
                signed=states.count("signed"),
                all=len(states),
            )

    @api.depends("signatory_ids.delivery")
    def _compute_has_failed_mail(self):
        for request in self:
            request.has_failed_mail = any(
                one.delivery in ("failed", "unknown") and one.state in TURN
                for one in request.signatory_ids
            )

    def _search_has_failed_mail(self, operator, value):
        if operator != "in":
            return NotImplemented
        exchanges = (
            self.env["demat.exchange"]
            .sudo()
            ._search(
                [
                    ("res_model", "=", SIGNATORY),
                    ("channel", "=", "mail"),
                    ("state", "in", ("failed", "unknown")),
                ]
            )
        )
        failed = Domain("signatory_ids.id", "in", exchanges.subselect("res_id"))
        return failed if True in value else ~failed

    @api.depends("state", "order_id.demat_sign_request_ids")
    def _compute_to_send_again(self):
        for request in self:
            last = request.order_id.sudo().demat_sign_request_ids.sorted("id")[-1:]
            request.to_send_again = (
                request.state in ("void", "expired")
                and last == request
                and request.order_id.sudo().state in ("draft", "sent")
            )

    def _search_to_send_again(self, operator, value):
        if operator != "in":
            return NotImplemented
        again = Domain("state", "in", ("void", "expired")) & Domain(
            "order_id.state", "in", ("draft", "sent")
        )
        # a newer request of the same quote settles the matter
        again &= Domain("order_id.demat_sign_state", "in", ("void", "expired"))
        return again if True in value else ~again

    # -- files ------------------------------------------------------------------------

    @api.depends(*FILES)
    def _compute_files(self):
        for request in self:
            for source, target in FILES.items():
                raw = request[source].attachment_id.raw
                request[target] = base64.b64encode(raw) if raw else False

    def action_open_frozen(self):
        """Open the file that the signatories are shown."""
        return self._open_file("document_id")

    def action_open_signed(self):
        """Open the signed file."""
        return self._open_file("signed_document_id")

    def action_open_evidence(self):
        """Open the evidence file."""
        return self._open_file("evidence_document_id")

    def _open_file(self, field_name):
        """The archived document if the user may read the archive, else a copy of it.

        Who may read a request may read its files; the archive itself keeps its own
        rights.
        """
        self.ensure_one()
        self.check_access("read")
        document = self.sudo()[field_name]
        if not document:
            raise UserError(self.env._("There is no such file yet."))
        if document.sudo(False).has_access("read"):
            return document.sudo(False)._get_records_action()
        document._record_event("downloaded", detail=self.name)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/{FILES[field_name]}"
            f"?filename={quote(document.filename)}&download=true",
            "target": "new",
        }
