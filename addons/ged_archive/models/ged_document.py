# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .ged_document_guard import creation_allowed, without_chain
from .ged_triggers import create_guards

#: What may be written on an archived document, and only by the methods of this addon.
FREE_FIELDS = {
    "partner_id",
    "folder_id",
    "legal_hold",
    "legal_hold_reason",
    "retention_until",
    "portal_visible",
}

#: Levels of PAdES (ETSI EN 319 142-1), weakest first.
SEAL_LEVELS = [
    ("none", "Not sealed"),
    ("B-B", "Sealed B-B"),
    ("B-T", "Sealed B-T"),
    ("B-LT", "Sealed B-LT"),
    ("B-LTA", "Sealed B-LTA"),
]

_COMMON_NAME = re.compile(r"(?:^|,)CN=((?:\\.|[^,\\])*)")


class GedDocument(models.Model):
    """An archived document: one file, its hash, where it came from, its place in the
    chain.

    Append-only. Rows are written by ``_archive`` (see ``ged_document_store.py``) and
    protected three times: the access list lets nobody write, this class refuses in
    words, and PostgreSQL triggers refuse whoever asks (``ged_triggers.py``). A
    correction is a new version that names its predecessor.
    """

    _name = "ged.document"
    _description = "Archived document"
    _order = "archived_at desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "filename", "partner_name", "sha256"]

    # identity
    name = fields.Char(string="Number", required=True, index="trigram")
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", index=True
    )
    kind_id = fields.Many2one(
        "ged.kind", required=True, ondelete="restrict", index=True
    )
    kind_code = fields.Char(
        string="Code of the kind", help="Code of the kind when it was archived."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        ondelete="restrict",
        index="btree_not_null",
        help="Where the document is filed. "
        "Follows the customer when customers are merged.",
    )
    partner_name = fields.Char(
        string="Name at that time", help="Name of the customer when it was archived."
    )
    partner_renamed = fields.Boolean(
        string="Customer renamed since", compute="_compute_partner_renamed"
    )
    site_name = fields.Char(
        string="Site",
        index="btree_not_null",
        help="Name of the site when it was archived.",
    )
    document_date = fields.Date(string="Document date", index=True)
    # content
    filename = fields.Char(string="File", required=True)
    mimetype = fields.Char(string="Type", required=True)
    size = fields.Integer(string="Size (bytes)", required=True, aggregator="sum")
    sha256 = fields.Char(
        string="SHA-256",
        required=True,
        index=True,
        help="Fingerprint of the file. "
        "Two files with the same fingerprint are identical.",
    )
    attachment_id = fields.Many2one(
        "ir.attachment", string="Content", ondelete="restrict"
    )
    verify_code = fields.Char(
        string="Verification code",
        help="Whoever holds this code or the file can have the document verified on "
        "the public page.",
    )
    # origin
    res_model = fields.Char(string="Origin model")
    res_id = fields.Many2oneReference(string="Origin id", model_field="res_model")
    origin_name = fields.Char(string="Origin")
    # versions
    version = fields.Integer(required=True, default=1, aggregator=None)
    predecessor_id = fields.Many2one(
        "ged.document",
        string="Previous version",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    subject_id = fields.Many2one(
        "ged.document",
        string="Evidence about",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="The document that this one is evidence of.",
    )
    successor_ids = fields.One2many(
        "ged.document", "predecessor_id", string="Next version"
    )
    is_latest = fields.Boolean(
        string="Latest version",
        compute="_compute_is_latest",
        search="_search_is_latest",
    )
    # seal
    seal_level = fields.Selection(
        SEAL_LEVELS,
        string="Seal",
        required=True,
        default="none",
        help="B-B: signature of the company. "
        "B-T: the same with a time stamp of a trusted third party. "
        "B-LT: the same with what is needed to check the certificates later. "
        "B-LTA: the same under an archive time stamp, which can be renewed.",
    )
    seal_asked = fields.Selection(
        SEAL_LEVELS,
        string="Seal asked for",
        help="Level of the seal profile when the document was archived.",
    )
    seal_signer = fields.Char(
        string="Subject of the certificate",
        help="As written in the certificate (RFC 4514).",
    )
    seal_signer_name = fields.Char(
        string="Sealed by", compute="_compute_seal_signer_name"
    )
    seal_fingerprint = fields.Char(
        string="Certificate", help="SHA-256 fingerprint of the certificate of the seal."
    )
    sealed_at = fields.Datetime(string="Sealed on")
    seal_note = fields.Char(
        string="Note on the seal",
        help="Why the seal has a lower level than the one asked for, if it has.",
    )
    # life
    archived_at = fields.Datetime(string="Archived on", required=True, index=True)
    archived_by_id = fields.Many2one(
        "res.users", string="Archived by", ondelete="restrict"
    )
    retention_until = fields.Date(
        string="Keep until", help="Empty: kept without limit. It can only be extended."
    )
    legal_hold = fields.Boolean(string="Legal hold", groups="base.group_user")
    legal_hold_reason = fields.Char(
        string="Reason of the legal hold", groups="base.group_user"
    )
    portal_visible = fields.Boolean(string="Visible on the portal")
    event_ids = fields.One2many(
        "ged.event",
        "document_id",
        string="Journal",
        groups="ged_archive.group_ged_user",
    )
    # chain
    evidence_format = fields.Integer(
        string="Archive format", required=True, aggregator=None
    )
    chain_number = fields.Integer(
        string="Chain no.",
        aggregator=None,
        help="Position in the chain of documents; "
        "empty for a moment, until it is linked.",
    )
    chain_hash = fields.Char(string="Chain hash")

    _predecessor_uniq = models.Constraint(
        "UNIQUE (predecessor_id)", "This document already has a newer version."
    )
    _sha256_shape = models.Constraint(
        "CHECK (sha256 ~ '^[0-9a-f]{64}$')",
        "The SHA-256 must be 64 hexadecimal digits.",
    )
    _origin_idx = models.Index("(res_model, res_id)")
    _pending_idx = models.Index("(id) WHERE chain_number IS NULL")
    _chain_uniq = models.UniqueIndex(
        "(company_id, chain_number) WHERE chain_number IS NOT NULL"
    )

    def init(self):
        res = super().init()
        create_guards(self.env.cr)
        return res

    # ----------------------------------------------------------------- computes

    @api.depends("successor_ids")
    def _compute_is_latest(self):
        for document in self:
            document.is_latest = not document.sudo().successor_ids

    @api.model
    def _search_is_latest(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True}:
            return Domain("successor_ids", "=", False)
        return Domain("successor_ids", "!=", False)

    @api.depends("seal_signer")
    def _compute_seal_signer_name(self):
        for document in self:
            document.seal_signer_name = _common_name(document.seal_signer)

    @api.depends("partner_id.display_name", "partner_name")
    def _compute_partner_renamed(self):
        for document in self:
            name = document.sudo().partner_id.display_name
            # an import may know the name only
            document.partner_renamed = bool(name) and document.partner_name != name

    @api.depends("name", "version")
    def _compute_display_name(self):
        for document in self:
            if document.version > 1:
                document.display_name = self.env._(
                    "%(number)s (version %(version)s)",
                    number=document.name,
                    version=document.version,
                )
            else:
                document.display_name = document.name

    # -------------------------------------------------------------------- guards

    @api.model
    def default_get(self, names):
        return super().default_get(without_chain(names))

    @api.model_create_multi
    def create(self, vals_list):
        if not creation_allowed(self.env):
            raise UserError(
                self.env._(
                    "Documents enter the archive when they are sent or filed, they "
                    "cannot "
                    "be entered by hand."
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        frozen = sorted(set(vals) - FREE_FIELDS)
        if frozen:
            raise UserError(
                self.env._(
                    "An archived document cannot be changed (%(fields)s). Send a "
                    "corrected "
                    "version from the original record: both are then kept.",
                    fields=", ".join(
                        self._fields[name].get_description(self.env, ["string"])[
                            "string"
                        ]
                        if name in self._fields
                        else name
                        for name in frozen
                    ),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "An archived document cannot be deleted: %(documents)s.",
                documents=", ".join(self[:5].mapped("display_name")),
            )
        )

    def copy(self, default=None):  # pylint: disable=method-required-super
        # not even the superuser duplicates: super() is never right here
        raise UserError(self.env._("An archived document cannot be duplicated."))


def _common_name(subject):
    """Return the common name in an RFC 4514 subject, the whole subject when it has
    none.
    """
    found = _COMMON_NAME.search(subject or "")
    if not found:
        return subject
    return re.sub(r"\\(.)", r"\1", found.group(1))
