# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A process with Odoo in it that carries out what tests ask for, one after another."""

import contextlib
import json
import os
import subprocess

from demat_cli import console


class Inside:
    """Odoo on one database, kept ready: starting it takes longer than most requests.

    After a failure, and when the configuration has changed, it starts anew.
    """

    def __init__(self, context, config, log):
        self.context = context
        self.config = config
        self.log = log
        self.process = None
        self.answers = None
        self.started_with = None

    def ask(self, target, payload):
        """Carry out a request: see :mod:`demat_cli.inside`.

        :raise console.Failure: with the end of the log
        """
        self.send(target, payload)
        return self.answer(target)

    def send(self, target, payload):
        """Hand over a request without waiting; :meth:`answer` must follow."""
        if self.process is None or self.started_with != self.config.read_bytes():
            self.close()
            self._start()
        request = json.dumps({"target": target, "payload": payload})
        # a process that died meanwhile is told of where the answer is missing
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(request.encode() + b"\n")
            self.process.stdin.flush()

    def answer(self, target):
        """Wait for the answer to what :meth:`send` handed over."""
        line = self.answers.readline()
        if not line:
            self.close()
            tail = console.tail(self.log)
            raise console.Failure(f"{target} failed", f"read {self.log}", tail)
        return json.loads(line)

    def _start(self):
        self.started_with = self.config.read_bytes()
        reading, writing = os.pipe()
        with open(self.log, "ab") as stream:
            self.process = subprocess.Popen(
                self.context.inside_command(self.config, writing),
                stdin=subprocess.PIPE,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=self.context.environment(),
                pass_fds=[writing],
            )
        os.close(writing)
        self.answers = open(reading, encoding="utf-8")  # noqa: SIM115

    def close(self):
        """End the process; it has written what it had to."""
        if self.process is None:
            return
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self.answers.close()
        self.process = self.answers = None
