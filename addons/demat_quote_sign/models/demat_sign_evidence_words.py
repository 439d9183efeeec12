# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..lib import evidence_file


class DematSignRequest(models.Model):
    """The words of the evidence file: for the auditor, and for the judge."""

    _inherit = "demat.sign.request"

    def _evidence_checks(self, *, sealed):
        """Return ``[(words, command, expected)]``."""
        words = self._evidence_check_words()
        checks = evidence_file.checks(
            {
                "evidence_name": self._evidence_filename(),
                "signed_name": self.signed_document_id.filename,
                "signed_sha256": self.signed_document_id.sha256,
                "frozen_size": self.document_id.size,
                "frozen_sha256": self.frozen_sha256,
                "terms_sha256": self.terms_id.sha256 or "",
                "sealed": sealed and self.signed_document_id.seal_level != "none",
            }
        )
        return [(words[check.key], check.command, check.expected) for check in checks]

    def _evidence_check_words(self):
        env = self.env
        return {
            "extract": env._(
                "Take the signed document and evidence.json out of this file."
            ),
            "signed": env._("The signed document is the one named here."),
            "shown": env._(
                "It begins with the very bytes that each signatory was shown: the "
                "signatures were added behind them."
            ),
            "signatures": env._(
                "The seal and each signature are valid; the last one covers the total "
                "document, so nothing was added or changed after it."
            ),
            "seal": env._("This evidence file itself is sealed and unchanged."),
            "certificate": env._("With whose certificate the document is sealed."),
            "journal": env._(
                "No line of the journal was changed, taken out or put in: each holds "
                "the hash of the one before."
            ),
            "terms": env._("The general terms are the text that was accepted."),
        }

    def _tool_words(self):
        return self.env._(
            "With public tools only (poppler-utils, coreutils, OpenSSL, Python), in "
            "the folder of this file. Lines that begin with “=” say what must appear."
        )

    def _result_words(self, *, sealed):
        """Return the lines of the box at the top, the first one in bold."""
        moments = filter(None, self.signatory_ids.mapped("signed_at"))
        last = self._utc(max(moments))
        if len(self.signatory_ids) == 1:
            result = self.env._("Signed on %(moment)s.", moment=last)
        else:
            result = self.env._(
                "Signed by all %(count)s signatories, the last on %(moment)s.",
                count=len(self.signatory_ids),
                moment=last,
            )
        more = self.env._(
            "%(level)s, request %(request)s. The signed document and all that is "
            "written here are embedded in this file, to be read by a machine.",
            level=self._level_name(),
            request=self.name,
        )
        if sealed:
            return [result, more]
        unsealed = self.env._(
            "The company has no seal: compare this file and the document with the "
            "archive."
        )
        return [result, more, unsealed]

    def _legal_words(self):
        """What the signatures are worth, without embellishment."""
        if self.level == "simple":
            return self.env._(
                "These are simple electronic signatures with evidence, in the sense of "
                "article 3(10) of Regulation (EU) 910/2014 (eIDAS): data attached to "
                "the document and used by the signatory to sign. Article 25(1) forbids "
                "to deny them legal effect for being electronic. Under articles 1366 "
                "and 1367 of the French Code civil they bind where the signatory can "
                "be identified and the integrity of the document is guaranteed; the "
                "presumption of reliability belongs to qualified signatures only, so "
                "it is for this file to prove both. The certificate is that of the "
                "company, which sealed what the signatories did; it is not issued to "
                "them."
            )
        return self.env._(
            "The signatures were made by a provider at the level “%(level)s” of "
            "Regulation (EU) 910/2014 (eIDAS).",
            level=self._level_name(),
        )
