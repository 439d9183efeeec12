# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""No unexplained warning: the host's log is part of what a test run checks.

``tests/log_allowlist.toml`` holds the short list of lines that may appear: a regular
expression for the logger, one for the message, and the reason.
"""

import contextlib
import logging
import re
import time
import tomllib
from dataclasses import dataclass

ALLOWLIST = "tests/log_allowlist.toml"
LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ "
    r"(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) "
    r"\S+ (?P<logger>\S+): (?P<message>.*)$"
)
BAD_LEVELS = ("WARNING", "ERROR", "CRITICAL")
SHOWN_LINES = 30
EXPECT_SECONDS = 5


@dataclass
class Record:
    """One line of the host's log with what follows it (a traceback)."""

    level: str
    logger: str
    message: str
    origin: str = ""

    def __str__(self):
        lines = self.message.splitlines()
        if len(lines) > SHOWN_LINES:
            lines[SHOWN_LINES // 2 : -SHOWN_LINES // 2] = ["[…]"]
        text = "\n".join(lines)
        return f"{self.origin}{self.level} {self.logger}: {text}"


@dataclass(frozen=True)
class Allowed:
    """One explained line."""

    logger: re.Pattern
    message: re.Pattern
    reason: str

    def matches(self, record):
        return self.logger.fullmatch(record.logger) and self.message.search(
            record.message
        )


def load_allowlist(root):
    """The explained lines; each one must say why it may appear."""
    data = tomllib.loads((root / ALLOWLIST).read_text(encoding="utf-8"))
    entries = []
    for entry in data.get("allow", []):
        if not entry.get("reason", "").strip():
            raise ValueError(f"{ALLOWLIST}: no reason given for {entry}")
        entries.append(
            Allowed(
                re.compile(entry["logger"]),
                re.compile(entry["message"], re.S),
                entry["reason"],
            )
        )
    return entries


def parse(text, origin=""):
    """Warnings and errors of a log file of the host."""
    records, current = [], None
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            current = Record(match["level"], match["logger"], match["message"], origin)
            if current.level in BAD_LEVELS:
                records.append(current)
        elif current:
            current.message += "\n" + line
    return records


def complaint(records):
    """Text shown for unexplained lines."""
    lines = [f"{len(records)} unexplained line(s) in the log of the host:"]
    lines += [str(record) for record in records]
    lines.append(
        f"Mend the cause; {ALLOWLIST} is for what is neither ours nor harmful."
    )
    return "\n".join(lines)


class Collector(logging.Handler):
    """Keeps the unexplained warnings of this process."""

    def __init__(self, allowed):
        super().__init__(logging.WARNING)
        self.allowed = allowed
        self.records = []

    def start(self):
        """Listen to all loggers of the process."""
        root = logging.getLogger()
        if self not in root.handlers:
            root.addHandler(self)

    def emit(self, record):
        text = record.getMessage()
        if record.exc_info:
            formatter = self.formatter or logging.Formatter()
            text += "\n" + formatter.formatException(record.exc_info)
        self._keep([Record(record.levelname, record.name, text)])

    def _keep(self, records):
        self.records += [record for record in records if not self.is_allowed(record)]

    def is_allowed(self, record):
        """True if the list explains this line."""
        return any(entry.matches(record) for entry in self.allowed)

    def take(self):
        """The records since the last call."""
        taken, self.records = self.records, []
        return taken

    def unexplained(self, log):
        """Unexplained lines of a :class:`LogFile`."""
        return [record for record in log.unexpected() if not self.is_allowed(record)]


class LogFile:
    """The log file of a process, and the lines that tests provoked in it."""

    def __init__(self, path):
        self.path = path
        self.provoked = []

    def records(self):
        """Warnings and errors so far (none if there is no file)."""
        if not self.path.exists():
            return []
        text = self.path.read_text(encoding="utf-8", errors="replace")
        return parse(text, f"{self.path.name}: ")

    def unexpected(self):
        """Warnings and errors that no test announced."""
        return [
            record
            for number, record in enumerate(self.records())
            if number not in self.provoked
        ]

    @contextlib.contextmanager
    def expect(self, message):
        """Within the block the host must log a line that matches ``message``."""
        before = len(self.records())
        yield
        pattern = re.compile(message, re.S)
        deadline = time.monotonic() + EXPECT_SECONDS
        while True:
            found = [
                number
                for number, record in enumerate(self.records())
                if number >= before and pattern.search(record.message)
            ]
            if found or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        if not found:
            raise AssertionError(f"the host did not log: {message}")
        self.provoked += found
