# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reader of the remittance files that ``cfonb`` writes: to check one, and for tests."""

import datetime
from dataclasses import replace

from .bill_errors import FormatError
from .cfonb import (
    ACCEPTANCE_CODES,
    ENTRY_CODES,
    LAYOUT,
    OPERATION,
    WIDTH,
    Bill,
    Remittance,
)
from .rib import Rib, rib_key

__all__ = ["read"]


def read(data):
    """Return the :class:`Remittance` that a file holds. Keys of RIBs are computed.

    :raises FormatError: wrong length, order, number or total
    """
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        raise FormatError("not ASCII") from error
    crlf = "\r\n" in text
    if crlf:
        lines = text.removesuffix("\r\n").split("\r\n")
    else:
        lines = [text[start : start + WIDTH] for start in range(0, len(text), WIDTH)]
    parsed = [_parse(number, line) for number, line in enumerate(lines, start=1)]
    codes = [code for code, _values in parsed]
    if len(codes) < 3 or codes != ["03", *["06"] * (len(codes) - 2), "08"]:
        raise FormatError(f"records in the wrong order: {' '.join(codes)}")
    bills = tuple(_read_bill(values) for _code, values in parsed[1:-1])
    remittance = replace(_read_header(parsed[0][1]), bills=bills, crlf=crlf)
    if parsed[-1][1]["amount"] != remittance.total:
        raise FormatError(f"total {parsed[-1][1]['amount']} is not {remittance.total}")
    return remittance


def _parse(number, line):
    if len(line) != WIDTH:
        raise FormatError(f"record {number} has {len(line)} characters")
    code = line[:2]
    if code not in LAYOUT or line[2:4] != OPERATION:
        raise FormatError(f"record {number} begins with {line[:4]}")
    values = {}
    for name, first, length, kind in LAYOUT[code]:
        text = line[first - 1 : first - 1 + length]
        try:
            values[name] = _value(text, kind)
        except ValueError as error:
            raise FormatError(f"record {number}, {name}: {text!r}") from error
    if values["number"] != number:
        raise FormatError(f"record {number} says it is {values['number']}")
    return code, values


def _value(text, kind):
    if kind == "n":
        return int(text)
    if kind == "d":
        return (
            datetime.datetime.strptime(text, "%d%m%y").date() if text.strip() else None
        )
    return text.rstrip()


def _read_rib(values):
    parts = (values["bank"], values["branch"], values["account"])
    return Rib(*parts, rib_key(*parts))


def _read_header(values):
    return Remittance(
        reference=values["reference"],
        date=values["date"],
        name=values["name"],
        rib=_read_rib(values),
        bills=(),
        entry=_name_of(ENTRY_CODES, values["entry"]),
        domiciliation=values["domiciliation"],
        siren=values["siren"],
        value_date=values["value_date"],
    )


def _read_bill(values):
    return Bill(
        reference=values["reference"],
        kind=_name_of(ACCEPTANCE_CODES, values["acceptance"]),
        drawee_name=values["name"],
        rib=_read_rib(values),
        amount=values["amount"],
        due_date=values["due_date"],
        issue_date=values["issue_date"],
        domiciliation=values["domiciliation"],
        drawee_reference=values["drawee_reference"],
        siren=values["siren"],
    )


def _name_of(codes, code):
    for name, known in codes.items():
        if known == code:
            return name
    raise FormatError(f"unknown code {code!r}; known: {', '.join(codes.values())}")
