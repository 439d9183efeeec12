# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError

from .ged_document import SEAL_LEVELS
from .ged_document_guard import creation_allowed
from .ged_document_preservation import LEVELS, higher
from .ged_triggers import create_guards
from .ir_attachment import StorageUnavailable


class GedPreservation(models.Model):
    """Later evidence about one document: an archive time stamp over its hash.

    The file of the document is never rewritten. A container (ASiC-S, itself archived
    as kind ``evidence``) holds a manifest of digests and one time stamp over it; this
    row says that the document is among them and what its seal is worth since. Rows form
    one line per document: each renews its predecessor before the algorithm or the
    certificate of that one ages (RFC 4998).

    Written by ``ged.preservation.queue`` only; never changed, never deleted.
    """

    _name = "ged.preservation"
    _description = "Later evidence"
    _order = "id desc"
    _rec_name = "evidence_id"
    _log_access = False
    _check_company_auto = True

    document_id = fields.Many2one(
        "ged.document", required=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", index=True
    )
    predecessor_id = fields.Many2one(
        "ged.preservation",
        string="Renews",
        ondelete="restrict",
        check_company=True,
        help="The earlier evidence that this one covers.",
    )
    evidence_id = fields.Many2one(
        "ged.document",
        string="Container",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        help="Manifest and time stamp, in one ASiC-S file.",
    )
    level_before = fields.Selection(SEAL_LEVELS, string="Level before", required=True)
    level_after = fields.Selection(SEAL_LEVELS, string="Level since", required=True)
    stamped_at = fields.Datetime(string="Time of the stamp", required=True)
    tsa_subject = fields.Char(string="Time-stamp authority")
    tsa_fingerprint = fields.Char(string="Certificate of the authority")
    digest_algorithm = fields.Char(string="Digest", required=True)
    valid_until = fields.Datetime(
        string="Good until",
        required=True,
        help="End of the certificate of the authority: "
        "the evidence is renewed before that day.",
    )
    late = fields.Boolean(
        help="The evidence before had already ended when this one was made."
    )

    # one line per document, without forks, whatever two workers do
    _first_uniq = models.UniqueIndex("(document_id) WHERE predecessor_id IS NULL")
    _predecessor_uniq = models.UniqueIndex(
        "(predecessor_id) WHERE predecessor_id IS NOT NULL"
    )
    _document_idx = models.Index("(document_id)")

    def init(self):
        res = super().init()
        create_guards(self.env.cr)
        return res

    @api.model_create_multi
    def create(self, vals_list):
        if not creation_allowed(self.env):
            raise UserError(self._refusal())
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        # not even the superuser writes: super() is never right here
        raise UserError(self._refusal())

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self._refusal())

    @api.model
    def _refusal(self):
        return self.env._(
            "Later evidence is written by the archive only and cannot be changed or "
            "deleted."
        )

    def action_open_evidence(self):
        """Open the container among the documents."""
        self.ensure_one()
        return self.evidence_id.get_formview_action()

    # --------------------------------------------------------------- verification

    def _problems(self):
        """Return in words what is wrong with this evidence; empty when it holds.

        Reads the container again: its bytes, its time stamp, that its manifest lists
        the document, and the container that it renews, and that the row says nothing
        else. Whether the authority is trusted is for the reader to say, who knows the
        roots.
        """
        self.ensure_one()
        # slow to import: only processes that verify pay for it
        from ..lib import asic, preservation
        from ..lib.errors import ArchiveError

        document, evidence = self.document_id, self.evidence_id
        try:
            content = asic.read(evidence._get_content())
            documents, previous, data = preservation.read_manifest(content.manifest)
        except StorageUnavailable:
            raise
        except (ArchiveError, UserError) as exc:
            return [
                self.env._(
                    "The later evidence of %(document)s (%(container)s) cannot be "
                    "read: %(cause)s",
                    document=document.display_name,
                    container=evidence.display_name,
                    cause=str(exc),
                )
            ]
        problems = self._uncovered(documents, previous)
        stamped = content.time.replace(tzinfo=None, microsecond=0)
        if (stamped, content.tsa_fingerprint) != (
            self.stamped_at,
            self.tsa_fingerprint,
        ):
            problems.append(
                self.env._(
                    "The time stamp in %(container)s is not the one on record.",
                    container=evidence.display_name,
                )
            )
        problems += self._untrue(content, documents)
        if not self._is_proven(data):
            problems.append(
                self.env._(
                    "The later evidence %(container)s does not say that the "
                    "certificates in the seal of %(document)s were not revoked, as "
                    "the level %(level)s needs.",
                    container=evidence.display_name,
                    document=document.display_name,
                    level=self.level_after,
                )
            )
        return problems

    def _uncovered(self, documents, previous):
        """Return in words what the container should list and does not.

        :param documents: list of dictionaries ``id``, ``sha256`` of its manifest
        :param previous: the same of the containers that it renews
        """
        document, evidence = self.document_id, self.evidence_id
        problems = []
        if (document.id, document.sha256) not in {
            (one.get("id"), one["sha256"]) for one in documents
        }:
            problems.append(
                self.env._(
                    "The later evidence %(container)s does not cover %(document)s.",
                    container=evidence.display_name,
                    document=document.display_name,
                )
            )
        before = self.predecessor_id
        if before and before.evidence_id.sha256 not in {
            one["sha256"] for one in previous
        }:
            problems.append(
                self.env._(
                    "The later evidence %(container)s does not cover the one that it "
                    "is said to renew (%(before)s).",
                    container=evidence.display_name,
                    before=before.evidence_id.display_name,
                )
            )
        return problems

    def _untrue(self, content, documents):
        """Return in words which columns say something else than the container.

        :param content: the ``lib.asic.AsicContent`` of the container
        :param documents: as of :meth:`_uncovered`
        """
        until = content.stamp.certificate.not_valid_after.astimezone(UTC)
        expected = {
            "tsa_subject": content.tsa_subject,
            "valid_until": until.replace(tzinfo=None, microsecond=0),
            "level_before": self.predecessor_id.level_after
            or self.document_id.seal_level,
        }
        columns = [name for name, value in expected.items() if self[name] != value]
        for one in documents:
            if one.get("id") == self.document_id.id and (
                one.keys() - {"id", "seal_level"} != {"sha256", self.digest_algorithm}
            ):
                columns.append("digest_algorithm")
        if not self._is_level_possible():
            columns.append("level_after")
        if not columns:
            return []
        return [
            self.env._(
                "The row about the later evidence %(container)s of %(document)s says "
                "something else than the container: %(columns)s.",
                container=self.evidence_id.display_name,
                document=self.document_id.display_name,
                columns=", ".join(
                    self._fields[name].get_description(self.env, ["string"])["string"]
                    for name in columns
                ),
            )
        ]

    def _is_level_possible(self):
        """Tell whether a time stamp can have led to the level: to B-T at least, never
        higher than asked for, never lower than before.
        """
        before, document = self.level_before, self.document_id
        if before == "none":
            return self.level_after == "none"
        lowest = higher(before, "B-T")
        highest = higher(lowest, document.seal_asked)
        place = LEVELS.index(self.level_after)
        return LEVELS.index(lowest) <= place <= LEVELS.index(highest)

    def _is_proven(self, data):
        """Tell whether the ``ValidationData`` of the container carry what was gained.

        A level that the document had before is not gained here.
        """
        from ..lib import preservation
        from ..lib.errors import ArchiveError
        from ..lib.seal_certificates import certificates_of

        document = self.document_id
        gained = LEVELS.index(self.level_after) > LEVELS.index(self.level_before)
        if not gained or self.level_after not in ("B-LT", "B-LTA"):
            return True
        profile = self.company_id.sudo().ged_seal_profile_id
        roots = profile._authority()[0] if profile else ()
        moment = document.sealed_at or self.stamped_at
        try:
            certificates = certificates_of(document._get_content())
        except (ArchiveError, UserError):
            # told as the content of the document
            return True
        state = preservation.state_of(
            certificates, data, moment.replace(tzinfo=UTC), roots
        )
        return state == "good"
