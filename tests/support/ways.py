# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every way by which somebody outside of the firm could get at an invoice.

A way is a function of a session (:class:`tests.support.rpc.Rpc`) and of the facts of an
invoice (``firm_inside._facts``); it answers what the server gave. :func:`shows` says
whether that gives anything of the invoice away.
"""

import json
import urllib.parse
from functools import partial

from .rpc import RpcError

MOVE = "account.move"
REPORTS = ("account.report_invoice", "account.report_invoice_with_payments")

# Addresses; {…} are facts. Those in the second group carry the secret link of the mail.
PAGES = {
    "list": "/my/invoices",
    "list, oldest first": "/my/invoices?sortby=date&filterby=invoices",
    "list of the overdue": "/my/invoices?filterby=overdue_invoices",
    "overdue, to pay": "/my/invoices/overdue",
    "page": "/my/invoices/{id}",
    "page as PDF": "/my/invoices/{id}?report_type=pdf",
    "download": "/my/invoices/{id}?report_type=pdf&download=true",
    "page as HTML": "/my/invoices/{id}?report_type=html",
    "page as text": "/my/invoices/{id}?report_type=text",
    "file of the field": "/web/content/account.move/{id}/invoice_pdf_report_file",
    "picture of the field": "/web/image/account.move/{id}/invoice_pdf_report_file",
    "attachment": "/web/content/{file}",
    "attachment, download": "/web/content/{file}?download=true",
    "attachment by model": "/web/content/ir.attachment/{file}/raw",
    "attached picture": "/web/image/{picture}",
    "attachments of the host": "/account/download_invoice_attachments/{file}",
    "documents of the host": "/account/download_invoice_documents/{id}/pdf",
    "all documents of the host": "/account/download_invoice_documents/{id}/all",
    "ZIP of the host": "/account/download_move_attachments/{id}",
    "link of a message": "/mail/view?model=account.move&res_id={id}",
    "link by message id": "/mail/view?message_id={message}",
    "link to a message": "/mail/message/{message}",
    "page of the order": "/my/orders/{order}",
}
LINKS = {
    "link": "/my/invoices/{id}?access_token={token}",
    "link, PDF": "/my/invoices/{id}?access_token={token}&report_type=pdf",
    "link, download": "/my/invoices/{id}?access_token={token}&report_type=pdf"
    "&download=true",
    "link, HTML": "/my/invoices/{id}?access_token={token}&report_type=html",
    "link with a person": "/my/invoices/{id}?access_token={token}&pid={pid}"
    "&hash={hash}",
    "link to pay": "/my/invoices/{id}?access_token={token}&payment=True"
    "&amount={amount}&payment_token={partial_token}",
    "page of payment": "/payment/pay?amount={amount}&invoice_id={id}"
    "&access_token={payment_token}",
    "link of a mail": "/mail/view?model=account.move&res_id={id}&access_token={token}"
    "&pid={pid}&hash={hash}",
    "field by link": "/web/content/account.move/{id}/invoice_pdf_report_file"
    "?access_token={token}",
    "order by link": "/my/orders/{order}?access_token={order_token}",
}
for number, report in enumerate(REPORTS, 1):
    for kind in ("pdf", "html", "text"):
        PAGES[f"report {number}, {kind}"] = f"/report/{kind}/{report}/{{id}}"
    data = urllib.parse.quote(json.dumps([f"/report/pdf/{report}/ID", "qweb-pdf"]))
    PAGES[f"report {number}, saved"] = "/report/download?data=" + data.replace(
        "ID", "{id}"
    )

# JSON-RPC routes: address and parameters; facts replace {…} in texts, "=x" is fact x.
CALLS = {
    "messages": (
        "/mail/thread/messages",
        {"thread_model": MOVE, "thread_id": "=id", "fetch_params": {"limit": 30}},
    ),
    "chatter": (
        "/mail/chatter_fetch",
        {"thread_model": MOVE, "thread_id": "=id", "fetch_params": {"limit": 30}},
    ),
    "data of the thread": (
        "/mail/data",
        {
            "fetch_params": [
                [
                    "mail.thread",
                    {
                        "thread_model": MOVE,
                        "thread_id": "=id",
                        "request_list": ["attachments", "followers", "messages"],
                    },
                ]
            ]
        },
    ),
}
CALLS_BY_LINK = {
    "chatter by link": (
        "/mail/chatter_fetch",
        {
            "thread_model": MOVE,
            "thread_id": "=id",
            "token": "=token",
            "fetch_params": {"limit": 30},
        },
    ),
    "chatter by person": (
        "/mail/chatter_fetch",
        {
            "thread_model": MOVE,
            "thread_id": "=id",
            "hash": "=hash",
            "pid": "=pid",
            "fetch_params": {"limit": 30},
        },
    ),
    "chatter by link and person": (
        "/mail/chatter_fetch",
        {
            "thread_model": MOVE,
            "thread_id": "=id",
            "token": "=token",
            "hash": "=hash",
            "pid": "=pid",
            "fetch_params": {"limit": 30},
        },
    ),
    "writing a message": (
        "/mail/message/post",
        {
            "thread_model": MOVE,
            "thread_id": "=id",
            "token": "=token",
            "hash": "=hash",
            "pid": "=pid",
            "post_data": {"body": "bonjour", "message_type": "comment"},
        },
    ),
    "payment": (
        "/invoice/transaction/{id}",
        {
            "access_token": "=token",
            "provider_id": "=provider",
            "payment_method_id": "=payment_method",
            "token_id": None,
            "amount": "=amount",
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "/my/invoices",
        },
    ),
}
# Methods that any user may call: model, method, arguments, keyword arguments.
OF_MOVE = [["id", "=", "=id"]]
OF_RECORD = [["res_model", "=", MOVE], ["res_id", "=", "=id"]]
METHODS = {
    "search": (MOVE, "search_count", [OF_MOVE], {}),
    "search_read": (MOVE, "search_read", [OF_MOVE, ["name", "amount_total"]], {}),
    "read": (MOVE, "read", [["=id"], ["name"]], {}),
    "web_read": (MOVE, "web_read", [["=id"]], {"specification": {"name": {}}}),
    "web_search_read": (
        MOVE,
        "web_search_read",
        [OF_MOVE],
        {"specification": {"name": {}}},
    ),
    "name_search": (MOVE, "name_search", ["=name"], {}),
    "group": (MOVE, "formatted_read_group", [OF_MOVE], {"groupby": ["name"]}),
    "export_data": (MOVE, "export_data", [["=id"], ["name"]], {}),
    "copy": (MOVE, "copy_data", [["=id"]], {}),
    "lines": (
        "account.move.line",
        "search_read",
        [[["move_id", "=", "=id"]], ["name", "move_name"]],
        {},
    ),
    "lines by group": (
        "account.move.line",
        "formatted_read_group",
        [[["move_id", "=", "=id"]]],
        {"groupby": ["name"]},
    ),
    "attachments": (
        "ir.attachment",
        "search_read",
        [OF_RECORD, ["name", "datas"]],
        {},
    ),
    "content of an attachment": (
        "ir.attachment",
        "read",
        [["=file"], ["name", "raw"]],
        {},
    ),
    "messages by search": (
        "mail.message",
        "search_read",
        [[["model", "=", MOVE], ["res_id", "=", "=id"]], ["body"]],
        {},
    ),
    "message": ("mail.message", "read", [["=message"], ["body"]], {}),
    "archive": ("ged.document", "search_read", [OF_RECORD, ["name"]], {}),
    "exchanges": ("demat.exchange", "search_read", [OF_RECORD, ["res_name"]], {}),
    "state changes": (
        "demat.state.change",
        "search_read",
        [[["move_id", "=", "=id"]], ["move_id"]],
        {},
    ),
}


def _get(address, session, invoice):
    return session.get(address.format(**invoice))[2]


def _call(path, params, session, invoice):
    return session.jsonrpc(path.format(**invoice), _filled(params, invoice))


def _method(model, method, args, kwargs, session, invoice):
    return session.call(model, method, *_filled(args, invoice), **kwargs)


def _filled(value, invoice):
    """``value`` with the facts in place of their names (``"=id"``)."""
    if isinstance(value, dict):
        return {key: _filled(item, invoice) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, invoice) for item in value]
    if isinstance(value, str) and value.startswith("=") and value[1:] in invoice:
        return invoice[value[1:]]
    return value


#: name → function of (session, invoice); what anybody can try
OPEN = {name: partial(_get, address) for name, address in PAGES.items()}
OPEN |= {name: partial(_call, *call) for name, call in CALLS.items()}
OPEN |= {f"RPC {name}": partial(_method, *call) for name, call in METHODS.items()}
#: the same, for who has got hold of a secret link
SECRET = {name: partial(_get, address) for name, address in LINKS.items()}
SECRET |= {name: partial(_call, *call) for name, call in CALLS_BY_LINK.items()}


def shows(way, session, invoice):
    """Say whether this way gives anything of the invoice away."""
    try:
        answer = way(session, invoice)
    except RpcError:
        return False
    if isinstance(answer, int):
        return answer > 0
    if not isinstance(answer, bytes):
        answer = json.dumps(answer, ensure_ascii=False).encode()
    if answer[:4] in (b"%PDF", b"PK\x03\x04"):
        return True
    marks = (invoice["name"], invoice["secret"])
    return any(mark.encode() in answer for mark in marks)
