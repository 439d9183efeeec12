# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is added behind a seal: validation data (DSS) and a time stamp of the file.

Both are incremental updates that a certification with DocMDP level 1 allows (ETSI EN
319 142-1 §5.4, §5.5).
"""

import io

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore

from .revocation_client import ValidationData
from .tsa import TimestampClient, TimestampToken

__all__ = ["TokenTooLarge", "add_validation_data", "free_field_name"]

_FIELD = "ArchiveTimestamp"


class TokenTooLarge(Exception):
    """The time stamp needs more room than was kept for it."""


def add_validation_data(
    pdf: bytes,
    data: ValidationData,
    *,
    tsa: TimestampClient | None = None,
    room: int = 0,
    field_name: str = _FIELD,
) -> tuple[bytes, TimestampToken | None]:
    """Return ``pdf`` with the validation data, and with ``tsa`` a time stamp over all.

    :param room: bytes kept for the token
    :param field_name: field of the time stamp, which the file must not hold yet

    Raises :class:`TimestampError` when no server answers, :class:`TokenTooLarge`.
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    # metadata describe the document, not its seal; see pdf_frame.open_for_update
    writer._update_meta = lambda: None
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,  # no VRI: EN 319 142-1 advises against it
        certs=[x509.Certificate.load(one) for one in data.certificates],
        ocsps=[ocsp.OCSPResponse.load(one) for one in data.ocsps],
        crls=[crl.CertificateList.load(one) for one in data.crls],
    )
    if tsa is None:
        output = io.BytesIO()
        writer.write(output)
        return output.getvalue(), None
    steps = PdfCMSEmbedder().write_cms(field_name, writer)
    next(steps)
    steps.send(SigObjSetup(DocumentTimestamp(bytes_reserved=2 * room)))
    prepared, output = steps.send(SigIOSetup(md_algorithm="sha256"))
    token = tsa.request_digest(prepared.document_digest.hex())
    if len(token.der) > room:
        raise TokenTooLarge
    prepared.fill_with_cms(output, token.der)
    return output.getvalue(), token


def free_field_name(pdf: bytes) -> str:
    """Return a name for the field of one more time stamp of the file."""
    reader = PdfFileReader(io.BytesIO(pdf))
    taken = {name for name, _value, _field in enumerate_sig_fields(reader)}
    number = 1
    name = _FIELD
    while name in taken:
        number += 1
        name = f"{_FIELD}{number}"
    return name
