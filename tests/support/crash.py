# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A server that is killed at a chosen point, and a mail server that waits for it."""

import asyncio
import http.client
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .mail import MailServer
from .rpc import RpcError
from .server import DematServer

ADDONS = Path(__file__).parent / "fault_addons"
PATIENCE = 120
MAIL_STAGES = ("hello", "recipient", "lost", "kept", "answered")
KINDS = (
    "drawing",
    "statement",
    "commit",
    "committed",
    "seal",
    "sealed",
    "moment",
    *MAIL_STAGES,
)
# how often such a place is passed at most before the server dies there
FEW = {"statement": 400, "commit": 8, "committed": 8}
BROKEN = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Fault:
    """Where the server dies.

    ``kind`` ``point``: inside, see ``fault_addons/demat_faults``; ``mail``: while the
    mail server holds a stage of the dialogue; ``drawing``: while wkhtmltopdf draws;
    ``moment``: some time after the request. ``count``: how often the place is reached
    before; seconds for a moment.
    """

    kind: str
    place: str
    count: float


def draw_fault(random, kind, most=FEW):
    """A fault of this kind, at a random place.

    :param random: ``random.Random``
    :param most: {kind: how often its place is passed at most}, 2 for the others; the
        seconds of a moment
    """
    if kind == "drawing":
        return Fault("drawing", "wkhtmltopdf", 1)
    if kind == "moment":
        return Fault("moment", "after", random.uniform(0, most.get(kind, 4)))
    count = random.randint(1, most.get(kind, 2))
    return Fault("mail" if kind in MAIL_STAGES else "point", kind, count)


class HoldingMailServer(MailServer):
    """Holds the dialogue at one stage until the test lets go.

    Stages: ``hello``, ``recipient`` (nothing was handed over yet), ``lost`` (the text
    was handed over, we do not keep it), ``kept`` (we keep it, the sender has no answer)
    and ``answered`` (the answer is on its way).
    """

    def __init__(self):
        super().__init__()
        self._stage = None
        self._left = 0
        self.reached = threading.Event()
        self._let_go = threading.Event()

    def hold(self, stage, count):
        """Stop at the ``count``-th time that a dialogue reaches this stage."""
        self._stage, self._left = stage, count
        self.reached.clear()
        self._let_go.clear()

    def let_go(self):
        self._stage = None
        self._let_go.set()

    def _is_time(self, stage):
        if stage != self._stage:
            return False
        self._left -= 1
        return self._left <= 0

    async def _wait(self, stage):
        """Hold here if it is time; says so."""
        if not self._is_time(stage):
            return False
        self.reached.set()
        while not self._let_go.is_set():
            await asyncio.sleep(0.01)
        return True

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        await self._wait("hello")
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self._wait("recipient")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):
        if await self._wait("lost"):
            return "451 4.3.0 not kept"
        answer = await super().handle_DATA(server, session, envelope)
        await self._wait("kept")
        if self._is_time("answered"):
            asyncio.get_running_loop().call_later(0.005, self.reached.set)
        return answer


class CrashServer(DematServer):
    """A server that can be struck.

    ``survivors``: its child processes at those moments; ``refusals``: what it answered
    to requests in spite of the fault.
    """

    mail_server = HoldingMailServer

    def __init__(self, *args):
        self.survivors = set()
        self.refusals = []
        super().__init__(*args)

    def _write_config(self, cron_threads):
        super()._write_config(cron_threads)
        lines = self.config.read_text(encoding="utf-8").splitlines()
        lines = [
            f"{line},{ADDONS}" if line.startswith("addons_path") else line
            for line in lines
        ]
        lines.append("server_wide_modules = base,rpc,web,demat_faults")
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")

    @property
    def _fault_file(self):
        return Path(f"{self.config}.fault")

    def strike(self, fault, action):
        """Do ``action`` (a function) and kill the server in the middle of it.

        It is started again. If the action is done before, nothing is killed.

        :return: whether it died
        """
        pool = ThreadPoolExecutor(1)
        self._arm(fault)
        began = time.monotonic()
        doing = pool.submit(action)
        while not doing.done() and not self._is_reached(fault, began):
            self.survivors |= _children(self.process.pid)
            if time.monotonic() - began > PATIENCE:
                raise AssertionError(f"neither done nor reached: {fault}")
            time.sleep(0.002)
        broken = doing.done() and isinstance(doing.exception(), BROKEN)
        dies = broken or not doing.done()
        if dies:
            self.kill()
        self._disarm()
        try:
            doing.result(PATIENCE)
        except BROKEN:
            if not dies:
                raise
        except RpcError as error:
            self.refusals.append(str(error))
        pool.shutdown()
        if dies:
            self.start()
        return dies

    def _arm(self, fault):
        if fault.kind == "point":
            self._fault_file.write_text(
                json.dumps({"point": fault.place, "count": fault.count}),
                encoding="utf-8",
            )
        elif fault.kind == "mail":
            self.smtp.hold(fault.place, fault.count)

    def _disarm(self):
        self._fault_file.unlink(missing_ok=True)
        self.smtp.let_go()

    def _is_reached(self, fault, began):
        if fault.kind == "point":
            return self.process.poll() is not None
        if fault.kind == "mail":
            return self.smtp.reached.is_set()
        if fault.kind == "drawing":
            return any("wkhtmltopdf" in name for name in _children(self.process.pid))
        return time.monotonic() - began > fault.count

    def living_survivors(self, seconds=15):
        """Processes of killed servers that still run after some time."""
        deadline = time.monotonic() + seconds
        while True:
            alive = [child for child in self.survivors if _is_alive(child)]
            if not alive or time.monotonic() > deadline:
                return alive
            time.sleep(0.2)


def _children(pid):
    """Child processes of a process: {"<pid> <start time> <command>"}."""
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            cells = _stat(folder)
            if cells and cells[1] == str(pid) and cells[0] != "Z":
                found.add(f"{folder.name} {cells[19]} {_command(folder)}")
    return found


def _is_alive(child):
    pid, started, *_command_line = child.split(" ")
    cells = _stat(Path("/proc") / pid)
    return bool(cells) and cells[0] != "Z" and cells[19] == started


def _stat(folder):
    """Cells of /proc/…/stat from the state on; None when the process is gone."""
    try:
        text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def _command(folder):
    try:
        return os.fsdecode((folder / "cmdline").read_bytes()).replace("\0", " ")
    except OSError:
        return ""
