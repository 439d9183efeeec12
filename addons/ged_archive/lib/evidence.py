# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a PDF carries behind its seal: validation data (DSS) and time stamps of the
file."""

import re
from dataclasses import dataclass

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.sign.diff_analysis import FormUpdatingRule, ModificationLevel
from pyhanko.sign.diff_analysis.policies import StandardDiffPolicy
from pyhanko.sign.diff_analysis.rules.file_structure_rules import (
    CatalogModificationRule,
    ObjectStreamRule,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.rules.form_field_rules import (
    DSSCompareRule,
    GenericFieldModificationRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError

from . import revocation
from .revocation import chain_of, is_self_signed
from .transport import Refused
from .tsa import ReadToken, TokenError, read_token

__all__ = ["SIGNATURES_POLICY", "STRICT_POLICY", "ArchiveStamp", "Evidence"]


def _policy(*field_rules):
    return StandardDiffPolicy(
        global_rules=[
            CatalogModificationRule(),
            XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
            ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
            DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ],
        form_rule=FormUpdatingRule(
            field_rules=[SigFieldCreationRule(), *field_rules],
        ),
    )


#: The usual rules but for metadata: whoever changes the title changes the document.
STRICT_POLICY = _policy(SigFieldModificationRule(), GenericFieldModificationRule())
#: Only the signing of fields, no filling of others.
SIGNATURES_POLICY = _policy(SigFieldModificationRule())

_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF\r?\n?\Z")


@dataclass(frozen=True)
class ArchiveStamp:
    """A sound time stamp of the file behind a signature.

    :param covers_store: it covers the validation data too
    :param trusted: it comes from an authority that is trusted; ``None`` if that was not
        judged
    """

    checked: ReadToken
    covers_store: bool
    trusted: bool | None


class Evidence:
    """The validation data and the time stamps of one file."""

    def __init__(self, pdf: bytes, reader):
        self._pdf = pdf
        self._reader = reader
        self.certificates: list[x509.Certificate] = []
        self._ocsps: list[bytes] = []
        self._crls: list[bytes] = []
        self._has_store = False
        self._read_store()

    def _read_store(self):
        try:
            store = DocumentSecurityStore.read_dss(self._reader)
        except NoDSSFoundError:
            return
        self._has_store = True
        found = list(store.load_certs())
        for reference in store.ocsps:
            data = reference.get_object().read_data(DecodePurpose.OCSP_RESPONSE)
            self._ocsps.append(data)
        for reference in store.crls:
            self._crls.append(reference.get_object().read_data(DecodePurpose.CRL))
        self.certificates = _load(found)

    def judge(self, certificate, others, moment) -> str | None:
        """Return ``good``, ``revoked``, ``unknown`` for a certificate and those above.

        ``None`` when the file carries no revocation data. ``good`` needs the chain up
        to a root and an answer about each but the root.
        """
        if not self._ocsps and not self._crls:
            return None
        chain = self._chain(certificate, others)
        states = {
            revocation.judge(one, above, self._ocsps, self._crls, moment)
            for one, above in zip(chain, chain[1:], strict=False)
        }
        if not is_self_signed(chain[-1]) or len(chain) < 2:
            states.add("unknown")
        return next(
            (one for one in ("revoked", "unknown") if one in states),
            "good",
        )

    def ask(self, client, certificate, others, moment) -> str:
        """The same from the authorities themselves."""
        chain = self._chain(certificate, others)
        states = set()
        for one, above in zip(chain, [*chain[1:], None], strict=True):
            try:
                answer = client.lookup(one, above)
            except Refused:
                states.add("unknown")
                continue
            if answer:
                revoked = answer.state == "revoked" and (
                    moment is None or answer.revoked_at <= moment
                )
                states.add("revoked" if revoked else "good")
        return next(
            (one for one in ("revoked", "unknown") if one in states),
            "good",
        )

    def _chain(self, certificate, others):
        pool = [*self.certificates, *_load(others)]
        (leaf,) = _load([certificate])
        return chain_of(leaf, pool)

    def archive_time_stamps(self, embedded, errors, judge=None) -> list[ArchiveStamp]:
        """Return the sound time stamps of the file behind one signature, oldest first.

        Anybody can append one: ``judge`` tells for a checked token whether its
        authority is trusted; without, that is not judged.
        """
        found = []
        for stamp in self._reader.embedded_timestamp_signatures:
            if stamp.signed_revision <= embedded.signed_revision:
                continue
            start, length, resume, rest = (int(one) for one in stamp.byte_range)
            signed = (
                self._pdf[start : start + length] + (self._pdf[resume : resume + rest])
            )
            gap = self._pdf[length:resume]
            name = f"Time stamp of the file {stamp.field_name}"
            try:
                if start or gap[:1] != b"<" or gap[-1:] != b">":
                    raise TokenError("it leaves out a part of the file")
                checked = read_token(cms.ContentInfo.load(stamp.pkcs7_content), signed)
            except TokenError as error:
                errors.append(f"{name}: {error}")
                continue
            trusted = judge(checked) if judge else None
            if trusted is False:
                errors.append(f"{name}: its authority is not trusted.")
            covers = self._has_store and self._store_revision() <= stamp.signed_revision
            found.append(ArchiveStamp(checked, covers, trusted))
        return sorted(found, key=lambda one: one.checked.token.time)

    def _store_revision(self) -> int:
        reference = self._reader.trailer.raw_get("/Root").get_object().raw_get("/DSS")
        if not hasattr(reference, "reference"):
            return 0
        return self._reader.xrefs.get_introducing_revision(reference.reference)

    def ends_cleanly(self) -> bool:
        """Nothing stands between the last cross-reference table and its end."""
        end = _END.search(self._pdf[-64:])
        if not end:
            return False
        return b"%%EOF" not in self._pdf[int(end[1]) : -10]


def _load(certificates) -> list[x509.Certificate]:
    found = []
    for one in certificates:
        data = one.dump() if isinstance(one, asn1_x509.Certificate) else one
        try:
            found.append(x509.load_der_x509_certificate(data))
        except ValueError:
            # one that cannot be read proves nothing; what needs it will be missing
            continue
    return found
