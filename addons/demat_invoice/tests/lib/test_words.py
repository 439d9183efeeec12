# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import pytest
from demat_lib_demat_invoice.words import euros_in_words


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "zéro euro"),
        (1, "un centime d'euro"),
        (50, "cinquante centimes d'euro"),
        (100, "un euro"),
        (101, "un euro et un centime"),
        (200, "deux euros"),
        (2100, "vingt et un euros"),
        (7100, "soixante et onze euros"),
        (8000, "quatre-vingts euros"),
        (8100, "quatre-vingt-un euros"),
        (9171, "quatre-vingt-onze euros et soixante et onze centimes"),
        (20000, "deux cents euros"),
        (20100, "deux cent un euros"),
        (100000, "mille euros"),
        (
            123456,
            "mille deux cent trente-quatre euros et cinquante-six centimes",
        ),
        (8000000, "quatre-vingt mille euros"),
        (20000000, "deux cent mille euros"),
        (100000000, "un million d'euros"),
        (100000050, "un million d'euros et cinquante centimes"),
        (100000100, "un million un euros"),
        (30000008000, "trois cents millions quatre-vingts euros"),
        (200000000, "deux millions d'euros"),
        (100000000000, "un milliard d'euros"),
        (150000000000, "un milliard cinq cents millions d'euros"),
    ],
)
def test_amounts(cents, words):
    assert euros_in_words(cents) == words


@pytest.mark.parametrize("value", [-1, 1.5, "12", None, True])
def test_what_is_no_amount_is_refused(value):
    with pytest.raises(ValueError, match="cents"):
        euros_in_words(value)
