# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..lib.hashing import sha256


class GedVerificationLine(models.Model):
    """One problem that a verification found, in words, with what to do about it."""

    _name = "ged.verification.line"
    _description = "Problem found in the archive"
    _order = "id"

    verification_id = fields.Many2one(
        "ged.verification", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="verification_id.company_id", store=True, index=True
    )
    code = fields.Selection(
        [
            ("guard", "Protection off"),
            ("gap", "Link missing"),
            ("link", "Row changed"),
            ("time", "Wrong date"),
            ("head", "End of the chain"),
            ("pending", "Not linked"),
            ("journal", "Journal"),
            ("state", "State changed"),
            ("content", "Content"),
            ("file", "File"),
            ("seal", "Seal"),
            ("later", "Later evidence"),
            ("anchor", "Anchor"),
            ("orphan", "Leftover"),
        ],
        string="Problem",
        required=True,
        readonly=True,
    )
    stream = fields.Char(string="Where", readonly=True)
    record_id = fields.Integer(string="Row", readonly=True)
    document_id = fields.Many2one("ged.document", readonly=True, ondelete="restrict")
    name = fields.Char(string="Concerns", readonly=True)
    message = fields.Text(string="What was found", readonly=True)
    remedy = fields.Text(string="What to do", compute="_compute_remedy")
    key = fields.Char(readonly=True, index=True, help="Same problem, same key.")
    known = fields.Boolean(
        readonly=True, help="Acknowledged before: no new alert is raised for it."
    )

    @api.model
    def _prepare_line(self, verification, problem, has_document):
        key = sha256(
            repr(
                (problem.code, problem.stream, problem.record_id, problem.message)
            ).encode()
        )
        return {
            "verification_id": verification.id,
            "code": problem.code,
            "stream": problem.stream,
            "record_id": problem.record_id,
            "document_id": has_document and problem.document_id,
            "name": problem.name,
            "message": problem.message,
            "key": key,
            "known": self._is_known(verification, problem, key),
        }

    @api.model
    def _is_known(self, verification, problem, key):
        """Tell whether a problem was acknowledged and has been there ever since.

        What came back after a clean verification is news: who acknowledged the first
        time spoke of the first time.
        """
        told = self.sudo().search(
            [
                ("key", "=", key),
                ("company_id", "=", verification.company_id.id),
                ("verification_id.alert_id.state", "=", "acknowledged"),
            ]
        )
        if not told:
            return False
        since = max(told.verification_id.alert_id.mapped("acknowledged_at"))
        # the clock counts seconds: one that ended before the last finding is no later
        after = max(told.verification_id.ids)
        later = self._complete_since(verification, since, after)
        found = self.sudo().search(
            [
                ("verification_id", "in", later.ids),
                ("code", "=", problem.code),
                ("stream", "=", problem.stream),
                ("record_id", "=", problem.record_id),
                ("name", "=", problem.name),
            ]
        )
        # one in another language tells the same in other words
        same = found.filtered(
            lambda line: (
                line.key == key or line.verification_id.lang != verification.lang
            )
        )
        return same.verification_id == later

    @api.model
    def _complete_since(self, verification, since, after):
        """Return the others that read the whole archive, from ``since`` on and behind
        the one with the id ``after``.
        """
        return (
            self.env["ged.verification"]
            .sudo()
            .search(
                [
                    ("id", "!=", verification.id),
                    ("id", ">", after),
                    ("company_id", "=", verification.company_id.id),
                    ("scope", "=", "all"),
                    ("state", "=", "done"),
                    ("started_at", ">=", since),
                ]
            )
        )

    @api.depends("code")
    def _compute_remedy(self):
        who = self.env._(
            "Find out who had access to the database since then; compare with a backup "
            "and with exports."
        )
        remedies = {
            "guard": self.env._(
                "Update the module (it puts the triggers back), and find out who "
                "switched them off."
            ),
            "pending": self.env._(
                "Check that the scheduled action that links the archive runs."
            ),
            "content": self.env._("Restore the file from a backup, then verify again."),
            "file": self.env._(
                "Find out who changed the attachment; set it back with the help of a "
                "backup."
            ),
            "seal": self.env._(
                "The bytes are those that were archived: compare with the copy that "
                "the customer received, and with the seal profile of that day."
            ),
            "later": self.env._(
                "The file itself is not concerned. Restore the container from a "
                "backup, or time-stamp the document again."
            ),
            "orphan": self.env._(
                "A document was removed: look for it in backups and exports."
            ),
        }
        for line in self:
            line.remedy = remedies.get(line.code, who)
