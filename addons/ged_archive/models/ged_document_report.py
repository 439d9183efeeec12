# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

SEEN = ("viewed", "downloaded", "exported")
SEEN_LIMIT = 20


class GedDocument(models.Model):
    """Result of the verification of one document, for people."""

    _inherit = "ged.document"

    def action_verify(self):
        """Verify the document, write the journal, and show the result in a dialog."""
        self.ensure_one()
        self.check_access("read")
        problems = self.env["ged.chain"].sudo()._verify_documents(self)
        report = self._verify_report(problems)
        # before the journal gets its line about this verification
        check = self.env["ged.document.check"]._from_report(self, report)
        if report["ok"]:
            self._record_event("verified", detail=self.env._("unchanged"))
        else:
            # as a verification of its own: it writes the journal and raises the alert
            self.env["ged.verification"]._record_finding(self, problems)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verification of %(document)s", document=self.name),
            "res_model": "ged.document.check",
            "res_id": check.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _verify_report(self, problems=None):
        """Verify one document now; write nothing.

        Says nothing about access: the caller has checked it. Keys:

        * ``ok``, and ``problems``: list of texts, in words with what is wrong;
        * ``signer``, ``sealed_at``, ``level``: of the seal, false without one;
        * ``level_now``: the same with the evidence that was added later;
        * ``archived_at``, ``chain_number``;
        * ``anchored_at``: when the first anchor that covers the document was
          time-stamped (made, if none has a time stamp); false before;
        * ``anchored_by``: the time-stamp server of that anchor, and whether it is
          trusted, in words; empty without a time stamp;
        * ``seen``: who saw it, last first: dictionaries ``at``, ``user_name``,
          ``event_type``, at most :data:`SEEN_LIMIT`.

        Times are naive UTC.

        :param problems: ``ChainProblem`` list when it was verified just before
        """
        self.ensure_one()
        document = self.sudo()
        if problems is None:
            problems = self.env["ged.chain"].sudo()._verify_documents(document)
        anchor = document._first_anchor()
        sealed = document.seal_level != "none"
        return {
            "ok": not problems,
            "problems": [problem.message for problem in problems],
            "signer": sealed and document.seal_signer_name,
            "sealed_at": sealed and document.sealed_at,
            "level": document.seal_level,
            "level_now": document._level_now(),
            "archived_at": document.archived_at,
            "chain_number": document.chain_number,
            "anchored_at": anchor.token_time or anchor.at,
            "anchored_by": self._anchor_words(anchor),
            "seen": document._seen_by(),
        }

    def _seen_by(self):
        """Return the key ``seen`` of :meth:`_verify_report`."""
        domain = [("document_id", "=", self.id), ("event_type", "in", SEEN)]
        events = self.env["ged.event"].search(domain, limit=SEEN_LIMIT)
        names = ("at", "user_name", "event_type")
        return [{name: event[name] for name in names} for event in events]

    @api.model
    def _anchor_words(self, anchor):
        """Return who time-stamped the anchor, and whether it is trusted, in words;
        ``""`` without a time stamp.
        """
        if not anchor.tsa:
            return ""
        words = {
            "trusted": self.env._("authority trusted"),
            "untrusted": self.env._("authority not trusted"),
        }
        trust = words.get(anchor.tsa_trust, self.env._("authority not judged"))
        return f"{anchor.tsa} ({trust})"

    def _first_anchor(self):
        """Return the first anchor that covers the document, a time-stamped one if
        there is any.
        """
        self.ensure_one()
        Anchor = self.env["ged.anchor"].sudo()
        if not self.chain_number:
            return Anchor
        domain = [
            ("company_id", "=", self.company_id.id),
            ("document_number", ">=", self.chain_number),
        ]
        return Anchor.search(
            [*domain, ("token_time", "!=", False)], order="at, id", limit=1
        ) or Anchor.search(domain, order="at, id", limit=1)
