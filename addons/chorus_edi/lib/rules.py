# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The rules of Chorus Pro's historic channel, each with an id."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """``field``: business term (``BT-13``) or ``attachment``; ``severity``: ``error``
    (the platform refuses, or would) or ``warning``; ``source``: where it is known
    from."""

    id: str
    field: str
    severity: str
    message: str
    message_fr: str
    source: str


#: By id (``CPP-BT1-LENGTH``…), in the order of the invoice.
RULES: dict[str, Rule] = {}
