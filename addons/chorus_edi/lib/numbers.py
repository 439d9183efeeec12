# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Numbers: SIRET, invoice number; names of flows and their files."""

import re
import unicodedata
from dataclasses import dataclass

from stdnum import luhn as _luhn
from stdnum.iso7064 import mod_97_10

__all__ = [
    "APPLICATION",
    "INTERFACE",
    "FlowName",
    "flow_id",
    "flow_name",
    "invoice_file_name",
    "is_iban",
    "number_problem",
    "return_interface",
    "siret_problem",
    "split_flow_name",
]

MAX_NUMBER = 20
LA_POSTE = "356000000"
#: Rule G1.05 and a published client: these, and inner spaces.
_NUMBER = re.compile(r"[A-Za-z0-9\-+_/]+( [A-Za-z0-9\-+_/]+)*")
#: Codes of an EDI agreement, for ``fullmatch``.
INTERFACE = re.compile(r"[FC][A-Z]{2}[0-9]{4}A")
APPLICATION = re.compile(r"[A-Z0-9]{6}")
_FLOW = re.compile(
    r"(?P<interface>[FC][A-Z]{2}[0-9]{4}A)_(?P<application>[A-Z0-9]{6})_"
    r"(?P<flow>[A-Z0-9]{25})(?:\.(?P<extension>tar\.gz|[A-Za-z0-9]{1,5}))?"
)


_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def is_iban(value: str) -> bool:
    """Say whether an IBAN is in order: its form, and the checksum of ISO 7064.

    ``stdnum.iban`` reads a table beside its code, which it cannot where the host's
    import hooks have loaded it.
    """
    text = "".join((value or "").split()).upper()
    return bool(_IBAN.fullmatch(text)) and mod_97_10.is_valid(text[4:] + text[:4])


@dataclass(frozen=True)
class FlowName:
    """``<interface>_<application>_<flow id>[.<extension>]`` taken to pieces."""

    interface: str
    application: str
    flow: str
    extension: str = ""


def siret_problem(value: str, *, luhn: bool = True) -> str:
    """``""`` for a SIRET in order, else ``empty``, ``characters``, ``length`` or
    ``checksum``.

    :param luhn: ``False`` for the fictitious SIRETs of the qualification platform, most
        of which do not satisfy the checksum

    The establishments of La Poste follow another rule than Luhn: the sum of their
    digits is a multiple of 5 (INSEE). Spaces count as characters: what is printed on
    the invoice may have some, what is sent may not.
    """
    if not value:
        return "empty"
    if not value.isascii() or not value.isdigit():
        return "characters"
    if len(value) != 14:
        return "length"
    if not luhn or _luhn.is_valid(value):
        return ""
    if value.startswith(LA_POSTE) and sum(map(int, value)) % 5 == 0:
        return ""
    return "checksum"


def number_problem(value: str) -> str:
    """``""`` for an invoice number that Chorus Pro takes, else ``empty``, ``length``
    (more than 20 characters) or ``characters``.

    Letters without accents, digits, ``-``, ``_``, ``/``, ``+`` and inner single spaces.
    Other characters are said to be possible, but not which: they are refused here.
    """
    if not value:
        return "empty"
    if not _NUMBER.fullmatch(value):
        return "characters"
    return "length" if len(value) > MAX_NUMBER else ""


def flow_id(application: str, interface: str, counter: int) -> str:
    """25 characters: application code (6), digits of the interface (4), counter (15).

    The last two are the platform's advice for 19 free characters.
    """
    if not APPLICATION.fullmatch(application):
        raise ValueError("the application code has 6 capital letters or digits")
    if not INTERFACE.fullmatch(interface):
        raise ValueError("an interface code looks like FSO1117A")
    if not 0 <= counter < 10**15:
        raise ValueError("the counter has 15 digits at most")
    return f"{application}{interface[3:7]}{counter:015d}"


def flow_name(
    interface: str, application: str, counter: int, extension: str = "tar.gz"
) -> str:
    """Name of the file of an EDI flow."""
    flow = flow_id(application, interface, counter)
    return f"{interface}_{application}_{flow}" + (f".{extension}" if extension else "")


def split_flow_name(name: str) -> FlowName | None:
    """The parts of a flow's name, or ``None``: a path is no name."""
    match = _FLOW.fullmatch(name or "")
    if not match:
        return None
    return FlowName(**{key: value or "" for key, value in match.groupdict().items()})


def return_interface(interface: str) -> str:
    """``FSO1117A`` → ``CSO1117A``: the interface code of the answer."""
    if not INTERFACE.fullmatch(interface):
        raise ValueError("an interface code looks like FSO1117A")
    return "C" + interface[1:]


def invoice_file_name(number: str, extension: str = "pdf", prefix: str = "") -> str:
    """Name of one invoice's file; only letters, digits, ``-``, ``_`` and ``.``.

    Not unique: two numbers may give one name (``A/1`` and ``A-1``).
    """
    plain = unicodedata.normalize("NFKD", number).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip(".-") or "invoice"
    return f"{prefix}{safe[:80]}.{extension}"
