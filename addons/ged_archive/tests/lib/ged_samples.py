# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# ruff: noqa: E501 - the XML is easier to compare with its models in whole elements
"""Sample invoices: CII XML in the profile EN 16931. Companies and numbers are invented.

SIRET and VAT numbers satisfy their checks, as the real ones do.
"""

from dataclasses import dataclass, field
from decimal import Decimal

EN16931 = "urn:cen.eu:en16931:2017"
EXTENDED = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"
MINIMUM = "urn:factur-x.eu:1p0:minimum"

SELLER_SIREN, SELLER_SIRET = "123456782", "12345678200010"
BUYER_SIREN, BUYER_SIRET = "987654324", "98765432400019"


def french_vat(siren):
    """VAT number of a French company: key of two digits, then the SIREN."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


@dataclass
class Line:
    name: str
    quantity: Decimal
    price: Decimal
    rate: Decimal = Decimal("20.00")

    @property
    def net(self):
        return (self.quantity * self.price).quantize(Decimal("0.01"))


@dataclass
class Invoice:
    """An invoice whose totals are computed unless given (to make a broken one)."""

    number: str = "FAC/2026/00042"
    profile: str = EN16931
    lines: list[Line] = field(
        default_factory=lambda: [
            Line(
                "Fourniture et pose d’une porte d’entrée isolante",
                Decimal(1),
                Decimal("1840.00"),
            ),
            Line(
                "Cloison en plaques de plâtre, le m²", Decimal("12.5"), Decimal("46.80")
            ),
            Line(
                "Peinture des boiseries", Decimal(3), Decimal("75.00"), Decimal("10.00")
            ),
        ]
    )
    grand_total: Decimal | None = None
    line_total: Decimal | None = None
    seller_name: str = "Charpentes du Val Clair SARL"
    buyer_name: str = "Mairie de Sainte-Aubine-les-Prés"
    currency: str = "EUR"
    prologue: str = '<?xml version="1.0" encoding="UTF-8"?>\n'

    def rates(self):
        bases = {}
        for line in self.lines:
            bases[line.rate] = bases.get(line.rate, Decimal(0)) + line.net
        return {
            rate: (base, (base * rate / 100).quantize(Decimal("0.01")))
            for rate, base in bases.items()
        }

    def xml(self) -> bytes:
        net = sum(line.net for line in self.lines)
        vat = sum(tax for _base, tax in self.rates().values())
        total = net + vat
        return TEMPLATE.format(
            prologue=self.prologue,
            profile=self.profile,
            number=self.number,
            lines="".join(
                self._line(index, line) for index, line in enumerate(self.lines, 1)
            ),
            seller_name=self.seller_name,
            seller_siret=SELLER_SIRET,
            seller_vat=french_vat(SELLER_SIREN),
            buyer_name=self.buyer_name,
            buyer_siret=BUYER_SIRET,
            buyer_vat=french_vat(BUYER_SIREN),
            currency=self.currency,
            taxes="".join(
                TAX.format(tax=tax, base=base, rate=rate)
                for rate, (base, tax) in self.rates().items()
            ),
            line_total=self.line_total if self.line_total is not None else net,
            net=net,
            vat=vat,
            total=self.grand_total if self.grand_total is not None else total,
            due=total,
        ).encode()

    @staticmethod
    def _line(index, line):
        return LINE.format(
            index=index,
            name=line.name,
            price=line.price,
            quantity=line.quantity,
            rate=line.rate,
            net=line.net,
        )


LINE = """
    <ram:IncludedSupplyChainTradeLineItem>
      <ram:AssociatedDocumentLineDocument><ram:LineID>{index}</ram:LineID></ram:AssociatedDocumentLineDocument>
      <ram:SpecifiedTradeProduct><ram:Name>{name}</ram:Name></ram:SpecifiedTradeProduct>
      <ram:SpecifiedLineTradeAgreement>
        <ram:NetPriceProductTradePrice><ram:ChargeAmount>{price}</ram:ChargeAmount></ram:NetPriceProductTradePrice>
      </ram:SpecifiedLineTradeAgreement>
      <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">{quantity}</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
      <ram:SpecifiedLineTradeSettlement>
        <ram:ApplicableTradeTax>
          <ram:TypeCode>VAT</ram:TypeCode>
          <ram:CategoryCode>S</ram:CategoryCode>
          <ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent>
        </ram:ApplicableTradeTax>
        <ram:SpecifiedTradeSettlementLineMonetarySummation>
          <ram:LineTotalAmount>{net}</ram:LineTotalAmount>
        </ram:SpecifiedTradeSettlementLineMonetarySummation>
      </ram:SpecifiedLineTradeSettlement>
    </ram:IncludedSupplyChainTradeLineItem>"""

TAX = """
      <ram:ApplicableTradeTax>
        <ram:CalculatedAmount>{tax}</ram:CalculatedAmount>
        <ram:TypeCode>VAT</ram:TypeCode>
        <ram:BasisAmount>{base}</ram:BasisAmount>
        <ram:CategoryCode>S</ram:CategoryCode>
        <ram:DueDateTypeCode>5</ram:DueDateTypeCode>
        <ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent>
      </ram:ApplicableTradeTax>"""

TEMPLATE = """{prologue}<rsm:CrossIndustryInvoice
    xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
    xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
    xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <rsm:ExchangedDocumentContext>
    <ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>{profile}</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>
  </rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument>
    <ram:ID>{number}</ram:ID>
    <ram:TypeCode>380</ram:TypeCode>
    <ram:IssueDateTime><udt:DateTimeString format="102">20260312</udt:DateTimeString></ram:IssueDateTime>
    <ram:IncludedNote>
      <ram:Content>En cas de retard de paiement, une indemnité forfaitaire de 40 € est due.</ram:Content>
      <ram:SubjectCode>PMT</ram:SubjectCode>
    </ram:IncludedNote>
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>{lines}
    <ram:ApplicableHeaderTradeAgreement>
      <ram:BuyerReference>SERVICE-TRAVAUX</ram:BuyerReference>
      <ram:SellerTradeParty>
        <ram:Name>{seller_name}</ram:Name>
        <ram:SpecifiedLegalOrganization><ram:ID schemeID="0009">{seller_siret}</ram:ID></ram:SpecifiedLegalOrganization>
        <ram:PostalTradeAddress>
          <ram:PostcodeCode>21000</ram:PostcodeCode>
          <ram:LineOne>8 chemin des Scieries</ram:LineOne>
          <ram:CityName>Dijon</ram:CityName>
          <ram:CountryID>FR</ram:CountryID>
        </ram:PostalTradeAddress>
        <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{seller_vat}</ram:ID></ram:SpecifiedTaxRegistration>
      </ram:SellerTradeParty>
      <ram:BuyerTradeParty>
        <ram:Name>{buyer_name}</ram:Name>
        <ram:SpecifiedLegalOrganization><ram:ID schemeID="0009">{buyer_siret}</ram:ID></ram:SpecifiedLegalOrganization>
        <ram:PostalTradeAddress>
          <ram:PostcodeCode>39100</ram:PostcodeCode>
          <ram:LineOne>1 place de l’Hôtel-de-Ville</ram:LineOne>
          <ram:CityName>Sainte-Aubine-les-Prés</ram:CityName>
          <ram:CountryID>FR</ram:CountryID>
        </ram:PostalTradeAddress>
        <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{buyer_vat}</ram:ID></ram:SpecifiedTaxRegistration>
      </ram:BuyerTradeParty>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeDelivery>
      <ram:ActualDeliverySupplyChainEvent>
        <ram:OccurrenceDateTime><udt:DateTimeString format="102">20260310</udt:DateTimeString></ram:OccurrenceDateTime>
      </ram:ActualDeliverySupplyChainEvent>
    </ram:ApplicableHeaderTradeDelivery>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:PaymentReference>{number}</ram:PaymentReference>
      <ram:InvoiceCurrencyCode>{currency}</ram:InvoiceCurrencyCode>
      <ram:SpecifiedTradeSettlementPaymentMeans>
        <ram:TypeCode>30</ram:TypeCode>
        <ram:PayeePartyCreditorFinancialAccount><ram:IBANID>FR7630006000011234567890189</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>
      </ram:SpecifiedTradeSettlementPaymentMeans>{taxes}
      <ram:SpecifiedTradePaymentTerms>
        <ram:Description>30 jours fin de mois</ram:Description>
        <ram:DueDateDateTime><udt:DateTimeString format="102">20260430</udt:DateTimeString></ram:DueDateDateTime>
      </ram:SpecifiedTradePaymentTerms>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:LineTotalAmount>{line_total}</ram:LineTotalAmount>
        <ram:TaxBasisTotalAmount>{net}</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="{currency}">{vat}</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>{total}</ram:GrandTotalAmount>
        <ram:DuePayableAmount>{due}</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""
