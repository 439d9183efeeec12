# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A real Odoo server in its own process, on a database of its own, in no test mode."""

import os
import secrets
import signal
import subprocess
from typing import ClassVar

from demat_cli import processes, templates

from .inside import Inside
from .mail import MailServer
from .rpc import Rpc

PARAMETERS = {
    "web.base.url.freeze": "True",
    "mail.catchall.domain": "demat.example.com",
}


class DematServer:
    """Odoo on a clone of a template, with a mail server that keeps everything.

    ``base_url``, ``database``, ``data_dir``, ``smtp`` (:class:`MailServer`), ``log``.
    """

    mail_server = MailServer
    #: More lines of the host's configuration file.
    settings: ClassVar = {}

    def __init__(self, context, template, folder, watch_log):
        self.context = context
        self.template = template
        self.folder = folder
        self.smtp = self.mail_server()
        self.database = f"demat_srv_{context.cluster.owner}_{secrets.token_hex(4)}"
        self.data_dir = context.data_dir
        self._make_place(watch_log)
        kind = f"srv {os.getppid()}"
        source = getattr(template, "name", template)
        templates.clone(context, source, self.database, kind)
        self.smtp.start(processes.free_port())
        self._write_config(cron_threads=0)
        self._set_parameters()

    def _make_place(self, watch_log):
        """Where this process listens and writes."""
        self.process = None
        self.insides = []
        self.log = self.folder / f"server-{secrets.token_hex(4)}.log"
        self.log_file = watch_log(self.log)
        self.port = processes.free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"

    def _write_config(self, cron_threads):
        self.config = self.context.write_config(
            self.log.with_suffix(".conf"),
            self.database,
            http_port=self.port,
            gevent_port=processes.free_port(),
            max_cron_threads=cron_threads,
            smtp_server=self.smtp.host,
            smtp_port=self.smtp.port,
            **self.settings,
        )

    def _set_parameters(self):
        parameters = {**PARAMETERS, "web.base.url": self.base_url}
        parameters["report.url"] = self.base_url
        for key, value in parameters.items():
            self.sql(
                "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s) "
                "ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
                key,
                value,
            )
        # its first words open a window, which covers a telephone when it likes
        self.sql(
            "INSERT INTO ir_default (field_id, json_value) SELECT id, '\"disabled\"'"
            " FROM ir_model_fields"
            " WHERE model = 'res.users' AND name = 'odoobot_state'"
        )

    # -- the process ------------------------------------------------------------------

    def start(self):
        """Start the server and wait until it answers."""
        command = self.context.odoo("-c", self.config, "-d", self.database)
        self.process = processes.spawn(command, log=self.log, env=self._environment())
        record = self.log.with_suffix(".pid")
        processes.remember(record, self.process.pid)
        record.with_suffix(".owner").write_text(str(os.getppid()), encoding="utf-8")
        processes.wait_http(f"{self.base_url}/web/health", self.process.pid, self.log)
        return self

    def _environment(self):
        return self.context.environment()

    def stop(self):
        """Stop the server as an administrator would."""
        self._end(signal.SIGTERM)

    def kill(self):
        """Kill the server with SIGKILL: nothing gets a chance to tidy up."""
        self._end(signal.SIGKILL)

    def _end(self, number):
        if self.process is None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self.process = None
        self.log.with_suffix(".pid").unlink(missing_ok=True)
        self.log.with_suffix(".owner").unlink(missing_ok=True)

    def restart(self, *, cron_threads=0):
        """Stop if it runs, start again, optionally with scheduled actions."""
        self.stop()
        self._write_config(cron_threads)
        return self.start()

    def close(self):
        """Stop everything and drop the database."""
        self.stop()
        self.close_insides()
        self.smtp.stop()
        templates.discard(self.context, self.database)

    def close_insides(self):
        """End the processes of :meth:`run`; the next one starts another."""
        for inside in self.insides:
            inside.close()

    # -- ways in ----------------------------------------------------------------------

    def rpc(self, login=None, password=None):
        """A session of this user (an anonymous visitor without a login)."""
        return Rpc(self.base_url, self.database, login, password)

    def run(self, code, **values):
        """Run Python text in Odoo, beside the server, and commit.

        ``env`` is the superuser's environment, ``values`` are its other variables (as
        JSON); the answer is what the text left in ``result`` (through JSON).
        """
        [result] = self.run_together(code, **values)
        return result

    def run_together(self, *codes, **values):
        """Run texts as :meth:`run` does, each in a process of its own: the answers."""
        while len(self.insides) < len(codes):
            self.insides.append(Inside(self.context, self.config, self.log))
        target = "demat_cli.inside:execute"
        busy = list(zip(self.insides, codes, strict=False))
        for inside, code in busy:
            inside.send(target, {"code": code, "values": values})
        return [inside.answer(target) for inside, _code in busy]

    def call(self, target, **payload):
        """Run ``file.py:function`` in Odoo, in a new process, and commit.

        The function gets ``(env, payload)``; its answer comes back through JSON.
        """
        return self.context.inside(
            self.config,
            target,
            payload,
            log=self.log,
            failure=f"{target} failed",
        )

    def spawn(self, code, **values):
        """Start Python text as :meth:`run` does, without waiting: a Popen to kill."""
        return self.context.start_inside(
            self.config,
            "demat_cli.inside:execute",
            {"code": code, "values": values},
            log=self.log,
        )

    def expect_log(self, message):
        """Context: the server must log a warning or error matching ``message``.

        That line is then no failure of the run; see ``tests/log_allowlist.toml``.
        """
        return self.log_file.expect(message)

    def sql(self, query, *parameters):
        """Rows of a query on the server's database."""
        return self.context.cluster.execute((query, parameters), dbname=self.database)
