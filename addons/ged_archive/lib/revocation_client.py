# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Asks the authorities named in certificates, and keeps what they said.

OCSP first (small), the revocation list when no responder answers. An answer is kept
until it says a new one is due, so a batch of thousands asks once.
"""

import logging
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from asn1crypto import cms as asn1_cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from . import revocation
from .certificate import CertificateInfo, issued
from .revocation import Answer, WrongAnswer, chain_of, is_self_signed
from .transport import Refused, Transport, host

__all__ = ["Collection", "RevocationClient", "ValidationData"]

_logger = logging.getLogger(__name__)

#: Seconds during which an address that failed is not asked again.
BACK_OFF = 60.0
#: An answer is not kept longer than this, whatever it says: the next one may tell that
#: the certificate has been revoked.
MAX_AGE = timedelta(hours=24)
#: For answers that do not say when the next one is due.
DEFAULT_AGE = timedelta(minutes=10)
_MAX_OCSP = 128 * 1024
#: A list goes into each sealed file, so it must not be huge.
_MAX_CRL = 4 * 1024 * 1024
_MAX_CERTIFICATES = 256 * 1024


@dataclass(frozen=True)
class ValidationData:
    """What somebody needs to validate seals later, all in DER."""

    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    ocsps: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[bytes, ...] = field(default=(), repr=False)

    def __bool__(self):
        return bool(self.certificates or self.ocsps or self.crls)


@dataclass(frozen=True)
class Collection:
    """What was found for some certificates.

    :param data: their chains up to the root and the answers about each
    :param problems: what is missing, in words; with none, the data is complete
    :param revoked: subject and time of each certificate that its authority revoked
    """

    data: ValidationData
    problems: tuple[str, ...] = ()
    revoked: tuple[tuple[str, datetime], ...] = ()


class RevocationClient:
    """Asks and remembers; may be shared by threads and kept across forks.

    :param timeout: seconds that one server may take, name resolution included
    """

    def __init__(self, timeout: float = 5.0, back_off: float = BACK_OFF):
        self._transport = Transport(timeout, "revocation")
        self._back_off = back_off
        self._failures: dict[str, tuple[float, str]] = {}
        self._answers: dict[bytes, tuple[Answer, datetime]] = {}
        self._lists: dict[str, tuple[bytes, datetime]] = {}
        self._issuers: dict[bytes, x509.Certificate] = {}
        self._lock = threading.Lock()
        self._lock_pid = os.getpid()

    def collect(
        self,
        certificates: Iterable[x509.Certificate],
        pool: Iterable[x509.Certificate] = (),
        roots: Iterable[x509.Certificate] = (),
    ) -> Collection:
        """Return the chains of ``certificates`` and what their authorities say.

        :param pool: certificates from which the chains are completed
        :param roots: the same, and trusted: about these nobody is asked
        """
        roots = list(roots)
        pool = [*pool, *roots]
        found: dict[str, dict[bytes, None]] = {
            kind: {} for kind in ("certificates", "ocsp", "crl")
        }
        problems: dict[str, None] = {}
        revoked: dict[tuple[str, datetime], None] = {}
        for certificate in certificates:
            chain = self._complete(certificate, pool)
            for one, above in zip(chain, [*chain[1:], None], strict=True):
                found["certificates"][_der(one)] = None
                if one in roots:
                    break
                try:
                    answer = self.lookup(one, above)
                except Refused as refusal:
                    problems[f"“{_name(one)}”: {refusal}"] = None
                    continue
                if answer is None:
                    continue
                found[answer.kind][answer.der] = None
                found["certificates"].update(dict.fromkeys(answer.responders))
                if answer.state == "revoked":
                    revoked[_name(one), answer.revoked_at] = None
        return Collection(
            ValidationData(
                tuple(found["certificates"]), tuple(found["ocsp"]), tuple(found["crl"])
            ),
            tuple(problems),
            tuple(revoked),
        )

    def lookup(
        self, certificate: x509.Certificate, issuer: x509.Certificate | None
    ) -> Answer | None:
        """Return what the authority says now, ``None`` for a root above others.

        Raises :class:`Refused` when nobody can be asked or none gives a usable answer.
        """
        if issuer is None:
            if not is_self_signed(certificate):
                raise Refused("the certificate of its issuer is missing")
            constraints = _extension(certificate, x509.BasicConstraints)
            if constraints and constraints.ca:
                return None
            raise Refused("it signs itself: no authority vouches for it")
        key = certificate.fingerprint(hashes.SHA256())
        with self._get_lock():
            kept = self._answers.get(key)
            now = datetime.now(UTC)
            if kept and now < kept[1]:
                return kept[0]
            answer = self._ask(certificate, issuer, now)
            self._answers[key] = answer, _until(answer, now)
            return answer

    def known_revocation(self, certificate: x509.Certificate) -> Answer | None:
        """Return an answer already at hand by which ``certificate`` is revoked."""
        kept = self._answers.get(certificate.fingerprint(hashes.SHA256()))
        return kept[0] if kept and kept[0].state == "revoked" else None

    def _ask(self, certificate, issuer, now) -> Answer:
        causes = []
        for url in _addresses(certificate, Access.OCSP):
            question = revocation.ocsp_request(certificate, issuer)
            answer = self._try(
                url,
                causes,
                lambda content: revocation.read_ocsp(content, certificate, issuer),
                now,
                max_size=_MAX_OCSP,
                body=question,
                headers={"Content-Type": "application/ocsp-request"},
                kind="application/ocsp-response",
                what="an OCSP response",
            )
            if answer:
                return answer
        for url in _list_addresses(certificate):
            kept = self._lists.get(url)
            if kept and now < kept[1]:
                # one list serves all certificates of its issuer
                try:
                    return revocation.read_crl(kept[0], certificate, issuer)
                except WrongAnswer as wrong:
                    causes.append(f"{host(url)}: {wrong}")
                    continue
            answer = self._try(
                url,
                causes,
                lambda content: revocation.read_crl(
                    _der_of(content), certificate, issuer
                ),
                now,
                max_size=_MAX_CRL,
            )
            if answer:
                self._lists[url] = answer.der, _until(answer, now)
                return answer
        raise Refused(
            "; ".join(causes) or "it names neither an OCSP responder nor a list"
        )

    def _try(self, url, causes, read, now, **request) -> Answer | None:
        """Ask one address; on failure add the cause and return ``None``."""
        until, cause = self._failures.get(url, (0.0, ""))
        if time.monotonic() < until:
            causes.append(cause)
            return None
        try:
            answer = read(self._transport.fetch(url, **request))
            if not answer.is_current(now):
                raise WrongAnswer("its answer is outdated")
            if answer.state == "unknown":
                raise WrongAnswer("it does not know the certificate")
        except (Refused, WrongAnswer) as refusal:
            cause = f"{host(url)}: {refusal}"
            self._failures[url] = (time.monotonic() + self._back_off, cause)
            _logger.warning("revocation server %s", cause)
            causes.append(cause)
            return None
        self._failures.pop(url, None)
        return answer

    def _complete(self, certificate, pool) -> list[x509.Certificate]:
        """Return the chain, fetching issuers that nobody supplied."""
        chain = chain_of(certificate, [*pool, *self._issuers.values()])
        while not is_self_signed(chain[-1]) and len(chain) < 10:
            above = self._fetch_issuer(chain[-1])
            if above is None:
                break
            self._issuers[above.fingerprint(hashes.SHA256())] = above
            chain = chain_of(certificate, [*pool, *self._issuers.values()])
        return chain

    def _fetch_issuer(self, certificate) -> x509.Certificate | None:
        for url in _addresses(certificate, Access.CA_ISSUERS):
            until, _cause = self._failures.get(url, (0.0, ""))
            if time.monotonic() < until:
                continue
            try:
                content = self._transport.fetch(url, max_size=_MAX_CERTIFICATES)
                for one in _read_certificates(content):
                    if issued(one, certificate):
                        return one
                raise Refused("its certificate is not that of the issuer")
            except Refused as refusal:
                cause = f"{host(url)}: {refusal}"
                self._failures[url] = (time.monotonic() + self._back_off, cause)
                _logger.warning("certificate server %s", cause)
        return None

    def _get_lock(self):
        # A lock held by another thread at the moment of a fork stays held in the child.
        if self._lock_pid != os.getpid():
            self._lock, self._lock_pid = threading.Lock(), os.getpid()
        return self._lock


def _until(answer, now) -> datetime:
    return min(answer.next_update or now + DEFAULT_AGE, now + MAX_AGE)


def _addresses(certificate, method) -> list[str]:
    access = _extension(certificate, x509.AuthorityInformationAccess) or ()
    return [
        url
        for one in access
        if one.access_method == method
        for url in _web([one.access_location])
    ]


def _list_addresses(certificate) -> list[str]:
    points = _extension(certificate, x509.CRLDistributionPoints) or ()
    return [
        url
        for point in points
        if not point.reasons and not point.crl_issuer
        for url in _web(point.full_name or ())
    ]


def _web(names) -> list[str]:
    return [
        name.value
        for name in names
        if isinstance(name, x509.UniformResourceIdentifier)
        and name.value.lower().startswith(("http://", "https://"))
    ]


def _extension(certificate, kind):
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return None


def _read_certificates(content: bytes) -> list[x509.Certificate]:
    """Read DER, PEM, or a bag of certificates (RFC 5280 §4.2.2.1)."""
    try:
        if b"-----BEGIN" in content[:200]:
            return x509.load_pem_x509_certificates(content)
        try:
            return [x509.load_der_x509_certificate(content)]
        except ValueError:
            bag = asn1_cms.ContentInfo.load(content)["content"]["certificates"]
            return [x509.load_der_x509_certificate(one.chosen.dump()) for one in bag]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused("its answer is not a certificate") from error


def _der_of(content: bytes) -> bytes:
    """Return a revocation list in DER; some servers send PEM."""
    if not content.startswith(b"-----BEGIN"):
        return content
    try:
        return x509.load_pem_x509_crl(content).public_bytes(Encoding.DER)
    except ValueError as error:
        raise WrongAnswer("its answer is not a revocation list") from error


def _der(certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _name(certificate) -> str:
    return CertificateInfo.from_certificate(certificate).common_name
