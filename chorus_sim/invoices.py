# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The operations of ``factures``: search, history, reading and acting."""

from . import codes
from .answers import (
    DONE,
    Refusal,
    found,
    list_page,
    page_facts,
    paged,
)
from .records import Step
from .times import read, read_day, stamp

UNKNOWN = ("GDP_MSG_11.008", 20000)
NO_RIGHT = ("GDP_MSG_11.005", 20001)
WRONG_STATUS = ("GDP_MSG_11.033", 20002)
MAX_COMMENT = 2000


def search(platform, account, body):
    """``rechercher/fournisseur``: the integrated invoices of the account."""
    platform.tick()
    _let_time_pass(platform, account, body)
    keep = _filter(platform, account, body)
    parameters = body.get("rechercheFactureParFournisseur") or {}
    rows = [invoice for invoice in platform.invoices.values() if keep(invoice)]
    column = str(parameters.get("triColonne") or "DateDepot")
    rows.sort(
        key=lambda invoice: (
            invoice.number
            if column == "NumeroFacture"
            else invoice.changed_at
            if column == "DateHeureEtatCourant"
            else invoice.deposited,
            invoice.id,
        ),
        reverse=parameters.get("triSens") == "Descendant",
    )
    rows, facts = paged(rows, parameters)
    listed = [_row(platform, invoice) for invoice in rows]
    return found(platform, "listeFactures", listed, facts)


def _let_time_pass(platform, account, body):
    """Who asks for a number finds it treated, unless it is hidden.

    A lost answer leaves no number of flow: its report cannot be polled.
    """
    number = body.get("numeroFacture")
    if not number or platform.settings.step_seconds:
        return
    for flow in list(platform.flows.values()):
        if flow.final or flow.hidden or flow.account != account.login:
            continue
        if number in [document.number for document in flow.documents]:
            platform.finish(flow)


def _filter(platform, account, body):
    """A function that says whether an invoice answers the criteria."""
    hidden = set()
    named = body.get("numeroFacture"), body.get("numeroFluxDepot")
    for flow in platform.flows.values():
        if flow.hidden:
            hidden.add(flow.number)
            numbers = [invoice.number for invoice in _of(platform, flow)]
            numbers += [document.number for document in flow.documents]
            if named[0] in numbers or named[1] == flow.number:
                flow.hidden -= 1
    try:
        since = read(body.get("periodeDateHeureEtatCourantDu"))
        until = read(body.get("periodeDateHeureEtatCourantAu"))
        days = [
            (
                read_day(body.get(f"periodeDate{name}Du")),
                read_day(body.get(f"periodeDate{name}Au")),
            )
            for name in ("Depot", "Facture")
        ]
    except ValueError as error:
        raise Refusal(f"Date illisible : {error}.") from error
    equal = {
        "number": body.get("numeroFacture"),
        "flow": body.get("numeroFluxDepot"),
        "type": body.get("typeFacture"),
        "market": body.get("numeroMarche"),
        "engagement": body.get("numeroBonCommande"),
        "origin": body.get("numeroFactureOrigine"),
        "rejection_handled": body.get("rejetTraite"),
    }
    wanted = {name: value for name, value in equal.items() if value not in (None, "")}
    if body.get("idFournisseur"):
        own = platform.directory.get(body["idFournisseur"])
        wanted["supplier"] = own.siret if own else "-"
    statuses = set(body.get("statutCourant") or ())

    def keep(invoice):
        return (
            invoice.account == account.login
            and invoice.flow not in hidden
            and all(getattr(invoice, name) == value for name, value in wanted.items())
            and (not statuses or invoice.status in statuses)
            and (since is None or invoice.changed_at >= since)
            and (until is None or invoice.changed_at <= until)
            and _within(invoice.deposited.date(), days[0])
            and _within(invoice.day, days[1])
        )

    return keep


def _of(platform, flow):
    return [item for item in platform.invoices.values() if item.flow == flow.number]


def _within(day, period):
    first, last = period
    if day is None:
        return not (first or last)
    return (first is None or day >= first) and (last is None or day <= last)


def _row(platform, invoice):
    supplier = platform.directory.by_siret(invoice.supplier)
    recipient = platform.directory.by_siret(invoice.recipient)
    service = recipient and recipient.find(invoice.service)
    last = invoice.steps[-1]
    return {
        "identifiantFactureCPP": invoice.id,
        "numeroFacture": invoice.number,
        "statut": invoice.status,
        "numeroFluxDepot": invoice.flow,
        "typeFacture": invoice.type,
        "typeDemandePaiement": "FACTURE",
        "dateFacture": invoice.day and invoice.day.isoformat(),
        "dateDepot": stamp(invoice.deposited),
        "montantHT": invoice.untaxed,
        "montantTTC": invoice.total,
        "montantAPayer": invoice.payable,
        "devise": invoice.currency,
        "codeFournisseur": invoice.supplier,
        "typeIdentifiantFournisseur": "SIRET",
        "designationFournisseur": supplier.name if supplier else "",
        "idDestinataire": recipient.id if recipient else None,
        "codeDestinataire": invoice.recipient,
        "designationDestinataire": recipient.name if recipient else "",
        "idServiceExecutant": service.id if service else None,
        "codeServiceExecutant": invoice.service or None,
        "nomServiceExecutant": service.name if service else None,
        "numeroMarche": invoice.market or None,
        "numeroBonCommande": invoice.engagement or None,
        "numeroFactureOrigine": invoice.origin or None,
        "modeDepot": "EDI",
        "dateHeureEtatCourant": stamp(last.at),
        "commentaireEtatCourant": last.comment or None,
        "rejetTraite": invoice.rejection_handled,
    }


def _find(platform, account, number):
    """The invoice of an id, for the account.

    :raise Refusal: it is unknown, or another's
    """
    try:
        invoice = platform.invoices.get(int(number))
    except (TypeError, ValueError):
        invoice = None
    if invoice is None:
        raise Refusal(*UNKNOWN)
    if invoice.account != account.login:
        raise Refusal(*NO_RIGHT)
    return invoice


def history(platform, account, body):
    """``consulter/historique``: statuses, events, actions, each list in pages."""
    invoice = _find(platform, account, body.get("idFacture"))
    newest = list(reversed(invoice.steps))
    steps, step_facts = list_page(newest, body, "HistoStatut")
    events = [step for step in newest if step.code == "DEPOSEE"]
    events, event_facts = list_page(events, body, "HistoEvenement", "Evenement")
    actions, action_facts = list_page(
        list(reversed(invoice.actions)), body, "HistoAction"
    )
    last = invoice.actions[-1] if invoice.actions else None
    return {
        **DONE,
        "idFacture": invoice.id,
        "numeroFacture": invoice.number,
        "modeDepot": "EDI",
        "statutCourantCode": invoice.status,
        "historiquesDesStatuts": {
            "histoStatut": [_step(step) for step in steps],
            **step_facts,
        },
        "historiquesDesEvenementsComplementaires": {
            "evenement": [
                {
                    "evenementId": step.id,
                    "evenementLibelle": f"Flux {invoice.flow} intégré",
                    "evenementQui": step.who,
                    "evenementDateHeure": stamp(step.at),
                }
                for step in events
            ],
            **event_facts,
        },
        "historiquesDesActionsUtilisateurs": {
            "histoAction": [
                {
                    "histoActionId": action.id,
                    "histoActionCode": action.code,
                    "histoActionDateHeure": stamp(action.at),
                    "histoActionUtilisateurNom": action.who,
                }
                for action in actions
            ],
            **action_facts,
        },
        "derniereAction": {
            "derniereActionId": last.id if last else None,
            "derniereActionCode": last.code if last else None,
        },
    }


def _step(step):
    return {
        "histoStatutId": step.id,
        "histoStatutCode": step.code,
        "histoStatutDatePassage": stamp(step.at),
        "histoStatutCommentaire": step.comment or None,
        "histoStatutUtilisateurPrenom": None,
        "histoStatutUtilisateurNom": step.who,
        "histoStatutUtilisateurEmail": None,
        "histoStatutUtilisateurTelephone": None,
    }


def consult(platform, account, body):
    """``consulter/fournisseur``: one invoice."""
    invoice = _find(platform, account, body.get("identifiantFactureCPP"))
    files = [
        {"pieceJointeDesignation": item["name"], "pieceJointeId": number}
        for number, item in enumerate(invoice.files, 1)
    ]
    return {
        **DONE,
        "facture": {
            "identifiantFactureCPP": invoice.id,
            "numeroFacture": invoice.number,
            "statutFacture": invoice.status,
            "dateDepot": stamp(invoice.deposited),
            "destinataire": {
                "codeDestinataire": invoice.recipient,
                "codeServiceExecutant": invoice.service or None,
            },
            "fournisseur": {"codeFournisseur": invoice.supplier},
            "cadreDeFacturation": {
                "codeCadreFacturation": codes.FIRST_CADRES.get(
                    invoice.cadre, invoice.cadre
                )
            },
            "references": {
                "deviseFacture": invoice.currency,
                "typeFacture": invoice.type,
                "numeroMarche": invoice.market or None,
                "numeroBonCommande": invoice.engagement or None,
                "numeroFactureOrigine": invoice.origin or None,
            },
            "montantTotal": {
                "montantHtTotal": invoice.untaxed,
                "montantTtcTotal": invoice.total,
                "montantAPayer": invoice.payable,
            },
            "listeDesPiecesJointes": files,
            "commentaire": invoice.steps[-1].comment or None,
        },
    }


def complete(platform, account, body):
    """``completer``: answer a suspension."""
    invoice = _find(platform, account, body.get("identifiantFactureCPP"))
    if invoice.status != "SUSPENDUE":
        raise Refusal(*WRONG_STATUS)
    comment = _comment(body)
    for item in body.get("pieceJointeComplementaire") or ():
        kept = platform.files.get(item.get("pieceJointeComplementaireId"))
        if kept is None:
            raise Refusal("pieceJointeComplementaireId : pièce jointe inconnue.")
        name = item.get("pieceJointeComplementaireDesignation") or kept["name"]
        invoice.files.append({**kept, "name": name})
    _act(platform, invoice, "SUSPENDUE")
    platform.set_status(invoice, "COMPLETEE", comment, "Fournisseur")
    return {
        **DONE,
        "identifiantFactureCPP": invoice.id,
        "numeroFacture": invoice.number,
        "dateTraitement": stamp(invoice.changed_at),
        **page_facts((1, 1, 10, len(invoice.files))),
    }


def recycle(platform, account, body):
    """``recycler``: another recipient; being withdrawn by the reform (a setting)."""
    invoice = _find(platform, account, body.get("identifiantFactureCPP"))
    if not platform.settings.recycling:
        raise Refusal("Le recyclage n’est plus proposé : émettez une nouvelle facture.")
    if invoice.status != "A_RECYCLER":
        raise Refusal("La facture n’est pas à recycler.", 20004)
    target = body.get("destinataire") or {}
    siret = target.get("codeDestinataire") or invoice.recipient
    recipient = platform.directory.by_siret(siret)
    service = target.get("codeServiceExecutant") or ""
    reference = body.get("reference") or {}
    if not recipient or not recipient.public or not recipient.active:
        raise Refusal(f"Le destinataire {siret} est inconnu.", 20005)
    if (service and not recipient.find(service)) or (recipient.service and not service):
        raise Refusal("Le service est obligatoire ou inconnu.", 20006)
    invoice.recipient, invoice.service = siret, service
    invoice.engagement = reference.get("numeroBonCommande") or invoice.engagement
    platform.set_status(invoice, "DEPOSEE", _comment(body), "Fournisseur")
    platform.set_status(invoice, "MISE_A_DISPOSITION", "", "Chorus Pro")
    return {
        **DONE,
        "identifiantFactureCPP": invoice.id,
        "numeroFacture": invoice.number,
        "statutFacture": "DEPOSEE",
        "dateDepot": stamp(invoice.deposited),
    }


def _comment(body):
    comment = str(body.get("commentaire") or "")
    if len(comment) > MAX_COMMENT:
        raise Refusal("commentaire : 2000 caractères au plus.")
    return comment


def handle_rejection(platform, account, body):
    """``traiterRejet``: rejections are marked as handled.

    How the request names the invoices is not published: any id in it counts.
    """
    numbers = list(_numbers(body))
    if not numbers:
        raise Refusal(*UNKNOWN)
    invoices = [_find(platform, account, number) for number in numbers]
    for invoice in invoices:
        if invoice.status != "REJETEE":
            raise Refusal(*WRONG_STATUS)
    for invoice in invoices:
        invoice.rejection_handled = True
        _act(platform, invoice, "REJETEE")
    platform.changed()
    return dict(DONE)


def _numbers(value, key=""):
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _numbers(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(item, key)
    elif key in ("idFacture", "idDemandePaiement", "identifiantFactureCPP"):
        yield value


def _act(platform, invoice, status):
    action = Step(
        platform.draw(), codes.ACTIONS[status], platform.now(), who="Fournisseur"
    )
    invoice.actions.append(action)


OPERATIONS = {
    "factures/v1/rechercher/fournisseur": search,
    "factures/v1/consulter/historique": history,
    "factures/v1/consulter/fournisseur": consult,
    "factures/v1/completer": complete,
    "factures/v1/recycler": recycle,
    "factures/v1/traiterRejet": handle_rejection,
}
