# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Remittance of bills of exchange (LCR, BOR) to the bank: CFONB, 160 characters.

Rule: CFONB, "Effets de commerce, LCR - BOR, dispositions destinées à la clientèle",
September 2002. The brochure itself could not be read in full; the positions are those
on which two programs agree that write this file for real banks, independently of each
other: (a) OCA l10n-france ``account_payment_fr_lcr``, (b) Axelor Open Suite, bank order
format ``pain.xxx.cfonb160.dco``. Only facts (positions, codes) were taken.
Reader: ``cfonb_reader``.

One record 03 (who remits), one 06 per bill, one 08 (total). Positions from 1; *n* is
numeric, right-aligned with zeros; *a* is text, left-aligned with blanks.

======  ======  =====================================  ====================
record  pos.    content                                sources
======  ======  =====================================  ====================
all     1-2     record code 03, 06, 08                 a, b
all     3-4     operation code 60                      a, b
all     5-12    n number of the record, from 1         a, b
03      13-18   n number of the sender: zeros          a, b (optional)
03      19-24   a kind of convention: blank            a; b writes "0" (1)
03      25-30   n date of the remittance DDMMYY        a, b
03      31-54   a name of who remits                   a, b
03      55-78   a domiciliation of who remits          a, b
03      79      entry code, see ``ENTRY_CODES``        a, b
03      80      Dailly code: blank                     a; b writes a digit (1)
03      81      currency E                             a, b
03      82-102  bank 5, branch 5, account 11           a, b
03      103-118 blank                                  a, b
03      119-124 n value date DDMMYY, discount only     a; b always (1)
03      125-134 blank                                  a, b
03      135-149 a SIREN of who remits                  a, b
03      150-160 a reference of the remittance          a, b
06      13-20   blank                                  a, b
06      21-30   a reference given by the drawee        a, b
06      31-54   a name of the drawee                   a, b
06      55-78   a domiciliation of the drawee          a, b
06      79      acceptance, ``ACCEPTANCE_CODES``       a, b
06      80-81   blank                                  a, b
06      82-102  bank 5, branch 5, account 11           a, b
06      103-114 n amount in cents                      a, b
06      115-118 blank                                  a, b
06      119-124 n due date DDMMYY                      a, b
06      125-130 n date of issue DDMMYY                 a, b
06      131-141 blank (kind, nature, country)          a, b
06      142-150 n SIREN of the drawee, or blank        a, b
06      151-160 a reference given by the drawer        a, b (2)
08      13-102  blank                                  a, b
08      103-114 n total in cents                       a, b
08      115-160 blank                                  a; b zeros in 115-118 (1)
======  ======  =====================================  ====================

Not certain, to be confirmed with the bank by a test file:

- (1) the sources differ; blank is what is written here.
- (2) the references: (a) fills them with zeros on the left, (b) writes them as text;
  here text.
- Acceptance 0, 1, 2 and entry codes 1 to 4 come from (a) alone, (b) leaves them to
  the user. Names of the entry codes: (a) and the help pages of two other programs.
- Records 07 (endorsement, address of the drawee) are optional and not written.
- Whether one file may hold LCR and BOR together: it never does here.
- The upper limit of an amount is ours (the field would hold twelve digits).
"""

import datetime
import re
import unicodedata
from dataclasses import dataclass

from .bill_errors import BillDataError
from .rib import Rib, check_siren, rib_key

__all__ = [
    "ACCEPTANCE_CODES",
    "ENTRY_CODES",
    "LAYOUT",
    "Bill",
    "Remittance",
    "build",
    "check_amount",
    "check_bill",
    "check_dates",
    "check_remittance",
    "to_bank_text",
]

WIDTH = 160
OPERATION = "60"
CURRENCY = "E"
#: Exclusive limit of the amount of one bill and of a remittance, in cents.
MAX_CENTS = 10**10
MAX_TOTAL_CENTS = 10**12

#: Position 79 of a record 06.
ACCEPTANCE_CODES = {"lcr_not_accepted": "0", "lcr_accepted": "1", "bor": "2"}

#: Position 79 of a record 03: when the bank credits the account.
ENTRY_CODES = {
    "discount": "1",  # escompte
    "discount_value": "2",  # escompte en valeur
    "collection": "3",  # encaissement, crédit forfaitaire après l'échéance
    "collection_delay": "4",  # encaissement, crédit après un délai forfaitaire
}

#: record → zones (name, first position, length, kind); what is not named is blank.
LAYOUT = {
    "03": (
        ("number", 5, 8, "n"),
        ("sender", 13, 6, "n"),
        ("convention", 19, 6, "a"),
        ("date", 25, 6, "d"),
        ("name", 31, 24, "a"),
        ("domiciliation", 55, 24, "a"),
        ("entry", 79, 1, "a"),
        ("dailly", 80, 1, "a"),
        ("currency", 81, 1, "a"),
        ("bank", 82, 5, "a"),
        ("branch", 87, 5, "a"),
        ("account", 92, 11, "a"),
        ("value_date", 119, 6, "d"),
        ("siren", 135, 15, "a"),
        ("reference", 150, 11, "a"),
    ),
    "06": (
        ("number", 5, 8, "n"),
        ("drawee_reference", 21, 10, "a"),
        ("name", 31, 24, "a"),
        ("domiciliation", 55, 24, "a"),
        ("acceptance", 79, 1, "a"),
        ("bank", 82, 5, "a"),
        ("branch", 87, 5, "a"),
        ("account", 92, 11, "a"),
        ("amount", 103, 12, "n"),
        ("due_date", 119, 6, "d"),
        ("issue_date", 125, 6, "d"),
        ("siren", 142, 9, "a"),
        ("reference", 151, 10, "a"),
    ),
    "08": (
        ("number", 5, 8, "n"),
        ("amount", 103, 12, "n"),
    ),
}

_LIGATURES = str.maketrans(
    {
        "Œ": "OE",
        "Æ": "AE",
        "ß": "SS",
        "ẞ": "SS",
        "Ø": "O",
        "Ł": "L",
        "Đ": "D",
        "Ð": "D",
        "Þ": "TH",
        "&": "ET",
        "€": "EUR",
        "–": "-",
        "—": "-",
    }
)
# Characters of the brochure, page 25 after source (a)
_FORBIDDEN = re.compile(r"[^A-Z0-9 *().,/+:-]+")


@dataclass(frozen=True)
class Bill:
    """One bill of exchange.

    - ``reference``: the drawer's, at most 10 characters, unique in the remittance;
    - ``kind``: a key of ``ACCEPTANCE_CODES``;
    - ``amount``: cents;
    - ``drawee_reference``: what the drawee asked for, at most 10 characters, optional;
    - ``siren``: of the drawee, nine digits, optional.
    """

    reference: str
    kind: str
    drawee_name: str
    rib: Rib
    amount: int
    due_date: datetime.date
    issue_date: datetime.date
    domiciliation: str = ""
    drawee_reference: str = ""
    siren: str = ""


@dataclass(frozen=True)
class Remittance:
    """Bills that go to one bank account.

    - ``entry``: a key of ``ENTRY_CODES``;
    - ``value_date``: only with a discount;
    - ``crlf``: each record ends with CR LF; some banks want none;
    - ``past_due``: the bank takes bills whose due date is over.
    """

    reference: str
    date: datetime.date
    name: str
    rib: Rib
    bills: tuple[Bill, ...]
    entry: str = "collection"
    domiciliation: str = ""
    siren: str = ""
    value_date: datetime.date | None = None
    crlf: bool = True
    past_due: bool = False

    @property
    def total(self):
        return sum(bill.amount for bill in self.bills)


def to_bank_text(text):
    """Return text in the characters of a bank file: ASCII capitals, some signs.

    Accents go, ligatures are spelled out, any other character becomes a space.
    """
    upper = (text or "").upper().translate(_LIGATURES)
    plain = unicodedata.normalize("NFKD", upper)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r" +", " ", _FORBIDDEN.sub(" ", plain)).strip()


# -- checks -------------------------------------------------------------------------


def check_amount(cents, *, field="amount", limit=MAX_CENTS):
    """:raises BillDataError: ``not_positive`` or ``too_big``"""
    if cents <= 0:
        raise BillDataError(field, "not_positive", cents)
    if cents >= limit:
        raise BillDataError(field, "too_big", cents)


def check_dates(issue_date, due_date, *, today=None):
    """Check the dates of one bill.

    :param today: the due date must not be before it; None: not checked
    :raises BillDataError: ``missing``, ``due_before_issue`` or ``past_due``
    """
    for field, value in (("issue_date", issue_date), ("due_date", due_date)):
        if not value:
            raise BillDataError(field, "missing")
    if today and due_date < today:
        raise BillDataError("due_date", "past_due", due_date)
    if due_date < issue_date:
        raise BillDataError("due_date", "due_before_issue", due_date)


def check_bill(bill, *, today=None):
    """:raises BillDataError: the bill cannot be written: field, cause, reference"""
    try:
        if bill.kind not in ACCEPTANCE_CODES:
            raise BillDataError("kind", "unknown", bill.kind)
        _check_text("reference", bill.reference, 10)
        if bill.drawee_reference:
            _check_text("drawee_reference", bill.drawee_reference, 10)
        if not to_bank_text(bill.drawee_name):
            raise BillDataError("drawee_name", "missing", bill.drawee_name)
        _check_rib("rib", bill.rib)
        check_amount(bill.amount)
        check_dates(bill.issue_date, bill.due_date, today=today)
        check_siren(bill.siren)
    except BillDataError as error:
        error.reference = bill.reference
        raise


def check_remittance(remittance):
    """:raises BillDataError: the remittance or one of its bills cannot be written"""
    _check_text("reference", remittance.reference, 11)
    if not to_bank_text(remittance.name):
        raise BillDataError("name", "missing", remittance.name)
    if remittance.entry not in ENTRY_CODES:
        raise BillDataError("entry", "unknown", remittance.entry)
    if remittance.entry.startswith("discount") and not remittance.value_date:
        raise BillDataError("value_date", "missing")
    _check_rib("rib", remittance.rib)
    check_siren(remittance.siren)
    if not remittance.bills:
        raise BillDataError("bills", "empty")
    if len({bill.kind == "bor" for bill in remittance.bills}) > 1:
        raise BillDataError("kind", "unknown", "LCR + BOR")
    seen = set()
    for bill in remittance.bills:
        check_bill(bill, today=None if remittance.past_due else remittance.date)
        if bill.reference in seen:
            raise BillDataError(
                "reference", "duplicate", bill.reference, bill.reference
            )
        seen.add(bill.reference)
    check_amount(remittance.total, field="total", limit=MAX_TOTAL_CENTS)


def _check_text(field, value, size):
    text = to_bank_text(value)
    if not text:
        raise BillDataError(field, "missing", value)
    if len(text) > size:
        # a name may be cut, a reference may not: it identifies
        raise BillDataError(field, "too_long", value)


def _check_rib(field, rib):
    if not rib:
        raise BillDataError(field, "missing")
    if rib_key(rib.bank, rib.branch, rib.account) != rib.key:
        raise BillDataError(field, "rib_key", rib.text)


# -- writing ------------------------------------------------------------------------


def build(remittance):
    """Return the file as bytes (ASCII).

    :raises BillDataError: nothing is written if one value is wrong
    """
    check_remittance(remittance)
    records = [_record("03", number=1, **_header_values(remittance))]
    records += [
        _record("06", number=number, **_bill_values(bill))
        for number, bill in enumerate(remittance.bills, start=2)
    ]
    records.append(_record("08", number=len(records) + 1, amount=remittance.total))
    end = "\r\n" if remittance.crlf else ""
    return "".join(record + end for record in records).encode("ascii")


def _header_values(remittance):
    discount = remittance.entry.startswith("discount")
    return {
        "sender": 0,
        "convention": "",
        "date": remittance.date,
        "name": remittance.name,
        "domiciliation": remittance.domiciliation,
        "entry": ENTRY_CODES[remittance.entry],
        "dailly": "",
        "currency": CURRENCY,
        **_rib_values(remittance.rib),
        "value_date": remittance.value_date if discount else None,
        "siren": check_siren(remittance.siren),
        "reference": remittance.reference,
    }


def _bill_values(bill):
    return {
        "drawee_reference": bill.drawee_reference,
        "name": bill.drawee_name,
        "domiciliation": bill.domiciliation,
        "acceptance": ACCEPTANCE_CODES[bill.kind],
        **_rib_values(bill.rib),
        "amount": bill.amount,
        "due_date": bill.due_date,
        "issue_date": bill.issue_date,
        "siren": check_siren(bill.siren),
        "reference": bill.reference,
    }


def _rib_values(rib):
    return {"bank": rib.bank, "branch": rib.branch, "account": rib.account}


def _record(code, **values):
    line = [" "] * WIDTH
    line[0:4] = code + OPERATION
    for name, first, length, kind in LAYOUT[code]:
        text = _zone(values[name], length, kind)
        line[first - 1 : first - 1 + length] = text
    return "".join(line)


def _zone(value, length, kind):
    if kind == "n":
        return f"{value:0{length}d}"
    if kind == "d":
        return value.strftime("%d%m%y") if value else " " * length
    return to_bank_text(value)[:length].ljust(length)
