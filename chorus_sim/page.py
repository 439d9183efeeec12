# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The control page: plain HTML, French, for the one who plays the recipient."""

import html

from . import codes
from .documents import Document
from .times import PARIS

TITLE = "Chorus Pro simulé"
SHOWN = 200
UNKNOWN = "STATUT_INCONNU_DU_LOGICIEL"
# status, words of the button, whether a reason is wanted
BUTTONS = (
    ("SUSPENDUE", "Suspendre", True),
    ("REJETEE", "Rejeter", True),
    ("A_RECYCLER", "À recycler", True),
    ("MISE_A_DISPOSITION", "Remettre à disposition", False),
    ("SERVICE_FAIT", "Certifier le service fait", False),
    ("MANDATEE", "Mandater", False),
    ("COMPTABILISEE", "Comptabiliser", False),
    ("MISE_EN_PAIEMENT", "Mettre en paiement", False),
    (UNKNOWN, "Statut inconnu", False),
)
WITH_REASON = {status for status, _words, reason in BUTTONS if reason}
FLOW_STATES = {
    codes.WAITING: "Reçu, en attente",
    codes.PROCESSING: "En cours de traitement",
    codes.INTEGRATED: "Intégré",
    codes.PARTIAL: "Intégré en partie",
    codes.REJECTED: "Rejeté",
    codes.INCIDENT: "Incidenté : à déposer à nouveau",
}
STYLE = """
:root{--line:#d5dbe1;--soft:#f4f6f8;--ink:#1d2a35;--blue:#1a5276}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:64rem;padding:1rem;
color:var(--ink)}
h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.2rem;margin:2rem 0 .6rem}
h3{font-size:1.05rem;margin:0;overflow-wrap:anywhere}
article{border:1px solid var(--line);border-radius:.5rem;padding:.9rem;margin:0 0 1rem}
header{display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:center;
justify-content:space-between}
p{margin:.3rem 0;overflow-wrap:anywhere}.quiet{color:#5b6b78;font-size:.92rem}
.state{background:var(--soft);border:1px solid var(--line);border-radius:1rem;
padding:.05rem .7rem;font-size:.92rem;overflow-wrap:anywhere}
.todo{background:#fdf3dc;border-color:#e0b450}.bad{background:#fbe6e4;border-color:#d9847c}
.good{background:#e3f4e6;border-color:#7dbb88}
form{margin:.7rem 0 0}label{display:block;font-size:.92rem}
input{font:inherit;width:100%;padding:.5rem;border:1px solid #8796a3;
border-radius:.35rem;margin:.15rem 0 .6rem}
.buttons{display:flex;flex-wrap:wrap;gap:.5rem}
button{font:inherit;padding:.5rem .8rem;min-height:2.75rem;border:1px solid #8796a3;
border-radius:.35rem;background:#fff;color:var(--ink);cursor:pointer}
button.main{background:var(--blue);border-color:var(--blue);color:#fff}
button:hover{filter:brightness(.95)}
details{margin-top:.7rem}summary{cursor:pointer;color:var(--blue);padding:.3rem 0}
ol{margin:.3rem 0;padding-left:1.3rem}ul{margin:.3rem 0;padding-left:1.3rem}
li{overflow-wrap:anywhere}[role=alert]{background:#fbe6e4;border:1px solid #d9847c;
border-radius:.5rem;padding:.7rem}a{color:var(--blue)}
"""
PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}</title><style>{style}</style></head><body>
<h1>{title}</h1>
<p>Vous jouez ici le destinataire public. Rien n’est envoyé à la vraie plateforme.
<a href="/control">Actualiser</a></p>
{error}<main><h2>Factures reçues</h2>{invoices}<h2>Flux déposés</h2>{flows}</main>
</body></html>"""


def render(platform, error=""):
    """The page as text."""
    with platform.lock:
        platform.tick()
        invoices = list(platform.invoices.values())[::-1]
        flows = list(platform.flows.values())[::-1]
        cards = [_invoice(platform, item) for item in invoices[:SHOWN]]
        deposits = [_flow(item) for item in flows[:SHOWN]]
    if len(invoices) > SHOWN:
        cards.append(f"<p>Les {len(invoices) - SHOWN} plus anciennes sont cachées.</p>")
    nothing = (
        "<p>Aucune facture intégrée. Déposez-en une depuis Odoo, puis demandez-lui où "
        "elle en est : le traitement avance à chaque question.</p>"
    )
    return PAGE.format(
        title=TITLE,
        style=STYLE,
        error=f'<p role="alert">{html.escape(error)}</p>' if error else "",
        invoices="".join(cards) or nothing,
        flows="".join(deposits) or "<p>Aucun flux déposé.</p>",
    )


def _when(moment):
    return moment.astimezone(PARIS).strftime("%d/%m/%Y %H:%M")


def _money(amount, currency):
    text = f"{amount:,.2f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{text.replace('.', ',')}\N{NO-BREAK SPACE}{_escape(currency)}"


def _escape(value):
    return html.escape(str(value))


def _state(code, words):
    kind = {
        "SUSPENDUE": "todo",
        "A_RECYCLER": "todo",
        "COMPLETEE": "todo",
        codes.PARTIAL: "todo",
        codes.INCIDENT: "bad",
        codes.REJECTED: "bad",
        "REJETEE": "bad",
        "MISE_EN_PAIEMENT": "good",
        codes.INTEGRATED: "good",
    }.get(code, "")
    return f'<span class="state {kind}">{_escape(words)}</span>'


def _invoice(platform, invoice):
    recipient = platform.directory.by_siret(invoice.recipient)
    facts = [
        f"pour {recipient.name if recipient else invoice.recipient}",
        invoice.service and f"service {invoice.service}",
        invoice.engagement and f"engagement {invoice.engagement}",
        invoice.market and f"marché {invoice.market}",
        f"cadre {invoice.cadre or 'A1'}",
    ]
    last = invoice.steps[-1]
    words = codes.STATUSES.get(last.code, last.code)
    comment = f"<p>« {_escape(last.comment)} »</p>" if last.comment else ""
    files = "".join(
        f"<li>{_escape(item['name'])} ({item['size']} octets)</li>"
        for item in invoice.files
    )
    kind = "Avoir" if invoice.type == "AVOIR" else "Facture"
    return (
        f'<article id="facture-{invoice.id}"><header>'
        f"<h3>{kind} {_escape(invoice.number)} – "
        f"{_money(invoice.total, invoice.currency)}</h3>{_state(last.code, words)}"
        f"</header>"
        f'<p class="quiet">{_escape(", ".join(filter(None, facts)))} – '
        f"depuis le {_when(last.at)}</p>{comment}"
        + (f"<p>Pièces jointes :</p><ul>{files}</ul>" if files else "")
        + _buttons(invoice)
        + _history(invoice)
        + "</article>"
    )


def _buttons(invoice):
    field = f"motif-{invoice.id}"
    seen = "MISE_A_DISPOSITION" if invoice.status == "COMPLETEE" else ""
    buttons = "".join(
        _button(status, "Complément vu", "main")
        if status == seen
        else _button(status, words)
        for status, words, _reason in BUTTONS
    )
    return (
        '<form method="post" action="/control">'
        f'<input type="hidden" name="invoice" value="{invoice.id}">'
        f'<label for="{field}">Motif ou commentaire (obligatoire pour suspendre, '
        "rejeter ou faire recycler)</label>"
        f'<input id="{field}" name="comment" maxlength="255" autocomplete="off">'
        f'<div class="buttons">{buttons}</div></form>'
    )


def _button(status, words, kind=""):
    return (
        f'<button class="{kind}" name="status" value="{status}">'
        f"{_escape(words)}</button>"
    )


def _history(invoice):
    lines = "".join(
        f"<li>{_when(step.at)} – {_escape(codes.STATUSES.get(step.code, step.code))}"
        f"{f' : {_escape(step.comment)}' if step.comment else ''} "
        f'<span class="quiet">({_escape(step.who)})</span></li>'
        for step in invoice.steps
    )
    return f"<details><summary>Historique</summary><ol>{lines}</ol></details>"


def _flow(flow):
    numbers = [item.number for item in flow.documents if isinstance(item, Document)]
    errors = [
        f"{number} : {part}"
        for _supplier, _recipient, number, text in flow.errors
        for part in text.split("|")
    ]
    errors += [label for _code, label, _nature in flow.technical]
    shown = (
        "".join(f"<li>{_escape(text)}</li>" for text in errors) if flow.final else ""
    )
    button = (
        '<form method="post" action="/control"><div class="buttons">'
        f'<button name="flow" value="{flow.number}">Terminer le traitement</button>'
        "</div></form>"
    )
    words = FLOW_STATES.get(flow.state, flow.state)
    waiting = f", factures {', '.join(numbers)}" if numbers else ""
    return (
        f"<article><header><h3>{flow.number}</h3>{_state(flow.state, words)}</header>"
        f'<p class="quiet">{_escape(flow.name)}{_escape(waiting)} – déposé le '
        f"{_when(flow.at)}</p>"
        + (f"<ul>{shown}</ul>" if shown else "")
        + ("" if flow.final else button)
        + "</article>"
    )
