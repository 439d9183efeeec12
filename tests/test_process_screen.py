# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The clerk's morning: the processing screen in a browser, from criteria to mails."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.firm import Firm
from tests.support.web import Clerk, visiting

SCREEN = "/odoo/demat-process"
COUNT = 4


@pytest.fixture(scope="module")
def morning(make_server, firm_template):
    """A firm of its own: four invoices that wait; one customer gets paper."""
    server = make_server(firm_template)
    firm = Firm(server)
    firm.give_consent("noyers")
    firm.make_invoices(COUNT - 1, "noyers")
    firm.make_invoices(1, "bellecombe")
    server.restart(cron_threads=1)
    return firm


@pytest.fixture
def clerk(morning, browser):
    with visiting(Clerk, browser, morning.server.base_url) as visitor:
        visitor.login("clerk", morning.passwords["clerk"])
        yield visitor
        assert visitor.errors == []


def open_criteria(clerk):
    """The criteria; a browser that comes back to the address shows its last list."""
    clerk.goto(SCREEN)
    clerk.page.wait_for_selector("[name='treatment']")
    back = clerk.page.locator("button[name='action_back']:visible")
    if back.count():
        clerk.press("action_back")
    expect(clerk.page.locator("input[data-value='send']")).to_be_visible()


def show(clerk, treatment):
    """Choose a treatment and ask for the list."""
    open_criteria(clerk)
    field = clerk.page.locator("[name='treatment']")
    field.locator(f"input[data-value='{treatment}']").check()
    clerk.press("action_show")
    expect(clerk.page.locator("[name='preview']")).to_be_visible()


def rows(clerk):
    return clerk.page.locator("[name='line_ids'] .o_data_row")


def bar_button(clerk, text):
    """A button of the bar, by its words: several have one technical name."""
    return clerk.page.locator(".o_statusbar_buttons button:visible", has_text=text)


def wait_for_run(clerk):
    """The run was launched and shown; wait until the job has ended it."""
    clerk.page.wait_for_selector(".o_form_view [name='line_count']")
    expect(
        clerk.page.locator(".o_statusbar_status .o_arrow_button_current")
    ).to_have_attribute("data-value", "done")


def test_the_morning_of_a_clerk(morning, clerk):
    """Prepare all, send all but one, print what goes by post."""
    clerk.goto(SCREEN)
    expect(clerk.page.locator("[name='treatment']")).to_contain_text(
        "Imprimer les factures"
    )
    clerk.page.wait_for_timeout(500)
    clerk.picture("process-01-criteria", clerk.settle)
    show(clerk, "prepare")
    expect(rows(clerk)).to_have_count(COUNT)
    clerk.picture("process-02-prepare", clerk.settle)
    bar_button(clerk, "Préparer").click()
    wait_for_run(clerk)

    show(clerk, "send")
    expect(rows(clerk)).to_have_count(COUNT)
    first = rows(clerk).first
    name = first.locator("[name='move_id']").inner_text()
    first.locator("button[name='action_toggle']:visible").click()
    expect(clerk.page.locator("[name='selected_count']")).to_have_text(str(COUNT - 1))
    clerk.picture("process-03-send", clerk.settle)
    morning.server.smtp.clear()
    bar_button(clerk, "Envoyer").click()
    expect(clerk.dialog).to_contain_text("l'envoi de la facture au destinataire est")
    clerk.dialog.locator("button.btn-primary").click()
    wait_for_run(clerk)
    clerk.picture("process-05-run", clerk.settle)
    mails = morning.server.smtp.wait(COUNT - 2, seconds=60)
    assert {mail.recipients for mail in mails} == {("contact@noyers.example",)}
    states = morning.server.sql(
        "SELECT demat_state, count(*) FROM account_move WHERE demat_state IS NOT NULL"
        " GROUP BY demat_state ORDER BY demat_state"
    )
    assert [tuple(row) for row in states] == [("ready", 1), ("sent", COUNT - 1)]
    [[left]] = morning.server.sql(
        "SELECT name FROM account_move WHERE demat_state = 'ready'"
    )
    assert left == name


def test_a_favourite_is_kept_and_taken(clerk):
    open_criteria(clerk)
    clerk.page.locator("input[data-value='keep_internal']").check()
    clerk.fill("favorite_name", "Gardées")
    clerk.press("action_save_favorite")
    clerk.page.locator(".o_menu_sections").get_by_text("Dématérialisation").click()
    clerk.page.get_by_role("menuitem", name="Imprimer ou traiter").click()
    expect(clerk.page.locator("input[data-value='print_invoices']")).to_be_checked()
    clerk.choose("favorite_id", "Gardées")
    expect(clerk.page.locator("input[data-value='keep_internal']")).to_be_checked()


def test_the_lines_as_a_list_of_their_own(clerk):
    show(clerk, "send")
    clerk.press("action_view_lines")
    row = clerk.page.locator(".o_list_view .o_data_row").first
    expect(row).to_be_visible()
    clerk.picture("process-06-lines", clerk.settle)
    expect(row.locator("[name='selected'] input")).to_be_checked()


def test_nothing_found_says_what_to_do(clerk):
    show(clerk, "release")
    expect(clerk.page.locator("[name='preview'] .alert:visible").first).to_have_text(
        re.compile("Aucune facture")
    )
    clerk.picture("process-07-empty", clerk.settle)
