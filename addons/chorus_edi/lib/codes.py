# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""States of flows, cadres, syntaxes; with :mod:`statuses`, all codes of Chorus Pro.

No function here fails on a code that it does not know: it gives an entry with
``known=False`` that keeps the code. Sources: the official description of the API, the
file of external specifications of 30 April 2026, and the published traces of clients
(the states of flows are no list of any official text that could be read).
"""

from dataclasses import dataclass

from .reasons import REASONS, Reason, reason, reasons_in
from .statuses import STATUSES, Status, status, status_of_number

__all__ = [
    "CADRES",
    "FACTURX",
    "FLOW_STATES",
    "REASONS",
    "STATUSES",
    "SYNTAXES",
    "Cadre",
    "FlowState",
    "Reason",
    "Status",
    "Syntax",
    "flow_state",
    "reason",
    "reasons_in",
    "status",
    "status_of_number",
]


@dataclass(frozen=True)
class FlowState:
    """``outcome``: ``pending``, ``integrated``, ``partial``, ``rejected``, ``incident``
    (send the whole flow again) or ``unknown`` (keep asking, and tell somebody)."""

    code: str
    label: str
    label_fr: str
    final: bool
    outcome: str
    known: bool = True


@dataclass(frozen=True)
class Cadre:
    """A « cadre de facturation » (BT-23). ``validator``: A9/A12, somebody else agrees
    first. ``api_name``: in the REST requests (``A1_FACTURE_FOURNISSEUR``)."""

    code: str
    label: str
    label_fr: str
    api_name: str
    validator: bool = False


@dataclass(frozen=True)
class Syntax:
    """A ``syntaxeFlux``; ``interface``: code of the EDI flow, ``""`` if not known."""

    code: str
    label: str
    interface: str
    extension: str


def _by_code(entries):
    return {entry.code: entry for entry in entries}


FLOW_STATES: dict[str, FlowState] = _by_code(
    FlowState(code, label, label_fr, outcome != "pending", outcome)
    for code, outcome, label, label_fr in (
        (
            "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP",
            "pending",
            "Deposited, waits for the exchange system",
            "Déposé, en attente du système d'échange",
        ),
        ("IN_RECU", "pending", "Received", "Reçu"),
        (
            "IN_TRAITE_SE_CPP",
            "pending",
            "Passed the exchange system",
            "Traité par le système d'échange",
        ),
        (
            "IN_EN_ATTENTE_TRAITEMENT_CPP",
            "pending",
            "Waits for its processing",
            "En attente de traitement",
        ),
        (
            "IN_EN_COURS_TRAITEMENT_CPP",
            "pending",
            "Being processed",
            "En cours de traitement",
        ),
        (
            "IN_EN_ATTENTE_RETRAITEMENT_CPP",
            "pending",
            "Blocked, waits for Chorus Pro to start it again",
            "En attente de retraitement par Chorus Pro",
        ),
        (
            "IN_INCIDENTE",
            "incident",
            "Not processed: to be sent again",
            "Incident : flux à renvoyer",
        ),
        (
            "IN_A_RELANCER",
            "incident",
            "To be sent again",
            "À relancer : flux à renvoyer",
        ),
        (
            "IN_ERREUR_INTERNE",
            "incident",
            "Internal error of Chorus Pro: to be sent again",
            "Erreur interne de Chorus Pro : flux à renvoyer",
        ),
        (
            "IN_REJETE",
            "rejected",
            "Refused as a whole",
            "Rejeté en totalité",
        ),
        ("IN_INTEGRE", "integrated", "All invoices taken in", "Intégré"),
        (
            "IN_INTEGRE_PARTIEL",
            "partial",
            "Some invoices taken in",
            "Intégré partiellement",
        ),
        ("QP_IRRECEVABLE", "rejected", "Not admissible", "Irrecevable"),
        (
            "QP_RECEVABLE_AVEC_ERREUR",
            "rejected",
            "Admissible, with errors",
            "Recevable avec erreurs",
        ),
        # Whether integration follows is not known: keep asking.
        ("QP_RECEVABLE", "pending", "Admissible", "Recevable"),
    )
)

CADRES: dict[str, Cadre] = _by_code(
    Cadre(code, label, label_fr, api_name, code in ("A9", "A12"))
    for code, api_name, label, label_fr in (
        (
            "A1",
            "A1_FACTURE_FOURNISSEUR",
            "Invoice of a supplier",
            "Facture d'un fournisseur",
        ),
        (
            "A2",
            "A2_FACTURE_FOURNISSEUR_DEJA_PAYEE",
            "Invoice of a supplier, already paid",
            "Facture d'un fournisseur, déjà payée",
        ),
        (
            "A9",
            "A9_FACTURE_SOUSTRAITANT",
            "Invoice of a subcontractor",
            "Facture d'un sous-traitant",
        ),
        (
            "A12",
            "A12_FACTURE_COTRAITANT",
            "Invoice of a co-contractor",
            "Facture d'un cotraitant",
        ),
    )
)
#: Every code of the historic channel; the others are justice, works, refunds.
ALL_CADRES = frozenset(f"A{number}" for number in range(1, 26) if number != 11)

#: The one that this addon sends.
FACTURX = "IN_DP_E2_CII_FACTURX"
SYNTAXES: dict[str, Syntax] = _by_code(
    Syntax(*values)
    for values in (
        (FACTURX, "Factur-X (PDF/A-3)", "FSO1117A", "pdf"),
        ("IN_DP_E1_CII_16B", "CII D16B", "FSO1106A", "xml"),
        ("IN_DP_E1_UBL_INVOICE", "UBL 2.1", "FSO1100A", "xml"),
        ("IN_DP_E1_CII", "CII (withdrawn in 2019)", "FSO1102A", "xml"),
        ("IN_DP_E1_PES_FACTURE", "PES", "", "xml"),
        ("IN_DP_E1_XCBL", "xCBL", "", "xml"),
        ("IN_DP_E2_UBL_INVOICE_MIN", "UBL and PDF", "FSO1110A", "xml"),
        ("IN_DP_E2_CII_MIN", "CII and PDF (older)", "", "xml"),
        ("IN_DP_E2_CII_MIN_16B", "CII D16B and PDF", "", "xml"),
        ("IN_DP_E2_PES_FACTURE_MIN", "PES and PDF", "", "xml"),
        ("IN_DP_E2_CPP_FACTURE_MIN", "AIFE's own XML and PDF", "FSO1113A", "xml"),
        ("IN_DP_PDFARCHIVE_UBL_INVOICE_MUG", "UBL, archive", "", "pdf"),
        ("IN_DP_PDFARCHIVE_CII_MUG", "CII, archive", "", "pdf"),
    )
)


def flow_state(code: str) -> FlowState:
    """A state of ``etatCourantFlux``/``etatCourantDepotFlux``."""
    code = (code or "").strip()
    return FLOW_STATES.get(code) or FlowState(
        code, code, code, final=False, outcome="unknown", known=False
    )
