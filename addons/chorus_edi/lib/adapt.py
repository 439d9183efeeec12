# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Bring a CII invoice (XML of a Factur-X) in line with what Chorus Pro reads.

The historic channel wants its own billing framework in BT-23, SIRETs of fourteen
digits, a service code and an engagement number only where they are meant, and refuses
some things that EN 16931 allows.
"""

from dataclasses import dataclass
from datetime import date

from lxml import etree

__all__ = ["Reference", "Wanted", "adapt"]

RAM = (
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
)
RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
QDT = "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
NAMES = {"ram": RAM, "rsm": RSM}
_SETTLEMENT = ".//ram:ApplicableHeaderTradeSettlement"
_AGREEMENT = ".//ram:ApplicableHeaderTradeAgreement"


@dataclass(frozen=True)
class Reference:
    """An earlier invoice (BT-25, BT-26)."""

    number: str
    day: date | None = None


@dataclass(frozen=True)
class Wanted:
    """What the document has to say.

    :param cadre: BT-23, such as ``A1``
    :param type_code: BT-3: 380, 381, 384 or 386
    :param seller: SIRET of BT-30; ``buyer``: of BT-47
    :param scheme: scheme of both
    :param service: BT-10, :param engagement: BT-13, :param market: BT-12; empty: none
    :param due_code: BT-8: ``5`` invoice date, ``72`` payment
    :param references: earlier invoices, in their order
    :param payment_means: whether BG-16 stays
    :param notes: more notes (BT-22)
    """

    cadre: str
    type_code: str
    seller: str
    buyer: str
    scheme: str = "0009"
    service: str = ""
    engagement: str = ""
    market: str = ""
    due_code: str = "5"
    references: tuple[Reference, ...] = ()
    payment_means: bool = True
    notes: tuple[str, ...] = ()


def adapt(xml: bytes, wanted: Wanted) -> bytes:
    """Return the invoice as ``wanted``.

    :param xml: a CII invoice of our own making: it is trusted
    :raises ValueError: not a CII invoice
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_blank_text=True
    )
    root = etree.fromstring(xml, parser)
    if root.tag != f"{{{RSM}}}CrossIndustryInvoice":
        raise ValueError("not a CII invoice")
    _set_context(root, wanted.cadre)
    _set_document(root, wanted)
    agreement = root.find(_AGREEMENT, NAMES)
    _set_party(agreement.find("ram:SellerTradeParty", NAMES), wanted.seller, wanted)
    _set_party(agreement.find("ram:BuyerTradeParty", NAMES), wanted.buyer, wanted)
    _set_references(agreement, wanted)
    _drop_gross_prices(root)
    _set_settlement(root.find(_SETTLEMENT, NAMES), wanted)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _element(tag, text=None, **attributes):
    made = etree.Element(f"{{{RAM}}}{tag}", **attributes)
    made.text = text
    return made


def _set_context(root, cadre):
    context = root.find("rsm:ExchangedDocumentContext", NAMES)
    tag = "BusinessProcessSpecifiedDocumentContextParameter"
    for old in context.findall(f"ram:{tag}", NAMES):
        context.remove(old)
    process = _element(tag)
    process.append(_element("ID", cadre))
    guideline = context.find("ram:GuidelineSpecifiedDocumentContextParameter", NAMES)
    context.insert(context.index(guideline), process)


def _set_document(root, wanted):
    document = root.find("rsm:ExchangedDocument", NAMES)
    document.find("ram:TypeCode", NAMES).text = wanted.type_code
    for text in wanted.notes:
        note = _element("IncludedNote")
        note.append(_element("Content", text))
        last = document.findall("ram:IncludedNote", NAMES)
        before = last[-1] if last else document.find("ram:IssueDateTime", NAMES)
        before.addnext(note)


def _set_party(party, siret, wanted):
    """Put the SIRET into the legal organisation (BT-30, BT-47), once."""
    for old in party.findall("ram:SpecifiedLegalOrganization", NAMES):
        party.remove(old)
    organisation = _element("SpecifiedLegalOrganization")
    organisation.append(_element("ID", siret, schemeID=wanted.scheme))
    party.find("ram:Name", NAMES).addnext(organisation)


def _set_references(agreement, wanted):
    """BT-10, BT-13 and BT-12. What is not meant for Chorus Pro goes: a reference of
    another kind in the place of an engagement is a reason of rejection."""
    for tag in (
        "BuyerReference",
        "BuyerOrderReferencedDocument",
        "ContractReferencedDocument",
    ):
        for old in agreement.findall(f"ram:{tag}", NAMES):
            agreement.remove(old)
    if wanted.service:
        agreement.insert(0, _element("BuyerReference", wanted.service))
    documents = []
    for tag, value in (
        ("BuyerOrderReferencedDocument", wanted.engagement),
        ("ContractReferencedDocument", wanted.market),
    ):
        if value:
            document = _element(tag)
            document.append(_element("IssuerAssignedID", value))
            documents.append(document)
    # after the parties and before the other referenced documents, as the XSD has it
    place = agreement.find("ram:BuyerTradeParty", NAMES)
    for document in reversed(documents):
        place.addnext(document)


def _drop_gross_prices(root):
    """A gross price without an allowance is refused by Chorus Pro (BT-147)."""
    for gross in root.iterfind(".//ram:GrossPriceProductTradePrice", NAMES):
        if gross.find("ram:AppliedTradeAllowanceCharge", NAMES) is None:
            gross.getparent().remove(gross)


def _set_settlement(settlement, wanted):
    for code in settlement.iterfind(
        "ram:ApplicableTradeTax/ram:DueDateTypeCode", NAMES
    ):
        code.text = wanted.due_code
    if not wanted.payment_means:
        for means in settlement.findall(
            "ram:SpecifiedTradeSettlementPaymentMeans", NAMES
        ):
            settlement.remove(means)
    for old in settlement.findall("ram:InvoiceReferencedDocument", NAMES):
        settlement.remove(old)
    place = settlement.find(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation", NAMES
    )
    for reference in reversed(wanted.references):
        place.addnext(_make_reference(reference))


def _make_reference(reference):
    document = _element("InvoiceReferencedDocument")
    document.append(_element("IssuerAssignedID", reference.number))
    if reference.day:
        issued = _element("FormattedIssueDateTime")
        written = etree.SubElement(issued, f"{{{QDT}}}DateTimeString", format="102")
        written.text = reference.day.strftime("%Y%m%d")
        document.append(issued)
    return document
