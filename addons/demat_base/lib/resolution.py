# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who is told about a document, where, and with what: the rule without Odoo.

Precedence, first filled level wins: site › notification address of the customer
› invoice contact › e-mail of the customer. A level that is filled but wrong
blocks: falling through to the next one would tell somebody else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .addresses import AddressError, parse

__all__ = ["Blocking", "Level", "Remark", "Resolution", "elsewhere", "resolve"]


@dataclass(frozen=True)
class Blocking:
    """A reason not to send, with the record where it is mended."""

    code: str
    message: str
    model: str | None = None
    res_id: int | None = None


@dataclass(frozen=True)
class Remark(Blocking):
    """Something to look at before the sending, in the same shape: it holds nothing
    back.
    """


@dataclass(frozen=True)
class Level:
    """One place where addresses may be written.

    ``origin`` is ``site``, ``customer``, ``contact`` or ``partner``; ``addresses``
    the text as stored there; ``attach_pdf`` the flag that goes with that level.
    """

    origin: str
    name: str
    model: str
    res_id: int
    addresses: str
    attach_pdf: bool
    lang: str | None = None


@dataclass(frozen=True)
class Resolution:
    """The answer for one document.

    ``channel`` is ``mail``, ``print`` (no consent: archived, printed, posted), one of
    a connector (:func:`elsewhere`), or ``None`` when ``blocking`` holds at least one
    reason. ``to`` is filled for the
    channel ``mail`` only, so that nobody can mail a customer who did not accept.
    """

    to: tuple[str, ...]
    origin: str
    origin_name: str
    origin_model: str | None
    origin_id: int | None
    attach_pdf: bool
    lang: str
    channel: str | None
    blocking: tuple[Blocking, ...] = ()


def resolve(
    levels: Sequence[Level],
    *,
    accepted: bool,
    lang: str,
    message: Callable[[str, Level | None, AddressError | None], str],
    blocking: Sequence[Blocking] = (),
    fix: tuple[str, int] | None = None,
) -> Resolution:
    """Apply the rule to one document.

    :param levels: the levels in order of precedence, empty ones included
    :param accepted: the customer accepted dematerialisation for this kind
    :param lang: language when the winning level has none
    :param message: called as ``message(code, level, error)``, gives the words
        of a blocking reason (``no_address`` or ``invalid_address``)
    :param blocking: reasons already known to the caller
    :param fix: (model, id) where a missing address is to be filled in
    """
    if blocking:
        return _none(lang, None, tuple(blocking))
    if not accepted:
        return _none(lang, "print", ())
    for level in levels:
        if not (level.addresses or "").strip():
            continue
        try:
            to = parse(level.addresses)
        except AddressError as error:
            text = message("invalid_address", level, error)
            reason = Blocking("invalid_address", text, level.model, level.res_id)
            return _none(lang, None, (reason,))
        if to:
            return Resolution(
                to=to,
                origin=level.origin,
                origin_name=level.name,
                origin_model=level.model,
                origin_id=level.res_id,
                attach_pdf=level.attach_pdf,
                lang=level.lang or lang,
                channel="mail",
            )
    model, res_id = fix or (None, None)
    reason = Blocking("no_address", message("no_address", None, None), model, res_id)
    return _none(lang, None, (reason,))


def elsewhere(
    channel: str, *, lang: str, blocking: Sequence[Blocking] = ()
) -> Resolution:
    """The answer for a document that a connector deposits: nobody is mailed.

    :param channel: of the connector; no channel when something is blocking
    """
    return _none(lang, None if blocking else channel, tuple(blocking))


def _none(lang, channel, blocking):
    return Resolution((), "none", "", None, None, False, lang, channel, blocking)
