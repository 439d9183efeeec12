# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib

from odoo import api, models
from odoo.tools import SQL

from .ged_chain_verify import ChainProblem, VerifySlice

#: A slice ends with the document that goes beyond.
SLICE_DOCUMENTS = 100
SLICE_BYTES = 32 * 1024 * 1024


class GedChain(models.Model):
    """Step of the verification: every byte of every file, and the seals in them."""

    _inherit = "ged.chain"

    @api.model
    def _verify_step_contents(self, company_id, cursor, scope):
        rows = self.env.execute_query(
            SQL(
                "SELECT d.id, d.size FROM ged_document d WHERE d.company_id = %s"
                " AND d.id > %s AND %s ORDER BY d.id LIMIT %s",
                company_id,
                cursor.get("id", 0),
                scope,
                SLICE_DOCUMENTS,
            )
        )
        if not rows:
            return VerifySlice([], None)
        ids, total = [], 0
        for document_id, size in rows:
            ids.append(document_id)
            total += size or 0
            if total >= SLICE_BYTES:
                break
        documents = self.env["ged.document"].sudo().browse(ids)
        problems = documents._verify_contents()
        return VerifySlice(problems, {"id": ids[-1]}, documents=len(ids), size=total)


class GedDocument(models.Model):
    _inherit = "ged.document"

    def _verify_contents(self):
        """Re-read the files and compare them with the rows; return a list of
        :class:`ChainProblem`.

        Of a file only the first cause is told: content, then file, then seal; the
        evidence that was added later is judged apart. What was destroyed at the end of
        its retention has no content, and needs none.
        """
        problems = []
        destroyed = self._destroyed_ids()
        # what the table says now; the rows of all these files are read in one query
        self.sudo().attachment_id.invalidate_recordset()
        for document in self.sudo():
            if document.id in destroyed:
                continue
            code, message = document._file_finding()
            findings = [(code, message)] if code else []
            findings += [
                ("later", message) for message in document._preservation_problems()
            ]
            problems += [
                ChainProblem(
                    code, "document", document.id, document.name, message, document.id
                )
                for code, message in findings
            ]
            # one file in memory at a time, also of those kept in the database
            document.attachment_id.invalidate_recordset(["db_datas"], flush=False)
        self.invalidate_recordset(flush=False)
        return problems

    def _destroyed_ids(self):
        """Return the ids of the documents whose content was destroyed: row and journal
        say so alike. A line of the journal alone is no leave to lose a file.
        """
        return {
            document.id
            for document in self.sudo()
            if not document.attachment_id and document._is_destroyed()
        }

    def _file_finding(self):
        """Return ``(code, message)`` of what is wrong with the file, ``(False, False)``
        when all is well.
        """
        problem, content = self._read_content()
        if problem:
            return "content", problem
        if problem := self._binding_problem(content):
            return "file", problem
        if self.seal_level != "none" and (problem := self._seal_finding(content)):
            return "seal", problem
        return False, False

    def _binding_problem(self, content):
        """Return in words why the stored file is not held as an archived one, or
        ``False``.

        A file with the right bytes that is not bound to its document is not protected
        by the triggers; one with an address or a token can be read without rights.
        """
        file = self.attachment_id
        held = (
            file.res_model == "ged.document"
            and file.res_id == self.id
            and file.res_field is False
            and file.type == "binary"
            and file.url is False
            and not file.public
            and file.access_token is False
            # the host stores what browsers could run (HTML, XML) as plain text
            and file.mimetype in (self.mimetype, "text/plain")
            and file.file_size == self.size == len(content)
            and file.checksum == hashlib.sha1(content).hexdigest()
        )
        return not held and self.env._(
            "The file of %(document)s has the right content, but it is no longer held "
            "as a file of the archive (owner, type, size or who may read it): "
            "attachment %(file)s was changed behind the back of the archive.",
            document=self.display_name,
            file=file.id,
        )
