# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoices in every send state, made by the clerk through the product's buttons."""

import time
from datetime import timedelta

from odoo import fields

from demo.quotes import REDUCED_NOTE

#: Seconds that mails which another process sends may take.
PATIENCE = 60
REOPENING = "Numéro de bon de commande oublié : demandé par la comptabilité du client"


class Invoices:
    """Creates the invoices in the order of their dates, then sends those that leave."""

    def __init__(self, env, clerk, catalogue, customers, sites):
        self.env = env
        self.clerk = clerk
        self.catalogue = catalogue
        self.customers = customers
        self.sites = sites
        self.today = fields.Date.context_today(env.user)

    # -- making -----------------------------------------------------------------------

    def create(self, orders):
        """All invoices, posted in the order of their dates; returns them by name."""
        made = {**self._create_old(orders), **self._create_recent()}
        for move in made.values():
            move.action_post()
        made["draft_residence"] = self._invoice(
            self.customers.property_firm,
            ["Situation n° 3 : cages d’escalier", ("tiles", 58), ("skirting", 74)],
            days=0,
            site=self.sites.residence,
        )
        made["draft_paper"] = self._invoice(
            self.customers.paper, [("masonry", 6), ("labour", 4)], days=0
        )
        return made

    def _create_old(self, orders):
        """Those that have left: paid, due, overdue, corrected, refused by a mailbox."""
        who = self.customers
        made = {}
        made["overdue_residence"] = self._from_order(orders["residence"], days=82)
        made["paid_house"] = self._from_order(orders["house"], days=76)
        made["overdue_school"] = self._from_order(orders["school"], days=64)
        made["paid_joinery"] = self._invoice(
            who.joinery,
            ["Atelier : dallage", ("screed", 85), ("travel", 1)],
            days=58,
        )
        made["paper"] = self._invoice(
            who.paper,
            ["Fosse de l’atelier", ("masonry", 18), ("labour", 12), ("waste", 1)],
            days=47,
        )
        made["reopened"] = self._invoice(
            who.property_firm,
            ["Situation n° 2 : appartements 201 à 204", ("screed", 96), ("tiles", 96)],
            days=36,
            site=self.sites.residence,
        )
        made["paid_firm"] = self._invoice(
            who.property_firm,
            ["Dégât des eaux, appartement 12", ("plaster", 34), ("labour", 9)],
            days=33,
        )
        made["suspended_public"] = self._invoice(
            who.community,
            ["École de musique : cloisons", ("plaster", 62), ("labour", 14)],
            days=29,
            purchase_order_reference="EJ2026-0502",
        )
        made["bounced"] = self._invoice(
            who.joinery, ["Bureau : cloison", ("plaster", 48), ("labour", 6)], days=26
        )
        return made

    def _create_recent(self):
        """Those that wait, are ready, are kept, or cannot leave."""
        who, sites = self.customers, self.sites
        made = {}
        made["due_school"] = self._invoice(
            who.town_hall,
            ["Préau : reprise d’enduit", ("render", 31), ("scaffold", 1)],
            days=17,
            site=sites.school,
        )
        made["internal"] = self._invoice(
            who.town_hall,
            ["Garantie de parfait achèvement, sans frais", ("render", 4)],
            days=15,
            site=sites.school,
            price=0.0,
        )
        made["blocked_by_rule"] = self._invoice(
            who.household,
            ["Reprise de joints", ("wall_tiles", 3), ("labour", 2)],
            days=12,
            rate=None,
        )
        made["blocked_by_address"] = self._invoice(
            who.mute, ["Mur de soutènement", ("masonry", 26), ("labour", 16)], days=9
        )
        made["ready_firm"] = self._invoice(
            who.property_firm,
            ["Local vélos, bâtiment A", ("screed", 24), ("masonry", 12)],
            days=6,
            site=sites.residence,
        )
        made["ready_joinery"] = self._invoice(
            who.joinery, ["Quai de chargement", ("masonry", 14), ("travel", 1)], days=5
        )
        made["ready_public"] = self._invoice(
            who.community,
            ["Médiathèque : reprise du parvis", ("tiles", 44), ("waste", 1)],
            days=4,
            purchase_order_reference="EJ2026-0418",
        )
        made["waiting_school"] = self._invoice(
            who.town_hall,
            ["Garderie : sol souple déposé", ("demolition", 52), ("screed", 52)],
            days=3,
            site=sites.school,
        )
        made["waiting_house"] = self._invoice(
            who.household,
            ["Crédence de cuisine", ("wall_tiles", 4.5)],
            days=2,
            rate="reduced",
        )
        return made

    def _from_order(self, order, days):
        """Invoice of a confirmed quote: the site travels along."""
        move = order.with_context(
            default_invoice_date=self._day(days)
        )._create_invoices()
        values = {"ref": order.client_order_ref, **self._dates(days)}
        if order.client_order_ref:
            # One column less above the lines, where the titles would touch each other.
            values["invoice_origin"] = False
        move.write(values)
        if order.note:
            move.narration = order.note
        return move

    def _invoice(
        self, partner, works, *, days, rate="full", site=None, price=None, **values
    ):
        lines = self.catalogue.invoice_lines(works, rate)
        if price is not None:
            for _command, _id, vals in lines:
                if "product_id" in vals:
                    vals["price_unit"] = price
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "project_id": site.id if site else False,
                "invoice_user_id": self.clerk.id,
                "invoice_line_ids": lines,
                "narration": REDUCED_NOTE if rate == "reduced" else False,
                **self._dates(days),
                **values,
            }
        )

    def _dates(self, days):
        return {"invoice_date": self._day(days), "delivery_date": self._day(days + 3)}

    def _day(self, days):
        return self.today - timedelta(days=days)

    # -- sending ----------------------------------------------------------------------

    def send(self, made):
        """Prepare and send as the clerk does; the rest keeps the state it is in."""
        leaving = (
            "overdue_residence",
            "paid_house",
            "overdue_school",
            "paid_joinery",
            "paper",
            "reopened",
            "paid_firm",
            "bounced",
            "due_school",
        )
        ready = (
            "blocked_by_rule",
            "blocked_by_address",
            "ready_firm",
            "ready_joinery",
            "ready_public",
        )
        moves = self.env["account.move"]
        waiting = (*leaving, *ready, "suspended_public")
        self._prepare(moves.union(*(made[name] for name in waiting)))
        made["internal"].with_user(self.clerk).action_demat_keep_internal()
        self._send(moves.union(*(made[name] for name in leaving)))
        self._start(made["suspended_public"])
        self._send_in_vain(made["blocked_by_rule"])

    def _prepare(self, moves):
        moves.with_user(self.clerk).action_demat_prepare()

    def _send(self, moves):
        """:raise RuntimeError: one of them did not leave"""
        self._start(moves)
        self._wait_for_mails(moves)
        for move in moves:
            if move.demat_state != "sent" or move.demat_delivery in (
                "failed",
                "pending",
            ):
                raise RuntimeError(
                    f"the demo invoice {move.name} was not sent: "
                    f"{move.demat_error or self._exchange_errors(move)}"
                )

    def _wait_for_mails(self, moves):
        """The job of the running server may have been faster: it is sending them."""
        deadline = time.monotonic() + PATIENCE
        while "pending" in moves.mapped("demat_delivery"):
            if time.monotonic() > deadline:
                return
            time.sleep(1)
            self.env.cr.rollback()
            self.env.invalidate_all()

    def _send_in_vain(self, move):
        """:raise RuntimeError: the invoice that should be refused has left"""
        self._start(move)
        if move.demat_state != "ready" or not move.demat_error:
            raise RuntimeError(f"the demo invoice {move.name} should have been refused")

    def _start(self, moves):
        moves.with_user(self.clerk)._demat_start()
        # The product goes on by itself once this is committed.
        self.env.cr.commit()
        self.env.invalidate_all()

    def _exchange_errors(self, move):
        exchanges = move.sudo().demat_exchange_ids
        return "; ".join(
            f"{exchange.channel} {exchange.state} {exchange.error_text or ''}"
            for exchange in exchanges
        )

    # -- what happens afterwards ------------------------------------------------------

    def live_on(self, made, admin):
        """A correction, a credit note, a mail that comes back, payments."""
        made["credit_note"] = self._credit(made["overdue_residence"])
        self._correct(made["reopened"], admin)
        self._bounce(made["bounced"])
        for name, days in (("paid_house", 61), ("paid_joinery", 22), ("paid_firm", 4)):
            self._pay(made[name], self._day(days))

    def _correct(self, move, admin):
        """Reopened by the administrator with a reason, it leaves as version 2."""
        move.with_user(admin)._demat_reopen(REOPENING)
        move.with_user(self.clerk).ref = "BC 2026-0381"
        self._prepare(move)
        self._send(move)

    def _credit(self, move):
        """A credit note on an invoice that has left: it leaves too."""
        note = self._invoice(
            move.partner_id,
            ["Situation n° 1 : moins-value, plinthes non posées", ("skirting", 22)],
            days=19,
            site=move.project_id,
            move_type="out_refund",
            reversed_entry_id=move.id,
        )
        note.action_post()
        self._prepare(note)
        self._send(note)
        return note

    def _bounce(self, move):
        """The report of a mail server comes in after the mail has left."""
        exchange = move.sudo().demat_exchange_ids.filtered(
            lambda row: row.channel == "mail"
        )
        address = exchange.recipients.split(",")[0].strip()
        exchange._mark_bounced([address], f"550 5.1.1 <{address}>: user unknown")

    def _pay(self, move, date):
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", move.company_id.id)], limit=1
        )
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"payment_date": date, "journal_id": journal.id})
        )
        wizard.action_create_payments()
