# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class DematLot(models.Model):
    """Invoices that were created in one go (seed 001, "numéro de lot").

    One action, one number: orders invoiced together, the rows of an import, the
    recurring invoices of one night. Written by the system, see ``account_move_lot.py``.
    """

    _name = "demat.lot"
    _description = "Lot of Invoices"
    _order = "number desc, id desc"
    _rec_name = "number"
    _check_company_auto = True

    number = fields.Integer(
        string="Lot no.", required=True, readonly=True, aggregator=None
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    origin = fields.Selection(
        [
            ("orders", "Invoiced orders"),
            ("import", "Import"),
            ("recurring", "Recurring invoices"),
            ("other", "Created together"),
        ],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Launched by", readonly=True)
    date = fields.Datetime(string="Created", required=True, readonly=True)
    move_ids = fields.One2many(
        "account.move", "lot_id", string="Invoices", readonly=True
    )
    move_count = fields.Integer(
        string="Number of Invoices", compute="_compute_move_count"
    )

    _number_uniq = models.Constraint(
        "UNIQUE (company_id, number)", "This lot number exists already."
    )

    @api.depends("number")
    def _compute_display_name(self):
        for lot in self:
            lot.display_name = str(lot.number)

    @api.model
    def _search_display_name(self, operator, value):
        # a lot is searched by its number, typed as text
        if operator in ("ilike", "=ilike", "like", "=like", "=") and isinstance(
            value, str
        ):
            text = value.strip()
            return [("number", "=", int(text) if text.isdecimal() else 0)]
        return super()._search_display_name(operator, value)

    def _compute_move_count(self):
        counts = dict(
            self.env["account.move"]._read_group(
                [("lot_id", "in", self.ids)], ["lot_id"], ["__count"]
            )
        )
        for lot in self:
            lot.move_count = counts.get(lot, 0)

    @api.model
    def _open(self, company, origin):
        """Return a new lot of this company.

        :param origin: value of :attr:`origin`
        """
        return self.sudo().create(
            {
                "number": int(company._demat_next_lot_number()),
                "company_id": company.id,
                "origin": origin,
                "user_id": self.env.uid,
                "date": fields.Datetime.now(),
            }
        )

    def action_view_moves(self):
        """The invoices of this lot."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "demat_invoice.account_move_action_process"
        )
        action["domain"] = [("lot_id", "=", self.id)]
        action["context"] = {"default_move_type": "out_invoice"}
        action["display_name"] = self.env._("Lot %(number)s", number=self.number)
        return action


class ResCompany(models.Model):
    _inherit = "res.company"

    def _demat_next_lot_number(self):
        """Return the next lot number of this company, as text."""
        self.ensure_one()
        sequences = self.env["ir.sequence"].sudo()
        wanted = [("code", "=", "demat.lot"), ("company_id", "=", self.id)]
        sequence = sequences.search(wanted, limit=1)
        if not sequence:
            # two first lots at once must not make two sequences
            self.sudo()._demat_lock_or_refuse()
            sequence = sequences.create(
                {
                    "name": self.env._("Lots of invoices"),
                    "code": "demat.lot",
                    "company_id": self.id,
                }
            )
        return sequence.next_by_id()
