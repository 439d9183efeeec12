# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Business rules of invoices (EN 16931 and Factur-X schematron), applied by SaxonC-HE.

SaxonC takes 200 to 500 MB and is a foreign runtime, so it runs in a process of its own
that is started at the first question, restarted when it dies, and ends by itself when
idle.
"""

import contextlib
import importlib.util
import json
import os
import re
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from lxml import etree

from .cii import PROFILES, XmlProblem, package_file
from .cii_fields import line_of_path, local_path, subject_of, term_label
from .errors import ArchiveError, WorkerError

__all__ = ["SchematronWorker", "available", "check_rules", "shared_worker"]

_SCRIPT = Path(__file__).parent / "workers" / "saxon_worker.py"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
#: The rule code at the head of a text, as in "[BR-CO-15]-Invoice total amount …".
_CODE = re.compile(r"^\s*\[([A-Z][A-Za-z0-9_.\-]*)\]\s*-?\s*")
#: Rules of the EXTENDED profile restate those of the norm in a text whose first term is
#: not the field to mend; the field is then the one of the rule of the norm.
_SUBJECTS = {
    "CO-10": "BT-106",
    "CO-11": "BT-107",
    "CO-12": "BT-108",
    "CO-13": "BT-109",
    "CO-14": "BT-110",
    "CO-15": "BT-112",
    "CO-16": "BT-115",
    "CO-17": "BT-117",
}
_KEPT_VARIABLES = (
    "HOME",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "PATH",
    "PYTHONHOME",
    "TMPDIR",
)
_WARNINGS = {"warning", "warn", "info", "information"}


def _environment() -> dict[str, str]:
    """What the process gets to know: where packages are, no password of the host."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    # The packages may be where only this process was told to look.
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def available() -> bool:
    """Tell whether the packages that the rules need are installed."""
    if importlib.util.find_spec("saxonche") is None:
        return False
    try:
        return package_file(PROFILES["en16931"].rules).is_file()
    except ArchiveError:
        return False


class SchematronWorker:
    """Talks to one rule process. May be used by several threads and after a fork.

    :param timeout: seconds for one document, the start of the process included
    :param idle: seconds without a question after which the process ends
    :param max_documents: documents after which it ends, to give memory back
    """

    def __init__(
        self, timeout: float = 60.0, idle: float = 300.0, max_documents: int = 5000
    ):
        self._timeout = timeout
        self._arguments = [str(idle), str(max_documents)]
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._complaints = None
        os.register_at_fork(after_in_child=self._forget)

    @property
    def pid(self) -> int | None:
        """Number of the running process, ``None`` when there is none."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def transform(self, sheet: str, xml: bytes) -> bytes:
        """Apply the rule sheet at path ``sheet``; return the report (SVRL).

        Raises :class:`WorkerError` when the process cannot start, dies twice, hangs, or
        refuses the document.
        """
        deadline = time.monotonic() + self._timeout
        if not self._lock.acquire(timeout=self._timeout):
            raise WorkerError("The rule checker is busy.")
        try:
            try:
                return self._ask(sheet, xml, deadline)
            except (BrokenPipeError, EOFError):
                # It ended while idle, or crashed: once more with a new one.
                self._end()
            try:
                return self._ask(sheet, xml, deadline)
            except (BrokenPipeError, EOFError) as error:
                raise WorkerError(
                    f"The rule checker died. {self._last_words()}"
                ) from error
        except WorkerError:
            self._end()
            raise
        finally:
            self._lock.release()

    def stop(self) -> None:
        """End the process, if it runs."""
        with self._lock:
            self._end()

    def _ask(self, sheet, xml, deadline) -> bytes:
        process = self._running()
        header = json.dumps({"sheet": sheet, "size": len(xml)}).encode() + b"\n"
        self._send(process.stdin.fileno(), header + xml, deadline)
        received = b""
        while b"\n" not in received:
            received += self._receive(process.stdout.fileno(), deadline)
        line, _newline, answer = received.partition(b"\n")
        head = json.loads(line)
        parts, missing = [answer], head["size"] - len(answer)
        while missing > 0:
            parts.append(self._receive(process.stdout.fileno(), deadline))
            missing -= len(parts[-1])
        content = b"".join(parts)
        if not head["ok"]:
            raise WorkerError(
                f"The rule checker failed: {content.decode(errors='replace')}"
            )
        return content

    def _running(self) -> subprocess.Popen:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        self._complaints = tempfile.TemporaryFile()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own script
                [sys.executable or "python3", str(_SCRIPT), *self._arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                bufsize=0,
                env=_environment(),
                # A Ctrl-C for the host must not reach it in the middle of a document.
                start_new_session=True,
            )
        except OSError as error:
            raise WorkerError(f"The rule checker cannot start: {error}") from error
        os.set_blocking(self._process.stdin.fileno(), False)
        return self._process

    def _send(self, descriptor, data, deadline):
        view = memoryview(data)
        while view:
            self._wait(descriptor, selectors.EVENT_WRITE, deadline)
            with contextlib.suppress(BlockingIOError):
                view = view[os.write(descriptor, view[: 1 << 16]) :]

    def _receive(self, descriptor, deadline) -> bytes:
        self._wait(descriptor, selectors.EVENT_READ, deadline)
        data = os.read(descriptor, 1 << 16)
        if not data:
            raise EOFError
        return data

    def _wait(self, descriptor, event, deadline):
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise WorkerError(
                    f"The rule checker did not answer within {self._timeout:g} s."
                )

    def _last_words(self) -> str:
        if self._complaints is None:
            return ""
        self._complaints.seek(0, os.SEEK_END)
        self._complaints.seek(max(0, self._complaints.tell() - 500))
        return self._complaints.read().decode(errors="replace").strip()

    def _end(self):
        process, self._process = self._process, None
        if process is None:
            return
        self._complaints.close()
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()

    def _forget(self):
        """In a forked child: leave the process to the parent.

        The pipes are closed here, else the process would not notice when the parent
        ends.
        """
        self._lock = threading.Lock()
        process, self._process = self._process, None
        if process is not None:
            process.returncode = 0  # not ours to wait for
            process.stdin.close()
            process.stdout.close()


_shared = SchematronWorker()


def shared_worker() -> SchematronWorker:
    """Return the worker that all callers of this process share."""
    return _shared


def check_rules(
    xml: bytes, profile: str, worker: SchematronWorker | None = None
) -> list[XmlProblem]:
    """Check an invoice that the XSD accepts against the business rules of its profile.

    Takes about 35 ms, the first time some 600 ms more. Raises :class:`WorkerError`.
    """
    if not available():
        raise WorkerError("The Python package saxonche is not installed.")
    sheet = str(package_file(PROFILES[profile].rules))
    return _read_report((worker or _shared).transform(sheet, _as_utf8(xml)))


def _as_utf8(xml: bytes) -> bytes:
    # Saxon gets a text: serialise anew what is in another encoding.
    try:
        xml.decode()
    except UnicodeDecodeError:
        return etree.tostring(etree.fromstring(xml), encoding="utf-8")
    return xml


def _read_report(svrl: bytes) -> list[XmlProblem]:
    root = etree.fromstring(
        svrl, etree.XMLParser(resolve_entities=False, huge_tree=True)
    )
    problems = {}
    for element in root.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report"):
        problem = _problem(element)
        problems.setdefault((problem.rule, problem.path, problem.line), problem)
    return sorted(problems.values(), key=lambda one: one.severity != "error")


def _problem(element) -> XmlProblem:
    text = " ".join("".join(element.itertext(f"{_SVRL}text", "*")).split())
    code = _CODE.match(text)
    rule = code[1] if code else element.get("id") or "?"
    message = text[code.end() :] if code else text
    location = element.get("location") or ""
    term = _SUBJECTS.get("-".join(rule.split("-")[-2:])) or subject_of(
        message, location
    )
    path, line = local_path(location), line_of_path(location)
    return XmlProblem(
        rule=rule,
        field=term_label(term, line=line)
        if term
        else path.rpartition("/")[2] or "Invoice",
        message=message,
        term=term or "",
        path=path,
        line=line,
        severity="warning"
        if (element.get("flag") or "").lower() in _WARNINGS
        else "error",
    )
