# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command

from .common import DematInvoiceCommon


class DematRunCommon(DematInvoiceCommon):
    """Launch runs as the clerk and work on them as the job does."""

    def _launch(self, treatment, moves, *, user=None, **arguments):
        user = user or self.clerk
        runs = self.env["demat.run"].with_user(user)
        return runs._launch(treatment, moves.with_user(user), **arguments)

    def _run(self, treatment, moves, **arguments):
        run = self._launch(treatment, moves, **arguments)
        self._process(run)
        return run

    def _process(self, run):
        run.sudo().with_context(force_report_rendering=True)._process()
        self.env.invalidate_all()

    def _ready(self, count=1, partner=None, **values):
        moves = self.env["account.move"]
        for _number in range(count):
            moves |= self._invoice(partner, **values)
        self._force_state(moves, "ready")
        return moves

    @classmethod
    def _second_company(cls, *users, name="Autre SARL"):
        """A second company that sends, in which these users work too."""
        company = cls._create_company(name=name, country_id=cls.env.ref("base.fr").id)
        company.write(
            {
                "demat_invoicing": True,
                "ged_seal_profile_id": cls._make_profile(company),
                "email": "facturation@autre.example",
                "phone": "+33 4 00 00 00 01",
                "vat": "FR76843512765",
                "street": "3 quai du Port",
                "zip": "69002",
                "city": "Lyon",
            }
        )
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        for user in users:
            user.company_ids |= company
        cls.env["demat.consent"]._record(
            cls.customer,
            kinds=["invoice"],
            action="given",
            means="form",
            company=company,
        )
        return company

    def _ready_in(self, company):
        """A ready invoice of another company."""
        tax = self.env["account.tax"].search(
            [("company_id", "=", company.id), ("type_tax_use", "=", "sale")], limit=1
        )
        move = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_date": "2026-11-02",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Pose",
                                "price_unit": 42.0,
                                "tax_ids": [Command.set(tax.ids)],
                            }
                        )
                    ],
                }
            )
        )
        move.action_post()
        self._force_state(move, "ready")
        return move
