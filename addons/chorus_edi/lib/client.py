# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The supplier's operations of Chorus Pro's REST API (PISTE).

    platform = PLATFORMS["qualification"]
    client = Client(platform, Credentials(client_id, client_secret, login, password))
    receipt = client.deposit_flow("invoice.pdf", "IN_DP_E2_CII_FACTURX", pdf)
    client.flow_report(receipt.number).state

What comes back is described in :mod:`answers`. Every method may raise the errors of
:mod:`errors`. A method that changes something
(``deposit_flow``, ``complete``, ``recycle``, ``handle_rejection``, ``add_file``) raises
``OutcomeUnknown`` once its request may have left; nothing is ever sent twice by itself.
"""

from datetime import UTC, datetime, timedelta

from . import errors, parsing
from .actions import ChangingOperations
from .answers import CheckResult, FlowReport, History
from .directory import DirectoryOperations
from .operations import filled, int_id, page_of
from .paging import MAX_RESULTS, TooMany, read_all
from .reading import aware, text, write_date, write_time
from .transport import Credentials

__all__ = ["Client", "Credentials"]

PAGE_SIZE = 100
_DETAILS = "transverses/v1/consulterCRDetaille"
_PLAIN = "transverses/v1/consulterCR"

_TIMES = {
    "changed_from": "periodeDateHeureEtatCourantDu",
    "changed_to": "periodeDateHeureEtatCourantAu",
}
_DATES = {
    "deposited_from": "periodeDateDepotDu",
    "deposited_to": "periodeDateDepotAu",
    "invoiced_from": "periodeDateFactureDu",
    "invoiced_to": "periodeDateFactureAu",
}
_TEXTS = {
    "flow": "numeroFluxDepot",
    "number": "numeroFacture",
    "engagement": "numeroBonCommande",
    "market": "numeroMarche",
}
_HISTORY_PAGES = {
    "paramRechercheHistoStatuts": "ListeHistoStatut",
    "paramRechercheHistoActionsUtilisateurs": "ListeHistoAction",
    "paramRechercheHistoEvenementsComplementaires": "ListeHistoEvenement",
}


class Client(DirectoryOperations, ChangingOperations):
    """One platform, one technical account. Not for several threads at once.

    :param timeout: seconds to connect, seconds between two packets of the answer
    :param session: a ``requests.Session`` to use; its own takes no password
        from a .netrc file
    :param calls: dict that counts the requests by operation (``token``,
        ``deposer/flux``…)
    """

    #: Whether the detailed report of a flow is open to the application.
    _detailed = True

    def check(self) -> list[CheckResult]:
        """Try the layers of access, with reading only, until one refuses.

        ``structure`` is whether any structure is attached to the technical account; the
        company's own is compared by the caller, who knows its SIRET.
        """
        steps = {
            "token": self._transport.token,
            "account": lambda: self._ask("transverses/v1/recuperer/tauxtva", {}),
            "subscription": self._check_subscriptions,
            "structure": self._check_structure,
        }
        results = []
        for layer, step in steps.items():
            try:
                step()
            except errors.FixCredentials as exc:
                # Not always the layer that was tried: an API that is not subscribed
                # answers before the account is read.
                results.append(CheckResult(exc.layer, False, str(exc)))
                break
            except errors.ChorusError as exc:
                results.append(CheckResult(layer, False, str(exc)))
                break
            results.append(CheckResult(layer, True))
        return parsing.one_by_layer(results)

    def search_invoices(self, *, page_size=PAGE_SIZE, **criteria):
        """Yield every :class:`answers.FoundInvoice` of a search, all pages.

        :param criteria: ``flow``, ``number``, ``engagement``, ``market`` (texts),
            ``statuses`` (list of codes), ``changed_from``, ``changed_to`` (times, naive
            ones are UTC), ``deposited_from``, ``deposited_to``, ``invoiced_from``,
            ``invoiced_to`` (dates), ``rejection_handled`` (bool), ``supplier_id``.
            ``None`` is no criterion. With ``number``, only invoices of exactly this
            number are given, whatever the platform finds.
        :raises ValueError: no criterion, an empty or an unknown one
        :raises UnreadableAnswer: pages are missing. It comes after the last row that
            was read: rows given before are true, but not all.
        :raises TooMany: more results than the platform gives; with ``changed_from`` the
            search is taken in shorter and shorter periods before
        """
        number = (criteria.get("number") or "").strip().casefold()
        seen = set()
        for row in self._search(criteria, page_size):
            key = parsing.invoice_key(row)
            found = parsing.found_invoice(row)
            if key not in seen and (not number or found.number.casefold() == number):
                yield found
            seen.add(key)

    def _search(self, criteria, page_size):
        """Yield the rows of a search, in two halves when they are too many. What
        changes meanwhile is in the second one, which is read last."""
        filters = _search_filters(criteria)

        def ask(page):
            body = {"rechercheFactureParFournisseur": page_of(page, page_size)}
            return self._call("factures/v1/rechercher/fournisseur", body | filters)

        try:
            yield from read_all(ask, "listeFactures", parsing.invoice_key)
        except TooMany:
            halves = _halves(criteria)
            if not halves:
                raise
            for half in halves:
                yield from self._search(half, page_size)

    def history(self, invoice_id) -> History:
        """All that happened to an invoice, with the reasons given (all pages).

        :raises UnreadableAnswer: it speaks of another invoice, or pages are missing
        """
        ident = int_id(invoice_id)
        pages, last = [], 1
        while len(pages) < last:
            body = {"idFacture": ident, "nbResultatsMaximum": MAX_RESULTS}
            body |= {
                name: {
                    f"pageResultatDemandee{suffix}": len(pages) + 1,
                    f"nbResultatsParPage{suffix}": PAGE_SIZE,
                }
                for name, suffix in _HISTORY_PAGES.items()
            }
            data = self._ask("factures/v1/consulter/historique", body)
            if text(data, "idFacture") != str(ident):
                raise errors.UnreadableAnswer(
                    f"Chorus Pro gave the history of another invoice than {ident}."
                )
            pages.append(data)
            last = min(parsing.history_pages(data), 1000)
        missing = parsing.history_missing(pages)
        if missing:
            raise errors.UnreadableAnswer(
                f"Chorus Pro did not give all of {missing} of {ident}."
            )
        return parsing.history(pages)

    def flow_report(self, number) -> FlowReport:
        """Ask where a flow is (``consulterCRDetaille``).

        Right after its deposit a flow may not be known: ``known=False``, whatever the
        refusal says (it is in ``raw``). Ask again later, for a limited time.

        Where the application may not use this operation (HTTP 403 or 404), the other
        one is asked (``consulterCR``), of which less is known: ``detailed=False``, no
        errors, its file in ``file``. It is asked at once from then on.
        """
        if self._detailed:
            try:
                answer = self._call(_DETAILS, {"numeroFluxDepot": _flow(number)})
            except (errors.FixCredentials, errors.Rejected) as refusal:
                if refusal.code not in (403, 404):
                    raise
                report = self._plain_report(number, refusal)
                self._detailed = False
                return report
            return parsing.flow_report(number, answer)
        return self._plain_report(number)

    def flow_report_file(self, number) -> tuple[str, bytes | None]:
        """Ask for the report as PDF (``consulterCR``): the state and the file.

        ``("", None)`` when the flow is not known; the file may be missing though the
        state is there (it once failed for Factur-X).
        """
        report = self._plain_report(number)
        return report.state, report.file

    def _plain_report(self, number, refusal=None):
        """:param refusal: of the other operation, raised if this one is closed too"""
        try:
            answer = self._call(_PLAIN, {"numeroFluxDepot": _flow(number)})
        except (errors.FixCredentials, errors.Rejected) as error:
            raise refusal or error from error
        return parsing.plain_report(number, answer)

    def _check_subscriptions(self):
        """One harmless question to each API that a supplier needs."""
        parameters = page_of(1, 1)
        questions = {
            "factures/v1/rechercher/fournisseur": {
                "rechercheFactureParFournisseur": parameters,
                "numeroFacture": "-",
            },
            "structures/v1/rechercher": {
                "structure": {
                    "identifiantStructure": "00000000000000",
                    "typeIdentifiantStructure": "SIRET",
                },
                "parametres": parameters,
            },
        }
        for operation, body in questions.items():
            # Whatever Chorus Pro itself answers, the API is subscribed.
            self._call(operation, body)

    def _check_structure(self):
        operation = "transverses/v1/recuperer/structures/actives/fournisseur"
        answer = self._call(operation, {})
        if answer.code or not parsing.has_rows(answer.data):
            raise errors.FixCredentials(
                "No active structure is attached to the technical account.",
                "structure",
                code=answer.code,
                label=answer.label,
            )


def _flow(number):
    return filled(number, "number")


def _halves(criteria):
    """The same search in two periods; nothing when it has none, or a short one."""
    begin = criteria.get("changed_from")
    if begin is None:
        return ()
    begin, end = aware(begin), aware(criteria.get("changed_to") or datetime.now(UTC))
    if end - begin < timedelta(seconds=2):
        return ()
    middle = begin + (end - begin) / 2
    return criteria | {"changed_to": middle}, criteria | {"changed_from": middle}


def _search_filters(criteria):
    filters = {}
    for name, value in criteria.items():
        if value is None:
            continue
        if name in _TIMES:
            filters[_TIMES[name]] = write_time(value)
        elif name in _DATES:
            filters[_DATES[name]] = write_date(value)
        elif name in _TEXTS:
            filters[_TEXTS[name]] = filled(value, name)
        elif name == "statuses" and value:
            filters["statutCourant"] = list(value)
        elif name == "rejection_handled":
            filters["rejetTraite"] = bool(value)
        elif name == "supplier_id":
            filters["idFournisseur"] = int_id(value)
        else:
            raise ValueError(f"{name} is not a criterion, or is empty")
    if not filters:
        raise ValueError("a search needs a criterion")
    return filters
