# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Scripts are found, blocks and pictures that occur twice are kept once."""

import pytest
from demat_lib_demat_invoice.page import (
    scripts_of,
    share,
    share_blocks,
    share_pictures,
)
from markupsafe import Markup

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


def boxes(headers, footers, tail=""):
    """Header page of the host for documents with these blocks."""
    inner = "".join(
        f'<div id="minimal_layout_report_{name}">{"".join(blocks)}</div>'
        for name, blocks in (("headers", headers), ("footers", footers))
    )
    return f'<html><head></head><body onload="subst()">{inner}{tail}</body></html>'


def block(words, kind="header"):
    # as the host writes it: an item of a list is not always closed
    return f'<div class="{kind}">\n<ul><li>{words}\n<li></ul><div>x</div></div>\n\x85'


def test_a_header_of_many_documents_is_there_once():
    first, second = block("Maçonnerie & fils"), block("Toitures")
    text = share_blocks(boxes([first, second, first], [first]))
    assert text.count(first.strip("\n\x85")) == 2, "one header, one footer"
    assert text.count(second.strip("\n\x85")) == 1
    assert '{"minimal_layout_report_headers": [0, 1, 0]}' in text
    assert 'onload="demat_pick();subst()"' in text


def test_a_marked_text_is_not_escaped():
    text = share_blocks(Markup(boxes([block("a"), block("a")], [])))
    assert "&lt;" not in text
    assert type(text) is str


@pytest.mark.parametrize(
    "text",
    [
        "",
        boxes([block("a"), block("b")], [block("c")]),
        boxes([block("a"), block("a")], []).replace("subst()", "other()"),
        '<body onload="subst()"><div id="other">' + block("a") * 2 + "</div></body>",
    ],
    ids=["empty", "all different", "script of another", "other box"],
)
def test_blocks_that_stay(text):
    assert share_blocks(text) == text


def test_pictures_of_blocks_that_differ():
    """Both ways of sharing together: blocks first, then what is left."""
    one, two = (block(f'{n}<img class="x" src="{PICTURE}"/>') for n in "ab")
    text = share(boxes([one, two, one], []))
    assert text.count(PICTURE) == 1
    assert 'onload="demat_pick();subst();demat_pictures()"' in text
