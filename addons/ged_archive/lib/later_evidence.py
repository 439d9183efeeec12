# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Judges what is said of later evidence by the container that it is in.

The archive says it in rows, an export in its manifest: neither proves anything. The
container does, as its time stamp covers the digests of the documents in it.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from . import asic, preservation, tsa
from .errors import ArchiveError
from .levels import LEVELS, LaterEvidence, higher

__all__ = [
    "Container",
    "Covered",
    "Findings",
    "is_level_possible",
    "is_proven",
    "judge",
    "open_container",
]

#: What an entry of a manifest says beside its digests.
_SAID = {"id", "seal_level", "level"}


@dataclass(frozen=True)
class Covered:
    """The document that it is about.

    :param id: its number in the archive that made the container; ``None`` when it is
        not known: the entry is found by the digest then
    :param seal_valid_until: naive UTC, end of the time stamp in the seal, or ``None``
    :param read: gives the bytes, ``None`` when they are gone; asked for only where
        the answer needs them
    """

    sha256: str
    seal_level: str
    seal_asked: str
    seal_valid_until: datetime | None = None
    sealed_at: datetime | None = None
    id: int | None = None
    read: Callable[[], bytes | None] = field(default=lambda: None, compare=False)


@dataclass(frozen=True)
class Container:
    """What a container says, its time stamp checked against its manifest."""

    documents: list = field(repr=False)
    previous: list = field(repr=False)
    validation: preservation.ValidationData = field(repr=False)
    stamp: tsa.ReadToken = field(repr=False)
    stamped_at: datetime
    valid_until: datetime
    tsa_subject: str
    tsa_fingerprint: str


@dataclass
class Findings:
    """What is wrong; all empty when it holds.

    :param uncovered: the container does not list the document
    :param unrenewed: it does not list the container that it is said to renew
    :param other_stamp: its time stamp is another one
    :param columns: names of :class:`LaterEvidence` that say something else than it
    """

    uncovered: bool = False
    unrenewed: bool = False
    other_stamp: bool = False
    columns: list[str] = field(default_factory=list)

    def __bool__(self):
        return bool(
            self.uncovered or self.unrenewed or self.other_stamp or self.columns
        )


def open_container(data: bytes) -> Container:
    """Return what a container says.

    Raises :class:`ArchiveError` for what is no container, or one that was changed.
    """
    content = asic.read(data)
    documents, previous, validation = preservation.read_manifest(content.manifest)
    return Container(
        documents=documents,
        previous=previous,
        validation=validation,
        stamp=content.stamp,
        stamped_at=_naive(content.time),
        valid_until=_naive(content.stamp.certificate.not_valid_after),
        tsa_subject=content.tsa_subject,
        tsa_fingerprint=content.tsa_fingerprint,
    )


def judge(
    said: LaterEvidence,
    container: Container,
    covered: Covered,
    before: LaterEvidence | None = None,
    before_sha256: str | None = None,
) -> Findings:
    """Compare what is said with the container.

    :param before: what is said of the evidence that it renews
    :param before_sha256: SHA-256 of the container of that one
    """
    entry = _entry_of(container, covered)
    findings = Findings(
        uncovered=entry is None,
        unrenewed=before is not None
        and before_sha256 not in {one["sha256"] for one in container.previous},
        other_stamp=(said.stamped_at, said.tsa_fingerprint)
        != (container.stamped_at, container.tsa_fingerprint),
    )
    until = before.valid_until if before else covered.seal_valid_until
    expected = {
        "tsa_subject": container.tsa_subject,
        "valid_until": container.valid_until,
        "level_before": before.level_after if before else covered.seal_level,
        "late": bool(until and until < container.stamped_at),
    }
    findings.columns = [
        name for name, value in expected.items() if getattr(said, name) != value
    ]
    if entry and not _digest_holds(said.digest_algorithm, entry, covered):
        findings.columns.append("digest_algorithm")
    told = (entry or {}).get("level", said.level_after)
    if told != said.level_after or not is_level_possible(said, covered):
        findings.columns.append("level_after")
    return findings


def _entry_of(container, covered):
    """Return what the container says of the document; ``None`` when nothing."""
    for entry in container.documents:
        if entry["sha256"] == covered.sha256 and covered.id in (None, entry.get("id")):
            return entry
    return None


def _digest_holds(algorithm, entry, covered):
    """Tell whether the entry has the digest that counts, and that it is the true one:
    SHA-256, by which the entry was found, may have been given up since.
    """
    if entry.keys() - _SAID != {"sha256", algorithm}:
        return False
    if algorithm == "sha256":
        return True
    content = covered.read()
    # bytes that are gone are told as such
    return (
        content is None
        or hashlib.new(algorithm, content).hexdigest() == (entry[algorithm])
    )


def is_level_possible(said: LaterEvidence, covered: Covered) -> bool:
    """Tell whether a time stamp can have led to the level: to B-T at least, never
    higher than asked for, never lower than before.
    """
    if said.level_before == "none":
        return said.level_after == "none"
    lowest = higher(said.level_before, "B-T")
    highest = higher(lowest, covered.seal_asked)
    place = LEVELS.index(said.level_after)
    return LEVELS.index(lowest) <= place <= LEVELS.index(highest)


def is_proven(
    said: LaterEvidence,
    container: Container,
    covered: Covered,
    roots: Iterable[bytes] = (),
) -> bool:
    """Tell whether the container carries what was gained: that the certificates in the
    seal were not revoked. A level that the document had before is not gained here.

    :param roots: trusted certificates (DER), which need no answer
    """
    gained = LEVELS.index(said.level_after) > LEVELS.index(said.level_before)
    if not gained or said.level_after not in ("B-LT", "B-LTA"):
        return True
    # slow to import: only what was raised that high pays for it
    from .seal_certificates import certificates_of

    content = covered.read()
    if content is None:
        return True  # told as the content of the document
    try:
        certificates = certificates_of(content)
    except ArchiveError:
        return True  # the same
    moment = covered.sealed_at or said.stamped_at
    state = preservation.state_of(
        certificates, container.validation, moment.replace(tzinfo=UTC), roots
    )
    return state == "good"


def _naive(moment):
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
