# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``./demat bench quote``: signing a quote on line, as Odoo does and as we do.

N quotes of ten lines are signed on Odoo's own portal, N in our ceremony, in turn, over
HTTP against one server with one database. What counts is the time until the answer: of
the page with the quote, and of the request that signs. Odoo's confirms the order and
draws its PDF; ours checks the frozen quote, signs and seals its field, archives it,
draws, seals and archives the evidence file, and confirms the order.
"""

import base64
import io
import json
import re
import statistics
import time
from pathlib import Path

import requests
from PIL import Image, ImageDraw

from odoo import Command

from bench.data import Supply

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
#: Quotes of each kind that are signed before: a server reads much once in its day.
WARM_UP = 2
STEPS = ("page", "sign")


def run(env, context):
    """Measure and print.

    :param context: ``count`` (quotes of each kind), ``base_url``, ``smtp_host``,
        ``smtp_port``, optional ``json`` (file to write to)
    :return: the figures: milliseconds of each request
    """
    count = int(context["count"])
    supply = Supply(env, context["smtp_host"], context["smtp_port"])
    set_up(supply)
    ways = {
        "odoo": OdooSigner(supply, context["base_url"]),
        "demat": DematSigner(supply, context["base_url"]),
    }
    figures = {name: {step: [] for step in STEPS} for name in ways}
    for turn in range(WARM_UP + count):
        for name, way in ways.items():
            spent = way.sign_one(turn)
            for step in STEPS if turn >= WARM_UP else ():
                figures[name][step].append(round(1000 * spent[step], 1))
    if context.get("json"):
        text = json.dumps({"count": count, **figures}, indent=1)
        Path(context["json"]).write_text(text, encoding="utf-8")
    for line in lines(figures):
        print(line, flush=True)
    return figures


def lines(figures):
    """Return the figures as lines of text; the last one is the ratio of signing."""
    shown = [f"{'ms per request':<16}{'Odoo':>10}{'demat':>10}{'ratio':>8}"]
    ratio = 0
    for step in STEPS:
        odoo, demat = (
            statistics.median(figures[name][step]) for name in ("odoo", "demat")
        )
        ratio = odoo / demat
        shown.append(f"{step:<16}{odoo:>10.1f}{demat:>10.1f}{ratio:>8.2f}")
    return [*shown, f"ratio {ratio:.2f}"]


def set_up(supply):
    """Open both ways: Odoo's own is for orders without request."""
    supply.company.write(
        {
            "demat_sign_online": False,
            "demat_sign_code": "never",
            "demat_sign_terms_id": False,
            "portal_confirmation_sign": True,
            "portal_confirmation_pay": False,
        }
    )
    supply.env["demat.consent"]._record(
        supply.customers, kinds=("quote",), action="given", means="contract"
    )
    supply.product = supply.env["product.product"].create(
        {"name": "Main-d’œuvre", "type": "service", "list_price": 48.0}
    )
    supply.env.cr.commit()


def make_quote(supply, turn):
    """A quote of ten lines, as it is sent to a customer."""
    return supply.env["sale.order"].create(
        {
            "partner_id": supply.customers[turn % len(supply.customers)].id,
            "company_id": supply.company.id,
            "state": "sent",
            "require_signature": True,
            "require_payment": False,
            "order_line": [
                Command.create(
                    {
                        "product_id": supply.product.id,
                        "name": f"Poste {number}",
                        "product_uom_qty": number,
                        "price_unit": 48.0 + turn,
                    }
                )
                for number in range(1, 11)
            ],
        }
    )


def drawing():
    """A signature as the pad draws it, PNG in base64."""
    image = Image.new("RGB", (600, 200), "white")
    ImageDraw.Draw(image).line([(40, 150), (200, 40), (320, 160), (560, 60)], 0, 6)
    file = io.BytesIO()
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


class _Signer:
    """A customer with a browser of his own."""

    def __init__(self, supply, base_url):
        self.supply, self.base_url = supply, base_url
        self.picture = drawing()

    def _timed(self, browser, method, path, **values):
        began = time.perf_counter()
        answer = browser.request(
            method,
            self.base_url + path,
            allow_redirects=False,
            timeout=120,
            **values,
        )
        spent = time.perf_counter() - began
        if answer.status_code not in (200, 303):
            raise AssertionError(f"{answer.status_code} {answer.text[:300]}")
        return answer, spent

    def _refresh(self):
        self.supply.env.cr.commit()
        self.supply.env.invalidate_all()


class OdooSigner(_Signer):
    """The signature of the host's portal."""

    def sign_one(self, turn):
        order = make_quote(self.supply, turn)
        token = order._portal_ensure_token()
        self.supply.env.cr.commit()
        path = f"/my/orders/{order.id}"
        with requests.Session() as browser:
            _page, page = self._timed(browser, "GET", f"{path}?access_token={token}")
            values = {
                "access_token": token,
                "name": "Claire Fontaine",
                "signature": self.picture,
            }
            body = {"jsonrpc": "2.0", "method": "call", "params": values}
            _answer, sign = self._timed(browser, "POST", f"{path}/accept", json=body)
        self._refresh()
        if order.state != "sale":
            raise AssertionError(f"Odoo did not confirm: {_answer.text[:300]}")
        return {"page": page, "sign": sign}


class DematSigner(_Signer):
    """Our ceremony, of a company that asks for no code."""

    def sign_one(self, turn):
        order = make_quote(self.supply, turn)
        deal = self.supply.env["demat.sign.request"]._prepare(
            order,
            [{"name": "Claire Fontaine", "email": order.partner_id.email}],
            expires_on="2099-12-31 22:00:00",
        )
        deal._send(invite=False)
        signatory = deal.signatory_ids
        signatory.state = "invited"
        self.supply.env.cr.commit()
        path = signatory._get_sign_path()
        shown = deal.frozen_sha256
        with requests.Session() as browser:
            answer, page = self._timed(browser, "GET", path)
            csrf = {"csrf_token": _TOKEN.search(answer.text)[1], "shown": shown}
            self._timed(browser, "POST", f"{path}/read", data={**csrf, "read": "1"})
            picture = f"data:image/png;base64,{self.picture}"
            data = {**csrf, "method": "draw", "drawing": picture}
            _answer, sign = self._timed(browser, "POST", f"{path}/sign", data=data)
        self._refresh()
        if (deal.state, order.state) != ("signed", "sale"):
            raise AssertionError(f"not signed: {deal.state}, {order.state}")
        if not deal.evidence_document_id:
            raise AssertionError("there is no evidence file")
        return {"page": page, "sign": sign}
