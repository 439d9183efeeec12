# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Judging the seals of a PDF that a stranger sent.

Such a file may have been made to hang or to fill whoever reads it. So it is read in a
process of its own, with little memory, few seconds of processor and no right to write
files; the process ends with its one file. It costs about a second to start, which a
person who uploads a file does not mind.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .errors import InvalidDocumentError, WorkerError
from .schematron import _environment

__all__ = ["MAX_BYTES", "MAX_MEMORY", "MAX_SECONDS", "Judgement", "judge"]

#: Largest file that is looked at.
MAX_BYTES = 20 * 1024 * 1024
#: Seconds by the clock for one file, the start of the process included.
MAX_SECONDS = 20.0
#: Bytes of address space of the process.
MAX_MEMORY = 1024 * 1024 * 1024

_SCRIPT = Path(__file__).parent / "workers" / "seal_worker.py"


@dataclass(frozen=True)
class Judgement:
    """What is worth telling about one seal.

    :param signer: subject of the certificate (RFC 4514), cut at 300 characters
    :param signed_at: aware UTC time or ``None``
    :param level: as in ``verify.SealReport``
    :param intact: the file is exactly what was sealed; evidence about the seal
        (revocation data, time stamps of the file) may stand behind it
    :param appended: only something that the seal allows was added after it
    :param fingerprint: SHA-256 of the certificate, hex
    :param unjudged: the level rests on an archive time stamp of whose authority nothing
        is known: anybody can append one
    """

    signer: str
    signed_at: datetime | None
    level: str
    intact: bool
    appended: bool
    fingerprint: str
    unjudged: bool = False


def judge(
    pdf: bytes, *, seconds: float = MAX_SECONDS, memory: int = MAX_MEMORY
) -> list[Judgement]:
    """Return a :class:`Judgement` for each seal of ``pdf``; empty without any.

    Raises :class:`InvalidDocumentError` for what is no readable PDF or too large, and
    :class:`WorkerError` when the process ran out of time or memory.
    """
    if len(pdf) > MAX_BYTES:
        raise InvalidDocumentError("The file is too large.")
    try:
        done = subprocess.run(  # noqa: S603 - our own script
            [sys.executable or "python3", str(_SCRIPT), str(int(seconds)), str(memory)],
            input=pdf,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env=_environment(),
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise WorkerError("The file took too long to read.") from error
    except OSError as error:
        raise WorkerError(f"The process for the file cannot start: {error}") from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise WorkerError(
            f"The process for the file ended with code {done.returncode}."
        ) from error
    if answer["problem"]:
        raise InvalidDocumentError(answer["problem"])
    return [_read(entry) for entry in answer["seals"]]


def _read(entry) -> Judgement:
    moment = entry.pop("signed_at")
    return Judgement(
        signed_at=datetime.fromisoformat(moment) if moment else None, **entry
    )
