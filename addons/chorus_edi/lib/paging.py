# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lists that come in pages: all pages, or an error. Never a part taken for the whole.

A list grows and shrinks while it is read. Rows that come twice are given once; when
rows may have slipped between two pages, :class:`errors.UnreadableAnswer` says so after
the last row, so that the caller asks again.
"""

from . import errors
from .reading import as_list, block

__all__ = ["EMPTY", "MAX_RESULTS", "TooMany", "read_all", "rows_of"]

#: Asked for as ``nbResultatsMaximum``: the platform's own default of 200 would cut.
MAX_RESULTS = 10_000
#: ``libelle`` of a search without result (with ``codeRetour`` 20000).
EMPTY = "TRA_MSG_00.015"
#: No list is longer; a server that goes on for ever is left.
MAX_PAGES = 2_000


class TooMany(errors.Rejected):
    """More results than can be read; raised before the first row."""


def read_all(ask, list_name: str, key):
    """Yield the objects of all pages.

    :param ask: function of the page's number that returns ``transport.Answer``
    :param key: function that gives the id of an object
    """
    seen, total, page = set(), 0, 1
    while page <= MAX_PAGES:
        answer = ask(page)
        rows = rows_of(answer, list_name)
        about = block(answer.data, "parametresRetour")
        total = max(total, _count(about, "total"))
        # a platform that cuts the list may count what it gives, not what it has
        if total >= MAX_RESULTS:
            raise TooMany(
                f"The search finds {total} results, fewer than {MAX_RESULTS} can be "
                f"read: narrow it."
            )
        fresh = [row for row in rows if key(row) not in seen]
        for row in fresh:
            if key(row) not in seen:
                seen.add(key(row))
                yield row
        pages = _count(about, "pages")
        if page >= pages if pages else not rows or len(seen) >= total > 0:
            break
        if not fresh:
            # The server repeats itself, or the list became shorter.
            break
        page += 1
    if len(seen) < total:
        raise errors.UnreadableAnswer(
            f"Chorus Pro announced {total} results and gave {len(seen)}."
        )


def rows_of(answer, list_name):
    """The rows of one page; none for a search without result.

    :raises Rejected: for every other refusal: it must not pass for "nothing found"
    """
    if answer.code == 0:
        return as_list(answer.data, list_name)
    if answer.code == 20000 and EMPTY in answer.label.replace("00_015", "00.015"):
        return []
    raise errors.Rejected(
        f"Chorus Pro refuses the search: {answer.code} {answer.label}",
        code=answer.code,
        label=answer.label,
    )


def _count(about, name) -> int:
    try:
        return max(0, int(about.get(name) or 0))
    except (TypeError, ValueError):
        return 0
