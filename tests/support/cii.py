# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Small Factur-X invoices for a public buyer, made without Odoo."""

import gzip
import io
import tarfile
from datetime import date

import facturx
from pypdf import PdfWriter

SUPPLIER = "33254021516357"
BUYER = "12345678200051"
IBAN = "FR7630006000011234567890189"
_NAMES = "urn:un:unece:uncefact:data:standard"
HEAD = (
    f'<rsm:CrossIndustryInvoice xmlns:rsm="{_NAMES}:CrossIndustryInvoice:100"'
    f' xmlns:ram="{_NAMES}:ReusableAggregateBusinessInformationEntity:100"'
    f' xmlns:udt="{_NAMES}:UnqualifiedDataType:100">'
)
LINE = """
<ram:IncludedSupplyChainTradeLineItem>
 <ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID>
 </ram:AssociatedDocumentLineDocument>
 <ram:SpecifiedTradeProduct><ram:Name>Enduit</ram:Name></ram:SpecifiedTradeProduct>
 <ram:SpecifiedLineTradeAgreement>{gross}<ram:NetPriceProductTradePrice>
  <ram:ChargeAmount>100.00</ram:ChargeAmount></ram:NetPriceProductTradePrice>
 </ram:SpecifiedLineTradeAgreement>
 <ram:SpecifiedLineTradeDelivery>
  <ram:BilledQuantity unitCode="C62">1</ram:BilledQuantity>
 </ram:SpecifiedLineTradeDelivery>
 <ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax>
  <ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
  <ram:RateApplicablePercent>20</ram:RateApplicablePercent></ram:ApplicableTradeTax>
  <ram:SpecifiedTradeSettlementLineMonetarySummation>
   <ram:LineTotalAmount>100.00</ram:LineTotalAmount>
  </ram:SpecifiedTradeSettlementLineMonetarySummation>
 </ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>"""
GROSS = (
    "<ram:GrossPriceProductTradePrice><ram:ChargeAmount>100.00</ram:ChargeAmount>"
    "</ram:GrossPriceProductTradePrice>"
)
ADDRESS = (
    "<ram:PostalTradeAddress><ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress>"
)


def make_xml(
    number,
    supplier=SUPPLIER,
    buyer=BUYER,
    service="",
    engagement="",
    cadre="A1",
    kind="380",
    means="30",
    iban=IBAN,
    day=None,
    gross=False,
    payable="120.00",
    origin="",
):
    """One invoice of one line in CII (profile EN 16931); "" leaves an element out."""
    day = (day or date.today()).strftime("%Y%m%d")
    transaction = _agreement(supplier, buyer, service, engagement)
    transaction += _settlement(means, iban, payable, origin)
    return (
        f"{HEAD}<rsm:ExchangedDocumentContext>"
        + _element("BusinessProcessSpecifiedDocumentContextParameter", "ID", cadre)
        + "<ram:GuidelineSpecifiedDocumentContextParameter>"
        "<ram:ID>urn:cen.eu:en16931:2017</ram:ID>"
        "</ram:GuidelineSpecifiedDocumentContextParameter>"
        "</rsm:ExchangedDocumentContext>"
        f"<rsm:ExchangedDocument><ram:ID>{number}</ram:ID>"
        f"<ram:TypeCode>{kind}</ram:TypeCode><ram:IssueDateTime>"
        f'<udt:DateTimeString format="102">{day}</udt:DateTimeString>'
        "</ram:IssueDateTime></rsm:ExchangedDocument>"
        "<rsm:SupplyChainTradeTransaction>"
        + LINE.format(gross=GROSS if gross else "")
        + transaction
        + "</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"
    ).encode()


def _element(parent, name, value):
    if not value:
        return ""
    return f"<ram:{parent}><ram:{name}>{value}</ram:{name}></ram:{parent}>"


def _party(role, siret):
    return (
        f"<ram:{role}TradeParty><ram:Name>{role}</ram:Name>"
        "<ram:SpecifiedLegalOrganization>"
        f'<ram:ID schemeID="0009">{siret}</ram:ID></ram:SpecifiedLegalOrganization>'
        f"{ADDRESS}</ram:{role}TradeParty>"
    )


def _agreement(supplier, buyer, service, engagement):
    reference = f"<ram:BuyerReference>{service}</ram:BuyerReference>" if service else ""
    return (
        f"<ram:ApplicableHeaderTradeAgreement>{reference}"
        + _party("Seller", supplier)
        + _party("Buyer", buyer)
        + _element("BuyerOrderReferencedDocument", "IssuerAssignedID", engagement)
        + "</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery/>"
    )


def _settlement(means, iban, payable, origin):
    account = _element("PayeePartyCreditorFinancialAccount", "IBANID", iban)
    payment = (
        "<ram:SpecifiedTradeSettlementPaymentMeans>"
        f"<ram:TypeCode>{means}</ram:TypeCode>{account}"
        "</ram:SpecifiedTradeSettlementPaymentMeans>"
    )
    return (
        "<ram:ApplicableHeaderTradeSettlement>"
        "<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>"
        + (payment if means else "")
        + "<ram:ApplicableTradeTax><ram:CalculatedAmount>20.00</ram:CalculatedAmount>"
        "<ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>100.00</ram:BasisAmount>"
        "<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>20"
        "</ram:RateApplicablePercent></ram:ApplicableTradeTax>"
        "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        "<ram:LineTotalAmount>100.00</ram:LineTotalAmount>"
        "<ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount>"
        '<ram:TaxTotalAmount currencyID="EUR">20.00</ram:TaxTotalAmount>'
        "<ram:GrandTotalAmount>120.00</ram:GrandTotalAmount>"
        f"<ram:DuePayableAmount>{payable}</ram:DuePayableAmount>"
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        + _element("InvoiceReferencedDocument", "IssuerAssignedID", origin)
        + "</ram:ApplicableHeaderTradeSettlement>"
    )


def make_pdf(xml, attachments=None):
    """A Factur-X of one empty page around an XML, with other files ({name: bytes})."""
    page = PdfWriter()
    page.add_blank_page(595, 842)
    plain = io.BytesIO()
    page.write(plain)
    files = {name: {"filedata": data} for name, data in (attachments or {}).items()}
    return facturx.generate_from_binary(
        plain.getvalue(), xml, check_xsd=False, attachments=files
    )


def make_archive(files):
    """A tar.gz of {name: bytes}."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(buffer.getvalue())
