# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.errors import ArchiveError
from ..lib.levels import LEVELS, higher
from .ged_document import SEAL_LEVELS


def _asked(seal):
    """Return the level that was asked for when a ``lib.seal.SealResult`` was made."""
    return getattr(seal, "asked", None) or ("B-T" if seal.degraded else seal.level)


class GedDocument(models.Model):
    """What the seal of a document is worth today, with what was added later."""

    _inherit = "ged.document"

    seal_valid_until = fields.Datetime(
        string="Time stamp of the seal good until",
        help="End of the certificate of the time-stamp authority in the seal.",
    )
    # a relation, so that one query answers for all documents that are verified together
    later_event_ids = fields.One2many(
        "ged.event",
        "document_id",
        string="Later time stamps",
        domain=[("event_type", "in", ("timestamped", "renewed"))],
        readonly=True,
    )
    import_event_ids = fields.One2many(
        "ged.event",
        "document_id",
        string="Brought by an import",
        domain=[("event_type", "=", "imported")],
        readonly=True,
    )
    preservation_ids = fields.One2many(
        "ged.preservation",
        "document_id",
        string="Later evidence",
        groups="ged_archive.group_ged_user",
    )
    level_now = fields.Selection(
        SEAL_LEVELS,
        string="Level today",
        compute="_compute_level_now",
        help="Level of the seal with the time stamps that were added later; the file "
        "itself is as it was.",
    )
    evidence_until = fields.Datetime(
        string="Evidence good until", compute="_compute_level_now"
    )
    waits_for_seal = fields.Boolean(
        string="Waits for a better seal",
        compute="_compute_level_now",
        search="_search_waits_for_seal",
    )

    @api.depends("seal_level", "seal_asked", "preservation_ids")
    def _compute_level_now(self):
        for document in self:
            rows = document.sudo().preservation_ids
            document.level_now = higher(
                document.seal_level, *rows.mapped("level_after")
            )
            document.evidence_until = rows[:1].valid_until or document.seal_valid_until
            asked = document.seal_asked or "none"
            document.waits_for_seal = higher(document.level_now, asked) != (
                document.level_now
            )

    @api.model
    def _search_waits_for_seal(self, operator, value):
        if operator != "in":
            return NotImplemented
        waiting = SQL(
            """(
            SELECT d.id FROM ged_document d
             WHERE d.seal_asked IS NOT NULL AND d.seal_asked <> d.seal_level
               AND array_position(%(levels)s, d.seal_asked::text) > GREATEST(
                   array_position(%(levels)s, d.seal_level::text),
                   (SELECT max(array_position(%(levels)s, p.level_after::text))
                      FROM ged_preservation p WHERE p.document_id = d.id))
            )""",
            levels=list(LEVELS),
        )
        return Domain("id", "in" if True in value else "not in", waiting)

    def _level_now(self):
        """Return the level of the seal with the evidence that was added later."""
        self.ensure_one()
        return self.level_now

    def _preservation_problems(self):
        """Return in words what is wrong with the later evidence; empty when it holds.

        Says nothing about access: the caller has checked it.
        """
        rows = self.sudo().preservation_ids
        problems = [problem for row in rows for problem in row._problems()]
        # the rows are no links of a chain, the journal is: it tells of each of them
        told = len(self.sudo().later_event_ids)
        if told != len(rows):
            problems.append(
                self.env._(
                    "The journal of %(document)s tells of %(told)s later time stamps, "
                    "the archive knows %(found)s: later evidence was removed or added "
                    "behind the back of the archive.",
                    document=self.display_name,
                    told=told,
                    found=len(rows),
                )
            )
        return problems

    # ----------------------------------------------------------------- archiving

    @api.model
    def _seal_note(self, seal):
        """Return why a ``lib.seal.SealResult`` has a lower level than asked for, in
        words, or ``False``.
        """
        if not seal.degraded:
            return False
        if getattr(seal, "note", None):
            # sealed elsewhere: nobody here knows more than what was said there
            return seal.note
        words = {
            "timestamp": self.env._("no time-stamp server gave an answer"),
            "revocation": self.env._(
                "no service said that the certificate is not revoked"
            ),
            "archive_timestamp": self.env._(
                "no time-stamp server gave the archive time stamp"
            ),
        }
        causes = getattr(seal, "causes", None) or ("timestamp",)
        return self.env._(
            "Sealed at the level %(level)s instead of %(asked)s: %(causes)s. The "
            "archive raises the level by itself as soon as it can.",
            level=seal.level,
            asked=_asked(seal),
            causes=", ".join(words.get(cause) or cause for cause in causes),
        )

    @api.model
    def _prepare_seal_vals(self, seal):
        until = getattr(seal, "valid_until", None)
        return {
            **super()._prepare_seal_vals(seal),
            "seal_asked": _asked(seal),
            "seal_valid_until": bool(until)
            and until.astimezone(UTC).replace(tzinfo=None, microsecond=0),
        }

    # ------------------------------------------------------------------- actions

    def action_timestamp(self):
        """Time-stamp the selection now, one token for each company."""
        if not self.env.user.has_group("ged_archive.group_ged_manager"):
            raise UserError(
                self.env._("Only administrators of the archive may time-stamp.")
            )
        self.check_access("read")
        count = 0
        for company, documents in self.grouped("company_id").items():
            try:
                count += self.env["ged.preservation.queue"]._preserve_now(
                    company, documents
                )
            except ArchiveError as exc:
                raise UserError(
                    self.env._(
                        "No time stamp for the documents of %(company)s: %(cause)s. "
                        "Try again later.",
                        company=company.name,
                        cause=str(exc),
                    )
                ) from exc
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s documents time-stamped.", count=count),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
