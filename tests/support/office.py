# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The people who send invoices while things break, and what they do about it."""

import time

from .crash import CrashServer
from .firm import Firm
from .once import mails_of

# Jobs that do not concern a sending; the host would begin them all at its first start.
OUR_JOBS = ("demat_base", "demat_invoice", "ged_archive")
MAIL_QUEUE = "ir_cron_mail_scheduler_action"
POLL_SECONDS = 0.7
NUDGE_SECONDS = 5
OPEN = ("waiting", "running")


class Office:
    """A firm on one server; ``ids`` are the invoices that it has to send."""

    def __init__(self, server):
        self.server = server
        self.firm = Firm(server)
        self.firm.give_consent("noyers")
        # the mails that are counted are those of the invoices
        server.sql("UPDATE res_users SET demat_run_report = 'never'")
        self.ids = []

    def add_ready_invoices(self, count):
        """Make invoices, validate and prepare them; their ids."""
        ids = self.firm.make_invoices(count)
        self.firm.rpc("clerk").call("account.move", "action_demat_prepare", ids)
        self.ids += ids
        return ids

    def in_state(self, state):
        rows = self.server.sql(
            "SELECT id FROM account_move WHERE demat_state = %s ORDER BY id", state
        )
        return [row[0] for row in rows]

    def exchanges(self, *states):
        """Mails by state, in order: [{"id", "res_name", "res_id", "text"}]."""
        rows = self.server.sql(
            "SELECT id, res_name, res_id, error_text FROM demat_exchange "
            "WHERE channel = 'mail' AND state = ANY(%s) ORDER BY id",
            list(states),
        )
        return [
            dict(zip(("id", "res_name", "res_id", "text"), row, strict=True))
            for row in rows
        ]

    def answer(self, exchange, server=None):
        """Look into the mailbox, then say that it arrived, or send it again."""
        arrived = mails_of(self.server, exchange["res_name"])
        button = "action_confirm_arrival" if arrived else "action_send_again"
        clerk = (server or self.server).rpc("clerk", self.firm.passwords["clerk"])
        clerk.call("demat.exchange", button, [exchange["id"]])

    def call_job(self, name, module="demat_invoice"):
        """Do a scheduled action now ("Run manually")."""
        admin = self.server.rpc("admin", "admin")
        [cron] = admin.call(
            "ir.model.data",
            "search_read",
            [["module", "=", module], ["name", "=", name]],
            ["res_id"],
        )
        admin.call("ir.cron", "method_direct_trigger", [cron["res_id"]])


class JobServer(CrashServer):
    """A server that can be struck and does its scheduled actions by itself."""

    jobs = 1

    def _write_config(self, cron_threads):
        super()._write_config(cron_threads or self.jobs)

    def _set_parameters(self):
        super()._set_parameters()
        self.sql(
            "UPDATE ir_cron SET active = false WHERE id NOT IN ("
            "SELECT res_id FROM ir_model_data WHERE model = 'ir.cron' "
            "AND (module = ANY(%s) OR name = %s))",
            list(OUR_JOBS),
            MAIL_QUEUE,
        )

    def start(self):
        # after three deaths in a row the host leaves one call of a job out
        self.sql("UPDATE ir_cron_progress SET timed_out_counter = 0")
        return super().start()

    def nudge(self):
        """Wake the jobs up, as any trigger does; the host else looks once a minute."""
        self.context.cluster.execute(f"NOTIFY cron_trigger, '{self.database}'")


class SecondServer(JobServer):
    """One more server process on the database of another server."""

    def __init__(self, first, watch_log):
        self.survivors, self.refusals = set(), []
        self.context, self.folder, self.smtp = first.context, first.folder, first.smtp
        self.database, self.data_dir = first.database, first.data_dir
        self._make_place(watch_log)
        self._write_config(cron_threads=self.jobs)

    def close(self):
        """Stop the process only: the rest is the first one's."""
        self.stop()


class RunOffice(Office):
    """A clerk who launches treatments of many invoices and waits for the jobs."""

    def launch(self, ids, treatment="send"):
        """Choose the invoices in the list and start the treatment: id of the run."""
        clerk = self.firm.rpc("clerk")
        context = {"active_ids": ids, "active_model": "account.move"}
        wizard = clerk.call(
            "demat.run.wizard", "create", [{"treatment": treatment}], context=context
        )
        return clerk.call("demat.run.wizard", "action_start", wizard)["res_id"]

    def rerun_failed(self, run):
        action = self.firm.rpc("clerk").call("demat.run", "action_rerun_failed", [run])
        return action["res_id"]

    def state(self, run):
        [[state]] = self.server.sql("SELECT state FROM demat_run WHERE id = %s", run)
        return state

    def lines(self, run):
        """Lines in order: [{"move", "state", "cause", "document"}]."""
        rows = self.server.sql(
            "SELECT move_id, state, cause, document_id FROM demat_run_line "
            "WHERE run_id = %s ORDER BY sequence",
            run,
        )
        names = ("move", "state", "cause", "document")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def wait_done(self, run, seconds=300, server=None):
        """Wait for the end of a run.

        :param server: the one that works on it, if it is not the office's own
        :raise ConnectionError: it died meanwhile
        """
        server = server or self.server
        deadline = time.monotonic() + seconds
        nudged = 0
        while self.state(run) in OPEN:
            if server.process is None or server.process.poll() is not None:
                raise ConnectionError("the server is dead")
            if time.monotonic() > deadline:
                raise AssertionError(f"run {run} is {self.state(run)}, not done")
            if time.monotonic() - nudged > NUDGE_SECONDS:
                nudged = time.monotonic()
                self.server.nudge()
            time.sleep(POLL_SECONDS)
