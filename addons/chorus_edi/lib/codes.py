# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""States of flows, statuses of invoices, reasons, cadres, syntaxes.

No function here fails on a code that it does not know: it gives an entry with
``known=False`` that keeps the code.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FlowState:
    """``outcome``: ``pending``, ``integrated``, ``partial``, ``rejected``, ``incident``
    (send the whole flow again) or ``unknown`` (keep asking, and tell somebody)."""

    code: str
    label: str
    label_fr: str
    final: bool
    outcome: str
    known: bool = True


@dataclass(frozen=True)
class Status:
    """``turn``: who has to move (``supplier``, ``recipient``, ``accountant``,
    ``validator``, ``platform``, ``nobody``, ``unknown``). ``final``: nothing more will
    come. ``advice``/``advice_fr``: what a bookkeeper does now. ``number``: of the EDI
    files (``06``), or ``""``."""

    code: str
    number: str
    label: str
    label_fr: str
    turn: str
    final: bool
    advice: str
    advice_fr: str
    known: bool = True


@dataclass(frozen=True)
class Reason:
    """A reason code of a refusal or suspension."""

    code: str
    label: str
    label_fr: str
    advice_fr: str = ""
    known: bool = True


@dataclass(frozen=True)
class Cadre:
    """A « cadre de facturation » (BT-23). ``validator``: A9/A12, somebody else agrees
    first. ``api_name``: in the REST requests (``A1_FACTURE_FOURNISSEUR``)."""

    code: str
    label: str
    label_fr: str
    api_name: str
    validator: bool = False


@dataclass(frozen=True)
class Syntax:
    """A ``syntaxeFlux``; ``interface``: code of the EDI flow, ``""`` if not known."""

    code: str
    label: str
    interface: str
    extension: str


#: By code.
FLOW_STATES: dict[str, FlowState] = {}
STATUSES: dict[str, Status] = {}
REASONS: dict[str, Reason] = {}
CADRES: dict[str, Cadre] = {}
SYNTAXES: dict[str, Syntax] = {}
FACTURX = "IN_DP_E2_CII_FACTURX"


def flow_state(code: str) -> FlowState:
    """A state of ``etatCourantFlux``/``etatCourantDepotFlux``."""
    raise NotImplementedError


def status(code: str) -> Status:
    """A status of an invoice by its name (``SUSPENDUE``)."""
    raise NotImplementedError


def status_of_number(number: str) -> Status:
    """A status of an invoice by its number in the EDI files (``06``)."""
    raise NotImplementedError


def reason(code: str) -> Reason:
    raise NotImplementedError


def reasons_in(text: str) -> tuple[Reason, ...]:
    """The known reason codes named in a comment, in their order."""
    raise NotImplementedError
