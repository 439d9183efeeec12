# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

import pytest
from demat_lib_chorus_edi.adapt import NAMES, Reference, Wanted, adapt
from lxml import etree

CII = """<rsm:CrossIndustryInvoice xmlns:rsm="{rsm}" xmlns:ram="{ram}"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
<ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>
</rsm:ExchangedDocumentContext><rsm:ExchangedDocument><ram:ID>F1</ram:ID>
<ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime/></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem>
<ram:SpecifiedLineTradeAgreement><ram:GrossPriceProductTradePrice><ram:ChargeAmount>1
</ram:ChargeAmount></ram:GrossPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
</ram:IncludedSupplyChainTradeLineItem><ram:ApplicableHeaderTradeAgreement>
<ram:BuyerReference>C0012</ram:BuyerReference><ram:SellerTradeParty><ram:Name>S</ram:Name>
</ram:SellerTradeParty><ram:BuyerTradeParty><ram:Name>B</ram:Name>
<ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">1</ram:ID>
</ram:SpecifiedLegalOrganization></ram:BuyerTradeParty><ram:BuyerOrderReferencedDocument>
<ram:IssuerAssignedID>F1</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>
</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement>
<ram:SpecifiedTradeSettlementPaymentMeans/><ram:ApplicableTradeTax>
<ram:DueDateTypeCode>5</ram:DueDateTypeCode></ram:ApplicableTradeTax>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation/>
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>""".format(**NAMES).encode()
WANTED = Wanted("A9", "381", "1" * 14, "2" * 14)


def read(tree, path):
    return [node.text for node in tree.iterfind(f".//ram:{path}", NAMES)]


def test_what_is_wanted_is_there_once():
    wanted = Wanted(
        cadre="A9",
        type_code="381",
        seller="1" * 14,
        buyer="2" * 14,
        service="S",
        engagement="E",
        market="M",
        due_code="72",
        references=(Reference("F0", datetime.date(2026, 1, 31)), Reference("F00")),
        payment_means=False,
        notes=("a", "b"),
    )
    once = adapt(CII, wanted)
    tree = etree.fromstring(once)
    process = "BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
    assert read(tree, process) == ["A9"]
    assert read(tree, "TypeCode") == ["381"]
    assert read(tree, "SpecifiedLegalOrganization/ram:ID") == ["1" * 14, "2" * 14]
    assert read(tree, "BuyerReference") == ["S"]
    assert read(tree, "BuyerOrderReferencedDocument/ram:IssuerAssignedID") == ["E"]
    assert read(tree, "ContractReferencedDocument/ram:IssuerAssignedID") == ["M"]
    assert read(tree, "DueDateTypeCode") == ["72"]
    assert read(tree, "Content") == ["a", "b"]
    references = read(tree, "InvoiceReferencedDocument/ram:IssuerAssignedID")
    assert references == ["F0", "F00"]
    assert b">20260131<" in once
    assert not read(tree, "SpecifiedTradeSettlementPaymentMeans")
    assert not read(tree, "GrossPriceProductTradePrice")


def test_what_is_not_wanted_goes():
    """A number of another kind in the place of a service or engagement is refused."""
    tree = etree.fromstring(adapt(CII, WANTED))
    assert not read(tree, "BuyerReference")
    assert not read(tree, "BuyerOrderReferencedDocument/ram:IssuerAssignedID")
    assert len(read(tree, "SpecifiedTradeSettlementPaymentMeans")) == 1


def test_twice_is_the_same():
    once = adapt(CII, WANTED)
    assert adapt(once, WANTED) == once


def test_no_invoice():
    with pytest.raises(ValueError, match="CII"):
        adapt(b"<a/>", WANTED)
