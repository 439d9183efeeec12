# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Forty-two documents that differ stay PDF/A-3 from conversion through every seal
level.

Judged by veraPDF. By default each document is sealed at one level in turn; with
``--long`` at all.
"""

import base64
import io
import os

import ged_html
import ged_pki
import ged_samples
import pytest
from demat_lib_ged_archive import facturx
from demat_lib_ged_archive.seal import Sealer, SealSettings, VisibleSeal
from demat_lib_ged_archive.seal_settings import VerifyMark
from demat_lib_ged_archive.verify import inspect_seals
from PIL import Image

from demat_cli import system

pytestmark = pytest.mark.conformance

WORDS = {"title": "Pièce", "author": "Charpentes du Val Clair", "subject": "Pièce"}
FONTS = ("Lato", "DejaVu Sans", "DejaVu Sans Mono", "DejaVu Serif")
TEXTS = {
    "fr": "Où et quand : « œuvre », façade, 15 m², 1 234,50 €",
    "pl": "Zażółć gęślą jaźń — Łódź",
    "el": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία",
    "ar": "فاتورة رقم ٤٢ للخدمات",
    "he": "חשבונית מספר 42",
    "ru": "Счёт № 42 от 12 марта",
    "tr": "İğne, şişe, çağrı, ılık",
    "vi": "Hoá đơn số bốn mươi hai",
    "de": "Straße, Größe, Übermaß ½ ‰ † ‡",
    "symbols": "← ↑ → ↓ ✓ ✗ ☐ ☑ ∑ ∞ ≠ \u00ad\u200b\u202f fin",
}
#: Fonts of thousands of letters: language, name of the font, start of its file's name.
EASTERN = {
    "zh": ("Droid Sans Fallback", "DroidSansFallback", "发票第四十二号：木结构与屋面"),
    "ja": ("VL Gothic", "VL-Gothic", "請求書第４２号：木工事ならびに屋根工事"),
}
LEVELS = [
    ("B-B", False),
    ("B-T", False),
    ("B-LT", False),
    ("B-LTA", False),
    ("B-B", True),
    ("B-LTA", True),
]
MARK = VerifyMark("Code : 0123-4567-89AB-CDEF", "https://example.com/v#0123456789AB")
IMAGES = ("none", "alpha", "jpeg", "cmyk", "grey")
LINKS = (
    "",
    '<a href="https://www.example.com/a">lien</a>',
    '<a href="#fin">fin</a> <a href="mailto:a@example.com">courrier</a>',
)


def picture(kind):
    if kind == "none":
        return ""
    mode = {"alpha": "RGBA", "jpeg": "RGB", "cmyk": "CMYK", "grey": "L"}[kind]
    image = Image.linear_gradient("L").convert("RGB").convert(mode)
    if kind == "alpha":
        image.putalpha(Image.radial_gradient("L"))
    output = io.BytesIO()
    file = "PNG" if kind in ("alpha", "grey") else "JPEG"
    image.save(output, file)
    data = base64.b64encode(output.getvalue()).decode()
    return f'<img width="120" src="data:image/{file.lower()};base64,{data}">'


def installed(start):
    """Whether the machine has a font whose file name starts like this."""
    return system.Need("font", start, "", "").is_met()


def documents():
    """Yield ``(name, html)``: ten languages, each in four kinds, and those of
    ``EASTERN`` whose font the machine has.
    """
    for lang, (font, start, text) in EASTERN.items():
        if installed(start):
            body = "".join(f"<p>{row}. {text} {row * 37} €</p>" for row in range(30))
            page = f"<div style=\"font-family:'{font}'\"><h1>{text}</h1>{body}</div>"
            yield f"{lang}-{font}", ged_html.page(page)
    for index in range(40):
        lang = list(TEXTS)[index % len(TEXTS)]
        turn = index // len(TEXTS)
        font = FONTS[(index + turn) % len(FONTS)]
        if lang == "ar" and "Mono" in font:
            font = "DejaVu Sans"  # the other lacks some forms of these letters
        image = IMAGES[(index + 2 * turn) % len(IMAGES)]
        rows = (1, 15, 40, 90)[turn]
        text = TEXTS[lang]
        body = (
            f"<div style=\"font-family:'{font}'\">{picture(image)}<h1>{text}</h1>"
            f"<p><b>{text}</b> <i>{text}</i> {LINKS[index % len(LINKS)]}</p>"
            + "".join(f"<p>{row}. {text}</p>" for row in range(rows))
            + '<p id="fin" style="opacity:.6">fin</p></div>'
        )
        yield f"{index:02}-{lang}-{font}-{image}-{rows}", ged_html.page(body)


@pytest.fixture(scope="module")
def converted(render):
    """The files as PDF/A-3; every second one with an invoice XML (Factur-X)."""
    xml = ged_samples.Invoice().xml()
    files = {}
    for index, (name, html) in enumerate(documents()):
        pdf = render(html, f"doc{index}")
        if index % 2:
            files[name] = facturx.embed(pdf, xml, **WORDS)
        else:
            files[name] = facturx.to_pdfa3(pdf, **WORDS)
    assert len({len(data) for data in files.values()}) == len(files) >= 40
    return files


def broken(verapdf, files):
    found = {name: verapdf.check(data) for name, data in files.items()}
    return {name: rules for name, rules in found.items() if rules}


def test_before_the_seal(converted, verapdf):
    assert broken(verapdf, converted) == {}


def test_after_the_seal(converted, verapdf, online):
    sealers = [
        Sealer(
            SealSettings(
                online.pkcs12("signer-ec" if index % 2 else "signer"),
                ged_pki.PASSWORD,
                level=level,
                tsa_urls=(online.tsa_url(),),
                trust_roots=(online.der("root"),),
                visible=VisibleSeal(mark="qr") if visible else None,
            )
        )
        for index, (level, visible) in enumerate(LEVELS)
    ]
    every = bool(os.environ.get("DEMAT_LONG"))
    files = {}
    for index, (name, data) in enumerate(converted.items()):
        for place, sealer in enumerate(sealers):
            if not every and index % len(sealers) != place:
                continue
            result = sealer.seal(data, mark=MARK)
            assert (result.level, result.degraded) == (LEVELS[place][0], None)
            (report,) = inspect_seals(result.data, (online.der("root"),))
            assert (report.ok, report.trusted, report.level, report.errors) == (
                True,
                True,
                result.level,
                (),
            )
            if index % 2:
                assert facturx.extract(result.data) == facturx.extract(data)
            files[f"{name} {LEVELS[place]}"] = result.data
    assert len(files) == len(converted) * (len(sealers) if every else 1)
    assert broken(verapdf, files) == {}
