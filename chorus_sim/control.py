# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The other side of the simulator: what a test or a visitor makes the platform do.

``POST /control`` takes a JSON object of commands (see ``COMMANDS``) and answers with
the state; ``GET /control.json`` is the state alone, ``GET /control`` the page.
"""

import json
from datetime import timedelta
from urllib.parse import parse_qs

from . import page
from .platform import Wrong
from .records import Account
from .times import read_day, stamp

HTML = "text/html; charset=utf-8"
JSON = "application/json;charset=utf-8"


def answer(platform, method, path, body, headers):
    """``(status, content, type, headers)`` of a request to the control side."""
    if path == "/" and method == "GET":
        return 303, b"", "text/plain", {"Location": "/control"}
    if path == "/control.json" and method == "GET":
        return 200, _dump(state(platform)), JSON, {}
    if path != "/control":
        # like the gateway: no route, no content
        return 403, b"", "text/plain", {}
    if method == "GET":
        return 200, page.render(platform).encode(), HTML, {}
    if "json" in (headers.get("Content-Type") or ""):
        return _commands(platform, body)
    return _form(platform, body)


def _commands(platform, body):
    try:
        commands = json.loads(body)
        with platform.lock:
            for name, value in commands.items():
                if name not in COMMANDS:
                    raise Wrong(f"Commande inconnue : {name}.")
                COMMANDS[name](platform, value)
            platform.changed()
    except (Wrong, ValueError, TypeError, AttributeError, KeyError) as error:
        return 400, _dump({"error": str(error)}), JSON, {}
    return 200, _dump(state(platform)), JSON, {}


def _form(platform, body):
    """A button of the page: ``invoice``, ``status``, ``comment``; or ``flow``.

    Who suspends, rejects or asks for recycling says why: the platform demands it.
    """
    values = {key: found[0] for key, found in parse_qs(body.decode()).items()}
    try:
        with platform.lock:
            if "flow" in values:
                _finish(platform, values["flow"])
            elif "invoice" in values:
                if values["status"] in page.WITH_REASON and not values.get("comment"):
                    raise Wrong("Dites pourquoi : le motif est obligatoire.")
                _act(platform, values)
    except (Wrong, KeyError) as error:
        return 400, page.render(platform, str(error)).encode(), HTML, {}
    place = f"#facture-{values['invoice']}" if "invoice" in values else ""
    return 303, b"", "text/plain", {"Location": f"/control{place}"}


def _dump(value):
    return json.dumps(value, ensure_ascii=False).encode()


# -- commands --------------------------------------------------------------------------


def _act(platform, values):
    """``{"invoice": id or number, "status": code, "comment": text}``"""
    key = values["invoice"]
    invoice = platform.invoice(int(key) if str(key).isdigit() else key)
    platform.set_status(invoice, values["status"], values.get("comment") or "")


def _acts(platform, rows):
    """Many of them at once."""
    for values in rows:
        _act(platform, values)


def _finish(platform, number):
    if number not in platform.flows:
        raise Wrong(f"Aucun flux {number}.")
    platform.finish(platform.flows[number])


def _fault(platform, values):
    platform.faults.add(**values)


def _no_faults(platform, values):
    platform.faults.clear()


def _settings(platform, values):
    platform.configure(**values)


def _structure(platform, values):
    """``{"siret", "name", "services": [{"code", "name", …}], …}``"""
    platform.directory.add(**values)
    platform.changed()


def _change_structure(platform, values):
    if not platform.directory.by_siret(values.get("siret")):
        raise Wrong(f"Aucune structure {values.get('siret')}.")
    platform.directory.change(**values)


def _account(platform, values):
    account = Account(**values)
    others = [item for item in platform.accounts if item.login != account.login]
    platform.accounts = [*others, account]
    platform.changed()


def _invoices(platform, rows):
    """Integrated invoices without a flow: for many of them at once."""
    for row in rows:
        values = {"account": platform.accounts[0].login, "flow": "", **row}
        values["day"] = read_day(values.get("day")) or platform.now().date()
        platform.add_invoice(**values)
    platform.changed()


def _clock(platform, seconds):
    platform.shift += timedelta(seconds=seconds)


def _forget_tokens(platform, value):
    platform.tokens.clear()


def _forget_calls(platform, value):
    platform.calls.clear()


def _reset(platform, value):
    platform.reset()


COMMANDS = {
    "reset": _reset,
    "settings": _settings,
    "fault": _fault,
    "no_faults": _no_faults,
    "act": _act,
    "acts": _acts,
    "finish": _finish,
    "structure": _structure,
    "change_structure": _change_structure,
    "account": _account,
    "invoices": _invoices,
    "clock": _clock,
    "forget_tokens": _forget_tokens,
    "forget_calls": _forget_calls,
}


def state(platform):
    """Everything a test asks about: flows, invoices, calls."""
    with platform.lock:
        return {
            "now": stamp(platform.now()),
            "calls": dict(platform.calls),
            "flows": [
                {
                    "number": flow.number,
                    "name": flow.name,
                    "syntax": flow.syntax,
                    "state": flow.state,
                    "size": len(flow.content),
                    "errors": [list(error) for error in flow.errors],
                    "technical": [list(error) for error in flow.technical],
                    "account": flow.account,
                }
                for flow in platform.flows.values()
            ],
            "invoices": [
                {
                    "id": invoice.id,
                    "number": invoice.number,
                    "flow": invoice.flow,
                    "status": invoice.status,
                    "supplier": invoice.supplier,
                    "recipient": invoice.recipient,
                    "service": invoice.service,
                    "engagement": invoice.engagement,
                    "market": invoice.market,
                    "cadre": invoice.cadre,
                    "type": invoice.type,
                    "origin": invoice.origin,
                    "total": invoice.total,
                    "payable": invoice.payable,
                    "account": invoice.account,
                    "files": invoice.files,
                    "rejection_handled": invoice.rejection_handled,
                    "steps": [
                        [step.code, stamp(step.at), step.comment, step.who]
                        for step in invoice.steps
                    ],
                }
                for invoice in platform.invoices.values()
            ],
        }
