# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reading the certificate and the private key of the seal from a PKCS#12 file."""

from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import pkcs12 as asn1_pkcs12
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .errors import CertificateError

__all__ = [
    "CertificateInfo",
    "KeyMaterial",
    "as_utc",
    "build_chain",
    "check_usable",
    "der",
    "issued",
    "load_pkcs12",
]

# Extended usages that say "for something else than documents". A certificate that lists
# only these is a server or infrastructure certificate that was picked by mistake.
_FOREIGN_USAGES = {
    ExtendedKeyUsageOID.SERVER_AUTH,
    ExtendedKeyUsageOID.TIME_STAMPING,
    ExtendedKeyUsageOID.OCSP_SIGNING,
    ExtendedKeyUsageOID.CODE_SIGNING,
}
_MIN_RSA_BITS = 2048


@dataclass(frozen=True)
class CertificateInfo:
    """The public part of a certificate: times are aware and in UTC, fingerprint in
    hex."""

    subject: str
    issuer: str
    serial: str
    fingerprint_sha256: str
    not_before: datetime
    not_after: datetime
    common_name: str

    @classmethod
    def from_certificate(cls, certificate: x509.Certificate) -> "CertificateInfo":
        return cls(
            subject=certificate.subject.rfc4514_string(),
            issuer=certificate.issuer.rfc4514_string(),
            serial=f"{certificate.serial_number:X}",
            fingerprint_sha256=certificate.fingerprint(hashes.SHA256()).hex(),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            common_name=_common_name(certificate),
        )

    def check(self, now: datetime | None = None) -> None:
        """Raise :class:`CertificateError` unless the certificate is valid at ``now``.

        ``now`` defaults to the clock; a naive time means UTC.
        """
        now = as_utc(now)
        if now < self.not_before:
            raise CertificateError(
                f"The certificate “{self.common_name}” is not valid before "
                f"{self.not_before:%Y-%m-%d %H:%M} UTC.",
                "not_yet_valid",
            )
        if now > self.not_after:
            raise CertificateError(
                f"The certificate “{self.common_name}” expired on "
                f"{self.not_after:%Y-%m-%d %H:%M} UTC.",
                "expired",
            )


@dataclass(frozen=True)
class KeyMaterial:
    """A loaded key, its certificate and the certificates above it (leaf's issuer
    first)."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    info: CertificateInfo


def as_utc(moment: datetime | None) -> datetime:
    """Return ``moment`` as an aware time in UTC; the clock when it is ``None``."""
    if moment is None:
        return datetime.now(UTC)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def load_pkcs12(data: bytes, password: str | None) -> KeyMaterial:
    """Open a PKCS#12 file and pick what the seal needs.

    Costs some 40 ms with an RSA key (its primes are checked once): keep the result.
    Raises :class:`CertificateError` with ``bad_password``, ``unreadable``, ``no_key``
    or ``not_for_signing``. Validity in time is checked apart, by ``info.check``.
    """
    key, certificate, others = _open(data, password)
    if key is None:
        raise CertificateError(
            "The file holds no private key. Export the certificate with its key.",
            "no_key",
        )
    if certificate is None:
        raise CertificateError(
            "The file holds a private key but not the certificate that belongs to it.",
            "no_key",
        )
    check_usable(key, certificate)
    return KeyMaterial(
        key=key,
        certificate=certificate,
        chain=build_chain(certificate, others),
        info=CertificateInfo.from_certificate(certificate),
    )


def _open(data, password):
    # "No password" and "empty password" are two different things in PKCS#12, and tools
    # disagree on which one they write when the user leaves the field empty.
    candidates = [password.encode()] if password else [None, b""]
    error = None
    for candidate in candidates:
        try:
            return pkcs12.load_key_and_certificates(data, candidate)
        except UnsupportedAlgorithm as exc:
            raise CertificateError(
                "The file uses an encryption that is no longer supported. "
                "Export it again with AES-256 encryption.",
                "unreadable",
            ) from exc
        except (ValueError, TypeError) as exc:
            error = exc
    if _is_pkcs12(data):
        raise CertificateError(
            "The password of the certificate file is wrong."
            if password
            else "The certificate file is protected by a password, and none was given.",
            "bad_password",
        ) from error
    raise CertificateError(
        "The file is not a PKCS#12 certificate file (.p12 or .pfx), or it is damaged.",
        "unreadable",
    ) from error


def _is_pkcs12(data: bytes) -> bool:
    """Tell whether the outer structure is that of a PKCS#12 file, without its
    password."""
    try:
        pfx = asn1_pkcs12.Pfx.load(data, strict=True)
        return pfx["version"].native == "v3" and bool(
            pfx["auth_safe"]["content"].native
        )
    except (ValueError, TypeError, KeyError):
        return False


def check_usable(key, certificate: x509.Certificate) -> None:
    """Raise :class:`CertificateError` (``not_for_signing``) for an unfit key (private
    or public) or certificate."""
    _check_key(key)
    _check_usage(certificate)


def _check_key(key) -> None:
    if isinstance(key, (rsa.RSAPrivateKey, rsa.RSAPublicKey)):
        if key.key_size < _MIN_RSA_BITS:
            raise CertificateError(
                f"The RSA key has {key.key_size} bits; {_MIN_RSA_BITS} are needed.",
                "not_for_signing",
            )
    elif not isinstance(key, (ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)):
        raise CertificateError(
            "The key is neither RSA nor ECDSA; PDF readers could not verify the seal.",
            "not_for_signing",
        )


def _check_usage(certificate: x509.Certificate) -> None:
    name = _common_name(certificate)
    usage = _extension(certificate, x509.KeyUsage)
    if usage and not (usage.digital_signature or usage.content_commitment):
        raise CertificateError(
            f"The certificate “{name}” was not issued for signatures.",
            "not_for_signing",
        )
    extended = _extension(certificate, x509.ExtendedKeyUsage)
    if extended and set(extended) <= _FOREIGN_USAGES:
        raise CertificateError(
            f"The certificate “{name}” was issued for another use (server, time stamps "
            "or software), not for documents.",
            "not_for_signing",
        )


def _extension(certificate, kind):
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def build_chain(leaf, others) -> tuple[x509.Certificate, ...]:
    """Order the issuers that came with the key; leave out strangers and the root.

    The root is left out because a verifier must have it from elsewhere to trust it.
    """
    chain = []
    current = leaf
    pool = list(others)
    while current.issuer != current.subject:
        issuer = next((cert for cert in pool if issued(cert, current)), None)
        if issuer is None or issuer.issuer == issuer.subject:
            break
        pool.remove(issuer)
        chain.append(issuer)
        current = issuer
    return tuple(chain)


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Tell whether ``issuer`` signed ``certificate`` (a root signed itself)."""
    if issuer.subject != certificate.issuer:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _common_name(certificate) -> str:
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        values = certificate.subject.get_attributes_for_oid(oid)
        if values:
            return str(values[0].value)
    return (
        certificate.subject.rfc4514_string() or f"serial {certificate.serial_number:X}"
    )


def der(certificate: x509.Certificate) -> bytes:
    """Return the certificate in DER."""
    return certificate.public_bytes(Encoding.DER)
