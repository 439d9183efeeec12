# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A customer signs a quote on line: desk, telephone, keyboard, no script at all."""

import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.support import sign, web
from tests.support.firm import Firm
from tests.support.web import visiting

ANNE = ("Anne Lenoir", "anne@noyers.example")
BOB = ("Bob Martin", "bob@noyers.example")


@pytest.fixture(scope="module")
def firm(make_server, firm_template):
    return Firm(make_server(firm_template))


@pytest.fixture
def visitor(firm, browser):
    with visiting(web.Visitor, browser, firm.server.base_url) as one:
        yield one


def state_of(firm, quote):
    """``(state of the request, state of the order, who signed)``"""
    [row] = firm.server.sql(
        "SELECT r.state, o.state, o.signed_by FROM demat_sign_request r"
        " JOIN sale_order o ON o.id = r.order_id WHERE r.id = %s",
        quote["request"],
    )
    return tuple(row)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_whole_ceremony(firm, visitor, size):
    """All the steps there are, an option and variants too; link and code by mail."""
    visitor.page.set_viewport_size(web.DESKTOP if size == "desktop" else sign.PHONE)
    email = f"anne-{size}@noyers.example"
    [quote] = sign.send_quotes(
        firm,
        [(ANNE[0], email)],
        require_code=True,
        bon_pour_accord=True,
        terms=True,
        options=True,
    )
    path = sign.link_for(firm.server, email)
    assert path == quote["paths"][0]
    anne = sign.Signatory(visitor, path)
    page = visitor.page

    def look(name):
        anne.check_accessible()
        visitor.snapshot(f"sign-{name}-{size}")

    response = anne.open()
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cache-control"] == "no-store"
    anne.at("read")
    expect(page.locator("#seen")).to_contain_text("2")
    expect(page.locator(".words-of-page").first).to_contain_text("Pose de carrelage")
    look("1-read")
    anne.read()
    anne.at("options")
    look("2-options")
    page.locator("input.number").fill("2,5")
    choice = page.get_by_role("group", name="Finition")
    expect(choice.get_by_role("radio")).to_have_count(3)
    # one stop of the tabulator, arrows within
    choice.get_by_role("radio", name="Brute").focus()
    page.keyboard.press("ArrowDown")
    expect(choice.get_by_role("radio", name="Vernie")).to_be_checked()
    visitor.snapshot(f"sign-2-chosen-{size}")
    anne.press("options")
    expect(page.locator("#said")).to_be_focused()
    expect(page.locator(".words-of-page").first).to_contain_text("Plinthes")
    look("3-read-again")
    anne.read()
    anne.at("terms")
    look("4-terms")
    anne.accept("bon pour accord")
    anne.at("code")
    look("5-code")
    anne.press("code")
    look("6-code-sent")
    page.fill("#code", "000000")
    anne.press("code/check")
    look("7-code-wrong")
    page.wait_for_timeout(1200)
    page.fill("#code", sign.code_for(firm.server, email))
    anne.press("code/check")
    anne.draw()
    look("8-sign")
    anne.sign()
    look("9-done")

    assert state_of(firm, quote) == ("signed", "sale", ANNE[0])
    with page.expect_download() as download:
        page.locator("a[href$='/file/signed']").click()
    text = "".join(one.extract_text() for one in PdfReader(download.value.path()).pages)
    assert "Plinthes" in text
    taken = text.index("Vernie")
    assert taken < text.index("Variante retenue") < text.index("Huilée")
    # who reads the log of the server learns neither who signs nor how to
    log = firm.server.log.read_text(encoding="utf-8")
    assert f"/my/sign/{path.split('/')[3]}/" in log
    code = sign.code_for(firm.server, email)
    for secret in (path.split("/")[4], email, ANNE[0], f" {code} "):
        assert secret not in log


def test_keyboard_alone(firm, visitor):
    """Tab, space, enter and letters: the signature is written for the signatory."""
    [quote] = sign.send_quotes(firm, [ANNE], terms=True)
    anne = sign.Signatory(visitor, quote["paths"][0])
    page = visitor.page
    anne.open()
    expect(page.locator("#seen")).to_contain_text(re.compile(r"\d.*\d"))

    def press_on(selector, key):
        for _turn in range(60):
            page.keyboard.press("Tab")
            if page.locator(f"{selector}:focus").count():
                page.keyboard.press(key)
                return
        raise AssertionError(f"{selector} cannot be reached by keyboard")

    press_on("input[name=read]", "Space")
    with page.expect_navigation():
        press_on("form[action$='/read'] button", "Enter")
    press_on("input[name=accepted]", "Space")
    with page.expect_navigation():
        press_on("form[action$='/terms'] button", "Enter")
    press_on("input[name=method]", "ArrowDown")
    expect(page.locator("#typed")).to_be_visible()
    expect(page.locator("#pad")).to_be_hidden()
    anne.check_accessible()
    visitor.snapshot("sign-typed-desktop")
    with page.expect_navigation():
        press_on("#sign_button", "Enter")
    expect(page.locator(".verdict.good")).to_be_visible()
    assert state_of(firm, quote)[0] == "signed"


def test_without_scripts(firm, browser):
    [quote] = sign.send_quotes(firm, [ANNE], require_code=True)
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{firm.server.base_url}{quote['paths'][0]}")
    page.locator("input[name=read]").check()
    page.locator("form[action$='/read'] button").click()
    page.locator("form[action$='/code'] button").click()
    page.fill("#code", sign.code_for(firm.server, ANNE[1]))
    page.locator("form[action$='/code/check'] button").click()
    page.locator("#by_type").check()
    page.locator("#sign_button").click()
    expect(page.locator(".verdict.good")).to_be_visible()
    context.close()
    assert state_of(firm, quote)[0] == "signed"


def test_one_after_the_other(firm, visitor, browser):
    [quote] = sign.send_quotes(firm, [ANNE, BOB], in_order=True)
    page = visitor.page
    bob = sign.Signatory(visitor, quote["paths"][1])
    bob.open()
    expect(page.locator(".verdict")).to_be_visible()
    bob.check_accessible()
    visitor.snapshot("sign-not-your-turn-desktop")
    anne = sign.Signatory(visitor, quote["paths"][0])
    anne.open()
    anne.read()
    anne.draw()
    anne.sign()
    expect(page.locator(".verdict")).to_contain_text(BOB[0])
    anne.check_accessible()
    visitor.snapshot("sign-others-desktop")
    assert state_of(firm, quote) == ("sent", "sent", None)
    bob.open()
    bob.read()
    page.locator("#by_upload").check()
    expect(page.locator("#upload")).to_be_visible()
    bob.check_accessible()
    visitor.snapshot("sign-upload-desktop")
    page.locator("#by_draw").check()
    bob.draw()
    bob.sign()
    assert state_of(firm, quote) == ("signed", "sale", f"{ANNE[0]}, {BOB[0]}")


def test_question_and_refusal(firm, visitor):
    [quote] = sign.send_quotes(firm, [ANNE])
    visitor.page.set_viewport_size(sign.PHONE)
    anne = sign.Signatory(visitor, quote["paths"][0])
    page = visitor.page
    anne.open()
    page.locator("summary").nth(-2).click()
    page.fill("#question", "Quand commencez-vous ?\n<b>Merci</b>")
    anne.check_accessible()
    visitor.snapshot("sign-question-phone")
    anne.press("question")
    expect(page.locator("#said")).to_be_visible()
    [[body]] = firm.server.sql(
        "SELECT body FROM mail_message WHERE model = 'sale.order' AND res_id = %s"
        " AND body LIKE '%%Quand commencez%%'",
        quote["order"],
    )
    assert "&lt;b&gt;" in body
    page.locator("summary").last.click()
    page.fill("#reason", "Trop cher")
    anne.press("decline")
    expect(page.locator("[data-state=declined]")).to_be_visible()
    anne.check_accessible()
    visitor.snapshot("sign-declined-phone")
    assert state_of(firm, quote)[0] == "declined"


def test_deposit_is_paid_after_the_signature(firm, visitor):
    """The order waits for the host's own payment form."""
    [quote] = sign.send_quotes(firm, [ANNE], deposit=True)
    anne = sign.Signatory(visitor, quote["paths"][0])
    page = visitor.page
    anne.open()
    anne.read()
    anne.draw()
    anne.sign()
    anne.check_accessible()
    visitor.snapshot("sign-pay-desktop")
    assert state_of(firm, quote)[:2] == ("signed", "sent")
    page.locator("#pay a").click()
    expect(page.locator("#modalaccept")).to_be_visible()
    visitor.snapshot("sign-pay-host-desktop")
    pay = page.locator("button[name=o_payment_submit_button]:visible")
    page.locator("#modalaccept [name=o_payment_radio]").first.check()
    page.locator("#customer_input:visible").first.fill("4242424242424242")
    pay.click()
    for _second in range(60):
        if state_of(firm, quote)[1] == "sale":
            break
        page.wait_for_timeout(1000)
    assert state_of(firm, quote)[1] == "sale"


def test_the_hosts_page_leads_here(firm, visitor):
    """No signature without evidence: the button of the order leads to the ceremony."""
    [quote] = sign.send_quotes(firm, [ANNE])
    page = visitor.page
    firm.server.smtp.clear()
    visitor.goto(quote["url"])
    expect(page.locator("a.o_demat_sign").first).to_be_visible()
    expect(page.locator("[data-bs-target='#modalaccept']")).to_have_count(0)
    visitor.picture("sign-host-order")
    page.locator("a.o_demat_sign").first.click()
    expect(page.locator("main")).to_contain_text("a•••@noyers.example")
    assert "/my/sign/" not in page.content()
    visitor.picture("sign-host-links")
    page.locator("form[method=post] button[type=submit]").last.click()
    expect(page.locator(".alert-success")).to_be_visible()


def test_requests_that_ended_say_what_to_do(firm, visitor):
    """Expired, changed and taken back, each on a telephone."""
    steps = {
        "expired": "request._expire()",
        "void": "request.order_id.order_line[0].price_unit += 1",
        "cancelled": "request.action_cancel()",
    }
    visitor.page.set_viewport_size(sign.PHONE)
    for state, step in steps.items():
        [quote] = sign.send_quotes(firm, [ANNE])
        firm.server.run(
            f"request = env['demat.sign.request'].browse(request)\n{step}",
            request=quote["request"],
        )
        assert state_of(firm, quote)[0] == state
        anne = sign.Signatory(visitor, quote["paths"][0])
        visitor.goto(quote["paths"][0])
        page = visitor.page
        expect(page.locator(f"[data-state={state}]")).to_be_visible()
        expect(page.locator("canvas, #sign, form[action$=sign]")).to_have_count(0)
        anne.check_accessible()
        visitor.snapshot(f"sign-{state}-phone")


def test_refusals_look_alike(firm, visitor):
    [quote] = sign.send_quotes(firm, [ANNE])
    path = quote["paths"][0]
    wrong = re.sub(r".$", lambda found: "0" if found[0] != "0" else "1", path)
    bodies = set()
    for address in (wrong, "/my/sign/999999/" + "0" * 64, wrong.replace("/1", "/2")):
        response = visitor.goto(address)
        assert response.status == 404
        bodies.add(re.sub(r'nonce="[^"]*"', "", response.text()))
    assert len(bodies) == 1
    visitor.picture("sign-nothing-here")
