# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import posixpath

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ..lib.errors import ArchiveError
from ..lib.export_format import EXPORT_TAIL, XSD, document_element, export_head
from ..lib.export_work import LISTS, ExportWork
from ..lib.hashing import canonical
from ..models.ged_evidence import STATE_COLUMNS, build_evidence
from .ged_export_rows import (
    EVENT_KEYS,
    SOUND,
    csv_lines,
    later_lines,
    link_of,
    safe,
    unique_path,
)

BATCH = 50
_ROWS = "<!--rows-->"


class GedExport(models.Model):
    """The ZIP of an export, written in batches: memory does not grow with it.

    * ``documents/…``, the files; ``altered/…``, what was found instead of them;
    * ``manifest.csv`` and ``events.csv``: a line each, with the evidence as hashed into
      the chain; ``manifest.xml`` (schema ``manifest.xsd``): the same for programs;
    * ``later_evidence.csv``: a line for each later time stamp; their containers are
      among the documents, whatever was asked for;
    * ``seals/…``: certificates and time stamps of the seals;
    * ``SHA256SUMS``: of all these, for ``sha256sum -c``;
    * ``MANIFEST.sha256``: the sum of ``SHA256SUMS``; ``MANIFEST.sha256.p7s``: the
      detached signature of the company over it.
    """

    _inherit = "ged.export"

    def _write_zip(self, file, progress=None):
        """Write the ZIP into the binary ``file``.

        Each document gets an ``exported`` event. A file that is missing or altered is
        reported in the manifest and left out of the sums; the bytes found are put under
        ``altered/``.

        :param progress: called with the :class:`ExportWork` after each batch
        """
        self.ensure_one()
        self._check_documents()
        with ExportWork.spooled(file) as work:
            self._write_documents(work, progress)
            self._write_end(work)

    def _write_documents(self, work, progress=None):
        """Write what is not written yet, in the order of the ids.

        What is written is known one by one: a document may get a number below those
        that are written already, as its transaction took longer.
        """
        totals = work.totals
        if not totals["count"]:
            totals["sealed"] = self._seals()
            work.add_line("manifest.xml", self._xml_head(totals["sealed"]))
        ids = [one for one in self._document_ids() if one not in work.documents]
        while ids:
            for batch_ids in split_every(BATCH, ids):
                batch = self.env["ged.document"].browse(batch_ids)
                batch._record_event("exported", detail=self._filename())
                self._export_batch(work, batch)
                totals["count"] += len(batch)
                batch.sudo().attachment_id.invalidate_recordset()
                self.env.invalidate_all()
                if progress:
                    progress(work)
            # of evidence that was added meanwhile
            due = set(work.containers_due) - set(work.documents)
            ids = sorted(self.env["ged.document"].search([("id", "in", [*due])]).ids)

    def _write_end(self, work):
        work.add_line("manifest.xml", EXPORT_TAIL)
        for name in LISTS:
            work.put_list(name)
        work.put("manifest.xsd", XSD)
        self._put_index(work)
        signature = self._sign(work.put_sums(), work.totals["sealed"])
        if signature:
            work.put_unlisted("MANIFEST.sha256.p7s", signature)
        work.finish()

    def _export_batch(self, work, batch):
        first = not work.totals["count"]
        evidence = self._read_evidence("document", SQL("id = ANY(%s)", batch.ids))
        events = {}
        for row in self._read_evidence(
            "event", SQL("document_id = ANY(%s)", batch.ids)
        ).values():
            events.setdefault(row["document_id"], []).append(row)
        states = batch._state_data()
        rows, event_rows, later_rows = [], [], []
        for document, state in zip(batch, states, strict=True):
            row = self._export_document(work, document, evidence[document.id])
            rows.append(row)
            own = events.get(document.id, [])
            event_rows += [self._event_row(document, stored) for stored in own]
            later = self._later_of(work, document)
            later_rows += [self._later_row(document, values) for values in later]
            work.add_line(
                "manifest.xml",
                self._xml_document(
                    document, row, evidence[document.id], state, own, later
                ),
            )
            work.documents.add(document.id)
        work.totals["later"] = work.totals.get("later", 0) + len(later_rows)
        work.totals["damaged"] += sum(row["status"] not in SOUND for row in rows)
        work.totals["companies"] = sorted(
            {*work.totals.get("companies", ()), *batch.company_id.mapped("name")}
        )
        work.add_line("manifest.csv", csv_lines(rows, first))
        work.add_line("events.csv", csv_lines(event_rows, first))
        work.add_line("later_evidence.csv", later_lines(later_rows, first))
        work.add_line(
            "rows",
            self.env["ir.qweb"]
            ._render("ged_archive.export_index_rows", {"rows": rows})
            .encode(),
        )
        if self.with_sheets:
            for document in batch:
                work.put(
                    f"evidence_sheets/{safe(document.name)}_{document.id}.pdf",
                    document._render_evidence_sheet(),
                )

    def _export_document(self, work, document, stored):
        problem, content = document._read_content()
        path = unique_path(document, work.paths)
        if problem:
            path = posixpath.join("altered", path)
        if content and problem:
            work.put_unlisted(path, content)
        elif content:
            work.put(path, content)
            if document.seal_level != "none":
                self._put_seals(work, document, content)
        evidence = build_evidence("document", stored)
        return {
            "path": path if content else "",
            "status": "altered"
            if problem and content
            else "missing"
            if problem
            else "ok"
            if content
            else "destroyed",
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
            "level_now": document.level_now,
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

    def _event_row(self, document, stored):
        fields_ = build_evidence("event", stored)
        return {
            "document": document.display_name,
            **{key: "" if fields_[key] is None else fields_[key] for key in EVENT_KEYS},
            "chain_number": stored["chain_number"] or "",
            "previous_hash": stored["previous_hash"] or "",
            "chain_hash": stored["chain_hash"] or "",
            "evidence": canonical(fields_).decode(),
        }

    def _xml_head(self, sealed):
        return export_head(
            self.env["ir.config_parameter"].sudo().get_param("database.uuid"),
            fields.Datetime.now().isoformat() + "Z",
            sealed,
        )

    def _seals(self):
        """Tell whether the company seals, which the manifest says at its beginning."""
        return bool(self._sealing_company().sudo().ged_seal_profile_id.active)

    def _sealing_company(self):
        """Return the company that answers for the export: the one of its documents,
        whichever the user works for when he asks.
        """
        if self.scope != "selection":
            return self.company_id
        companies = self.document_ids.company_id
        # of several, the one that the user works for if it is among them
        return companies & self.company_id or companies[:1]

    def _xml_document(self, document, row, stored, state, events, later):
        partner = document.sudo().partner_id
        state = {
            key: value
            for key, value in state.items()
            if key in STATE_COLUMNS or key == "destroyed_at"
        }
        return document_element(
            {
                "id": document.id,
                "status": row["status"],
                "path": row["path"],
                "sha256": document.sha256,
                "company": document.company_id.name,
                "vat": partner.vat,
            },
            link_of("document", stored),
            canonical(state).decode(),
            [link_of("event", event) for event in events],
            later,
        )

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

    # ------------------------------------------------------------------ parts of it

    def _put_seals(self, work, document, content):
        """Add certificates and time stamps of the seals, for tools without PDF."""
        # slow to import: only exports of sealed documents pay for it
        from ..lib.seal_parts import seal_parts

        for number, part in enumerate(seal_parts(content), start=1):
            stem = f"seals/{document.id}_{number}"
            work.put(f"{stem}.p7s", part.cms)
            if part.token:
                work.put(f"{stem}.tst", part.token)
            for certificate in part.certificates:
                name = hashlib.sha256(certificate).hexdigest()
                if work.certificates.add(name):
                    work.put(f"seals/certificates/{name}.cer", certificate)

    def _put_index(self, work):
        """The page is drawn around a mark; the rows, drawn in batches, replace it."""
        head, _mark, tail = self._render_index(work.totals).decode().partition(_ROWS)
        work.put_list("rows", head.encode(), tail.encode(), path="index.html")

    def _sign(self, manifest, promised=False):
        """Return the detached signature by the seal of the company, ``None`` when it
        does not seal.

        :param promised: the manifest says that the export is sealed
        :raises UserError: it cannot be sealed
        """
        from ..lib.detached import sign_detached

        company = self._sealing_company()
        try:
            sealer = company._ged_get_sealer()
            if promised and not sealer:
                # nobody could import it: "its seal is missing"
                raise UserError(
                    self.env._(
                        "The export says that it is sealed, but %(company)s has lost "
                        "its seal profile meanwhile. Set one in the settings, or ask "
                        "for the export again to have it without a seal.",
                        company=company.name,
                    )
                )
            return sealer and sign_detached(sealer, manifest)
        except ArchiveError as error:
            # an auditor would take an export without its seal for one that never had it
            raise UserError(
                self.env._(
                    "The export could not be sealed: %(error)s. Mend the seal profile "
                    "of %(company)s.",
                    error=error,
                    company=company.name,
                )
            ) from error

    def _render_index(self, totals):
        damaged = totals["damaged"]
        return (
            self.env["ir.qweb"]
            ._render(
                "ged_archive.export_index",
                {
                    "mark": Markup(_ROWS),
                    "later": totals.get("later"),
                    "lang": (self.env.lang or "en").replace("_", "-"),
                    "summary": self.env._(
                        "%(companies)s — exported on %(date)s UTC by %(user)s. "
                        "Number of documents: %(count)s.",
                        companies=", ".join(totals.get("companies", ())),
                        date=fields.Datetime.to_string(fields.Datetime.now()),
                        user=self.env.user.name,
                        count=totals["count"],
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
