# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
from datetime import UTC

from odoo import fields, models
from odoo.tools import format_datetime

from ..lib.levels import LEVELS, higher
from .ged_document_guard import allow_creation
from .ged_preservation_queue import CONTAINER


class GedPreservationQueue(models.Model):
    """One time stamp over a batch of documents."""

    _inherit = "ged.preservation.queue"

    def _preserve(self, rows, asked=False):
        """Put the documents of ``rows`` (of :meth:`_rows`) under a time stamp; those
        that are due by their date alone under one of their own.

        :param asked: a person asked for it: also where nothing is due
        :return: how many documents were time-stamped

        The caller holds the lock of this row. Raises ``ArchiveError`` when no server
        answers; what has its time stamp keeps it.
        """
        self.ensure_one()
        company = self.company_id
        sudo = self.env["ged.document"].sudo().with_company(company)
        documents = {row["id"]: sudo.browse(row["id"]) for row in rows}
        algorithm = company._ged_digest_algorithms()[0]
        contents, problems = self._read_contents(documents.values())
        validation, unproven = self._validation(contents, rows)
        problems += unproven.values()
        gaining, ending = [], []
        for row in rows:
            if row["id"] not in contents:
                continue
            proven = row["id"] not in unproven
            row["after"] = _level_after(row, proven and bool(validation))
            if asked or self._gains(row):
                gaining.append(row)
            elif self._ends(row):
                ending.append(row)
        count = 0
        for some, gains in ((gaining, True), (ending, False)):
            previous, lost = self._read_previous(some, algorithm)
            problems += lost.values()
            some = [row for row in some if row["head"] not in lost]
            entries = [
                {
                    "id": row["id"],
                    "seal_level": documents[row["id"]].seal_level,
                    "level": row["after"],
                    **_digests(contents[row["id"]], algorithm),
                }
                for row in some
            ]
            if some:
                said = (entries, previous, validation)
                count += self._stamp(some, said, algorithm, gains)
        self._finished(problems, bool(count), asked)
        return count

    def _stamp(self, rows, said, algorithm, gains):
        """Ask for one time stamp and record it; return for how many documents.

        :param said: entries, containers that are renewed and validation data, for the
            manifest
        :param gains: it brings something whenever it ends
        """
        # slow to import: only processes that time-stamp pay for it
        from ..lib import asic
        from ..lib.preservation import manifest

        text = manifest(*said)
        token = self.company_id._ged_timestamp_client().request(text, algorithm)
        container = asic.build(text, token.der)
        stamp = asic.read(container)
        until = _naive(stamp.stamp.certificate.not_valid_after)
        if not gains and any(row["until"] >= until for row in rows):
            # It would end no later: all would be due again at once, for ever, and
            # nothing of it could be removed.
            self.write(
                {
                    "renew_at": fields.Datetime.add(fields.Datetime.now(), days=1),
                    "tsa_fingerprint": stamp.tsa_fingerprint,
                    "tsa_until": until,
                }
            )
            rows = [row for row in rows if row["until"] < until]
            if not rows:
                return 0
        evidence = self._archive_container(container, stamp, rows)
        self._record(rows, evidence, stamp, algorithm)
        return len(rows)

    def _gains(self, row):
        """Tell whether a time stamp brings anything whenever it ends: a job that pays
        for one each time and leaves the document as it was would never end.
        """
        head = self.env["ged.preservation"].sudo().browse(row["head"])
        digest = head.digest_algorithm or "sha256"
        return (
            row["after"] != row["level"]
            or (not row["head"] and row["level"] == "none")
            or digest not in self.company_id._ged_digest_algorithms()
        )

    def _ends(self, row):
        """Tell whether the evidence of a row ends soon, or has ended."""
        horizon = fields.Datetime.add(
            fields.Datetime.now(), days=self.company_id.ged_renew_days
        )
        return bool(row["until"] and row["until"] < horizon)

    def _read_contents(self, documents):
        """Return ``({id: bytes}, [problem])``: nothing is time-stamped unread."""
        contents, problems = {}, []
        for document in documents:
            problem, content = document._read_content()
            if problem:
                problems.append(problem)
            else:
                contents[document.id] = content
        return contents, problems

    def _read_previous(self, rows, algorithm):
        """Read the containers that ``rows`` renew.

        :return: ``([digests], {id of a ged.preservation: why it cannot be renewed})``

        One that is lost holds up its own documents only.
        """
        heads = self.env["ged.preservation"].sudo()
        heads = heads.browse({row["head"] for row in rows if row["head"]})
        digests, lost = [], {}
        for container, own in heads.grouped("evidence_id").items():
            problem, content = container._read_content()
            if problem or not content:
                problem = problem or container._destroyed_message()
                lost.update(dict.fromkeys(own.ids, problem))
            else:
                digests.append(_digests(content, algorithm))
        return digests, lost

    def _validation(self, contents, rows):
        """Collect what is needed to check the seals later, for the levels that want it.

        :return: ``(ValidationData or None, {id of a document: what it lacks})``
        """
        wanted = [
            row["id"]
            for row in rows
            if row["id"] in contents and row["asked"] in ("B-LT", "B-LTA")
        ]
        if not wanted:
            return None, {}
        from ..lib.errors import ArchiveError
        from ..lib.preservation import ValidationData, collect
        from ..lib.revocation_client import RevocationClient
        from ..lib.seal_certificates import certificates_of

        profile = self.company_id.sudo().ged_seal_profile_id
        roots, others = profile._authority()
        # signers and time-stamp servers: those of most documents are the same
        alike, parts, unproven = {}, [], {}
        for document_id in wanted:
            try:
                found = tuple(certificates_of(contents[document_id]))
            except ArchiveError as exc:
                unproven[document_id] = str(exc)
                continue
            alike.setdefault(found, []).append(document_id)
        kept = self.env.context.get("ged_revocation", {})
        client = kept.setdefault(
            profile.id, RevocationClient(float(profile.revocation_timeout))
        )
        for certificates, document_ids in alike.items():
            data, problems = collect(
                [*certificates, *others], roots=roots, client=client
            )
            if problems:
                unproven.update(dict.fromkeys(document_ids, "; ".join(problems)))
            else:
                parts.append(data)
        return ValidationData(
            certificates=_union(part.certificates for part in parts),
            ocsps=_union(part.ocsps for part in parts),
            crls=_union(part.crls for part in parts),
        ), unproven

    def _archive_container(self, container, content, rows):
        """Archive a container; return its document.

        :param content: what ``asic.read`` says of it
        """
        company = self.company_id
        documents = self.env["ged.document"].sudo().browse([r["id"] for r in rows])
        ends = documents.mapped("retention_until")
        return (
            self.env["ged.document"]
            .with_company(company)
            ._archive(
                [
                    {
                        "kind": "evidence",
                        "name": f"TS {content.time:%Y-%m-%d %H:%M:%S}",
                        "filename": f"time-stamp-{content.time:%Y%m%dT%H%M%SZ}.asics",
                        "mimetype": CONTAINER,
                        "content": container,
                        "company_id": company.id,
                        "document_date": content.time.date(),
                        "portal_visible": False,
                        "subject_id": documents.id if len(documents) == 1 else False,
                        # as long as the document that is kept longest
                        "retention_until": max(ends) if all(ends) else False,
                    }
                ]
            )
        )

    def _record(self, rows, evidence, stamp, algorithm):
        """Write the rows of later evidence and the lines of the journal."""
        moment = _naive(stamp.time)
        until = _naive(stamp.stamp.certificate.not_valid_after)
        allow_creation(self.env["ged.preservation"]).create(
            [
                {
                    "document_id": row["id"],
                    "company_id": self.company_id.id,
                    "predecessor_id": row["head"],
                    "evidence_id": evidence.id,
                    "level_before": row["level"],
                    "level_after": row["after"],
                    "stamped_at": moment,
                    "tsa_subject": stamp.tsa_subject,
                    "tsa_fingerprint": stamp.tsa_fingerprint,
                    "digest_algorithm": algorithm,
                    "valid_until": until,
                    "late": bool(row["until"] and row["until"] < moment),
                }
                for row in rows
            ]
        )
        Document = self.env["ged.document"]
        fresh = Document.browse([r["id"] for r in rows if not r["until"]])
        renewed = Document.browse([r["id"] for r in rows if r["until"]])
        detail = self.env._(
            "Archive time stamp of %(time)s, %(container)s",
            time=format_datetime(self.env, moment),
            container=evidence.name,
        )
        fresh._record_event("timestamped", detail=detail)
        renewed._record_event("renewed", detail=detail)
        (fresh | renewed).invalidate_recordset(
            ["preservation_ids", "level_now", "evidence_until", "waits_for_seal"],
            flush=False,
        )
        # Always written: a worker whose snapshot is older stumbles over this row
        # instead of doing the same work again.
        self.write(
            {
                "last_at": moment,
                "tsa_fingerprint": stamp.tsa_fingerprint,
                "tsa_until": until,
            }
        )

    def _finished(self, problems, stamped, asked):
        """Remember what went wrong with some documents, or that all went well; the job
        says so when its round is over.
        """
        text = " ".join(dict.fromkeys(problems))
        if problems and asked:
            self._failed(text)
        elif problems:
            self.round_problem = f"{self.round_problem or ''} {text}".strip()[:500]
        elif asked and (stamped or self.failures):
            self.write({"failures": 0, "retry_at": False, "problem": False})


def _level_after(row, proven):
    """Return the level with a time stamp over the document, with or without what is
    needed to check its seal later. Never higher than asked for, never lower than it is.
    """
    if row["level"] == "none":
        return "none"
    reached = "B-LTA" if proven else "B-T"
    wanted = higher(row["asked"], "B-T")
    gained = min(reached, wanted, key=LEVELS.index)
    return higher(row["level"], gained)


def _digests(content, algorithm):
    """SHA-256, by which the archive names its files, and the digest that counts."""
    return {
        name: hashlib.new(name, content).hexdigest()
        for name in dict.fromkeys(("sha256", algorithm))
    }


def _union(parts):
    return tuple(dict.fromkeys(one for part in parts for one in part))


def _naive(moment):
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
