# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import format_datetime

from ..models.ged_document import SEAL_LEVELS


class GedDocumentCheck(models.TransientModel):
    """Result of a verification, as a dialog that a layman understands."""

    _name = "ged.document.check"
    _description = "Result of a verification"

    document_id = fields.Many2one("ged.document", readonly=True)
    ok = fields.Boolean(readonly=True)
    verdict = fields.Char(readonly=True)
    problems = fields.Text(string="What is wrong", readonly=True)
    sealed = fields.Char(string="Seal", readonly=True)
    level = fields.Selection(SEAL_LEVELS, readonly=True)
    level_now = fields.Selection(SEAL_LEVELS, string="Level today", readonly=True)
    unchanged = fields.Char(readonly=True)
    anchored = fields.Char(readonly=True)
    seen = fields.Text(string="Seen by", readonly=True)
    sha256 = fields.Char(related="document_id.sha256", related_sudo=False)
    chain_number = fields.Integer(
        related="document_id.chain_number", related_sudo=False
    )
    chain_hash = fields.Char(related="document_id.chain_hash", related_sudo=False)

    @api.model
    def _from_report(self, document, report):
        """Make the dialog for the result of ``ged.document._verify_report``."""
        when = self._when
        level = dict(
            self.env["ged.document"]
            ._fields["seal_level"]
            ._description_selection(self.env)
        )
        archived = when(report["archived_at"])
        if report["level"] == "none":
            sealed = self.env._("This document was archived without a seal.")
        else:
            sealed = self.env._(
                "%(level)s by %(signer)s on %(date)s.",
                level=level[report["level"]],
                signer=report["signer"] or "?",
                date=when(report["sealed_at"]),
            )
        if not report["anchored_at"]:
            anchored = self.env._("Not yet; once a day.")
        elif report["anchored_by"]:
            anchored = self.env._(
                "On %(date)s, time-stamped by %(server)s.",
                date=when(report["anchored_at"]),
                server=report["anchored_by"],
            )
        else:
            anchored = self.env._(
                "On %(date)s, without a time stamp.", date=when(report["anchored_at"])
            )
        return self.create(
            {
                "document_id": document.id,
                "ok": report["ok"],
                "verdict": document._verified_message()
                if report["ok"]
                else self.env._("This document is not what was archived."),
                "problems": "\n".join(report["problems"]),
                "sealed": sealed,
                "level": report["level"],
                "level_now": report["level_now"],
                "unchanged": report["ok"]
                and self.env._("Since it was archived on %(date)s.", date=archived),
                "anchored": anchored,
                "seen": self._seen_text(report["seen"]),
            }
        )

    @api.model
    def _when(self, moment):
        return format_datetime(self.env, moment, dt_format="short") if moment else "?"

    @api.model
    def _seen_text(self, seen):
        names = dict(
            self.env["ged.event"]._fields["event_type"]._description_selection(self.env)
        )
        return "\n".join(
            f"{self._when(one['at'])} · {one['user_name'] or '?'} · "
            f"{names.get(one['event_type'], one['event_type'])}"
            for one in seen
        )

    def action_sheet(self):
        """Make the evidence sheet of the document."""
        self.ensure_one()
        self.document_id.check_access("read")
        return self.document_id.action_evidence_sheet()
