# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The fields of a CII invoice that Chorus Pro looks at."""

from dataclasses import dataclass
from functools import cached_property

from .safe_xml import local_name

__all__ = ["Invoice", "Line", "Tax"]

_NS = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:"
    "ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
#: Schemes under which a SIRET is sent to Chorus Pro by one client or another.
SIRET_SCHEMES = {"0002", "0009", "1", None}


@dataclass(frozen=True)
class Tax:
    type: str
    category: str
    rate: str
    reason: str
    due_code: str


@dataclass(frozen=True)
class Line:
    quantity: str
    has_gross_price: bool
    has_discount: bool


class Invoice:
    """Texts as they stand in the XML, without the blanks around; ``""`` when missing.

    :raises ValueError: the root is no CrossIndustryInvoice
    """

    def __init__(self, root):
        if root.tag != f"{{{_NS['rsm']}}}CrossIndustryInvoice":
            raise ValueError("the XML is not a CrossIndustryInvoice (UN/CEFACT CII)")
        self._root = root
        trade = "rsm:SupplyChainTradeTransaction"
        self._agreement = f"{trade}/ram:ApplicableHeaderTradeAgreement"
        self._settlement = f"{trade}/ram:ApplicableHeaderTradeSettlement"
        self._sums = (
            f"{self._settlement}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
        )
        self._lines = f"{trade}/ram:IncludedSupplyChainTradeLineItem"

    def _text(self, path):
        return (self._root.findtext(path, namespaces=_NS) or "").strip()

    def _texts(self, path):
        found = self._root.iterfind(path, namespaces=_NS)
        values = [(element.text or "").strip() for element in found]
        return tuple(value for value in values if value)

    @property
    def number(self):
        return self._text("rsm:ExchangedDocument/ram:ID")

    @property
    def date(self):
        return self._text("rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString")

    @property
    def type(self):
        return self._text("rsm:ExchangedDocument/ram:TypeCode")

    @property
    def cadre(self):
        return self._text(
            "rsm:ExchangedDocumentContext/"
            "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
        )

    @property
    def currency(self):
        return self._text(f"{self._settlement}/ram:InvoiceCurrencyCode")

    @property
    def service(self):
        return self._text(f"{self._agreement}/ram:BuyerReference")

    @property
    def engagement(self):
        return self._text(
            f"{self._agreement}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"
        )

    @property
    def market(self):
        return self._text(
            f"{self._agreement}/ram:ContractReferencedDocument/ram:IssuerAssignedID"
        )

    @property
    def originals(self):
        """Numbers of the invoices that this one corrects (BT-25)."""
        return self._texts(
            f"{self._settlement}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID"
        )

    @property
    def seller_ids(self):
        return self._identifiers("SellerTradeParty")

    @property
    def buyer_ids(self):
        return self._identifiers("BuyerTradeParty")

    def _identifiers(self, party):
        """What may be a SIRET: the legal organisation first, then the identifiers."""
        base = f"{self._agreement}/ram:{party}"
        found = []
        for path in ("ram:SpecifiedLegalOrganization/ram:ID", "ram:GlobalID", "ram:ID"):
            for element in self._root.iterfind(f"{base}/{path}", namespaces=_NS):
                value = (element.text or "").strip()
                if value and element.get("schemeID") in SIRET_SCHEMES:
                    found.append(value)
        return found

    @property
    def _means(self):
        return f"{self._settlement}/ram:SpecifiedTradeSettlementPaymentMeans"

    @property
    def payment_codes(self):
        return self._texts(f"{self._means}/ram:TypeCode")

    @property
    def ibans(self):
        return self._texts(
            f"{self._means}/ram:PayeePartyCreditorFinancialAccount/ram:IBANID"
        )

    @property
    def total(self):
        return self._text(f"{self._sums}/ram:GrandTotalAmount")

    @property
    def prepaid(self):
        return self._text(f"{self._sums}/ram:TotalPrepaidAmount")

    @property
    def rounding(self):
        return self._text(f"{self._sums}/ram:RoundingAmount")

    @property
    def due(self):
        return self._text(f"{self._sums}/ram:DuePayableAmount")

    @cached_property
    def taxes(self):
        return self._taxes(f"{self._settlement}/ram:ApplicableTradeTax")

    @cached_property
    def line_taxes(self):
        settlement = f"{self._lines}/ram:SpecifiedLineTradeSettlement"
        return self._taxes(f"{settlement}/ram:ApplicableTradeTax")

    def _taxes(self, path):
        def text(element, *names):
            found = (element.findtext(f"ram:{name}", "", _NS).strip() for name in names)
            return next(filter(None, found), "")

        return tuple(
            Tax(
                type=text(element, "TypeCode"),
                category=text(element, "CategoryCode"),
                rate=text(element, "RateApplicablePercent"),
                reason=text(element, "ExemptionReason", "ExemptionReasonCode"),
                due_code=text(element, "DueDateTypeCode"),
            )
            for element in self._root.iterfind(path, namespaces=_NS)
        )

    @cached_property
    def lines(self):
        gross = "ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice"
        quantity = "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"
        discount = f"{gross}/ram:AppliedTradeAllowanceCharge/ram:ActualAmount"
        return tuple(
            Line(
                quantity=line.findtext(quantity, "", _NS).strip(),
                has_gross_price=line.find(gross, _NS) is not None,
                has_discount=line.find(discount, _NS) is not None,
            )
            for line in self._root.iterfind(self._lines, namespaces=_NS)
        )

    def numbers(self):
        """Yield the name and the text of every amount, quantity and percentage."""
        endings = ("Amount", "Quantity", "Percent")
        for element in self._root.iter("{*}*"):
            name = local_name(element)
            value = (element.text or "").strip()
            if name.endswith(endings) and value and not len(element):
                yield name, value
