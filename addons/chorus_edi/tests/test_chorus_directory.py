# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..lib import client, errors, platforms
from ..lib.answers import Service
from .common import EITHER, ENGAGEMENT, NOTHING, SERVICE, ChorusCommon


@tagged("post_install", "-at_install")
class TestChorusDirectory(ChorusCommon):
    """Search, bring, refresh; public customers; what travels to the invoice."""

    def _search(self, query, partner=None):
        wizard = self.env["chorus.search"].with_user(self.clerk)
        wizard = wizard.with_context(default_partner_id=(partner or self.silent).id)
        wizard = wizard.create({"query": query, "partner_id": partner and partner.id})
        wizard.action_search()
        return wizard

    def test_search_and_bring(self):
        self.clerk.group_ids |= self.env.ref("base.group_partner_manager")
        wizard = self._search("1234 5678 2000 28", self.silent)
        self.assertEqual(wizard.line_ids.mapped("siret"), [SERVICE])
        wizard.line_ids.action_bring()
        entity = self.silent.chorus_structure_id
        self.assertEqual(entity.siret, SERVICE)
        self.assertTrue(entity.service_required)
        self.assertEqual(entity.demands, "A service code.")
        codes = {service.code: service for service in entity.service_ids}
        self.assertEqual(
            set(codes), {"SERVICE_DEST_SERV_OBL", "SERVICE_EJ_OBL", "SERVICE_FERME"}
        )
        self.assertFalse(codes["SERVICE_FERME"].active)
        self.assertTrue(codes["SERVICE_EJ_OBL"].engagement_required)
        self.assertFalse(codes["SERVICE_DEST_SERV_OBL"].engagement_required)

    def test_search_by_name(self):
        found = self._search("Destinataire").line_ids
        self.assertIn(NOTHING, found.mapped("siret"))
        self.assertFalse(found.filtered(lambda line: not line.is_open) - found)
        nothing = self._search("Zzzz")
        self.assertFalse(nothing.line_ids)
        self.assertIn("Nothing found", nothing.note)
        with self.assertRaisesRegex(UserError, "fourteen digits"):
            self._search("a")

    def test_all_pages_of_services(self):
        partner = self._public("Grande ville", EITHER)
        self.assertEqual(len(partner.chorus_structure_id.service_ids), 37)

    def test_refresh_marks_what_closed(self):
        structure = self.town.chorus_structure_id
        self.assertEqual(structure.service_ids.mapped("code"), ["ACCUEIL"])
        gone = self.env["chorus.service"].create(
            {"structure_id": structure.id, "code": "OLD"}
        )
        structure.with_user(self.clerk).action_refresh()
        self.assertFalse(gone.active)
        self.chorus.control(change_structure={"siret": NOTHING, "active": False})
        self.addCleanup(
            self.chorus.control,
            change_structure={"siret": NOTHING, "active": True},
        )
        structure.with_user(self.clerk).action_refresh()
        self.assertFalse(structure.active)
        self.assertIn("Closed", structure.demands)

    def test_who_may(self):
        user = self._make_user("seller", "sales_team.group_sale_salesman")
        structure = self.town.chorus_structure_id
        self.assertTrue(structure.with_user(user).name)
        with self.assertRaises(AccessError):
            structure.with_user(user).action_refresh()
        with self.assertRaises(AccessError):
            structure.with_user(self.clerk).write({"name": "x"})
        with self.assertRaises(ValidationError):
            structure.with_user(self.manager).write({"siret": "123"})

    def test_night(self):
        """Only what customers have and is old is read; a fault stops the job there."""
        self._public("Autre ville", ENGAGEMENT)
        alone = self.env["chorus.structure"].create(
            {"siret": "12345678200077", "name": "Nobody's"}
        )
        structures = self.env["chorus.structure"].search([("partner_ids", "!=", False)])
        structures.refreshed_at = "2020-01-01"
        self.env.flush_all()
        # a job commits, a test of a transaction does not
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 60.0
        ):
            self.chorus.forget_calls()
            self.env["chorus.structure"]._cron_refresh()
            self.assertTrue(all(one.refreshed_at.year > 2020 for one in structures))
            self.assertFalse(alone.refreshed_at)
            calls = self.chorus.calls["structures/consulter"]
            self.assertEqual(calls, len(structures))
            self.env["chorus.structure"]._cron_refresh()
            self.assertEqual(self.chorus.calls["structures/consulter"], calls)
            structures.refreshed_at = "2020-01-01"
            self.account.password = "wrong"
            self.env["chorus.structure"]._cron_refresh()
        self.assertTrue(all(one.refreshed_at.year == 2020 for one in structures))
        access = self.env.ref("chorus_edi.mail_activity_type_access")
        self.assertIn(access, self.account.activity_ids.activity_type_id)

    def _night(self, *answers):
        """One night; the entities that are asked for, in their order.

        :param answers: a number of Chorus Pro and the error about it, each
        """
        faults, asked, read = dict(answers), [], client.Client.structure

        def structure(caller, number):
            asked.append(number)
            if number in faults:
                raise faults[number]
            return read(caller, number)

        commit = patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 60.0
        )
        with commit, patch.object(client.Client, "structure", structure):
            self.env["chorus.structure"]._cron_refresh()
        return asked

    def test_night_goes_on_after_one_that_cannot_be_read(self):
        first = self.town.chorus_structure_id
        last = self._public("Autre ville", ENGAGEMENT).chorus_structure_id
        both = first | last
        others = self.env["chorus.structure"].search([("partner_ids", "!=", False)])
        (others - both).partner_ids.chorus_structure_id = False
        both.refreshed_at = "2020-01-01"
        error = errors.UnreadableAnswer("HTTP 500", code=500)
        self.assertEqual(self._night((first.number, error)), both.mapped("number"))
        self.assertEqual(first.refreshed_at.year, 2020)
        self.assertTrue(first.tried_at)
        self.assertGreater(last.refreshed_at.year, 2020)
        last.refreshed_at = "2020-01-01"
        self.assertEqual(self._night(), [last.number, first.number], "it comes last")
        self.assertFalse(first.tried_at)
        # a platform that is away ends the night, and so do many failures
        both.refreshed_at = "2020-01-01"
        away = errors.RetryLater("no connection")
        self.assertEqual(len(self._night((first.number, away))), 1)
        with patch("odoo.addons.chorus_edi.lib.rhythm.MAX_FAILURES", 1):
            self.assertEqual(len(self._night((first.number, error))), 1)

    def test_a_code_that_comes_twice(self):
        structure = self.town.chorus_structure_id
        closed = Service("7", "DOUBLE", "Ancien", False, None, None)
        opened = Service("8", "DOUBLE", "Nouveau", True, None, None)
        for answers in ([closed, opened], [opened, closed]):
            structure._refresh_services(answers)
            service = self._service(self.town, "DOUBLE")
            self.assertEqual((service.number, service.active), ("8", True))

    def test_the_number_of_another_platform(self):
        structure = self.town.chorus_structure_id
        number = structure.number
        other = self._public("Autre ville", ENGAGEMENT).chorus_structure_id
        for wrong in (other.number, "999999"):
            structure.number = wrong
            structure.with_user(self.clerk).action_refresh()
            self.assertEqual(structure.number, number)
            self.assertFalse(structure.engagement_required)
            self.assertTrue(structure.active)

    def test_tests_close_nothing_where_another_account_is_real(self):
        structure = self.town.chorus_structure_id
        real = self.env["chorus.account"].create(
            {
                "company_id": self.env["res.company"].create({"name": "Autre"}).id,
                "platform": "production",
            }
        )
        here = self.account.sudo()._chorus_platform()
        self.enterContext(patch.dict(platforms.PLATFORMS, {"qualification": here}))
        gone = [{"siret": NOTHING, "active": False}, {"siret": NOTHING, "active": True}]
        self.addCleanup(self.chorus.control, change_structure=gone[1])
        self.chorus.control(change_structure=gone[0])
        structure.with_user(self.clerk).action_refresh()
        self.assertTrue(structure.active)
        lost = patch.object(
            client.Client, "structures", lambda *args, **criteria: iter(())
        )
        structure.number = False
        with lost:
            structure.with_user(self.clerk).action_refresh()
        self.assertTrue(structure.active)
        real.unlink()
        structure.with_user(self.clerk).action_refresh()
        self.assertFalse(structure.active)

    def test_night_goes_on_with_another_account(self):
        structure = self.town.chorus_structure_id
        secret = ("client_id", "client_secret", "login", "password")
        other = self.env["chorus.account"].create(
            {
                "company_id": self.env["res.company"].create({"name": "Autre"}).id,
                "platform": "production",
                **{name: self.account.sudo()[name] for name in secret},
            }
        )
        here = self.account.sudo()._chorus_platform()
        self.enterContext(patch.dict(platforms.PLATFORMS, {"production": here}))
        clients = self.env["chorus.structure"]._night_clients()
        self.assertEqual(next(clients)[1], other, "the real platform first")
        other.sudo().password = "wrong"
        structure.refreshed_at = "2020-01-01"
        self._night()
        self.assertGreater(structure.refreshed_at.year, 2020)
        access = self.env.ref("chorus_edi.mail_activity_type_access")
        self.assertIn(access, other.activity_ids.activity_type_id)
        self.assertNotIn(access, self.account.activity_ids.activity_type_id)

    def test_contacts_belong_to_the_entity(self):
        contact = self.env["res.partner"].create(
            {"name": "Service technique", "parent_id": self.town.id, "type": "invoice"}
        )
        self.assertEqual(contact.chorus_structure_id, self.town.chorus_structure_id)
        contact.chorus_service_id = self._service(self.town, "ACCUEIL")
        move = self._invoice(contact, post=False)
        self.assertEqual(move.buyer_reference, "ACCUEIL")
        self.assertEqual(move.chorus_cadre, "A1")
        with Form(self.town) as form:
            form.chorus_service_id = self._service(self.town, "ACCUEIL")
        self.assertEqual(
            self._invoice(self.town, post=False).buyer_reference, "ACCUEIL"
        )

    def test_service_goes_with_its_customer(self):
        service = self._service(self.town, "ACCUEIL")
        move = self._invoice(self.town, post=False, chorus_service_id=service.id)
        self.assertEqual(move.buyer_reference, "ACCUEIL")
        move.partner_id = self.customer
        self.assertFalse(move.chorus_service_id)
        self.assertFalse(move.buyer_reference)
        self.assertFalse(move.chorus_cadre)

    def test_other_customers_are_left_alone(self):
        move = self._invoice(self.customer, post=False, buyer_reference="theirs")
        self.assertEqual(move.buyer_reference, "theirs")
        self.assertFalse(move.chorus_cadre)
        self.assertFalse(move._chorus_is_public())

    def test_travel_from_quote_to_invoice(self):
        partner = self._public("Ville à service", SERVICE)
        product = self.env["product.product"].create(
            {"name": "Pose", "type": "service", "invoice_policy": "order"}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "chorus_service_id": self._service(partner, "SERVICE_DEST_SERV_OBL").id,
                "chorus_engagement": "EJ-1",
                "chorus_market": "M-1",
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "price_unit": 100,
                            "tax_ids": self.company_data["default_tax_sale"].ids,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids, active_id=order.id
        )
        down = wizard.create({"advance_payment_method": "percentage", "amount": 30})
        down.create_invoices()
        first = order.invoice_ids
        wizard.create({"advance_payment_method": "delivered"}).create_invoices()
        final = order.invoice_ids - first
        for move in first + final:
            self.assertEqual(move.chorus_service_id, order.chorus_service_id)
            self.assertEqual(move.buyer_reference, "SERVICE_DEST_SERV_OBL")
            self.assertEqual(move.purchase_order_reference, "EJ-1")
            self.assertEqual(move.contract_reference, "M-1")
        self.assertEqual(first._chorus_type_code(), "386")
        self.assertEqual(final._chorus_type_code(), "380")
        first.invoice_date = final.invoice_date = "2026-11-02"
        first.action_post()
        self.assertEqual(final._chorus_preceding(), first)

    def test_orders_of_two_engagements_are_two_invoices(self):
        product = self.env["product.product"].create(
            {"name": "Pose", "type": "service", "invoice_policy": "order"}
        )
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.town.id,
                    "chorus_engagement": number,
                    "order_line": [
                        Command.create({"product_id": product.id, "price_unit": 1})
                    ],
                }
                for number in ("EJ-1", "EJ-2", "EJ-2", False)
            ]
        )
        orders.action_confirm()
        moves = orders._create_invoices()
        self.assertEqual(len(moves), 3)
