# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import os
from contextlib import contextmanager, suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config, split_every

from ..lib.print_merge import BrokenPdfError, Merger, draw_cover
from .account_move_dispatch import BATCH_SIZE

#: Up to this number of invoices the file is made while the clerk waits.
AT_ONCE = 100
#: A file can be fetched for so long, and is then removed.
KEPT = timedelta(hours=24)
#: Begin of the words in the journal of the archive; the invoice's own journal has the
#: event already.
DETAIL = "Print request"
MARK = "DUPLICATA"


class DematPrintRequest(models.Model):
    """Invoices that somebody prints: which, in which order, and the file of it.

    Life: waiting → done, or failed. Written by the system only (:meth:`_ask`); the file
    is read by who asked, for a day. Small ones are made at once, big ones by a job.
    Nothing is marked before the file is there (:meth:`_finish`).
    """

    _name = "demat.print.request"
    _description = "Printing of Invoices"
    _order = "id desc"

    kind = fields.Selection(
        [
            ("print", "Print"),
            ("preview", "Preview"),
            ("files", "Print files"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("done", "Ready"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    # ids in the order of the list, which a relation would lose
    move_ids = fields.Json(string="Invoices", readonly=True)
    total = fields.Integer(string="Number of invoices", readonly=True)
    done_count = fields.Integer(string="Invoices treated", readonly=True)
    printed_count = fields.Integer(string="Invoices in the file", readonly=True)
    problems = fields.Json(
        readonly=True, help="[[id of the invoice, its name, the cause]]"
    )
    problem_text = fields.Text(string="Not printed", compute="_compute_problem_text")
    made_at = fields.Datetime(string="Made on", readonly=True)
    error = fields.Text(string="What went wrong", readonly=True)

    @api.depends("problems")
    def _compute_problem_text(self):
        for request in self:
            request.problem_text = "\n".join(
                f"{name}: {cause}" for _id, name, cause in request.problems or ()
            )

    @api.depends("kind")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for request in self:
            request.display_name = f"{labels.get(request.kind)} {request.id or ''}"

    # -- asking -----------------------------------------------------------------------

    @api.model
    def _ask(self, kind, moves):
        """Make the file of these invoices, or have it made by the job.

        :param kind: a value of ``kind``
        :param moves: the invoices, in the order in which they are printed; the caller
            has checked the access
        :return: the action that gives the file or shows how far it is
        :raises UserError: no invoice, or none that can be printed
        """
        if not moves:
            raise UserError(self.env._("Choose the invoices first."))
        request = self.sudo().create(
            {"kind": kind, "move_ids": moves.ids, "total": len(moves)}
        )
        if len(moves) > AT_ONCE:
            self.env.ref("demat_invoice.ir_cron_print").sudo()._trigger()
            return request._open_action()
        request._produce()
        request._finish()
        if request.state == "failed":
            raise UserError(
                self.env._(
                    "%(cause)s\n%(details)s",
                    cause=request.error,
                    details=request.problem_text or "",
                )
            )
        return request._file_action()

    def _file_action(self):
        return {
            "type": "ir.actions.act_url",
            "url": f"/demat/print/{self.id}",
            "target": "download" if self._is_zip() else "new",
        }

    def _open_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_download(self):
        """Give the file; the route checks the access."""
        self.ensure_one()
        self._check_available()
        return self._file_action()

    def _check_available(self):
        """:raises UserError: the file is not made yet, or is no longer there
        :raises AccessError: somebody else asked for it, or lost the access since
        """
        self.check_access("read")
        self.env["account.move"].browse(self.move_ids).exists().check_access("read")
        limit = fields.Datetime.now() - KEPT
        if (
            self.state != "done"
            or self.made_at < limit
            or not os.path.exists(self._path())
        ):
            raise UserError(
                self.env._("The file is not there, or no longer: print again.")
            )

    # -- making -----------------------------------------------------------------------

    @api.model
    def _folder(self):
        """Return where the files are, next to those of the host, of this database."""
        folder = os.path.join(config.filestore(self.env.cr.dbname), "demat_print")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return folder

    def _path(self):
        """Return where the file is; made from the id alone."""
        return os.path.join(self._folder(), f"{self.id}.{self._extension()}")

    def _is_zip(self):
        """TO EXTEND with the kinds that give one file for each invoice."""
        return self.kind == "files"

    def _extension(self):
        return "zip" if self._is_zip() else "pdf"

    def _filename(self):
        """Return the name under which the file is saved."""
        self.ensure_one()
        moves = self.env["account.move"].browse(self.move_ids)
        extension = self._extension()
        if self.total == 1 and extension == "pdf":
            return moves.sudo()._get_invoice_report_filename()
        date = fields.Datetime.context_timestamp(self, self.made_at)
        return f"{self.env._('invoices')}_{date:%Y%m%d_%H%M}.{extension}"

    @contextmanager
    def _new_file(self):
        """Give the path to write to; the file takes its place when all went well."""
        part = self._path() + ".part"
        try:
            yield part
            os.replace(part, self._path())
        finally:
            with suppress(FileNotFoundError):
                os.unlink(part)

    def _produce(self, progress=None):
        """Write the file; of the database only the outcome on this row.

        :param progress: called with the number of invoices done after each batch
        """
        self.ensure_one()
        writer = self._write_zip if self._is_zip() else self._write_pdf
        with self._new_file() as path:
            printed, problems = writer(path, progress)
        self.write(
            {
                "problems": [
                    [move.id, move.display_name, problems[move.id]]
                    for move in self._moves().exists()
                    if move.id in problems
                ],
                "printed_count": len(printed),
                "done_count": self.total,
            }
        )

    def _moves(self):
        return self.env["account.move"].browse(self.move_ids)

    def _batches(self, progress):
        """Give the invoices that exist batch by batch, with what is printed of them.

        :return: iterator of ``(moves, {id: bytes}, {id: cause})``
        """
        done = 0
        for ids in split_every(BATCH_SIZE, self.move_ids):
            moves = self.env["account.move"].browse(ids).exists()
            yield moves, *moves._demat_print_contents()
            done += len(ids)
            # the bytes of this batch, and what the drawing has read
            self.env.invalidate_all()
            if progress:
                progress(done)

    def _write_pdf(self, path, progress=None):
        """Write one PDF with a watermark on reprints and a page of what is missing.

        :return: ``([ids], {id: cause})``
        """
        printed, problems, names = [], {}, {}
        with Merger() as merger:
            for moves, contents, bad in self._batches(progress):
                problems |= bad
                for move in moves:
                    names[move.id] = move.display_name
                    if move.id not in contents:
                        continue
                    again = move.demat_edition_count and (
                        move.company_id.sudo().demat_mark_reprints
                    )
                    try:
                        merger.add(
                            contents[move.id],
                            move.display_name,
                            watermark=MARK if again else None,
                        )
                    except BrokenPdfError as error:
                        problems[move.id] = self.env._(
                            "Its PDF cannot be read: %(why)s", why=error
                        )
                    else:
                        printed.append(move.id)
            merger.save(path, cover=self._cover(problems, names))
        return printed, problems

    def _cover(self, problems, names):
        """Return (title, PDF) of the page that says what was not printed, or None."""
        if not problems:
            return None
        title = self.env._("Not printed")
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        intro = self.env._(
            "%(count)s of %(total)s invoices could not be printed by %(user)s on "
            "%(date)s. They are not marked as printed.",
            count=len(problems),
            total=self.total,
            user=self.env.user.name,
            date=f"{now:%d/%m/%Y %H:%M}",
        )
        lines = [(names[move_id], cause) for move_id, cause in problems.items()]
        return title, draw_cover(title, intro, lines)

    # -- afterwards -------------------------------------------------------------------

    def _finish(self):
        """Mark what was printed, write the journals, and the outcome on this row."""
        self.ensure_one()
        problems = {move_id for move_id, _name, _cause in self.problems or ()}
        moves = self._moves().exists()
        printed = moves.browse(i for i in moves.ids if i not in problems)
        if not printed:
            self.write(
                {
                    "state": "failed",
                    "error": self.env._("None of these invoices can be printed:"),
                }
            )
            return
        self._mark(printed)
        self._record_reading(printed)
        self.write({"state": "done", "made_at": fields.Datetime.now()})

    def _mark(self, printed):
        """Note on the invoices that they are in the file. TO EXTEND with a kind."""
        if self.kind == "print":
            printed._demat_mark_printed()
        else:
            printed._demat_log_change("print_files" if self._is_zip() else "preview")

    def _record_reading(self, moves):
        """The archive notes whose sealed originals were read."""
        originals = (
            moves.sudo()
            .filtered(lambda move: move.demat_state == "sent")
            .demat_document_id
        )
        originals.with_env(self.env)._record_event(
            "downloaded" if self._is_zip() else "viewed",
            detail=f"{DETAIL} {self.id} ({self.kind})",
        )
