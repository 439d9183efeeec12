# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One line of text in the order and the letter forms in which it is drawn.

Enough for names and short sentences in Arabic and Hebrew, mixed with Latin: letters of
Arabic take the form of their place, right-to-left runs are reversed. The full algorithm
(Unicode annex 9) knows cases that short lines do not have.
"""

import unicodedata

__all__ = ["visual"]

_FORMS = ("isolated", "final", "initial", "medial")
_RTL = {"R", "AL"}
_MIRRORED = {"(": ")", ")": "(", "[": "]", "]": "[", "«": "»", "»": "«"}


def _read_forms():
    """Map each Arabic letter (or lam with alef) to the code points of its forms."""
    forms = {}
    for code in (*range(0xFB50, 0xFBB2), *range(0xFE80, 0xFEFD)):
        kind, _space, letters = unicodedata.decomposition(chr(code)).partition(" ")
        if kind.strip("<>") in _FORMS:
            text = "".join(chr(int(one, 16)) for one in letters.split())
            forms.setdefault(text, {})[kind.strip("<>")] = chr(code)
    return forms


_ARABIC = _read_forms()


def visual(line: str) -> str:
    """Return ``line`` left to right as drawn; unchanged without right-to-left
    letters."""
    line = unicodedata.normalize("NFC", line)
    directions = [unicodedata.bidirectional(one) for one in line]
    if not _RTL & set(directions):
        return line
    first = next(one for one in directions if one in _RTL or one == "L")
    line = _shape(line)
    runs: list[tuple[bool, str]] = []
    for letter, right in zip(line, _resolve(line, first in _RTL), strict=True):
        if runs and runs[-1][0] == right:
            runs[-1] = right, runs[-1][1] + letter
        else:
            runs.append((right, letter))
    if first in _RTL:
        runs.reverse()
    return "".join(_reverse(text) if right else text for right, text in runs)


def _resolve(line, base):
    """Tell for each letter whether it goes right to left; neutral ones follow."""
    strong = []
    for letter in line:
        kind = unicodedata.bidirectional(letter)
        if kind in _RTL:
            strong.append(True)
        elif kind in ("L", "EN", "AN"):
            strong.append(False)
        else:
            strong.append(None)
    result = []
    for place, right in enumerate(strong):
        if right is None:
            before = next((one for one in strong[place::-1] if one is not None), base)
            after = next((one for one in strong[place:] if one is not None), base)
            right = before if before == after else base
        result.append(right)
    return result


def _reverse(text):
    return "".join(_MIRRORED.get(one, one) for one in reversed(text))


def _shape(line):
    shaped = []
    place = 0
    while place < len(line):
        letters = line[place : place + 2]
        if letters not in _ARABIC:
            letters = line[place]
        joined = _joins_after(line, place - 1) and letters in _ARABIC
        last = place + len(letters) - 1
        following = _joins_after(line, last) and _joins_before(line, last + 1)
        if len(letters) == 2:
            following = False
        place += len(letters)
        forms = _ARABIC.get(letters)
        if not forms:
            shaped.append(letters)
            continue
        kind = {
            (False, False): "isolated",
            (True, False): "final",
            (False, True): "initial",
            (True, True): "medial",
        }[joined, following]
        shaped.append(forms.get(kind) or forms.get("final" if joined else "isolated"))
    return "".join(one or "" for one in shaped)


def _joins_after(line, place):
    return 0 <= place < len(line) and "initial" in _ARABIC.get(line[place], ())


def _joins_before(line, place):
    return place < len(line) and "final" in _ARABIC.get(line[place], ())
