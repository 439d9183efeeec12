# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Tables as files for spreadsheets, written row by row: memory does not grow.

A text that a spreadsheet would take for a formula gets an apostrophe in front of it
(OWASP, *CSV injection*); numbers and dates stay numbers and dates.
"""

import csv
import datetime
import io
from decimal import Decimal

import xlsxwriter

__all__ = ["CsvTable", "XlsxTable", "safe"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value):
    """Return the value; a text that begins like a formula with an apostrophe."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


class CsvTable:
    """CSV as a French spreadsheet opens it: UTF-8 with its mark, semicolons.

    :param file: a binary file; stays open
    :param decimal_point: of the numbers, ``,`` or ``.``
    """

    def __init__(self, file, decimal_point=","):
        file.write(b"\xef\xbb\xbf")
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        self._writer = csv.writer(self._text, delimiter=";")
        self._point = decimal_point

    def row(self, values, bold=False):
        """Write a line; ``bold`` is for files that have letters of several kinds."""
        self._writer.writerow([self._cell(value) for value in values])

    def _cell(self, value):
        if not value and value != 0:
            return ""
        if isinstance(value, Decimal):
            return f"{value:f}".replace(".", self._point)
        if isinstance(value, datetime.date):
            return value.isoformat()
        return safe(value)

    def close(self):
        self._text.flush()
        self._text.detach()


class XlsxTable:
    """A workbook of one sheet.

    :param file: a binary file that can be read again; stays open
    :param widths: of the columns, in letters
    """

    def __init__(self, file, title, widths=()):
        self._book = xlsxwriter.Workbook(
            file,
            # a row goes to a temporary file as soon as the next one comes
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_date_format": "dd/mm/yyyy",
            },
        )
        self._sheet = self._book.add_worksheet(title)
        self._bold = self._book.add_format({"bold": True})
        self._number = self._book.add_format({"num_format": "#,##0.00"})
        self._day = self._book.add_format({"num_format": "dd/mm/yyyy"})
        for place, width in enumerate(widths):
            self._sheet.set_column(place, place, width)
        self._at = 0

    def row(self, values, bold=False):
        for place, value in enumerate(values):
            if isinstance(value, Decimal):
                self._sheet.write_number(self._at, place, float(value), self._number)
            elif isinstance(value, datetime.date):
                self._sheet.write_datetime(self._at, place, value, self._day)
            elif isinstance(value, int):
                self._sheet.write_number(self._at, place, value)
            elif value:
                style = self._bold if bold else None
                self._sheet.write_string(self._at, place, safe(value), style)
        self._at += 1

    def close(self):
        self._book.close()
