# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Files embedded in a PDF: the invoice XML and whatever else came along."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

__all__ = [
    "INVOICE_XML_NAMES",
    "Attachment",
    "attach",
    "complete_file_specifications",
    "drop_invoice_xml",
    "embedded_files",
    "is_invoice_xml",
    "pdf_date",
]

#: Names under which hybrid invoices carry their XML; there must be one only.
INVOICE_XML_NAMES = frozenset(
    {"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml", "cii.xml"}
)


@dataclass(frozen=True)
class Attachment:
    """A file to embed; ``level`` is the Factur-X level for the metadata (``EN 16931``
    …)."""

    name: str
    data: bytes = field(repr=False)
    mimetype: str
    relationship: str
    description: str
    level: str | None = None


def pdf_date(moment: datetime) -> str:
    """Write an aware UTC time as PDF does."""
    return moment.strftime("D:%Y%m%d%H%M%S+00'00'")


def _file_name(specification) -> str:
    if not isinstance(specification, Dictionary):
        return ""
    return str(specification.get(Name.UF, specification.get(Name.F, "")))


def is_invoice_xml(specification) -> bool:
    """Tell whether a file specification is that of an invoice XML."""
    return _file_name(specification).lower() in INVOICE_XML_NAMES


def embedded_files(document: Pdf) -> dict[str, Dictionary]:
    """Return the file specifications of the catalog's name tree by their key."""
    tree = document.Root.get(Name.Names, Dictionary()).get(Name.EmbeddedFiles)
    if tree is None:
        return {}
    return {str(key): value for key, value in pikepdf.NameTree(tree).items()}


def drop_invoice_xml(document: Pdf) -> None:
    """Forget an invoice XML embedded earlier, wherever it is listed.

    A file specification that stays behind in only one of the lists breaks PDF/A (6.8).
    """
    files = embedded_files(document)
    kept = {key: spec for key, spec in files.items() if not is_invoice_xml(spec)}
    if len(kept) != len(files):
        _write_name_tree(document, kept)
    for holder in (document.Root, *(page.obj for page in document.pages)):
        listed = holder.get(Name.AF)
        if isinstance(listed, Array):
            others = [spec for spec in listed if not is_invoice_xml(spec)]
            if len(others) != len(listed):
                holder.AF = Array(others)


def _write_name_tree(document: Pdf, files: dict[str, Dictionary]) -> None:
    root = document.Root
    if Name.Names not in root:
        root.Names = Dictionary()
    pairs = []
    for key in sorted(files, key=lambda name: name.encode("utf-16-be")):
        pairs += [String(key), files[key]]
    root.Names.EmbeddedFiles = document.make_indirect(Dictionary(Names=Array(pairs)))


def attach(document: Pdf, attachment: Attachment, created: datetime) -> None:
    """Embed a file and list it in the name tree of the catalog."""
    content = Stream(document, attachment.data)
    content.Type = Name.EmbeddedFile
    content.Subtype = Name("/" + attachment.mimetype)
    content.Params = Dictionary(
        Size=len(attachment.data),
        ModDate=String(pdf_date(created)),
        CheckSum=String(hashlib.md5(attachment.data, usedforsecurity=False).digest()),
    )
    reference = document.make_indirect(content)
    specification = document.make_indirect(
        Dictionary(
            Type=Name.Filespec,
            F=String(attachment.name),
            UF=String(attachment.name),
            Desc=String(attachment.description),
            AFRelationship=Name("/" + attachment.relationship),
            EF=Dictionary(F=reference, UF=reference),
        )
    )
    _write_name_tree(
        document, {**embedded_files(document), attachment.name: specification}
    )


def complete_file_specifications(document: Pdf) -> None:
    """Give every embedded file what PDF/A-3 wants: both names, type, relationship,
    /AF."""
    listed = document.Root.get(Name.AF)
    associated = list(listed) if isinstance(listed, Array) else []
    for key, specification in embedded_files(document).items():
        name = _file_name(specification) or key
        specification.F = specification.UF = String(name)
        if Name.AFRelationship not in specification:
            specification.AFRelationship = Name.Unspecified
        for stream in {id(one): one for _k, one in specification.EF.items()}.values():
            if Name.Subtype not in stream:
                stream.Subtype = Name("/application/octet-stream")
        if specification not in associated:
            associated.append(specification)
    if associated:
        document.Root.AF = Array(associated)
