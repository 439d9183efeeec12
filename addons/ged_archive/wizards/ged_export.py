# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import csv
import io
import posixpath
import re
import unicodedata
import zipfile

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, split_every

from ..lib.hashing import canonical
from ..models.ged_evidence import build_evidence

BATCH = 50
_UNSAFE = re.compile(r"[^\w.()+-]+")


class GedExport(models.TransientModel):
    """A selection of documents on its way to an auditor, as one ZIP file.

    The file holds the documents, ``manifest.csv`` (one line per document, with its
    evidence as hashed into the chain), ``events.csv``, ``SHA256SUMS`` (for ``sha256sum
    -c``) and an ``index.html`` that works off line. It is made when it is downloaded
    and kept nowhere.
    """

    _name = "ged.export"
    _description = "Export of archived documents"

    document_ids = fields.Many2many("ged.document", string="Documents", required=True)

    def action_download(self):
        """Check the rights, then send the browser to the file."""
        self.ensure_one()
        self._check_documents()
        return {
            "type": "ir.actions.act_url",
            "url": f"/ged/export/{self.id}",
            "target": "download",
        }

    def _check_documents(self):
        if not self.env.user.has_group("ged_archive.group_ged_auditor"):
            raise AccessError(self.env._("Only auditors export from the archive."))
        if not self.document_ids:
            raise UserError(self.env._("Select at least one document to export."))
        self.document_ids.check_access("read")

    def _filename(self):
        return f"archive_{fields.Date.today():%Y%m%d}_{self.id}.zip"

    def _write_zip(self, file):
        """Write the ZIP into the binary ``file``, one document in memory at a time.

        Each document gets an ``exported`` event. A file that is missing or altered is
        reported in the manifest and left out of the sums; the bytes found are put under
        ``altered/``.
        """
        self.ensure_one()
        self._check_documents()
        documents = self.document_ids.sorted(lambda document: document.id)
        documents._record_event("exported", detail=self._filename())
        rows = []
        with zipfile.ZipFile(
            file, "w", zipfile.ZIP_DEFLATED, allowZip64=True
        ) as archive:
            taken = set()
            for ids in split_every(BATCH, documents.ids):
                batch = documents.browse(ids)
                evidence = self._read_evidence(
                    "document", SQL("id = ANY(%s)", list(ids))
                )
                for document in batch:
                    rows.append(
                        self._export_document(
                            archive, document, evidence[document.id], taken
                        )
                    )
                batch.attachment_id.invalidate_recordset(
                    ["raw", "db_datas"], flush=False
                )
            archive.writestr("manifest.csv", _csv(rows))
            archive.writestr("events.csv", _csv(self._event_rows(documents)))
            archive.writestr(
                "SHA256SUMS",
                "".join(
                    f"{row['sha256']}  {row['path']}\n"
                    for row in rows
                    if row["status"] == "ok"
                ),
            )
            archive.writestr("index.html", self._render_index(documents, rows))

    def _export_document(self, archive, document, stored, taken):
        problem, content = document._read_content()
        path = _unique_path(document, taken)
        if problem:
            path = posixpath.join("altered", path)
        if content:
            archive.writestr(path, content)
        evidence = build_evidence("document", stored)
        return {
            "path": path if content else "",
            "status": "altered"
            if problem and content
            else "missing"
            if problem
            else "ok",
            "number": document.name,
            "version": document.version,
            "kind": document.kind_id.name,
            "company": document.company_id.name,
            "customer": document.partner_name or "",
            "site": document.site_name or "",
            "document_date": evidence["document_date"] or "",
            "filename": document.filename,
            "mimetype": document.mimetype,
            "size": document.size,
            "sha256": document.sha256,
            "seal_level": document.seal_level,
            "seal_signer": document.seal_signer or "",
            "sealed_at": evidence["sealed_at"] or "",
            "archived_at": evidence["archived_at"],
            "archived_by": document.sudo().archived_by_id.name or "",
            "retention_until": document.retention_until or "",
            "legal_hold": document.legal_hold_reason or ""
            if document.legal_hold
            else "",
            "chain_number": stored["chain_number"] or "",
            "previous_hash": stored["previous_hash"] or "",
            "chain_hash": stored["chain_hash"] or "",
            "evidence": canonical(evidence).decode(),
        }

    def _event_rows(self, documents):
        evidence = self._read_evidence(
            "event", SQL("document_id = ANY(%s)", documents.ids)
        )
        names = dict(
            documents.mapped(lambda document: (document.id, document.display_name))
        )
        rows = []
        for stored in evidence.values():
            fields_ = build_evidence("event", stored)
            rows.append(
                {
                    "document": names[stored["document_id"]],
                    **{
                        key: "" if fields_[key] is None else fields_[key]
                        for key in _EVENT_KEYS
                    },
                    "chain_number": stored["chain_number"] or "",
                    "previous_hash": stored["previous_hash"] or "",
                    "chain_hash": stored["chain_hash"] or "",
                    "evidence": canonical(fields_).decode(),
                }
            )
        return rows

    def _read_evidence(self, stream, where):
        """Return ``{id: row}`` as stored, with the hash of the link before."""
        self.env.flush_all()
        Chain = self.env["ged.chain"].sudo()
        rows = {
            row["id"]: row
            for row in Chain._read_rows(stream, SQL("%s ORDER BY id", where))
        }
        previous = Chain._previous_hashes(stream, list(rows))
        for row_id, row in rows.items():
            row["previous_hash"] = previous.get(row_id)
        return rows

    def _render_index(self, documents, rows):
        damaged = sum(row["status"] != "ok" for row in rows)
        return (
            self.env["ir.qweb"]
            ._render(
                "ged_archive.export_index",
                {
                    "rows": rows,
                    "summary": self.env._(
                        "%(companies)s — exported on %(date)s UTC by %(user)s. "
                        "Number of documents: %(count)s.",
                        companies=", ".join(
                            sorted(set(documents.company_id.mapped("name")))
                        ),
                        date=fields.Datetime.to_string(fields.Datetime.now()),
                        user=self.env.user.name,
                        count=len(rows),
                    ),
                    "damage": damaged
                    and self.env._(
                        "Missing or altered files: %(count)s. They are marked below "
                        "and are not "
                        "listed in SHA256SUMS.",
                        count=damaged,
                    ),
                },
            )
            .encode()
        )


_EVENT_KEYS = ("event_type", "at", "user_name", "ip", "detail")


def _csv(rows):
    """Return ``rows`` (dictionaries with the same keys) as UTF-8 CSV with a header
    line.
    """
    buffer = io.StringIO()
    if rows:
        writer = csv.DictWriter(buffer, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return buffer.getvalue().encode()


def _unique_path(document, taken):
    """Return where the document goes in the ZIP: company/year/kind/number_file."""
    stem, extension = posixpath.splitext(_safe(document.filename))
    number = _safe(document.name)
    stem = stem if stem.startswith(number) else f"{number}_{stem}"
    if document.version > 1:
        stem = f"{stem}_v{document.version}"
    folder = posixpath.join(
        "documents",
        _safe(document.company_id.name),
        str((document.document_date or document.archived_at).year),
        _safe(document.kind_code),
    )
    path = posixpath.join(folder, stem + extension)
    if path.lower() in taken:
        path = posixpath.join(folder, f"{stem}_{document.id}{extension}")
    taken.add(path.lower())
    return path


def _safe(name):
    """Return ``name`` as a file name that every system accepts."""
    plain = unicodedata.normalize("NFC", name or "")
    return _UNSAFE.sub("_", plain).strip("._")[:80] or "_"
