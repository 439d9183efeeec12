# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import pytest
from demat_lib_demat_invoice.bill_errors import BillDataError
from demat_lib_demat_invoice.rib import Rib, check_siren, rib_key, rib_of, siren_of


def iban_of(country, bban):
    """Return an IBAN with the right key for any content."""
    turned = "".join(str(int(char, 36)) for char in f"{bban}{country}00")
    return f"{country}{98 - int(turned) % 97:02d}{bban}"


def test_parts_of_an_iban():
    # the example account of the ECBS register of IBANs
    rib = rib_of("FR14 2004 1010 0505 0001 3M02 606")
    assert rib == Rib("20041", "01005", "0500013M026", "06")
    assert rib.text == "20041 01005 0500013M026 06"


def test_letters_count_in_the_key():
    assert rib_key("20041", "01005", "0500013M026") == "06"
    assert rib_key("30006", "00001", "12345678901") == "89"


def test_monaco_has_the_same_shape():
    rib = rib_of("MC58 1122 2000 0101 2345 6789 030")
    assert (rib.bank, rib.key) == ("11222", "30")


@pytest.mark.parametrize(
    ("iban", "cause"),
    [
        (None, "missing"),
        ("  ", "missing"),
        ("12345", "not_iban"),
        ("FR14 2004 1010 0505 0001 3M02 607", "iban_key"),
        ("DE89 3704 0044 0532 0130 00", "foreign_account"),
        # right for the world, wrong for the bank
        (iban_of("FR", "20041010050500013M02607"), "rib_key"),
        (iban_of("FR", "20041010050500013M0260"), "not_iban"),
    ],
)
def test_wrong_accounts(iban, cause):
    with pytest.raises(BillDataError) as caught:
        rib_of(iban, field="drawee.iban")
    assert (caught.value.field, caught.value.cause) == ("drawee.iban", cause)


def test_siren():
    assert check_siren("552 100 554") == "552100554"
    assert check_siren("") == ""
    assert check_siren("33417522101010") == "334175221"
    with pytest.raises(BillDataError) as caught:
        check_siren("552100555")
    assert caught.value.cause == "siren"


def test_siren_of_what_is_known():
    assert siren_of("", "FR23334175221") == "334175221"
    assert siren_of("552100554", "FR23334175221") == "552100554"
    assert siren_of("", "BE0477472701") == ""
    assert siren_of(False, False) == ""
    with pytest.raises(BillDataError):
        siren_of("123", "FR23334175221")


def test_errors_name_a_known_cause():
    with pytest.raises(ValueError, match="unknown cause"):
        BillDataError("x", "bad luck")
