# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the platform keeps: flows, invoices, accounts."""

from dataclasses import dataclass, field
from datetime import date, datetime

from . import codes


@dataclass
class Step:
    """One status an invoice went through."""

    id: int
    code: str
    at: datetime
    comment: str = ""
    who: str = "Chorus Pro"


@dataclass
class Invoice:
    """An integrated invoice. ``files``: complementary documents added later."""

    id: int
    number: str
    flow: str
    account: str
    type: str = "FACTURE"
    day: date | None = None
    supplier: str = ""
    recipient: str = ""
    service: str = ""
    engagement: str = ""
    market: str = ""
    cadre: str = ""
    origin: str = ""
    currency: str = "EUR"
    untaxed: float = 0.0
    total: float = 0.0
    payable: float = 0.0
    deposited: datetime | None = None
    steps: list = field(default_factory=list)
    actions: list = field(default_factory=list)
    files: list = field(default_factory=list)
    rejection_handled: bool = False

    @property
    def status(self):
        return self.steps[-1].code

    @property
    def changed_at(self):
        return self.steps[-1].at

    @property
    def key(self):
        """What is unique among the integrated: year, SIREN of the supplier, number."""
        return (self.day.year if self.day else 0, self.supplier[:9], self.number)


@dataclass
class Flow:
    """A deposited flow. ``path``: its states, the last one is final.

    ``hidden``: searches to which its invoices do not show yet; ``unknown``: reports to
    which the flow is not known yet.
    """

    number: str
    name: str
    syntax: str
    account: str
    at: datetime
    path: list
    content: bytes = b""
    documents: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    technical: list = field(default_factory=list)
    position: int = 0
    changed_at: datetime | None = None
    integrated: bool = False
    hidden: int = 0
    unknown: int = 0

    @property
    def state(self):
        return self.path[self.position]

    @property
    def final(self):
        return self.position == len(self.path) - 1

    @property
    def interface(self):
        return codes.INTERFACES.get(self.syntax, "FSO1117A")


@dataclass
class Account:
    """A technical account and the PISTE application it is used with.

    ``apis``: those the application subscribed to; ``sirets``: the suppliers it may act
    for, empty for all.
    """

    login: str
    password: str
    client_id: str
    client_secret: str
    apis: list = field(
        default_factory=lambda: [
            "factures",
            "transverses",
            "structures",
            "engagementsJuridiques",
            "utilisateurs",
        ]
    )
    sirets: list = field(default_factory=list)


@dataclass
class Settings:
    """How the platform behaves; see README.md beside this file."""

    polls: int = 2
    step_seconds: float = 0.0
    extra_states: bool = False
    hidden_searches: int = 0
    unknown_reports: int = 0
    errors_as: str = "list"
    empty_search: str = "code"
    business_errors: str = "answer"
    token_seconds: int = 3600
    expired_token: str = "400"
    recycling: bool = True
    next_outcome: str = ""
    refuse: dict = field(default_factory=dict)
