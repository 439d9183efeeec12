# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What stays of a style sheet, and what goes."""

import pytest
from demat_lib_demat_invoice.stylesheet import reduce_css, vocabulary_of

PAGE = """<html><body><div class="page total" id="main">
<table><tr><td>1</td></tr></table></div></body></html>"""


def kept(css, **options):
    return reduce_css(css, vocabulary_of(PAGE), **options)


@pytest.mark.parametrize(
    "selector",
    [
        "*",
        ":root",
        "body",
        "div.page",
        ".page .total",
        "#main > table td:first-child",
        "table::before",
        "[class*='col-']",
        "td:not(.absent)",
        "TABLE",
    ],
)
def test_what_can_apply_stays(selector):
    assert "color:red" in kept(selector + "{color:red}")


@pytest.mark.parametrize(
    "selector",
    [".absent", "#absent", "video", "div.absent", ".page .absent", "h1"],
)
def test_what_cannot_apply_goes(selector):
    assert kept(selector + "{color:red}") == ""


def test_of_several_selectors_only_those_that_apply_stay():
    assert kept(".absent,td,h1{color:red}") == "td{color:red}\n"


def test_media_rules_are_cut_inside():
    css = "@media print{td{color:red} .absent{color:blue}} @media print{h1{color:red}}"
    assert kept(css) == "@media print{td{color:red}\n}\n"


def test_order_is_kept():
    assert kept("td{color:red}.page{color:blue}td{color:green}").splitlines() == [
        "td{color:red}",
        ".page{color:blue}",
        "td{color:green}",
    ]


def test_page_rules_stay_animations_go():
    assert kept("@page{margin:0}") == "@page{margin:0}\n"
    assert kept("@keyframes x{from{top:0}}") == ""


def test_fonts_stay_when_used_and_not_on_the_machine():
    css = "@font-face{font-family:'Lato';src:url(x)}td{font-family:Lato,serif}"
    assert "@font-face" in kept(css)
    assert "@font-face" not in kept(css, system_fonts=frozenset({"lato"}))
    assert "@font-face" not in kept(css.replace("td{", ".absent{"))


def test_other_vocabulary_other_result():
    """The cache knows the documents, not only the sheet."""
    css = "h1{color:red}"
    assert kept(css) == ""
    assert reduce_css(css, vocabulary_of("<h1>x</h1>")) == "h1{color:red}\n"


def test_broken_css_loses_only_what_is_broken():
    assert "td{color:red}" in kept("td{color:red} .x{{{ ")


def test_what_the_renderer_of_2011_cannot_read_goes():
    css = ".page{--x: 1; color: var(--x); margin: calc(1px + var(--x)); padding: 0}"
    assert kept(css) == ".page{padding: 0}\n"
    assert kept(".page{--x: 1}") == ""


def test_a_selector_that_it_may_not_know_stays_with_its_rule():
    """It drops the rule as a whole then, and must go on doing so."""
    css = ".page,.absent::file-selector-button{color:red}"
    assert kept(css) == css + "\n"
    assert kept(".absent::file-selector-button{color:red}") == ""
    assert kept(".page,.absent:hover{color:red}") == ".page{color:red}\n"


def test_attributes_ask_for_elements_that_have_them():
    page = '<p data-oe-type="monetary" hidden>1</p>'
    css = '[data-oe-type="monetary"]{a:b}[type="date"]{a:b}p[hidden]{a:b}[list]{a:b}'
    assert reduce_css(css, vocabulary_of(page)).splitlines() == [
        '[data-oe-type="monetary"]{a:b}',
        "p[hidden]{a:b}",
    ]


def test_parts_of_a_field_of_a_form_need_one():
    css = "::-webkit-inner-spin-button{a:b}::file-selector-button{a:b}"
    assert kept(css) == ""
    assert reduce_css(css, vocabulary_of("<p><input></p>")).count("a:b") == 2


@pytest.mark.parametrize(
    ("selector", "stays"),
    [
        ("ul", True),
        ("ul ol", True),
        ("ul > li > ul", True),
        ("ul ul ul", False),
        ("ul .x ol ul", False),
        ("ul + ul + ul", True),
        ("ul:not(ol ul)", True),
    ],
)
def test_lists_deeper_than_those_of_the_page_go(selector, stays):
    page = "<ul class='x'><li><ol><li>1</li></ol></li></ul><ul></ul>"
    assert bool(reduce_css(selector + "{a:b}", vocabulary_of(page))) is stays


SIZING = "*,*::before,*::after{box-sizing: border-box}"


def test_what_stands_before_and_after_is_asked_for_where_something_does():
    css = SIZING + "td::after{content: ''}@media print{.page::before{content: 'x'}}"
    assert kept(css).splitlines()[0] == (
        "*,td::after,.page::before{box-sizing: border-box}"
    )
    assert kept(SIZING) == "*{box-sizing: border-box}\n"


def test_a_box_sizing_of_its_own_keeps_the_rule_for_all():
    css = SIZING + "td::after{content: ''; box-sizing: content-box}"
    assert kept(css).splitlines()[0] == SIZING


def test_another_rule_for_all_is_not_touched():
    css = "*::before{color: red}td::after{content: ''}"
    assert kept(css).splitlines()[0] == "*::before{color: red}"
