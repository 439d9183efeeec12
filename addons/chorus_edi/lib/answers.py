# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the client answers with.

Times are aware datetimes as the platform wrote them; a time without offset is taken as
French local time. Ids are text: they are 64 bits wide. ``raw`` is the answer itself
(a dict of JSON values), for what is not read here.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

__all__ = [
    "CheckResult",
    "Deposit",
    "Event",
    "FlowReport",
    "FoundInvoice",
    "History",
    "HistoryStep",
    "InvoiceError",
    "Service",
    "ServiceDetail",
    "Structure",
    "TechnicalError",
    "UserAction",
]


@dataclass(frozen=True)
class CheckResult:
    """One layer of access: ``layer`` in :data:`errors.LAYERS`; ``message`` in English,
    empty when ``ok``. A layer that could not be tried has ``ok=None``."""

    layer: str
    ok: bool | None
    message: str = ""


@dataclass(frozen=True)
class Deposit:
    """The receipt of a flow; that nothing is wrong with it is told later."""

    number: str
    date: date | None


@dataclass(frozen=True)
class InvoiceError:
    """An invoice of a flow that was not taken in, and why (one text each)."""

    number: str
    supplier: str
    recipient: str
    messages: tuple[str, ...]


@dataclass(frozen=True)
class TechnicalError:
    """What is wrong with a flow as a whole."""

    code: str
    label: str
    nature: str


@dataclass(frozen=True)
class FlowReport:
    """Where a flow is; ``state`` is a code of :mod:`codes`, or a new one.

    ``known=False``: Chorus Pro does not know the number (yet): ask again later.
    ``detailed=False``: what is wrong with which invoice is not told in ``errors``, at
    best in ``file`` (a PDF for people), which is not in ``raw``.
    """

    number: str
    state: str
    at: datetime | None = None
    errors: tuple[InvoiceError, ...] = ()
    technical: tuple[TechnicalError, ...] = ()
    known: bool = True
    raw: dict = field(default_factory=dict, repr=False)
    detailed: bool = True
    file: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class FoundInvoice:
    """A row of a search. ``recipient`` and ``service`` are codes (SIRET, service
    code), ``amount`` is what is to pay, as the platform writes it."""

    id: str
    number: str
    status: str
    flow: str
    changed_at: datetime | None
    comment: str
    supplier: str
    recipient: str
    service: str
    amount: str
    raw: dict = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class HistoryStep:
    """A status, when it was reached, the reason given, and by whom."""

    code: str
    at: datetime | None
    comment: str
    who: str


@dataclass(frozen=True)
class Event:
    """A complementary event in the life of an invoice."""

    label: str
    at: datetime | None
    who: str


@dataclass(frozen=True)
class UserAction:
    """What somebody did with an invoice (a code such as ``TRAITEMENT_REJET``)."""

    code: str
    at: datetime | None
    who: str


@dataclass(frozen=True)
class History:
    """The life of an invoice; ``steps`` go from the oldest to the newest."""

    id: str
    number: str
    current: str
    steps: tuple[HistoryStep, ...] = ()
    events: tuple[Event, ...] = ()
    actions: tuple[UserAction, ...] = ()
    raw: dict = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Structure:
    """A structure of the directory. What it demands is known (not ``None``) after
    :meth:`Client.structure` only: a search does not bring it.

    ``either_required``: a service code or an engagement number; one of them is enough.
    ``reports_payment``: it tells when it has paid. ``password_expires``: end of the
    password of the technical account (own structure).
    """

    id: str
    siret: str
    identifier_type: str
    name: str
    active: bool
    service_required: bool | None = None
    engagement_required: bool | None = None
    either_required: bool | None = None
    reports_payment: bool | None = None
    password_expires: date | None = None
    raw: dict = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Service:
    """A service of a structure, open from ``since`` until ``until``."""

    id: str
    code: str
    name: str
    active: bool
    since: date | None
    until: date | None


@dataclass(frozen=True)
class ServiceDetail:
    """A service alone. It can demand an engagement though its structure does not."""

    code: str
    name: str
    description: str
    engagement_required: bool
    reports_payment: bool | None
    since: date | None
    until: date | None
    raw: dict = field(default_factory=dict, repr=False)
