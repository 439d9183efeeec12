# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
import io
from dataclasses import replace

import pypdf
import pytest
from demat_lib_demat_invoice.bill_slip import Slip, SlipRow, draw_slip
from demat_lib_demat_invoice.rib import rib_of

RIB = rib_of("FR7630006000011234567890189")


def rows(count):
    return tuple(
        SlipRow(
            number=f"TR26{number:06d}",
            drawee=f"Client {number}",
            siren="552100554",
            rib=rib_of("FR1420041010050500013M02606"),
            due_date=datetime.date(2026, 12, 31),
            amount=10050,
        )
        for number in range(count)
    )


SLIP = Slip(
    number="REM26000001",
    date=datetime.date(2026, 11, 23),
    entry="collection",
    family="lcr",
    company=("Bâti Test SARL", "12 rue des Carriers", "69003 Lyon"),
    bank="BNP Lyon",
    rib=RIB,
    rows=rows(2),
    file_name="LCR_REM26000001.txt",
    sha256="ab" * 32,
)


def text_of(data):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def test_what_the_bank_compares():
    (page,) = text_of(draw_slip(SLIP))
    for words in (
        "Bordereau de remise de lettres de change (LCR)",
        "Remise à l'encaissement",
        "30006 00001 12345678901 89",
        "20041 01005 0500013M026 06",
        "Total : 2 effets",
        "201,00 EUR",
        "Soit deux cent un euros.",
        "ab" * 32,
        "LCR_REM26000001.txt",
    ):
        assert words in page


def test_discount_says_its_value_date():
    (page,) = text_of(
        draw_slip(
            replace(SLIP, entry="discount", value_date=datetime.date(2026, 11, 30))
        )
    )
    assert "Remise à l'escompte" in page
    assert "30/11/2026" in page


def test_promissory_notes_one_bill_and_watermark():
    (page,) = text_of(
        draw_slip(replace(SLIP, family="bor", rows=rows(1), watermark="PROJET"))
    )
    assert "billets à ordre" in page
    assert "Total : 1 effet" in page
    assert "PROJET" in page


@pytest.mark.parametrize(("count", "pages"), [(26, 1), (27, 2), (62, 2), (63, 3)])
def test_every_bill_is_on_some_page_and_the_total_on_the_last(count, pages):
    texts = text_of(draw_slip(replace(SLIP, rows=rows(count))))
    assert len(texts) == pages
    whole = "\n".join(texts)
    assert all(row.number in whole for row in rows(count))
    assert [f"Total : {count} effets" in text for text in texts] == [False] * (
        pages - 1
    ) + [True]


def test_no_bill_no_slip():
    with pytest.raises(ValueError, match="without bills"):
        draw_slip(replace(SLIP, rows=()))
