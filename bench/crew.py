# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Workers side by side, as the scheduled actions of a server are.

Each is a process of its own that does what the job of a run does
(``demat.run._cron_process``), and nothing else. It is told to begin through a socket
and answers with what it used.
"""

import json
import os
import subprocess
import sys
from multiprocessing.connection import Client, Listener

from odoo.tools import config

SIZE = 2
#: Seconds for a worker to load Odoo.
START = 120


class Crew:
    """Worker processes on the database of this process, as a context manager."""

    def __init__(self, folder, size=SIZE, profile=None):
        self._address = os.path.join(folder, "crew.sock")
        self._key = os.urandom(16)
        self._profile = profile
        self._size = size
        self._processes = []
        self._connections = []

    def __enter__(self):
        with Listener(self._address, authkey=self._key) as listener:
            listener._listener._socket.settimeout(START)
            for number in range(self._size):
                self._processes.append(
                    self._start(self._profile if not number else None)
                )
            for _process in self._processes:
                self._connections.append(listener.accept())
        return self

    def _start(self, profile):
        command = [sys.executable, "-W", "ignore", "-m", "demat_cli.inside"]
        process = subprocess.Popen(
            [*command, config["config"], "bench.crew:serve", os.devnull],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        payload = {"address": self._address, "key": self._key.hex(), "profile": profile}
        process.stdin.write(json.dumps(payload).encode())
        process.stdin.close()
        return process

    def work(self):
        """Have the open runs treated; return what each worker used, see ``serve``."""
        return self._have_done("work")

    def check(self, xml, times):
        """Have the rules of an electronic invoice checked so many times by each."""
        self._have_done(("check", xml, times))

    def _have_done(self, task):
        for connection in self._connections:
            connection.send(task)
        return [connection.recv() for connection in self._connections]

    def __exit__(self, *_exception):
        for connection in self._connections:
            connection.close()
        for process in self._processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def serve(env, payload):
    """A worker: treat the open runs whenever told to, until the caller has gone.

    Told ``("check", xml, times)`` it checks an invoice so often. After ``"work"`` it
    answers ``stages`` and ``beside`` (seconds by stage), ``processor`` (seconds),
    ``peak``, ``helpers`` and ``renderer`` (MB).
    """
    import cProfile
    import gc

    from bench import usage
    from bench.stages import Clock, watched

    profiler = cProfile.Profile() if payload["profile"] else None
    env.cr.commit()
    with Client(payload["address"], authkey=bytes.fromhex(payload["key"])) as caller:
        while (task := _told(caller)) is not None:
            if task != "work":
                caller.send(_check(*task[1:]))
                continue
            gc.collect()
            usage.reset_peak()
            busy, clock = usage.processor_seconds(), Clock()
            with watched(env, clock), clock.measured():
                if profiler:
                    profiler.enable()
                env["demat.run"]._cron_process()
                env.cr.commit()
                if profiler:
                    profiler.disable()
            caller.send(
                {
                    "stages": dict(clock.seconds),
                    "beside": dict(clock.beside),
                    "processor": usage.processor_seconds() - busy,
                    "peak": usage.peak(),
                    "helpers": usage.living_children(),
                    "renderer": usage.largest_dead_child(),
                }
            )
            env.invalidate_all()
    if profiler:
        profiler.dump_stats(payload["profile"])


def _told(caller):
    """The next task, nothing when the caller has gone."""
    try:
        return caller.recv()
    except EOFError:
        return None


def _check(xml, times):
    from odoo.addons.ged_archive.lib import facturx

    for _time in range(times):
        facturx.check_cii(xml, schematron=True)
