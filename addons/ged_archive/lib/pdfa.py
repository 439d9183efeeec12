# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Turning the PDF files of report engines into PDF/A-3B (ISO 19005-3).

Cures what wkhtmltopdf and browsers leave out: output intent, file identifier,
annotation flags, glyph widths, metadata. What cannot be cured (a font that is not in
the file) is told, and then the file does not claim to be PDF/A.
"""

import io
import re
from dataclasses import dataclass, field
from datetime import datetime

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from .attachments import (
    Attachment,
    attach,
    complete_file_specifications,
    drop_invoice_xml,
    is_invoice_xml,
    pdf_date,
)
from .certificate import as_utc
from .errors import InvalidDocumentError
from .glyphs import cure_widths
from .icc import srgb_profile
from .pdf_frame import check_pdf_frame
from .xmp import DocumentInfo, xmp_packet

__all__ = ["Conversion", "convert", "open_pdf", "to_pdfa3"]

_PRINT, _HIDING = 4, 1 | 2 | 32 | 256
_FORBIDDEN_ANNOTATIONS = {Name("/3D"), Name.Sound, Name.Screen, Name.Movie}
_ALLOWED_ACTIONS = {
    Name.GoTo,
    Name.GoToR,
    Name.GoToE,
    Name.URI,
    Name.Thread,
    Name.Named,
    Name.SubmitForm,
}
_FONT_FILES = (Name.FontFile, Name.FontFile2, Name.FontFile3)
_SIMPLE_FONTS = {Name.Type1, Name.TrueType, Name.MMType1}
_HEX_TEXT = re.compile(rb"<([0-9A-Fa-f\s]+)>")


@dataclass(frozen=True)
class Conversion:
    """The converted file, and in ``obstacles`` why it is not PDF/A-3 (empty when it
    is)."""

    data: bytes = field(repr=False)
    obstacles: tuple[str, ...] = ()


def to_pdfa3(
    pdf: bytes,
    *,
    title: str,
    author: str,
    subject: str,
    lang: str = "fr-FR",
    created: datetime | None = None,
) -> bytes:
    """Return ``pdf`` as PDF/A-3B, for documents without an invoice XML.

    ``created`` defaults to the clock (naive means UTC). Raises
    :class:`InvalidDocumentError` for a file that is not a PDF, encrypted, truncated,
    damaged or already signed.
    """
    info = DocumentInfo(title, author, subject, lang, as_utc(created))
    return convert(pdf, info).data


def convert(
    pdf: bytes,
    info: DocumentInfo,
    attachment: Attachment | None = None,
    *,
    others: tuple[Attachment, ...] = (),
) -> Conversion:
    """Apply all cures, embed ``attachment`` and ``others``, write the file anew.

    ``attachment`` is the one of which the metadata tell (Factur-X).

    Same errors as :func:`to_pdfa3`.
    """
    with open_pdf(pdf) as document:
        try:
            _refuse_signed(document)
            if attachment:
                drop_invoice_xml(document)
            _cure_catalog(document, info.lang)
            _cure_pages(document)
            obstacles = _cure_objects(document)
            for one in (*([attachment] if attachment else ()), *others):
                attach(document, one, info.created)
            complete_file_specifications(document)
            _set_output_intent(document)
            _set_metadata(document, info, attachment, claim=not obstacles)
            return Conversion(_save(document), tuple(obstacles))
        except (
            pikepdf.PdfError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
        ) as error:
            raise InvalidDocumentError(f"This PDF is damaged: {error}") from error


def open_pdf(pdf: bytes) -> Pdf:
    """Open without repairing: a file that needs repair is told, not silently
    changed."""
    check_pdf_frame(pdf)
    try:
        document = Pdf.open(
            io.BytesIO(pdf), attempt_recovery=False, suppress_warnings=True
        )
    except pikepdf.PasswordError as error:
        raise InvalidDocumentError("This PDF is protected by a password.") from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise InvalidDocumentError(f"This PDF is damaged: {error}") from error
    if document.is_encrypted:
        document.close()
        raise InvalidDocumentError("This PDF is encrypted.")
    return document


def _refuse_signed(document: Pdf) -> None:
    form = document.Root.get(Name.AcroForm)
    if Name.Perms in document.Root or (
        form is not None and int(form.get(Name.SigFlags, 0)) & 1
    ):
        raise InvalidDocumentError(
            "This PDF is signed; converting it would destroy the signature."
        )


def _cure_catalog(document: Pdf, lang: str) -> None:
    root = document.Root
    root.Lang = String(lang)
    # Scripts and automatic actions have no place in an archived document.
    for key in ("/AA", "/Requirements", "/NeedsRendering", "/Version"):
        if key in root:
            del root[key]
    action = root.get(Name.OpenAction)
    if isinstance(action, Dictionary) and action.get(Name.S) not in _ALLOWED_ACTIONS:
        del root.OpenAction
    names = root.get(Name.Names)
    if names is not None:
        for key in ("/JavaScript", "/AlternatePresentations"):
            if key in names:
                del names[key]
    form = root.get(Name.AcroForm)
    if form is not None:
        for key in ("/NeedAppearances", "/XFA"):
            if key in form:
                del form[key]


def _cure_pages(document: Pdf) -> None:
    for page in document.pages:
        for key in ("/AA", "/PresSteps"):
            if key in page.obj:
                del page.obj[key]
        annotations = page.obj.get(Name.Annots)
        if annotations is None:
            continue
        kept = [one for one in annotations if _cure_annotation(one)]
        if len(kept) != len(annotations):
            page.obj.Annots = Array(kept)


def _cure_annotation(annotation: Dictionary) -> bool:
    """Mend one annotation in place; false when it has to go."""
    kind = annotation.get(Name.Subtype)
    if kind in _FORBIDDEN_ANNOTATIONS:
        return False
    if kind == Name.FileAttachment and is_invoice_xml(annotation.get(Name.FS)):
        return False
    if kind != Name.Popup:
        flags = int(annotation.get(Name.F, 0))
        cured = (flags | _PRINT) & ~_HIDING
        if cured != flags or Name.F not in annotation:
            annotation.F = cured
    if Name.AA in annotation:
        del annotation.AA
    action = annotation.get(Name.A)
    if action is not None and action.get(Name.S) not in _ALLOWED_ACTIONS:
        del annotation.A
    return True


def _cure_objects(document: Pdf) -> list[str]:
    """Mend fonts and images; return what cannot be mended."""
    obstacles = []
    for item in document.objects:
        if not isinstance(item, (Dictionary, Stream)):
            continue
        kind = item.get(Name.Subtype)
        if kind is None:
            continue
        if kind == Name.Image:
            if Name.Interpolate in item:
                del item[Name.Interpolate]
        elif item.get(Name.Type) == Name.Font:
            missing = _cure_font(item, kind)
            if missing:
                obstacles.append(missing)
    if any(_has_missing_glyphs(page.obj) for page in document.pages):
        obstacles.append(
            "some characters exist in no installed font (they show as boxes)"
        )
    return obstacles


def _cure_font(font: Dictionary, kind: Name) -> str | None:
    if kind not in _SIMPLE_FONTS and kind not in (Name.CIDFontType0, Name.CIDFontType2):
        return None
    descriptor = font.get(Name.FontDescriptor)
    if descriptor is None or not any(key in descriptor for key in _FONT_FILES):
        name = str(font.get(Name.BaseFont, "?")).lstrip("/")
        return f"the font {name} is not in the file"
    # Lists of the glyphs in a subset: optional, and often incomplete.
    for key in ("/CIDSet", "/CharSet"):
        if key in descriptor:
            del descriptor[key]
    if kind == Name.CIDFontType2:
        cure_widths(font)
    return None


def _has_missing_glyphs(page: Dictionary) -> bool:
    """Tell whether a page draws glyph 0, the empty box of characters that no font
    covers.

    Looks only at pages as report engines write them: composite fonts, two bytes for a
    glyph.
    """
    fonts = page.get(Name.Resources, Dictionary()).get(Name.Font, Dictionary())
    if not len(fonts) or any(
        font.get(Name.Encoding) != Name("/Identity-H") for _name, font in fonts.items()
    ):
        return False
    contents = page.get(Name.Contents)
    streams = contents if isinstance(contents, Array) else [contents]
    for stream in streams:
        if not isinstance(stream, Stream):
            continue
        for text in _HEX_TEXT.findall(stream.read_bytes()):
            digits = b"".join(text.split())
            if b"0000" in digits and any(
                digits[i : i + 4] == b"0000" for i in range(0, len(digits), 4)
            ):
                return True
    return False


def _set_output_intent(document: Pdf) -> None:
    intents = document.Root.get(Name.OutputIntents)
    if isinstance(intents, Array) and any(
        intent.get(Name.S) == Name.GTS_PDFA1 and Name.DestOutputProfile in intent
        for intent in intents
    ):
        # Made for PDF/A already, maybe for another colour space: its maker knows.
        return
    profile = Stream(document, srgb_profile())
    profile.N = 3
    profile.Alternate = Name.DeviceRGB
    condition = String("sRGB IEC61966-2.1")
    document.Root.OutputIntents = Array(
        [
            document.make_indirect(
                Dictionary(
                    Type=Name.OutputIntent,
                    S=Name.GTS_PDFA1,
                    OutputConditionIdentifier=condition,
                    Info=condition,
                    RegistryName=String("http://www.color.org"),
                    DestOutputProfile=document.make_indirect(profile),
                )
            )
        ]
    )


def _set_metadata(document, info: DocumentInfo, attachment, *, claim: bool) -> None:
    packet = Stream(
        document,
        xmp_packet(
            info,
            pdfa=claim,
            level=attachment.level if attachment else None,
            filename=attachment.name if attachment else "",
        ),
    )
    packet.Type = Name.Metadata
    packet.Subtype = Name.XML
    document.Root.Metadata = document.make_indirect(packet)
    date = String(pdf_date(info.created))
    # The same words as in the packet, for readers that know only this dictionary.
    document.trailer.Info = document.make_indirect(
        Dictionary(
            Title=String(info.title),
            Author=String(info.author),
            Subject=String(info.subject),
            Creator=String(info.creator),
            Producer=String(info.producer),
            CreationDate=date,
            ModDate=date,
        )
    )


def _save(document: Pdf) -> bytes:
    output = io.BytesIO()
    version = (
        {"force_version": "1.7"}
        if document.pdf_version >= "2"
        else {"min_version": "1.7"}
    )
    document.save(
        output,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        fix_metadata_version=False,
        **version,
    )
    return output.getvalue()
