# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import pytest
from demat_lib_ged_archive import codes


def test_a_new_code_has_eighty_bits_and_reads_back():
    seen = {codes.new_code() for _index in range(500)}
    assert len(seen) == 500
    assert all(len(code) == 16 and set(code) <= set(codes.ALPHABET) for code in seen)
    assert all(codes.normalise(codes.pretty(code)) == code for code in seen)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0123-4567-89ab-cdef", "0123456789ABCDEF"),
        (" O123 4567 89AB CDEF ", "0123456789ABCDEF"),
        ("il2345\u20116789ABCDEF", "1123456789ABCDEF"),
    ],
)
def test_typing_from_paper_is_forgiven(typed, meant):
    assert codes.normalise(typed) == meant


@pytest.mark.parametrize("typed", ["", None, "0123", "0123-4567-89ab-cdeU", "é" * 16])
def test_what_cannot_be_a_code_is_none(typed):
    assert codes.normalise(typed) is None
