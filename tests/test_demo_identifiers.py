# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The identifiers of the demo pass the checks of an independent library."""

import pytest
from stdnum import iban
from stdnum.fr import siren, siret, tva

from demo import identifiers

ROOTS = ("99731042", "99812406", "99645371", "21380985", "99570842", "99488263")


@pytest.mark.parametrize("root", ROOTS)
def test_numbers_of_a_firm(root):
    number = identifiers.siren(root)
    assert siren.is_valid(number)
    assert siret.is_valid(identifiers.siret(number))
    assert siret.is_valid(identifiers.siret(number, 27))
    assert tva.is_valid(identifiers.vat_number(number))
    assert identifiers.vat_number(number).endswith(number)


@pytest.mark.parametrize("account", ("00045182739", "0004518273K", "00000000001"))
def test_iban_with_both_keys(account):
    number = identifiers.iban("19998", "00742", account)
    assert iban.is_valid(number)
    assert len(number) == 27


def test_iban_known_example():
    # Published example of the RIB key (bank 30006, branch 00001, account 12345678901).
    assert (
        identifiers.iban("30006", "00001", "12345678901")
        == "FR7630006000011234567890189"
    )


def test_a_wrong_digit_is_noticed():
    number = identifiers.siren("99731042")
    wrong = str((int(number[0]) + 1) % 10) + number[1:]
    assert not siren.is_valid(wrong)


def test_spaced():
    text = identifiers.spaced("99731042000010", 3, 3, 3, 5)
    assert text.replace("\N{NO-BREAK SPACE}", " ") == "997 310 420 00010"
    assert identifiers.spaced("997310420", 3).count("\N{NO-BREAK SPACE}") == 2
