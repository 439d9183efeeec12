# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the user sees: steps with their duration, failures with their remedy."""

import contextlib
import os
import subprocess
import sys
import threading
import time

HEARTBEAT_TTY = 1.0
HEARTBEAT_PLAIN = 20.0
TAIL_LINES = 15


class Failure(Exception):
    """Something the user can mend.

    :param message: what is missing or went wrong, one sentence.
    :param remedy: the command (or the action) that mends it.
    :param detail: the end of a log, an exception text.
    """

    def __init__(self, message, remedy=None, detail=None):
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.detail = detail

    def __str__(self):
        lines = [self.message]
        if self.detail:
            lines += ["", *("    " + line for line in self.detail.splitlines())]
        if self.remedy:
            lines += ["", "To mend it:", f"    {self.remedy}"]
        return "\n".join(lines)


def say(text="", stream=None):
    """Write one line for the user, at once."""
    stream = stream or sys.stdout
    stream.write(text + "\n")
    stream.flush()


class _Ticker(threading.Thread):
    """Show the seconds of a running step (in place on a terminal)."""

    def __init__(self, title, started):
        super().__init__(daemon=True)
        self.title = title
        self.started = started
        self.over = threading.Event()
        self.tty = sys.stdout.isatty()

    def run(self):
        pause = HEARTBEAT_TTY if self.tty else HEARTBEAT_PLAIN
        while not self.over.wait(pause):
            seconds = int(time.monotonic() - self.started)
            if self.tty:
                sys.stdout.write(f"\r… {self.title} ({seconds} s)")
                sys.stdout.flush()
            else:
                say(f"    … {self.title} ({seconds} s)")


@contextlib.contextmanager
def step(title):
    """Announce a long step, show its seconds, then its total."""
    started = time.monotonic()
    ticker = _Ticker(title, started)
    if ticker.tty:
        sys.stdout.write(f"… {title}")
        sys.stdout.flush()
    else:
        say(f"… {title}")
    ticker.start()
    mark = "✗"
    try:
        yield
        mark = "✓"
    finally:
        ticker.over.set()
        ticker.join()
        prefix = "\r\033[K" if ticker.tty else ""
        say(f"{prefix}{mark} {title} ({time.monotonic() - started:.0f} s)")


def tail(path, lines=TAIL_LINES):
    """The last lines of a text file, or an empty string when there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return "\n".join(stream.read().splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def run(command, *, log, failure, remedy=None, env=None, cwd=None, stdin=None):
    """Run a command with its output in ``log``; raise :class:`Failure` if it fails.

    :param failure: the sentence shown when the command fails.
    :param stdin: text given to the command.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as stream:
        stream.write(f"$ {' '.join(map(str, command))}\n".encode())
        stream.flush()
        try:
            done = subprocess.run(
                [str(part) for part in command],
                stdout=stream,
                stderr=subprocess.STDOUT,
                input=stdin.encode() if stdin is not None else None,
                stdin=None if stdin is not None else subprocess.DEVNULL,
                env=env,
                cwd=cwd,
                check=False,
            )
        except FileNotFoundError as error:
            raise Failure(f"{failure} ({command[0]} not found)", remedy) from error
    if done.returncode:
        raise Failure(failure, remedy or f"read {log}", tail(log))


def clean_environment(**extra):
    """The process environment without what would leak into a child Python."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    env.update({k: str(v) for k, v in extra.items()})
    return env
