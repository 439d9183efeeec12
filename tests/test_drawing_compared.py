# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The fast drawing against the host's: pixel by pixel, and text by text; what it draws
is PDF/A-3 at every level of seal."""

import base64
import io
import subprocess

import pypdf
import pytest
from PIL import Image, ImageChops

from tests.support.pki import load

CASES = (
    *("standard", "boxed", "striped", "bold", "bubble", "wave", "folder"),
    *("css", "second", "refund"),
)
LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
#: Dots per inch of the comparison.
RESOLUTION = 80


@pytest.fixture(scope="module")
def drawn(make_server, demat_template):
    """{case: {"host": [bytes of a PDF, …], "fast": […]}}"""
    answer = make_server(demat_template).call("tests/support/drawings.py:draw")
    return {
        case: {
            way: [base64.b64decode(pdf) for pdf in pdfs] for way, pdfs in ways.items()
        }
        for case, ways in answer.items()
    }


def texts(pdf):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def pictures(pdf):
    """The pages of a PDF as pictures."""
    command = ["pdftoppm", "-r", str(RESOLUTION), "-"]
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    stream, found = io.BytesIO(done.stdout), []
    while stream.tell() < len(done.stdout):
        # a picture of this format says how long it is
        start = stream.tell()
        _kind, size, _depth = (stream.readline() for _line in range(3))
        width, height = map(int, size.split())
        stream.seek(width * height * 3, io.SEEK_CUR)
        found.append(Image.open(io.BytesIO(done.stdout[start : stream.tell()])))
    return found


@pytest.mark.parametrize("case", CASES)
def test_same_text(drawn, case):
    for host, fast in zip(drawn[case]["host"], drawn[case]["fast"], strict=True):
        assert texts(fast) == texts(host)


@pytest.mark.parametrize("case", CASES)
def test_same_pixels(drawn, case):
    for host, fast in zip(drawn[case]["host"], drawn[case]["fast"], strict=True):
        pages = list(zip(pictures(host), pictures(fast), strict=True))
        assert pages
        for number, (one, other) in enumerate(pages, 1):
            assert one.size == other.size
            assert one.getbbox(), "a page that is not black as a whole"
            difference = ImageChops.difference(one, other).getbbox()
            assert not difference, f"{case}, page {number}: differs in {difference}"


def test_several_pages_with_their_numbers(drawn):
    """The comparison would be worth little without them."""
    pages = texts(drawn["standard"]["fast"][1])
    assert len(pages) > 2
    for number, text in enumerate(pages, 1):
        assert f"{number} / {len(pages)}" in " ".join(text.split())


def test_each_company_its_own_layout(drawn):
    [second] = texts(drawn["second"]["fast"][0])
    assert "Seconde Maison, RCS Lyon" in second
    assert "Seconde Maison" not in "".join(texts(drawn["wave"]["fast"][0]))


def test_the_customised_template_is_drawn(drawn):
    assert "Offre de la maison" in texts(drawn["css"]["fast"][0])[0]


def test_a_credit_note_says_so(drawn):
    [pdf] = drawn["refund"]["fast"]
    assert "Avoir" in " ".join(texts(pdf))


@pytest.mark.conformance
@pytest.mark.parametrize("level", LEVELS)
def test_pdf_a_before_and_after_the_seal(drawn, verapdf, online_pki, level):
    """Invoices of every layout and credit notes, as Odoo draws them."""
    from demat_lib_ged_archive import facturx
    from demat_lib_ged_archive.seal import Sealer, SealSettings

    sealer = Sealer(
        SealSettings(
            online_pki.pkcs12("signer-ec"),
            load("ged_pki").PASSWORD,
            level=level,
            tsa_urls=(online_pki.tsa_url(),),
            trust_roots=(online_pki.der("root"),),
        )
    )
    xml = load("ged_samples").Invoice().xml()
    words = {"title": "Pièce", "author": "Charpentes du Val Clair", "subject": "Pièce"}
    turn = LEVELS.index(level)
    broken, count = {}, 0
    for case in CASES:
        for number, pdf in enumerate(drawn[case]["fast"]):
            plain = facturx.embed(pdf, xml, **words)
            sealed = sealer.seal(plain)
            assert (sealed.level, sealed.degraded) == (level, None)
            files = {"sealed": sealed.data}
            if (count := count + 1) % len(LEVELS) == turn:
                files["plain"] = plain  # the same at each level
            for name, data in files.items():
                if rules := verapdf.check(data):
                    broken[case, number, name] = rules
    assert count >= len(CASES)
    assert broken == {}
