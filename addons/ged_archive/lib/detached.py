# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A detached signature over any file (CAdES baseline, ETSI EN 319 122-1).

``openssl cms -verify -binary -inform DER -in F.p7s -content F -noverify`` checks it
without this program.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms
from pyhanko.sign.general import (
    CMSExtractionError,
    extract_certificate_info,
    extract_signer_info,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from .certificate import as_utc
from .cms import CmsSigner
from .errors import InvalidDocumentError
from .tsa import TokenError, read_token

__all__ = ["DetachedReport", "sign_detached", "verify_detached"]


class _TimedSigner(CmsSigner):
    """CAdES wants the time that PAdES forbids."""

    def __init__(self, material, moment):
        super().__init__(material)
        self._attributes = [
            *self._attributes,
            cms.CMSAttribute(
                {
                    "type": "signing_time",
                    "values": [cms.Time({"utc_time": moment.replace(microsecond=0)})],
                }
            ).dump(),
        ]


@dataclass(frozen=True)
class DetachedReport:
    """A signature that holds.

    :param signer: subject of the certificate
    :param fingerprint: SHA-256 of the certificate, hex
    :param signed_at: aware UTC time, of the time stamp if there is one, else as claimed
    :param level: ``B-T`` or ``B-B``
    """

    signer: str
    fingerprint: str
    signed_at: datetime | None
    level: str


def sign_detached(sealer, data: bytes, moment: datetime | None = None) -> bytes:
    """Return the signature (DER) of ``data`` by the key of ``sealer``.

    A time stamp is added when the seal has one and its server answers. Raises
    :class:`CertificateError` outside the validity of the certificate.
    """
    moment = as_utc(moment)
    sealer.check(moment)
    signer = _TimedSigner(sealer._material, moment)
    digest = hashlib.sha256(data).digest()
    encoded, signature = signer.sign(digest)
    token, _problem = sealer._time_stamp(signature)
    return signer.build(digest, signature, token.der) if token else encoded


def verify_detached(signature: bytes, data: bytes) -> DetachedReport:
    """Check ``signature`` (DER) over ``data``; trust in the signer is not judged.

    Raises :class:`InvalidDocumentError` when it does not hold.
    """
    try:
        signed = cms.ContentInfo.load(signature, strict=True)["content"]
        info = extract_signer_info(signed)
        certificate = extract_certificate_info(signed).signer_cert
        intact, valid = validate_sig_integrity(
            info,
            certificate,
            expected_content_type="data",
            actual_digest=hashlib.sha256(data).digest(),
        )
        if info["digest_algorithm"]["algorithm"].native != "sha256":
            raise ValueError("not SHA-256")
        if not (intact and valid):
            raise InvalidDocumentError("The signature does not match the file.")
        signed_at, level = _time_of(info)
        return DetachedReport(
            signer=_subject(certificate),
            fingerprint=hashlib.sha256(certificate.dump()).hexdigest(),
            signed_at=signed_at,
            level=level,
        )
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        CMSExtractionError,
        SignatureValidationError,
    ) as error:
        raise InvalidDocumentError(f"The signature is damaged: {error}") from error


def _subject(certificate):
    from cryptography import x509

    return x509.load_der_x509_certificate(certificate.dump()).subject.rfc4514_string()


def _time_of(info):
    unsigned = info["unsigned_attrs"]
    if isinstance(unsigned, cms.CMSAttributes):
        for attribute in unsigned:
            if attribute["type"].native == "signature_time_stamp_token":
                try:
                    stamp = read_token(attribute["values"][0], info["signature"].native)
                except TokenError as error:
                    raise InvalidDocumentError(str(error)) from error
                return stamp.token.time, "B-T"
    for attribute in info["signed_attrs"]:
        if attribute["type"].native == "signing_time":
            return attribute["values"][0].native.astimezone(UTC), "B-B"
    return None, "B-B"
