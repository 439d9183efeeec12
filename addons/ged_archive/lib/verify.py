# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the seals of a PDF are worth.

The signature alone does not show that something was *added* to the file: ``openssl
cms`` and ``pdfsig`` call such files valid. So the coverage of the file and the changes
after the seal are judged too. That a seal was removed altogether shows only by
comparison with the fingerprint kept in the archive.
"""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime

from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from .certificate import CertificateInfo, as_utc
from .errors import InvalidDocumentError
from .evidence import SIGNATURES_POLICY, STRICT_POLICY, Evidence
from .pdf_frame import PARSER_ERRORS, check_pdf_frame
from .revocation_client import RevocationClient
from .trust import path_problem
from .tsa import TokenError, read_token

__all__ = ["UNJUDGED_ARCHIVE_STAMP", "SealReport", "inspect_seals"]

#: Said of a report at B-LTA for which no roots were given.
UNJUDGED_ARCHIVE_STAMP = (
    "Without trusted roots, the authority of the archive time stamp is not judged: "
    "anybody can append one."
)
_STRONG = {"sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512"}


@dataclass(frozen=True)
class SealReport:
    """The findings on one signature of a file.

    :param field: name of the signature field
    :param signer: subject of the certificate (RFC 4514); empty if it cannot be read
    :param signed_at: aware UTC time, of the time stamp if there is one, else as claimed
    :param level: ``B-B`` to ``B-LTA`` as the file itself proves it, or ``other`` for a
        signature that is not PAdES. With roots, ``B-LTA`` needs an archive time stamp
        that leads to one of them; without, see ``remarks``
    :param intact: the signed bytes are unchanged and the signature is the certificate's
    :param covers_whole_file: nothing stands behind the signed bytes
    :param modification_ok: what was added later, if anything, is allowed by the seal
    :param trusted: the certificate leads to one of the given roots; ``None`` without
        roots
    :param timestamp_trusted: the same for the time stamp; ``None`` without roots or
        stamp
    :param fingerprint: SHA-256 of the certificate, hex
    :param errors: what is wrong, in words
    :param revocation: of the signer and those above at the time of the seal: ``good``,
        ``revoked``, ``unknown`` (the data does not tell); ``None`` without data
    :param archive_timestamps: aware UTC times of the time stamps of the file, oldest
        first
    :param evidence_only: what stands behind the signed bytes is validation data and
        time stamps, nothing else
    :param archive_timestamp_trusted: one of the time stamps of the file that cover the
        validation data leads to one of the roots; ``None`` without roots or stamp
    :param remarks: what was not judged, in words; no error
    :param countersigned: what stands behind the signed bytes is signatures of others,
        as the seal allows, and evidence about them; each has a report of its own
    """

    field: str
    signer: str
    signed_at: datetime | None
    level: str
    intact: bool
    covers_whole_file: bool
    modification_ok: bool
    trusted: bool | None
    timestamp_trusted: bool | None = None
    fingerprint: str = ""
    errors: tuple[str, ...] = field(default=())
    revocation: str | None = None
    archive_timestamps: tuple[datetime, ...] = ()
    evidence_only: bool = False
    archive_timestamp_trusted: bool | None = None
    remarks: tuple[str, ...] = ()
    countersigned: bool = False

    @property
    def ok(self) -> bool:
        """The file is exactly what was sealed, and signed after it by others if
        ``countersigned`` (says nothing about trust in the signer)."""
        untouched = self.covers_whole_file or self.evidence_only or self.countersigned
        return self.intact and untouched and self.modification_ok


def inspect_seals(
    pdf: bytes,
    trust_roots_der: tuple[bytes, ...] = (),
    *,
    moment: datetime | None = None,
    revocation: RevocationClient | None = None,
) -> list[SealReport]:
    """Return a report for each signature, in the order of their revisions; empty
    without any.

    :param trust_roots_der: root certificates (DER) that a signer and a time-stamp
        server must lead to; without any, trust is not judged
    :param moment: time at which the certificates must be valid; defaults to the trusted
        time stamp, else to the clock (naive means UTC)

    :param revocation: asks the authorities about a signer whose seal carries no
        revocation data; without, nothing is fetched from the network. The addresses
        come from the file: do not offer this to strangers.

    Raises :class:`InvalidDocumentError` for a file that cannot be read as PDF.
    """
    check_pdf_frame(pdf)
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        if reader.encrypted:
            raise InvalidDocumentError("This PDF is encrypted.")
        signatures = reader.embedded_regular_signatures
        evidence = Evidence(pdf, reader)
    except PARSER_ERRORS as error:
        raise InvalidDocumentError(f"This PDF is damaged: {error}") from error
    roots = [asn1_x509.Certificate.load(der) for der in trust_roots_der]
    return [
        _Inspection(pdf, one, roots, moment, evidence, revocation).report()
        for one in signatures
    ]


class _Inspection:
    """Looks at one signature and collects what is wrong."""

    def __init__(
        self, pdf, embedded: EmbeddedPdfSignature, roots, moment, evidence, client
    ):
        self._pdf = pdf
        self._embedded = embedded
        self._roots = roots
        self._moment = moment
        self._evidence = evidence
        self._client = client
        self._evidence_only = self._complete = self._countersigned = False
        self._errors: list[str] = []

    def report(self) -> SealReport:
        embedded = self._embedded
        certificate = self._guard(lambda: embedded.signer_cert, None)
        info = self._guard(self._certificate_info, None) if certificate else None
        pades = embedded.sig_object.get("/SubFilter") == SigSeedSubFilter.PADES.value
        stamp = self._guard(self._time_stamp, None) if certificate else None
        covers, allowed = self._guard(self._coverage, (False, False))
        stamp_trusted = trusted = None
        if self._roots and certificate:
            if stamp:
                stamp_trusted = self._is_trusted_stamp(stamp)
            moment = self._moment
            if moment is None and stamp_trusted:
                moment = stamp.token.time
            trusted = self._leads_to_root(
                certificate, embedded.other_embedded_certs, set(), moment
            )
        stamps = self._guard(self._archive_time_stamps, ())
        revocation = None
        archived = self._archive_trust(stamps)
        if certificate:
            moment = (
                stamp.token.time if stamp else self._guard(self._claimed_time, None)
            )
            revocation = self._guard(lambda: self._revocation(moment, stamp), None)
        level = self._level(stamp, revocation, stamps) if pades else "other"
        unjudged = level == "B-LTA" and archived is None
        return SealReport(
            field=str(embedded.field_name),
            signer=info.subject if info else "",
            signed_at=stamp.token.time
            if stamp
            else self._guard(self._claimed_time, None),
            level=level,
            intact=bool(certificate) and self._guard(self._is_intact, False),
            covers_whole_file=covers,
            modification_ok=allowed,
            trusted=trusted,
            timestamp_trusted=stamp_trusted,
            fingerprint=info.fingerprint_sha256 if info else "",
            errors=tuple(self._errors),
            revocation=revocation,
            archive_timestamps=tuple(one.checked.token.time for one in stamps),
            evidence_only=self._evidence_only,
            archive_timestamp_trusted=archived,
            remarks=(UNJUDGED_ARCHIVE_STAMP,) if unjudged else (),
            countersigned=self._countersigned,
        )

    def _level(self, stamp, revocation, stamps) -> str:
        """The highest level of which everything is in the file."""
        if stamp is None:
            return "B-B"
        if revocation != "good" or not self._complete:
            return "B-T"
        counted = any(one.covers_store and one.trusted is not False for one in stamps)
        return "B-LTA" if counted else "B-LT"

    def _archive_time_stamps(self):
        judge = self._is_trusted_stamp if self._roots else None
        return self._evidence.archive_time_stamps(self._embedded, self._errors, judge)

    def _is_trusted_stamp(self, stamp) -> bool:
        return self._leads_to_root(
            stamp.certificate, stamp.others, {"time_stamping"}, stamp.token.time
        )

    def _archive_trust(self, stamps) -> bool | None:
        if not self._roots or not stamps:
            return None
        return any(one.covers_store and one.trusted for one in stamps)

    def _revocation(self, moment, stamp) -> str | None:
        """Judge the signer at ``moment``; note whether the file alone is enough."""
        embedded, evidence = self._embedded, self._evidence
        others = [*embedded.other_embedded_certs, *self._roots]
        if stamp:
            others += [stamp.certificate, *stamp.others]
        state = evidence.judge(embedded.signer_cert, others, as_utc(moment))
        if state is None and self._client:
            state = evidence.ask(self._client, embedded.signer_cert, others, moment)
        elif stamp:
            stamped = evidence.judge(stamp.certificate, others, stamp.token.time)
            self._complete = stamped == "good"
        if state == "revoked":
            self._errors.append("The certificate was revoked before the seal.")
        return state

    def _certificate_info(self) -> CertificateInfo:
        certificate = x509.load_der_x509_certificate(self._embedded.signer_cert.dump())
        return CertificateInfo.from_certificate(certificate)

    def _guard(self, look, otherwise):
        """Run one look; a signature that cannot be read is an error of the report."""
        try:
            return look()
        except (SignatureValidationError, CMSExtractionError, TokenError) as error:
            self._errors.append(str(error) or type(error).__name__)
        except PARSER_ERRORS as error:
            self._errors.append(f"The signature is damaged: {error}")
        return otherwise

    def _is_intact(self) -> bool:
        embedded = self._embedded
        if embedded.md_algorithm not in _STRONG:
            self._errors.append(f"The digest {embedded.md_algorithm} is too weak.")
            return False
        digest = embedded.compute_digest()
        same, valid = validate_sig_integrity(
            embedded.signer_info, embedded.signer_cert, "data", digest
        )
        if not same:
            self._errors.append("The sealed bytes were changed.")
        if not valid:
            self._errors.append("The signature is not that of the certificate.")
        return same and valid

    def _coverage(self) -> tuple[bool, bool]:
        embedded = self._embedded
        if not self._gap_is_signature():
            self._errors.append("The seal leaves out a part of the file.")
            return False, False
        embedded.compute_integrity_info(diff_policy=STRICT_POLICY)
        summary = embedded.summarise_integrity_info()
        covers = summary["coverage"] == SignatureCoverageLevel.ENTIRE_FILE
        if covers:
            return True, True
        changes = summary["diff_result"]
        allowed = bool(summary["docmdp_ok"])
        if not allowed:
            detail = (
                f" ({changes})" if isinstance(changes, SuspiciousModification) else ""
            )
            self._errors.append(f"The file was changed after the seal{detail}.")
        elif changes.modification_level == ModificationLevel.NONE:
            self._errors.append("Bytes were added behind the sealed file.")
        elif (
            changes.modification_level == ModificationLevel.LTA_UPDATES
            and self._evidence.ends_cleanly()
        ):
            self._evidence_only = True
        elif self._only_signatures_follow():
            self._countersigned = True
        else:
            self._errors.append("Something that the seal allows was added after it.")
        return False, allowed

    def _only_signatures_follow(self) -> bool:
        """Nothing but signatures, and evidence about them, came later."""
        changes = self._embedded.evaluate_modifications(SIGNATURES_POLICY)
        allowed = not isinstance(changes, SuspiciousModification)
        return allowed and self._evidence.ends_cleanly()

    def _gap_is_signature(self) -> bool:
        """The bytes left out by the byte range must be the signature value, nothing
        else."""
        byte_range = [int(number) for number in self._embedded.byte_range]
        if len(byte_range) != 4 or byte_range[0] != 0 or min(byte_range) < 0:
            return False
        _start, length, resume, _rest = byte_range
        gap = self._pdf[length:resume]
        if gap[:1] != b"<" or gap[-1:] != b">":
            return False
        return bytes.fromhex(gap[1:-1].decode("ascii")) == self._embedded.pkcs7_content

    def _claimed_time(self):
        moment = self._embedded.self_reported_timestamp
        return moment.astimezone(UTC) if moment else None

    def _time_stamp(self):
        """Return the checked time stamp over the signature value, if there is one."""
        signer = self._embedded.signer_info
        attributes = signer["unsigned_attrs"]
        for attribute in (
            attributes if isinstance(attributes, asn1_cms.CMSAttributes) else ()
        ):
            if attribute["type"].native == "signature_time_stamp_token":
                return read_token(attribute["values"][0], signer["signature"].native)
        return None

    def _leads_to_root(self, certificate, others, extended_usage, moment) -> bool:
        problem = path_problem(certificate, others, self._roots, extended_usage, moment)
        if problem:
            self._errors.append(problem)
        return not problem
