# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Names of the print files: a pattern that the company chooses, and no collisions."""

import re
from collections.abc import Iterable, Mapping

__all__ = ["DEFAULT", "PLACEHOLDERS", "PatternError", "check", "fill", "unique"]

PLACEHOLDERS = ("number", "customer", "reference", "date", "site")
DEFAULT = "{number}_{customer}"

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# Names that Windows keeps for devices, whatever their extension.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class PatternError(ValueError):
    """The pattern holds something that is no placeholder.

    ``part`` is that text; empty when the pattern holds no placeholder at all, so that
    all files would have one name.
    """

    def __init__(self, part=""):
        super().__init__(part)
        self.part = part


def check(pattern: str) -> None:
    """Check a pattern such as ``{number}_{customer}``.

    :raises PatternError: an unknown placeholder, a brace too many, or no placeholder
    """
    found = _PLACEHOLDER.findall(pattern)
    for name in found:
        if name not in PLACEHOLDERS:
            raise PatternError(f"{{{name}}}")
    rest = _PLACEHOLDER.sub("", pattern)
    for brace in "{}":
        if brace in rest:
            raise PatternError(brace)
    if not found:
        raise PatternError()


def fill(pattern: str, values: Mapping[str, str]) -> str:
    """Return the pattern with the values in it; an unknown placeholder stays empty."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], ""), pattern)


def unique(stems: Iterable[str], taken: set[str], extension: str = ".pdf") -> list[str]:
    """Return a file name for each of these, none of them twice.

    :param stems: names that hold allowed characters only
    :param taken: names in lower case that are given already; grows
    """
    names = []
    for stem in stems:
        stem = f"_{stem}" if _RESERVED.match(stem) else stem
        name, number = stem + extension, 1
        while name.lower() in taken:
            number += 1
            name = f"{stem}_({number}){extension}"
        taken.add(name.lower())
        names.append(name)
    return names
