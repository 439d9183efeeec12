# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From the JSON of Chorus Pro to :mod:`answers`."""

from .answers import (
    CheckResult,
    Event,
    FlowReport,
    FoundInvoice,
    History,
    HistoryStep,
    InvoiceError,
    Service,
    ServiceDetail,
    Structure,
    TechnicalError,
    UserAction,
)
from .errors import LAYERS
from .reading import as_date, as_list, as_time, block, flag, text

__all__ = [
    "flow_report",
    "found_invoice",
    "has_rows",
    "history",
    "history_pages",
    "invoice_key",
    "one_by_layer",
    "service",
    "service_detail",
    "service_key",
    "structure",
    "structure_key",
    "structure_row",
]


def one_by_layer(results) -> list[CheckResult]:
    """One result for each layer, in their order; ``None`` for what was not tried."""
    by_layer = {layer: CheckResult(layer, None) for layer in LAYERS}
    by_layer |= {result.layer: result for result in results}
    return list(by_layer.values())


def has_rows(data) -> bool:
    """Whether an answer carries a list with something in it, or a total above zero."""
    lists = (value for value in data.values() if isinstance(value, list | dict))
    return any(value for value in lists)


def flow_report(number, answer) -> FlowReport:
    """Of ``consulterCRDetaille``; the state has one of two names."""
    data = answer.data
    state = text(data, "etatCourantDepotFlux", "etatCourantFlux")
    if answer.code or not state:
        return FlowReport(number, state, known=False, raw=data)
    return FlowReport(
        number=number,
        state=state,
        at=as_time(data.get("dateHeureEtatCourantFlux")),
        errors=tuple(
            InvoiceError(
                number=text(row, "numeroDP"),
                supplier=text(row, "identifiantFournisseur"),
                recipient=text(row, "identifiantDestinataire"),
                messages=_messages(row),
            )
            for row in as_list(data, "listeErreurDP")
        ),
        technical=tuple(
            TechnicalError(
                code=text(row, "codeErreur"),
                label=text(row, "libelleErreur"),
                nature=text(row, "natureErreur"),
            )
            for row in as_list(data, "listeErreurTechnique")
        ),
        raw=data,
    )


def _messages(row):
    """Several messages come in one text, between bars, cut at some 200 characters."""
    parts = text(row, "libelleErreurDP").split("|")
    return tuple(part.strip() for part in parts if part.strip())


def invoice_key(row):
    return (
        text(row, "identifiantFactureCPP"),
        text(row, "numeroFacture"),
        text(row, "numeroFluxDepot"),
    )


def found_invoice(row) -> FoundInvoice:
    return FoundInvoice(
        id=text(row, "identifiantFactureCPP"),
        number=text(row, "numeroFacture"),
        status=text(row, "statut", "statutFacture"),
        flow=text(row, "numeroFluxDepot"),
        changed_at=as_time(row.get("dateHeureEtatCourant")),
        comment=text(row, "commentaireEtatCourant"),
        supplier=text(row, "codeFournisseur"),
        recipient=text(row, "codeDestinataire"),
        service=text(row, "codeServiceExecutant"),
        amount=text(row, "montantAPayer", "montantTTC"),
        raw=row,
    )


def history_pages(data) -> int:
    """How many pages the longest of the three lists has."""
    longest = 1
    for name in (
        "historiquesDesStatuts",
        "historiquesDesEvenementsComplementaires",
        "historiquesDesActionsUtilisateurs",
    ):
        for key, value in block(data, name).items():
            if key.startswith("pages") and isinstance(value, int):
                longest = max(longest, value)
    return longest


def history(pages) -> History:
    """Of the answers of ``consulter/historique``, one for each page."""
    last = pages[-1]
    steps = _all_rows(pages, "historiquesDesStatuts", "histoStatut")
    events = _all_rows(pages, "historiquesDesEvenementsComplementaires", "evenement")
    actions = _all_rows(pages, "historiquesDesActionsUtilisateurs", "histoAction")
    return History(
        id=text(last, "idFacture"),
        number=text(last, "numeroFacture"),
        current=text(last, "statutCourantCode"),
        steps=_by_time(
            HistoryStep(
                code=text(row, "histoStatutCode"),
                at=as_time(row.get("histoStatutDatePassage")),
                comment=text(row, "histoStatutCommentaire"),
                who=_who(row, "histoStatutUtilisateur"),
            )
            for row in steps
        ),
        events=_by_time(
            Event(
                label=text(row, "evenementLibelle"),
                at=as_time(row.get("evenementDateHeure")),
                who=text(row, "evenementQui"),
            )
            for row in events
        ),
        actions=_by_time(
            UserAction(
                code=text(row, "histoActionCode"),
                at=as_time(row.get("histoActionDateHeure")),
                who=_who(row, "histoActionUtilisateur"),
            )
            for row in actions
        ),
        raw=last,
    )


def _all_rows(pages, name, list_name):
    """The rows of all pages, once each: a short list may repeat its last page."""
    rows = []
    for page in pages:
        rows += [row for row in as_list(block(page, name), list_name)]
    return [row for place, row in enumerate(rows) if row not in rows[:place]]


def _by_time(items):
    """From the oldest; as they came if one has no time."""
    items = list(items)
    if all(item.at for item in items):
        items.sort(key=lambda item: item.at)
    return tuple(items)


def _who(row, prefix):
    names = (text(row, f"{prefix}Prenom"), text(row, f"{prefix}Nom"))
    return " ".join(name for name in names if name)


def structure_key(row):
    return text(row, "idStructureCPP"), text(row, "identifiantStructure")


def structure_row(row) -> Structure:
    status = text(row, "statut", "statutStructure").upper()
    return Structure(
        id=text(row, "idStructureCPP"),
        siret=text(row, "identifiantStructure"),
        identifier_type=text(row, "typeIdentifiantStructure"),
        name=text(row, "designationStructure", "raisonSocialeStructure"),
        active=not status or status in ("ACTIVE", "ACTIF"),
        raw=row,
    )


def structure(ident, data) -> Structure:
    """``either_required`` rules out the other two: one of them is enough."""
    general = block(data, "informationGenerales") or block(
        data, "informationsGenerales"
    )
    rules = block(data, "parametres")
    row = {**data, **general}
    found = structure_row({**row, "idStructureCPP": ident})
    either = bool(flag(rules, "gestionNumeroEJOuCodeService"))
    silent = flag(rules, "statutMiseEnPaiementNestPasRemonte")
    return Structure(
        id=str(ident),
        siret=found.siret,
        identifier_type=found.identifier_type,
        name=found.name or text(row, "raisonSociale", "libelleStructure"),
        active=found.active,
        either_required=either,
        service_required=not either
        and bool(flag(rules, "codeServiceDoitEtreRenseigne")),
        engagement_required=not either
        and bool(flag(rules, "numeroEJDoitEtreRenseigne")),
        reports_payment=None if silent is None else not silent,
        password_expires=as_date(rules.get("dateExpirationMotPasseCompteTech")),
        raw=data,
    )


def service_key(row):
    return text(row, "idService"), text(row, "codeService")


def service(row) -> Service:
    active = flag(row, "estActif")
    return Service(
        id=text(row, "idService"),
        code=text(row, "codeService"),
        name=text(row, "libelleService", "nomService"),
        active=active is not False,
        since=as_date(row.get("dateDbtService")),
        until=as_date(row.get("dateFinService")),
    )


def service_detail(data) -> ServiceDetail:
    general = block(data, "informationsGenerales") or block(
        data, "informationGenerales"
    )
    rules = block(data, "parametres")
    return ServiceDetail(
        code=text(general, "codeService"),
        name=text(general, "nomService", "libelleService"),
        description=text(general, "descriptionService"),
        engagement_required=bool(flag(rules, "numeroEngagement")),
        reports_payment=flag(rules, "miseEnPaiement"),
        since=as_date(rules.get("dateDebutValidite")),
        until=as_date(rules.get("dateFinValidite")),
        raw=data,
    )
