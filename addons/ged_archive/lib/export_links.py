# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The links of the chains in the manifest of an export, recomputed."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .export_format import NAMESPACE
from .hashing import canonical, link
from .levels import LaterEvidence

__all__ = [
    "ImportedDocument",
    "ImportedLater",
    "LinkCheck",
    "Problem",
    "later_told",
    "read_document",
]

_LEVELS = {"B-B", "B-T", "B-LT", "B-LTA"}
#: What an export itself or a reader wrote just before, without a link yet.
_MAY_WAIT = {"exported", "viewed", "downloaded"}


@dataclass(frozen=True)
class Problem:
    """``code`` and the values that its sentence names."""

    code: str
    values: dict


@dataclass
class ImportedDocument:
    """A document of the manifest, its links recomputed.

    :param evidence: dictionary that was hashed
    :param link: ``{chain_number, previous_hash, chain_hash, evidence}`` as written
    :param state: values that may change, as of the export
    :param events: list of ``(evidence, link)``
    :param later: list of :class:`ImportedLater`, oldest first
    """

    id: int
    status: str
    path: str
    sha256: str
    company: str
    vat: str
    evidence: dict
    link: dict
    state: dict
    events: list
    later: list = field(default_factory=list)

    @property
    def name(self):
        return self.evidence.get("name") or str(self.id)

    @property
    def was_imported(self):
        """Whether it came to its origin by an import."""
        return any(
            event.get("event_type") == "imported" for event, _link in self.events
        )


@dataclass(frozen=True)
class ImportedLater:
    """What is said of a later time stamp.

    :param container: id of the document that holds it, at the origin
    :param renews: the same of the one before; ``None`` for the first
    """

    container: int
    renews: int | None
    said: LaterEvidence


class LinkCheck:
    """Recomputes links and compares those that follow each other."""

    def __init__(self, content):
        self.content = content
        self._links = {}
        self._ids = set()

    def recompute(self, node, stream, name):
        """Return ``(evidence, link)``, ``None`` when it does not hold."""
        text = node.findtext(f"{{{NAMESPACE}}}evidence")
        evidence = read_canonical(text)
        if (
            evidence is None
            or evidence.get("stream") != stream
            or not isinstance(evidence.get("id"), int)
        ):
            self.content.add("evidence", name=name)
            return None
        if stream == "document":
            name = evidence.get("name") or name
        values = {**node.attrib, "evidence": text}
        key = stream, evidence["id"]
        if key in self._ids:
            self.content.add("evidence", name=name)
        self._ids.add(key)
        number, chain_hash = node.get("chain_number"), node.get("chain_hash")
        if not number or not chain_hash:
            if number or chain_hash or evidence.get("event_type") not in _MAY_WAIT:
                self.content.add("unlinked", name=name)
            return evidence, values
        previous = node.get("previous_hash")
        if link(previous, evidence) != chain_hash or (number == "1") != (not previous):
            self.content.add("link", name=name, number=number)
        self.content.links += 1
        place = stream, evidence.get("company_id"), int(number)
        if place in self._links:
            self.content.add("link", name=name, number=number)
        self._links[place] = (previous, chain_hash, name)
        return evidence, values

    def finish(self):
        """Links with neighbouring numbers must hang together."""
        for (stream, company, number), (previous, _hash, name) in self._links.items():
            before = self._links.get((stream, company, number - 1))
            if before and before[1] != previous:
                self.content.add("link", name=name, number=number)


def read_canonical(text):
    """Return the dictionary that ``text`` is the canonical JSON of, else ``None``."""
    try:
        data = json.loads(text or "")
        if isinstance(data, dict) and canonical(data).decode() == text:
            return data
    except (ValueError, TypeError, RecursionError):
        return None
    return None


def read_document(node, check):
    """Return the :class:`ImportedDocument` of a valid ``document`` element, ``None``
    when its evidence cannot be read.
    """
    add, label = check.content.add, node.get("id")
    found = check.recompute(node.find(f"{{{NAMESPACE}}}link"), "document", label)
    state = read_canonical(node.findtext(f"{{{NAMESPACE}}}state"))
    if not found or state is None:
        add("evidence", name=label)
        return None
    evidence, values = found
    texts = ("name", "filename", "mimetype", "kind_code", "sha256", "archived_at")
    if any(not isinstance(evidence.get(key), str) for key in texts) or not isinstance(
        evidence.get("size"), int
    ):
        add("evidence", name=label)
        return None
    if not _seal_is_told(evidence):
        add("evidence", name=label)
        return None
    if str(evidence["id"]) != label or evidence["sha256"] != node.get("sha256"):
        add("other_evidence", name=evidence["name"])
    events = []
    for one in node.iterfind(f"{{{NAMESPACE}}}event"):
        event = check.recompute(one, "event", evidence["name"])
        if not event:
            continue
        if event[0].get("document_id") != evidence["id"] or event[0].get(
            "company_id"
        ) != evidence.get("company_id"):
            add("event", name=evidence["name"])
        events.append(event)
    _check_state(evidence, state, events, add)
    return ImportedDocument(
        id=evidence["id"],
        status=node.get("status"),
        path=node.get("path"),
        sha256=node.get("sha256"),
        company=node.get("company"),
        vat=node.get("vat") or "",
        evidence=evidence,
        link=values,
        state=state,
        events=events,
        later=[_read_later(one) for one in node.iterfind(f"{{{NAMESPACE}}}later")],
    )


def _read_later(node):
    """Return the :class:`ImportedLater` of an element that follows the schema."""
    values = dict(node.attrib)
    container, renews = int(values.pop("container")), values.pop("renews", None)
    for name in ("stamped_at", "valid_until"):
        moment = datetime.fromisoformat(values[name])
        values[name] = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    values["late"] = values["late"] in ("true", "1")
    values.setdefault("tsa_subject", "")
    return ImportedLater(container, renews and int(renews), LaterEvidence(**values))


def later_told(document):
    """Return how many later time stamps the journal of a document tells of."""
    return sum(
        event.get("event_type") in ("timestamped", "renewed")
        for event, _link in document.events
    )


def _seal_is_told(evidence):
    if evidence.get("seal_level") == "none":
        return True
    texts = ("seal_signer", "seal_fingerprint", "sealed_at")
    return evidence.get("seal_level") in _LEVELS and all(
        isinstance(evidence.get(key), str) for key in texts
    )


def _check_state(evidence, state, events, add):
    """Compare the state with what the events tell, as the verification does."""
    types = [event.get("event_type") for event, _link in events]
    if types.count("archived") != 1:
        add("journal", name=evidence["name"])
        return
    if evidence.get("format", 0) < 2:
        return
    told = {}
    last = float("inf")
    for event, _values in sorted(
        events, key=lambda one: int(one[1].get("chain_number", 0)) or last
    ):
        if event.get("data"):
            data = read_canonical(event["data"])
            if data is None:
                add("event", name=evidence["name"])
            told.update(data or {})
    for key, value in state.items():
        if key != "destroyed_at" and (value or None) != (told.get(key) or None):
            add("state", name=evidence["name"], field=key)
