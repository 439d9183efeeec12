# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Words of a document, for a search that finds it by its content.

Files come from anywhere, so they are read in a process of its own with limits of time
and memory: a hostile PDF ends that process, never the server.
"""

import contextlib
import json
import os
import re
import selectors
import subprocess
import sys
import tempfile
import time
import unicodedata
from pathlib import Path

from .errors import ArchiveError, InvalidDocumentError

__all__ = ["Extractor", "normalise", "search_expression"]

_SCRIPT = Path(__file__).parent / "workers" / "text_worker.py"
#: Longest normalised text that is kept; a tsvector of PostgreSQL holds 1 MB.
MAX_TEXT = 300_000
#: Bytes of a file that is read at all.
MAX_SIZE = 50 * 1024 * 1024
#: Longer "words" are keys and drawings, not words.
_MAX_WORD = 60
_WORD = re.compile(r"[^\W_]+")
#: 12 480,00 or 12.480 or 12'480: thousands set apart
_GROUPED = re.compile(r"(?<!\d)\d{1,3}(?:[ .,'\u2019\u00a0\u202f]\d{3})+(?!\d)")
_TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
#: Letters that no decomposition takes apart.
_LETTERS = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "\0": " "})
_OR = {"or", "ou", "|"}
_KINDS = {
    "application/pdf": "pdf",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/xhtml+xml": "xml",
    "text/html": "html",
    "application/json": "text",
    "application/csv": "text",
}
_KEPT_VARIABLES = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME")


def normalise(text: str) -> str:
    """Return the words of ``text``, small letters without accents, set apart by spaces.

    Amounts with grouped thousands are added once more in one piece, at the end.
    """
    words = _words(text)
    words += [re.sub(r"\D", "", amount) for amount in _GROUPED.findall(text)]
    kept, size = [], 0
    for word in words:
        size += len(word.encode()) + 1
        if size > MAX_TEXT:
            break
        kept.append(word)
    return " ".join(kept)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return [word for word in _WORD.findall(plain.casefold()) if len(word) <= _MAX_WORD]


def search_expression(text: str) -> str:
    """Return what a user typed as text for PostgreSQL's ``to_tsquery``.

    Words match beginnings (those of one or two letters only with ``*`` after them);
    words in quotes match as they are and in that order, as do the parts of a word with
    punctuation (F/2026/0001); ``-`` excludes; ``or`` offers a choice. Empty when there
    is nothing to look for.
    """
    groups: list[list[str]] = [[]]
    for minus, quoted, word in _TERM.findall(text or ""):
        if not minus and word.lower() in _OR:
            groups.append([])
            continue
        parts = _words(quoted or word)
        if not parts:
            continue
        last = parts[-1]
        prefix = word.endswith("*") or (word and not minus and len(last) > 2)
        parts = [f"'{part}'" for part in parts]
        if prefix:
            parts[-1] += ":*"
        term = " <-> ".join(parts)
        term = f"({term})" if len(parts) > 1 else term
        groups[-1].append(f"!{term}" if minus else term)
    return " | ".join(" & ".join(group) for group in groups if group)


class Extractor:
    """Reads the words of files, in a process that is started at the first one.

    :param timeout: seconds for one file
    :param memory: bytes of memory that the process may take
    :param max_size: bytes of a file beyond which it is not read
    """

    def __init__(
        self, timeout: float = 20.0, memory: int = 1 << 30, max_size: int = MAX_SIZE
    ):
        self._timeout = timeout
        self._memory = memory
        self._max_size = max_size
        self._process = None
        self._complaints = None

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.close()

    def text(self, content: bytes, mimetype: str) -> str:
        """Return the normalised words of a file; empty when its type has none.

        Raises ``InvalidDocumentError`` for a file that is too big, takes too long or
        cannot be read.
        """
        kind = _kind(mimetype)
        if not kind:
            return ""
        if len(content) > self._max_size:
            raise InvalidDocumentError(
                f"The file is bigger than {self._max_size >> 20} MB, it was not read."
            )
        try:
            return normalise(self._ask(kind, content))
        except ArchiveError:
            self.close()
            raise

    def close(self) -> None:
        """End the process, if it runs."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
        self._complaints.close()

    def _ask(self, kind, content) -> str:
        deadline = time.monotonic() + self._timeout
        process = self._running()
        header = json.dumps({"kind": kind, "size": len(content)}).encode() + b"\n"
        try:
            self._send(process.stdin.fileno(), header + content, deadline)
            received = b""
            while b"\n" not in received:
                received += self._receive(process.stdout.fileno(), deadline)
            line, _newline, answer = received.partition(b"\n")
            head = json.loads(line)
            parts, missing = [answer], head["size"] - len(answer)
            while missing > 0:
                parts.append(self._receive(process.stdout.fileno(), deadline))
                missing -= len(parts[-1])
        except (BrokenPipeError, EOFError) as exc:
            raise InvalidDocumentError(
                "The file could not be read: reading it took too much memory or "
                "crashed."
            ) from exc
        answer = b"".join(parts).decode(errors="replace")
        if not head["ok"]:
            raise InvalidDocumentError(f"The file could not be read: {answer}")
        return answer

    def _running(self):
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        self._complaints = tempfile.TemporaryFile()
        kept = {
            name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ
        }
        self._process = subprocess.Popen(  # noqa: S603 - our own script
            [
                sys.executable or "python3",
                str(_SCRIPT),
                str(self._memory),
                str(int(self._timeout) + 1),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            bufsize=0,
            env={**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,
        )
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
                raise InvalidDocumentError(
                    f"The file could not be read within {self._timeout:g} s."
                )


def _kind(mimetype: str) -> str | None:
    mimetype = (mimetype or "").partition(";")[0].strip().lower()
    if mimetype in _KINDS:
        return _KINDS[mimetype]
    if mimetype.endswith("+xml"):
        return "xml"
    if mimetype.startswith("text/"):
        return "text"
    return None
