# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The seal of a PDF: a PAdES certification signature of the company.

And, with the same key, the signatures of those who sign on line
(:meth:`Sealer.countersign`).

Levels B-B, B-T (time stamp), B-LT (and revocation data), B-LTA (and a time stamp of it
all), invisible or shown on a page. The document is certified with
DocMDP level 1: nothing may be added to it afterwards but the data of long-term
archiving. The file is extended by an incremental update, so PDF/A-3 and the embedded
invoice stay as they were.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError

from .certificate import CertificateInfo, as_utc, der, load_pkcs12
from .cms import CmsSigner
from .errors import (
    CertificateError,
    InvalidDocumentError,
    SealError,
    TimestampError,
)
from .pdf_frame import PARSER_ERRORS, open_for_update
from .pkcs11 import load_token
from .revocation_client import RevocationClient
from .seal_settings import (
    LEVELS,
    Pkcs11Settings,
    SealResult,
    SealSettings,
    VerifyMark,
    VisibleSeal,
)
from .seal_update import TokenTooLarge, add_validation_data, free_field_name
from .tsa import TimestampClient, TimestampToken, signer_certificates

if TYPE_CHECKING:
    from .sign_fields import FieldSignature

__all__ = [
    "LEVELS",
    "Pkcs11Settings",
    "SealResult",
    "SealSettings",
    "Sealer",
    "VisibleSeal",
]

# Room for a time stamp, in bytes; public servers answer with 3 to 7 kB. A larger token
# is learnt from the first document.
_TOKEN_ROOM = 8192


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
        if settings.pkcs11:
            material = load_token(settings.pkcs11)
        else:
            material = load_pkcs12(settings.pkcs12, settings.password)
        self.certificate: CertificateInfo = material.info
        self._settings = settings
        self._material = material
        self._cms = CmsSigner(material)
        self._signer = _PdfSigner(der(material.certificate))
        self._tsa = None
        if settings.tsa_urls:
            self._tsa = TimestampClient(settings.tsa_urls, settings.tsa_timeout)
        self._rank = LEVELS.index(settings.asked)
        self._token_room = _TOKEN_ROOM if self._rank and self._tsa else 0
        self._revocation = RevocationClient(settings.revocation_timeout)
        self._roots = [
            x509.load_der_x509_certificate(one) for one in (settings.trust_roots)
        ]

    def close(self) -> None:
        """End the session with a PKCS#11 token; nothing to do for a file."""
        if self._settings.pkcs11:
            self._material.key.close()

    def check(self, now: datetime | None = None) -> None:
        """Raise :class:`CertificateError` unless the certificate is valid at ``now``,
        or when an authority is known to have revoked it."""
        self.certificate.check(now)
        known = self._revocation.known_revocation(self._material.certificate)
        if known:
            self._refuse_revoked(self.certificate.common_name, known.revoked_at)

    def check_revocation(self) -> tuple[str, ...]:
        """Ask the authorities now (or use their last answer, while it is current).

        Returns in words what could not be had, empty when all is well; raises
        :class:`CertificateError` with ``revoked``.
        """
        collection = self._collect([self._material.certificate])
        for name, moment in collection.revoked:
            self._refuse_revoked(name, moment)
        return collection.problems

    @staticmethod
    def _refuse_revoked(name, moment):
        raise CertificateError(
            f"The certificate “{name}” was revoked by its authority on "
            f"{moment:%Y-%m-%d %H:%M} UTC.",
            "revoked",
        )

    def _collect(self, certificates, pool=()):
        return self._revocation.collect(
            certificates, [*self._material.chain, *pool], self._roots
        )

    def seal(
        self,
        pdf: bytes,
        *,
        field_name: str = "Seal",
        signing_time: datetime | None = None,
        mark: VerifyMark | None = None,
        form_filling: bool = False,
    ) -> SealResult:
        """Return ``pdf`` with the seal added.

        With ``form_filling`` the seal (DocMDP level 2) lets the empty signature fields
        of the document be signed later; see :meth:`countersign`.
        ``mark`` shows on a visible seal that wants one; of an invisible one it is
        without effect.
        ``signing_time`` defaults to the clock (naive means UTC). A time-stamp or
        revocation server that does not answer lowers the level and is told in
        ``degraded`` and ``causes``; it raises nothing. Raises :class:`CertificateError`
        outside the validity of the certificate and for a revoked one,
        :class:`InvalidDocumentError` for a file that cannot be sealed (not a PDF,
        encrypted, truncated, already signed).
        """
        moment = as_utc(signing_time)

        def lay_out(room):
            return self._prepare(pdf, field_name, moment, room, mark, form_filling)

        return self._apply(lay_out, moment)

    def countersign(
        self,
        pdf: bytes,
        field: "FieldSignature",
        *,
        signing_time: datetime | None = None,
    ) -> SealResult:
        """Return ``pdf`` with one of its empty signature fields signed.

        :param field: ``sign_fields.FieldSignature``: which one, and what shows in it

        The seal and the signatures before stay valid. Times, levels and errors as of
        :meth:`seal`; :class:`InvalidDocumentError` also when there is no such field or
        it is signed already.
        """
        from .sign_fields import lay_out_signature

        moment = as_utc(signing_time)

        def lay_out(room):
            return lay_out_signature(pdf, field, moment, self._signer, self._room(room))

        return self._apply(lay_out, moment)

    def _apply(self, lay_out, moment) -> SealResult:
        """Sign the file that ``lay_out`` prepares, with all that the level wants.

        :param lay_out: takes the bytes to keep for a time stamp, returns
            ``(output, prepared)`` as pyHanko does
        """
        self.check(moment)
        asked, rank = self._settings.asked, self._rank
        if rank >= 2:
            # before the seal: a revoked certificate must not even begin
            self.check_revocation()
        data, token, problem = self._sign(lay_out)
        level, causes, problems = "B-B", [], []
        if token:
            level = "B-T"
        elif rank:
            causes.append("timestamp")
            problems.append(f"sealed without time stamp ({problem})")
        if token and rank >= 2:
            data, level = self._add_evidence(data, token, causes, problems)
        return SealResult(
            data=data,
            level=level,
            signer=self.certificate.subject,
            fingerprint=self.certificate.fingerprint_sha256,
            sealed_at=token.time if token else moment,
            degraded="; ".join(problems) or None,
            asked=asked,
            causes=tuple(causes),
            valid_until=token and _certificates_of(token)[0].not_valid_after_utc,
        )

    def _room(self, token_room):
        """Hexadecimal digits to keep for a signature, two for each byte."""
        return 2 * (self._cms.size + token_room + 128)

    def _sign(self, lay_out):
        """Return ``(sealed file, token, why there is none)``."""
        room = self._token_room
        for _attempt in range(2):
            output, prepared = lay_out(room)
            cms, signature = self._cms.sign(prepared.document_digest)
            token, problem = self._time_stamp(signature)
            if not token or len(token.der) <= room:
                break
            # Rare, once per server: lay the file out again with enough room.
            self._token_room = room = len(token.der) + 1024
        else:
            token, problem = None, "its size keeps changing"
        if token:
            cms = self._cms.build(prepared.document_digest, signature, token.der)
        prepared.fill_with_cms(output, cms)
        return output.getvalue(), token, problem

    def _add_evidence(self, data, token, causes, problems) -> tuple[bytes, str]:
        """Add validation data and, for B-LTA, a time stamp of the file."""
        stamper, others = _certificates_of(token)
        collection = self._collect([self._material.certificate, stamper], others)
        for name, moment in collection.revoked:
            if name == self.certificate.common_name:
                self._refuse_revoked(name, moment)
        lacking = [
            *collection.problems,
            *(f"“{name}” is revoked" for name, _moment in collection.revoked),
        ]
        if lacking:
            causes.append("revocation")
            problems.append(f"sealed without revocation data ({'; '.join(lacking)})")
            return data, "B-T"
        if self._rank < 3:
            return add_validation_data(data, collection.data)[0], "B-LT"
        for _attempt in range(2):
            try:
                stamped, _token = add_validation_data(
                    data,
                    collection.data,
                    tsa=self._tsa,
                    room=self._token_room,
                    field_name=free_field_name(data),
                )
                return stamped, "B-LTA"
            except TokenTooLarge:
                self._token_room *= 2
                problem = "its size keeps changing"
            except TimestampError as error:
                problem = str(error)
                break
        causes.append("archive_timestamp")
        problems.append(f"sealed without time stamp of the archive ({problem})")
        return add_validation_data(data, collection.data)[0], "B-LT"

    def _time_stamp(self, signature: bytes) -> tuple[TimestampToken | None, str | None]:
        if not self._rank:
            return None, None
        if self._tsa is None:
            return None, "no time-stamp server is set"
        try:
            return self._tsa.request(signature), None
        except TimestampError as error:
            return None, str(error)

    def _pdf_signer(self, metadata, writer, moment, mark):
        visible = self._settings.visible
        if visible is None:
            return signers.PdfSigner(metadata, self._signer)
        # loads fonts and images: only who shows a seal pays for it
        from .visible import appearance

        style, spec = appearance(
            visible,
            writer,
            metadata.field_name,
            common_name=self.certificate.common_name,
            moment=moment,
            reason=self._settings.reason,
            level=self._settings.asked,
            mark=mark,
        )
        return signers.PdfSigner(
            metadata, self._signer, stamp_style=style, new_field_spec=spec
        )

    def _prepare(self, pdf, field_name, moment, token_room, mark, form_filling):
        """Write the update with an empty signature; return the output and its
        digest."""
        writer = open_for_update(pdf)
        settings = self._settings
        metadata = signers.PdfSignatureMetadata(
            field_name=field_name,
            md_algorithm="sha256",
            certify=True,
            subfilter=fields.SigSeedSubFilter.PADES,
            docmdp_permissions=fields.MDPPerm.FILL_FORMS
            if form_filling
            else fields.MDPPerm.NO_CHANGES,
            reason=settings.reason,
            location=settings.location,
            contact_info=settings.contact,
        )
        try:
            signer = self._pdf_signer(metadata, writer, moment, mark)
            session = signer.init_signing_session(writer)
            session.system_time = moment
            document = session.prepare_tbs_document(
                validation_info=None,
                bytes_reserved=self._room(token_room),
            )
            prepared, output = document.digest_tbs_document()
        except SigningError as error:
            raise InvalidDocumentError(f"This PDF cannot be sealed: {error}") from error
        except PARSER_ERRORS as error:
            raise InvalidDocumentError(f"This PDF is damaged: {error}") from error
        return output, prepared


def _certificates_of(token: TimestampToken):
    """Return the certificate of the time-stamp server and the others of the token."""
    content = asn1_cms.ContentInfo.load(token.der)["content"]
    certificate, others = signer_certificates(content, content["signer_infos"][0])
    return (
        x509.load_der_x509_certificate(certificate.dump()),
        [x509.load_der_x509_certificate(one.dump()) for one in others],
    )
