# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The supplier's operations of Chorus Pro's REST API (PISTE).

    client = Client(PLATFORMS["qualification"], Credentials(id, secret, login, password))
    receipt = client.deposit_flow("invoice.pdf", "IN_DP_E2_CII_FACTURX", pdf)
    client.flow_report(receipt.number).state

Every method may raise the errors of :mod:`errors`. A method that changes something
(``deposit_flow``, ``complete``, ``recycle``, ``handle_rejection``, ``add_file``) raises
``OutcomeUnknown`` once its request may have left; nothing is ever sent twice by itself.
"""

from dataclasses import dataclass, field

from .answers import *  # noqa: F403

__all__ = ["Client", "Credentials"]


@dataclass(frozen=True)
class Credentials:
    """Of the PISTE application and of the technical account; never shown."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    login: str = field(repr=False)
    password: str = field(repr=False)


class Client:
    """One platform, one technical account. Not for several threads at once.

    :param timeout: seconds to connect, seconds between two packets of the answer
    :param session: a ``requests.Session`` to use
    :param calls: dict that counts the requests by operation (``token``,
        ``deposer/flux``…)
    """

    def __init__(
        self, platform, credentials, *, timeout=(10, 60), session=None, calls=None
    ):
        raise NotImplementedError

    def check(self):
        """Try every layer of access with reading only: list of ``CheckResult``."""
        raise NotImplementedError

    def deposit_flow(self, name, syntax, content: bytes):
        """Deposit a flow: ``Deposit(number, date)``."""
        raise NotImplementedError

    def flow_report(self, number):
        """Ask where a flow is (``consulterCRDetaille``): ``FlowReport``."""
        raise NotImplementedError

    def flow_report_file(self, number):
        """Ask for the report as PDF (``consulterCR``): ``(state, bytes | None)``."""
        raise NotImplementedError

    def search_invoices(self, **criteria):
        """Yield every ``FoundInvoice`` of a search, all pages.

        Criteria: ``flow``, ``number``, ``statuses`` (list of codes), ``changed_from``,
        ``changed_to`` (datetimes), ``deposited_from``, ``deposited_to``,
        ``invoiced_from``, ``invoiced_to`` (dates), ``rejection_handled`` (bool),
        ``page_size``.
        """
        raise NotImplementedError

    def history(self, invoice_id):
        """All that happened to an invoice: ``History``."""
        raise NotImplementedError

    def complete(self, invoice_id, comment, attachments=()):
        """Answer a suspension (SUSPENDUE only).

        :param attachments: of ``(file_id, designation)`` or
            ``(file_id, designation, type)``, ids of :meth:`add_file`
        """
        raise NotImplementedError

    def recycle(self, invoice_id, recipient, service="", engagement="", comment=""):
        """Send to another recipient (A_RECYCLER only; being withdrawn by the
        platform)."""
        raise NotImplementedError

    def handle_rejection(self, invoice_ids):
        """Mark rejected invoices as handled."""
        raise NotImplementedError

    def add_file(self, name, mimetype, content: bytes) -> str:
        """Leave a complementary document (10 MB at most): its id."""
        raise NotImplementedError

    def structures(self, siret=None, name=None):
        """Yield every ``Structure`` of a search, all pages."""
        raise NotImplementedError

    def structure(self, structure_id):
        """A ``Structure`` with what it demands."""
        raise NotImplementedError

    def services(self, structure_id):
        """Yield every ``Service``, all pages, without ``FACTURES_PUBLIQUES``."""
        raise NotImplementedError

    def service(self, structure_id, service_id):
        """A ``ServiceDetail``."""
        raise NotImplementedError

    def engagement_exists(self, structure_id, number):
        """Whether an engagement is known: ``True``, ``False``, or ``None`` when Chorus
        Pro does not tell. ``structure_id``: the supplier's own. Only the State publishes
        its engagements: ``False`` of another buyer means nothing."""
        raise NotImplementedError
