# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Levels of a seal (ETSI EN 319 142-1, and none at all), and what is said of the later
time stamps that raise them. Imports nothing slow.
"""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["LEVELS", "LaterEvidence", "higher"]

#: Weakest first.
LEVELS = ("none", "B-B", "B-T", "B-LT", "B-LTA")


def higher(*levels: str | None) -> str:
    """Return the strongest of some levels; empty ones count as ``none``."""
    return max((level or "none" for level in levels), key=LEVELS.index)


@dataclass(frozen=True)
class LaterEvidence:
    """What is said of one later time stamp over one document.

    :param stamped_at: naive UTC, whole seconds; ``valid_until`` too, the end of the
        certificate of the authority
    :param late: the evidence before had ended when this one was made
    """

    level_before: str
    level_after: str
    stamped_at: datetime
    tsa_subject: str
    tsa_fingerprint: str
    digest_algorithm: str
    valid_until: datetime
    late: bool
