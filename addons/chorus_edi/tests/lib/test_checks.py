# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every rule of Chorus Pro: an invoice that keeps it, and one that breaks it alone."""

import pytest
from demat_lib_chorus_edi import checks
from demat_lib_chorus_edi.rules import RULES

SELLER, BUYER, IBAN = "73282932000074", "35600000000048", "FR1420041010050500013M02606"

TEMPLATE = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice
 xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext>{cadre}</rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>{number}</ram:ID><ram:TypeCode>{type}</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">{date}</udt:DateTimeString>
</ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
<ram:IncludedSupplyChainTradeLineItem>
<ram:SpecifiedLineTradeAgreement>{gross}</ram:SpecifiedLineTradeAgreement>
<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">{quantity}
</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax>
<ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>{line_category}</ram:CategoryCode>
<ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>
</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement><ram:BuyerReference>{service}</ram:BuyerReference>
<ram:SellerTradeParty>{seller}</ram:SellerTradeParty>
<ram:BuyerTradeParty>{buyer}</ram:BuyerTradeParty>
<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>{engagement}
</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>
<ram:ContractReferencedDocument><ram:IssuerAssignedID>{market}</ram:IssuerAssignedID>
</ram:ContractReferencedDocument></ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeSettlement>
<ram:InvoiceCurrencyCode>{currency}</ram:InvoiceCurrencyCode>{means}
<ram:ApplicableTradeTax><ram:TypeCode>{tax_type}</ram:TypeCode>{reason}
<ram:CategoryCode>{category}</ram:CategoryCode>{due_code}
<ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation>
<ram:GrandTotalAmount>{total}</ram:GrandTotalAmount>
<ram:TotalPrepaidAmount>{prepaid}</ram:TotalPrepaidAmount>
<ram:DuePayableAmount>{due}</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation>
<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>{original}</ram:IssuerAssignedID>
</ram:InvoiceReferencedDocument></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""


def party(siret, scheme="0002"):
    return (
        f'<ram:SpecifiedLegalOrganization><ram:ID schemeID="{scheme}">{siret}</ram:ID>'
        f"</ram:SpecifiedLegalOrganization>"
    )


def context(code):
    name = "BusinessProcessSpecifiedDocumentContextParameter"
    return f"<ram:{name}><ram:ID>{code}</ram:ID></ram:{name}>"


def means(code, iban=IBAN):
    account = (
        f"<ram:PayeePartyCreditorFinancialAccount><ram:IBANID>{iban}</ram:IBANID>"
        f"</ram:PayeePartyCreditorFinancialAccount>"
    )
    return (
        f"<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>{code}</ram:TypeCode>"
        f"{account if iban else ''}</ram:SpecifiedTradeSettlementPaymentMeans>"
    )


def gross(discount=""):
    return (
        "<ram:GrossPriceProductTradePrice><ram:ChargeAmount>10</ram:ChargeAmount>"
        f"{discount}</ram:GrossPriceProductTradePrice>"
    )


DISCOUNT = (
    "<ram:AppliedTradeAllowanceCharge><ram:ActualAmount>1</ram:ActualAmount>"
    "</ram:AppliedTradeAllowanceCharge>"
)
REASON = "<ram:ExemptionReason>Article 293 B du CGI</ram:ExemptionReason>"
EXEMPT = {"category": "E", "line_category": "E", "rate": "0"}


def due_code(code):
    return f"<ram:DueDateTypeCode>{code}</ram:DueDateTypeCode>"


GOOD = {
    "cadre": context("A1"),
    "number": "FAC/2026/00001",
    "type": "380",
    "date": "20261126",
    "gross": "",
    "quantity": "1.5",
    "line_category": "S",
    "rate": "20.00",
    "service": "SERV",
    "seller": party(SELLER),
    "buyer": party(BUYER),
    "engagement": "",
    "market": "",
    "currency": "EUR",
    "means": means("30"),
    "tax_type": "VAT",
    "reason": "",
    "category": "S",
    "due_code": "",
    "total": "120.00",
    "prepaid": "0.00",
    "due": "120.00",
    "original": "",
}
CREDIT = {"type": "381", "original": "FAC/2026/00001"}


def check(values=(), **options):
    xml = TEMPLATE.format(**GOOD | dict(values)).encode()
    return checks.check_invoice_xml(xml, **options)


BAD = [
    ("CPP-BT1-EMPTY", {"number": ""}),
    ("CPP-BT1-LENGTH", {"number": "F" * 21}),
    ("CPP-BT1-CHARACTERS", {"number": "F#1"}),
    ("CPP-BT2-DATE", {"date": "20260231"}),
    ("CPP-BT2-DATE", {"date": "2026-11-26"}),
    ("CPP-BT3-TYPE", {"type": "389"}),
    ("CPP-BT5-CURRENCY", {"currency": "USD"}),
    ("CPP-BT8-CODE", {"due_code": due_code("35")}),
    ("CPP-BT10-LENGTH", {"service": "S" * 101}),
    ("CPP-BT10-RESERVED", {"service": "FACTURES_PUBLIQUES"}),
    ("CPP-BT13-LENGTH", {"engagement": "E" * 51}),
    ("CPP-BT12-LENGTH", {"market": "M" * 51}),
    ("CPP-BT23-MISSING", {"cadre": ""}),
    ("CPP-BT23-CODE", {"cadre": context("B1")}),
    ("CPP-BT23-CODE", {"cadre": context("A11")}),
    ("CPP-BT23-PAID", {"cadre": context("A2")}),
    ("CPP-BT23-NOTHING-DUE", {"prepaid": "120.00", "due": "0.00"}),
    ("CPP-BT25-MISSING", {"type": "384"}),
    ("CPP-BT25-CREDIT", {"type": "381"}),
    ("CPP-BT25-LENGTH", {"type": "381", "original": "F" * 21}),
    ("CPP-BT30-SIRET", {"seller": party(SELLER[:9])}),
    ("CPP-BT30-SIRET", {"seller": party(SELLER, "0088")}),
    ("CPP-BT30-SIRET", {"seller": ""}),
    ("CPP-BT30-CHECKSUM", {"seller": party("73282932000075")}),
    ("CPP-BT47-SIRET", {"buyer": party("FR83404833048")}),
    ("CPP-BT47-CHECKSUM", {"buyer": party("12345678200052")}),
    ("CPP-BT81-MISSING", {"means": ""}),
    ("CPP-BT81-CODE", {"means": means("58")}),
    ("CPP-BT84-MISSING", {"means": means("30", "")}),
    ("CPP-BT84-IBAN", {"means": means("30", IBAN[:-1] + "7")}),
    ("CPP-VAT-CATEGORY", {"category": ""}),
    ("CPP-VAT-CATEGORY", {"tax_type": "AAA"}),
    ("CPP-VAT-RATE", {"rate": "0.00"}),
    ("CPP-VAT-RATE", EXEMPT | {"rate": "20", "reason": REASON}),
    ("CPP-VAT-REASON", EXEMPT),
    ("CPP-BT112-NEGATIVE", CREDIT | {"total": "-120.00", "due": "-120.00"}),
    ("CPP-BT115-SUM", {"prepaid": "20.00"}),
    ("CPP-AMOUNT-DIGITS", {"rate": "20.0000001"}),
    ("CPP-BT129-DECIMALS", {"quantity": "1.00001"}),
    ("CPP-BT148-ALLOWANCE", {"gross": gross()}),
]


@pytest.mark.parametrize("rule, values", BAD)
def test_what_breaks_one_rule(rule, values):
    (problem,) = check(values)
    assert problem.rule == rule
    assert problem.field == RULES[rule].field
    assert problem.severity == RULES[rule].severity
    assert "{" not in problem.message + problem.message_fr


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"type": "386"},  # a deposit
        {"prepaid": "100.00", "due": "20.00"},  # final invoice after deposits
        {"cadre": context("A2"), "prepaid": "120.00", "due": "0.00"},
        {"cadre": context("A9")},
        {"cadre": context("A12")},
        CREDIT,
        CREDIT | {"means": ""},
        CREDIT | {"means": means("30", "")},
        {"type": "384", "original": "F1"},
        {"seller": party(SELLER, "0009"), "buyer": party(BUYER, "1")},
        {"seller": f'<ram:GlobalID schemeID="0002">{SELLER}</ram:GlobalID>'},
        {"seller": party(SELLER[:9]) + f"<ram:ID>{SELLER}</ram:ID>"},
        {"means": means("10", "")},
        {"gross": gross(DISCOUNT)},
        EXEMPT | {"reason": REASON},
        {"due_code": due_code("72")},
        {"quantity": "1.123400", "number": "F" * 20, "service": "S" * 100},
        {"engagement": "E" * 50, "market": "M" * 50},
    ],
)
def test_what_keeps_all_rules(values):
    assert check(values) == []


@pytest.mark.parametrize(
    "demand, rule, mended",
    [
        ("service_required", "CPP-BT10-MISSING", {"service": "S"}),
        ("engagement_required", "CPP-BT13-MISSING", {"engagement": "E"}),
        ("either_required", "CPP-BT10-BT13-EITHER", {"engagement": "E"}),
        ("either_required", "CPP-BT10-BT13-EITHER", {"service": "S"}),
    ],
)
def test_what_the_recipient_demands(demand, rule, mended):
    nothing = {"service": "", "engagement": ""}
    assert check(nothing) == []
    assert [found.rule for found in check(nothing, **{demand: True})] == [rule]
    assert check(nothing | mended, **{demand: True}) == []


def test_the_sirets_of_the_qualification_need_no_check_digit():
    values = {"buyer": party("12345678200052")}
    assert check(values, luhn=False) == []
    short = check({"buyer": party("1234567820005")}, luhn=False)
    assert [found.rule for found in short] == ["CPP-BT47-SIRET"]


def test_all_problems_come_at_once():
    found = check({"number": "", "means": "", "seller": "", "cadre": ""})
    assert [one.rule for one in found] == [
        "CPP-BT1-EMPTY",
        "CPP-BT23-MISSING",
        "CPP-BT30-SIRET",
        "CPP-BT81-MISSING",
    ]


def test_a_message_names_what_is_wrong_in_both_languages():
    (problem,) = check({"number": "FAC/2026/11/0000000001"})
    assert "FAC/2026/11/0000000001" in problem.message
    assert "22 caractères" in problem.message_fr
    (line,) = check({"quantity": "0.123456"})
    assert line.message.startswith("Line 1:")


ATTACHMENTS = [
    ("CPP-ATT-NAME", [("x" * 47 + ".pdf", 1)]),
    ("CPP-ATT-EXTENSION", [("a.exe", 1)]),
    ("CPP-ATT-EXTENSION", [("pdf", 1)]),
    ("CPP-ATT-EMPTY", [("a.pdf", 0)]),
    ("CPP-ATT-SIZE", [("a.pdf", 10_000_000)]),
    ("CPP-ATT-TWICE", [("a.pdf", 1), ("A.PDF", 1)]),
    ("CPP-ATT-TOTAL", [(f"{number}.pdf", 9_000_000) for number in range(14)]),
]


@pytest.mark.parametrize("rule, files", ATTACHMENTS)
def test_attachments_that_break_one_rule(rule, files):
    (problem,) = checks.check_attachments(files)
    assert problem.rule == rule
    assert "{" not in problem.message + problem.message_fr


def test_attachments_that_keep_all_rules():
    files = [("x" * 46 + ".pdf", 9_999_999), ("plan.TIFF", 1)]
    assert checks.check_attachments(files) == []
    total = checks.check_attachments(files, invoice_size=115_000_000)
    assert [found.rule for found in total] == ["CPP-ATT-TOTAL"]


def test_every_rule_is_tested_here():
    demands = {"CPP-BT10-MISSING", "CPP-BT13-MISSING", "CPP-BT10-BT13-EITHER"}
    assert {rule for rule, _values in BAD + ATTACHMENTS} | demands == set(RULES)


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<Invoice/>",
        b"<a><b></a>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"),
    ],
)
def test_what_is_no_invoice(xml):
    with pytest.raises(ValueError):
        checks.check_invoice_xml(xml)
