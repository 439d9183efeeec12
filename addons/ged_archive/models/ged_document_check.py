# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import models
from odoo.exceptions import MissingError, UserError
from odoo.tools import SQL

from ..lib.errors import InvalidDocumentError
from ..lib.hashing import link, sha256
from .ged_document import SEAL_LEVELS
from .ged_evidence import build_evidence

_logger = logging.getLogger(__name__)


class GedDocument(models.Model):
    """Reading back, and whether a document still is what was archived."""

    _inherit = "ged.document"

    def _verified_message(self):
        """Return the sentence that says that a document is what it should be."""
        return self.env._("This document is unchanged since it was archived.")

    # -------------------------------------------------------------- reading back

    def _get_content(self):
        """Return the archived bytes, checked against the SHA-256 of the row.

        Says nothing about access: the caller has checked it. Raises ``UserError``
        naming the document when the file is missing or altered.
        """
        self.ensure_one()
        problem, content = self._read_content()
        if problem:
            _logger.error("archive document %s: content missing or altered", self.id)
            raise UserError(problem)
        return content

    def _content_problem(self):
        """Return in words why the file is not the archived one, or ``False``."""
        return self._read_content()[0]

    def _read_content(self):
        self.ensure_one()
        document = self.sudo()
        content = document._read_stored()
        if not content:
            problem = self.env._(
                "The file of %(document)s is missing from the storage. Restore it from "
                "a "
                "backup; the archive holds its SHA-256: %(hash)s.",
                document=document.display_name,
                hash=document.sha256,
            )
        elif sha256(content) != document.sha256:
            problem = self.env._(
                "The file of %(document)s was altered after it was archived: its "
                "SHA-256 is "
                "%(found)s instead of %(hash)s. Restore it from a backup.",
                document=document.display_name,
                found=sha256(content),
                hash=document.sha256,
            )
        else:
            problem = False
        return problem, content

    def _read_stored(self):
        """Return the bytes that the storage holds now, ``b""`` when it has none."""
        try:
            return self.sudo().attachment_id._read_archived() or b""
        except MissingError:
            # the row of the file was removed behind the back of the archive
            return b""

    def _link_problem(self):
        """Return why the row does not match its chain link, in words, or ``False``."""
        self.ensure_one()
        self.flush_recordset()
        Chain = self.env["ged.chain"]
        row = Chain._read_rows("document", SQL("id = %s", self.id))[0]
        number = row["chain_number"]
        if not number:
            return False
        previous = None
        if number > 1:
            before = Chain._read_rows(
                "document",
                SQL(
                    "company_id = %s AND chain_number = %s",
                    row["company_id"],
                    number - 1,
                ),
            )
            if not before:
                return Chain._gap_problem("document", number - 1, row).message
            previous = before[0]["chain_hash"]
        if link(previous, build_evidence("document", row)) != row["chain_hash"]:
            return Chain._link_problem("document", row).message
        return False

    def _seal_problem(self):
        """Return why the seal that the row tells of does not hold, in words, or
        ``False``.
        """
        self.ensure_one()
        if self.seal_level == "none":
            return False
        return self._seal_finding(self._get_content())

    def _seal_finding(self, content):
        """Return why ``content`` is not sealed with the certificate named in the row,
        at the level named there or a higher one; ``False`` when it is.
        """
        # slow to import: only processes that verify pay for it
        from ..lib.verify import inspect_seals

        try:
            reports = inspect_seals(content)
        except InvalidDocumentError:
            reports = []
        if not reports or not all(
            report.intact and report.modification_ok for report in reports
        ):
            return self.env._(
                "The seal of %(document)s is broken or missing: %(errors)s.",
                document=self.display_name,
                errors="; ".join(error for report in reports for error in report.errors)
                or self.env._("no seal found"),
            )
        own = [
            report for report in reports if report.fingerprint == self.seal_fingerprint
        ]
        if not own:
            return self.env._(
                "%(document)s is sealed, but not with the certificate that the archive "
                "names (%(signer)s).",
                document=self.display_name,
                signer=self.seal_signer_name,
            )
        order = [level for level, _label in SEAL_LEVELS]
        best = max(
            (report.level for report in own if report.level in order),
            key=order.index,
            default="none",
        )
        if self.seal_level not in order or (
            order.index(best) < order.index(self.seal_level)
        ):
            return self.env._(
                "The seal of %(document)s has the level %(found)s, the archive says "
                "%(level)s.",
                document=self.display_name,
                found=best,
                level=self.seal_level,
            )
        return False

    def _origin_record(self):
        """Return the record the document was made from, or an empty recordset or
        ``None``.
        """
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists()
