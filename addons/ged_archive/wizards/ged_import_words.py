# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..lib.export_links import later_told

#: So many problems are shown; one is too many already.
SHOWN = 50
#: What ``lib.export_later`` calls a finding that is not one column -> the field.
LATER_FIELDS = {
    "document": "document_id",
    "renewal": "predecessor_id",
    "time stamp": "stamped_at",
}


class GedImport(models.Model):
    """What the verification of an export found, in words."""

    _inherit = "ged.import"

    def _shorten(self, texts):
        lines = [f"• {text}" for text in texts[:SHOWN]]
        if len(texts) > SHOWN:
            lines.append(self.env._("… and %(count)s more.", count=len(texts) - SHOWN))
        return "\n".join(lines)

    def _summary_lines(self, content):
        lines = [
            self.env._(
                "Origin: database %(database)s, exported on %(date)s.",
                database=content.database or "—",
                date=content.created or "—",
            ),
            self.env._(
                "Files: %(files)s. Documents: %(documents)s. Links recomputed: "
                "%(links)s. Seals of documents that hold: %(seals)s.",
                files=content.files,
                documents=len(content.documents),
                links=content.links,
                seals=content.seals,
            ),
        ]
        later = sum(len(one.later) for one in content.documents)
        if later:
            lines.append(self.env._("Later time stamps: %(count)s.", count=later))
        if content.format == 1 and any(map(later_told, content.documents)):
            lines.append(
                self.env._(
                    "The export was made by an earlier version: it holds no later time "
                    "stamps, of which its journals tell. Ask for a new one to have "
                    "them."
                )
            )
        companies = sorted({one.company for one in content.documents})
        if companies:
            lines.append(
                self.env._(
                    "Archived by: %(companies)s. They are filed under %(company)s.",
                    companies=", ".join(companies),
                    company=self.company_id.name,
                )
            )
        if content.signature:
            lines.append(
                self.env._(
                    "Sealed by %(signer)s. Compare the fingerprint of the certificate "
                    "with what the origin told you: %(fingerprint)s.",
                    signer=content.signature.signer,
                    fingerprint=content.signature.fingerprint,
                )
            )
        else:
            lines.append(self.env._("The export has no seal."))
        return lines

    def _problem_text(self, problem):
        """Return the sentence for a ``lib.export_links.Problem``."""
        texts = {
            "damaged": self.env._("The file is not a sound ZIP: %(error)s."),
            "too_many": self.env._(
                "The ZIP has %(count)s files, more than can be imported."
            ),
            "bomb": self.env._(
                "%(name)s is too big, or grows too much when it is unpacked."
            ),
            "unsafe": self.env._("The ZIP has a file with a dangerous name: %(name)s."),
            "duplicate": self.env._("The ZIP has %(name)s twice."),
            "method": self.env._("%(name)s is encrypted or packed in an unknown way."),
            "no_file": self.env._("%(name)s is missing in the ZIP."),
            "sum": self.env._("%(name)s is not what its SHA-256 says: it was changed."),
            "sums_line": self.env._(
                "SHA256SUMS has a line that cannot be read: %(line)s."
            ),
            "extra": self.env._("%(name)s is in the ZIP but not in SHA256SUMS."),
            "unreadable": self.env._("%(name)s cannot be unpacked: %(error)s."),
            "signature": self.env._("The seal of the export does not hold: %(error)s"),
            "seal_missing": self.env._(
                "The export says that it is sealed, but its seal is missing."
            ),
            "manifest": self.env._(
                "manifest.xml does not follow its schema: %(error)s."
            ),
            "not_sound": self.env._(
                "The file of %(name)s was not sound when it was exported (%(status)s)."
            ),
            "no_path": self.env._("The file of %(name)s is missing (%(path)s)."),
            "no_document": self.env._(
                "%(name)s belongs to no document of the manifest."
            ),
            "content": self.env._(
                "The file of %(name)s is not the one that was archived."
            ),
            "seal": self.env._("The seal of %(name)s does not hold: %(error)s"),
            "evidence": self.env._(
                "The evidence of %(name)s cannot be read or is there twice."
            ),
            "unlinked": self.env._(
                "%(name)s was not in the chain yet when it was exported. Export it "
                "again."
            ),
            "link": self.env._(
                "Link %(number)s of %(name)s does not hold: the evidence or the chain "
                "was changed."
            ),
            "other_evidence": self.env._(
                "The evidence of %(name)s is about another file."
            ),
            "event": self.env._(
                "The journal of %(name)s has a line that is not its own."
            ),
            "journal": self.env._(
                "The journal of %(name)s does not begin with one archiving."
            ),
            "state": self.env._(
                "“%(field)s” of %(name)s is not what the journal says: it was changed."
            ),
            **self._later_texts(),
        }
        values = {"company": self.company_id.name, **problem.values}
        if problem.code == "later":
            values["error"] = self._later_labels(values["error"])
        return texts[problem.code] % values

    def _later_labels(self, error):
        """Put the labels of the fields in place of what the library calls them."""
        known = self.env["ged.preservation"]._fields
        names = [LATER_FIELDS.get(part, part) for part in error.split(", ")]
        return ", ".join(
            known[name].get_description(self.env, ["string"])["string"]
            if name in known
            else name
            for name in names
        )

    def _later_texts(self):
        """Return the sentences about later evidence."""
        return {
            "later": self.env._(
                "The later evidence of %(name)s is not what its container "
                "%(container)s says (%(error)s)."
            ),
            "later_count": self.env._(
                "The journal of %(name)s tells of more or fewer later time stamps than "
                "the export holds."
            ),
            "later_line": self.env._(
                "The later time stamps of %(name)s do not follow one another."
            ),
            "later_missing": self.env._(
                "The container of a later time stamp of %(name)s is not in the export."
            ),
            "later_untrusted": self.env._(
                "The time stamp of the later evidence %(name)s comes from %(server)s, "
                "which none of the authorities vouches for that %(company)s trusts. If "
                "you trust it, add its root to the seal profile, then verify again."
            ),
            "later_unproven": self.env._(
                "Nothing in %(container)s proves the level %(level)s of %(name)s by "
                "certificates that are known here. Add the root certificates of the "
                "origin to the seal profile of %(company)s, then verify again."
            ),
        }
