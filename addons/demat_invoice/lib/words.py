# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Amounts in French words, as they are written on a bill of exchange.

If figures and words differ, the words count (Code de commerce, article L511-4).
"""

from num2words import num2words

__all__ = ["euros_in_words"]


def euros_in_words(cents):
    """Return ``"mille deux cent trente-quatre euros et cinquante-six centimes"``.

    :param cents: amount in cents, an integer that is not negative
    :raises ValueError: negative or no integer
    """
    if isinstance(cents, bool) or not isinstance(cents, int) or cents < 0:
        raise ValueError(f"not an amount in cents: {cents!r}")
    euros, rest = divmod(cents, 100)
    parts = []
    if euros or not rest:
        parts.append(_euros(euros))
    if rest:
        unit = "centime" if rest == 1 else "centimes"
        parts.append(f"{num2words(rest, lang='fr')} {unit}")
    if not euros and rest:
        # no "zéro euro et…"; but the currency has to be named
        return f"{parts[0]} d'euro"
    return " et ".join(parts)


def _euros(euros):
    words = num2words(euros, lang="fr")
    if euros >= 1_000_000 and euros % 1_000_000 == 0:
        # million and milliard are nouns: "un million d'euros"
        return f"{words} d'euros"
    # French counts from two: zéro euro, un euro, deux euros
    return f"{words} {'euro' if euros < 2 else 'euros'}"
