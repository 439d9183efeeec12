# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Readable names of the places in a CII invoice, after the business terms of EN
16931-1."""

import re

from .cii_terms import TERMS

__all__ = [
    "PATHS",
    "line_of_path",
    "local_path",
    "subject_of",
    "term_label",
    "term_of_path",
    "terms_in_text",
]

_PARTY = (  # relative place in a party, offset in the three columns seller, buyer
    ("Name", "BT-27", "BT-44"),
    ("ID", "BT-29", "BT-46"),
    ("GlobalID", "BT-29", "BT-46"),
    ("Description", "BT-33", None),
    ("SpecifiedLegalOrganization/ID", "BT-30", "BT-47"),
    ("SpecifiedLegalOrganization/TradingBusinessName", "BT-28", "BT-45"),
    ("DefinedTradeContact", "BG-6", "BG-9"),
    ("DefinedTradeContact/PersonName", "BT-41", "BT-56"),
    ("DefinedTradeContact/DepartmentName", "BT-41", "BT-56"),
    ("DefinedTradeContact/TelephoneUniversalCommunication", "BT-42", "BT-57"),
    ("DefinedTradeContact/EmailURIUniversalCommunication", "BT-43", "BT-58"),
    ("PostalTradeAddress", "BG-5", "BG-8"),
    ("PostalTradeAddress/LineOne", "BT-35", "BT-50"),
    ("PostalTradeAddress/LineTwo", "BT-36", "BT-51"),
    ("PostalTradeAddress/LineThree", "BT-162", "BT-163"),
    ("PostalTradeAddress/CityName", "BT-37", "BT-52"),
    ("PostalTradeAddress/PostcodeCode", "BT-38", "BT-53"),
    ("PostalTradeAddress/CountrySubDivisionName", "BT-39", "BT-54"),
    ("PostalTradeAddress/CountryID", "BT-40", "BT-55"),
    ("URIUniversalCommunication", "BT-34", "BT-49"),
    ("SpecifiedTaxRegistration", "BT-31", "BT-48"),
)

_MEANS = "SpecifiedTradeSettlementPaymentMeans"
_TOTALS = "SpecifiedTradeSettlementHeaderMonetarySummation"
_LINE_PRICE = "SpecifiedLineTradeAgreement"
_GROSS_PRICE = f"{_LINE_PRICE}/GrossPriceProductTradePrice"
_LINE_SETTLEMENT = "SpecifiedLineTradeSettlement"

_PLACES = {
    "ExchangedDocumentContext": {
        "BusinessProcessSpecifiedDocumentContextParameter": "BT-23",
        "GuidelineSpecifiedDocumentContextParameter": "BT-24",
    },
    "ExchangedDocument": {
        "ID": "BT-1",
        "IssueDateTime": "BT-2",
        "TypeCode": "BT-3",
        "IncludedNote": "BG-1",
        "IncludedNote/Content": "BT-22",
        "IncludedNote/SubjectCode": "BT-21",
    },
    "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement": {
        "BuyerReference": "BT-10",
        "SellerTradeParty": "BG-4",
        "BuyerTradeParty": "BG-7",
        **{f"SellerTradeParty/{place}": seller for place, seller, _buyer in _PARTY},
        **{
            f"BuyerTradeParty/{place}": buyer
            for place, _seller, buyer in _PARTY
            if buyer
        },
        "SellerTaxRepresentativeTradeParty": "BG-11",
        "SellerTaxRepresentativeTradeParty/Name": "BT-62",
        "SellerTaxRepresentativeTradeParty/SpecifiedTaxRegistration": "BT-63",
        "SellerTaxRepresentativeTradeParty/PostalTradeAddress": "BG-12",
        "SellerTaxRepresentativeTradeParty/PostalTradeAddress/CountryID": "BT-69",
        "SellerOrderReferencedDocument": "BT-14",
        "BuyerOrderReferencedDocument": "BT-13",
        "ContractReferencedDocument": "BT-12",
        "AdditionalReferencedDocument": "BG-24",
        "AdditionalReferencedDocument/IssuerAssignedID": "BT-122",
        "AdditionalReferencedDocument/Name": "BT-123",
        "AdditionalReferencedDocument/AttachmentBinaryObject": "BT-125",
        "SpecifiedProcuringProject": "BT-11",
    },
    "SupplyChainTradeTransaction/ApplicableHeaderTradeDelivery": {
        "": "BG-13",
        "ShipToTradeParty/ID": "BT-71",
        "ShipToTradeParty/GlobalID": "BT-71",
        "ShipToTradeParty/Name": "BT-70",
        "ShipToTradeParty/PostalTradeAddress": "BG-15",
        "ShipToTradeParty/PostalTradeAddress/LineOne": "BT-75",
        "ShipToTradeParty/PostalTradeAddress/LineTwo": "BT-76",
        "ShipToTradeParty/PostalTradeAddress/LineThree": "BT-165",
        "ShipToTradeParty/PostalTradeAddress/CityName": "BT-77",
        "ShipToTradeParty/PostalTradeAddress/PostcodeCode": "BT-78",
        "ShipToTradeParty/PostalTradeAddress/CountrySubDivisionName": "BT-79",
        "ShipToTradeParty/PostalTradeAddress/CountryID": "BT-80",
        "ActualDeliverySupplyChainEvent": "BT-72",
        "DespatchAdviceReferencedDocument": "BT-16",
        "ReceivingAdviceReferencedDocument": "BT-15",
    },
    "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement": {
        "CreditorReferenceID": "BT-90",
        "PaymentReference": "BT-83",
        "TaxCurrencyCode": "BT-6",
        "InvoiceCurrencyCode": "BT-5",
        "PayeeTradeParty": "BG-10",
        "PayeeTradeParty/ID": "BT-60",
        "PayeeTradeParty/GlobalID": "BT-60",
        "PayeeTradeParty/Name": "BT-59",
        "PayeeTradeParty/SpecifiedLegalOrganization": "BT-61",
        _MEANS: "BG-16",
        f"{_MEANS}/TypeCode": "BT-81",
        f"{_MEANS}/Information": "BT-82",
        f"{_MEANS}/ApplicableTradeSettlementFinancialCard": "BT-87",
        f"{_MEANS}/PayerPartyDebtorFinancialAccount": "BT-91",
        f"{_MEANS}/PayeePartyCreditorFinancialAccount": "BT-84",
        f"{_MEANS}/PayeePartyCreditorFinancialAccount/AccountName": "BT-85",
        f"{_MEANS}/PayeeSpecifiedCreditorFinancialInstitution": "BT-86",
        "ApplicableTradeTax": "BG-23",
        "ApplicableTradeTax/CalculatedAmount": "BT-117",
        "ApplicableTradeTax/BasisAmount": "BT-116",
        "ApplicableTradeTax/CategoryCode": "BT-118",
        "ApplicableTradeTax/RateApplicablePercent": "BT-119",
        "ApplicableTradeTax/ExemptionReason": "BT-120",
        "ApplicableTradeTax/ExemptionReasonCode": "BT-121",
        "ApplicableTradeTax/TaxPointDate": "BT-7",
        "ApplicableTradeTax/DueDateTypeCode": "BT-8",
        "BillingSpecifiedPeriod": "BG-14",
        "BillingSpecifiedPeriod/StartDateTime": "BT-73",
        "BillingSpecifiedPeriod/EndDateTime": "BT-74",
        "SpecifiedTradeAllowanceCharge": "BG-20",
        "SpecifiedTradeAllowanceCharge/ActualAmount": "BT-92",
        "SpecifiedTradeAllowanceCharge/BasisAmount": "BT-93",
        "SpecifiedTradeAllowanceCharge/CalculationPercent": "BT-94",
        "SpecifiedTradeAllowanceCharge/CategoryTradeTax/CategoryCode": "BT-95",
        "SpecifiedTradeAllowanceCharge/CategoryTradeTax/RateApplicablePercent": "BT-96",
        "SpecifiedTradeAllowanceCharge/Reason": "BT-97",
        "SpecifiedTradeAllowanceCharge/ReasonCode": "BT-98",
        "SpecifiedTradePaymentTerms": "BT-20",
        "SpecifiedTradePaymentTerms/DueDateDateTime": "BT-9",
        "SpecifiedTradePaymentTerms/DirectDebitMandateID": "BT-89",
        _TOTALS: "BG-22",
        f"{_TOTALS}/LineTotalAmount": "BT-106",
        f"{_TOTALS}/ChargeTotalAmount": "BT-108",
        f"{_TOTALS}/AllowanceTotalAmount": "BT-107",
        f"{_TOTALS}/TaxBasisTotalAmount": "BT-109",
        f"{_TOTALS}/TaxTotalAmount": "BT-110",
        f"{_TOTALS}/RoundingAmount": "BT-114",
        f"{_TOTALS}/GrandTotalAmount": "BT-112",
        f"{_TOTALS}/TotalPrepaidAmount": "BT-113",
        f"{_TOTALS}/DuePayableAmount": "BT-115",
        "InvoiceReferencedDocument": "BG-3",
        "InvoiceReferencedDocument/IssuerAssignedID": "BT-25",
        "InvoiceReferencedDocument/FormattedIssueDateTime": "BT-26",
        "ReceivableSpecifiedTradeAccountingAccount": "BT-19",
    },
    "SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem": {
        "": "BG-25",
        "AssociatedDocumentLineDocument/LineID": "BT-126",
        "AssociatedDocumentLineDocument/IncludedNote": "BT-127",
        "SpecifiedTradeProduct": "BG-31",
        "SpecifiedTradeProduct/GlobalID": "BT-157",
        "SpecifiedTradeProduct/SellerAssignedID": "BT-155",
        "SpecifiedTradeProduct/BuyerAssignedID": "BT-156",
        "SpecifiedTradeProduct/Name": "BT-153",
        "SpecifiedTradeProduct/Description": "BT-154",
        "SpecifiedTradeProduct/ApplicableProductCharacteristic/Description": "BT-160",
        "SpecifiedTradeProduct/ApplicableProductCharacteristic/Value": "BT-161",
        "SpecifiedTradeProduct/DesignatedProductClassification": "BT-158",
        "SpecifiedTradeProduct/OriginTradeCountry": "BT-159",
        _LINE_PRICE: "BG-29",
        f"{_LINE_PRICE}/BuyerOrderReferencedDocument": "BT-132",
        f"{_GROSS_PRICE}/ChargeAmount": "BT-148",
        f"{_GROSS_PRICE}/AppliedTradeAllowanceCharge": "BT-147",
        f"{_LINE_PRICE}/NetPriceProductTradePrice/ChargeAmount": "BT-146",
        f"{_LINE_PRICE}/NetPriceProductTradePrice/BasisQuantity": "BT-149",
        "SpecifiedLineTradeDelivery/BilledQuantity": "BT-129",
        "SpecifiedLineTradeDelivery/BilledQuantity/@unitCode": "BT-130",
        f"{_LINE_SETTLEMENT}/ApplicableTradeTax": "BG-30",
        f"{_LINE_SETTLEMENT}/ApplicableTradeTax/CategoryCode": "BT-151",
        f"{_LINE_SETTLEMENT}/ApplicableTradeTax/RateApplicablePercent": "BT-152",
        f"{_LINE_SETTLEMENT}/BillingSpecifiedPeriod": "BG-26",
        f"{_LINE_SETTLEMENT}/BillingSpecifiedPeriod/StartDateTime": "BT-134",
        f"{_LINE_SETTLEMENT}/BillingSpecifiedPeriod/EndDateTime": "BT-135",
        f"{_LINE_SETTLEMENT}/SpecifiedTradeAllowanceCharge": "BG-27",
        f"{_LINE_SETTLEMENT}/SpecifiedTradeAllowanceCharge/ActualAmount": "BT-136",
        f"{_LINE_SETTLEMENT}/SpecifiedTradeAllowanceCharge/Reason": "BT-139",
        f"{_LINE_SETTLEMENT}/SpecifiedTradeSettlementLineMonetarySummation": "BT-131",
        f"{_LINE_SETTLEMENT}/AdditionalReferencedDocument": "BT-128",
        f"{_LINE_SETTLEMENT}/ReceivableSpecifiedTradeAccountingAccount": "BT-133",
    },
}

#: Place below ``CrossIndustryInvoice`` (local names joined by ``/``) → business term.
PATHS = {
    f"{section}/{place}" if place else section: term
    for section, places in _PLACES.items()
    for place, term in places.items()
}

_TERM = re.compile(r"\bB[TG]-\d{1,3}\b")
_CONDITION = re.compile(r"""\bwhere\b[^"]*"[^"]*"|^If .*?, then""")
_LINE = re.compile(
    r"IncludedSupplyChainTradeLineItem(?:\[(?!\d)[^\]]*\])?(?:\[(\d+)\])?(?![\w])"
)
_STEP_NOISE = re.compile(r"\[[^\]]*\]|Q\{[^}]*\}|\{[^}]*\}|[\w.-]*\*?:(?=[\w*])")


def local_path(xpath: str) -> str:
    """Reduce an XPath to local names below the root: no prefixes, no predicates."""
    steps = [step for step in _STEP_NOISE.sub("", xpath).split("/") if step]
    return "/".join(steps[1:] if steps[:1] == ["CrossIndustryInvoice"] else steps)


def term_of_path(xpath: str) -> str | None:
    """Return the business term at a place, or at the nearest place above it that has
    one."""
    path = local_path(xpath)
    while path:
        if path in PATHS:
            return PATHS[path]
        path = path.rpartition("/")[0]
    return None


def line_of_path(xpath: str) -> int:
    """Return which invoice line a place is in, from 1; 0 outside of the lines."""
    found = _LINE.search(xpath)
    return int(found[1] or 1) if found else 0


def subject_of(text: str, xpath: str) -> str | None:
    """Return the business term that somebody has to mend to satisfy a rule.

    Rules name several terms. It is what the invoice "shall contain" or "shall have";
    else the place that was tested, if the rule names it; else what "shall be"
    something; else the first.
    """
    # 'where the VAT category code (BT-118) is "Exempt"' tells when the rule holds, not
    # what is wrong.
    text = _CONDITION.sub("", text)
    before, _shall, after = text.partition(" shall ")
    if after.startswith(("contain", "have")):
        wanted = _terms_first(terms_in_text(after))
        if wanted:
            return wanted[0]
    tested = term_of_path(xpath)
    named = terms_in_text(text)
    if tested in named and tested.startswith("BT"):
        return tested
    if after:
        subjects = _terms_first(terms_in_text(before))
        if subjects:
            return subjects[-1]
    return named[0] if named else tested


def _terms_first(terms: list[str]) -> list[str]:
    """Prefer fields (BT) to the groups (BG) that hold them."""
    return [term for term in terms if term.startswith("BT")] or terms


def terms_in_text(text: str) -> list[str]:
    """Return the known business terms that a rule's text names, in its order."""
    return [term for term in dict.fromkeys(_TERM.findall(text)) if term in TERMS]


def term_label(term: str, lang: str = "en", line: int = 0) -> str:
    """Return ``Item name (BT-153), line 2``; in French when ``lang`` says so.

    The line is left out when it is 0.
    """
    is_french = lang.startswith("fr")
    label = f"{TERMS[term][is_french]} ({term})"
    return f"{label}, {'ligne' if is_french else 'line'} {line}" if line else label
