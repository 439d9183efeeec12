# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the platform finds wrong in an invoice: one French sentence per fault.

A field is named by its dotted path from ``FichierXml``, as in the real reports. The
sources of the rules are in the documentation of the connector.
"""

from . import codes
from .documents import NAMESPACES, SETTLEMENT, TRADE, schema_faults

MAX_NUMBER = 20
MAX_FILE_NAME = 50
MAX_TOTAL = 120_000_000
ALLOWED = set("-_/+. ")


def path(*names):
    """The dotted path of an element of the trade transaction."""
    return ".".join(("FichierXml", "SupplyChainTradeTransaction", *names, "value"))


def mandatory(where):
    return f"{where} : la donnée est obligatoire."


def faults(document, directory):
    """All faults of a document in a directory, none: it is integrated."""
    found = []
    for rule in RULES:
        found += rule(document, directory)
    return found


def _schema(document, directory):
    return schema_faults(document)


def _header(document, directory):
    number = document.number
    where = "FichierXml.ExchangedDocument.ID.value"
    if not number:
        yield mandatory(where)
    elif len(number) > MAX_NUMBER:
        yield f"{where} : la valeur dépasse {MAX_NUMBER} caractères."
    elif not all(
        char.isascii() and char.isalnum() or char in ALLOWED for char in number
    ):
        yield f"{where} : la valeur contient un caractère interdit."
    if document.type not in codes.DOCUMENT_TYPES:
        yield f"FichierXml.ExchangedDocument.TypeCode.value : {document.type} inconnu."
    if not document.day:
        yield mandatory("FichierXml.ExchangedDocument.IssueDateTime.value")
    # a client proven on the real platform sends no cadre
    if document.cadre and document.cadre not in codes.CADRES:
        yield (
            "FichierXml.ExchangedDocumentContext."
            "BusinessProcessSpecifiedDocumentContextParameter.ID.value : "
            f"le cadre de facturation {document.cadre} est inconnu."
        )


def _supplier(document, directory):
    where = path(
        "ApplicableHeaderTradeAgreement",
        "SellerTradeParty",
        "SpecifiedLegalOrganization",
        "ID",
    )
    siret = document.siret("Seller")
    if not siret:
        yield f"{where} : le SIRET du fournisseur (14 chiffres) est obligatoire."
        return
    structure = directory.by_siret(siret)
    if structure is None:
        yield f"{where} : le fournisseur {siret} est inconnu."
    elif not structure.active:
        yield f"{where} : la structure du fournisseur {siret} n’est pas active."


def _buyer(document, directory):
    where = path(
        "ApplicableHeaderTradeAgreement",
        "BuyerTradeParty",
        "SpecifiedLegalOrganization",
        "ID",
    )
    siret = document.siret("Buyer")
    if not siret:
        yield f"{where} : le SIRET du destinataire (14 chiffres) est obligatoire."
        return
    structure = directory.by_siret(siret)
    if structure is None or not structure.public:
        yield f"{where} : le destinataire {siret} est inconnu."
    elif not structure.active:
        yield f"{where} : la structure du destinataire {siret} n’est pas active."
    else:
        yield from _demands(document, structure)


def _demands(document, structure):
    agreement = "ApplicableHeaderTradeAgreement"
    service_path = path(agreement, "BuyerReference")
    engagement_path = path(
        agreement, "BuyerOrderReferencedDocument", "IssuerAssignedID"
    )
    service = structure.find(document.service)
    if document.service and service is None:
        yield f"{service_path} : le service {document.service} est inconnu."
    elif service and not service.active:
        yield f"{service_path} : le service {document.service} n’est pas actif."
    elif service and service.code == "FACTURES_PUBLIQUES":
        yield f"{service_path} : ce service est réservé aux entités publiques."
    if structure.either:
        if not document.service and not document.engagement:
            yield (
                f"{service_path} : le code service ou le numéro d’engagement est "
                "obligatoire."
            )
        return
    if structure.service and not document.service:
        yield mandatory(service_path)
    wanted = structure.engagement or (service and service.engagement)
    if wanted and not document.engagement:
        yield mandatory(engagement_path)
    if len(document.engagement) > 50:
        yield f"{engagement_path} : la valeur dépasse 50 caractères."


def _payment(document, directory):
    where = ("ApplicableHeaderTradeSettlement", "SpecifiedTradeSettlementPaymentMeans")
    means = document.all(
        f"{SETTLEMENT}SpecifiedTradeSettlementPaymentMeans/ram:TypeCode"
    )
    if not means:
        if document.type != "381":
            yield mandatory(path(*where, "TypeCode"))
        return
    # one client proven on the platform sends 1 ("not defined")
    for code in sorted(set(means) - codes.PAYMENT_MEANS - {"1"}):
        yield f"{path(*where, 'TypeCode')} : le mode de paiement {code} est inconnu."
    accounts = document.all(
        f"{SETTLEMENT}SpecifiedTradeSettlementPaymentMeans/"
        "ram:PayeePartyCreditorFinancialAccount/ram:IBANID"
    )
    account = path(*where, "PayeePartyCreditorFinancialAccount", "IBANID")
    if set(means) & codes.TRANSFERS and not accounts and document.type != "381":
        yield mandatory(account)
    for iban in accounts:
        if not is_iban(iban):
            yield f"{account} : {iban} n’est pas un IBAN."


def is_iban(text):
    """True if the control digits of an IBAN are right (ISO 13616)."""
    text = text.replace(" ", "").upper()
    if not 15 <= len(text) <= 34 or not text.isalnum() or not text.isascii():
        return False
    digits = "".join(str(int(char, 36)) for char in text[4:] + text[:4])
    return int(digits) % 97 == 1


def _taxes(document, directory):
    parts = {
        f"{TRADE}IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeSettlement/"
        "ram:ApplicableTradeTax": (
            "IncludedSupplyChainTradeLineItem",
            "SpecifiedLineTradeSettlement",
        ),
        f"{SETTLEMENT}ApplicableTradeTax": ("ApplicableHeaderTradeSettlement",),
    }
    for xpath, names in parts.items():
        for node in document.tree.findall(xpath, NAMESPACES):
            for child in ("TypeCode", "CategoryCode"):
                if not node.findtext(f"ram:{child}", "", NAMESPACES).strip():
                    yield mandatory(path(*names, "ApplicableTradeTax", child))


def _prices(document, directory):
    """A gross price without the allowance that explains it."""
    xpath = (
        f"{TRADE}IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeAgreement/"
        "ram:GrossPriceProductTradePrice"
    )
    for node in document.tree.findall(xpath, NAMESPACES):
        allowance = "ram:AppliedTradeAllowanceCharge/ram:ActualAmount"
        if node.find(allowance, NAMESPACES) is None:
            yield mandatory(
                path(
                    "IncludedSupplyChainTradeLineItem",
                    "SpecifiedLineTradeAgreement",
                    "GrossPriceProductTradePrice",
                    "AppliedTradeAllowanceCharge",
                    "ActualAmount",
                )
            )
            return


def _paid(document, directory):
    if document.cadre == "A2" and abs(document.payable) >= 0.005:
        yield (
            path(
                "ApplicableHeaderTradeSettlement",
                "SpecifiedTradeSettlementHeaderMonetarySummation",
                "DuePayableAmount",
            )
            + " : le montant à payer d’une facture déjà payée (A2) est 0."
        )


def _files(document, directory):
    for name, size in document.attachments:
        extension = name.rpartition(".")[2].lower() if "." in name else ""
        if len(name) > MAX_FILE_NAME:
            yield f"La pièce jointe {name} a un nom de plus de 50 caractères."
        if extension not in codes.EXTENSIONS:
            yield f"La pièce jointe {name} a une extension interdite."
        if not size:
            yield f"La pièce jointe {name} est vide."
        if size > 10_000_000:
            yield f"La pièce jointe {name} dépasse 10 Mo."
    if sum(size for _name, size in document.attachments) > MAX_TOTAL:
        yield "Les pièces jointes dépassent 120 Mo."


RULES = (
    _schema,
    _header,
    _supplier,
    _buyer,
    _payment,
    _taxes,
    _prices,
    _paid,
    _files,
)
