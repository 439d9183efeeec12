# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The later evidence in an export, judged by the containers that are in it too."""

import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .errors import ArchiveError
from .export_links import later_told

__all__ = ["Trust", "check_later", "judged"]

#: ``asic.MIMETYPE``, which is slow to import: only exports with later evidence pay.
_CONTAINER = "application/vnd.etsi.asic-s+zip"


@dataclass(frozen=True)
class Trust:
    """Whom the company that takes the export over trusts.

    :param roots: certificates (DER) of what seals are made with
    :param is_foreign: tells of a ``tsa.ReadToken`` whether its authority is none of
        those that the company has named
    """

    roots: Iterable[bytes] = ()
    is_foreign: Callable[[object], bool] = field(default=lambda _stamp: False)


def judged(content):
    """Return the documents whose later evidence :func:`check_later` judges."""
    if content.format < 2:
        return []  # these hold none
    return [one for one in content.documents if one.later and one.status == "ok"]


def check_later(archive, content, read_member, trust, tell=None, sound=False):
    """Add to ``content`` what is wrong with the later evidence.

    :param read_member: ``read_member(archive, name)`` returns bytes
    :param trust: :class:`Trust`
    :param tell: as of ``ReadSoFar.rest_of``
    :param sound: a call before found no problem in the same bytes: no container is read
    """
    documents = {one.id: one for one in content.documents}
    by_container = {}
    for document in content.documents:
        if len(document.later) != later_told(document):
            content.add("later_count", name=document.name)
        if not _is_line(document.later):
            content.add("later_line", name=document.name)
    for document in judged(content):
        for place, later in enumerate(document.later):
            by_container.setdefault(later.container, []).append((document, place))
    there = []
    for container_id, members in sorted(by_container.items()):
        held = documents.get(container_id)
        # the archive keeps a container as long as a document that it is about
        if not held or (held.status, held.evidence["mimetype"]) != ("ok", _CONTAINER):
            for document, _place in members:
                content.add("later_missing", name=document.name)
        else:
            there.append((held, members))
    if sound or not there:
        return
    sha256_of = {one.id: one.sha256 for one in content.documents}
    for held, members in content.so_far.rest_of("containers", there, tell):
        context = (archive, read_member, trust, sha256_of)
        _check_container(content, held, members, *context)


def _is_line(later):
    """Tell whether each renews the one before it."""
    expected = [None, *(one.container for one in later)]
    return all(
        one.renews == before for one, before in zip(later, expected, strict=False)
    )


def _check_container(content, held, members, archive, read_member, trust, sha256_of):
    from .later_evidence import is_proven, judge, open_container

    try:
        container = open_container(read_member(archive, held.path))
    except (ArchiveError, zipfile.BadZipFile, zlib.error, KeyError) as error:
        content.add_read("later", name=held.name, container=held.name, error=str(error))
        return
    if trust.is_foreign(container.stamp):
        content.add_read(
            "later_untrusted", name=held.name, server=container.tsa_subject
        )
        return
    for document, place in members:
        later = document.later[place]
        before = document.later[place - 1] if place else None
        covered = _covered(archive, document, held, read_member, not place)
        findings = judge(
            later.said,
            container,
            covered,
            before and before.said,
            before and sha256_of.get(before.container),
        )
        if findings:
            content.add_read(
                "later",
                name=document.name,
                container=held.name,
                error=_words(findings),
            )
        elif not is_proven(later.said, container, covered, trust.roots):
            content.add_read(
                "later_unproven",
                name=document.name,
                container=held.name,
                level=later.said.level_after,
            )


def _covered(archive, document, held, read_member, is_first):
    from .later_evidence import Covered
    from .seal_parts import stamp_until

    evidence = document.evidence

    def read():
        try:
            return document.path and read_member(archive, document.path)
        except (zipfile.BadZipFile, zlib.error, KeyError):
            return None  # told with the sums

    sealed_at = evidence.get("sealed_at")
    # the end of the time stamp is no part of the evidence: it is read from the file
    data = is_first and evidence["seal_level"] != "none" and read()
    until = data and stamp_until(data, evidence["seal_fingerprint"])
    return Covered(
        id=None if held.was_imported else document.id,
        sha256=document.sha256,
        seal_level=evidence["seal_level"],
        seal_asked=evidence.get("seal_asked") or "none",
        seal_valid_until=until and _naive(until),
        sealed_at=sealed_at and _naive(datetime.fromisoformat(sealed_at)),
        read=read,
    )


def _words(findings):
    parts = [
        word
        for word, found in (
            ("document", findings.uncovered),
            ("renewal", findings.unrenewed),
            ("time stamp", findings.other_stamp),
        )
        if found
    ]
    return ", ".join([*parts, *findings.columns])


def _naive(moment):
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
