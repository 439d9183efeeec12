# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From the JSON of Chorus Pro to :mod:`answers`."""

from . import answers
from .errors import LAYERS
from .reading import as_date, as_list, as_time, block, flag, from_base64, text

__all__ = [
    "flow_report",
    "found_invoice",
    "has_rows",
    "history",
    "history_missing",
    "history_pages",
    "invoice_key",
    "one_by_layer",
    "plain_report",
    "service",
    "service_detail",
    "service_key",
    "structure",
    "structure_key",
    "structure_row",
]


def one_by_layer(results) -> list[answers.CheckResult]:
    """One result for each layer, in their order; ``None`` for what was not tried."""
    by_layer = {layer: answers.CheckResult(layer, None) for layer in LAYERS}
    by_layer |= {result.layer: result for result in results}
    return list(by_layer.values())


def has_rows(data) -> bool:
    """Whether an answer carries a list with something in it, or a total above zero."""
    lists = (value for value in data.values() if isinstance(value, list | dict))
    return any(value for value in lists)


def flow_report(number, answer) -> answers.FlowReport:
    """Of ``consulterCRDetaille``; the state has one of two names."""
    data = answer.data
    state = text(data, "etatCourantDepotFlux", "etatCourantFlux")
    if answer.code or not state:
        return answers.FlowReport(number, state, known=False, raw=data)
    return answers.FlowReport(
        number=number,
        state=state,
        at=as_time(data.get("dateHeureEtatCourantFlux")),
        errors=tuple(
            answers.InvoiceError(
                number=text(row, "numeroDP"),
                supplier=text(row, "identifiantFournisseur"),
                recipient=text(row, "identifiantDestinataire"),
                messages=_messages(row),
            )
            for row in as_list(data, "listeErreurDP")
        ),
        technical=tuple(
            answers.TechnicalError(
                code=text(row, "codeErreur"),
                label=text(row, "libelleErreur"),
                nature=text(row, "natureErreur"),
            )
            for row in as_list(data, "listeErreurTechnique")
        ),
        raw=data,
    )


def plain_report(number, answer) -> answers.FlowReport:
    """Of ``consulterCR``: state and file; of the errors nothing that can be read."""
    data = dict(answer.data)
    content = from_base64(data.pop("fichierCR", None))
    state = text(data, "etatCourantFlux", "etatCourantDepotFlux")
    known = bool(state) and not answer.code
    return answers.FlowReport(
        number=number,
        state=state if known else "",
        at=as_time(data.get("dateHeureEtatCourantFlux")),
        known=known,
        raw=data,
        detailed=False,
        file=content if known else None,
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


def found_invoice(row) -> answers.FoundInvoice:
    return answers.FoundInvoice(
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


#: The three lists of a history: its object, its list, the end of the names of its
#: pages (which some put beside the object).
_LISTS = (
    ("historiquesDesStatuts", "histoStatut", ("HistoStatut",)),
    (
        "historiquesDesEvenementsComplementaires",
        "evenement",
        ("Evenement", "HistoEvenement"),
    ),
    ("historiquesDesActionsUtilisateurs", "histoAction", ("HistoAction",)),
)


def _count(data, name, start, endings):
    """A number of pages or rows, in the object of the list or beside it."""
    found = [0]
    for holder in (block(data, name), data):
        values = (holder.get(f"{start}{ending}") for ending in endings)
        found += [value for value in values if isinstance(value, int)]
    return max(found)


def history_pages(data) -> int:
    """How many pages the longest of the three lists has."""
    return max(1, *(_count(data, name, "pages", ends) for name, _list, ends in _LISTS))


def history_missing(pages) -> str:
    """The name of a list of which not all rows came, or ``""``."""
    for name, list_name, endings in _LISTS:
        total = max(_count(page, name, "total", endings) for page in pages)
        rows = sum(len(as_list(block(page, name), list_name)) for page in pages)
        if rows < total:
            return name
    return ""


def history(pages) -> answers.History:
    """Of the answers of ``consulter/historique``, one for each page."""
    last = pages[-1]
    steps, events, actions = (
        _all_rows(pages, name, list_name) for name, list_name, _endings in _LISTS
    )
    return answers.History(
        id=text(last, "idFacture"),
        number=text(last, "numeroFacture"),
        current=text(last, "statutCourantCode"),
        steps=_by_time(
            answers.HistoryStep(
                code=text(row, "histoStatutCode"),
                at=as_time(row.get("histoStatutDatePassage")),
                comment=text(row, "histoStatutCommentaire"),
                who=_who(row, "histoStatutUtilisateur"),
            )
            for row in steps
        ),
        events=_by_time(
            answers.Event(
                label=text(row, "evenementLibelle"),
                at=as_time(row.get("evenementDateHeure")),
                who=text(row, "evenementQui"),
            )
            for row in events
        ),
        actions=_by_time(
            answers.UserAction(
                code=text(row, "histoActionCode"),
                at=as_time(row.get("histoActionDateHeure")),
                who=_who(row, "histoActionUtilisateur"),
            )
            for row in actions
        ),
        raw=last,
    )


def _all_rows(pages, name, list_name):
    """The rows of all pages, once each (a short list may repeat its last page), in
    the order of their ids: the newest may come first, and times may be equal."""
    rows = []
    for page in pages:
        rows += as_list(block(page, name), list_name)
    rows = [row for place, row in enumerate(rows) if row not in rows[:place]]
    ids = [row.get(f"{list_name}Id") for row in rows]
    if rows and all(isinstance(ident, int) for ident in ids):
        rows.sort(key=lambda row: row[f"{list_name}Id"])
    return rows


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


def structure_row(row) -> answers.Structure:
    status = text(row, "statut", "statutStructure").upper()
    return answers.Structure(
        id=text(row, "idStructureCPP"),
        siret=text(row, "identifiantStructure"),
        identifier_type=text(row, "typeIdentifiantStructure"),
        name=text(row, "designationStructure", "raisonSocialeStructure"),
        active=not status or status in ("ACTIVE", "ACTIF"),
        raw=row,
    )


def structure(ident, data) -> answers.Structure:
    """``either_required`` rules out the other two: one of them is enough."""
    general = block(data, "informationGenerales") or block(
        data, "informationsGenerales"
    )
    rules = block(data, "parametres")
    row = {**data, **general}
    found = structure_row({**row, "idStructureCPP": ident})
    either = bool(flag(rules, "gestionNumeroEJOuCodeService"))
    silent = flag(rules, "statutMiseEnPaiementNestPasRemonte")
    return answers.Structure(
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


def service(row) -> answers.Service:
    active = flag(row, "estActif")
    return answers.Service(
        id=text(row, "idService"),
        code=text(row, "codeService"),
        name=text(row, "libelleService", "nomService"),
        active=active is not False,
        since=as_date(row.get("dateDbtService")),
        until=as_date(row.get("dateFinService")),
    )


def service_detail(data) -> answers.ServiceDetail:
    general = block(data, "informationsGenerales") or block(
        data, "informationGenerales"
    )
    rules = block(data, "parametres")
    return answers.ServiceDetail(
        code=text(general, "codeService"),
        name=text(general, "nomService", "libelleService"),
        description=text(general, "descriptionService"),
        engagement_required=bool(flag(rules, "numeroEngagement")),
        reports_payment=flag(rules, "miseEnPaiement"),
        since=as_date(rules.get("dateDebutValidite")),
        until=as_date(rules.get("dateFinValidite")),
        raw=data,
    )
