# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reasons of a refusal or suspension, as far as they are written as codes."""

import re
from dataclasses import dataclass

__all__ = ["REASONS", "Reason", "reason", "reasons_in"]


@dataclass(frozen=True)
class Reason:
    """A reason code of a refusal or suspension."""

    code: str
    label: str
    label_fr: str
    advice_fr: str = ""
    known: bool = True


#: Of the reform's lifecycle and of Chorus Pro itself (specifications of April 2026);
#: recipients write them, or anything else, into the comment.
REASONS: dict[str, Reason] = {
    values[0]: Reason(*values)
    for values in (
        ("AUTRE", "Other", "Autre motif", "Lire le commentaire."),
        (
            "JUSTIF_ABS",
            "Supporting document missing",
            "Pièce justificative absente",
            "Joindre la pièce demandée.",
        ),
        (
            "COORD_BANC_ERR",
            "Wrong bank details",
            "Coordonnées bancaires erronées",
            "Vérifier l'IBAN et joindre le RIB.",
        ),
        (
            "CMD_ERR",
            "Wrong or missing order number",
            "Numéro de commande ou d'engagement erroné ou absent",
            "Demander le numéro d'engagement au destinataire.",
        ),
        (
            "SIRET_ERR",
            "Wrong or missing SIRET",
            "SIRET erroné ou absent",
            "Corriger le SIRET.",
        ),
        (
            "CODE_ROUTAGE_ERR",
            "Wrong or missing service code",
            "Code service erroné ou absent",
            "Choisir le service dans l'annuaire.",
        ),
        (
            "REF_CT_ABSENT",
            "Contract reference missing",
            "Référence du marché absente",
            "Indiquer le numéro de marché.",
        ),
        (
            "REF_ERR",
            "Wrong reference",
            "Référence erronée",
            "Vérifier les références de la facture.",
        ),
        ("TX_TVA_ERR", "Wrong VAT rate", "Taux de TVA erroné", "Vérifier la TVA."),
        (
            "MONTANTTOTAL_ERR",
            "Wrong total",
            "Montant total erroné",
            "Vérifier le montant total.",
        ),
        (
            "CALCUL_ERR",
            "Wrong calculation",
            "Erreur de calcul",
            "Vérifier les calculs.",
        ),
        (
            "NON_CONFORME",
            "Legal mention missing",
            "Facture non conforme",
            "Compléter les mentions obligatoires.",
        ),
        (
            "DOUBLON",
            "Already received",
            "Facture en doublon",
            "Rechercher la facture déjà déposée.",
        ),
        (
            "DOUBLE_FACT",
            "Already invoiced",
            "Prestation déjà facturée",
            "Vérifier si un avoir est à émettre.",
        ),
        (
            "DEST_ERR",
            "Wrong recipient",
            "Destinataire erroné",
            "Vérifier le client et son SIRET.",
        ),
        (
            "TRANSAC_INC",
            "Unknown transaction",
            "Transaction inconnue",
            "Joindre la preuve de la commande.",
        ),
        (
            "EMMET_INC",
            "Unknown issuer",
            "Émetteur inconnu",
            "Prendre contact avec le destinataire.",
        ),
        (
            "CONTRAT_TERM",
            "Contract ended",
            "Contrat ou marché terminé",
            "Vérifier le marché avec le destinataire.",
        ),
        ("ADR_ERR", "Wrong address", "Adresse erronée", "Corriger l'adresse."),
        ("PU_ERR", "Wrong unit price", "Prix unitaire erroné", "Vérifier les prix."),
        ("REM_ERR", "Wrong discount", "Remise erronée", "Vérifier la remise."),
        ("QTE_ERR", "Wrong quantity", "Quantité erronée", "Vérifier les quantités."),
        ("ART_ERR", "Wrong item", "Article erroné", "Vérifier les articles."),
        (
            "MODPAI_ERR",
            "Wrong terms of payment",
            "Modalités de paiement erronées",
            "Vérifier les conditions de paiement.",
        ),
        (
            "QUALITE_ERR",
            "Quality not accepted",
            "Qualité non conforme",
            "Prendre contact avec le destinataire.",
        ),
        (
            "LIVR_INCOMP",
            "Incomplete delivery",
            "Livraison incomplète",
            "Compléter la livraison ou émettre un avoir.",
        ),
        (
            "CONTACT_ACHTR",
            "Contact the buyer",
            "Contacter l'acheteur",
            "Prendre contact avec l'acheteur.",
        ),
        (
            "RETRAIT_MAN_SERV",
            "Withdrawn by the service",
            "Retrait par le service",
            "Prendre contact avec le destinataire.",
        ),
        (
            "ST_CT_NON_DECLAR",
            "Subcontractor or co-contractor not declared",
            "Sous-traitant ou cotraitant non déclaré",
            "Faire déclarer la sous-traitance.",
        ),
        (
            "SUPPR_COMP_AVOIR",
            "Cancelled or set off by a credit note",
            "Supprimée ou compensée par un avoir",
            "Vérifier l'avoir.",
        ),
        (
            "TRANSF_PMNT_REGIE",
            "Paid by the imprest office",
            "Payée par la régie",
            "Attendre le paiement de la régie.",
        ),
    )
}
#: Words of the platform's older files for the same reasons.
_OLDER_REASONS = {
    "EJ_ERR": "CMD_ERR",
    "ERREUR_DONNEE_EJ": "CMD_ERR",
    "SE_ERR": "DEST_ERR",
    "CREANCIER_ERR": "DEST_ERR",
    "ERR_VALIDEUR": "DEST_ERR",
    "MARCHE_TERM": "CONTRAT_TERM",
    "MONTANT_ERR": "MONTANTTOTAL_ERR",
    "HONORER_LA_COMMANDE": "LIVR_INCOMP",
}
_WORD = re.compile(r"[A-Z][A-Z_]{3,}")


def reason(code: str) -> Reason:
    """A reason by its code; older words are understood."""
    code = (code or "").strip()
    known = REASONS.get(_OLDER_REASONS.get(code, code))
    return known or Reason(code, code, code, known=False)


def reasons_in(text: str) -> tuple[Reason, ...]:
    """The known reason codes named in a comment, once each, in their order.

    Only words written as codes count: « autre » in a sentence is no reason, nor is
    AUTRE within a longer word.
    """
    found = []
    for word in _WORD.findall(text or ""):
        entry = reason(word)
        if entry.known and entry not in found:
            found.append(entry)
    return tuple(found)
