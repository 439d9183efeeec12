# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Background processes: known by pid *and* start time, stopped cleanly."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from .console import Failure, tail

STOP_SECONDS = 20


def start_time(pid):
    """Start time of a process in clock ticks, None when it is gone (or a zombie)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    cells = text.rpartition(")")[2].split()
    return None if cells[0] == "Z" else int(cells[19])


def spawn(command, *, log, env, cwd=None):
    """Start a process that outlives this one; its output goes to ``log``."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as stream:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )


def remember(path, pid, **facts):
    """Write down a process, with what is needed to find it again."""
    record = {"pid": pid, "start": start_time(pid), **facts}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record), encoding="utf-8")


def recall(path):
    """The written record if that very process still runs, else None."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    alive = start_time(record["pid"])
    return record if alive is not None and alive == record["start"] else None


def stop(path):
    """Stop the remembered process; True if there was one."""
    record = recall(path)
    if record:
        terminate(record["pid"], record["start"])
    path.unlink(missing_ok=True)
    return bool(record)


def terminate(pid, started):
    """Ask a process to end, then insist."""
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            if start_time(pid) != started:
                return
            time.sleep(0.1)


def free_port(preferred=0):
    """A free TCP port of the loopback interface, ``preferred`` or the next ones."""
    for port in range(preferred, preferred + 50) if preferred else [0]:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise Failure(f"no free port from {preferred} on", "stop what listens there")


def wait_http(url, process_pid, log, seconds=120):
    """Wait until ``url`` answers 200 while the process lives."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_up(url):
            return
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process_pid, os.WNOHANG)
        if start_time(process_pid) is None:
            raise Failure("the server stopped while starting", f"read {log}", tail(log))
        time.sleep(0.2)
    raise Failure(f"no answer from {url} after {seconds} s", f"read {log}", tail(log))


def is_up(url, seconds=5):
    """True if ``url`` answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:  # noqa: S310
            return answer.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        return False
