# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Characters that no font draws, and that would keep a document from being PDF/A."""

import re

__all__ = ["drawable"]

# Line and paragraph separators (they come with texts pasted from word processors), the
# areas of private use, and code points that are no characters.
_SEPARATORS = re.compile("[\u2028\u2029]")
_UNDRAWABLE = re.compile(
    "[\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff]"
)


def drawable(text: str) -> str:
    """Return ``text`` (plain or HTML) without what would show as an empty box.

    Separators become a space, characters of private use are dropped. To be applied to
    the HTML before it is printed: in the PDF it is too late.
    """
    return _UNDRAWABLE.sub("", _SEPARATORS.sub(" ", text))
