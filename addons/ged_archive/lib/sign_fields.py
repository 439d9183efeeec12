# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Documents that several people sign: empty fields first, then the seal, then theirs.

A field that is made after the seal breaks it, one that is *filled* does not: so the
page with a field for each signatory is added before the company seals
(``Sealer.seal(…, form_filling=True)``). Each signature is an incremental update that
leaves the bytes before it as they are.
"""

import io
from dataclasses import dataclass, field

from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.stamp.base import BaseStamp, BaseStampStyle

from .drawing import Canvas, faces_for
from .errors import InvalidDocumentError
from .pdf_frame import PARSER_ERRORS, open_for_update
from .sign_page import Box, PageText, draw_empty, draw_pages, draw_signed

__all__ = [
    "Box",
    "FieldSignature",
    "PageText",
    "lay_out_signature",
    "prepare",
    "signed_fields",
    "stamp",
]

_PRINT = 4


@dataclass(frozen=True)
class FieldSignature:
    """What goes into a field.

    :param field_name: of a field that :func:`prepare` made
    :param name: who signs; readers show it
    :param reason: readers show it too
    :param image: the picture of the signature, PNG
    :param lines: what is written below the picture, the first line in bold
    :param accent: colour of the edge, ``#rrggbb``
    """

    field_name: str
    name: str
    reason: str = ""
    image: bytes | None = field(default=None, repr=False)
    lines: tuple[str, ...] = ()
    accent: str = "#2f5d7c"


def prepare(pdf: bytes, boxes: list[Box], text: PageText) -> bytes:
    """Return ``pdf`` with one page more (or several) that has an empty signature field
    for each of ``boxes``.

    PDF/A-3 stays PDF/A-3. Raises :class:`InvalidDocumentError` for a file that cannot
    be extended (not a PDF, encrypted, signed already), ``ValueError`` without boxes or
    for two of one name.
    """
    names = [box.field_name for box in boxes]
    if not names or len(set(names)) != len(names) or not all(names):
        raise ValueError("each signatory needs a field with a name of its own")
    writer = open_for_update(pdf)
    try:
        size = _size_of_last_page(writer)
        fonts = {}
        for canvas, placed in draw_pages(boxes, text, size):
            _add_page(writer, canvas, placed, text, size, fonts)
        output = io.BytesIO()
        writer.write(output)
    except PARSER_ERRORS as error:
        raise InvalidDocumentError(f"This PDF is damaged: {error}") from error
    return output.getvalue()


def signed_fields(pdf: bytes) -> dict[str, bool]:
    """Return the signature fields of a document, and whether each one is signed."""
    writer = open_for_update(pdf, signed=True)
    return {
        name: value is not None
        for name, value, _field in fields.enumerate_sig_fields(writer.prev)
    }


def lay_out_signature(pdf, what: FieldSignature, moment, signer, room):
    """Write the update with an empty signature; return ``(output, prepared)``.

    :param signer: what pyHanko has to know of the signer
    :param room: hexadecimal digits to keep for the signature

    For ``Sealer.countersign``; same errors.
    """
    writer = open_for_update(pdf, signed=True)
    metadata = signers.PdfSignatureMetadata(
        field_name=what.field_name,
        md_algorithm="sha256",
        certify=False,
        subfilter=fields.SigSeedSubFilter.PADES,
        name=what.name,
        reason=what.reason or None,
    )
    try:
        free = {
            name: value is None
            for name, value, _field in fields.enumerate_sig_fields(writer.prev)
        }
        if not free.get(what.field_name):
            raise InvalidDocumentError(
                f"The field “{what.field_name}” is signed already."
                if what.field_name in free
                else f"The document has no field “{what.field_name}”."
            )
        pdf_signer = signers.PdfSigner(metadata, signer, stamp_style=_Style(what))
        session = pdf_signer.init_signing_session(writer, existing_fields_only=True)
        session.system_time = moment
        document = session.prepare_tbs_document(
            validation_info=None, bytes_reserved=room
        )
        prepared, output = document.digest_tbs_document()
    except SigningError as error:
        raise InvalidDocumentError(f"This PDF cannot be signed: {error}") from error
    except PARSER_ERRORS as error:
        raise InvalidDocumentError(f"This PDF is damaged: {error}") from error
    return output, prepared


def stamp(pdf: bytes, what: FieldSignature) -> bytes:
    """Return an *unsealed* ``pdf`` in which one box shows what would be signed there.

    For companies without a certificate: the drawing becomes part of the page, its field
    goes away, and nothing in the file protects it. Errors as of
    :func:`lay_out_signature`.
    """
    writer = open_for_update(pdf)
    try:
        widget = _take_field(writer, what.field_name)
        x1, y1, x2, y2 = (float(one) for one in widget["/Rect"])
        drawing = _Signed(writer, _Style(what), BoxConstraints(x2 - x1, y2 - y1))
        number = _page_number(writer, widget.raw_get("/P").reference)
        drawing.apply(number, x1, y1)
        output = io.BytesIO()
        writer.write(output)
    except PARSER_ERRORS as error:
        raise InvalidDocumentError(f"This PDF is damaged: {error}") from error
    return output.getvalue()


def _take_field(writer, name):
    """Remove an empty field from form and page; return its widget."""
    form = writer.root["/AcroForm"]["/Fields"]
    found = [one for one in form if one.get_object().get("/T") == name]
    if not found:
        raise InvalidDocumentError(f"The document has no field “{name}” to be signed.")
    widget = found[0].get_object()
    page = widget["/P"]
    for holder in (form, page["/Annots"]):
        place = next(
            index for index, one in enumerate(holder) if one.get_object() is widget
        )
        del holder[place]
        writer.update_container(holder)
    return widget


def _page_number(writer, reference):
    count = int(writer.root["/Pages"]["/Count"])
    return next(
        number
        for number in range(count)
        if writer.find_page_for_modification(number)[0].reference == reference
    )


# -- the page --------------------------------------------------------------------------


def _size_of_last_page(writer):
    last = int(writer.root["/Pages"]["/Count"]) - 1
    node = writer.find_page_for_modification(last)[0].get_object()
    while "/MediaBox" not in node:
        node = node["/Parent"]
    x1, y1, x2, y2 = (float(one) for one in node["/MediaBox"])
    return abs(x2 - x1), abs(y2 - y1)


def _add_page(writer, canvas, placed, text, size, fonts):
    content, resources = canvas.finish(writer, fonts)
    stream = generic.StreamObject(stream_data=content)
    stream.compress()
    page = writer.insert_page(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Page"),
                pdf_name("/MediaBox"): _numbers(0, 0, *size),
                pdf_name("/Contents"): writer.add_object(stream),
                pdf_name("/Resources"): resources,
            }
        )
    )
    widgets = [
        _add_field(writer, page, box, place, text, fonts) for box, place in placed
    ]
    page.get_object()["/Annots"] = generic.ArrayObject(widgets)
    if "/AcroForm" in writer.root:
        form = writer.root["/AcroForm"]
    else:
        form = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject()})
        writer.root["/AcroForm"] = writer.add_object(form)
        writer.update_root()
    if "/Fields" not in form:  # a form of another program, without fields
        form["/Fields"] = generic.ArrayObject()
        writer.update_container(form)
    form["/Fields"].extend(widgets)
    writer.update_container(form["/Fields"])


def _add_field(writer, page, box, place, text, fonts):
    x, y, width, height = place
    canvas = Canvas(faces_for(text.waiting))
    draw_empty(canvas, text, width, height)
    content, resources = canvas.finish(writer, fonts)
    appearance = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): _numbers(0, 0, width, height),
            pdf_name("/Resources"): resources,
        },
        stream_data=content,
    )
    return writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/FT"): pdf_name("/Sig"),
                pdf_name("/T"): generic.pdf_string(box.field_name),
                # what a screen reader says of the field
                pdf_name("/TU"): generic.pdf_string(box.spoken),
                pdf_name("/F"): generic.NumberObject(_PRINT),
                pdf_name("/Rect"): _numbers(x, y, x + width, y + height),
                pdf_name("/P"): page,
                pdf_name("/AP"): generic.DictionaryObject(
                    {pdf_name("/N"): writer.add_object(appearance)}
                ),
            }
        )
    )


def _numbers(*values):
    return generic.ArrayObject(generic.FloatObject(f"{one:g}") for one in values)


# -- the signature ---------------------------------------------------------------------


class _Style(BaseStampStyle):
    """Hands the drawing over to :class:`_Signed`."""

    def __init__(self, what):
        super().__init__(border_width=0)
        object.__setattr__(self, "what", what)

    def create_stamp(self, writer, box, text_params):
        return _Signed(writer, self, box)


class _Signed(BaseStamp):
    """The form XObject that shows in a field once it is signed."""

    def _render_inner_content(self):
        what = self.style.what
        canvas = Canvas(faces_for(*what.lines))
        image = _read(what.image) if what.image else None
        draw_signed(canvas, what, image, self.box.width, self.box.height)
        content, resources = canvas.finish(self.writer)
        for kind in (ResourceType.FONT, ResourceType.XOBJECT):
            for name, value in resources.get(kind.value, {}).items():
                self.set_resource(kind, name, value)
        return [content]


def _read(data):
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG",))
        image.load()
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise InvalidDocumentError(
            f"The picture of the signature cannot be read: {error}"
        ) from error
    return image.convert("RGB")
