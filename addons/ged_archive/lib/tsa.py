# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""RFC 3161 time stamps over HTTP, from the first server of a list that answers in
time."""

import hashlib
import logging
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from .errors import ArchiveError, TimestampError
from .transport import Refused, Transport, host

__all__ = [
    "ReadToken",
    "TimestampClient",
    "TimestampToken",
    "TokenError",
    "read_token",
    "signer_certificates",
]

_logger = logging.getLogger(__name__)

_REQUEST_TYPE = "application/timestamp-query"
_REPLY_TYPE = "application/timestamp-reply"
_MAX_REPLY = 128 * 1024
#: Seconds during which a server that failed is not asked again.
BACK_OFF = 60.0


# What reading foreign ASN.1 may raise
_PARSER_ERRORS = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    CMSExtractionError,
    SignatureValidationError,
)


@dataclass(frozen=True)
class TimestampToken:
    """A checked token: ``der`` goes into the signature, ``time`` (UTC) is what it
    attests."""

    der: bytes
    time: datetime


@dataclass(frozen=True)
class ReadToken:
    """A checked token with the certificate that signed it and those that came along."""

    token: TimestampToken
    certificate: asn1_x509.Certificate
    others: list

    @property
    def subject(self) -> str:
        """Subject of the server's certificate (RFC 4514)."""
        certificate = x509.load_der_x509_certificate(self.certificate.dump())
        return certificate.subject.rfc4514_string()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the server's certificate, hex."""
        return hashlib.sha256(self.certificate.dump()).hexdigest()


class _Reply(core.Sequence):
    """``TimeStampResp`` of RFC 3161, where a refusal comes without token."""

    _fields = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


class TokenError(ArchiveError):
    """A time-stamp token is not what it should be; the text says why."""


class TimestampClient:
    """Asks the servers ``urls`` in their order; may be shared by threads and kept
    across forks.

    ``timeout`` (seconds) is for the whole call to one server, name resolution included.
    A server that fails is left alone for :data:`BACK_OFF` seconds, so that a dead one
    costs its timeout once and not for every document of a batch.
    """

    def __init__(self, urls, timeout: float = 5.0, back_off: float = BACK_OFF):
        self._urls = tuple(urls)
        self._transport = Transport(timeout, "time-stamp")
        self._back_off = back_off
        self._failures: dict[str, tuple[float, str]] = {}

    def request(self, data: bytes, algorithm: str = "sha256") -> TimestampToken:
        """Return a token over the digest of ``data``.

        ``algorithm`` is ``sha256``, ``sha384`` or ``sha512``. Raises
        :class:`TimestampError` naming every server and what was wrong with it.
        """
        return self._request(hashlib.new(algorithm, data).digest(), algorithm)

    def request_digest(self, sha256_hex: str) -> TimestampToken:
        """Return a token over data of which only the SHA-256 (64 digits) is known.

        Raises ``ValueError`` for what is no SHA-256, else as :meth:`request`.
        """
        digest = bytes.fromhex(sha256_hex)
        if len(digest) != hashlib.sha256().digest_size:
            raise ValueError("a SHA-256 has 64 hexadecimal digits")
        return self._request(digest)

    def _request(self, digest: bytes, algorithm: str = "sha256") -> TimestampToken:
        causes = []
        for url in self._urls:
            until, cause = self._failures.get(url, (0.0, ""))
            if time.monotonic() >= until:
                try:
                    token = self._ask(url, digest, algorithm)
                except Refused as refusal:
                    cause = f"{host(url)}: {refusal}"
                    self._failures[url] = (time.monotonic() + self._back_off, cause)
                    _logger.warning("time-stamp server %s", cause)
                else:
                    self._failures.pop(url, None)
                    return token
            causes.append(cause)
        raise TimestampError("; ".join(causes) or "no time-stamp server is set")

    def _ask(self, url: str, imprint: bytes, algorithm: str) -> TimestampToken:
        nonce = secrets.randbits(63) | 1 << 62
        query = tsp.TimeStampReq(
            {
                "version": 1,
                "message_imprint": {
                    "hash_algorithm": {"algorithm": algorithm},
                    "hashed_message": imprint,
                },
                "nonce": nonce,
                "cert_req": True,
            }
        )
        reply = self._transport.fetch(
            url,
            max_size=_MAX_REPLY,
            body=query.dump(),
            headers={"Content-Type": _REQUEST_TYPE, "Accept": _REPLY_TYPE},
            kind=_REPLY_TYPE,
            what="a time stamp",
        )
        return _check_reply(reply, imprint, nonce, algorithm)


def _check_reply(
    content: bytes, imprint: bytes, nonce: int, algorithm: str
) -> TimestampToken:
    """Parse a reply and check that its token answers our request and is signed
    correctly."""
    try:
        reply = _Reply.load(content, strict=True)
        status = reply["status"]["status"].native
        if status not in ("granted", "granted_with_mods"):
            reason = "; ".join(reply["status"]["status_string"].native or ()) or status
            raise Refused(f"it refused ({reason[:200]})")
        token = reply["time_stamp_token"]
        stamp = _read_token(token, imprint)
        info = _token_info(token)
        used = info["message_imprint"]["hash_algorithm"]["algorithm"].native
        if used != algorithm or info["nonce"].native != nonce:
            raise Refused("its time stamp is for another request")
        return stamp.token
    except TokenError as error:
        raise Refused(str(error)) from error
    except _PARSER_ERRORS as error:
        raise Refused("its answer is not a time stamp") from error


def read_token(token: cms.ContentInfo, data: bytes) -> ReadToken:
    """Check a time-stamp token over ``data``; raise :class:`TokenError` when it is
    wrong.

    Whether the server's certificate is *trusted* is left to the verifier, who has the
    roots.
    """
    try:
        algorithm = _token_info(token)["message_imprint"]["hash_algorithm"][
            "algorithm"
        ].native
        return _read_token(token, hashlib.new(algorithm, data).digest())
    except _PARSER_ERRORS as error:
        raise TokenError("the time stamp is damaged") from error


def _token_info(token: cms.ContentInfo) -> tsp.TSTInfo:
    return token["content"]["encap_content_info"]["content"].parsed


def _read_token(token, imprint: bytes) -> ReadToken:
    signed = token["content"]
    encapsulated = signed["encap_content_info"]["content"]
    info = _token_info(token)
    if info["message_imprint"]["hashed_message"].native != imprint:
        raise TokenError("the time stamp is for other bytes")
    if len(signed["signer_infos"]) != 1:
        raise TokenError("the time stamp must have one signer")
    signer = signed["signer_infos"][0]
    certificate, others = signer_certificates(signed, signer)
    algorithm = signer["digest_algorithm"]["algorithm"].native
    digest = hashlib.new(algorithm, encapsulated.contents).digest()
    if not all(validate_sig_integrity(signer, certificate, "tst_info", digest)):
        raise TokenError("the signature of the time stamp is wrong")
    moment = info["gen_time"].native.astimezone(UTC)
    return ReadToken(TimestampToken(token.dump(), moment), certificate, others)


def signer_certificates(signed, signer) -> tuple[asn1_x509.Certificate, list]:
    """Return the certificate of the signer and the others that came with the token."""
    sid = signer["sid"].chosen
    found, others = None, []
    for choice in signed["certificates"]:
        certificate = choice.chosen
        if isinstance(sid, cms.IssuerAndSerialNumber):
            matches = (
                certificate.serial_number == sid["serial_number"].native
                and certificate.issuer == sid["issuer"]
            )
        else:
            matches = certificate.key_identifier == sid.native
        if matches and found is None:
            found = certificate
        else:
            others.append(certificate)
    if found is None:
        raise TokenError("the time stamp comes without the certificate of its server")
    return found, others
