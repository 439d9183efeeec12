# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A client of Chorus Pro with nothing in it: what is sent and what comes, as it is."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request

FACTURX = "IN_DP_E2_CII_FACTURX"


class Caller:
    """Calls operations of a :class:`tests.support.chorus.Simulator`."""

    def __init__(self, simulator):
        self.simulator = simulator
        self.account = f"{simulator.login}:{simulator.password}"
        self.token = None

    def ask_token(self, basic=False, **fields):
        """``(status, answer)`` of a request for a token."""
        pair = {
            "client_id": self.simulator.client_id,
            "client_secret": self.simulator.client_secret,
        }
        values = {"grant_type": "client_credentials", **pair, **fields}
        headers = {}
        if basic:
            text = ":".join(values.pop(name) for name in pair)
            headers["Authorization"] = (
                f"Basic {base64.b64encode(text.encode()).decode()}"
            )
        data = urllib.parse.urlencode(values).encode()
        status, _headers, body = self._send(self.simulator.token_url, data, headers)
        return status, json.loads(body)

    def raw(self, operation, **body):
        """``(status, headers, bytes)`` of an operation."""
        if self.token is None:
            self.token = self.ask_token()[1]["access_token"]
        headers = {
            "Authorization": f"Bearer {self.token}",
            "cpro-account": base64.b64encode(self.account.encode()).decode(),
            "Content-Type": "application/json;charset=utf-8",
        }
        url = f"{self.simulator.api_url}/cpro/{operation}"
        return self._send(url, json.dumps(body).encode(), headers)

    def call(self, operation, **body):
        """The answer of an operation that must come with status 200."""
        status, _headers, text = self.raw(operation, **body)
        assert status == 200, (status, text)
        return json.loads(text)

    def _send(self, url, data, headers):
        request = urllib.request.Request(url, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    # -- whole stories -----------------------------------------------------------------

    def deposit(self, content, name="facture.pdf", syntax=FACTURX):
        """The answer to a deposit."""
        return self.call(
            "factures/v1/deposer/flux",
            fichierFlux=base64.b64encode(content).decode(),
            nomFichier=name,
            syntaxeFlux=syntax,
            avecSignature=False,
        )

    def report(self, number):
        """One question about a flow."""
        return self.call("transverses/v1/consulterCRDetaille", numeroFluxDepot=number)

    def settle(self, number):
        """Ask about a flow until it is final: ``(states, last report)``."""
        states = []
        while True:
            report = self.report(number)
            states.append(report["etatCourantDepotFlux"])
            if len(states) > 1 and states[-1] == states[-2]:
                return states[:-1], report

    def integrate(self, content, **values):
        """Deposit and settle: the final report."""
        number = self.deposit(content, **values)["numeroFluxDepot"]
        return self.settle(number)[1]

    def search(self, page=None, size=None, **criteria):
        """``(rows, answer)`` of one page of a search."""
        paging = {"pageResultatDemandee": page, "nbResultatsParPage": size}
        paging = {name: value for name, value in paging.items() if value}
        answer = self.call(
            "factures/v1/rechercher/fournisseur",
            rechercheFactureParFournisseur=paging,
            **criteria,
        )
        return answer.get("listeFactures") or [], answer
