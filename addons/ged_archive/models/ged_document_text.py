# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.errors import ArchiveError
from ..lib.fulltext import Extractor, search_expression
from .ged_chain import CONTENTION
from .ir_attachment import StorageUnavailable

_logger = logging.getLogger(__name__)

BATCH = 20


class GedDocumentText(models.Model):
    """Words of one document, to find it by what is in it.

    A row is queued when the document is archived; a job fills it, in transactions of
    its own. No evidence: it can be made again at any time from the file.
    """

    _name = "ged.document.text"
    _description = "Text of an archived document"
    _order = "document_id desc"
    _rec_name = "document_id"

    document_id = fields.Many2one(
        "ged.document", required=True, ondelete="cascade", index=True
    )
    state = fields.Selection(
        [
            ("pending", "To be read"),
            ("done", "Read"),
            ("empty", "No text"),
            ("failed", "Not readable"),
            ("forgotten", "Content destroyed"),
        ],
        required=True,
        default="pending",
    )
    text = fields.Text(
        help="Words without accents and punctuation, in the order of the document.",
    )
    error = fields.Char(string="Cause")
    company_id = fields.Many2one(related="document_id.company_id")
    kind_id = fields.Many2one(related="document_id.kind_id")
    partner_id = fields.Many2one(related="document_id.partner_id", string="Customer")

    _document_uniq = models.Constraint(
        "UNIQUE (document_id)", "The text of this document is already stored."
    )
    _pending_idx = models.Index("(document_id) WHERE state = 'pending'")

    def init(self):
        res = super().init()
        cr = self.env.cr
        cr.execute(
            "ALTER TABLE ged_document_text ADD COLUMN IF NOT EXISTS words tsvector"
            " GENERATED ALWAYS AS (to_tsvector('simple', COALESCE(text, ''))) STORED"
        )
        cr.execute(
            "CREATE INDEX IF NOT EXISTS ged_document_text__words_idx"
            " ON ged_document_text USING gin (words)"
        )
        # documents archived before there was a full-text search
        cr.execute(
            """
            INSERT INTO ged_document_text (document_id, state)
            SELECT d.id, 'pending'
              FROM ged_document d
             WHERE NOT EXISTS (
                   SELECT FROM ged_document_text t WHERE t.document_id = d.id)
            """
        )
        return res

    @api.model
    def _queue(self, documents):
        """Have the texts of ``documents`` read soon, after this transaction."""
        self.env.cr.execute(
            """
            INSERT INTO ged_document_text (document_id, state)
            SELECT unnest(%s), 'pending'
            ON CONFLICT (document_id) DO UPDATE
               SET state = 'pending', text = NULL, error = NULL
            """,
            [documents.ids],
        )
        self.invalidate_model(flush=False)
        cron = self.env.ref("ged_archive.ir_cron_index", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()

    def action_read_again(self):
        """Queue the texts again, as an administrator asks after an update."""
        self.check_access("write")
        self.sudo()._queue(self.document_id)

    @api.model
    def _pending(self, limit):
        return self.sudo().search(
            [("state", "=", "pending")], limit=limit, order="document_id"
        )

    def _read_texts(self, extractor):
        """Read the files of these rows and store their words, or why there are none.

        One that fails, whatever the reason, does not keep the others from being read.

        :return: ``False`` when the storage of the files does not answer
        """
        for row in self.sudo():
            try:
                text = extractor.text(
                    row.document_id._read_text_source(), row.document_id.mimetype
                )
            except StorageUnavailable:
                # it says nothing about the file: asked again by a later run
                _logger.info("texts are read later: the storage does not answer")
                return False
            except (ArchiveError, UserError) as exc:
                values = {"state": "failed", "text": False, "error": str(exc)[:500]}
            else:
                values = {
                    "state": "done" if text else "empty",
                    "text": text,
                    "error": False,
                }
            row.write(values)
        return True

    @api.model
    def _cron_index(self):
        """File what has no folder, then read the texts that wait, batch by batch."""
        Cron = self.env["ir.cron"]
        testing = bool(modules.module.current_test)
        try:
            while self.env["ged.document"].sudo()._file_misfiled():
                if not testing:
                    Cron._commit_progress()
        except CONTENTION as exc:
            self.env.cr.rollback()
            _logger.info("filing postponed (%s)", type(exc).__name__)
        with Extractor() as extractor:
            while rows := self._pending(BATCH).try_lock_for_update():
                answers = rows._read_texts(extractor)
                rows.flush_recordset()
                if not answers:
                    break
                if testing:
                    continue
                remaining = self.sudo().search_count([("state", "=", "pending")])
                if not Cron._commit_progress(len(rows), remaining=remaining):
                    break


class GedDocument(models.Model):
    _inherit = "ged.document"

    content_text = fields.Char(
        string="Text of the content",
        compute="_compute_content_text",
        search="_search_content_text",
        groups="ged_archive.group_ged_user",
        help='Words of the document. Beginnings of words are enough; "in quotes" words '
        "in this order; a word after - must be absent; or between two words.",
    )

    def _compute_content_text(self):
        self.content_text = False

    @api.model
    def _search_content_text(self, operator, value):
        if operator == "in":
            values = [one for one in value if isinstance(one, str)]
        elif operator in ("ilike", "like", "=ilike", "=like"):
            values = [value]
        else:
            return NotImplemented
        wanted = [search_expression(one) for one in values]
        return Domain.OR(_contains(expression) for expression in wanted if expression)

    def _read_text_source(self):
        """Return the bytes whose words are searched."""
        return self._get_content()

    def _forget_content(self):
        """Drop what was derived from the content: it has been destroyed."""
        res = super()._forget_content()
        self.env.cr.execute(
            "UPDATE ged_document_text"
            " SET text = NULL, error = NULL, state = 'forgotten'"
            " WHERE document_id = ANY(%s)",
            [self.ids],
        )
        self.env["ged.document.text"].invalidate_model(flush=False)
        return res


def _contains(expression):
    """Return the domain of the documents whose words match a ``tsquery`` text."""

    def to_sql(model, alias, query):
        return SQL(
            "%s IN (SELECT document_id FROM ged_document_text"
            " WHERE words @@ to_tsquery('simple', %s))",
            SQL.identifier(alias, "id"),
            expression,
        )

    def predicate(document):
        return bool(
            document.env["ged.document"].search_count(
                Domain.custom(to_sql=to_sql) & Domain("id", "=", document.id)
            )
        )

    return Domain.custom(to_sql=to_sql, predicate=predicate)
