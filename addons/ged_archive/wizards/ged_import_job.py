# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import logging
import time
import zipfile
from datetime import timedelta
from functools import partial

from odoo import api, fields, models, modules
from odoo.exceptions import UserError

from ..lib.errors import ArchiveError
from ..lib.export_read import count_documents, read_export
from ..lib.export_so_far import ReadSoFar
from ..models.alive import alive
from ..models.ged_chain import CONTENTION

_logger = logging.getLogger(__name__)

#: Up to this size the export is verified and imported while the browser waits.
AT_ONCE_DOCUMENTS = 200
AT_ONCE_BYTES = 20 * 1024 * 1024
#: An import that is over is removed, with its file, after so many days.
KEPT_DAYS = 7
#: First key of the advisory locks that living workers hold on their import.
LOCK_CLASS = 0x67656469  # "gedi"
#: States in which there is work to do.
OPEN = ("verifying", "importing")
#: Files read between two notes of the progress.
STEP = 200
#: Seconds of work in a run, after what each run has to read again: the digest of the
#: file, the manifest and its links. Well below the time that a server gives a job.
AT_LEAST = 30
_OPEN_FIELDS = {"file", "filename", "company_id", "trusted", "reason"}


class OutOfTime(Exception):
    """The job must end here; the next run goes on."""


class Stopped(Exception):
    """A user has stopped the import."""


class _Turn:
    """The time of one run of the job. The host counts from its start; here some is left
    for the work itself, however long what has to be read again before it took.
    """

    def __init__(self):
        self._ends = None

    def begin(self):
        """What comes now is work."""
        if self._ends is None:
            self._ends = time.monotonic() + AT_LEAST

    def is_over(self):
        return self._ends is not None and time.monotonic() >= self._ends


class GedImport(models.Model):
    """The job that verifies and imports big exports.

    All of an export is verified before the first document is filed; what was read is
    noted now and then, and a verification that was interrupted goes on there. Then it
    is filed in batches, each with its own commit: an import that was interrupted goes
    on with what is not in the archive yet, which the journal tells.
    """

    _inherit = "ged.import"

    total = fields.Integer(string="Number of documents", readonly=True)
    done = fields.Integer(string="Documents done", readonly=True)
    error = fields.Char(string="Why it stopped", readonly=True)
    known_before = fields.Json(
        readonly=True,
        help="Documents of the export that were in the archive before the import, "
        "under “ids”; empty before it began.",
    )
    found_sound = fields.Json(
        string="Found sound",
        readonly=True,
        help="SHA-256 of the file that the import has verified, under “sha256”, and "
        "how many seals held, under “seals”.",
    )

    reading = fields.Json(
        string="Read so far",
        readonly=True,
        help="What a verification that was paused has read and found, under “so_far”, "
        "of the file with the SHA-256 under “sha256”.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._only_open(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._only_open(vals))

    @api.model
    def _only_open(self, vals):
        """Drop what tells what was done: not for those who ask."""
        if self.env.su:
            return vals
        return {key: value for key, value in vals.items() if key in _OPEN_FIELDS}

    def _tell(self, **values):
        """Write what was done."""
        self.sudo().write(values)

    # ------------------------------------------------------------------- buttons

    def action_verify(self):
        with self._opened() as file:
            big = self._is_big(file)
        if not big:
            return super().action_verify()
        return self._queue("verifying")

    def action_import(self):
        with self._opened() as file:
            big = self._is_big(file)
        if not big:
            return super().action_import()
        if self.state not in ("verified", "failed"):
            raise UserError(self.env._("Verify the export first."))
        return self._queue("importing")

    def action_stop(self):
        """Stop the job; what is imported stays, and it can go on later."""
        for one in self.filtered(lambda one: one.state in OPEN):
            one._tell(
                state="new" if one.state == "verifying" else "failed",
                error=one.state == "importing" and self.env._("Stopped by a user."),
            )

    @api.model
    def _is_at_work(self, company):
        """Tell whether an import has filed documents in ``company`` and is not over,
        even one that has stopped: it can go on.
        """
        begun = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("importing", "failed")),
            ]
        )
        return any(one.known_before for one in begun)

    def _is_big(self, file):
        size = file.seek(0, 2)
        file.seek(0)
        count = count_documents(file)
        file.seek(0)
        return size > AT_ONCE_BYTES or count > AT_ONCE_DOCUMENTS

    def _queue(self, state):
        self._tell(state=state, done=0, error=False, problems=False, reading=False)
        self._trigger()
        return self._open_progress()

    def _open_progress(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import an export"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (self.env.ref("ged_archive.ged_import_view_form_progress").id, "form")
            ],
        }

    # --------------------------------------------------------------------- job

    @api.model
    def _cron_import(self):
        """Work off what waits, or was left by a crash, in the name of who asked."""
        held = self.browse()
        while job := self.sudo().search(
            [("state", "in", OPEN), ("id", "not in", held.ids)], order="id", limit=1
        ):
            held |= job
            with alive(self.env.cr, LOCK_CLASS, job.id) as mine:
                if mine and not job._work_or_fail():
                    return

    def _work_or_fail(self):
        """Do the step of this import; return whether there is time for another."""
        user = self.create_uid
        asked = self.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids, lang=user.lang
        )
        try:
            if self.state == "verifying":
                asked._work_verify()
            else:
                asked._work_import()
        except OutOfTime:
            return False
        except Stopped:
            return True
        except CONTENTION:
            # somebody wrote in between, say to stop it: look again
            self._roll_back()
            self._trigger()
            return True
        except (UserError, ArchiveError) as error:
            self._fail(str(error))
        except Exception as error:
            _logger.exception("import %s stopped", self.id)
            self._fail(str(error) or type(error).__name__)
        self._notify()
        return self._commit(1)

    def _work_verify(self):
        turn = _Turn()
        with self._opened() as file:
            digest = _digest_of(file)
            before = self.reading or {}
            known = before.get("sha256") == digest
            content = read_export(
                file,
                partial(self._progress, digest, turn),
                so_far=ReadSoFar.from_json(before["so_far"]) if known else None,
                trust=self._trust(),
            )
            self._verify(content)
        if not content.problems:
            self._tell(found_sound={"sha256": digest, "seals": content.seals})
        count = len(content.documents)
        self._tell(done=count, total=count, reading=False)

    def _work_import(self):
        with self._opened() as file:
            content = self._read_sound_once(file)
            known = self._known(content)
            if not self.known_before:
                self._tell(
                    known_before={"ids": sorted(known)}, total=len(content.documents)
                )
            self._tell(done=len(known))
            # The time may be over already: it is looked at after a batch only, or a
            # run that reads a big file would end each time before it filed anything.
            self._commit(1)
            self._check_stopped()
            turn = _Turn()
            turn.begin()
            with zipfile.ZipFile(file) as archive:
                _done, skipped = self._file_documents(
                    content, archive, lambda done: self._pause(len(known) + done, turn)
                )
        filed = len(self._known(content)) - len(self.known_before["ids"])
        self._finish(content, filed, skipped)
        self._tell(done=self.total)

    def _read_sound_once(self, file):
        """Return the content of the export; its files were read by the verification,
        and are not read again while they are the same bytes.
        """
        digest = _digest_of(file)
        before = self.found_sound or {}
        if before.get("sha256") == digest:
            content = self._read_sound(file, sound=True)
            content.so_far.seals = before["seals"]
            return content
        content = self._read_sound(file)
        self._tell(found_sound={"sha256": digest, "seals": content.seals})
        return content

    def _progress(self, digest, turn, content):
        """Keep how far the verification is now and then, and end here when the time of
        the job is over: the next run goes on with the file that comes next.
        """
        turn.begin()
        so_far = content.so_far
        if so_far.count % STEP:
            return
        self._tell(
            done=so_far.done["documents"],
            total=len(content.documents),
            reading={"sha256": digest, "so_far": so_far.as_json()},
        )
        self._keep(turn)

    def _pause(self, done, turn):
        """Keep what is done, and end here when the time of the job is over."""
        self._tell(done=done)
        self._keep(turn)

    def _keep(self, turn):
        left = self._commit(1)
        self._check_stopped()
        if not left and turn.is_over():
            self._trigger()
            raise OutOfTime

    def _check_stopped(self):
        self.invalidate_recordset(["state"])
        if self.state not in OPEN:
            raise Stopped

    def _trigger(self):
        self.env.ref("ged_archive.ir_cron_import").sudo()._trigger()

    @api.model
    def _commit(self, done):
        """Commit; return whether the job has time left. Inert in tests."""
        if modules.module.current_test:
            return True
        return bool(self.env["ir.cron"]._commit_progress(done))

    def _roll_back(self):
        if not modules.module.current_test:
            self.env.cr.rollback()
        self.env.invalidate_all(flush=False)

    def _fail(self, message):
        self._roll_back()
        state = "new" if self.state == "verifying" else "failed"
        self._tell(state=state, error=message)

    def _notify(self):
        """Tell who asked, wherever he is in the program."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        user = self.create_uid
        user._bus_send(
            "simple_notification",
            {
                "type": "danger" if self.state in ("failed", "refused") else "success",
                "title": self.with_context(lang=user.lang).env._("Import of an export"),
                "message": f"{self.display_name}: {labels.get(self.state)}",
                "sticky": True,
            },
        )

    @api.autovacuum
    def _gc_imports(self):
        """Remove imports that are over, with their files; the journal keeps them."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("write_date", "<", limit), ("state", "not in", OPEN)]).unlink()


def _digest_of(file):
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return digest
