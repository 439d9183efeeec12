# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Factur-X: an invoice XML (CII) checked, and embedded into a PDF/A-3B."""

import zlib
from datetime import datetime

import pikepdf
from pikepdf import Dictionary, Name

from .attachments import INVOICE_XML_NAMES, Attachment, embedded_files
from .certificate import as_utc
from .cii import PROFILES, XmlProblem, check_schema, parse, profile_of
from .errors import InvalidDocumentError, InvalidXmlError
from .pdfa import Conversion, convert, open_pdf, to_pdfa3
from .schematron import check_rules
from .xmp import DocumentInfo

__all__ = [
    "FILE_NAME",
    "XmlProblem",
    "check_cii",
    "convert_with_xml",
    "embed",
    "extract",
    "profile_of",
    "to_pdfa3",
]

#: The name that the Factur-X specification prescribes for the embedded XML.
FILE_NAME = "factur-x.xml"

_RELATIONSHIPS = ("Data", "Source", "Alternative")


def check_cii(xml: bytes, *, schematron: bool) -> list[XmlProblem]:
    """Return what is wrong with an invoice XML; an empty list when nothing is.

    The XSD of its profile is always checked; the business rules (EN 16931 and the
    profile's own) only with ``schematron`` and when the XSD is content, since the rules
    presume it. Rules that the norm gives as warnings come with ``severity='warning'``.
    XML that cannot be read is returned as a problem too. Raises :class:`WorkerError`
    when the process that checks the rules fails.
    """
    try:
        root = parse(xml)
        profile = profile_of(root)
    except InvalidXmlError as error:
        return error.problems
    problems = check_schema(root, profile)
    if problems or not schematron:
        return problems
    return check_rules(xml, profile)


def embed(
    pdf: bytes,
    xml: bytes,
    *,
    title: str,
    author: str,
    subject: str,
    lang: str = "fr-FR",
    created: datetime | None = None,
    relationship: str | None = None,
) -> bytes:
    """Return ``pdf`` as Factur-X: PDF/A-3B with ``xml`` embedded as ``factur-x.xml``.

    An invoice XML embedded earlier is replaced. ``relationship`` (``Data``, ``Source``,
    ``Alternative``) defaults to what the specification asks for the profile. The
    content of the XML is not checked here but for its profile; see :func:`check_cii`.
    Raises :class:`InvalidXmlError` for XML without a known profile, and
    :class:`InvalidDocumentError` for a PDF that cannot be used.
    """
    info = DocumentInfo(title, author, subject, lang, as_utc(created))
    return convert_with_xml(pdf, xml, info, relationship).data


def convert_with_xml(
    pdf: bytes,
    xml: bytes,
    info: DocumentInfo,
    relationship: str | None = None,
    *,
    others: tuple[Attachment, ...] = (),
) -> Conversion:
    """Do as :func:`embed`; also tell why the file could not be made PDF/A-3, if so.

    ``others``: more files that travel in the PDF.
    """
    profile = PROFILES[profile_of(xml)]
    if profile.label is None:
        raise InvalidXmlError(
            f"The profile {profile.name} cannot be embedded in a PDF."
        )
    if relationship is None:
        # Below BASIC the XML is only a part of what the PDF says.
        relationship = (
            "Data" if profile.name in ("minimum", "basicwl") else "Alternative"
        )
    if relationship not in _RELATIONSHIPS:
        raise ValueError(f"the relationship must be one of {', '.join(_RELATIONSHIPS)}")
    attachment = Attachment(
        name=FILE_NAME,
        data=xml,
        mimetype="text/xml",
        relationship=relationship,
        description="Factur-X invoice data",
        level=profile.label,
    )
    return convert(pdf, info, attachment, others=others)


def extract(pdf: bytes, *, max_size: int = 64 * 1024 * 1024) -> bytes:
    """Return the invoice XML that a hybrid PDF carries.

    Raises :class:`InvalidDocumentError` when there is none, more than one, or it is
    larger than ``max_size`` bytes (it is compressed: a small file may hold a huge one).
    """
    with open_pdf(pdf) as document:
        try:
            found = [
                specification
                for name, specification in _specifications(document)
                if name.lower() in INVOICE_XML_NAMES
            ]
            if not found:
                raise InvalidDocumentError("This PDF holds no invoice XML.")
            if len(found) > 1:
                raise InvalidDocumentError("This PDF holds more than one invoice XML.")
            files = found[0].EF
            return _read(
                files[Name.UF] if Name.UF in files else files[Name.F], max_size
            )
        except (
            pikepdf.PdfError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
        ) as error:
            raise InvalidDocumentError(f"This PDF is damaged: {error}") from error


def _specifications(document) -> list[tuple[str, Dictionary]]:
    return [
        (str(specification.get(Name.UF, specification.get(Name.F, key))), specification)
        for key, specification in embedded_files(document).items()
    ]


def _read(stream: pikepdf.Stream, max_size: int) -> bytes:
    if stream.get(Name.Filter) != Name.FlateDecode or Name.DecodeParms in stream:
        return stream.read_bytes()
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(stream.read_raw_bytes(), max_size)
    except zlib.error as error:
        raise InvalidDocumentError("The embedded invoice XML is damaged.") from error
    if inflater.unconsumed_tail:
        raise InvalidDocumentError("The embedded invoice XML is too large.")
    return data
