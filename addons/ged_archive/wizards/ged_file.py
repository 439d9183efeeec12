# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lib.errors import ArchiveError
from ..lib.hashing import sha256

MAX_FILES = 200
DATE_FIELDS = ("invoice_date", "date_order", "date")


class GedFileWizard(models.TransientModel):
    """ "Archive this file": attachments of any record are copied into the archive.

    For archivists, who must be able to read the attachment and its record. The
    attachment stays where it is. One line per file, each with its own outcome.
    """

    _name = "ged.file.wizard"
    _description = "Archive files"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    kind_id = fields.Many2one(
        "ged.kind",
        required=True,
        domain="[('id', 'in', kind_ids)]",
        default=lambda self: self.env["ged.kind"]._by_code({"other"})["other"],
    )
    kind_ids = fields.Many2many(
        "ged.kind", string="Kinds to choose from", compute="_compute_kind_ids"
    )
    portal_visible = fields.Boolean(
        string="Visible on the portal",
        compute="_compute_portal_visible",
        store=True,
        readonly=False,
    )
    seal = fields.Boolean(
        string="Seal PDF files",
        help="With the seal of the company. The attachment itself stays as it is.",
    )
    can_seal = fields.Boolean(compute="_compute_can_seal")
    line_ids = fields.One2many("ged.file.wizard.line", "wizard_id", string="Files")
    done = fields.Boolean()

    @api.depends("company_id")
    def _compute_kind_ids(self):
        Kind = self.env["ged.kind"]
        for wizard in self:
            wizard.kind_ids = Kind.search([("active", "=", True)]).filtered(
                wizard._may_read_kind
            )

    @api.depends("kind_id")
    def _compute_portal_visible(self):
        for wizard in self:
            wizard.portal_visible = wizard.kind_id.portal_visible

    @api.depends("company_id")
    def _compute_can_seal(self):
        for wizard in self:
            profile = wizard.company_id.sudo().ged_seal_profile_id
            wizard.can_seal = bool(profile and profile.active)

    def _may_read_kind(self, kind):
        user = self.env.user
        return (
            user.has_group("ged_archive.group_ged_auditor")
            or kind.id not in user._ged_hidden_kind_ids()
        )

    @api.model
    def _open(self, attachments):
        """Return the action that asks how to file ``attachments``."""
        if not self.env.user.has_group("ged_archive.group_ged_archivist"):
            raise AccessError(self.env._("Only archivists file documents by hand."))
        if not attachments:
            raise UserError(self.env._("Select at least one file."))
        if len(attachments) > MAX_FILES:
            raise UserError(
                self.env._(
                    "At most %(max)s files are archived at a time, %(count)s are "
                    "selected.",
                    max=MAX_FILES,
                    count=len(attachments),
                )
            )
        attachments.check_access("read")
        wizard = self.create(
            {"line_ids": [(0, 0, self._prepare_line(one)) for one in attachments]}
        )
        return wizard._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Archive files"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _prepare_line(self, attachment):
        """Return the proposal for one file, guessed from the record it hangs on."""
        record = attachment._filed_record()
        partner = self.env["res.partner"]
        day = attachment.create_date.date()
        if record is not None and record._name == "res.partner":
            partner = record
        elif record is not None:
            field = record._fields.get("partner_id")
            if field and field.comodel_name == "res.partner":
                partner = record.partner_id
            for name in DATE_FIELDS:
                field = record._fields.get(name)
                if field and field.type in ("date", "datetime") and record[name]:
                    day = fields.Date.to_date(record[name])
                    break
        return {
            "attachment_id": attachment.id,
            "name": attachment.name,
            "partner_id": partner.id,
            "document_date": day,
        }

    def action_archive(self):
        """File the lines that are not filed yet; stay open with their outcomes."""
        self.ensure_one()
        if not self.env.user.has_group("ged_archive.group_ged_archivist"):
            raise AccessError(self.env._("Only archivists file documents by hand."))
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("This company is not one of yours."))
        if not self._may_read_kind(self.kind_id):
            raise AccessError(
                self.env._("You may not read documents of this kind, nor file them.")
            )
        sealer = None
        if self.seal:
            try:
                sealer = self.company_id._ged_get_sealer()
            except ArchiveError as exc:
                raise UserError(str(exc)) from exc
        for line in self.line_ids.filtered(lambda one: one.state != "done"):
            try:
                with self.env.cr.savepoint():
                    line._archive(sealer)
            except (ArchiveError, UserError) as exc:
                line.write({"state": "failed", "message": str(exc)})
        self.done = all(line.state == "done" for line in self.line_ids)
        return self._reopen()


class GedFileWizardLine(models.TransientModel):
    _name = "ged.file.wizard.line"
    _description = "File to archive"

    wizard_id = fields.Many2one("ged.file.wizard", required=True, ondelete="cascade")
    attachment_id = fields.Many2one(
        "ir.attachment", required=True, readonly=True, ondelete="cascade"
    )
    name = fields.Char(string="Title", required=True)
    partner_id = fields.Many2one("res.partner", string="Customer")
    site_name = fields.Char(string="Site")
    document_date = fields.Date(string="Date", required=True)
    again = fields.Boolean(
        string="Once more", help="Archive it although it is in the archive already."
    )
    state = fields.Selection(
        [
            ("new", "To archive"),
            ("done", "Archived"),
            ("known", "Already archived"),
            ("failed", "Not archived"),
        ],
        default="new",
        readonly=True,
    )
    message = fields.Char(string="Outcome", readonly=True)
    document_id = fields.Many2one(
        "ged.document", string="In the archive", readonly=True
    )

    def _archive(self, sealer):
        """Copy the file into the archive, or tell that it is there already."""
        self.ensure_one()
        wizard, attachment = self.wizard_id, self.attachment_id
        attachment.check_access("read")
        record = attachment._filed_record()
        content = attachment.raw or b""
        if attachment._archived_files() or attachment.type != "binary" or not content:
            raise UserError(
                self.env._(
                    "%(file)s is a link, an empty file or a file of the archive: there "
                    "is nothing to archive.",
                    file=attachment.name,
                )
            )
        digest = sha256(content)
        known = self.env["ged.document"].search(
            [("sha256", "=", digest), ("company_id", "=", wizard.company_id.id)],
            limit=1,
        )
        if known and not self.again:
            self.write(
                {
                    "state": "known",
                    "document_id": known.id,
                    "message": self.env._(
                        "The same file is in the archive. Tick “Once more” to archive "
                        "it all the same."
                    ),
                }
            )
            return
        values = self._archive_values(record, digest)
        if sealer and attachment.mimetype == "application/pdf":
            values |= self.env["ged.document"]._seal_with_code(
                sealer, content, wizard.company_id
            )
        else:
            values |= {"content": content, "mimetype": attachment.mimetype}
        document = self.env["ged.document"]._archive([values])
        self.write({"state": "done", "document_id": document.id, "message": False})

    def _archive_values(self, record, digest):
        """Return what the archive is told of the file, its content apart.

        :param record: what the file is attached to, or ``None``
        :param digest: SHA-256 of the attachment, hexadecimal
        """
        wizard, attachment = self.wizard_id, self.attachment_id
        values = {
            "kind": wizard.kind_id.code,
            "name": self.name,
            "filename": attachment.name,
            "company_id": wizard.company_id.id,
            "partner_id": self.partner_id.id,
            "site_name": self.site_name,
            "document_date": self.document_date,
            "portal_visible": wizard.portal_visible,
            "event_detail": self.env._(
                "filed by hand, SHA-256 of the attachment: %(hash)s", hash=digest
            ),
        }
        if record is not None:
            values |= {
                "res_model": attachment.res_model,
                "res_id": attachment.res_id,
                "origin_name": record.display_name,
            }
        return values


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def action_ged_file(self):
        """Ask how to file these attachments in the archive."""
        return self.env["ged.file.wizard"]._open(self)

    def _filed_record(self):
        """Return the record that this attachment hangs on, which the user must be able
        to read, or ``None``.
        """
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return None
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            return None
        record.check_access("read")
        return record
