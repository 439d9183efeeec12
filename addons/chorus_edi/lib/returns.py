# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Return files of the EDI mode: statuses of invoices and of flows (CPPStatut).

What comes from outside is read without entities, network, links and paths, and within
:class:`Limits`.

What is known of the files: the root is ``CPPStatut`` or ``CPPStatutPivot``; below it,
at some depth, ``CPPFactureStatutUnitaire`` with ``Fournisseur``, ``Debiteur`` and
``DonneesStatut`` (``IdFacture``, ``IdStatut``, ``Commentaire``), or ``CPPFluxStatuts``
about flows, whose statuses are 90 to 96. The schema itself could not be read; so
elements are found by their local name wherever they are, and what is not understood
stays a file of the kind ``unknown`` with its content, for somebody to look at.
"""

from dataclasses import dataclass, field
from datetime import datetime

from . import archives, codes, numbers, safe_xml
from .reading import as_time

__all__ = [
    "BadReturn",
    "FlowStatus",
    "InvoiceStatus",
    "Limits",
    "ReturnFile",
    "read",
]


@dataclass(frozen=True)
class Limits:
    """Of bytes (one file, all together unpacked), files, depth and elements."""

    file_bytes: int = 20_000_000
    total_bytes: int = 100_000_000
    files: int = 2000
    depth: int = 40
    elements: int = 500_000


class BadReturn(ValueError):  # noqa: N818
    """A return file that is not read; the message says why."""


@dataclass(frozen=True)
class InvoiceStatus:
    """``code``: name of :mod:`codes` (``SUSPENDUE``) or the number if unknown."""

    invoice: str
    code: str
    number: str
    comment: str
    supplier: str
    recipient: str
    at: datetime | None


@dataclass(frozen=True)
class FlowStatus:
    """``number``: 90 to 96. Which of them means success is open: ``outcome`` is what
    the comment says in the platform's own words (« Intégré »…), as
    :class:`codes.FlowState`, and ``unknown`` when it says nothing."""

    flow: str
    number: str
    outcome: str
    comment: str
    at: datetime | None


@dataclass(frozen=True)
class ReturnFile:
    """One XML. ``kind``: ``invoices``, ``flows``, ``both`` or ``unknown``; ``flow``:
    the flow that its name speaks of, ``""`` if it does not."""

    name: str
    flow: str
    kind: str
    invoices: tuple[InvoiceStatus, ...] = ()
    flows: tuple[FlowStatus, ...] = ()
    content: bytes = field(default=b"", repr=False)


_ROOTS = {"CPPStatut", "CPPStatutPivot"}
#: The labels of annex V5.00, to the outcomes of :mod:`codes`.
_OUTCOMES = {
    "intégré": "integrated",
    "intégré partiellement": "partial",
    "rejeté": "rejected",
    "incidenté": "incident",
    "reçu": "pending",
    "traité se cpp": "pending",
    "en attente de traitement": "pending",
    "en cours de traitement": "pending",
    "en attente de retraitement": "pending",
}


def read(
    name: str, content: bytes, limits: Limits | None = None
) -> tuple[ReturnFile, ...]:
    """The :class:`ReturnFile` of an XML, or of each XML in a tar.gz or ZIP.

    Members that are not called ``.xml`` (a PDF, a style sheet) are of the kind
    ``unknown``.

    :raises BadReturn: not read as a whole; nothing of it may be used
    """
    limits = limits or Limits()
    if len(content) > limits.total_bytes:
        raise BadReturn(f"{name[:80]}: more than {limits.total_bytes} bytes")
    if not archives.is_archive(content):
        return (_read_xml(name, content, limits, _flow_of(name)),)
    try:
        members = archives.members(
            content,
            max_files=limits.files,
            max_file=limits.file_bytes,
            max_total=limits.total_bytes,
        )
    except archives.BadArchive as error:
        raise BadReturn(f"{name[:80]}: {error}") from None
    return tuple(_read_member(name, *member, limits) for member in members)


def _read_member(archive_name, name, content, limits):
    flow = _flow_of(name) or _flow_of(archive_name)
    if not name.lower().endswith(".xml"):
        return ReturnFile(name, flow, "unknown", content=content)
    return _read_xml(name, content, limits, flow)


def _flow_of(name):
    parts = numbers.split_flow_name(name)
    return parts.flow if parts else ""


def _read_xml(name, content, limits, flow):
    try:
        root = safe_xml.parse(
            content,
            max_bytes=limits.file_bytes,
            max_depth=limits.depth,
            max_elements=limits.elements,
        )
    except safe_xml.BadXml as error:
        raise BadReturn(f"{name[:80]}: {error}") from None
    if safe_xml.local_name(root) not in _ROOTS:
        return ReturnFile(name, flow, "unknown", content=content)
    invoices = tuple(map(_invoice_status, _all(root, "CPPFactureStatutUnitaire")))
    flows = tuple(
        _flow_status(element, flow)
        for block in _all(root, "CPPFluxStatuts")
        for element in _units(block)
    )
    kind = "both" if invoices and flows else "invoices" if invoices else "flows"
    kind = kind if invoices or flows else "unknown"
    return ReturnFile(name, flow, kind, invoices, flows, content)


def _units(block):
    """The entries of a list of flows: what holds one ``IdStatut`` each."""
    entries = [child for child in block if _all(child, "IdStatut")]
    return entries if len(entries) == len(_all(block, "IdStatut")) else [block]


def _invoice_status(element):
    number = _text(element, "IdStatut")
    status = codes.status_of_number(number)
    return InvoiceStatus(
        invoice=_text(element, "IdFacture"),
        code=status.code,
        number=status.number,
        comment=_text(element, "Commentaire"),
        supplier=_identifier(element, "Fournisseur"),
        recipient=_identifier(element, "Debiteur"),
        at=_time(element),
    )


def _flow_status(element, flow):
    comment = _text(element, "Commentaire", "Libelle", "LibelleStatut")
    label = comment.partition(":")[0].strip().rstrip(".").lower()
    return FlowStatus(
        flow=_text(element, "IdFlux", "NumeroFlux", "NumeroFluxDepot", "IdFlx") or flow,
        number=_text(element, "IdStatut").zfill(2),
        outcome=_OUTCOMES.get(label, "unknown"),
        comment=comment,
        at=_time(element),
    )


def _time(element):
    return as_time(_text(element, "DateHeure", "DateStatut", "DateHeureStatut", "Date"))


def _identifier(element, party):
    """The identifier of a party: in ``Identifiant``, or its own text."""
    for found in _all(element, party):
        return _text(found, "Identifiant") or (found.text or "").strip()
    return ""


def _all(element, name):
    return list(element.iter(f"{{*}}{name}"))


def _text(element, *names):
    """The text of the first descendant with one of the names that has some."""
    for name in names:
        for found in element.iter(f"{{*}}{name}"):
            text = (found.text or "").strip()
            if text:
                return text
    return ""
