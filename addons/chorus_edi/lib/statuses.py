# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Statuses of an invoice: meaning, whose turn, what to do.

The platform enforces no order among the statuses: jumps and repeats are normal, and the
field is open text. ``MANDATEE`` is not an end (the payment is still to come);
``MISE_EN_PAIEMENT`` is one, but not every entity reports it.
"""

from dataclasses import dataclass

__all__ = [
    "STATUSES",
    "Status",
    "status",
    "status_of_number",
]


@dataclass(frozen=True)
class Status:
    """``turn``: who has to move (``supplier``, ``recipient``, ``accountant``,
    ``validator``, ``platform``, ``nobody``, ``unknown``). ``final``: nothing more will
    come. ``advice``/``advice_fr``: what a bookkeeper does now. ``number``: of the EDI
    files (``06``), or ``""``."""

    code: str
    number: str
    label: str
    label_fr: str
    turn: str
    final: bool
    advice: str
    advice_fr: str
    known: bool = True


_WAIT = ("Nothing to do: wait.", "Rien à faire : attendre.")
_ASK = (
    "Look at the invoice on the portal, or ask its recipient.",
    "Consulter la facture sur le portail, ou interroger le destinataire.",
)
_MEND = (
    "Read the reason, mend the invoice and issue it under a new number.",
    "Lire le motif, corriger et émettre une nouvelle facture sous un nouveau numéro.",
)


def _status(code, number, turn, label, label_fr, advice=_WAIT, final=False):
    return Status(code, number, label, label_fr, turn, final, *advice)


STATUSES: dict[str, Status] = {
    entry.code: entry
    for entry in (
        _status(
            "BROUILLON",
            "",
            "supplier",
            "Draft",
            "Brouillon",
            (
                "Submit or delete the draft on the portal.",
                "Valider ou supprimer le brouillon sur le portail.",
            ),
        ),
        _status(
            "INTERPRETEE_OCR",
            "",
            "supplier",
            "Read from a PDF, not submitted",
            "Lue depuis un PDF, non soumise",
            (
                "Check and submit the invoice on the portal.",
                "Vérifier et soumettre la facture sur le portail.",
            ),
        ),
        _status("DEPOSEE", "01", "platform", "Deposited", "Déposée"),
        _status(
            "EN_COURS_ACHEMINEMENT",
            "02",
            "platform",
            "On its way to the recipient",
            "En cours d'acheminement",
        ),
        _status(
            "MISE_A_DISPOSITION",
            "03",
            "recipient",
            "Available to the recipient",
            "Mise à disposition du destinataire",
            (
                "Nothing to do: the time for payment usually runs from here.",
                "Rien à faire : le délai de paiement court en principe à partir d'ici.",
            ),
        ),
        _status(
            "A_RECYCLER",
            "04",
            "supplier",
            "Sent back: wrong recipient, service or engagement",
            "À recycler : destinataire, service ou engagement erroné",
            (
                "Mend recipient, service or engagement. Chorus Pro is withdrawing the "
                "recycling: if it refuses, issue the invoice under a new number.",
                "Corriger le destinataire, le service ou l'engagement. Chorus Pro "
                "retire le recyclage : s'il le refuse, émettre une nouvelle facture "
                "sous un nouveau numéro.",
            ),
        ),
        _status("REJETEE", "05", "supplier", "Rejected", "Rejetée", _MEND, final=True),
        _status(
            "SUSPENDUE",
            "06",
            "supplier",
            "Suspended: something is missing",
            "Suspendue : il manque une pièce ou une information",
            (
                "Read the reason, then complete the invoice with a comment and the "
                "documents asked for.",
                "Lire le motif, puis compléter la facture avec un commentaire et les "
                "pièces demandées.",
            ),
        ),
        _status(
            "SERVICE_FAIT",
            "07",
            "recipient",
            "Service certified",
            "Service fait constaté",
        ),
        _status(
            "MANDATEE",
            "08",
            "accountant",
            "Payment ordered",
            "Mandatée",
            (
                "Nothing to do: the public accountant pays next.",
                "Rien à faire : le comptable public va payer.",
            ),
        ),
        _status(
            "MISE_A_DISPOSITION_COMPTABLE",
            "09",
            "accountant",
            "With the public accountant",
            "Mise à disposition du comptable public",
        ),
        _status("COMPTABILISEE", "10", "accountant", "Booked", "Comptabilisée"),
        _status(
            "MISE_EN_PAIEMENT",
            "11",
            "nobody",
            "Payment sent",
            "Mise en paiement",
            (
                "Await the payment on the bank statement.",
                "Attendre le virement sur le relevé bancaire.",
            ),
            final=True,
        ),
        _status(
            "COMPLETEE",
            "12",
            "recipient",
            "Completed by the supplier",
            "Complétée par le fournisseur",
            (
                "Nothing to do: the recipient looks at what was added.",
                "Rien à faire : le destinataire examine le complément.",
            ),
        ),
        _status("A_COMPLETER", "", "supplier", "To be completed", "À compléter", _ASK),
        _status(
            "PRISE_EN_COMPTE_DESTINATAIRE",
            "",
            "recipient",
            "Taken charge of by the recipient",
            "Prise en compte par le destinataire",
        ),
        _status(
            "NON_CONFORME",
            "37",
            "supplier",
            "Does not conform",
            "Non conforme",
            (
                "Mend the invoice; it was never taken in, so its number may be kept.",
                "Corriger la facture ; elle n'a jamais été intégrée, son numéro peut "
                "être conservé.",
            ),
            final=True,
        ),
        # Numbers of the validation: 13/18 accepted, 14/17 refused for A9, 13/14 for
        # A12; which name goes with which is open, so these have none.
        _status(
            "A_VALIDER_1",
            "",
            "validator",
            "To be validated (A9, A12)",
            "À valider (A9, A12)",
            (
                "Remind the holder of the contract, who validates it on the portal.",
                "Relancer le titulaire du marché, qui la valide sur le portail.",
            ),
        ),
        _status(
            "A_VALIDER_2",
            "",
            "validator",
            "To be validated, second time",
            "À valider, deuxième validation",
        ),
        _status("VALIDEE_1", "", "platform", "Validated", "Validée"),
        _status("VALIDEE_2", "", "platform", "Validated twice", "Validée deux fois"),
        _status(
            "REFUSEE_1",
            "",
            "supplier",
            "Refused by the validator",
            "Refusée par le valideur",
            _MEND,
            final=True,
        ),
        _status(
            "REFUSEE_2",
            "",
            "supplier",
            "Refused by the second validator",
            "Refusée par le deuxième valideur",
            _MEND,
            final=True,
        ),
        _status(
            "ABSENCE_VALIDATION_1_HORS_DELAI",
            "",
            "unknown",
            "Not validated in time",
            "Non validée dans le délai",
            _ASK,
        ),
        _status(
            "ABSENCE_VALIDATION_2_HORS_DELAI",
            "",
            "unknown",
            "Not validated in time the second time",
            "Deuxième validation hors délai",
            _ASK,
        ),
        _status(
            "ERREUR_FOURNISSEUR_SUR_VALIDEUR",
            "",
            "supplier",
            "Wrong validator",
            "Valideur erroné",
            _ASK,
        ),
        _status(
            "ERREUR_COTRAITANT_SUR_VALIDEUR",
            "",
            "supplier",
            "Wrong validator of a co-contractor",
            "Valideur erroné (cotraitant)",
            _ASK,
        ),
        _status("ABANDONNEE", "", "nobody", "Given up", "Abandonnée", _ASK, True),
        _status("SUPPRIMEE", "", "nobody", "Deleted", "Supprimée", _ASK, True),
        _status(
            "EN_ATTENTE_RECYCLAGE_FOURNISSEUR",
            "",
            "supplier",
            "Waits for its recycling",
            "En attente de recyclage par le fournisseur",
            _ASK,
        ),
        _status(
            "EN_COURS_TRAITEMENT_PIVOT_S",
            "",
            "platform",
            "Being processed",
            "En cours de traitement",
        ),
    )
}

#: Other numbers of the files: the reform's 32 is « completed » too.
_OTHER_NUMBERS = {"32": "COMPLETEE"}
_BY_NUMBER = {entry.number: entry for entry in STATUSES.values() if entry.number}
_BY_NUMBER |= {number: STATUSES[code] for number, code in _OTHER_NUMBERS.items()}


def status(code: str) -> Status:
    """A status of an invoice by its name (``SUSPENDUE``)."""
    code = (code or "").strip()
    return STATUSES.get(code) or _unknown_status(code, "")


def status_of_number(number: str) -> Status:
    """A status of an invoice by its number in the EDI files (``06``, ``6``)."""
    number = str(number or "").strip().zfill(2)
    return _BY_NUMBER.get(number) or _unknown_status(number, number)


def _unknown_status(code, number):
    label = code.replace("_", " ").capitalize()
    return Status(code, number, label, label, "unknown", False, *_ASK, known=False)
