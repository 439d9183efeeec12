# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A simulated Chorus Pro for the tests: ``with Simulator() as chorus: …``.

In a thread of this process by default, in a process of its own with ``process=True``.
Everything goes over HTTP, so that both behave alike.
"""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from chorus_sim.platform import ACCOUNT
from chorus_sim.server import TOKEN_PATH, SimulatorServer

from .files import ROOT

STARTING = 30


class ControlError(Exception):
    """The simulator refused a command; the text says why."""


class Simulator:
    """The addresses and credentials of a simulator, and the commands to it.

    ``token_url``, ``api_url``, ``control_url`` are its addresses; ``client_id``,
    ``client_secret``, ``login``, ``password`` open it.
    """

    client_id = ACCOUNT.client_id
    client_secret = ACCOUNT.client_secret
    login = ACCOUNT.login
    password = ACCOUNT.password

    def __init__(self, process=False):
        self._server = self._process = None
        if process:
            self._process, self.url = self._spawn()
        else:
            self._server = SimulatorServer()
            # not .start(): the thread must end with the test that asked for it
            self._thread = threading.Thread(target=self._server.serve_forever)
            self._thread.daemon = True
            self._thread.start()
            self.url = self._server.url

    @property
    def token_url(self):
        return f"{self.url}{TOKEN_PATH}"

    @property
    def api_url(self):
        return self.url

    @property
    def control_url(self):
        return f"{self.url}/control"

    @property
    def platform(self):
        """The platform itself; only in a thread of this process."""
        return self._server.platform

    def _spawn(self):
        command = [sys.executable, "-m", "chorus_sim", "--port", "0"]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        line = process.stdout.readline().strip()
        if not line.endswith("/control"):
            raise ControlError(f"the simulator did not start: {line!r}")
        return process, line.removesuffix("/control")

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.close()

    def close(self):
        if self._process:
            self._process.terminate()
            self._process.wait(STARTING)
            self._process.stdout.close()
        if self._server:
            self._server.close()
            self._thread.join(STARTING)

    # -- commands ----------------------------------------------------------------------

    def control(self, **commands):
        """Send commands (``chorus_sim.control.COMMANDS``); the state after them.

        :raise ControlError: one was refused
        """
        request = urllib.request.Request(
            self.control_url,
            json.dumps(commands).encode(),
            {"Content-Type": "application/json"},
        )
        return self._read(request)

    def _read(self, request):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise ControlError(error.read().decode()) from error

    def state(self):
        """The state: ``flows``, ``invoices``, ``calls``, ``now``."""
        return self._read(f"{self.url}/control.json")

    @property
    def flows(self):
        return self.state()["flows"]

    @property
    def invoices(self):
        return self.state()["invoices"]

    def invoice(self, number):
        """The invoice of a number (exactly one)."""
        (found,) = (item for item in self.invoices if item["number"] == number)
        return found

    @property
    def calls(self):
        """Calls by operation: token, deposer/flux, structures/rechercher…"""
        return self.state()["calls"]

    def forget_calls(self):
        self.control(forget_calls=True)

    def set_status(self, invoice, status, comment=""):
        """The recipient gives an invoice (id or number) a status, any text."""
        self.control(act={"invoice": invoice, "status": status, "comment": comment})

    def set_statuses(self, invoices, status):
        """The same status for many invoices."""
        rows = [{"invoice": invoice, "status": status} for invoice in invoices]
        self.control(acts=rows)

    def fault(self, kind, operation="*", **values):
        """Plan a fault: drop, lose, status, slow, garbage, code.

        See ``chorus_sim.faults.Fault`` for what each does and for the other values.
        """
        self.control(fault={"kind": kind, "operation": operation, **values})

    def configure(self, **settings):
        """Change settings: see ``chorus_sim.records.Settings``."""
        self.control(settings=settings)

    def add_structure(self, siret, name, **values):
        """A structure of the directory, public if nothing is said; see
        ``chorus_sim.directory.Structure``."""
        self.control(structure={"siret": siret, "name": name, **values})

    def add_supplier(self, siret, name="Fournisseur"):
        """The firm that sends must be known: its structure."""
        self.add_structure(siret, name, public=False)

    def reset(self):
        """Forget flows, invoices, structures added, faults, settings."""
        self.control(reset=True)

    def wait_for(self, condition, seconds=30):
        """The state, once ``condition(state)`` is true."""
        deadline = time.monotonic() + seconds
        while True:
            state = self.state()
            if condition(state):
                return state
            if time.monotonic() > deadline:
                raise AssertionError(f"not after {seconds} s: {state}")
            time.sleep(0.1)
