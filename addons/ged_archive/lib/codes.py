# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Verification codes: what stands on a document for the public page.

Sixteen characters of Crockford's base 32 (no I, L, O, U): 80 bits of chance, which
nobody guesses, and short enough to be typed from paper.
"""

import secrets

__all__ = ["ALPHABET", "LENGTH", "new_code", "normalise", "pretty"]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_LOOKALIKES = str.maketrans("OIL", "011", " -\u2010\u2011\u2013\u00a0\t")


def new_code() -> str:
    """Return a fresh code, as stored: sixteen characters without hyphens."""
    return "".join(secrets.choice(ALPHABET) for _index in range(LENGTH))


def normalise(text: str) -> str | None:
    """Return the code that ``text`` means, or ``None`` when it cannot be one.

    Case, spaces and hyphens do not count; O is read as 0, I and L as 1.
    """
    code = (text or "").upper().translate(_LOOKALIKES)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return None
    return code


def pretty(code: str) -> str:
    """Return ``code`` as printed: four groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
