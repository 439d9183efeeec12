# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A run in the browser: the form follows it, and its end is told everywhere."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from tests.support import runs
from tests.support.firm import Firm
from tests.support.web import Clerk, visiting

COUNT = 30
RUNS = "demat-runs"
BAR = ".o_demat_run_progress [role=progressbar]"
NOTE = ".o_notification"


@pytest.fixture(scope="module")
def firm(make_server, firm_template):
    firm = Firm(make_server(firm_template))
    firm.give_consent("noyers")
    return firm


@pytest.fixture
def run(firm):
    return runs.launch(firm, runs.ready_invoices(firm, COUNT))


def watch(clerk, run):
    """Open the form of the run; from now on nobody may load the page again."""
    clerk.open(RUNS, run)
    expect(clerk.page.locator(BAR)).to_have_attribute("aria-valuenow", "0")
    clerk.page.evaluate("window.neverLoadedAgain = true")


def values_until_the_end(clerk):
    """The values that the bar shows, until it is full."""
    clerk.page.evaluate(
        """selector => {
            window.barValues = [];
            const note = () => {
                const bar = document.querySelector(selector);
                const value = bar && bar.getAttribute("aria-valuenow");
                if (value && value !== window.barValues.at(-1)) {
                    window.barValues.push(value);
                }
            };
            note();
            setInterval(note, 50);
        }""",
        BAR,
    )

    def finish():
        full = clerk.page.locator(f"{BAR}[aria-valuenow='100']")
        expect(full).to_be_visible(timeout=120_000)
        assert clerk.page.evaluate("window.neverLoadedAgain"), "the page was reloaded"
        return [int(value) for value in clerk.page.evaluate("window.barValues")]

    return finish


def test_the_bar_reaches_100_and_the_end_is_told_everywhere(firm, browser, run):
    with (
        visiting(Clerk, browser, firm.server.base_url) as clerk,
        visiting(Clerk, browser, firm.server.base_url) as elsewhere,
        visiting(Clerk, browser, firm.server.base_url) as colleague,
        ThreadPoolExecutor(1) as pool,
    ):
        for person, login in ((clerk, "clerk"), (elsewhere, "clerk")):
            person.login(login, firm.passwords[login])
        colleague.login("colleague", firm.passwords["colleague"])
        watch(clerk, run)
        watch(colleague, run)
        elsewhere.goto("/odoo/action-account.action_move_out_invoice")
        elsewhere.settle()
        clerk.picture("run-01-waiting")
        finish, follow = values_until_the_end(clerk), values_until_the_end(colleague)
        job = pool.submit(runs.work_off, firm.server, run)
        values = finish()
        assert values == sorted(values)
        assert any(0 < value < 100 for value in values), values
        assert follow()[-1] == 100
        job.result()
        state = clerk.page.locator(".o_arrow_button_current")
        expect(state).to_have_attribute("data-value", "done")
        expect(clerk.page.locator("[name='done_count']")).to_contain_text(str(COUNT))
        expect(clerk.page.locator("[name='line_ids'] .o_data_row")).to_have_count(COUNT)
        for person in (clerk, elsewhere):
            note = person.page.locator(NOTE)
            expect(note).to_contain_text(f"{COUNT} traitées, aucune en échec.")
        expect(colleague.page.locator(NOTE)).to_have_count(0)
        elsewhere.picture("run-02-elsewhere")
        # longer than a notification that goes by itself
        elsewhere.page.wait_for_timeout(6000)
        note = elsewhere.page.locator(NOTE)
        expect(note).to_be_visible()
        note.locator("button", has_text="Voir le traitement").click()
        elsewhere.page.wait_for_url(re.compile(rf"/{run}(\?|$)"))
        expect(elsewhere.page.locator(NOTE)).to_have_count(0)
        clerk.picture("run-03-done", lambda: clerk.page.wait_for_selector(BAR))
        assert clerk.errors == elsewhere.errors == colleague.errors == []


def test_without_a_websocket_the_form_asks(firm, browser, run):
    with (
        visiting(Clerk, browser, firm.server.base_url) as clerk,
        ThreadPoolExecutor(1) as pool,
    ):
        clerk.context.route(re.compile("/bus/websocket_worker_bundle"), _refuse)
        clerk.login("clerk", firm.passwords["clerk"])
        watch(clerk, run)
        finish = values_until_the_end(clerk)
        job = pool.submit(runs.work_off, firm.server, run)
        assert finish()[-1] == 100
        job.result()
        state = clerk.page.locator(".o_arrow_button_current")
        expect(state).to_have_attribute("data-value", "done")


def _refuse(route):
    route.abort()


def test_the_list_and_its_filters(firm, browser, run):
    with visiting(Clerk, browser, firm.server.base_url) as clerk:
        clerk.login("clerk", firm.passwords["clerk"])
        clerk.goto(f"/odoo/{RUNS}")
        clerk.page.wait_for_selector(".o_list_view .o_data_row")
        clerk.picture(
            "run-04-list", lambda: clerk.page.wait_for_selector(".o_view_controller")
        )
        clerk.page.locator(".o_searchview_dropdown_toggler").click()
        for label in ("Les miens", "En cours", "Ce mois-ci"):
            clerk.page.locator(
                ".o_filter_menu .o-dropdown-item", has_text=label
            ).click()
        expect(clerk.page.locator(".o_data_row")).to_have_count(1)
        # of one group: open or with failures
        for label in ("En cours", "Avec des échecs"):
            clerk.page.locator(
                ".o_filter_menu .o-dropdown-item", has_text=label
            ).click()
        expect(clerk.page.locator(".o_data_row")).to_have_count(0)
