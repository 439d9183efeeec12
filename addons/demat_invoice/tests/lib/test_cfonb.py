# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The remittance file, position by position as the sources give them."""

import datetime
from dataclasses import replace

import pytest
from demat_lib_demat_invoice import cfonb
from demat_lib_demat_invoice.bill_errors import BillDataError, FormatError
from demat_lib_demat_invoice.cfonb_reader import read
from demat_lib_demat_invoice.rib import Rib, rib_of

DRAWER = rib_of("FR7630006000011234567890189")
DRAWEE = rib_of("FR1420041010050500013M02606")
TODAY = datetime.date(2026, 11, 23)


def bill(**values):
    return cfonb.Bill(
        **{
            "reference": "TR26000001",
            "kind": "lcr_accepted",
            "drawee_name": "Électricité & Bâtiment d'Œuvre du Grésivaudan",
            "rib": DRAWEE,
            "amount": 123456,
            "due_date": datetime.date(2026, 12, 31),
            "issue_date": datetime.date(2026, 11, 2),
            "domiciliation": "La Banque Postale Grenoble",
            "drawee_reference": "CDE 12",
            "siren": "552100554",
            **values,
        }
    )


def remittance(*bills, **values):
    return cfonb.Remittance(
        **{
            "reference": "REM26000001",
            "date": TODAY,
            "name": "Bâti Test SARL",
            "rib": DRAWER,
            "bills": bills or (bill(),),
            "domiciliation": "BNP Lyon",
            "siren": "334175221",
            **values,
        }
    )


def lines(data):
    return data.decode("ascii").split("\r\n")[:-1]


def at(line, first, last):
    """Characters of a record by the positions of the brochure, both included."""
    return line[first - 1 : last]


def test_header_by_positions():
    line = lines(cfonb.build(remittance()))[0]
    assert len(line) == 160
    assert at(line, 1, 12) == "036000000001"
    assert at(line, 13, 18) == "000000"
    assert at(line, 19, 24) == " " * 6
    assert at(line, 25, 30) == "231126"
    assert at(line, 31, 54) == "BATI TEST SARL".ljust(24)
    assert at(line, 55, 78) == "BNP LYON".ljust(24)
    assert at(line, 79, 81) == "3 E"
    assert at(line, 82, 102) == "300060000112345678901"
    assert at(line, 103, 134) == " " * 32
    assert at(line, 135, 149) == "334175221".ljust(15)
    assert at(line, 150, 160) == "REM26000001"


def test_detail_by_positions():
    line = lines(cfonb.build(remittance()))[1]
    assert len(line) == 160
    assert at(line, 1, 12) == "066000000002"
    assert at(line, 13, 20) == " " * 8
    assert at(line, 21, 30) == "CDE 12    "
    assert at(line, 31, 54) == "ELECTRICITE ET BATIMENT D OEUVRE"[:24]
    assert at(line, 55, 78) == "LA BANQUE POSTALE GRENOB"
    assert at(line, 79, 81) == "1  "
    assert at(line, 82, 102) == "20041010050500013M026"
    assert at(line, 103, 114) == "000000123456"
    assert at(line, 115, 118) == " " * 4
    assert at(line, 119, 130) == "311226021126"
    assert at(line, 131, 141) == " " * 11
    assert at(line, 142, 150) == "552100554"
    assert at(line, 151, 160) == "TR26000001"


def test_total_by_positions():
    data = cfonb.build(remittance(bill(), bill(reference="B", amount=44)))
    line = lines(data)[-1]
    assert at(line, 1, 12) == "086000000004"
    assert at(line, 13, 102) == " " * 90
    assert at(line, 103, 114) == "000000123500"
    assert at(line, 115, 160) == " " * 46


@pytest.mark.parametrize(
    ("kind", "code"), [("lcr_not_accepted", "0"), ("lcr_accepted", "1"), ("bor", "2")]
)
def test_acceptance_code(kind, code):
    line = lines(cfonb.build(remittance(bill(kind=kind))))[1]
    assert at(line, 79, 79) == code


@pytest.mark.parametrize(
    ("entry", "code", "value_date"),
    [
        ("discount", "1", "301126"),
        ("discount_value", "2", "301126"),
        ("collection", "3", " " * 6),
        ("collection_delay", "4", " " * 6),
    ],
)
def test_entry_code_and_value_date(entry, code, value_date):
    line = lines(
        cfonb.build(remittance(entry=entry, value_date=datetime.date(2026, 11, 30)))
    )[0]
    assert at(line, 79, 79) == code
    assert at(line, 119, 124) == value_date


def test_zones_do_not_overlap_and_fit():
    for zones in cfonb.LAYOUT.values():
        free = 5
        for _name, first, length, _kind in zones:
            assert first >= free
            free = first + length
        assert free <= 161


def test_without_line_ends():
    data = cfonb.build(remittance(crlf=False))
    assert len(data) == 3 * 160
    assert b"\r" not in data
    assert b"\n" not in data


def test_every_record_ends_with_cr_lf():
    data = cfonb.build(remittance())
    assert len(data) == 3 * 162
    assert data.endswith(b"\r\n")


@pytest.mark.parametrize("crlf", [True, False])
def test_round_trip(crlf):
    first = remittance(
        bill(kind="lcr_not_accepted", siren="", drawee_reference=""),
        bill(reference="B", amount=1, kind="lcr_accepted"),
        crlf=crlf,
        entry="discount",
        value_date=TODAY,
    )
    again = read(cfonb.build(first))
    assert cfonb.build(again) == cfonb.build(first)
    assert again.total == 123457
    assert [row.rib for row in again.bills] == [DRAWEE, DRAWEE]
    assert again.bills[0].due_date == datetime.date(2026, 12, 31)
    assert again.bills[1].kind == "lcr_accepted"
    assert (again.entry, again.value_date, again.crlf) == ("discount", TODAY, crlf)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Société Générale", "SOCIETE GENERALE"),
        ("Müller Straße", "MULLER STRASSE"),
        ("Œuvre & Fils – Ørsted", "OEUVRE ET FILS - ORSTED"),
        ("L'Été\tà Łódź", "L ETE A LODZ"),
        ("A*B(C).,/+:-", "A*B(C).,/+:-"),
        ("株式会社", ""),
        (None, ""),
    ],
)
def test_characters_of_the_bank(text, expected):
    assert cfonb.to_bank_text(text) == expected


@pytest.mark.parametrize(
    ("values", "field", "cause"),
    [
        ({"amount": 0}, "amount", "not_positive"),
        ({"amount": -5}, "amount", "not_positive"),
        ({"amount": 10**10}, "amount", "too_big"),
        ({"due_date": datetime.date(2026, 11, 22)}, "due_date", "past_due"),
        ({"issue_date": datetime.date(2027, 1, 1)}, "due_date", "due_before_issue"),
        ({"due_date": None}, "due_date", "missing"),
        ({"issue_date": None}, "issue_date", "missing"),
        ({"reference": "ABCDEFGHIJK"}, "reference", "too_long"),
        ({"reference": " "}, "reference", "missing"),
        ({"drawee_reference": "ABCDEFGHIJK"}, "drawee_reference", "too_long"),
        ({"drawee_name": "株式会社"}, "drawee_name", "missing"),
        ({"siren": "552100555"}, "siren", "siren"),
        ({"kind": "cheque"}, "kind", "unknown"),
        ({"rib": None}, "rib", "missing"),
        (
            {"rib": Rib("20041", "01005", "0500013M026", "07")},
            "rib",
            "rib_key",
        ),
    ],
)
def test_wrong_bill(values, field, cause):
    wrong = bill(**values)
    with pytest.raises(BillDataError) as caught:
        cfonb.build(remittance(bill(reference="GOOD"), wrong))
    error = caught.value
    assert (error.field, error.cause) == (field, cause)
    assert error.reference == wrong.reference


def test_greatest_amount_is_written():
    data = cfonb.build(remittance(bill(amount=10**10 - 1)))
    assert at(lines(data)[1], 103, 114) == "009999999999"


@pytest.mark.parametrize(
    ("values", "field", "cause"),
    [
        ({"reference": "ABCDEFGHIJKL"}, "reference", "too_long"),
        ({"name": " "}, "name", "missing"),
        ({"entry": "gift"}, "entry", "unknown"),
        ({"entry": "discount"}, "value_date", "missing"),
        ({"bills": ()}, "bills", "empty"),
        ({"siren": "1"}, "siren", "siren"),
        ({"rib": None}, "rib", "missing"),
        ({"bills": (bill(), bill())}, "reference", "duplicate"),
        ({"bills": (bill(), bill(reference="B", kind="bor"))}, "kind", "unknown"),
        (
            {
                "bills": tuple(
                    bill(reference=f"B{number}", amount=10**10 - 1)
                    for number in range(101)
                )
            },
            "total",
            "too_big",
        ),
    ],
)
def test_wrong_remittance(values, field, cause):
    wrong = replace(remittance(), **values)
    with pytest.raises(BillDataError) as caught:
        cfonb.build(wrong)
    assert (caught.value.field, caught.value.cause) == (field, cause)


def test_bank_that_takes_bills_past_due():
    late = bill(due_date=datetime.date(2026, 11, 22))
    assert cfonb.build(remittance(late, past_due=True))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data[:-3], "characters"),
        (lambda data: data.replace(b"036000000001", b"046000000001"), "begins"),
        (lambda data: data.replace(b"036000000001", b"030200000001"), "begins"),
        (lambda data: data.replace(b"066000000002", b"066000000009"), "says it is"),
        (lambda data: data.replace(b"0000001234", b"0000001235", 1), "total"),
        (lambda data: data.replace(b"311226", b"321226"), "due_date"),
        (lambda data: data[162:], "says it is"),
        (lambda data: data[:162], "order"),
        (lambda data: data.replace(b"3 E300060000", b"9 E300060000"), "code '9'"),
        (lambda data: data.replace(b"BATI", "BÂTI".encode("latin-1")), "ASCII"),
    ],
)
def test_damaged_file(change, message):
    with pytest.raises(FormatError, match=message):
        read(change(cfonb.build(remittance())))
