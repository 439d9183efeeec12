# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What lies in the seals of a PDF: the certificates that came with them."""

import io

from pyhanko.pdf_utils.reader import PdfFileReader

from .errors import InvalidDocumentError
from .pdf_frame import PARSER_ERRORS
from .seal_parts import read_part

__all__ = ["certificates_of"]


def certificates_of(pdf: bytes) -> list[bytes]:
    """Return the certificates (DER) of all signatures and of their time stamps.

    Signers come before what came along with them. Raises
    :class:`InvalidDocumentError` when the file cannot be read.
    """
    found: dict[bytes, None] = {}
    try:
        for signature in PdfFileReader(io.BytesIO(pdf)).embedded_signatures:
            found[signature.signer_cert.dump()] = None
            part = read_part(signature.pkcs7_content)
            found.update(dict.fromkeys(part.certificates))
    except PARSER_ERRORS as error:
        raise InvalidDocumentError(f"This PDF is damaged: {error}") from error
    return list(found)
