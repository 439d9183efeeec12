# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The client of VIES against a SOAP server on this machine."""

import importlib.util
import time
from datetime import date
from pathlib import Path

import pytest
from demat_lib_chorus_edi.vies import (
    ADDRESS,
    CODES,
    TEST_ADDRESS,
    Client,
    VatNumber,
    ViesError,
    check_address,
)
from lxml import etree

_path = Path(__file__).parents[1] / "vies_server.py"
_spec = importlib.util.spec_from_file_location("vies_server", _path)
vies_server = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(vies_server)

US = VatNumber("FR", "23334175221")
FAULTS = {
    number: code for number, code in vies_server.TEST_NUMBERS.items() if code.isupper()
}


@pytest.fixture(scope="module")
def server():
    with vies_server.running() as running:
        yield running


def ask(server, number, *, timeout=5.0):
    client = Client(server.address, timeout=timeout)
    return client.check(VatNumber("BE", number), US)


def test_a_valid_number_has_a_consultation_number(server):
    server.questions.clear()
    answer = ask(server, "100")
    assert answer.valid
    assert answer.consultation == "WAPIAAAAX100"
    assert answer.date == date(2026, 11, 26)
    assert answer.name == "ACME & ZONEN NV"
    assert answer.address == "Rue de la Loi 1 1000 Bruxelles"
    assert server.questions == [
        {
            "countryCode": "BE",
            "vatNumber": "100",
            "requesterCountryCode": "FR",
            "requesterVatNumber": "23334175221",
        }
    ]


def test_the_answer_is_kept_to_the_byte(server):
    answer = ask(server, "100")
    found = etree.fromstring(answer.content).find(f".//{{{vies_server.TYPES}}}valid")
    assert found.text == "true"
    assert b"<ns2:requestIdentifier>WAPIAAAAX100<" in answer.content


def test_an_invalid_number_is_an_answer(server):
    answer = ask(server, "200")
    assert not answer.valid
    assert (answer.name, answer.address, answer.consultation) == ("", "", "")


@pytest.mark.parametrize(("number", "code"), sorted(FAULTS.items()))
def test_every_fault_of_the_service(server, number, code):
    with pytest.raises(ViesError) as caught:
        ask(server, number)
    assert caught.value.code == code
    assert caught.value.reaction == CODES[code]


def test_reactions():
    """Who can do something: the customer's number, ours, the operator, or time."""
    assert CODES["INVALID_INPUT"] == "number"
    assert CODES["INVALID_REQUESTER_INFO"] == "requester"
    assert CODES["IP_BLOCKED"] == CODES["VAT_BLOCKED"] == "blocked"
    assert ViesError("A_CODE_OF_TOMORROW").reaction == "retry"


@pytest.mark.parametrize(
    ("trick", "code"),
    [
        ("drop", "NO_CONNECTION"),
        ("page", "NO_CONNECTION"),
        ("redirect", "NO_CONNECTION"),
        ("slow", "NO_ANSWER"),
        ("drip", "NO_ANSWER"),
        ("words", "BAD_ANSWER"),
        ("other", "BAD_ANSWER"),
        ("unsure", "BAD_ANSWER"),
        ("endless", "BAD_ANSWER"),
        ("entity", "BAD_ANSWER"),
    ],
)
def test_a_server_that_is_broken_or_lies(server, trick, code):
    """None of them is taken for an answer, none lasts, none leads elsewhere."""
    server.outcomes["999000"] = trick
    server.questions.clear()
    # only what has no end is waited for: a busy machine must not look like it
    timeout = 1.0 if code == "NO_ANSWER" else 10.0
    start = time.monotonic()
    with pytest.raises(ViesError) as caught:
        ask(server, "999000", timeout=timeout)
    assert caught.value.code == code
    assert caught.value.reaction == "retry"
    assert time.monotonic() - start < timeout + 1.5
    assert [list(question) for question in server.questions] == [
        ["countryCode", "vatNumber", "requesterCountryCode", "requesterVatNumber"]
    ]


def test_a_fault_of_tomorrow_is_kept(server):
    server.outcomes["999001"] = "A_CODE_OF_TOMORROW"
    with pytest.raises(ViesError, match="A_CODE_OF_TOMORROW") as caught:
        ask(server, "999001")
    assert (caught.value.code, caught.value.reaction) == ("UNKNOWN_FAULT", "retry")


def test_nobody_there():
    with vies_server.running() as gone:
        address = gone.address
    with pytest.raises(ViesError) as caught:
        Client(address).check(VatNumber("BE", "100"), US)
    assert caught.value.code == "NO_CONNECTION"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("BE0477472701", VatNumber("BE", "0477472701")),
        (" be 0477.472.701 ", VatNumber("BE", "0477472701")),
        ("GR123456783", VatNumber("EL", "123456783")),
        ("EL123456783", VatNumber("EL", "123456783")),
        ("XI123456782", VatNumber("XI", "123456782")),
        ("GB123456782", None),
        ("CHE-123.456.788 TVA", None),
        ("FR", None),
        ("/", None),
        ("", None),
        (None, None),
        ("BE١٢٣٤٥٦٧٨٩٠", None),
    ],
)
def test_numbers_as_people_write_them(text, number):
    assert VatNumber.parse(text) == number


@pytest.mark.parametrize(
    "address",
    [
        "http://ec.europa.eu/checkVatService",
        "http://127.0.0.1.example.org/",
        "http://localhost@example.org/",
        "https://user:secret@ec.europa.eu/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "https://",
        "https://host:port/",
        "",
    ],
)
def test_addresses_that_are_not_asked(address):
    with pytest.raises(ValueError):
        Client(address)


@pytest.mark.parametrize(
    "address", [ADDRESS, TEST_ADDRESS, "http://127.0.0.1:8/x", "http://localhost/"]
)
def test_addresses_that_are_asked(address):
    assert check_address(address) == address
