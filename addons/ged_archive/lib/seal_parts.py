# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a sealed PDF carries, taken out for tools that do not read PDF."""

import hashlib
import io
from dataclasses import dataclass, field
from datetime import datetime

from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader

from .pdf_frame import PARSER_ERRORS
from .tsa import TokenError, read_token

__all__ = ["SealPart", "read_part", "seal_parts", "stamp_until"]


@dataclass(frozen=True)
class SealPart:
    """One signature or time stamp of a PDF, all in DER.

    :param cms: the signature as embedded, padding cut off
    :param token: its time stamp, ``None`` without one
    :param certificates: signer, issuers and those of the time stamp
    """

    cms: bytes = field(repr=False)
    token: bytes | None = field(default=None, repr=False)
    certificates: tuple[bytes, ...] = field(default=(), repr=False)


def seal_parts(pdf: bytes) -> list[SealPart]:
    """Return a part for each signature, oldest first; empty for what is no PDF."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        return [read_part(one.pkcs7_content) for one in reader.embedded_signatures]
    except PARSER_ERRORS:
        # judging a broken seal is for the verification; there is nothing to take out
        return []


def stamp_until(pdf: bytes, fingerprint: str) -> datetime | None:
    """Return when the certificate of the time stamp in a seal ends (aware, UTC).

    :param fingerprint: SHA-256 of the certificate that sealed, hex

    ``None`` where there is no such seal, no time stamp in it, or a wrong one.
    """
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        for one in reader.embedded_regular_signatures:
            if hashlib.sha256(one.signer_cert.dump()).hexdigest() != fingerprint:
                continue
            part = read_part(one.pkcs7_content)
            if part.token:
                token = cms.ContentInfo.load(part.token)
                stamp = read_token(token, one.signer_info["signature"].native)
                return stamp.certificate.not_valid_after
    except (*PARSER_ERRORS, TokenError):
        # judging a broken seal is for the verification
        return None
    return None


def read_part(content: bytes) -> SealPart:
    """Return the part for one signature as it stands in a file (DER, padded)."""
    info = cms.ContentInfo.load(content)
    signed, token = info["content"], None
    certificates = _certificates(signed)
    unsigned = signed["signer_infos"][0]["unsigned_attrs"]
    if isinstance(unsigned, cms.CMSAttributes):
        for attribute in unsigned:
            if attribute["type"].native == "signature_time_stamp_token":
                stamp = attribute["values"][0]
                token = stamp.dump()
                certificates += _certificates(stamp["content"])
    return SealPart(info.dump(), token, tuple(dict.fromkeys(certificates)))


def _certificates(signed):
    return [one.chosen.dump() for one in signed["certificates"]]
