# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.levels import LaterEvidence
from .ged_document import SEAL_LEVELS
from .ged_document_guard import creation_allowed
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

    def _said(self):
        """Return what the row says, as a ``lib.levels.LaterEvidence``; ``None``
        for no row.
        """
        if not self:
            return None
        self.ensure_one()
        return LaterEvidence(
            **{name: self[name] for name in LaterEvidence.__dataclass_fields__}
        )

    def _covered(self):
        """Return the document as a ``lib.later_evidence.Covered``."""
        from ..lib.later_evidence import Covered

        document = self.document_id
        # a container that was brought by an import has the numbers of its origin
        brought = self.evidence_id.import_event_ids
        return Covered(
            id=None if brought else document.id,
            sha256=document.sha256,
            seal_level=document.seal_level,
            seal_asked=document.seal_asked or "none",
            seal_valid_until=document.seal_valid_until or None,
            sealed_at=document.sealed_at or None,
            read=lambda: document._read_content()[1],
        )

    def _problems(self):
        """Return in words what is wrong with this evidence; empty when it holds.

        Reads the container again: its bytes, its time stamp, that its manifest lists
        the document, and the container that it renews, and that the row says nothing
        else. Whether the authority is trusted is for the reader to say, who knows the
        roots.
        """
        self.ensure_one()
        # slow to import: only processes that verify pay for it
        from ..lib import later_evidence
        from ..lib.errors import ArchiveError

        document, evidence = self.document_id, self.evidence_id
        try:
            container = later_evidence.open_container(evidence._get_content())
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
        said, covered, before = self._said(), self._covered(), self.predecessor_id
        findings = later_evidence.judge(
            said, container, covered, before._said(), before.evidence_id.sha256
        )
        problems = self._finding_words(findings)
        profile = self.company_id.sudo().ged_seal_profile_id
        roots = profile._authority()[0] if profile else ()
        if not later_evidence.is_proven(said, container, covered, roots):
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

    def _finding_words(self, findings):
        """Return the sentences for a ``lib.later_evidence.Findings``."""
        names = {
            "document": self.document_id.display_name,
            "container": self.evidence_id.display_name,
            "before": self.predecessor_id.evidence_id.display_name,
        }
        problems = []
        if findings.uncovered:
            problems.append(
                self.env._(
                    "The later evidence %(container)s does not cover %(document)s.",
                    **names,
                )
            )
        if findings.unrenewed:
            problems.append(
                self.env._(
                    "The later evidence %(container)s does not cover the one that it "
                    "is said to renew (%(before)s).",
                    **names,
                )
            )
        if findings.other_stamp:
            problems.append(
                self.env._(
                    "The time stamp in %(container)s is not the one on record.", **names
                )
            )
        if findings.columns:
            labels = [
                self._fields[name].get_description(self.env, ["string"])["string"]
                for name in findings.columns
            ]
            problems.append(
                self.env._(
                    "The row about the later evidence %(container)s of %(document)s "
                    "says something else than the container: %(columns)s.",
                    columns=", ".join(labels),
                    **names,
                )
            )
        return problems
