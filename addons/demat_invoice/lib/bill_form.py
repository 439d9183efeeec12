# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The printed bill of exchange: lettre de change, or billet à ordre.

Mentions without which the paper is no bill (:func:`check_form`):

- lettre de change, Code de commerce, article L511-1: its name in the text, the pure and
  simple order to pay a sum, the drawee, the due date, the place of payment, to whom
  payment is made, date and place of issue, the signature of the drawer;
- billet à ordre, article L512-1: its name in the text, the promise to pay a sum, the
  due date, the place of payment, to whom payment is made, date and place, the signature
  of who subscribes.

The words are French whatever the language of the user: the name of the bill has to be
"in the language of the instrument", and the form is a French one. The signature is
given on paper, by hand.
"""

import datetime
import io
import textwrap
from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.pdfgen import canvas

from .bill_errors import BillDataError
from .bill_layout import (
    BOTTOM_LINE,
    CORNERS,
    FORM_HEIGHT,
    FORM_WIDTH,
    HANGING_FRAMES,
    LABELS,
    OPEN_FRAMES,
    ZONES,
)
from .bill_text import BOLD, FONT, figures, fit, printable, wrap
from .cfonb import ACCEPTANCE_CODES, check_amount, check_dates
from .rib import Rib
from .words import euros_in_words

__all__ = ["BillForm", "Party", "check_form", "draw_bills"]

PAGE_WIDTH, PAGE_HEIGHT = 210, 297
PER_PAGE = 3

ORDER = {
    "lcr": (
        "Contre cette LETTRE DE CHANGE",
        "stipulée SANS FRAIS,",
        "veuillez payer la somme",
        "indiquée ci-dessous",
        "à l'ordre de :",
    ),
    "bor": (
        "Contre le présent BILLET À ORDRE",
        "stipulé SANS FRAIS,",
        "nous paierons la somme",
        "indiquée ci-dessous",
        "à l'ordre de :",
    ),
}
MENTION = {"lcr": "L.C.R.", "bor": "B.O.R."}
WORDS = {
    "place": "À",
    "on": "LE",
    "currency": "CODE MONNAIE ISO",
    "amount_control": "MONTANT POUR CONTRÔLE",
    "issue_date": "DATE DE CRÉATION",
    "due_date": "ÉCHÉANCE",
    "amount": "MONTANT",
    "bank": "code établ.",
    "branch": "code guichet",
    "account": "n° de compte",
    "key": "clé RIB",
    "domiciliation": "DOMICILIATION",
    "nothing_below": "ne rien inscrire au-dessous de cette ligne",
}
WORDS_OF_FAMILY = {
    "lcr": {
        "only": "L.C.R. seulement",
        "drawee_reference": "RÉF. TIRÉ",
        "rib": "R.I.B. du TIRÉ",
        "drawee": "NOM et ADRESSE du TIRÉ",
        "signature": "Droit de timbre et signature du tireur",
        "siren": "N° SIREN du TIRÉ",
    },
    "bor": {
        "only": "B.O.R. seulement",
        "drawee_reference": "RÉF. SOUSCRIPTEUR",
        "rib": "R.I.B. du SOUSCRIPTEUR",
        "drawee": "NOM et ADRESSE du SOUSCRIPTEUR",
        "signature": "Droit de timbre et signature du souscripteur",
        "siren": "SIREN du SOUSCR.",
    },
}
ACCEPTANCE = {
    "lcr_accepted": "ACCEPTATION OU AVAL",
    "lcr_not_accepted": "AVAL",
    "bor": "BON POUR AVAL",
}


@dataclass(frozen=True)
class Party:
    """Name and address of one side, as printed."""

    name: str
    address: tuple[str, ...] = ()
    siren: str = ""


@dataclass(frozen=True)
class BillForm:
    """What is printed on one bill.

    - ``kind``: a key of ``cfonb.ACCEPTANCE_CODES``;
    - ``amount``: cents of euros;
    - ``drawer``: who is paid; ``drawee``: who pays (of a billet à ordre: who
      subscribes);
    - ``place``: where the bill is issued;
    - ``domiciliation``: bank of the drawee, the place of payment; where it is not
      known, payment is due at the drawee's address (article L511-1, III);
    - ``watermark``: ``SPÉCIMEN`` on what has not been issued.
    """

    kind: str
    number: str
    amount: int
    issue_date: datetime.date
    due_date: datetime.date
    place: str
    drawer: Party
    drawee: Party
    rib: Rib | None = None
    domiciliation: str = ""
    drawee_reference: str = ""
    invoice: str = ""
    watermark: str = ""

    @property
    def family(self):
        return "bor" if self.kind == "bor" else "lcr"


def check_form(form, *, today=None):
    """:raises BillDataError: a mandatory mention is missing or wrong"""
    if form.kind not in ACCEPTANCE_CODES:
        raise BillDataError("kind", "unknown", form.kind, form.number)
    mentions = {
        "number": form.number,
        "drawer_name": form.drawer.name,
        "drawee_name": form.drawee.name,
        "drawee_address": form.domiciliation or form.drawee.address,
        "place": form.place,
    }
    for field, value in mentions.items():
        text = " ".join(value) if isinstance(value, tuple) else value
        if not (text or "").strip():
            raise BillDataError(field, "missing", "", form.number)
    try:
        check_amount(form.amount)
        check_dates(form.issue_date, form.due_date, today=today)
    except BillDataError as error:
        error.reference = form.number
        raise


def draw_bills(forms, *, per_page=PER_PAGE):
    """Return a PDF with the bills in their order, up to three on an A4 page.

    :param forms: :class:`BillForm` objects, at least one
    :param per_page: 1 to 3; the bills stand at the foot of the page
    :raises ValueError: no form, or too many for a page
    """
    if not forms or not 1 <= per_page <= PER_PAGE:
        raise ValueError(f"{len(forms)} forms, {per_page} per page")
    buffer = io.BytesIO()
    page = canvas.Canvas(
        buffer, pagesize=(PAGE_WIDTH * mm, PAGE_HEIGHT * mm), invariant=1
    )
    page.setTitle(" ".join(printable(form.number) for form in forms)[:200])
    for start in range(0, len(forms), per_page):
        for rank, form in enumerate(forms[start : start + per_page]):
            top = PAGE_HEIGHT - FORM_HEIGHT * (per_page - rank)
            _Drawing(page, top, form).draw()
        page.showPage()
    page.save()
    return buffer.getvalue()


class _Drawing:
    """One bill on a page; ``top``: its upper edge, in mm from that of the page."""

    def __init__(self, page, top, form):
        self.page = page
        self.top = top
        self.form = form

    def draw(self):
        self.page.saveState()
        self._draw_frames()
        self._draw_words()
        self._draw_values()
        if self.form.watermark:
            self._draw_watermark()
        self.page.restoreState()

    # -- places -------------------------------------------------------------------

    def _point(self, x, y):
        return x * mm, (PAGE_HEIGHT - self.top - y) * mm

    def _line(self, x1, y1, x2, y2):
        self.page.line(*self._point(x1, y1), *self._point(x2, y2))

    def _text(self, x, y, text, *, size=6.5, font=FONT, align="left", width=None):
        """Write one line; ``y`` is its baseline; made smaller where it is too long."""
        text, size = fit(text, size, font, (width or FORM_WIDTH) * mm)
        self.page.setFont(font, size)
        write = {
            "left": self.page.drawString,
            "center": self.page.drawCentredString,
            "right": self.page.drawRightString,
        }[align]
        write(*self._point(x, y), text)

    def _centered(self, zone, text, **options):
        x, y, width, height = ZONES[zone]
        options.setdefault("size", 9)
        options.setdefault("font", BOLD)
        self._text(
            x + width / 2,
            y + height - (3 if height > 6 else 1.4),
            text,
            align="center",
            width=width - 1,
            **options,
        )

    def _block(self, zone, lines, *, size=8, first=FONT):
        """Write lines from the upper edge of a zone; the last ones make room."""
        x, y, width, height = ZONES[zone]
        if zone in CORNERS:
            x, y, width, height = x + 0.8, y + 1, width - 0.8, height - 1
        lines = [line for line in lines if line]
        step = min(size * 0.42, height / max(len(lines), 1))
        size = min(size, step / 0.42 + 0.5)
        # one size for the whole block: an address in two sizes reads badly
        size = min(
            [size, *(fit(line, size, first, (width - 2) * mm)[1] for line in lines)]
        )
        for rank, line in enumerate(lines):
            self._text(
                x + 1,
                y + step * (rank + 1) - 0.3,
                line,
                size=size,
                font=first if rank == 0 else FONT,
                width=width - 2,
            )

    # -- the form -----------------------------------------------------------------

    def _draw_frames(self):
        self.page.setLineWidth(0.1 * mm)
        if self.top > 1:
            self.page.setDash(1, 2)
            self._line(0, 0, FORM_WIDTH, 0)
            self.page.setDash()
        for zone in OPEN_FRAMES:
            x, y, width, height = ZONES[zone]
            self._line(x, y, x, y + height)
            self._line(x, y + height, x + width, y + height)
            self._line(x + width, y, x + width, y + height)
        for zone in HANGING_FRAMES:
            x, y, width, height = ZONES[zone]
            self._line(x, y, x, y + height)
            self._line(x, y, x + width, y)
            self._line(x + width, y, x + width, y + height)
        for zone in CORNERS:
            self._draw_corners(*ZONES[zone])
        self._line(102, 31, 170, 31)
        self._line(110.5, 4, 110.5, 19)
        x, y, _width, height = ZONES["mention"]
        self._line(x, y, x, y + height)
        self._line(x, y + height, FORM_WIDTH, y + height)
        self._line(0, BOTTOM_LINE, FORM_WIDTH, BOTTOM_LINE)

    def _draw_corners(self, x, y, width, height, length=3):
        for corner_x, way_x in ((x, 1), (x + width, -1)):
            for corner_y, way_y in ((y, 1), (y + height, -1)):
                self._line(corner_x, corner_y, corner_x + way_x * length, corner_y)
                self._line(
                    corner_x,
                    corner_y,
                    corner_x,
                    corner_y + way_y * min(length, height / 3),
                )

    def _draw_words(self):
        family = self.form.family
        words = {
            **WORDS,
            **WORDS_OF_FAMILY[family],
            "acceptance": ACCEPTANCE[self.form.kind],
        }
        # captions that stand on a line of the frame
        self.page.saveState()
        self.page.setFillGray(1)
        for name, width in (("only", 24), ("rib", 34), ("domiciliation", 24)):
            x, y, _align = LABELS[name]
            left, bottom = self._point(x - width / 2, y + 0.8)
            self.page.rect(left, bottom, width * mm, 2.8 * mm, stroke=0, fill=1)
        self.page.restoreState()
        for name, (x, y, align) in LABELS.items():
            if name == "drawee":
                for rank, line in enumerate(textwrap.wrap(words[name], 15)):
                    self._text(x, y + 2.6 * rank, line, size=6, align=align)
            else:
                self._text(x, y, words[name], size=6, align=align)
        x, y, width, _height = ZONES["order"]
        for rank, line in enumerate(ORDER[family]):
            self._text(
                x + width / 2,
                y + 2.5 + 2.8 * rank,
                line,
                size=7,
                align="center",
                width=width,
            )

    def _draw_values(self):
        form = self.form
        amount = figures(form.amount)
        self._block("drawer", [form.drawer.name, *form.drawer.address], first=BOLD)
        if form.drawer.siren:
            self._text(11, 21.5, f"SIREN {form.drawer.siren}", size=6)
        self._block("beneficiary", [form.drawer.name, *form.drawer.address], first=BOLD)
        self._centered("mention", MENTION[form.family], size=8)
        x, y, width, _height = ZONES["place"]
        self._text(x, y + 2.5, form.place, size=7.5, width=width)
        issued = f"{form.issue_date:%d/%m/%Y}"
        self._text(49, y + 2.5, issued, size=7.5)
        self._centered("currency", "EUR", size=8)
        self._centered("amount_control", f"**{amount}**")
        self._centered("issue_date", issued)
        self._centered("due_date", f"{form.due_date:%d/%m/%Y}")
        self._centered("drawee_reference", form.drawee_reference, size=8)
        self._centered("type", ACCEPTANCE_CODES[form.kind], size=8)
        self._centered("number", form.number, size=7.5)
        self._centered("amount", f"**{amount}**")
        self._draw_amount_in_words()
        self._draw_bank()
        self._block("drawee", [form.drawee.name, *form.drawee.address], size=9)
        self._centered("siren", form.drawee.siren, size=8, font=FONT)

    def _draw_amount_in_words(self):
        x, y, width, _height = ZONES["words"]
        words = euros_in_words(self.form.amount)
        lines = wrap(words[0].upper() + words[1:], 7, BOLD, (width - 3) * mm)
        for rank, line in enumerate(lines[:2]):
            self._text(
                x + 1.5, y + 2.9 + 3 * rank, line, size=7, font=BOLD, width=width - 3
            )
        x, y, width, _height = ZONES["invoice"]
        if self.form.invoice:
            self._text(
                x + 1.5,
                y + 4.3,
                f"Facture {self.form.invoice}",
                size=7,
                width=width - 3,
            )

    def _draw_bank(self):
        form = self.form
        if form.rib:
            for zone in ("bank", "branch", "account", "key"):
                self._centered(zone, getattr(form.rib, zone), size=10, font=FONT)
        x, y, width, _height = ZONES["domiciliation"]
        for rank, line in enumerate(
            wrap(form.domiciliation, 8, FONT, (width - 2) * mm)[:3]
        ):
            self._text(x + 1, y + 4 + 3.4 * rank, line, size=8, width=width - 2)

    def _draw_watermark(self):
        self.page.setFillGray(0.55)
        self.page.setFillAlpha(0.35)
        self.page.setFont(BOLD, 54)
        self.page.translate(*self._point(FORM_WIDTH / 2, FORM_HEIGHT / 2 + 10))
        self.page.rotate(16)
        self.page.drawCentredString(0, 0, printable(self.form.watermark))
