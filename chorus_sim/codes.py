# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Codes of Chorus Pro: flow states, invoice statuses, cadres, syntaxes."""

WAITING = "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP"
PROCESSING = "IN_EN_COURS_TRAITEMENT_CPP"
INTEGRATED = "IN_INTEGRE"
PARTIAL = "IN_INTEGRE_PARTIEL"
REJECTED = "IN_REJETE"
INCIDENT = "IN_INCIDENTE"
# Passed between the two first states when the setting asks for them.
EXTRA_STATES = ("IN_RECU", "IN_TRAITE_SE_CPP", "IN_EN_ATTENTE_TRAITEMENT_CPP")

# code: words of the control page
STATUSES = {
    "DEPOSEE": "Déposée",
    "EN_COURS_ACHEMINEMENT": "En cours d’acheminement",
    "MISE_A_DISPOSITION": "Mise à disposition",
    "A_RECYCLER": "À recycler",
    "REJETEE": "Rejetée",
    "SUSPENDUE": "Suspendue",
    "COMPLETEE": "Complétée",
    "SERVICE_FAIT": "Service fait",
    "MANDATEE": "Mandatée",
    "MISE_A_DISPOSITION_COMPTABLE": "Mise à disposition du comptable",
    "COMPTABILISEE": "Comptabilisée",
    "MISE_EN_PAIEMENT": "Mise en paiement",
}
ACTIONS = {"REJETEE": "ACQUITTEMENT_REJET", "SUSPENDUE": "ACQUITTEMENT_SUSPENSION"}

CADRES = {f"A{number}" for number in range(1, 26)}
FIRST_CADRES = {
    "A1": "A1_FACTURE_FOURNISSEUR",
    "A2": "A2_FACTURE_FOURNISSEUR_DEJA_PAYEE",
    "A9": "A9_FACTURE_SOUSTRAITANT",
    "A12": "A12_FACTURE_COTRAITANT",
}

FACTURX = "IN_DP_E2_CII_FACTURX"
CII = "IN_DP_E1_CII_16B"
# The other values of the enum are known, but their content is not read here.
INTERFACES = {FACTURX: "FSO1117A", CII: "FSO1106A"}
UNREAD_SYNTAXES = {
    "IN_DP_E1_UBL_INVOICE",
    "IN_DP_E1_CII",
    "IN_DP_E1_PES_FACTURE",
    "IN_DP_E1_XCBL",
    "IN_DP_E2_UBL_INVOICE_MIN",
    "IN_DP_E2_CII_MIN",
    "IN_DP_E2_CII_MIN_16B",
    "IN_DP_E2_PES_FACTURE_MIN",
    "IN_DP_E2_CPP_FACTURE_MIN",
    "IN_DP_PDFARCHIVE_UBL_INVOICE_MUG",
    "IN_DP_PDFARCHIVE_CII_MUG",
}
SYNTAXES = UNREAD_SYNTAXES | set(INTERFACES)

DOCUMENT_TYPES = {"380": "FACTURE", "384": "FACTURE", "386": "ACOMPTE", "381": "AVOIR"}
# The pivot format of the platform knows no other.
PAYMENT_MEANS = {"10", "20", "30", "31", "42", "48", "49", "97"}
TRANSFERS = {"30", "31", "42"}
EXTENSIONS = set(
    "bmp htm fax png xhtml bz2 jpeg pps xlc csv jpg ppt pptx xlm doc odp rtf xls gif "
    "ods svg xml gz odt tgz xsd gzip p7s tif tiff xsl html pdf txt zip xlsx "
    "docx".split()
)
