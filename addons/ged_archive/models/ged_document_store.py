# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import mimetypes
from datetime import UTC, datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL
from odoo.tools.mimetypes import guess_mimetype
from odoo.tools.misc import clean_context

from ..lib.codes import new_code
from ..lib.hashing import canonical, sha256
from .ged_document_guard import allow_creation
from .ged_evidence import FORMAT, STATE_COLUMNS

#: Set by ``_archive`` alone: a caller that passes one of these has misunderstood.
MANAGED = {
    "sha256",
    "size",
    "version",
    "attachment_id",
    "folder_id",
    "archived_at",
    "archived_by_id",
    "kind_code",
    "partner_name",
    "evidence_format",
    "chain_number",
    "chain_hash",
    "seal_level",
    "seal_asked",
    "seal_signer",
    "seal_fingerprint",
    "sealed_at",
    "seal_note",
}


class GedDocument(models.Model):
    """How documents enter the archive, and the lines of their journal."""

    _inherit = "ged.document"

    # ----------------------------------------------------------------- archiving

    @api.model
    def _archive(self, vals_list):
        """File documents in the archive; return them in the order of ``vals_list``.

        Set-based: one insert for the files, one for the documents, one for the journal.
        The rows get their place in the chain right after the commit.

        Keys of each dictionary:

        * ``kind`` (code of a ``ged.kind``), ``name`` (number), ``filename``: required;
        * ``content`` (bytes), or ``seal`` (``lib.seal.SealResult``: its ``data`` is the
          content);
        * ``mimetype``: guessed from the file name and content when missing;
        * ``company_id`` (default: the current company), ``partner_id``, ``site_name``,
          ``document_date``, ``res_model``, ``res_id``, ``origin_name``,
          ``predecessor_id``, ``subject_id``: ids, texts and dates;
        * ``verify_code``: code already printed on the document (``lib.codes``), a new
          one when missing;
        * ``partner_text``: name of the customer at that time, when it is not the one of
          ``partner_id`` today (imports);
        * ``portal_visible``, ``retention_until``: override what the kind says;
        * ``event_detail``: text for the first line of the journal;
        * any other stored column that another addon added to ``ged.document``.

        Raises ``UserError`` for what a user can mend (unknown kind, empty file, a
        predecessor that already has a successor), ``ValueError`` for a caller's
        mistake.
        """
        if not vals_list:
            return self.browse()
        kinds = self.env["ged.kind"]._by_code({vals["kind"] for vals in vals_list})
        partners = self._batch("res.partner", vals_list, "partner_id")
        predecessors = self._batch("ged.document", vals_list, "predecessor_id")
        prepared, contents, details = [], [], []
        for vals in vals_list:
            vals = dict(vals)
            details.append(vals.pop("event_detail", None))
            contents.append(self._pop_content(vals))
            prepared.append(
                self._prepare_archive_vals(
                    vals,
                    contents[-1],
                    kind=kinds[vals.pop("kind")],
                    partner=partners.get(vals.get("partner_id")),
                    predecessor=predecessors.get(vals.get("predecessor_id")),
                )
            )
        attachments = self._create_attachments(prepared, contents)
        for vals, attachment in zip(prepared, attachments, strict=True):
            vals["attachment_id"] = attachment.id
        documents = allow_creation(self).create(prepared)
        self._bind_attachments(documents)
        documents = self.browse(documents.ids)
        documents._record_events("archived", details, documents._state_data())
        return documents

    @api.model
    def _pop_content(self, vals):
        """Take the bytes out of ``vals``; replace the seal result by its columns."""
        seal = vals.pop("seal", None)
        content = vals.pop("content", None)
        misplaced = MANAGED & set(vals)
        if misplaced:
            raise ValueError(f"set by the archive itself: {sorted(misplaced)}")
        if seal is not None:
            if content is not None and content != seal.data:
                raise ValueError("the content is not the sealed file")
            content = seal.data
            vals.update(self._prepare_seal_vals(seal))
        if not isinstance(content, bytes) or not content:
            raise UserError(
                self.env._(
                    "The file of %(document)s is empty, it cannot be archived.",
                    document=vals.get("name"),
                )
            )
        return content

    @api.model
    def _prepare_seal_vals(self, seal):
        """Return the columns for a ``lib.seal.SealResult`` (its time is aware)."""
        return {
            "seal_level": seal.level,
            "seal_asked": getattr(seal, "asked", None) or seal.level,
            "seal_signer": seal.signer,
            "seal_fingerprint": seal.fingerprint,
            "sealed_at": _naive_utc(seal.sealed_at),
            "seal_note": self._seal_note(seal),
        }

    @api.model
    def _batch(self, model, vals_list, key):
        """Return ``{id: record}`` for the ids under ``key``, fetched together."""
        ids = [vals[key] for vals in vals_list if vals.get(key)]
        return {record.id: record for record in self.env[model].sudo().browse(set(ids))}

    @api.model
    def _prepare_archive_vals(self, vals, content, *, kind, partner, predecessor):
        """Complete one row; ``partner`` and ``predecessor`` are records or ``None``."""
        if not vals.get("name") or not vals.get("filename"):
            raise ValueError("an archived document needs a name and a file name")
        if predecessor and predecessor.successor_ids:
            raise UserError(
                self.env._(
                    "%(document)s already has a newer version in the archive.",
                    document=predecessor.display_name,
                )
            )
        partner_text = vals.pop("partner_text", None)
        document_date = fields.Date.to_date(vals.get("document_date")) or (
            fields.Date.context_today(self)
        )
        vals.setdefault("company_id", self.env.company.id)
        vals.setdefault("portal_visible", kind.portal_visible)
        if "retention_until" not in vals:
            company = self.env["res.company"].browse(vals["company_id"])
            vals["retention_until"] = kind._retention_until(document_date, company)
        return {
            "seal_level": "none",
            **vals,
            "kind_id": kind.id,
            "kind_code": kind.code,
            "partner_name": partner_text
            or (partner.display_name if partner else False),
            "document_date": document_date,
            "mimetype": _mimetype(vals.get("mimetype"), vals["filename"], content),
            "size": len(content),
            "sha256": sha256(content),
            "version": predecessor.version + 1 if predecessor else 1,
            "archived_at": fields.Datetime.now(),
            "archived_by_id": self.env.uid,
            "evidence_format": FORMAT,
            "legal_hold": False,
            "legal_hold_reason": False,
            "verify_code": vals.get("verify_code") or new_code(),
        }

    def _state_data(self):
        """Return for each document, in order, what may change later, as the journal
        keeps it: ``STATE_COLUMNS`` and the columns that other addons added.

        Read from the table, so that it is what verification will find there.
        """
        self.flush_recordset()
        columns = [*STATE_COLUMNS, *self._state_columns()]
        self.env.cr.execute(
            SQL(
                "SELECT id, %s FROM ged_document WHERE id = ANY(%s)",
                SQL(", ").join(SQL.identifier(column) for column in columns),
                self.ids,
            )
        )
        rows = {row.pop("id"): row for row in self.env.cr.dictfetchall()}
        return [rows[document_id] for document_id in self.ids]

    @api.model
    def _state_columns(self):
        """Return the stored columns of ``ged_document`` that addons depending on this
        one added and want in the journal. To be extended; values must be whole numbers,
        texts, dates or booleans.
        """
        return []

    @api.model
    def _create_attachments(self, vals_list, contents):
        # Bound to their documents afterwards: until then they are ordinary unbound
        # files. No post-processing: the host shrinks big images, which would change the
        # bytes. The collector of the host deletes files that have no row yet, under a
        # lock of the table: it has to wait for us from the first file on.
        self.env.cr.execute("LOCK ir_attachment IN ROW EXCLUSIVE MODE")
        return (
            self.env["ir.attachment"]
            .sudo()
            .with_context(
                clean_context(self.env.context),
                image_no_postprocess=True,
                attachments_mime_plainxml=True,
            )
            .create(
                [
                    {
                        "name": vals["filename"],
                        "raw": content,
                        "mimetype": vals["mimetype"],
                        "company_id": vals["company_id"],
                        "public": False,
                    }
                    for vals, content in zip(vals_list, contents, strict=True)
                ]
            )
        )

    @api.model
    def _bind_attachments(self, documents):
        """Point the files to their documents, in one statement; the triggers guard them
        then.
        """
        documents.flush_recordset()
        documents.attachment_id.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                UPDATE ir_attachment a
                   SET res_model = 'ged.document', res_id = d.id
                  FROM ged_document d
                 WHERE d.attachment_id = a.id AND d.id = ANY(%s)
                """,
                documents.ids,
            )
        )
        documents.attachment_id.invalidate_recordset(
            ["res_model", "res_id"], flush=False
        )

    # ------------------------------------------------------------------- journal

    def _record_event(self, event_type, detail=None, data=None):
        """Write one line of the journal for each document; return the lines.

        ``event_type`` is a value of ``ged.event.event_type``; ``data`` holds the new
        values of ``STATE_COLUMNS`` when the event is a change of them. The address of
        the HTTP request, if there is one, is kept with the user's name of today.
        """
        return self._record_events(
            event_type, [detail] * len(self), data and [data] * len(self)
        )

    def _record_events(self, event_type, details, datas=None):
        Event = allow_creation(self.env["ged.event"])
        user = self.env.user
        common = {
            "event_type": event_type,
            "at": fields.Datetime.now(),
            "user_id": user.id,
            "user_name": user.sudo().name,
            "ip": request.httprequest.remote_addr if request else False,
            "evidence_format": FORMAT,
        }
        events = Event.create(
            [
                {
                    **common,
                    "document_id": document.id,
                    "company_id": document.company_id.id,
                    "detail": detail or False,
                    "data": bool(data) and canonical(data).decode(),
                }
                for document, detail, data in zip(
                    self.sudo(), details, datas or [None] * len(self), strict=True
                )
            ]
        )
        # the next reader finds them in the order of the journal
        self.invalidate_recordset(["event_ids"], flush=False)
        self.env["ged.chain"]._schedule()
        return self.env["ged.event"].browse(events.ids)


def _naive_utc(moment):
    """Return an aware time as Odoo stores it: naive, UTC, whole seconds."""
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError("the time of a seal must be aware")
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _mimetype(given, filename, content):
    """Return the type that the host will give to the attachment: the verification
    compares the two.
    """
    known = (given or mimetypes.guess_type(filename)[0] or "").lower()
    if known in ("", "application/octet-stream"):
        # of bytes of no known kind the host looks at the content
        return guess_mimetype(content).lower()
    return known
