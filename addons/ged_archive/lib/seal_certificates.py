# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What lies in the seals of a PDF: the certificates that came with them."""

import io

from pyhanko.pdf_utils.reader import PdfFileReader

from .errors import InvalidDocumentError
from .seal import PARSER_ERRORS

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
            for certificate in signature.other_embedded_certs:
                found[certificate.dump()] = None
            stamp = signature.attached_timestamp_data
            for choice in stamp["certificates"] if stamp else ():
                found[choice.chosen.dump()] = None
    except PARSER_ERRORS as error:
        raise InvalidDocumentError(f"This PDF is damaged: {error}") from error
    return list(found)
