# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import csv
import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from demat_lib_demat_portal.table_file import CsvTable, XlsxTable, safe

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]
ROW = ["=cmd", "plain", None, datetime.date(2026, 11, 2), Decimal("-1234.50"), 7]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas(text):
    assert safe(text) == "'" + text


@pytest.mark.parametrize("value", ["a=b", "", None, -3, Decimal("-1")])
def test_other_values_stay(value):
    assert safe(value) == value


@pytest.mark.parametrize(("point", "number"), [(",", "-1234,50"), (".", "-1234.50")])
def test_csv(point, number):
    file = io.BytesIO()
    table = CsvTable(file, point)
    table.row(ROW)
    table.close()
    assert not file.closed
    [row] = csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig")), delimiter=";")
    assert row == ["'=cmd", "plain", "", "2026-11-02", number, "7"]


def test_xlsx():
    file = io.BytesIO()
    table = XlsxTable(file, "Sheet", [10])
    table.row(["=heading"], bold=True)
    table.row(ROW)
    table.close()
    sheet = openpyxl.load_workbook(file).active
    cells = list(sheet.iter_rows())[1]
    assert [cell.value for cell in cells] == [
        "'=cmd",
        "plain",
        None,
        datetime.datetime(2026, 11, 2),
        -1234.5,
        7,
    ]
    assert not [
        cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ]
    assert sheet["A1"].value == "'=heading"
