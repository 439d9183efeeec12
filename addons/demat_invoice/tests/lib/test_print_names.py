# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import pytest
from demat_lib_demat_invoice import print_names


@pytest.mark.parametrize(
    ("pattern", "part"),
    [("{numero}", "{numero}"), ("{number", "{"), ("number}", "}"), ("invoice", "")],
)
def test_a_pattern_that_is_none_names_the_part(pattern, part):
    with pytest.raises(print_names.PatternError) as error:
        print_names.check(pattern)
    assert error.value.part == part


def test_the_default_is_a_pattern():
    print_names.check(print_names.DEFAULT)


def test_values_are_not_patterns():
    values = {"number": "{customer}", "customer": "X"}
    assert print_names.fill("{number} {site}", values) == "{customer} "


def test_no_name_twice_whatever_the_case_and_none_of_a_device():
    taken = {"index.csv"}
    found = print_names.unique(["F1", "f1", "F1", "con", "LPT1.x", "index"], taken)
    assert found == [
        "F1.pdf",
        "f1_(2).pdf",
        "F1_(3).pdf",
        "_con.pdf",
        "_LPT1.x.pdf",
        "index.pdf",
    ]
    assert print_names.unique(["F1"], taken) == ["F1_(4).pdf"]
