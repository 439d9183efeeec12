# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The French bank account inside of an IBAN, and the number of a French enterprise.

Sources: ISO 13616 (IBAN, remainder by 97); CFONB/Banque de France, "Relevé d'identité
bancaire": 5 characters bank, 5 branch, 11 account, 2 key, the key being
97 - ((89 bank + 15 branch + 3 account) mod 97), letters counted A, J = 1; B, K, S = 2 …
I, R, Z = 9. An account of Monaco has the same shape.
"""

import re
from dataclasses import dataclass

from stdnum.exceptions import ValidationError
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import tva as stdnum_tva

from .bill_errors import BillDataError

__all__ = ["Rib", "check_siren", "rib_key", "rib_of", "siren_of"]

#: Countries whose accounts a French bank collects bills from: same structure.
COUNTRIES = ("FR", "MC")

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")
_BBAN = re.compile(r"([0-9]{5})([0-9]{5})([0-9A-Z]{11})([0-9]{2})")
_DIGITS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "12345678912345678923456789",
)


@dataclass(frozen=True)
class Rib:
    """The four parts of a French account, as they are printed on a bill."""

    bank: str
    branch: str
    account: str
    key: str

    @property
    def text(self):
        return " ".join((self.bank, self.branch, self.account, self.key))


def rib_key(bank, branch, account):
    """Return the two digits that check the three parts."""
    numbers = [int(part.translate(_DIGITS)) for part in (bank, branch, account)]
    weighed = sum(
        factor * number for factor, number in zip((89, 15, 3), numbers, strict=True)
    )
    return f"{97 - weighed % 97:02d}"


def rib_of(iban, *, field="iban"):
    """Return the :class:`Rib` of an IBAN of France or Monaco.

    :param iban: text, spaces and case do not matter
    :param field: name that an error carries
    :raises BillDataError: ``missing``, ``not_iban``, ``iban_key``, ``foreign_account``
        or ``rib_key``
    """
    text = re.sub(r"[\s.-]", "", iban or "").upper()
    if not text:
        raise BillDataError(field, "missing")
    if not _IBAN.fullmatch(text):
        raise BillDataError(field, "not_iban", iban)
    turned = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    if int(turned) % 97 != 1:
        raise BillDataError(field, "iban_key", iban)
    if text[:2] not in COUNTRIES:
        raise BillDataError(field, "foreign_account", iban)
    parts = _BBAN.fullmatch(text[4:])
    if not parts:
        raise BillDataError(field, "not_iban", iban)
    rib = Rib(*parts.groups())
    if rib_key(rib.bank, rib.branch, rib.account) != rib.key:
        raise BillDataError(field, "rib_key", rib.text)
    return rib


def check_siren(number, *, field="siren"):
    """Return the nine digits of a SIREN or SIRET, ``""`` where there is none.

    :raises BillDataError: ``siren``: its check digit is wrong
    """
    text = re.sub(r"\s", "", number or "")
    if not text:
        return ""
    digits = text[:9] if len(text) == 14 else text
    try:
        return stdnum_siren.validate(digits)
    except ValidationError as error:
        raise BillDataError(field, "siren", number) from error


def siren_of(registry, vat=""):
    """Return the SIREN of an enterprise from what is known of it, or ``""``.

    :param registry: its SIREN or SIRET as the user entered it; wins over the VAT number
    :param vat: its VAT number; a French one ends with the SIREN
    :raises BillDataError: ``siren``: the registration number is wrong
    """
    if (registry or "").strip():
        return check_siren(registry)
    try:
        compact = stdnum_tva.validate(vat or "")
        return stdnum_siren.validate(compact[2:])
    except ValidationError:
        return ""
