# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The public verification page in a real browser: QR, file, and no script at all."""

import contextlib

import pytest
from playwright.sync_api import TimeoutError as TooLate
from playwright.sync_api import expect

from tests.support.web import PHONE

ARCHIVE = """
[document] = env["ged.document"]._archive([{
    "kind": "invoice", "name": "QR-1", "filename": "qr.txt", "content": b"read me",
}])
env.cr.commit()
result = [document.verify_code, document.sha256]
"""


@pytest.fixture(scope="module")
def server(make_server, demat_template):
    return make_server(demat_template)


@pytest.fixture(scope="module")
def document(server):
    return server.run(ARCHIVE)


def visit(browser, **options):
    options = {"viewport": PHONE, "locale": "en-GB", **options}
    context = browser.new_context(**options)
    page = context.new_page()
    page.told = []
    page.on("request", lambda request: page.told.append(request))
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    return page


def leave(page):
    assert page.errors == []
    page.context.close()


def open_chooser(page, act):
    """Do what opens the browser's chooser of files, again if nothing came of it.

    A key works when it is let go over a control that is still pressed; on a busy
    machine the browser may look in between where the mouse is, and forget that it was.
    """
    for _turn in range(3):
        with contextlib.suppress(TooLate):
            with page.expect_file_chooser(timeout=10_000) as chooser:
                act()
            return chooser.value
    return pytest.fail("the chooser of files does not open")


def test_qr_of_a_telephone(server, document, browser):
    code, _sha256 = document
    page = visit(browser)
    page.goto(f"{server.base_url}/ged/verify#{code}")
    expect(page.locator("[data-verdict=unchanged]")).to_contain_text("QR-1")
    assert code not in page.url
    assert not any(code in request.url for request in page.told)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    leave(page)


def test_only_the_fingerprint_of_a_file_is_sent(server, document, browser, tmp_path):
    _code, sha256 = document
    file = tmp_path / "qr.txt"
    file.write_bytes(b"read me")
    page = visit(browser)
    page.goto(f"{server.base_url}/ged/verify")
    page.set_input_files("#file", file)
    expect(page.locator("[data-verdict=unchanged]")).to_contain_text("QR-1")
    bodies = [request.post_data for request in page.told if request.method == "POST"]
    assert bodies == [f"sha256={sha256}"]
    page.locator("#send").click()
    expect(page.locator("[data-seal=no_pdf]")).to_be_visible()
    leave(page)


def test_code_without_scripts(server, document, browser):
    code, _sha256 = document
    page = visit(browser, java_script_enabled=False)
    page.goto(f"{server.base_url}/ged/verify")
    page.fill("#code", code.lower())
    page.locator("#by_code button").click()
    expect(page.locator("[data-verdict=unchanged]")).to_contain_text("QR-1")
    page.fill("#code", "0" * 16)
    page.locator("#by_code button").click()
    expect(page.locator("[data-verdict=unknown]")).to_be_visible()
    leave(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_file_chooser_speaks_the_language_of_the_page(
    server, browser, tmp_path, scripts
):
    """The chooser of the browser has words of its own: they are out of sight."""
    file = tmp_path / "facture d'avril.txt"
    file.write_bytes(b"another")
    page = visit(browser, locale="fr-FR", java_script_enabled=scripts)
    page.goto(f"{server.base_url}/ged/verify")
    button = page.locator("label[for=file]")
    expect(button).to_have_text("Choisir un fichier")
    expect(page.locator("#file_none")).to_be_visible()
    expect(page.locator("#file_name")).to_be_hidden()
    box = page.locator("#file").bounding_box()
    assert box["width"] <= 1 and box["height"] <= 1
    open_chooser(page, button.click).set_files(file)
    expect(page.locator("#file_name")).to_have_text(
        file.name if scripts else "Un fichier est choisi"
    )
    expect(page.locator("#file_none")).to_be_hidden()
    leave(page)


def test_the_file_chooser_by_keyboard(server, browser):
    page = visit(browser, locale="fr-FR")
    page.goto(f"{server.base_url}/ged/verify")
    page.locator("#by_code button").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#file")).to_be_focused()
    outline = page.locator("label[for=file]").evaluate(
        "element => getComputedStyle(element).outlineStyle"
    )
    assert outline == "solid"
    open_chooser(page, lambda: page.keyboard.press("Space"))
    leave(page)
