# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class DematBillChange(models.Model):
    """Who did what to a bill or to a remittance, when and why.

    Written by their acts and by nothing else; nobody edits the rows.
    """

    _name = "demat.bill.change"
    _description = "Event of a Bill of Exchange"
    _order = "id desc"
    _rec_name = "act"

    bill_id = fields.Many2one(
        "demat.bill", index="btree_not_null", ondelete="cascade", readonly=True
    )
    remittance_id = fields.Many2one(
        "demat.bill.remittance",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    act = fields.Selection(
        [
            ("create", "Created"),
            ("issue", "Issued"),
            ("send", "Sent for acceptance"),
            ("accept", "Returned accepted"),
            ("remit", "Remitted to the bank"),
            ("withdraw", "Taken back from the bank"),
            ("pay", "Paid"),
            ("refuse", "Returned unpaid"),
            ("cancel", "Cancelled"),
            ("print", "Printed"),
            ("make", "File made"),
            ("download", "File downloaded"),
            ("confirm", "Confirmed by the bank"),
        ],
        required=True,
        readonly=True,
    )
    state_before = fields.Char(readonly=True)
    state_after = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    reason = fields.Char(readonly=True)

    @api.model
    def _record(self, records, act, *, after=None, reason=None):
        """Write one row per record of ``demat.bill`` or ``demat.bill.remittance``.

        :param after: the state they are about to take; None: it does not change
        """
        link = "bill_id" if records._name == "demat.bill" else "remittance_id"
        return self.sudo().create(
            [
                {
                    link: record.id,
                    "company_id": record.company_id.id,
                    "act": act,
                    "state_before": record.state,
                    "state_after": after or record.state,
                    "user_id": self.env.uid,
                    "reason": reason,
                }
                for record in records
            ]
        )
