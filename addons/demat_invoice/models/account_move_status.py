# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.demat_base.lib import document_status

from ..lib import bill_states

#: What has a status: the documents that go to customers.
STATUS_TYPES = ("out_invoice", "out_refund", "out_receipt")
#: Documents by which the customer owes: only they can be overdue.
OWED_TYPES = ("out_invoice", "out_receipt")


class AccountMove(models.Model):
    """The status of seed 004, beside the host's payment status."""

    _name = "account.move"
    _inherit = ["account.move", "demat.status.mixin"]

    @api.depends_context("tz", "uid")
    @api.depends(
        "demat_state",
        "invoice_date_due",
        "is_move_sent",
        "move_type",
        "payment_state",
        "state",
    )
    def _compute_demat_status(self):
        return super()._compute_demat_status()

    def _demat_status_rules(self):
        # IMPLEMENTS demat_base
        return document_status.INVOICE_RULES

    def _demat_status_facts(self):
        # IMPLEMENTS demat_base
        today = fields.Date.context_today(self)
        documents = self.filtered(lambda move: move.move_type in STATUS_TYPES)
        refused = documents._demat_refused_ids()
        return {
            move: {
                "state": move.state,
                "sending": move.demat_state or "",
                "payment": move.payment_state or "",
                "refused": move._origin.id in refused,
                "transmitted": move.is_move_sent,
                "late": bool(
                    move.move_type in OWED_TYPES
                    and move.invoice_date_due
                    and move.invoice_date_due < today
                ),
            }
            for move in documents
        }

    def _demat_status_columns(self, alias, query):
        # IMPLEMENTS demat_base
        def column(name):
            return self._field_to_sql(alias, name, query)

        today = fields.Date.context_today(self)
        columns = {
            "state": column("state"),
            "sending": SQL("COALESCE(%s, '')", column("demat_state")),
            "payment": SQL("COALESCE(%s, '')", column("payment_state")),
            "refused": SQL(
                "(%s IN (%s))", SQL.identifier(alias, "id"), self._demat_refused_query()
            ),
            "transmitted": SQL("COALESCE(%s, FALSE)", column("is_move_sent")),
            "late": SQL(
                "(%s IN %s AND COALESCE(%s < %s, FALSE))",
                column("move_type"),
                OWED_TYPES,
                column("invoice_date_due"),
                today,
            ),
        }
        return columns, SQL("%s IN %s", column("move_type"), STATUS_TYPES)

    def _demat_refused_ids(self):
        """Return the ids of those of these documents that came back refused."""
        ids = self._origin.ids
        if not ids:
            return set()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM (%s) AS refused (id) WHERE id = ANY(%s)",
                self._demat_refused_query(),
                ids,
            )
        )
        return {move_id for [move_id] in rows}

    @api.model
    def _demat_refused_query(self):
        """Return the SQL of the ids of all documents that came back refused.

        A bill of exchange that was not paid; a deposit (any channel but archive, mail
        and paper) of the version sent last that failed. TO EXTEND with ``UNION``.
        """
        bills = self.env["demat.bill"]._fields
        exchanges = self.env["demat.exchange"]._fields
        return SQL(
            """
            SELECT move_id FROM demat_bill
             WHERE state = %(unpaid)s AND move_id IS NOT NULL
             UNION
            SELECT m.id FROM demat_exchange e
              JOIN account_move m ON m.id = e.res_id
                                 AND m.demat_document_id = e.document_id
             WHERE e.res_model = 'account.move' AND e.state = 'failed'
               AND e.channel NOT IN ('ged', 'mail', 'print')
            """,
            unpaid=bill_states.UNPAID,
            to_flush=(
                bills["state"],
                bills["move_id"],
                exchanges["state"],
                exchanges["document_id"],
                self._fields["demat_document_id"],
            ),
        )
