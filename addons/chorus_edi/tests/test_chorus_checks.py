# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.demat_base.lib.resolution import Remark
from odoo.addons.ged_archive.lib import errors, facturx

from ..models import account_move_chorus_rules as rules
from .common import (
    BOTH,
    CLOSED,
    EITHER,
    ENGAGEMENT,
    NOTHING,
    SERVICE,
    ChorusCommon,
)


@tagged("post_install", "-at_install")
class TestChorusChecks(ChorusCommon):
    """What is found before the sending: all at once, in words, with what to mend."""

    def _codes(self, move):
        return [reason.code for reason in move._demat_document_problems().get(move, ())]

    def _french(self, moves):
        self.env["res.lang"]._activate_lang("fr_FR")
        return moves.with_context(lang="fr_FR")

    def _wrong_tax(self, category="E"):
        """VAT of 20 % under a category that has none."""
        tax = self.company_data["default_tax_sale"]
        return tax.copy(
            {"name": f"TVA {category}", "ubl_cii_tax_category_code": category}
        )

    def _with_tax(self, tax, partner=None, **values):
        move = self._invoice(partner or self.town, post=False, **values)
        move.invoice_line_ids.tax_ids = tax
        move.action_post()
        return move

    def test_all_problems_at_once(self):
        partner = self._public("Ville à tout", BOTH)
        self.account.siret = "123"
        move = self._invoice(partner)
        told = ["chorus_seller_siret", "chorus_service", "chorus_engagement"]
        self.assertEqual(self._codes(move), told)
        reasons = move._demat_document_problems()[move]
        self.assertTrue(all(reason.res_id for reason in reasons))
        # faults of the records and of the XML in one list, each with what to mend
        tax = self._wrong_tax()
        original = self._invoice(partner, post=False)
        move = self._with_tax(
            tax,
            partner,
            chorus_corrects_id=original.id,
            chorus_attachment_ids=[Command.create({"name": "a.exe", "raw": b"x"})],
        )
        original.name = "FACTURE/2026/0000000001"
        original.action_post()
        self.assertEqual(
            self._codes(move),
            [*told, "chorus_attachment", "CPP-BT25-LENGTH", "CPP-VAT-RATE"],
        )
        found = self._french(move)._demat_document_problems()[move]
        wanted = (
            ("SIRET de Bâti Test SARL", self.company),
            ("« Service »", move),
            ("« Numéro d'engagement »", move),
            ("CPP-ATT-EXTENSION – Pièce complémentaire : Pièce jointe refusée", move),
            ("CPP-BT25-LENGTH – Facture", move),
            ("CPP-VAT-RATE – Taux de TVA (la taxe des lignes) : Le taux", tax),
        )
        for reason, (words, record) in zip(found, wanted, strict=True):
            self.assertIn(words, reason.message)
            self.assertEqual((reason.model, reason.res_id), (record._name, record.id))

    def test_what_the_host_misses_is_one_of_the_problems(self):
        """There may be no XML at all: that is said beside the rest, and once."""
        self.company.phone = self.company.email = False
        move = self._invoice(self.town, purchase_order_reference="E" * 51)
        codes = ["chorus_length", "chorus_missing", "chorus_missing"]
        self.assertEqual(self._codes(move), codes)
        move.partner_bank_id = False
        self.assertEqual(self._codes(move), ["no_bank", *codes])
        broken = UserError("the taxes cannot be told")
        with patch.object(type(move), "_demat_draft_xml", side_effect=broken):
            found = move._demat_document_problems()[move]
        codes = ["no_bank", "chorus_length", "chorus_xml"]
        self.assertEqual([one.code for one in found], codes)
        self.assertEqual(found[-1].message, broken.args[0])

    def test_rules_of_the_norm_are_told_with_them(self):
        move = self._with_tax(self._wrong_tax())
        self.assertEqual(self._codes(move), ["CPP-VAT-RATE"])
        schema = [
            facturx.XmlProblem("BR-E-05", "", "Rate must be 0", "BT-152", line=1),
            facturx.XmlProblem("BR-E-05", "", "Rate must be 0", "BT-152", line=3),
            facturx.XmlProblem("BR-X", "Note", "Perhaps", severity="warning"),
            facturx.XmlProblem("BR-11", "Country", "Missing", "BT-55"),
        ]
        check = patch.object(rules.facturx, "check_cii", return_value=schema)
        with check:
            self.assertEqual(self._codes(move), ["CPP-VAT-RATE", "BR-E-05", "BR-11"])
            one = self._check(self._french(move)).line_ids[1]
            self.assertEqual(one.rule, "BR-E-05")
            self.assertIn("(BT-152), lignes 1, 3", one.field_label)
            self.assertEqual(one.message, "Rate must be 0")
            self.town.country_id = False
            codes = ["no_country", "CPP-VAT-RATE", "BR-E-05"]
            self.assertEqual(self._codes(move), codes)
        # at the sealing too
        xml = move._demat_export_xml()
        with self.assertRaisesRegex(UserError, "CPP-VAT-RATE(.|\n)*BR-E-05"):
            move._chorus_check_xml(xml, schema)
        away = errors.ArchiveError("the checker is away")
        with patch.object(rules.facturx, "check_cii", side_effect=away):
            self.assertEqual(self._codes(move), ["no_country", "CPP-VAT-RATE"])

    def test_rules_of_the_norm_that_could_not_be_checked(self):
        """The window said that nothing was found, and the sealing failed."""
        moves = self._invoice(self.town) | self._invoice(self.town)
        away = errors.WorkerError("The rule checker died.")
        check = patch.object(rules.facturx, "check_cii", side_effect=away)
        with check as asked:
            findings = moves._demat_document_findings()
            self.assertEqual(asked.call_count, 1, "it may take a minute each time")
            [remark] = findings[moves[1]]
            self.assertEqual(findings[moves[0]][0].message, remark.message)
            self.assertEqual((remark.code, type(remark)), ("chorus_norm", Remark))
            self.assertIn("now: The rule checker died. They", remark.message)
            self.assertFalse(self._codes(moves[0]), "it holds nothing back")
            window = self._check(self._french(moves[0]))
        self.assertEqual((window.error_count, window.warning_count), (0, 1))
        self.assertIn("seront au scellement", window.line_ids.message)
        broken = patch.object(rules.facturx, "check_cii", side_effect=OSError("full"))
        with broken, self.assertLogs("odoo.addons.demat_invoice", "WARNING"):
            window = self._check(moves[0])
        self.assertEqual((window.error_count, window.warning_count), (0, 1))
        self.assertIn("full", window.line_ids.message)

    def test_a_draft_of_the_xml_is_made_where_it_helps(self):
        """Screens draft some; a sending drafts what it holds back, no other."""
        good = self._invoice(self.town) | self._invoice(self.town)
        held = self._invoice(self.town, purchase_order_reference="E" * 51)
        made = []
        check = type(held)._chorus_check_draft

        def count(move, told):
            made.append(move.id)
            return check(move, told)

        moves = good | held
        with patch.object(type(held), "_chorus_check_draft", count):
            moves._demat_sending_problems(sealed_next=True)
            self.assertEqual(made, held.ids)
            made.clear()
            with patch.object(rules, "DRAFT_LIMIT", 2):
                findings = moves._demat_sending_findings()
            self.assertEqual(made, [held.id, good[0].id], "what is held back first")
            [later] = findings[good[1]]
            self.assertEqual((later.code, type(later)), ("chorus_later", Remark))
            made.clear()
            self._force_state(good, "ready")
            with self.enter_registry_test_mode():
                good.with_user(self.clerk)._demat_start()
            self.assertFalse(made, "they are sealed next")

    # -- warnings ---------------------------------------------------------------------

    def _dollars(self, **values):
        dollars = self.env.ref("base.USD")
        dollars.active = True
        return self._invoice(self.town, currency_id=dollars.id, **values)

    def test_warnings_hold_nothing_back_and_are_shown(self):
        move = self._dollars()
        self._force_state(move, "ready")
        [remark] = self._french(move)._demat_sending_findings()[move]
        self.assertIsInstance(remark, Remark)
        self.assertIn(
            "CPP-BT5-CURRENCY – Devise : La facture est en USD", remark.message
        )
        self.assertFalse(self._codes(move))
        clerk = move.with_user(self.clerk)
        window = self.env["demat.send.wizard"].with_user(self.clerk)
        window = window.with_context(active_ids=move.ids).create({})
        self.assertIn("CPP-BT5-CURRENCY", window.line_ids.remark)
        self.assertFalse(window.line_ids.problem)
        self.assertEqual(window.sendable_count, 1)
        self.assertIn(f"{move.display_name}: CPP-BT5-CURRENCY", window.remarks)
        screen = self.env["demat.process"].with_user(self.clerk)
        [row] = screen.create({"treatment": "send"})._prepare_rows(clerk)
        self.assertIn("CPP-BT5-CURRENCY", row["remark"])
        self.assertTrue(row["selected"] and not row["problem"])
        self.assertEqual((row["fix_model"], row["fix_id"]), (move._name, move.id))
        action = clerk.action_send_and_print()
        host = self.env[action["res_model"]].with_user(self.clerk)
        host = host.with_context(**action["context"]).create({"move_id": move.id})
        [alert] = [one for one in host.alerts.values() if "CPP-BT5" in one["message"]]
        self.assertEqual(alert["level"], "warning")

    def test_the_window_of_the_host_tells_what_blocks(self):
        tax = self._wrong_tax()
        bad, remarked = self._with_tax(tax), self._dollars()
        send = self.env["account.move.send"].with_user(self.clerk)

        def alerts(moves):
            moves = moves.with_user(self.clerk)
            data = {move: send._get_default_sending_settings(move) for move in moves}
            for values in data.values():
                values["sending_methods"] = {"demat"}
            return send._get_alerts(moves, data)

        found = alerts(bad)["demat_found_0"]
        self.assertEqual(found["level"], "danger")
        self.assertEqual(found["action"]["res_id"], tax.id)
        self.assertIn(tax.name, found["action_text"])
        together = alerts(bad | remarked)
        self.assertIn(
            f"{bad.display_name}: CPP-VAT", together["demat_found"]["message"]
        )
        self.assertEqual(together["demat_found"]["level"], "warning", "others leave")
        self.assertEqual(together["demat_found"]["action"]["res_id"], bad.id)
        self.assertIn("CPP-BT5", together["demat_remarks"]["message"])

    # -- the button -------------------------------------------------------------------

    def _check(self, move):
        action = move.with_user(self.clerk).action_chorus_check()
        self.assertFalse(move.is_move_sent or move.demat_error, "nothing is changed")
        window = self.env[action["res_model"]].with_user(self.clerk)
        return window.browse(action["res_id"])

    def test_the_button_shows_everything(self):
        window = self._check(self._invoice(self.town))
        self.assertFalse(window.line_ids)
        self.assertFalse(window.error_count or window.warning_count)
        tax = self._wrong_tax()
        partner = self._public("Ville à tout", BOTH)
        dollars = self.env.ref("base.USD")
        dollars.active = True
        file = Command.create({"name": "a.exe", "raw": b"x"})
        values = {"currency_id": dollars.id, "chorus_attachment_ids": [file]}
        move = self._with_tax(tax, partner, **values)
        window = self._check(self._french(move))
        self.assertEqual((window.error_count, window.warning_count), (4, 1))
        rows = [
            (line.level, line.rule, line.field_label, line.fix_name)
            for line in window.line_ids
        ]
        self.assertEqual(
            rows,
            [
                ("error", "chorus_service", "Code service", move.display_name),
                (
                    "error",
                    "chorus_engagement",
                    "Numéro d'engagement",
                    move.display_name,
                ),
                (
                    "error",
                    "CPP-ATT-EXTENSION",
                    "Pièce complémentaire",
                    move.display_name,
                ),
                ("error", "CPP-VAT-RATE", "Taux de TVA (la taxe des lignes)", tax.name),
                ("warning", "CPP-BT5-CURRENCY", "Devise", move.display_name),
            ],
        )
        self.assertEqual(window.line_ids[3].action_fix()["res_id"], tax.id)
        self.assertEqual(window.action_again()["res_model"], window._name)
        for record in (window, window.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.manager).read()

    def test_the_button_on_a_draft(self):
        """Number and date come with the posting: nothing is said of them."""
        draft = self._invoice(self.town, post=False, invoice_date=False)
        window = self._check(draft)
        self.assertTrue(window.is_draft)
        self.assertFalse(window.line_ids.mapped("message"))
        draft.purchase_order_reference = "E" * 51
        line = self._check(draft).line_ids
        self.assertEqual(line.rule, "chorus_length")
        self.assertEqual(line.field_label, "Engagement number")

    def test_the_button_is_for_invoices_to_chorus(self):
        with self.assertRaisesRegex(UserError, "no public entity"):
            self._check(self._invoice())
        nobody = self._make_user("reader", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            self._invoice(self.town).with_user(nobody).action_chorus_check()

    def test_demands(self):
        either = self._public("Ville au choix", EITHER)
        self.assertEqual(self._codes(self._invoice(either)), ["chorus_either"])
        self.assertFalse(
            self._codes(self._invoice(either, purchase_order_reference="E1"))
        )
        engaged = self._public("Ville à engagement", ENGAGEMENT)
        self.assertEqual(self._codes(self._invoice(engaged)), ["chorus_engagement"])
        served = self._public("Ville à service", SERVICE)
        for code, found in (
            ("SERVICE_DEST_SERV_OBL", []),
            ("SERVICE_EJ_OBL", ["chorus_engagement"]),
            ("SERVICE_FERME", ["chorus_service_closed"]),
        ):
            service = self._service(served, code)
            move = self._invoice(served, chorus_service_id=service.id)
            self.assertEqual(self._codes(move), found, code)
        typed = self._invoice(served, buyer_reference="NOWHERE")
        self.assertEqual(self._codes(typed), ["chorus_service_unknown"])
        shut = self._public("Ville fermée", CLOSED)
        self.assertEqual(self._codes(self._invoice(shut)), ["chorus_closed"])

    def test_numbers_and_sirets(self):
        move = self._invoice(self.town, purchase_order_reference="E" * 51)
        self.assertEqual(self._codes(move), ["chorus_length"])
        self.account.skip_luhn = False
        structure = self.town.chorus_structure_id
        structure.siret = "12345678200052"
        self.assertEqual(self._codes(self._invoice(self.town)), ["chorus_buyer_siret"])
        structure.siret = NOTHING
        self.account.skip_luhn = True
        move = self._invoice(self.town, post=False)
        move.name = "FACTURE/2026/0000000001"
        move.action_post()
        self.assertEqual(self._codes(move), ["chorus_number"])
        with self.assertRaises(UserError):
            move._chorus_check_xml(move._demat_export_xml())

    def test_frames(self):
        move = self._invoice(self.town, chorus_cadre="A2")
        self.assertEqual(self._codes(move), ["chorus_unpaid"])
        move = self._invoice(self.town, chorus_cadre="A9")
        self.assertEqual(self._codes(move), ["chorus_validator"])
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "12345", "partner_id": self.company.partner_id.id}
        )
        move = self._invoice(self.town, partner_bank_id=bank.id)
        self.assertEqual(self._codes(move), ["chorus_iban"])

    def test_broken_rules_are_words(self):
        move = self._invoice(self.town)
        xml = move._demat_export_xml().replace(
            b"0189</ram:IBANID>", b"0188</ram:IBANID>"
        )
        with self.assertRaisesRegex(UserError, "rules of Chorus Pro") as caught:
            move._chorus_check_xml(xml)
        self.assertIn("CPP-BT84-IBAN – Bank account (IBAN): ", str(caught.exception))
        self.env["res.lang"]._activate_lang("fr_FR")
        with self.assertRaisesRegex(UserError, "règles de Chorus Pro") as caught:
            move.with_context(lang="fr_FR")._chorus_check_xml(xml)
        self.assertIn("Compte bancaire (IBAN)", str(caught.exception))
