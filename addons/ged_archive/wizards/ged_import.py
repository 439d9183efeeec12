# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import zipfile
from datetime import UTC, datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.export_later import Trust
from ..lib.export_read import read_export, read_member
from ..lib.hashing import canonical
from ..models.ged_anchor_trust import UNTRUSTED
from ..models.ged_chain_steps import read_data

BATCH = 50


class GedImport(models.Model):
    """Takes over an export of another archive, once all of it is verified.

    What the first step found is shown only: the second verifies the file again, so that
    nothing depends on what a form says. A big one is left to a job
    (``ged_import_job.py``).
    """

    _name = "ged.import"
    _description = "Import of an export of an archive"
    _order = "id desc"
    _rec_name = "filename"

    file = fields.Binary(string="Export (ZIP)", required=True, attachment=True)
    filename = fields.Char()
    company_id = fields.Many2one(
        "res.company",
        string="Into company",
        required=True,
        default=lambda self: self.env.company,
    )
    trusted = fields.Boolean(string="The export is not sealed, I trust its origin")
    reason = fields.Char(
        string="Why", help="Kept in the journal of each document imported."
    )
    state = fields.Selection(
        [
            ("new", "File"),
            ("verifying", "Being verified"),
            ("refused", "Refused"),
            ("verified", "Verified"),
            ("importing", "Being imported"),
            ("failed", "Stopped"),
            ("done", "Imported"),
        ],
        required=True,
        default="new",
        readonly=True,
    )
    unsealed = fields.Boolean(readonly=True)
    summary = fields.Text(readonly=True)
    problems = fields.Text(readonly=True)

    # ------------------------------------------------------------------- buttons

    def action_verify(self):
        """Verify everything and show the report."""
        with self._opened() as file:
            self._verify(read_export(file, trust=self._trust()))
        return self._reopen()

    def _verify(self, content):
        """Keep what the verification found, for the eyes of who asked."""
        problems = self._problem_texts(content)
        self._tell(
            state="refused" if problems else "verified",
            # what cannot be read says nothing about a seal
            unsealed=bool(content.database)
            and not content.signature
            and not content.sealed,
            summary="\n".join(self._summary_lines(content)),
            problems=self._shorten(problems),
        )

    def action_import(self):
        """Verify everything again, then file all documents or none."""
        with self._opened() as file:
            content = self._read_sound(file)
            with zipfile.ZipFile(file) as archive:
                done, skipped = self._file_documents(content, archive)
        self._finish(content, done, skipped)
        return self._reopen()

    def _read_sound(self, file, sound=False):
        """Return the content of an export that may be imported.

        :param sound: these very bytes were found sound before
        :raises UserError: there are problems
        """
        content = read_export(file, sound=sound, trust=self._trust())
        problems = self._problem_texts(content)
        if problems:
            raise UserError(
                self.env._(
                    "Nothing was imported:\n%(problems)s",
                    problems=self._shorten(problems),
                )
            )
        file.seek(0)
        return content

    def _trust(self):
        """Return whom the company trusts, a ``lib.export_later.Trust``."""
        company = self.company_id
        profile = company.sudo().ged_seal_profile_id
        return Trust(
            roots=profile._authority()[0] if profile else (),
            is_foreign=lambda stamp: company._ged_judge_stamp(stamp) == UNTRUSTED,
        )

    def _finish(self, content, done, skipped):
        self._tell(
            state="done",
            problems=False,
            summary="\n".join(
                [
                    *self._summary_lines(content),
                    self.env._("Documents imported: %(count)s.", count=done),
                    *skipped,
                ]
            ),
        )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import an export"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # ----------------------------------------------------------------- verifying

    def _problem_texts(self, content):
        """Return what speaks against the import, in words."""
        texts = [self._problem_text(one) for one in content.problems]
        if not content.signature and not content.sealed and not texts:
            if not self.trusted or not (self.reason or "").strip():
                texts.append(
                    self.env._(
                        "The export is not sealed: nothing proves where it comes from. "
                        "Tick that you trust its origin and say why, or ask for a "
                        "sealed export."
                    )
                )
        codes = {one.evidence["kind_code"] for one in content.documents} | {"evidence"}
        kinds = self.env["ged.kind"].with_context(active_test=False).sudo()
        known = kinds.search([("code", "in", list(codes))]).mapped("code")
        texts += [
            self.env._(
                "There is no kind with the code “%(code)s” here. Create it in "
                "Configuration › Kinds of documents, then verify again.",
                code=code,
            )
            for code in sorted(codes - set(known))
        ]
        return texts

    # ------------------------------------------------------------------- importing

    def _file_documents(self, content, archive, tell=None):
        """File the documents in the order of their numbers; return how many, and lines
        about those left out.

        :param tell: called after each batch with the number of documents filed
        """
        Document = self.env["ged.document"].with_company(self.company_id).sudo()
        known = self._known(content)
        # what an earlier run of the same import filed is not left out
        before = set(self.known_before["ids"]) if self.known_before else set(known)
        new_ids, skipped, batch, done = {}, [], [], 0

        def flush():
            if batch:
                filed = self._file_batch(Document, content, archive, batch, new_ids)
                new_ids.update(zip((one.id for one in batch), filed.ids, strict=True))
                batch.clear()
                if tell:
                    tell(done)

        for one in sorted(content.documents, key=lambda document: document.id):
            if one.id in known:
                new_ids[one.id] = known[one.id]
                if one.id in before:
                    skipped.append(
                        self.env._(
                            "%(name)s was skipped: it is already in this archive.",
                            name=one.name,
                        )
                    )
                continue
            if one.status == "destroyed":
                skipped.append(
                    self.env._(
                        "%(name)s was skipped: it was destroyed at its origin.",
                        name=one.name,
                    )
                )
                continue
            waiting = {other.id for other in batch}
            related = {
                one.evidence.get("predecessor_id"),
                one.evidence.get("subject_id"),
            }
            if len(batch) >= BATCH or related & waiting:
                flush()
            batch.append(one)
            done += 1
        flush()
        # Files come first: a container has a higher number than what it covers.
        skipped += self._file_later(content, new_ids, tell and (lambda: tell(done)))
        return done, skipped

    def _known(self, content):
        """Return ``{original id: id here}`` of what is already in this company."""
        hashes = list({one.sha256 for one in content.documents})
        documents = (
            self.env["ged.document"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("sha256", "in", hashes),
                ]
            )
        )
        events = (
            self.env["ged.event"]
            .sudo()
            .search(
                [
                    ("document_id", "in", documents.ids),
                    ("event_type", "=", "imported"),
                ]
            )
        )
        here = {}
        for event in events:
            origin = (read_data(event.data or "") or {}).get("origin") or {}
            key = origin.get("database"), origin.get("id"), event.document_id.sha256
            here[key] = event.document_id.id
        if content.database == self.env["ir.config_parameter"].sudo().get_param(
            "database.uuid"
        ):
            for document in documents:
                key = content.database, document.id, document.sha256
                here[key] = document.id
        found = {}
        for one in content.documents:
            key = content.database, one.id, one.sha256
            if key in here:
                found[one.id] = here[key]
        return found

    def _file_batch(self, Document, content, archive, batch, new_ids):
        partners = self._match_partners(batch)
        codes = self._free_codes(batch)
        filed = Document._archive(
            [
                self._document_vals(
                    Document,
                    one,
                    read_member(archive, one.path),
                    partners[one.id],
                    codes.get(one.id),
                    new_ids,
                )
                for one in batch
            ]
        )
        origins = [self._origin_data(content, one) for one in batch]
        details = [self._event_detail(origin) for origin in origins]
        filed._record_events(
            "imported", details, [{"origin": origin} for origin in origins]
        )
        for document, one, detail in zip(filed, batch, details, strict=True):
            if one.state.get("legal_hold"):
                document._set_legal_hold(
                    True, one.state.get("legal_hold_reason") or detail
                )
        Document._archive(
            [
                self._evidence_vals(document, one, origin)
                for document, one, origin in zip(filed, batch, origins, strict=True)
            ]
        )
        return filed

    @api.model
    def _document_vals(self, Document, one, data, partner, code, new_ids):
        evidence = one.evidence
        predecessor = Document.browse(new_ids.get(evidence.get("predecessor_id")))
        return {
            "kind": evidence["kind_code"],
            "name": evidence["name"],
            "filename": evidence["filename"],
            "mimetype": evidence["mimetype"],
            "company_id": self.company_id.id,
            "partner_id": partner.id,
            "partner_text": evidence.get("partner_name"),
            "site_name": evidence.get("site_name"),
            "document_date": evidence.get("document_date"),
            "origin_name": evidence.get("origin_name"),
            # one that has its next version here already keeps it
            "predecessor_id": not predecessor.successor_ids and predecessor.id,
            "subject_id": new_ids.get(evidence.get("subject_id")),
            "retention_until": one.state.get("retention_until"),
            # nobody decided here to show it
            "portal_visible": False,
            **({"verify_code": code} if code else {}),
            **_content_vals(evidence, data),
        }

    def _origin_data(self, content, one):
        origin = {
            "database": content.database,
            "id": one.id,
            "company": one.company,
            "chain_number": int(one.link.get("chain_number", 0)),
            "chain_hash": one.link.get("chain_hash"),
            "archived_at": one.evidence["archived_at"],
        }
        if content.signature:
            origin["sealed_by"] = content.signature.fingerprint
        else:
            origin["trusted_because"] = self.reason
        return origin

    def _event_detail(self, origin):
        return self.env._(
            "From database %(database)s: document %(id)s, link %(number)s, archived on "
            "%(date)s",
            database=origin["database"],
            id=origin["id"],
            number=origin["chain_number"],
            date=origin["archived_at"],
        )

    def _evidence_vals(self, document, one, origin):
        data = {
            "origin": origin,
            "document": one.link,
            "state": one.state,
            "events": [values for _event, values in one.events],
        }
        return {
            "kind": "evidence",
            "name": self.env._("Origin of %(name)s", name=document.name),
            "filename": f"origin_{one.id}.json",
            "mimetype": "application/json",
            "content": canonical(data),
            "company_id": self.company_id.id,
            "partner_id": document.partner_id.id,
            "subject_id": document.id,
            "document_date": document.document_date,
            "retention_until": document.retention_until,
            "portal_visible": False,
        }


def _content_vals(evidence, data):
    """Return the file, with its seal when it has one: verified before."""
    if evidence["seal_level"] == "none":
        return {"content": data}
    # slow to import: only exports of sealed documents pay for it
    from ..lib.seal_parts import stamp_until
    from ..lib.seal_settings import SealResult

    moment = datetime.fromisoformat(evidence["sealed_at"]).astimezone(UTC)
    return {
        "seal": SealResult(
            data=data,
            level=evidence["seal_level"],
            signer=evidence["seal_signer"],
            fingerprint=evidence["seal_fingerprint"],
            sealed_at=moment,
            degraded=evidence.get("seal_note"),
            asked=evidence.get("seal_asked"),
            valid_until=stamp_until(data, evidence["seal_fingerprint"]),
            note=evidence.get("seal_note"),
        )
    }
