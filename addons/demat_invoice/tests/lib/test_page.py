# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Scripts are found, pictures that occur twice are kept once."""

import pytest
from demat_lib_demat_invoice.page import scripts_of, share_pictures

PICTURE = "data:image/png;base64," + "A" * 1200
OTHER = "data:image/png;base64," + "B" * 1200


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("<p>Reste on = 3 à payer, description=x</p>", []),
        ("<script>a()</script>", ["a()"]),
        ("<SCRIPT src='/x.js'></SCRIPT>", ["/x.js"]),
        ("<body onload='a()'><p>x</p></body>", ["a()"]),
        ("<a href=' JavaScript:a()'>x</a>", [" JavaScript:a()"]),
    ],
)
def test_scripts(text, wanted):
    assert scripts_of(text) == wanted


def header(*sources):
    images = "".join(
        f'<div><img class="x" src="{source}"/></div>' for source in sources
    )
    return f'<html><head></head><body onload="subst()">{images}</body></html>'


def test_a_picture_of_many_documents_is_there_once():
    text = share_pictures(header(PICTURE, OTHER, PICTURE, PICTURE))
    assert text.count(PICTURE) == text.count(OTHER) == 1
    assert [text.count(f'data-demat-picture="{number}"') for number in (0, 1)] == [3, 1]
    assert 'onload="subst();demat_pictures()"' in text


@pytest.mark.parametrize(
    "text",
    [
        header(PICTURE, OTHER),
        header("data:image/png;base64,AAAA", "data:image/png;base64,AAAA"),
        header(PICTURE, PICTURE).replace("subst()", "other()"),
        header(PICTURE, PICTURE).replace("</body>", ""),
    ],
    ids=["all different", "small", "script of another", "no end"],
)
def test_what_stays(text):
    assert share_pictures(text) == text
