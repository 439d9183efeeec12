# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an authority says about a certificate: OCSP answers and revocation lists.

Nothing is believed before its signature was checked: an answer counts only when it is
about this certificate, signed by its issuer or by a responder that the issuer appointed
(RFC 6960 §4.2.2.2), and not outdated. A list counts only when it is complete for this
kind of certificate (RFC 5280 §5.2.5).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from .certificate import issued
from .errors import CertificateError

__all__ = [
    "SKEW",
    "Answer",
    "WrongAnswer",
    "chain_of",
    "check_chain",
    "is_self_signed",
    "judge",
    "ocsp_request",
    "read_crl",
    "read_ocsp",
]

#: How far the clocks of servers may be off.
SKEW = timedelta(minutes=5)

_STATES = {
    ocsp.OCSPCertStatus.GOOD: "good",
    ocsp.OCSPCertStatus.REVOKED: "revoked",
    ocsp.OCSPCertStatus.UNKNOWN: "unknown",
}
# What reading foreign ASN.1 with ``cryptography`` may raise
_PARSER_ERRORS = (ValueError, TypeError, KeyError, UnsupportedAlgorithm)


class WrongAnswer(Exception):
    """An answer is of no use for this certificate; the text says why."""


@dataclass(frozen=True)
class Answer:
    """A checked answer about one certificate; times are aware and in UTC.

    :param kind: ``ocsp`` or ``crl``
    :param der: the answer as received
    :param state: ``good``, ``revoked`` or ``unknown``
    :param revoked_at: since when, for ``revoked``
    :param responders: certificates (DER) that are needed to check the answer again
    """

    kind: str
    der: bytes = field(repr=False)
    state: str
    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None = None
    responders: tuple[bytes, ...] = field(default=(), repr=False)

    def is_current(self, now: datetime) -> bool:
        """Tell whether the answer is neither from the future nor outdated."""
        if self.this_update > now + SKEW:
            return False
        return self.next_update is None or self.next_update + SKEW >= now

    def state_at(self, moment: datetime) -> str:
        """What the answer says of ``moment``: ``good``, ``revoked``, ``unknown``.

        Revoked later means good then. An answer that ended before ``moment`` says
        nothing of it, unless it knows of a revocation, which is for ever.
        """
        if self.state == "revoked":
            return "revoked" if self.revoked_at <= moment else "good"
        if self.next_update and self.next_update + SKEW < moment:
            return "unknown"
        if not self.next_update and self.this_update + SKEW < moment - SKEW:
            return "unknown"
        return self.state


def judge(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    ocsps: Iterable[bytes],
    crls: Iterable[bytes],
    moment: datetime,
) -> str:
    """Return ``good``, ``revoked`` or ``unknown`` for ``moment`` from data at hand.

    One answer that knows of a revocation beats any number of others.
    """
    states = set()
    for data, read in [(one, read_ocsp) for one in ocsps] + [
        (one, read_crl) for one in crls
    ]:
        try:
            states.add(read(data, certificate, issuer).state_at(moment))
        except WrongAnswer:
            continue
    return next((one for one in ("revoked", "good") if one in states), "unknown")


def ocsp_request(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """Return the question (DER). SHA-1 here is only a name, and what all servers
    know."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        certificate,
        issuer,
        hashes.SHA1(),  # noqa: S303
    )
    return builder.build().public_bytes(Encoding.DER)


def read_ocsp(
    data: bytes, certificate: x509.Certificate, issuer: x509.Certificate
) -> Answer:
    """Return what an OCSP response says of ``certificate``; raise
    :class:`WrongAnswer`."""
    try:
        response = ocsp.load_der_ocsp_response(data)
        if response.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise WrongAnswer(f"it refused ({response.response_status.name.lower()})")
        single = next(
            (one for one in response.responses if _is_about(one, certificate, issuer)),
            None,
        )
        if single is None:
            raise WrongAnswer("its answer is about another certificate")
        responder = _responder(response, issuer)
        _verify(
            responder.public_key(),
            response.signature,
            response.tbs_response_bytes,
            response.signature_hash_algorithm,
        )
        state = _STATES[single.certificate_status]
        return Answer(
            kind="ocsp",
            der=data,
            state=state,
            this_update=single.this_update_utc,
            next_update=single.next_update_utc,
            revoked_at=single.revocation_time_utc if state == "revoked" else None,
            responders=tuple(
                one.public_bytes(Encoding.DER) for one in response.certificates
            ),
        )
    except _PARSER_ERRORS as error:
        raise WrongAnswer("its answer is not an OCSP response") from error


def _is_about(single, certificate, issuer) -> bool:
    if single.serial_number != certificate.serial_number:
        return False
    return single.issuer_key_hash == _key_hash(issuer, single.hash_algorithm) and (
        single.issuer_name_hash
        == _digest(issuer.subject.public_bytes(), single.hash_algorithm)
    )


def _responder(response, issuer) -> x509.Certificate:
    """Return the certificate of the responder: the issuer, or one it appointed."""
    for candidate in (issuer, *response.certificates):
        named = (
            response.responder_key_hash == _key_hash(candidate, hashes.SHA1())  # noqa: S303
            if response.responder_key_hash
            else response.responder_name == candidate.subject
        )
        if not named:
            continue
        if candidate == issuer:
            return issuer
        usage = _extension(candidate, x509.ExtendedKeyUsage)
        if (
            issued(issuer, candidate)
            and usage
            and (ExtendedKeyUsageOID.OCSP_SIGNING in usage)
            and candidate.not_valid_before_utc <= response.produced_at_utc + SKEW
            and candidate.not_valid_after_utc >= response.produced_at_utc - SKEW
        ):
            return candidate
    raise WrongAnswer("its answer is not signed by somebody whom the issuer appointed")


def read_crl(
    data: bytes, certificate: x509.Certificate, issuer: x509.Certificate
) -> Answer:
    """Return what a revocation list (DER) says of ``certificate``; raise
    :class:`WrongAnswer`."""
    try:
        crl = x509.load_der_x509_crl(data)
        if crl.issuer != certificate.issuer or crl.issuer != issuer.subject:
            raise WrongAnswer("its list is that of another issuer")
        usage = _extension(issuer, x509.KeyUsage)
        if usage and not usage.crl_sign:
            raise WrongAnswer("its list is signed by somebody who may not")
        if not crl.is_signature_valid(issuer.public_key()):
            raise WrongAnswer("the signature of its list is wrong")
        _check_scope(crl, certificate)
        entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry and _extension(entry, x509.CRLReason) == x509.CRLReason(
            x509.ReasonFlags.remove_from_crl
        ):
            entry = None
        return Answer(
            kind="crl",
            der=data,
            state="revoked" if entry else "good",
            this_update=crl.last_update_utc,
            next_update=crl.next_update_utc,
            revoked_at=entry.revocation_date_utc if entry else None,
        )
    except _PARSER_ERRORS as error:
        raise WrongAnswer("its answer is not a revocation list") from error


def _check_scope(crl, certificate) -> None:
    """Refuse a list that leaves out certificates like this one."""
    if _extension(crl, x509.DeltaCRLIndicator):
        raise WrongAnswer("its list holds only changes")
    scope = _extension(crl, x509.IssuingDistributionPoint)
    if scope is None:
        return
    constraints = _extension(certificate, x509.BasicConstraints)
    is_authority = bool(constraints and constraints.ca)
    if (
        scope.indirect_crl
        or scope.only_some_reasons
        or scope.only_contains_attribute_certs
        or (scope.only_contains_user_certs and is_authority)
        or (scope.only_contains_ca_certs and not is_authority)
    ):
        raise WrongAnswer("its list does not cover this certificate")
    if scope.full_name:
        points = _extension(certificate, x509.CRLDistributionPoints) or ()
        names = {name for point in points for name in point.full_name or ()}
        if not names & set(scope.full_name):
            raise WrongAnswer("its list does not cover this certificate")


def _verify(key, signature, data, algorithm) -> None:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(algorithm))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
        else:
            raise WrongAnswer("its answer is signed with an unknown algorithm")
    except InvalidSignature as error:
        raise WrongAnswer("the signature of its answer is wrong") from error


def check_chain(certificates: Iterable[bytes], timeout: float = 5.0) -> tuple[str, ...]:
    """Ask the authorities about a certificate (DER, first) and those above it.

    Returns in words what could not be had. Raises :class:`CertificateError` with
    ``revoked``.
    """
    # it imports this module
    from .revocation_client import RevocationClient

    found = [x509.load_der_x509_certificate(one) for one in certificates]
    collection = RevocationClient(timeout).collect(found[:1], found)
    for name, moment in collection.revoked:
        raise CertificateError(
            f"The certificate “{name}” was revoked by its authority on "
            f"{moment:%Y-%m-%d %H:%M} UTC.",
            "revoked",
        )
    return collection.problems


def chain_of(
    certificate: x509.Certificate, pool: Iterable[x509.Certificate]
) -> list[x509.Certificate]:
    """Return the certificate and those above it, as far as ``pool`` leads."""
    pool = list(pool)
    chain = [certificate]
    while not is_self_signed(chain[-1]) and len(chain) < 10:
        above = next((one for one in pool if issued(one, chain[-1])), None)
        if above is None or above in chain:
            break
        chain.append(above)
    return chain


def is_self_signed(certificate: x509.Certificate) -> bool:
    return issued(certificate, certificate)


def _extension(item, kind):
    try:
        return item.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _key_hash(certificate, algorithm) -> bytes:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        bits = key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        bits = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    else:
        bits = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return _digest(bits, algorithm)


def _digest(data, algorithm) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()
