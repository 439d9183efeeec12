# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A VIES for the tests: SOAP over HTTP on this machine, answers chosen by the number.

As the test service of the Commission: 100 is valid, 200 is not, the others are faults.
Numbers of real length are chosen with :attr:`ViesServer.outcomes`.
"""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lxml import etree

TYPES = "urn:ec.europa.eu:taxud:vies:services:checkVat:types"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
#: https://ec.europa.eu/taxation_customs/vies/checkVatTestService.wsdl
TEST_NUMBERS = {
    "100": "valid",
    "200": "invalid",
    "201": "INVALID_INPUT",
    "202": "INVALID_REQUESTER_INFO",
    "300": "SERVICE_UNAVAILABLE",
    "301": "MS_UNAVAILABLE",
    "302": "TIMEOUT",
    "400": "VAT_BLOCKED",
    "401": "IP_BLOCKED",
    "500": "GLOBAL_MAX_CONCURRENT_REQ",
    "501": "GLOBAL_MAX_CONCURRENT_REQ_TIME",
    "600": "MS_MAX_CONCURRENT_REQ",
    "601": "MS_MAX_CONCURRENT_REQ_TIME",
}
_ENVELOPE = (
    '<env:Envelope xmlns:env="{soap}"><env:Header/><env:Body>{body}</env:Body>'
    "</env:Envelope>"
)
_FAULT = (
    "<env:Fault><faultcode>env:Server</faultcode><faultstring>{code}</faultstring>"
    "</env:Fault>"
)
_ANSWER = (
    '<ns2:checkVatApproxResponse xmlns:ns2="{types}">'
    "<ns2:countryCode>{country}</ns2:countryCode><ns2:vatNumber>{number}</ns2:vatNumber>"
    "<ns2:requestDate>2026-11-26+01:00</ns2:requestDate><ns2:valid>{valid}</ns2:valid>"
    "<ns2:traderName>{name}</ns2:traderName>"
    "<ns2:traderCompanyType>---</ns2:traderCompanyType>"
    "<ns2:traderAddress>{address}</ns2:traderAddress>"
    "<ns2:requestIdentifier>{identifier}</ns2:requestIdentifier>"
    "</ns2:checkVatApproxResponse>"
)


class ViesServer(ThreadingHTTPServer):
    """``outcomes``: {number: "valid", "invalid", a fault or a trick of
    :meth:`_Handler.trick`}; ``questions``: what was asked, in order."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.outcomes = dict(TEST_NUMBERS)
        self.questions = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/checkVatService"


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        """Nothing on the terminal."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        question = etree.fromstring(self.rfile.read(length)).find(f".//{{{TYPES}}}*")
        asked = {etree.QName(child).localname: child.text for child in question}
        self.server.questions.append(asked)
        outcome = self.server.outcomes.get(asked["vatNumber"], "valid")
        if outcome in ("valid", "invalid"):
            self.answer(200, self.found(asked, outcome))
        elif outcome.isupper():
            self.answer(500, _FAULT.format(code=outcome))
        else:
            self.trick(outcome, asked)

    def do_GET(self):
        """A fetch of anything but the answer would be seen here."""
        self.server.questions.append({"GET": self.path})
        self.reply(404, b"")

    def found(self, asked, outcome, **changes):
        valid = outcome == "valid"
        return _ANSWER.format(
            **{
                "types": TYPES,
                "country": asked["countryCode"],
                "number": asked["vatNumber"],
                "valid": str(valid).lower(),
                "name": "ACME &amp; ZONEN NV" if valid else "---",
                "address": "Rue de la Loi 1\n1000 Bruxelles" if valid else "---",
                "identifier": "WAPIAAAAX%s" % asked["vatNumber"] if valid else "",
                **changes,
            }
        )

    def trick(self, outcome, asked):
        """What a broken or lying server does."""
        good = _ENVELOPE.format(soap=SOAP, body=self.found(asked, "valid")).encode()
        if outcome == "drop":
            self.close_connection = True
        elif outcome == "slow":
            time.sleep(3)
        elif outcome == "drip":
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.end_headers()
            for byte in good:
                self.wfile.write(bytes([byte]))
                time.sleep(0.1)
        elif outcome == "other":
            self.answer(200, self.found(asked, "valid", number="999"))
        elif outcome == "unsure":
            self.answer(200, self.found(asked, "valid", valid="maybe"))
        elif outcome == "page":
            self.reply(503, b"<html>Maintenance</html>", kind="text/html")
        elif outcome == "words":
            self.reply(200, b"<html>Maintenance</html>", kind="text/html")
        elif outcome == "redirect":
            self.send_response(302)
            self.send_header("Location", f"{self.server.address}/elsewhere")
            self.end_headers()
        elif outcome == "endless":
            self.reply(200, good + b" " * 100_000)
        elif outcome == "entity":
            doctype = b'<!DOCTYPE a [<!ENTITY x SYSTEM "%s">]>'
            doctype %= f"{self.server.address}/secret".encode()
            self.reply(200, doctype + good.replace(b"ACME", b"&x;"))
        else:
            raise ValueError(outcome)

    def answer(self, status, body):
        self.reply(status, _ENVELOPE.format(soap=SOAP, body=body).encode())

    def reply(self, status, content, kind="text/xml; charset=UTF-8"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def handle(self):
        try:
            return super().handle()
        except (BrokenPipeError, ConnectionResetError):
            # the client went away, as it should
            self.close_connection = True


@contextmanager
def running():
    """Give a :class:`ViesServer` that answers."""
    with ViesServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
