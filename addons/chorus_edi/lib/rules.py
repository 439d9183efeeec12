# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The rules of Chorus Pro's historic channel (API and EDI), each with an id.

Not the business rules of EN 16931, which the archive checks by its own Schematron:
only what Chorus Pro asks for on top, or refuses although the norm allows it. Sources
are named shortly: ``AIFE`` (specifications of April 2026 and the annex on EDI), ``API``
(the official description of the REST operations), ``trace`` (a refusal of the platform
that somebody published), ``client`` (what clients in production check). Where sources
disagree or are silent, the rule is a warning.
"""

from dataclasses import dataclass

__all__ = ["RULES", "Rule"]


@dataclass(frozen=True)
class Rule:
    """``field``: business term (``BT-13``) or ``attachment``; ``severity``: ``error``
    (the platform refuses, or would) or ``warning``; ``source``: where it is known
    from. The messages are for ``str.format`` with the problem's values."""

    id: str
    field: str
    severity: str
    source: str
    message: str
    message_fr: str


#: By id, in the order of the invoice.
RULES: dict[str, Rule] = {
    values[0]: Rule(*values)
    for values in (
        (
            "CPP-BT1-EMPTY",
            "BT-1",
            "error",
            "AIFE",
            "The invoice has no number.",
            "La facture n'a pas de numéro.",
        ),
        (
            "CPP-BT1-LENGTH",
            "BT-1",
            "error",
            "AIFE",
            "The number {value} has {length} characters, 20 at most for Chorus Pro.",
            "Le numéro {value} compte {length} caractères, 20 au plus pour Chorus Pro.",
        ),
        (
            "CPP-BT1-CHARACTERS",
            "BT-1",
            "error",
            "AIFE rule G1.05, client",
            "The number {value} has other characters than letters without accents, "
            "digits, - _ / + and inner spaces.",
            "Le numéro {value} contient d'autres caractères que lettres sans accent, "
            "chiffres, - _ / + et espaces intérieurs.",
        ),
        (
            "CPP-BT2-DATE",
            "BT-2",
            "error",
            "AIFE",
            "The date of the invoice is missing or is no date (YYYYMMDD).",
            "La date de facture manque ou n'est pas une date (AAAAMMJJ).",
        ),
        (
            "CPP-BT3-TYPE",
            "BT-3",
            "error",
            "AIFE case 19b, client",
            "Chorus Pro does not take documents of type {value}; it takes invoices "
            "(380), credit notes (381), corrections (384) and deposits (386).",
            "Chorus Pro n'accepte pas les documents de type {value} ; il accepte les "
            "factures (380), avoirs (381), factures rectificatives (384) et acomptes "
            "(386).",
        ),
        (
            "CPP-BT5-CURRENCY",
            "BT-5",
            "warning",
            "AIFE",
            "The invoice is in {value}; public entities pay in euros.",
            "La facture est en {value} ; les entités publiques paient en euros.",
        ),
        (
            "CPP-BT8-CODE",
            "BT-8",
            "error",
            "AIFE rule G2.13, client",
            "The VAT due date code {value} is neither 5 (debits), 29 (delivery) nor 72 "
            "(payment).",
            "Le code d'exigibilité de la TVA {value} n'est ni 5 (débits), ni 29 "
            "(livraison), ni 72 (encaissement).",
        ),
        (
            "CPP-BT10-MISSING",
            "BT-10",
            "error",
            "trace",
            "The recipient demands the code of the service.",
            "Le destinataire exige le code service.",
        ),
        (
            "CPP-BT10-LENGTH",
            "BT-10",
            "error",
            "API",
            "The service code {value} has {length} characters, 100 at most.",
            "Le code service {value} compte {length} caractères, 100 au plus.",
        ),
        (
            "CPP-BT10-RESERVED",
            "BT-10",
            "error",
            "client",
            "The service {value} is reserved for invoices between public entities.",
            "Le service {value} est réservé aux factures entre entités publiques.",
        ),
        (
            "CPP-BT13-MISSING",
            "BT-13",
            "error",
            "trace",
            "The recipient demands the number of the engagement.",
            "Le destinataire exige le numéro d'engagement.",
        ),
        (
            "CPP-BT13-LENGTH",
            "BT-13",
            "error",
            "API, client",
            "The engagement {value} has {length} characters, 50 at most.",
            "L'engagement {value} compte {length} caractères, 50 au plus.",
        ),
        (
            "CPP-BT10-BT13-EITHER",
            "BT-10",
            "error",
            "client",
            "The recipient demands the code of the service or the number of the "
            "engagement.",
            "Le destinataire exige le code service ou le numéro d'engagement.",
        ),
        (
            "CPP-BT12-LENGTH",
            "BT-12",
            "error",
            "API",
            "The market number {value} has {length} characters, 50 at most.",
            "Le numéro de marché {value} compte {length} caractères, 50 au plus.",
        ),
        (
            "CPP-BT23-MISSING",
            "BT-23",
            "warning",
            "client; a proven client sends none",
            "The cadre de facturation is missing.",
            "Le cadre de facturation manque.",
        ),
        (
            "CPP-BT23-CODE",
            "BT-23",
            "error",
            "trace",
            "{value} is no cadre de facturation of Chorus Pro (A1, A2, A9, A12…); the "
            "codes of the reform (B1, S1, M1…) are refused here.",
            "{value} n'est pas un cadre de facturation de Chorus Pro (A1, A2, A9, "
            "A12…) ; les codes de la réforme (B1, S1, M1…) y sont refusés.",
        ),
        (
            "CPP-BT23-PAID",
            "BT-23",
            "error",
            "client",
            "The cadre A2 says that the invoice is paid, but {value} is left to pay.",
            "Le cadre A2 dit que la facture est déjà payée, mais il reste {value} à "
            "payer.",
        ),
        (
            "CPP-BT23-NOTHING-DUE",
            "BT-23",
            "warning",
            "client",
            "Nothing is left to pay: the cadre should be A2, not {value}.",
            "Il ne reste rien à payer : le cadre devrait être A2, non {value}.",
        ),
        (
            "CPP-BT25-MISSING",
            "BT-25",
            "error",
            "AIFE",
            "A corrective invoice names the invoice that it replaces.",
            "Une facture rectificative indique la facture qu'elle remplace.",
        ),
        (
            "CPP-BT25-CREDIT",
            "BT-25",
            "warning",
            "API; silent on whether it is mandatory",
            "The credit note does not name the invoice that it corrects.",
            "L'avoir n'indique pas la facture d'origine.",
        ),
        (
            "CPP-BT25-LENGTH",
            "BT-25",
            "error",
            "API",
            "The original number {value} has {length} characters, 20 at most.",
            "Le numéro d'origine {value} compte {length} caractères, 20 au plus.",
        ),
        (
            "CPP-BT30-SIRET",
            "BT-30",
            "error",
            "trace",
            "The supplier's SIRET is missing; a SIREN or a VAT number is not enough.",
            "Le SIRET du fournisseur manque ; un SIREN ou un numéro de TVA ne suffit "
            "pas.",
        ),
        (
            "CPP-BT30-CHECKSUM",
            "BT-30",
            "error",
            "INSEE",
            "The supplier's SIRET {value} is mistyped (its check digit is wrong).",
            "Le SIRET du fournisseur {value} est erroné (clé de contrôle).",
        ),
        (
            "CPP-BT47-SIRET",
            "BT-47",
            "error",
            "client",
            "The recipient's SIRET is missing; a SIREN or a VAT number is not enough.",
            "Le SIRET du destinataire manque ; un SIREN ou un numéro de TVA ne suffit "
            "pas.",
        ),
        (
            "CPP-BT47-CHECKSUM",
            "BT-47",
            "error",
            "INSEE",
            "The recipient's SIRET {value} is mistyped (its check digit is wrong).",
            "Le SIRET du destinataire {value} est erroné (clé de contrôle).",
        ),
        (
            "CPP-BT81-MISSING",
            "BT-81",
            "error",
            "trace",
            "The means of payment is missing (30: credit transfer).",
            "Le moyen de paiement manque (30 : virement).",
        ),
        (
            "CPP-BT81-CODE",
            "BT-81",
            "warning",
            "AIFE (files of the EDI); the list of the API is open",
            "The means of payment {value} is not in Chorus Pro's list (10, 20, 30, 31, "
            "42, 48, 49, 97).",
            "Le moyen de paiement {value} n'est pas dans la liste de Chorus Pro (10, "
            "20, 30, 31, 42, 48, 49, 97).",
        ),
        (
            "CPP-BT84-MISSING",
            "BT-84",
            "error",
            "client",
            "A credit transfer needs the supplier's IBAN.",
            "Un virement exige l'IBAN du fournisseur.",
        ),
        (
            "CPP-BT84-IBAN",
            "BT-84",
            "error",
            "AIFE rules G1.16 to G1.19",
            "{value} is no IBAN.",
            "{value} n'est pas un IBAN.",
        ),
        (
            "CPP-VAT-CATEGORY",
            "BT-118",
            "error",
            "trace",
            "A tax has no type VAT or no VAT category.",
            "Une taxe n'a pas le type TVA ou pas de catégorie de TVA.",
        ),
        (
            "CPP-VAT-RATE",
            "BT-119",
            "error",
            "EN 16931",
            "The VAT rate {value} does not go with the category {category}.",
            "Le taux de TVA {value} ne va pas avec la catégorie {category}.",
        ),
        (
            "CPP-VAT-REASON",
            "BT-120",
            "error",
            "API (motifExonerationTva), EN 16931",
            "The VAT category {category} needs a reason of exemption.",
            "La catégorie de TVA {category} exige un motif d'exonération.",
        ),
        (
            "CPP-BT112-NEGATIVE",
            "BT-112",
            "warning",
            "EN 16931; no rule of the platform found",
            "The total {value} is negative: credit notes have positive amounts, and an "
            "invoice below zero is a credit note.",
            "Le total {value} est négatif : un avoir a des montants positifs, et une "
            "facture négative est un avoir.",
        ),
        (
            "CPP-BT115-SUM",
            "BT-115",
            "error",
            "EN 16931 BR-CO-16",
            "{value} to pay is not the total less what was paid, {expected}.",
            "Le net à payer {value} n'est pas le total moins les acomptes, {expected}.",
        ),
        (
            "CPP-AMOUNT-DIGITS",
            "amount",
            "error",
            "AIFE, annex EDI",
            "The number {value} ({name}) has more than 19 digits or 6 decimals.",
            "Le nombre {value} ({name}) a plus de 19 chiffres ou 6 décimales.",
        ),
        (
            "CPP-BT129-DECIMALS",
            "BT-129",
            "error",
            "client",
            "Line {line}: the quantity {value} has more than 4 decimals.",
            "Ligne {line} : la quantité {value} a plus de 4 décimales.",
        ),
        (
            "CPP-BT148-ALLOWANCE",
            "BT-148",
            "error",
            "trace",
            "Line {line}: a gross price without a discount must not be sent.",
            "Ligne {line} : un prix brut sans remise ne doit pas être envoyé.",
        ),
        (
            "CPP-ATT-NAME",
            "attachment",
            "error",
            "AIFE",
            "The name of the document {name} has {length} characters, 50 at most with "
            "its extension.",
            "Le nom de la pièce jointe {name} compte {length} caractères, 50 au plus "
            "avec l'extension.",
        ),
        (
            "CPP-ATT-EXTENSION",
            "attachment",
            "error",
            "AIFE",
            "Chorus Pro takes no documents like {name}: convert it to PDF.",
            "Pièce jointe refusée par Chorus Pro : {name}. La convertir en PDF.",
        ),
        (
            "CPP-ATT-EMPTY",
            "attachment",
            "error",
            "AIFE",
            "The document {name} is empty.",
            "La pièce jointe {name} est vide.",
        ),
        (
            "CPP-ATT-SIZE",
            "attachment",
            "error",
            "AIFE",
            "The document {name} has {size} MB; less than 10 MB are taken.",
            "La pièce jointe {name} pèse {size} Mo ; moins de 10 Mo sont acceptés.",
        ),
        (
            "CPP-ATT-TOTAL",
            "attachment",
            "error",
            "AIFE",
            "The invoice and its documents have {size} MB together, 120 MB at most.",
            "La facture et ses pièces jointes pèsent {size} Mo, 120 Mo au plus.",
        ),
        (
            "CPP-ATT-TWICE",
            "attachment",
            "error",
            "client",
            "Two documents are called {name}.",
            "Deux pièces jointes s'appellent {name}.",
        ),
    )
}
