# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the operations of the client have in common."""

from . import errors
from .paging import MAX_RESULTS
from .transport import Transport

__all__ = ["Operations", "comment_of", "filled", "int_id", "page_of", "refuse"]

MAX_COMMENT = 2000


class Operations:
    """See :class:`client.Client` for the parameters."""

    def __init__(
        self, platform, credentials, *, timeout=(10, 60), session=None, calls=None
    ):
        self._transport = Transport(platform, credentials, timeout, session, calls)

    @property
    def calls(self) -> dict:
        return self._transport.calls

    @property
    def platform(self):
        """The addresses: ``platforms.Platform``."""
        return self._transport.platform

    def _call(self, operation, body):
        answer = self._transport.call(operation, body)
        if answer.code < 0:
            raise errors.UnreadableAnswer(
                f"Chorus Pro answered {operation} with a return code that is none."
            )
        return answer

    def _ask(self, operation, body) -> dict:
        answer = self._call(operation, body)
        refuse(operation, answer)
        return answer.data

    def _do(self, operation, body, file=("", b"")) -> dict:
        answer = self._transport.call(operation, body, writes=True, file=file)
        if answer.code < 0:
            raise errors.UnreadableOutcome(
                f"Chorus Pro answered {operation} with a return code that is none."
            )
        refuse(operation, answer)
        return answer.data


def refuse(operation, answer):
    if answer.code:
        raise errors.Rejected(
            f"Chorus Pro refuses {operation}: {answer.code} {answer.label}".rstrip(),
            code=answer.code,
            label=answer.label,
        )


def page_of(page, size):
    return {
        "nbResultatsMaximum": MAX_RESULTS,
        "pageResultatDemandee": page,
        "nbResultatsParPage": size,
    }


def filled(value, name):
    value = str(value or "").strip()
    if not value:
        raise ValueError(f"{name} is empty")
    return value


def int_id(value):
    """Ids are 64 bits wide: text outside, a number in the requests."""
    number = int(str(value))
    if not 0 <= number < 2**63:
        raise ValueError("not an id of Chorus Pro")
    return number


def comment_of(value):
    value = (value or "").strip()
    if len(value) > MAX_COMMENT:
        raise ValueError(f"a comment has at most {MAX_COMMENT} characters")
    return value
