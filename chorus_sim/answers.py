# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Shapes that all operations share: return codes, pages, refusals."""

import re

DONE = {"codeRetour": 0, "libelle": "TRA_MSG_00.000"}
EMPTY = {"codeRetour": 20000, "libelle": "TRA_MSG_00.015"}
UNPUBLISHED = 1
MAX_PAGE = 1000
DEFAULT_PAGE = 10


class Refusal(Exception):
    """A business error: ``codeRetour`` and ``libelle``."""

    def __init__(self, label, code=UNPUBLISHED):
        super().__init__(label)
        self.code, self.label = code, label


class GatewayError(Exception):
    """An HTTP status with an empty body."""

    def __init__(self, status):
        super().__init__(str(status))
        self.status = status


def whole(value, default):
    """A positive integer of a request, ``default`` if it is none."""
    try:
        return max(int(value), 1)
    except (TypeError, ValueError):
        return default


def paged(items, parameters, size="nbResultatsParPage", page="pageResultatDemandee"):
    """The page asked for, and its ``(page, pages, size, total)``.

    A page has 10 rows if nothing is said, and 1000 at most.
    """
    rows = min(whole(parameters.get(size), DEFAULT_PAGE), MAX_PAGE)
    number = whole(parameters.get(page), 1)
    maximum = parameters.get("nbResultatsMaximum")
    if maximum:
        items = items[: whole(maximum, len(items))]
    total = len(items)
    pages = -(-total // rows)
    return items[(number - 1) * rows : number * rows], (number, pages, rows, total)


def page_facts(facts):
    """Dialect A of the platform: the object ``parametresRetour``."""
    names = ("pageCourante", "pages", "nbResultatsParPage", "total")
    return dict(zip(names, facts, strict=True))


def found(platform, name, rows, facts):
    """The answer of a search; an empty one has a code of its own (a setting)."""
    if not rows and not facts[3] and platform.settings.empty_search == "code":
        return dict(EMPTY)
    return {**DONE, name: rows, "parametresRetour": page_facts(facts)}


def list_page(items, body, suffix, answered=""):
    """Dialect C: the page of one list of the history, wherever the request says it.

    :param answered: end of the names in the answer, when it is another one
    """
    flat = dict(_flatten(body))
    rows, facts = paged(
        items,
        flat,
        size=f"nbResultatsParPageListe{suffix}",
        page=f"pageResultatDemandeeListe{suffix}",
    )
    names = ("pageCourante", "pages", "nbResultatsParPage", "total")
    return rows, {
        f"{n}{answered or suffix}": v for n, v in zip(names, facts, strict=True)
    }


def _flatten(body):
    for key, value in body.items():
        if isinstance(value, dict):
            yield from _flatten(value)
        elif re.search("ParPageListe|DemandeeListe", key):
            yield key, value
