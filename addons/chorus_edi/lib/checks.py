# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Check an invoice against :mod:`rules`, all rules at once."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import PurePath

from . import codes, numbers, safe_xml
from .invoice_xml import Invoice
from .rules import RULES

__all__ = ["EXTENSIONS", "Problem", "check_attachments", "check_invoice_xml"]

MAX_XML = 20_000_000
TYPES = {"380", "381", "384", "386"}
PAYMENT_MEANS = {"10", "20", "30", "31", "42", "48", "49", "97"}
#: Of which the IBAN is needed; 58 is the SEPA transfer of EN 16931.
TRANSFERS = {"30", "31", "42", "58"}
VAT_DUE = {"5", "29", "72"}
EXEMPT = {"E", "AE", "K", "G", "O"}
ATTACHMENT_NAME = 50
#: « Less than 10 MB », « 120 MB in all »: the smaller megabyte is the safe one.
ATTACHMENT_BYTES = 10_000_000
TOTAL_BYTES = 120_000_000
EXTENSIONS = frozenset(
    "BMP HTM FAX PNG XHTML BZ2 JPEG PPS XLC CSV JPG PPT PPTX XLM DOC ODP RTF XLS GIF "
    "ODS SVG XML GZ ODT TGZ XSD GZIP P7S TIF TIFF XSL HTML PDF TXT ZIP XLSX "
    "DOCX".split()
)


@dataclass(frozen=True)
class Problem:
    """A broken rule: its id, its field, an English sentence, and the texts in it
    (``{"value": "F/2026…"}``)."""

    rule: str
    field: str
    message: str
    severity: str = "error"
    values: dict = field(default_factory=dict)

    @property
    def message_fr(self) -> str:
        return RULES[self.rule].message_fr.format(**self.values)


def problem(rule_id: str, **values) -> Problem:
    """A problem of a rule; a long value is cut."""
    rule = RULES[rule_id]
    texts = {name: str(value)[:120] for name, value in values.items()}
    return Problem(
        rule.id, rule.field, rule.message.format(**texts), rule.severity, texts
    )


def check_invoice_xml(
    xml: bytes,
    *,
    luhn: bool = True,
    service_required: bool = False,
    engagement_required: bool = False,
    either_required: bool = False,
) -> list[Problem]:
    """Problems of a CII (the XML of a Factur-X); ``[]`` when there are none.

    :param luhn: whether SIRETs must have a right check digit (not in qualification)
    :param service_required: what the recipient demands (:class:`answers.Structure`)
    :raises ValueError: not a CII invoice
    """
    invoice = Invoice(safe_xml.parse(xml, max_bytes=MAX_XML))
    problems = (
        *_check_head(invoice),
        *_check_references(
            invoice, service_required, engagement_required, either_required
        ),
        *_check_cadre(invoice),
        *_check_siret("CPP-BT30", invoice.seller_ids, luhn),
        *_check_siret("CPP-BT47", invoice.buyer_ids, luhn),
        *_check_payment(invoice),
        *_check_vat(invoice),
        *_check_amounts(invoice),
        *_check_lines(invoice),
    )
    # A tax that is wrong in a hundred lines is one thing to mend.
    return list({(found.rule, found.message): found for found in problems}.values())


def check_attachments(files, *, invoice_size: int = 0) -> list[Problem]:
    """Problems of complementary documents.

    :param files: of ``(name, size in bytes)``
    :param invoice_size: bytes of the invoice, which count for the total
    """
    problems, total, seen = [], invoice_size, set()
    for name, size in files:
        total += size
        if len(name) > ATTACHMENT_NAME:
            problems.append(problem("CPP-ATT-NAME", name=name, length=len(name)))
        if PurePath(name).suffix.lstrip(".").upper() not in EXTENSIONS:
            problems.append(problem("CPP-ATT-EXTENSION", name=name))
        if not size:
            problems.append(problem("CPP-ATT-EMPTY", name=name))
        if size >= ATTACHMENT_BYTES:
            problems.append(problem("CPP-ATT-SIZE", name=name, size=_megabytes(size)))
        if name.lower() in seen:
            problems.append(problem("CPP-ATT-TWICE", name=name))
        seen.add(name.lower())
    if total > TOTAL_BYTES:
        problems.append(problem("CPP-ATT-TOTAL", size=_megabytes(total)))
    return problems


def _megabytes(size):
    return f"{size / 1e6:.1f}"


def _check_head(invoice):
    number = invoice.number
    reason = numbers.number_problem(number)
    if reason:
        yield problem(f"CPP-BT1-{reason.upper()}", value=number, length=len(number))
    if not _is_date(invoice.date):
        yield problem("CPP-BT2-DATE")
    if invoice.type not in TYPES:
        yield problem("CPP-BT3-TYPE", value=invoice.type or "?")
    if invoice.currency != "EUR":
        yield problem("CPP-BT5-CURRENCY", value=invoice.currency or "?")


def _is_date(text):
    try:
        return bool(
            re.fullmatch(r"[0-9]{8}", text) and datetime.strptime(text, "%Y%m%d")
        )
    except ValueError:
        return False


def _check_references(invoice, service_required, engagement_required, either_required):
    service, engagement = invoice.service, invoice.engagement
    if service_required and not service:
        yield problem("CPP-BT10-MISSING")
    if service.upper() == "FACTURES_PUBLIQUES":
        yield problem("CPP-BT10-RESERVED", value=service)
    if engagement_required and not engagement:
        yield problem("CPP-BT13-MISSING")
    if either_required and not service and not engagement:
        yield problem("CPP-BT10-BT13-EITHER")
    for rule, limit, value in (
        ("CPP-BT10-LENGTH", 100, service),
        ("CPP-BT13-LENGTH", 50, engagement),
        ("CPP-BT12-LENGTH", 50, invoice.market),
        *(("CPP-BT25-LENGTH", 20, number) for number in invoice.originals),
    ):
        if len(value) > limit:
            yield problem(rule, value=value, length=len(value))
    if invoice.type == "384" and not invoice.originals:
        yield problem("CPP-BT25-MISSING")
    if invoice.type == "381" and not invoice.originals:
        yield problem("CPP-BT25-CREDIT")


def _check_cadre(invoice):
    cadre, due = invoice.cadre, amount(invoice.due)
    if not cadre:
        yield problem("CPP-BT23-MISSING")
    elif cadre not in codes.ALL_CADRES:
        yield problem("CPP-BT23-CODE", value=cadre)
    elif cadre == "A2" and due:
        yield problem("CPP-BT23-PAID", value=invoice.due)
    elif cadre == "A1" and due == 0 and amount(invoice.total):
        yield problem("CPP-BT23-NOTHING-DUE", value=cadre)


def _check_siret(prefix, identifiers, luhn):
    """One of the identifiers is a SIRET: which scheme it has is open (0002, 0009 and 1
    are all in use by clients that are accepted)."""
    reasons = [numbers.siret_problem(value, luhn=luhn) for value in identifiers]
    if "" in reasons:
        return
    if "checksum" in reasons:
        value = identifiers[reasons.index("checksum")]
        yield problem(f"{prefix}-CHECKSUM", value=value)
    else:
        yield problem(f"{prefix}-SIRET")


def _check_payment(invoice):
    """A credit note may go without: whether the platform refuses one there is open."""
    if not invoice.payment_codes and invoice.type != "381":
        yield problem("CPP-BT81-MISSING")
    for code in invoice.payment_codes:
        if code not in PAYMENT_MEANS:
            yield problem("CPP-BT81-CODE", value=code)
    needs_iban = TRANSFERS.intersection(invoice.payment_codes)
    if needs_iban and not invoice.ibans and invoice.type != "381":
        yield problem("CPP-BT84-MISSING")
    for value in invoice.ibans:
        if not numbers.is_iban(value):
            yield problem("CPP-BT84-IBAN", value=value)


def _check_vat(invoice):
    for tax in (*invoice.taxes, *invoice.line_taxes):
        rate = amount(tax.rate)
        if tax.type != "VAT" or not tax.category:
            yield problem("CPP-VAT-CATEGORY")
        elif rate is not None and (rate > 0) != (tax.category == "S"):
            if tax.category not in ("L", "M"):  # Canaries, Ceuta: any rate
                yield problem("CPP-VAT-RATE", value=tax.rate, category=tax.category)
    for tax in invoice.taxes:
        if tax.category in EXEMPT and not tax.reason:
            yield problem("CPP-VAT-REASON", category=tax.category)
        if tax.due_code and tax.due_code not in VAT_DUE:
            yield problem("CPP-BT8-CODE", value=tax.due_code)


def _check_amounts(invoice):
    total, due = amount(invoice.total), amount(invoice.due)
    if total is not None and total < 0:
        yield problem("CPP-BT112-NEGATIVE", value=invoice.total)
    if total is not None and due is not None:
        paid = amount(invoice.prepaid) or 0
        expected = total - paid + (amount(invoice.rounding) or 0)
        if expected != due:
            yield problem("CPP-BT115-SUM", value=invoice.due, expected=expected)
    for name, value in invoice.numbers():
        whole, _point, decimals = value.lstrip("+-").partition(".")
        if len(whole) + len(decimals) > 19 or len(decimals) > 6:
            yield problem("CPP-AMOUNT-DIGITS", value=value, name=name)


def _check_lines(invoice):
    for place, line in enumerate(invoice.lines, 1):
        if len(line.quantity.partition(".")[2].rstrip("0")) > 4:
            yield problem("CPP-BT129-DECIMALS", value=line.quantity, line=place)
        if line.has_gross_price and not line.has_discount:
            yield problem("CPP-BT148-ALLOWANCE", line=place)


def amount(text: str) -> Decimal | None:
    """A number of the XML, or ``None`` for what is none."""
    try:
        value = Decimal(text) if 0 < len(text) <= 60 else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() else None
