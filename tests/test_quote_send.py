# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A sales person sends a quote for signature, in a real browser and by real mail."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.support.web import Clerk, visiting

FILL = """
user = env["res.users"].create({
    "name": "Claire Vendeuse", "login": "vendeuse", "password": password,
    "lang": "fr_FR", "tz": "Europe/Paris", "email": "claire@bati.example",
    "group_ids": [(4, env.ref(name).id) for name in (
        "base.group_user", "sales_team.group_sale_salesman")],
})
env.company.write({"name": "Bâti Exemple", "email": "devis@bati.example"})
customer = env["res.partner"].create({
    "name": "Foncière des Noyers", "is_company": True, "lang": "fr_FR",
    "email": "accueil@noyers.example", "city": "Grenoble",
})
env["res.partner"].create({
    "name": "Anne Martin", "parent_id": customer.id, "function": "Gérante",
    "email": "anne@noyers.example", "lang": "fr_FR",
})
site = env["project.project"].create({
    "name": "Résidence des Tilleuls", "demat_email": "anne@noyers.example",
    "allow_billable": True,
})
env["demat.consent"]._record(
    customer, kinds=["quote"], action="given", means="contract")
product = env["product.product"].create({
    "name": "Pose de carrelage", "type": "service", "list_price": 42})
order = env["sale.order"].create({
    "partner_id": customer.id, "user_id": user.id, "project_id": site.id,
    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 12})],
})
result = [order.id, order.name]
"""
VARIANTS = """
env["res.users"].search([("login", "=", "vendeuse")]).copy({
    "login": "chef", "password": password, "email": "chef@bati.example",
    "group_ids": [(4, env.ref("sales_team.group_sale_manager").id)],
})
product = env["product.product"].search([("name", "=", "Pose de carrelage")])
section = {"display_type": "line_section", "name": "Revêtement"}
lines = [{"product_id": product.id, "name": name, "product_uom_qty": 12}
         for name in ("Standard", "Chêne")]
values = {"order_line": [(0, 0, line) for line in (section, *lines)]}
copied = env["sale.order"].browse(order).copy(values)
# a part that shows no lines, and what the host adds below
extra = ({"display_type": "line_subsection", "name": "Bois", "sequence": 11,
          "collapse_composition": True},
         {"product_id": product.id, "name": "Escompte", "product_uom_qty": 1,
          "price_unit": -20, "sequence": 13,
          "extra_tax_data": {"computation_key": "global_discount,1"}})
copied.order_line[2].sequence = 12
copied.order_line = [(0, 0, line) for line in extra]
template = env["sale.order.template"].create({
    "name": "Sol",
    "sale_order_template_line_ids": values["order_line"],
})
result = [copied.id, template.id]
"""
REQUEST = "SELECT state FROM demat_sign_request WHERE order_id = %s ORDER BY id"


class Office:
    def __init__(self, server):
        self.server = server
        self.password = secrets.token_urlsafe(16)
        self.order, self.number = server.run(FILL, password=self.password)

    def states(self):
        return [row[0] for row in self.server.sql(REQUEST, self.order)]


@pytest.fixture(scope="module")
def office(make_server, demat_template):
    return Office(make_server(demat_template))


def test_from_the_quote_to_the_mailbox_and_back(office, browser):
    server = office.server
    with visiting(Clerk, browser, server.base_url) as clerk:
        clerk.login("vendeuse", office.password)
        quote = f"/odoo/action-sale.action_quotations_with_onboarding/{office.order}"
        clerk.goto(quote)
        clerk.press("action_demat_sign")
        dialog = clerk.dialog
        expect(dialog).to_contain_text("Anne Martin")
        expect(dialog).to_contain_text("anne@noyers.example")
        expect(dialog).to_contain_text("Résidence des Tilleuls")
        clerk.press("action_preview", dialog)
        expect(dialog).to_contain_text("vous invite à signer le devis")
        clerk.snapshot("quote-send-window")
        server.smtp.clear()
        clerk.press("action_send", dialog)
        expect(clerk.page.locator(".o_form_view .o_statusbar_status")).to_contain_text(
            "En attente de signature"
        )
        [mail] = server.smtp.wait(1)
        assert mail.recipients == ("anne@noyers.example",)
        assert office.number in mail.subject
        assert re.search(r"/my/sign/\d+/[0-9a-f]{64}", mail.html)
        clerk.picture("quote-request")
        clerk.tab("journal")
        clerk.snapshot("quote-request-journal")
        clerk.goto("/odoo/action-demat_quote_sign.demat_sign_request_action")
        row = clerk.page.locator(".o_data_row")
        expect(row).to_contain_text(office.number)
        record = clerk.page.locator(".o_data_row, .o_kanban_record").first
        clerk.picture("quote-requests", lambda: expect(record).to_be_visible())
        # a change in the form
        clerk.goto(quote)
        notice = clerk.page.locator(".o_form_view .alert-info:visible")
        expect(notice).to_contain_text("attend des signatures (0 sur 1)")
        clerk.picture("quote-waiting")
        server.smtp.clear()
        clerk.tab("other_information")
        clerk.fill("client_order_ref", "B 204")
        clerk.page.locator(".o_form_button_save").click()
        warning = clerk.page.locator(".o_form_view .alert-warning:visible")
        expect(warning).to_contain_text("renvoyez-le")
        clerk.picture("quote-void")
        assert office.states() == ["void"]
        # who was invited is told by the job
        server.run("env['demat.exchange']._cron_recover_sending()")
        [mail] = server.smtp.wait(1)
        assert mail.recipients == ("anne@noyers.example",)
        assert "a été modifié" in mail.subject
        assert "/my/sign/" not in mail.html
        # and once more
        clerk.press("action_demat_sign")
        clerk.press("action_send", clerk.dialog)
        expect(clerk.page.locator(".o_form_view .o_statusbar_status")).to_contain_text(
            "En attente de signature"
        )
        assert office.states() == ["void", "sent"]
        assert clerk.errors == []


def test_section_of_variants(office, browser):
    """Marked in the menu of the section; the first line is proposed at once."""
    order, template = office.server.run(
        VARIANTS, order=office.order, password=office.password
    )

    def quantities():
        return office.server.sql(
            "SELECT product_uom_qty::int, COALESCE(demat_sign_offered_qty, 0)::int"
            " FROM sale_order_line WHERE order_id = %s AND display_type IS NULL"
            " ORDER BY sequence, id",
            order,
        )

    with visiting(Clerk, browser, office.server.base_url) as clerk:
        clerk.login("vendeuse", office.password)
        page = clerk.page

        def choose(entry):
            page.locator(".o_list_section_options button").first.click()
            clerk.snapshot("quote-variants-menu")
            page.get_by_role("menuitem", name=entry).click()

        clerk.goto(f"/odoo/action-sale.action_quotations_with_onboarding/{order}")
        choose("Le client choisit une seule variante")
        offered = page.locator("td[name=demat_sign_offered_qty]")
        expect(offered.filter(has_text="12,00")).to_have_count(2)
        expect(page.locator(".o_demat_variant_taken")).to_have_count(1)
        page.locator(".o_form_button_save").click()
        expect(page.locator(".o_form_status_indicator_buttons")).to_be_hidden()
        clerk.picture("quote-variants")
        # the discount is none, and all of them can be seen
        assert quantities() == [[12, 12], [0, 12], [1, 0]]
        assert office.server.sql(
            "SELECT collapse_composition FROM sale_order_line WHERE order_id = %s"
            " AND display_type = 'line_subsection'",
            order,
        ) == [[False]]
        # another one is proposed
        cell = page.locator(".o_demat_variant:not(.o_demat_variant_taken)")
        cell.locator("td[name=product_uom_qty]").click()
        page.locator("td[name=product_uom_qty] input").fill("11")
        page.locator(".o_form_button_save").click()
        expect(page.locator(".o_form_status_indicator_buttons")).to_be_hidden()
        assert quantities() == [[0, 12], [11, 11], [1, 0]]
        choose("Retirer « Le client choisit une seule variante »")
        page.locator(".o_form_button_save").click()
        expect(page.locator(".o_form_status_indicator_buttons")).to_be_hidden()
        assert quantities() == [[12, 0], [11, 0], [1, 0]]
        assert clerk.errors == []
    with visiting(Clerk, browser, office.server.base_url) as clerk:
        clerk.login("chef", office.password)
        page = clerk.page
        clerk.goto(
            f"/odoo/action-sale_management.sale_order_template_action/{template}"
        )
        page.locator(".o_list_section_options button").click()
        entry = "Le client choisit une seule variante"
        page.get_by_role("menuitem", name=entry).click()
        page.locator(".o_form_button_save").click()
        expect(page.locator(".o_form_status_indicator_buttons")).to_be_hidden()
        [[marked]] = office.server.sql(
            "SELECT count(*) FROM sale_order_template_line"
            " WHERE sale_order_template_id = %s AND demat_sign_variant",
            template,
        )
        assert marked == 1
        assert clerk.errors == []


def test_the_empty_list_says_what_to_do(make_server, demat_template, browser):
    server = make_server(demat_template)
    with visiting(Clerk, browser, server.base_url) as clerk:
        clerk.login("admin", "admin")
        clerk.goto("/odoo/action-demat_quote_sign.demat_sign_request_action")
        expect(clerk.page.locator(".o_view_nocontent")).to_contain_text(
            "Aucun devis n’attend de signature".replace("’", "'")
        )
        clerk.snapshot("quote-requests-empty")
