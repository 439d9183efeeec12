# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Kill this process with SIGKILL when it reaches a chosen point for the n-th time.

The test writes ``{"point": …, "count": n}`` into a file beside the configuration; it
counts from then on. Points: ``statement`` (before an SQL statement), ``commit`` (before
the database commits), ``committed`` (after it), ``seal``, ``sealed`` (around a seal).

The environment variable ``DEMAT_SMTP_TIMEOUT`` shortens the host's patience with mail
servers, a constant of 60 seconds.
"""

import functools
import json
import os
import signal
import sys

from odoo import sql_db
from odoo.tools import config

FILE = config["config"] + ".fault"
TIMEOUT_VARIABLE = "DEMAT_SMTP_TIMEOUT"
SEAL = "odoo.addons.ged_archive.lib.seal"


class Trap:
    """The armed fault, if any."""

    def __init__(self):
        self.read = None
        self.point = None
        self.left = 0

    def reach(self, point):
        self._look()
        if point == self.point:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def _look(self):
        try:
            written = os.stat(FILE).st_mtime_ns
        except FileNotFoundError:
            self.point = None
            return
        if written != self.read:
            self.read = written
            with open(FILE, encoding="utf-8") as stream:
                fault = json.load(stream)
            self.point, self.left = fault["point"], fault["count"]
            _wrap_seal()


trap = Trap()


def _wrap(owner, name, before, after=None):
    original = getattr(owner, name)
    if hasattr(original, "demat_fault"):
        return

    @functools.wraps(original)
    def wrapper(*args, **kwargs):
        trap.reach(before)
        result = original(*args, **kwargs)
        if after:
            trap.reach(after)
        return result

    wrapper.demat_fault = before
    setattr(owner, name, wrapper)


def _wrap_seal():
    """Our addon may be loaded after this module."""
    if SEAL in sys.modules:
        _wrap(sys.modules[SEAL].Sealer, "seal", "seal", "sealed")


def _shorten_patience():
    from odoo.addons.base.models import ir_mail_server

    ir_mail_server.SMTP_TIMEOUT = float(os.environ[TIMEOUT_VARIABLE])


if TIMEOUT_VARIABLE in os.environ:
    _shorten_patience()
_wrap(sql_db.Cursor, "execute", "statement")
_wrap(sql_db.PsycoConnection, "commit", "commit", "committed")
