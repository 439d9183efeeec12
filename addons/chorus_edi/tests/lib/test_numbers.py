# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""SIRETs, invoice numbers, names of flows and files."""

import pytest
from demat_lib_chorus_edi import numbers


@pytest.mark.parametrize(
    "value, problem",
    [
        ("73282932000074", ""),
        ("73282932000075", "checksum"),
        ("35600000000048", ""),  # La Poste, its seat: Luhn
        ("35600000049837", ""),  # an establishment: the sum is a multiple of 5
        ("35600000049838", "checksum"),
        ("", "empty"),
        (None, "empty"),
        ("732 829 320 00074", "characters"),
        ("7328293200007A", "characters"),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "characters"),
        ("732829320", "length"),
        ("732829320000740", "length"),
    ],
)
def test_siret(value, problem):
    assert numbers.siret_problem(value) == problem


@pytest.mark.parametrize(
    "value", ["12345678200051", "12345678200036", "26073617692140"]
)
def test_the_sirets_of_the_qualification(value):
    assert numbers.siret_problem(value, luhn=False) == ""


def test_without_luhn_the_form_still_counts():
    assert numbers.siret_problem("1234", luhn=False) == "length"


@pytest.mark.parametrize(
    "value, problem",
    [
        ("FAC/2026/00001", ""),
        ("A-B_C+D 1", ""),
        ("x" * 20, ""),
        ("x" * 21, "length"),
        ("", "empty"),
        (" F1", "characters"),
        ("F1 ", "characters"),
        ("F  1", "characters"),
        ("Févr/1", "characters"),
        ("F#1", "characters"),
        ("F1\n", "characters"),
    ],
)
def test_number(value, problem):
    assert numbers.number_problem(value) == problem


def test_flow_names():
    flow = numbers.flow_id("ABC123", "FSO1117A", 42)
    assert flow == "ABC1231117000000000000042"
    assert len(flow) == 25
    name = numbers.flow_name("FSO1117A", "ABC123", 42)
    assert name == "FSO1117A_ABC123_ABC1231117000000000000042.tar.gz"
    parts = numbers.split_flow_name(name)
    assert (parts.interface, parts.application) == ("FSO1117A", "ABC123")
    assert (parts.flow, parts.extension) == (flow, "tar.gz")
    assert numbers.split_flow_name(f"CSO1117A_ABC123_{flow}").extension == ""
    assert numbers.return_interface("FSO1117A") == "CSO1117A"


@pytest.mark.parametrize(
    "application, interface, counter",
    [
        ("abc123", "FSO1117A", 1),
        ("ABC12", "FSO1117A", 1),
        ("ABC123", "FSO1117", 1),
        ("ABC123", "../../A", 1),
        ("ABC123", "FSO1117A", 10**15),
        ("ABC123", "FSO1117A", -1),
    ],
)
def test_flow_names_of_wrong_parts(application, interface, counter):
    with pytest.raises(ValueError):
        numbers.flow_name(interface, application, counter)


@pytest.mark.parametrize(
    "name",
    [
        "",
        None,
        "CSO1117A",
        "../CSO1117A_ABC123_ABC1231117000000000000042",
        "CSO1117A_ABC123_ABC1231117000000000000042.xml/../x",
        "CSO1117A_ABC123_ABC12311170000000000000.xml",
    ],
)
def test_what_is_no_flow_name(name):
    assert numbers.split_flow_name(name) is None


@pytest.mark.parametrize(
    "number, name",
    [
        ("FAC/2026/1", "facturx_FAC-2026-1.pdf"),
        ("Été 1", "facturx_Ete-1.pdf"),
        ("../../etc", "facturx_etc.pdf"),
        ("///", "facturx_invoice.pdf"),
        ("x" * 300, "facturx_" + "x" * 80 + ".pdf"),
    ],
)
def test_invoice_file_names(number, name):
    assert numbers.invoice_file_name(number, prefix="facturx_") == name
