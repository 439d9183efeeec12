# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The seal of a PDF: an invisible PAdES certification signature of the company.

Level B-B, or B-T when a time-stamp server answers. The document is certified with
DocMDP level 1: nothing may be added to it afterwards but the data of long-term
archiving. The file is extended by an incremental update, so PDF/A-3 and the embedded
invoice stay as they were.
"""

import io
import struct
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError

from .certificate import CertificateInfo, as_utc, der, load_pkcs12
from .cms import CmsSigner
from .errors import InvalidDocumentError, SealError, TimestampError
from .tsa import TimestampClient, TimestampToken

__all__ = ["SealResult", "SealSettings", "Sealer"]

# Room for a time stamp, in bytes; public servers answer with 3 to 7 kB. A larger token
# is learnt from the first document.
_TOKEN_ROOM = 8192

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


@dataclass(frozen=True)
class SealSettings:
    """How to seal.

    :param pkcs12: content of a PKCS#12 file with key, certificate and issuers
    :param password: its password, ``None`` if it has none
    :param tsa_urls: addresses of RFC 3161 servers, tried in order; none for level B-B
    :param tsa_timeout: seconds that one server may take
    :param reason: shown by PDF readers, as are ``location`` and ``contact``
    """

    pkcs12: bytes = field(repr=False)
    password: str | None = field(default=None, repr=False)
    tsa_urls: tuple[str, ...] = field(default=(), repr=False)
    tsa_timeout: float = 5.0
    reason: str | None = None
    location: str | None = None
    contact: str | None = None

    def __post_init__(self):
        # Addresses may hold a password, hence repr=False above and no address below.
        object.__setattr__(self, "tsa_urls", tuple(self.tsa_urls))
        for url in self.tsa_urls:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(
                    "a time-stamp address must look like https://host/path"
                )
        if self.tsa_timeout <= 0:
            raise ValueError("the time allowed to a time-stamp server must be positive")


@dataclass(frozen=True)
class SealResult:
    """A sealed file.

    :param data: the bytes of the PDF
    :param level: ``B-B`` or ``B-T``
    :param signer: subject of the certificate (RFC 4514)
    :param fingerprint: SHA-256 of the certificate, hex
    :param sealed_at: aware UTC time; that of the time stamp for B-T, else of the clock
    :param degraded: why the level is lower than asked for, ``None`` when it is not
    """

    data: bytes = field(repr=False)
    level: str
    signer: str
    fingerprint: str
    sealed_at: datetime
    degraded: str | None = None


class _PdfSigner(signers.Signer):
    """What pyHanko has to know of the signer while it lays out the file.

    The signature itself is made by :class:`CmsSigner`: pyHanko would parse and check
    the private key again for each document (40 ms and more), and needs an event loop,
    which the host may already run.
    """

    def __init__(self, certificate_der: bytes):
        super().__init__(signing_cert=asn1_x509.Certificate.load(certificate_der))

    async def async_sign_raw(self, data, digest_algorithm, dry_run=False):
        raise SealError("this signer only describes the certificate")


class Sealer:
    """Seals PDF files with one key, loaded once.

    May be used by several threads and after a fork. Raises :class:`CertificateError`
    when the certificate file cannot be used; an expired one can be loaded (to be
    shown), not used.
    """

    def __init__(self, settings: SealSettings):
        material = load_pkcs12(settings.pkcs12, settings.password)
        self.certificate: CertificateInfo = material.info
        self._settings = settings
        self._cms = CmsSigner(material)
        self._signer = _PdfSigner(der(material.certificate))
        self._tsa = None
        if settings.tsa_urls:
            self._tsa = TimestampClient(settings.tsa_urls, settings.tsa_timeout)
        self._token_room = _TOKEN_ROOM if self._tsa else 0

    def check(self, now: datetime | None = None) -> None:
        """Raise :class:`CertificateError` unless the certificate is valid at
        ``now``."""
        self.certificate.check(now)

    def seal(
        self,
        pdf: bytes,
        *,
        field_name: str = "Seal",
        signing_time: datetime | None = None,
    ) -> SealResult:
        """Return ``pdf`` with the seal added.

        ``signing_time`` defaults to the clock (naive means UTC). A time-stamp server
        that does not answer lowers the level and is told in ``degraded``; it raises
        nothing. Raises :class:`CertificateError` outside the validity of the
        certificate, :class:`InvalidDocumentError` for a file that cannot be sealed (not
        a PDF, encrypted, truncated, already signed).
        """
        moment = as_utc(signing_time)
        self.check(moment)
        room = self._token_room
        output, prepared = self._prepare(pdf, field_name, moment, room)
        cms, signature = self._cms.sign(prepared.document_digest)
        token, degraded = self._time_stamp(signature)
        if token and len(token.der) > room:
            # Rare, once per server: lay the file out again with enough room.
            self._token_room = room = len(token.der) + 1024
            output, prepared = self._prepare(pdf, field_name, moment, room)
            cms, signature = self._cms.sign(prepared.document_digest)
            token, degraded = self._time_stamp(signature)
            if token and len(token.der) > room:
                token, degraded = (
                    None,
                    "sealed without time stamp (its size keeps changing)",
                )
        if token:
            cms = self._cms.build(prepared.document_digest, signature, token.der)
        prepared.fill_with_cms(output, cms)
        return SealResult(
            data=output.getvalue(),
            level="B-T" if token else "B-B",
            signer=self.certificate.subject,
            fingerprint=self.certificate.fingerprint_sha256,
            sealed_at=token.time if token else moment,
            degraded=degraded,
        )

    def _time_stamp(self, signature: bytes) -> tuple[TimestampToken | None, str | None]:
        if self._tsa is None:
            return None, None
        try:
            return self._tsa.request(signature), None
        except TimestampError as error:
            return None, f"sealed without time stamp ({error})"

    def _prepare(self, pdf, field_name, moment, token_room):
        """Write the update with an empty signature; return the output and its
        digest."""
        writer = _open_for_update(pdf)
        settings = self._settings
        metadata = signers.PdfSignatureMetadata(
            field_name=field_name,
            md_algorithm="sha256",
            certify=True,
            subfilter=fields.SigSeedSubFilter.PADES,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            reason=settings.reason,
            location=settings.location,
            contact_info=settings.contact,
        )
        try:
            session = signers.PdfSigner(metadata, self._signer).init_signing_session(
                writer
            )
            session.system_time = moment
            document = session.prepare_tbs_document(
                validation_info=None,
                # hexadecimal digits, two for each byte
                bytes_reserved=2 * (self._cms.size + token_room + 128),
            )
            prepared, output = document.digest_tbs_document()
        except SigningError as error:
            raise InvalidDocumentError(f"This PDF cannot be sealed: {error}") from error
        except PARSER_ERRORS as error:
            raise InvalidDocumentError(f"This PDF is damaged: {error}") from error
        return output, prepared


def _open_for_update(pdf: bytes) -> IncrementalPdfFileWriter:
    check_pdf_frame(pdf)
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        if writer.prev.encrypted:
            raise InvalidDocumentError("This PDF is encrypted; it cannot be sealed.")
        if writer.prev.embedded_signatures:
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
