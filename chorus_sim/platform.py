# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The state of the simulated platform, and what happens in it."""

import secrets
import threading
from collections import Counter
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from . import codes, documents, rules
from .directory import Directory
from .faults import Faults
from .records import Account, Flow, Invoice, Settings, Step

ACCOUNT = Account("TECH_1_1234567890@cpro.fr", "password", "client-id", "client-secret")
MESSAGE_SIZE = 200
FIRST_INVOICE = 5_000_000_000  # identifiers do not fit in 32 bits


class Wrong(Exception):
    """What is asked of the control page cannot be done."""


class Platform:
    """Everything the simulator knows. Take ``lock`` around what belongs together."""

    def __init__(self):
        self.lock = threading.RLock()
        self.on_change = lambda: None
        self.reset()

    def reset(self):
        """Forget everything: the data set of the directory, one account, no flow."""
        with self.lock:
            self.settings = Settings()
            self.faults = Faults()
            self.directory = Directory()
            self.accounts = [replace(ACCOUNT)]
            self.tokens = {}
            self.calls = Counter()
            self.flows = {}
            self.invoices = {}
            self.files = {}
            self.shift = timedelta()
            self.last_number = 425900
            self.changed()

    def changed(self):
        self.on_change()

    def now(self):
        return datetime.now(UTC) + self.shift

    def draw(self):
        """A number never given before."""
        with self.lock:
            self.last_number += 1
            return self.last_number

    # -- access ------------------------------------------------------------------------

    def give_token(self, client_id, client_secret):
        """A new token, None for wrong credentials."""
        for account in self.accounts:
            if (client_id, client_secret) == (account.client_id, account.client_secret):
                token = secrets.token_urlsafe(40)[:54]
                end = self.now() + timedelta(seconds=self.settings.token_seconds)
                self.tokens[token] = (client_id, end)
                return token
        return None

    def client_of(self, token):
        """The application of a token that is still good, else None."""
        client_id, end = self.tokens.get(token, (None, None))
        return client_id if end and end > self.now() else None

    def account(self, login, password):
        """The technical account, None for wrong credentials."""
        for account in self.accounts:
            if (login, password) == (account.login, account.password):
                return account
        return None

    def application(self, client_id):
        """An account that uses the application: its subscriptions."""
        return next((a for a in self.accounts if a.client_id == client_id), None)

    # -- flows -------------------------------------------------------------------------

    def deposit(self, account, name, syntax, content):
        """Take a flow; what is wrong in it shows in its report only."""
        settings = self.settings
        interface = codes.INTERFACES.get(syntax, "FSO1117A")[3:7]
        now = self.now()
        flow = Flow(
            number=f"CPP001{interface}{self.draw():015d}",
            name=name,
            syntax=syntax,
            account=account.login,
            at=now,
            changed_at=now,
            path=[codes.WAITING],
            content=content,
            hidden=settings.hidden_searches,
            unknown=settings.unknown_reports,
        )
        try:
            flow.documents = documents.read_flow(name, syntax, content)
        except documents.Unreadable as error:
            flow.technical.append(("SYNTAXE", str(error), "BLOQUANTE"))
        extra = list(codes.EXTRA_STATES) if settings.extra_states else []
        middle = [codes.WAITING, *extra] + [codes.PROCESSING] * settings.polls
        flow.path = [*middle[: settings.polls + len(extra)], *self._judge(flow)]
        self.flows[flow.number] = flow
        self._settle(flow)
        self.changed()
        return flow

    def _judge(self, flow):
        """Look for faults; the last states: what was planned, the final one.

        An incident or a planned rejection is final by itself.
        """
        planned, self.settings.next_outcome = self.settings.next_outcome, ""
        if planned in (codes.INCIDENT, codes.REJECTED):
            flow.documents = []
            return [planned]
        ends = [planned] if planned else []
        good, seen = [], {invoice.key for invoice in self.invoices.values()}
        for item in flow.documents:
            if isinstance(item, documents.Unreadable):
                flow.technical.append(("FICHIER", str(item), "BLOQUANTE"))
                continue
            texts = self._faults(item, seen)
            if texts:
                flow.errors.append(_error(item, texts))
            else:
                good.append(item)
                seen.add(_key(item))
        refused = len(good) < len(flow.documents) or not flow.documents
        flow.documents = good
        if not good:
            return [*ends, codes.REJECTED]
        return [*ends, codes.PARTIAL if refused else codes.INTEGRATED]

    def _faults(self, document, seen):
        texts = rules.faults(document, self.directory)
        text = self.settings.refuse.pop(document.number, None)
        if text:
            texts.append(text)
        if not texts and _key(document) in seen:
            texts.append(
                f"FichierXml.ExchangedDocument.ID.value : la facture {document.number} "
                "existe déjà pour ce fournisseur (doublon)."
            )
        return texts

    def advance(self, flow):
        """Time passes for a flow: one state further."""
        with self.lock:
            if not self.settings.step_seconds and not flow.final:
                self._move(flow, flow.position + 1)

    def finish(self, flow):
        """Much time passes for a flow: its final state."""
        with self.lock:
            if not flow.final:
                self._move(flow, len(flow.path) - 1)

    def tick(self):
        """With a clock, bring every flow to the state of this moment."""
        seconds = self.settings.step_seconds
        if seconds:
            for flow in self.flows.values():
                passed = int((self.now() - flow.at).total_seconds() // seconds)
                if not flow.final and passed > flow.position:
                    self._move(flow, min(passed, len(flow.path) - 1))

    def _move(self, flow, position):
        flow.position = position
        flow.changed_at = self.now()
        self._settle(flow)
        self.changed()

    def _settle(self, flow):
        """Once final, what was good becomes invoices."""
        if flow.final and not flow.integrated:
            flow.integrated = True
            for document in flow.documents:
                self.add_invoice(**_values(document, flow))
            flow.documents = []

    # -- invoices ----------------------------------------------------------------------

    def add_invoice(self, number, **values):
        """An integrated invoice at its recipient."""
        with self.lock:
            invoice = Invoice(FIRST_INVOICE + self.draw(), number, **values)
            invoice.deposited = invoice.deposited or self.now()
            for code in ("DEPOSEE", "MISE_A_DISPOSITION"):
                invoice.steps.append(Step(self.draw(), code, self.now()))
            self.invoices[invoice.id] = invoice
            return invoice

    def invoice(self, key):
        """The invoice of an id or of a number.

        :raise Wrong: there is none
        """
        found = self.invoices.get(key) if isinstance(key, int) else None
        for invoice in reversed(self.invoices.values()) if not found else ():
            if str(key) in (str(invoice.id), invoice.number):
                return invoice
        if not found:
            raise Wrong(f"Aucune facture {key}.")
        return found

    def set_status(self, invoice, code, comment="", who="Destinataire"):
        """The invoice gets a status, any of them: the platform has no order.

        :raise Wrong: the recipient does not report payments
        """
        with self.lock:
            recipient = self.directory.by_siret(invoice.recipient)
            if code == "MISE_EN_PAIEMENT" and recipient:
                if not recipient.reports_payment:
                    raise Wrong(
                        "Cette structure ne communique pas la mise en paiement."
                    )
            invoice.steps.append(Step(self.draw(), code, self.now(), comment, who))
            self.changed()

    def configure(self, **values):
        """Change settings.

        :raise Wrong: there is no such setting
        """
        known = {item.name for item in fields(Settings)}
        if set(values) - known:
            raise Wrong(f"Réglage inconnu : {', '.join(sorted(set(values) - known))}.")
        self.settings = replace(self.settings, **values)


def _key(document):
    year = document.day.year if document.day else 0
    return (year, document.siret("Seller")[:9], document.number)


def _error(document, texts):
    """``(supplier, recipient, number, text)`` as the report has it."""
    return (
        document.siret("Seller"),
        document.siret("Buyer"),
        document.number,
        "|".join(texts)[:MESSAGE_SIZE],
    )


def _values(document, flow):
    return {
        "number": document.number,
        "flow": flow.number,
        "account": flow.account,
        "type": codes.DOCUMENT_TYPES[document.type],
        "day": document.day,
        "supplier": document.siret("Seller"),
        "recipient": document.siret("Buyer"),
        "service": document.service,
        "engagement": document.engagement,
        "market": document.market,
        "cadre": document.cadre or "A1",
        "origin": document.origin,
        "currency": document.currency,
        "untaxed": document.untaxed,
        "total": document.total,
        "payable": document.payable,
        "deposited": flow.at,
        "files": [{"name": name, "size": size} for name, size in document.attachments],
    }
