# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Opening PDF files that may be anything."""

import io
import struct
import zlib

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError

from .errors import InvalidDocumentError

__all__ = ["PARSER_ERRORS", "check_pdf_frame", "open_for_update"]

#: What parsers of foreign bytes may raise besides their own error class.
PARSER_ERRORS = (
    PdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
    NotImplementedError,
    OSError,
    struct.error,
    zlib.error,
)


def open_for_update(pdf: bytes, *, signed: bool = False) -> IncrementalPdfFileWriter:
    """Open ``pdf`` to add something behind it; a signed one only with ``signed``."""
    check_pdf_frame(pdf)
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        if writer.prev.encrypted:
            raise InvalidDocumentError("This PDF is encrypted; it cannot be sealed.")
        if not signed and writer.prev.embedded_signatures:
            raise InvalidDocumentError(
                "This PDF is already signed; a seal would have to come first."
            )
    except PARSER_ERRORS as error:
        raise InvalidDocumentError(f"This PDF is damaged: {error}") from error
    # pyHanko would rewrite the XMP packet and rename the prefixes that Factur-X readers
    # search for; the metadata describe the document, not the seal.
    writer._update_meta = lambda: None
    return writer


def check_pdf_frame(pdf: bytes) -> None:
    """Raise :class:`InvalidDocumentError` when ``pdf`` is not a whole PDF file."""
    if not pdf:
        raise InvalidDocumentError("The file is empty.")
    if b"%PDF-" not in pdf[:1024]:
        raise InvalidDocumentError("The file is not a PDF.")
    if b"%%EOF" not in pdf[-1024:]:
        raise InvalidDocumentError("The PDF is truncated: its end is missing.")
