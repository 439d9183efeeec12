# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The slip that goes with a remittance of bills (bordereau de remise), in French.

Number of bills, total, fingerprint of the file: what the bank compares with the file.
"""

import datetime
import io
from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.pdfgen import canvas

from .bill_text import BOLD, FONT, figures, fit, printable
from .rib import Rib
from .words import euros_in_words

__all__ = ["Slip", "SlipRow", "draw_slip"]

PAGE_WIDTH, PAGE_HEIGHT = 210, 297
ROWS_FIRST_PAGE = 26
ROWS_PAGE = 36
ROW_HEIGHT = 6
#: (title, x of the left or right edge in mm, width, alignment)
COLUMNS = (
    ("N° d'effet", 12, 22, "left"),
    ("Tiré / souscripteur", 35, 48, "left"),
    ("SIREN", 84, 18, "left"),
    ("Domiciliation (RIB)", 103, 48, "left"),
    ("Échéance", 170, 18, "right"),
    ("Montant EUR", 198, 26, "right"),
)
FAMILIES = {"lcr": "lettres de change (LCR)", "bor": "billets à ordre (BOR)"}
ENTRIES = {
    "collection": "Remise à l'encaissement",
    "collection_delay": "Remise à l'encaissement, crédit après délai forfaitaire",
    "discount": "Remise à l'escompte",
    "discount_value": "Remise à l'escompte en valeur",
}


@dataclass(frozen=True)
class SlipRow:
    """One bill: ``amount`` in cents."""

    number: str
    drawee: str
    siren: str
    rib: Rib
    due_date: datetime.date
    amount: int


@dataclass(frozen=True)
class Slip:
    """What the slip says of the whole; ``sha256`` of the file, hexadecimal or empty."""

    number: str
    date: datetime.date
    entry: str
    family: str
    company: tuple[str, ...]
    bank: str
    rib: Rib
    rows: tuple[SlipRow, ...]
    value_date: datetime.date | None = None
    file_name: str = ""
    sha256: str = ""
    watermark: str = ""

    @property
    def total(self):
        return sum(row.amount for row in self.rows)


def draw_slip(slip):
    """Return the slip as PDF.

    :raises ValueError: no bill
    """
    if not slip.rows:
        raise ValueError("a slip without bills")
    buffer = io.BytesIO()
    page = canvas.Canvas(
        buffer, pagesize=(PAGE_WIDTH * mm, PAGE_HEIGHT * mm), invariant=1
    )
    page.setTitle(printable(slip.number))
    pages = _pages(slip.rows)
    for number, rows in enumerate(pages, start=1):
        top = _draw_head(page, slip) if number == 1 else 20
        top = _draw_rows(page, rows, top)
        if number == len(pages):
            _draw_total(page, slip, top)
        _write(page, 198, 290, f"{slip.number} - page {number}/{len(pages)}", "right")
        if slip.watermark:
            _draw_watermark(page, slip.watermark)
        page.showPage()
    page.save()
    return buffer.getvalue()


def _pages(rows):
    pages = [rows[:ROWS_FIRST_PAGE]]
    rest = rows[ROWS_FIRST_PAGE:]
    pages += [
        rest[start : start + ROWS_PAGE] for start in range(0, len(rest), ROWS_PAGE)
    ]
    return pages


def _write(page, x, y, text, align="left", *, size=8, font=FONT, width=190):
    text, size = fit(text, size, font, width * mm)
    page.setFont(font, size)
    write = page.drawRightString if align == "right" else page.drawString
    write(x * mm, (PAGE_HEIGHT - y) * mm, text)


def _line(page, y, *, width=0.2):
    page.setLineWidth(width * mm)
    height = (PAGE_HEIGHT - y) * mm
    page.line(12 * mm, height, 198 * mm, height)


def _draw_head(page, slip):
    """Draw the upper part; return where the table begins, in mm."""
    what = (
        "billets à ordre (BOR)" if slip.family == "bor" else "lettres de change (LCR)"
    )
    _write(page, 12, 18, f"Bordereau de remise de {what}", size=14, font=BOLD)
    for rank, line in enumerate(slip.company[:5]):
        font = BOLD if rank == 0 else FONT
        _write(page, 12, 27 + 4.5 * rank, line, font=font, width=85)
    pairs = [
        ("N° de remise", slip.number),
        ("Date de remise", f"{slip.date:%d/%m/%Y}"),
        ("Nature", ENTRIES[slip.entry]),
        ("Banque", slip.bank),
        ("RIB à créditer", slip.rib.text),
    ]
    if slip.value_date:
        pairs.append(("Date de valeur", f"{slip.value_date:%d/%m/%Y}"))
    if slip.file_name:
        pairs.append(("Fichier", slip.file_name))
    for rank, (label, value) in enumerate(pairs):
        _write(page, 104, 27 + 4.5 * rank, label, width=26)
        _write(page, 132, 27 + 4.5 * rank, value, font=BOLD, width=66)
    return 66


def _draw_rows(page, rows, top):
    for title, x, width, align in COLUMNS:
        _write(page, x, top, title, align, font=BOLD, width=width)
    _line(page, top + 2, width=0.4)
    for rank, row in enumerate(rows):
        y = top + ROW_HEIGHT * (rank + 1)
        values = (
            row.number,
            row.drawee,
            row.siren,
            row.rib.text,
            f"{row.due_date:%d/%m/%Y}",
            figures(row.amount),
        )
        for (_title, x, width, align), value in zip(COLUMNS, values, strict=True):
            _write(page, x, y, value, align, size=7.5, width=width)
        _line(page, y + 1.8, width=0.05)
    return top + ROW_HEIGHT * (len(rows) + 1)


def _draw_total(page, slip, y):
    count = len(slip.rows)
    bills = "1 effet" if count == 1 else f"{count} effets"
    _write(page, 12, y + 3, f"Total : {bills}", font=BOLD, size=9)
    _write(page, 198, y + 3, f"{figures(slip.total)} EUR", "right", font=BOLD, size=9)
    words = euros_in_words(slip.total)
    _write(page, 12, y + 8, f"Soit {words}.", width=186)
    if slip.sha256:
        _write(
            page, 12, y + 13, f"Empreinte SHA-256 du fichier : {slip.sha256}", size=7
        )
    _write(page, 120, y + 20, "Date, cachet et signature du remettant")


def _draw_watermark(page, text):
    page.saveState()
    page.setFillGray(0.55)
    page.setFillAlpha(0.35)
    page.setFont(BOLD, 70)
    page.translate(PAGE_WIDTH / 2 * mm, PAGE_HEIGHT / 2 * mm)
    page.rotate(40)
    page.drawCentredString(0, 0, printable(text))
    page.restoreState()
