# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import os

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, format_datetime

from ..lib.hashing import canonical


class GedDocument(models.Model):
    """The end of a document: its content goes, its row, hash and journal stay.

    Decided by a list that two administrators approve (``ged.destruction``); nothing
    else calls :meth:`_destroy_content`.
    """

    _inherit = "ged.document"

    destroyed_at = fields.Datetime(
        string="Destroyed on",
        help="When the content was destroyed, at the end of the retention. The "
        "fingerprint and the journal are kept.",
    )
    can_propose = fields.Boolean(compute="_compute_can_propose")

    def _compute_can_propose(self):
        today = fields.Date.today()
        for document in self:
            document.can_propose = bool(
                not document.destroyed_at
                and document.retention_until
                and document.retention_until < today
            )

    @api.model
    def _state_columns(self):
        return [*super()._state_columns(), "destroyed_at"]

    # ------------------------------------------------------------------ reading back

    def _read_content(self):
        # A document that was destroyed by the rules misses nothing; one whose content
        # went without the line in the journal does.
        if self.sudo()._is_destroyed():
            return False, b""
        return super()._read_content()

    def _get_content(self):
        self.ensure_one()
        if self.sudo().destroyed_at:
            raise UserError(self._destroyed_message())
        return super()._get_content()

    def _seal_problem(self):
        return False if self.destroyed_at else super()._seal_problem()

    def _verified_message(self):
        if self.destroyed_at:
            return self._destroyed_message()
        return super()._verified_message()

    def _destroyed_event(self):
        """Return the line of the journal that tells of the destruction, checked against
        the date in the row; an empty recordset when there is none.
        """
        self.ensure_one()
        expected = canonical({"destroyed_at": self.destroyed_at}).decode()
        return (
            self.env["ged.event"]
            .sudo()
            .search(
                [
                    ("document_id", "=", self.id),
                    ("event_type", "=", "destroyed"),
                    ("data", "=", expected),
                ],
                limit=1,
            )
        )

    def _is_destroyed(self):
        """Tell whether row and journal say alike that the content was destroyed."""
        self.ensure_one()
        return bool(self.destroyed_at and self._destroyed_event())

    def _destroyed_message(self):
        self.ensure_one()
        document = self.sudo()
        return self.env._(
            "The content of %(document)s was destroyed on %(date)s at the end of its "
            "retention (%(detail)s). Its fingerprint and its journal are kept.",
            document=document.display_name,
            date=format_datetime(self.env, document.destroyed_at),
            detail=document._destroyed_event().detail or "—",
        )

    # ---------------------------------------------------------------- who may leave

    def _destruction_reasons(self):
        """Return ``{document id: why its content cannot be destroyed now}``.

        Documents that may leave are not in it. ``self`` is what is to leave together:
        the evidence of a document leaves with it or after it, never before.
        """
        today = fields.Date.today()
        reasons = self._destruction_needs()
        for document in self.sudo():
            reason = document._destruction_reason(today)
            if reason:
                reasons[document.id] = reason
        # evidence of what stays stays, whatever its own date says
        changed = True
        while changed:
            changed = False
            for document in self.sudo():
                subject = document.subject_id
                if not subject or subject.destroyed_at or document.id in reasons:
                    continue
                if subject.id in reasons or subject.id not in self._ids:
                    changed = True
                    reasons[document.id] = self.env._(
                        "It is evidence of %(document)s, which is kept.",
                        document=subject.display_name,
                    )
        return reasons

    def _without_reasons(self):
        """Return those that may leave together."""
        reasons = self._destruction_reasons()
        return self.filtered(lambda document: document.id not in reasons)

    def _destruction_reason(self, today):
        if self.destroyed_at:
            return self.env._("Its content is already destroyed.")
        if not self.retention_until:
            return self.env._("It is kept without limit.")
        if self.retention_until >= today:
            return self.env._(
                "It must be kept until %(date)s.",
                date=format_date(self.env, self.retention_until),
            )
        if self.legal_hold:
            return self.env._(
                "Legal hold: %(reason)s", reason=self.legal_hold_reason or "—"
            )
        if not self.chain_number:
            return self.env._("It is not linked into the chain yet.")
        return False

    def _destruction_needs(self):
        """Return ``{document id: reason}`` for documents of ``self`` whose content
        other evidence in the archive still needs. To be extended.

        A container of later evidence is kept as long as a document that it is about; an
        anchor as long as a document that it dates.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.evidence_id, min(d.name)
                  FROM ged_preservation p
                  JOIN ged_document d ON d.id = p.document_id
                 WHERE p.evidence_id = ANY(%(ids)s) AND d.destroyed_at IS NULL
                 GROUP BY p.evidence_id
                UNION ALL
                SELECT a.document_id, min(d.name)
                  FROM ged_anchor a
                  JOIN ged_document d ON d.company_id = a.company_id
                   AND d.chain_number <= a.document_number
                 WHERE a.document_id = ANY(%(ids)s) AND d.destroyed_at IS NULL
                 GROUP BY a.document_id
                """,
                ids=self.ids,
            )
        )
        return {
            document_id: self.env._(
                "It is evidence that %(document)s, among others, still needs.",
                document=name,
            )
            for document_id, name in rows
        }

    def _copies_elsewhere(self):
        """Return ``{document id: [text]}``: other files of this database with the same
        bytes.

        They belong to other applications (the invoice keeps its own file) and are not
        touched: the certificate names them, their applications remove them.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id, a.res_model, a.res_id, a.name
                  FROM ged_document d
                  JOIN ir_attachment own ON own.id = d.attachment_id
                  JOIN ir_attachment a ON a.checksum = own.checksum
                   AND a.file_size = own.file_size AND a.id != own.id
                 WHERE d.id = ANY(%s)
                 ORDER BY d.id, a.id
                """,
                self.ids,
            )
        )
        copies = {}
        for document_id, model, res_id, name in rows:
            copies.setdefault(document_id, []).append(
                self._copy_name(model, res_id, name)
            )
        return copies

    def _copy_name(self, model, res_id, filename):
        record = None
        if model in self.env and res_id:
            record = self.env[model].sudo().browse(res_id).exists()
        if not record:
            return self.env._("%(file)s (no record)", file=filename)
        return self.env._(
            "%(file)s, %(type)s %(record)s",
            file=filename,
            type=self.env["ir.model"]._get(model).name,
            record=record.display_name,
        )

    # ------------------------------------------------------------------- destruction

    def _destroy_content(self, certificate):
        """Destroy the content of documents that :meth:`_destruction_reasons` lets go.

        The row, its hash and its journal stay. The file leaves the filestore after the
        commit. What derives from the content (full text) goes with it. The triggers of
        the database check date and hold once more.

        :param certificate: number of the certificate of destruction
        """
        if not self:
            return
        self._forget_content()
        self.env.flush_all()
        files = self.sudo().attachment_id
        stored = [name for name in files.mapped("store_fname") if name]
        self.env.cr.execute(
            SQL(
                """
                UPDATE ged_document
                   SET destroyed_at = date_trunc('second', now() AT TIME ZONE 'UTC'),
                       attachment_id = NULL,
                       write_uid = %s,
                       write_date = now() AT TIME ZONE 'UTC'
                 WHERE id = ANY(%s)
                """,
                self.env.uid,
                self.ids,
            )
        )
        self.invalidate_recordset()
        files.unlink()
        self._record_events(
            "destroyed",
            [self.env._("Certificate %(number)s", number=certificate)] * len(self),
            [{"destroyed_at": document.destroyed_at} for document in self.sudo()],
        )
        self.env["ir.attachment"]._schedule_removal(stored)

    def _forget_content(self):
        """Erase what was derived from the content of these documents (extracted text,
        pictures): it must not outlive the content. To be extended.
        """

    def action_propose_destruction(self):
        """Put the selection on a list of documents to destroy."""
        return self.env["ged.destruction"]._new_list(self)._open()

    def action_open_destruction(self):
        """Open the list by which this document was destroyed."""
        self.ensure_one()
        line = self.env["ged.destruction.line"].search(
            [("document_id", "=", self.id), ("state", "=", "destroyed")], limit=1
        )
        if not line:
            raise UserError(self._destroyed_message())
        return line.destruction_id._open()


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _schedule_removal(self, names):
        """Remove stored files right after the commit, unless another row needs them.

        The host would do it at night; what is destroyed by law should not wait, and
        nobody should have to believe that the night job ran.

        :param names: values of ``store_fname``
        """
        if not names:
            return
        registry = self.env.registry

        @self.env.cr.postcommit.add
        def remove():
            with registry.cursor() as cr:
                api.Environment(cr, api.SUPERUSER_ID, {})[
                    "ir.attachment"
                ]._remove_unused(names)

    @api.model
    def _remove_unused(self, names):
        """Remove stored files that no row refers to any more; return their
        names.

        First statement of its transaction: the lock makes sure that nobody is storing
        the same content meanwhile (see the host's ``_gc_file_store``). Not free in
        time: the file is left to the host's job, where it is marked.
        """
        self.env.cr.execute("SET LOCAL lock_timeout TO '10s'")
        self.env.cr.execute("LOCK ir_attachment IN SHARE MODE")
        self.env.cr.execute(
            "SELECT store_fname FROM ir_attachment WHERE store_fname = ANY(%s)",
            [list(names)],
        )
        kept = {row[0] for row in self.env.cr.fetchall()}
        return [
            name for name in names if name not in kept and self._remove_stored(name)
        ]

    @api.model
    def _remove_stored(self, name):
        """Remove a file that nothing refers to; tell whether it is gone now.

        To be extended for storages that have an address of their own (``fs_attachment``
        writes ``code://path``).
        """
        if "://" in name:
            return False
        path = self._full_path(name)
        if os.path.isfile(path):
            os.unlink(path)
        return True
