# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The printed bill: every mention, each in its zone, measured in the PDF."""

import datetime
import io
from dataclasses import replace

import pypdf
import pytest
from demat_lib_demat_invoice import bill_form
from demat_lib_demat_invoice.bill_errors import BillDataError
from demat_lib_demat_invoice.bill_layout import (
    FORM_HEIGHT,
    FORM_WIDTH,
    LABELS,
    ZONES,
)
from demat_lib_demat_invoice.rib import rib_of
from demat_lib_demat_invoice.words import euros_in_words

MM = 72 / 25.4
TOLERANCE = 2

#: The zones of the reference, copied here once more so that a change of the layout is
#: noticed: (x, y, width, height) in mm; see ``bill_layout`` for where they come from.
REFERENCE = {
    "amount_control": (4, 31, 35, 10),
    "issue_date": (42, 31, 26, 10),
    "due_date": (72, 31, 26, 10),
    "drawee_reference": (102, 31, 29, 10),
    "type": (138, 31, 6, 10),
    "number": (154, 31, 16, 10),
    "amount": (173, 31, 33, 10),
    "bank": (4, 53, 14, 10),
    "branch": (18, 53, 14, 10),
    "account": (32, 53, 32, 10),
    "key": (64, 53, 10, 10),
    "drawee": (77, 53, 65, 30),
    "domiciliation": (144, 53, 62, 13),
    "siren": (31, 81, 30, 5),
    "currency": (176, 22, 25, 5),
    "place": (8, 24, 40, 10),
    "order": (70, 4, 40, 15),
}

FORM = bill_form.BillForm(
    kind="lcr_accepted",
    number="TR26000001",
    amount=123456,
    issue_date=datetime.date(2026, 11, 2),
    due_date=datetime.date(2026, 12, 31),
    place="Villeurbanne",
    drawer=bill_form.Party(
        "Bâti Test SARL", ("12 rue des Carriers", "69003 Lyon"), "334175221"
    ),
    drawee=bill_form.Party(
        "Électricité du Grésivaudan",
        ("1 place du Marché", "38000 Grenoble"),
        "552100554",
    ),
    rib=rib_of("FR1420041010050500013M02606"),
    domiciliation="La Banque Postale",
    drawee_reference="CDE 12",
    invoice="FAC/2026/00012",
)


def texts_of(data, page=0):
    """Return ``[(text, x, y)]`` of a page: mm from its upper left corner, baselines."""
    found = []

    def visit(text, _ctm, matrix, _font, _size):
        if text.strip():
            found.append((text.strip(), matrix[4] / MM, 297 - matrix[5] / MM))

    pypdf.PdfReader(io.BytesIO(data)).pages[page].extract_text(visitor_text=visit)
    return found


def lines_of(data, page=0):
    """Return ``{(x1, y1, x2, y2)}`` of a page in mm, rounded."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    content = pypdf.generic.ContentStream(
        reader.pages[page]["/Contents"].get_object(), reader
    )
    lines, start = set(), None
    for operands, operator in content.operations:
        if operator == b"m":
            start = [float(value) / MM for value in operands]
        elif operator == b"l":
            end = [float(value) / MM for value in operands]
            lines.add(
                (
                    round(start[0]),
                    round(297 - start[1]),
                    round(end[0]),
                    round(297 - end[1]),
                )
            )
    return lines


def place_of(data, text, *, top, page=0):
    """Return ``(x, y)`` of a text in the form whose upper edge is at ``top``."""
    for found, x, y in texts_of(data, page):
        if found == text and top <= y < top + FORM_HEIGHT:
            return x, y - top
    raise AssertionError(f"{text} is not in the form")


def test_layout_is_the_reference():
    for zone, (x, y, _width, _height) in REFERENCE.items():
        assert ZONES[zone][0] == pytest.approx(x, abs=TOLERANCE), zone
        assert ZONES[zone][1] == pytest.approx(y, abs=TOLERANCE), zone


def test_zones_are_on_the_form():
    for zone, (x, y, width, height) in ZONES.items():
        assert x >= 0, zone
        assert x + width <= FORM_WIDTH, zone
        assert y + height <= 91, zone


@pytest.mark.parametrize("rank", [0, 1, 2])
@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("amount_control", "**1 234,56**"),
        ("issue_date", "02/11/2026"),
        ("due_date", "31/12/2026"),
        ("drawee_reference", "CDE 12"),
        ("type", "1"),
        ("number", "TR26000001"),
        ("bank", "20041"),
        ("branch", "01005"),
        ("account", "0500013M026"),
        ("key", "06"),
        ("drawee", "Électricité du Grésivaudan"),
        ("domiciliation", "La Banque Postale"),
        ("siren", "552100554"),
        ("currency", "EUR"),
        ("place", "Villeurbanne"),
        ("order", "Contre cette LETTRE DE CHANGE"),
        ("beneficiary", "12 rue des Carriers"),
        ("words", "Mille deux cent trente-quatre euros et cinquante-six centimes"),
        ("invoice", "Facture FAC/2026/00012"),
    ],
)
def test_each_mention_stands_in_its_zone(rank, zone, text):
    """The baseline begins inside of the zone, 2 mm more or less, whatever the place
    of the bill on the page."""
    data = bill_form.draw_bills([FORM, FORM, FORM])
    top = FORM_HEIGHT * rank
    zone_x, zone_y, width, height = ZONES[zone]
    inside = [
        (x, y - top)
        for found, x, y in texts_of(data)
        if found == text
        and zone_x - TOLERANCE <= x <= zone_x + width
        and zone_y - TOLERANCE <= y - top <= zone_y + height + TOLERANCE
    ]
    assert inside, (zone, text)


def test_amount_stands_twice_in_figures():
    texts = [
        (x, y)
        for found, x, y in texts_of(bill_form.draw_bills([FORM]))
        if "**" in found
    ]
    assert len(texts) == 2
    assert texts[0][1] == pytest.approx(texts[1][1])
    assert max(x for x, _y in texts) == pytest.approx(ZONES["amount"][0], abs=10)


@pytest.mark.parametrize("zone", ["amount_control", "amount", "due_date", "siren"])
def test_frames_are_drawn_where_the_layout_says(zone):
    x, y, width, height = ZONES[zone]
    # the third bill of a page begins at 198 mm
    bottom = 198 + y + height
    lines = lines_of(bill_form.draw_bills([FORM, FORM, FORM]))
    assert any(
        line[0] == pytest.approx(x, abs=TOLERANCE)
        and line[2] == pytest.approx(x + width, abs=TOLERANCE)
        and line[1] == line[3] == pytest.approx(bottom, abs=TOLERANCE)
        for line in lines
    )


def test_mentions_of_a_promissory_note():
    data = bill_form.draw_bills([replace(FORM, kind="bor")])
    text = " ".join(found for found, _x, _y in texts_of(data))
    for words in (
        "BILLET À ORDRE",
        "nous paierons la somme",
        "SOUSCRIPTEUR",
        "B.O.R.",
        "signature du souscripteur",
    ):
        assert words in text
    assert "LETTRE DE CHANGE" not in text


@pytest.mark.parametrize(
    ("kind", "words"),
    [("lcr_accepted", "ACCEPTATION OU AVAL"), ("lcr_not_accepted", "AVAL")],
)
def test_stamp_of_acceptance(kind, words):
    data = bill_form.draw_bills([replace(FORM, kind=kind)])
    # one bill alone stands at the top of a page of three
    _x, y = place_of(data, words, top=0)
    assert y == pytest.approx(LABELS["acceptance"][1], abs=TOLERANCE)


def test_three_bills_a_page():
    data = bill_form.draw_bills([FORM] * 7)
    assert len(pypdf.PdfReader(io.BytesIO(data)).pages) == 3


def test_one_bill_at_the_foot_of_a_page():
    data = bill_form.draw_bills([FORM, FORM], per_page=1)
    assert len(pypdf.PdfReader(io.BytesIO(data)).pages) == 2
    assert place_of(data, "TR26000001", top=198, page=1)


def test_page_is_a4():
    page = pypdf.PdfReader(io.BytesIO(bill_form.draw_bills([FORM]))).pages[0]
    assert float(page.mediabox.width) == pytest.approx(210 * MM, abs=0.1)
    assert float(page.mediabox.height) == pytest.approx(297 * MM, abs=0.1)


def test_fonts_are_embedded():
    page = pypdf.PdfReader(io.BytesIO(bill_form.draw_bills([FORM]))).pages[0]
    for font in page["/Resources"]["/Font"].values():
        font = font.get_object()
        if "Vera" in font["/BaseFont"]:
            assert "/FontFile2" in font["/FontDescriptor"]


def test_same_data_same_bytes():
    assert bill_form.draw_bills([FORM]) == bill_form.draw_bills([FORM])


def test_watermark():
    marked = bill_form.draw_bills([replace(FORM, watermark="SPÉCIMEN")])
    assert "SPÉCIMEN" in [found for found, _x, _y in texts_of(marked)]
    plain = bill_form.draw_bills([FORM])
    assert "SPÉCIMEN" not in [found for found, _x, _y in texts_of(plain)]


def test_long_and_foreign_names_stay_in_their_zone():
    name = "Łódzkie 株式会社 " + "Très Longue Dénomination Sociale " * 6
    drawee = bill_form.Party(name, tuple(f"Ligne {number}" for number in range(8)))
    data = bill_form.draw_bills([replace(FORM, drawee=drawee)])
    texts = [found for found, _x, _y in texts_of(data)]
    shown = next(found for found in texts if found.startswith("Łódzkie ?"))
    assert shown.endswith("…")
    x, y, _width, height = ZONES["drawee"]
    for number in range(8):
        place = place_of(data, f"Ligne {number}", top=0)
        assert place[0] == pytest.approx(x, abs=TOLERANCE)
        assert y < place[1] <= y + height


@pytest.mark.parametrize(
    "amount", [1, 100, 8000, 99_999_999_99, 77_777_777_77, 97_979_797_97]
)
def test_any_amount_in_words_is_complete(amount):
    data = bill_form.draw_bills([replace(FORM, amount=amount)])
    x, y, _width, height = ZONES["words"]
    words = " ".join(
        found
        for found, _x, place in texts_of(data)
        if y < place < y + height and found[0] != "F"
    )
    assert words.lower() == euros_in_words(amount)


def test_account_may_be_missing():
    """Of a billet à ordre: the customer fills it in."""
    data = bill_form.draw_bills([replace(FORM, kind="bor", rib=None, domiciliation="")])
    texts = [found for found, _x, _y in texts_of(data)]
    assert "20041" not in texts
    bill_form.check_form(replace(FORM, kind="bor", rib=None, domiciliation=""))


@pytest.mark.parametrize(
    ("values", "field", "cause"),
    [
        ({"kind": "cheque"}, "kind", "unknown"),
        ({"number": ""}, "number", "missing"),
        ({"drawer": bill_form.Party("")}, "drawer_name", "missing"),
        ({"drawee": bill_form.Party(" ")}, "drawee_name", "missing"),
        (
            {"drawee": bill_form.Party("A"), "domiciliation": ""},
            "drawee_address",
            "missing",
        ),
        ({"place": ""}, "place", "missing"),
        ({"amount": 0}, "amount", "not_positive"),
        ({"due_date": None}, "due_date", "missing"),
        ({"due_date": datetime.date(2026, 1, 1)}, "due_date", "due_before_issue"),
    ],
)
def test_what_is_no_bill(values, field, cause):
    with pytest.raises(BillDataError) as caught:
        bill_form.check_form(replace(FORM, **values))
    assert (caught.value.field, caught.value.cause) == (field, cause)


def test_past_due_only_where_asked():
    bill_form.check_form(FORM)
    with pytest.raises(BillDataError):
        bill_form.check_form(FORM, today=datetime.date(2027, 1, 1))


@pytest.mark.parametrize(("forms", "per_page"), [([], 3), ([FORM], 4), ([FORM], 0)])
def test_wrong_calls(forms, per_page):
    with pytest.raises(ValueError, match="per page"):
        bill_form.draw_bills(forms, per_page=per_page)
