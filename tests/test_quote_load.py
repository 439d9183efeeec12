# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Many customers sign at the same moment; one customer signs many times at once."""

import base64
import collections
import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import pytest
import requests
from PIL import Image, ImageDraw

from tests.support import sign
from tests.support.firm import Firm
from tests.support.server import DematServer

PEOPLE = [("Anne Lenoir", "anne@noyers.example")]
#: At the same moment; with ``--long`` as many as the issue asks for.
SHORT, LONG = 8, 100
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_SHOWN = re.compile(r'name="shown" value="([0-9a-f]{64})"')


class WorkersServer(DematServer):
    """A server as a firm runs it: each worker has one customer at a time, the others
    wait. The threads of the other tests' server have a connection each, and there are
    fewer of these than customers.
    """

    # the host lets eight customers for each worker wait, and sends the others away
    settings: ClassVar = {"workers": 13, "limit_time_real": 600, "limit_time_cpu": 600}

    def _environment(self):
        # a hundred clients of one process send slowly; a proxy waits for such ones
        return {**super()._environment(), "ODOO_HTTP_SOCKET_TIMEOUT": "60"}


@pytest.fixture(scope="module")
def firm(make_server, firm_template, request):
    many = request.config.getoption("--long", False)
    return Firm(make_server(firm_template, WorkersServer if many else DematServer))


def _drawing():
    image = Image.new("RGB", (600, 200), "white")
    ImageDraw.Draw(image).line([(40, 150), (200, 40), (320, 160), (560, 60)], 0, 6)
    file = io.BytesIO()
    image.save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


class Customer:
    """One browser without scripts, at the step where only the signature is left."""

    def __init__(self, server, quote):
        self.address = f"{server.base_url}{quote['paths'][0]}"
        self.session = requests.Session()
        # a worker does not wait for the next request of a customer
        self.session.headers["Connection"] = "close"

    def get_ready(self):
        page = self.session.get(self.address, timeout=300).text
        self.shown = _SHOWN.search(page)[1]
        answer = self.post("read", page, read="1")
        assert answer.status_code == 200
        self.page = answer.text
        return self

    def post(self, step, page, **data):
        values = {"csrf_token": _TOKEN.search(page)[1], "shown": self.shown, **data}
        return self.session.post(f"{self.address}/{step}", data=values, timeout=300)

    def sign(self, drawing):
        """Sign; ``(status, whether it says signed, seconds)``."""
        begin = time.monotonic()
        answer = self.post("sign", self.page, method="draw", drawing=drawing)
        done = 'data-state="signed"' in answer.text
        return answer.status_code, done, time.monotonic() - begin


def _requests(firm, quotes):
    rows = firm.server.sql(
        "SELECT r.state, o.state, d.sha256, e.sha256 FROM demat_sign_request r"
        " JOIN sale_order o ON o.id = r.order_id"
        " LEFT JOIN ged_document d ON d.id = r.signed_document_id"
        " LEFT JOIN ged_document e ON e.id = r.evidence_document_id"
        " WHERE r.id = ANY(%s)",
        [quote["request"] for quote in quotes],
    )
    return [tuple(row) for row in rows]


def _events(firm, quotes, name):
    """How often an event stands in the journal of each request."""
    rows = firm.server.sql(
        "SELECT request_id FROM demat_sign_event WHERE type = %s"
        " AND request_id = ANY(%s)",
        name,
        [quote["request"] for quote in quotes],
    )
    return collections.Counter(row[0] for row in rows)


def test_all_at_once(firm, request):
    """Each order is signed once, each file is another, none is missing."""
    count = LONG if request.config.getoption("--long", False) else SHORT
    quotes = sign.send_quotes(firm, PEOPLE, count=count)
    drawing = _drawing()
    customers = [Customer(firm.server, quote).get_ready() for quote in quotes]
    begin = time.monotonic()
    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(lambda one: one.sign(drawing), customers))
    seconds = time.monotonic() - begin
    assert [answer[:2] for answer in answers] == [(200, True)] * count
    rows = _requests(firm, quotes)
    assert {row[:2] for row in rows} == {("signed", "sale")}
    assert len({row[2] for row in rows}) == len({row[3] for row in rows}) == count
    assert set(_events(firm, quotes, "signed").values()) == {1}
    assert set(_events(firm, quotes, "completed").values()) == {1}
    slowest = max(answer[2] for answer in answers)
    print(f"{count} signed at once in {seconds:.1f} s, slowest {slowest:.1f} s")


def test_one_quote_in_many_tabs(firm):
    """Eight clicks at the same moment: one signature, one order, no error page."""
    quotes = sign.send_quotes(firm, PEOPLE)
    customers = [Customer(firm.server, quotes[0]).get_ready() for _tab in range(8)]
    drawing = _drawing()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: one.sign(drawing), customers))
    assert {answer[0] for answer in answers} == {200}
    assert any(answer[1] for answer in answers)
    assert [row[:2] for row in _requests(firm, quotes)] == [("signed", "sale")]
    for name in ("signed", "completed"):
        assert list(_events(firm, quotes, name).values()) == [1]


def test_guessing_in_parallel(firm):
    """Fifty entries at once from many connections: no more are compared than one by
    one, as they wait for each other, and the lock holds.
    """
    quotes = sign.send_quotes(firm, PEOPLE, require_code=True)
    owner = Customer(firm.server, quotes[0]).get_ready()
    owner.post("code", owner.page, channel="email")
    right = sign.code_for(firm.server, PEOPLE[0][1])
    guesses = [f"{number:06}" for number in range(50) if f"{number:06}" != right]

    def guess(entry):
        return owner.post("code/check", owner.page, code=entry).status_code

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(guess, guesses)) <= {200, 429}
    [[attempts, locked]] = firm.server.sql(
        "SELECT code_attempts, code_locked_until IS NOT NULL"
        " FROM demat_sign_signatory WHERE request_id = %s",
        quotes[0]["request"],
    )
    refused = sum(_events(firm, quotes, "code_refused").values())
    assert refused <= 5
    assert refused == 5 if locked else attempts == refused
