# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.demat_base.lib.resolution import Remark

from ..lib import states
from ..models.demat_criteria import PRINTING, TELLING

#: The order of the list, of the files and of the pages.
_ORDER = "invoice_date, name, id"


class DematProcessLine(models.TransientModel):
    """One invoice of the screen, and what will be done with it.

    Written by :meth:`DematProcess.action_show`; the clerk changes ``selected`` only.
    The invoice's own data are copied: the list is what was seen, and can be searched
    and summed.
    """

    _name = "demat.process.line"
    _description = "Print or Process Customer Invoices: One Invoice"
    _order = "process_id desc, sequence, id"
    _rec_name = "move_name"

    process_id = fields.Many2one(
        "demat.process", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    selected = fields.Boolean(string="Do it")
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    move_name = fields.Char(string="Number", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    invoice_date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    amount = fields.Monetary(currency_field="company_currency_id", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    demat_state = fields.Selection(
        selection="_selection_demat_state", string="Send state", readonly=True
    )
    channel = fields.Selection(
        [
            ("mail", "E-mail and portal"),
            ("portal", "Portal, nobody is told"),
            ("print", "To be printed"),
        ],
        readonly=True,
    )
    recipients = fields.Char(readonly=True)
    origin = fields.Char(string="Address from", readonly=True)
    attach_pdf = fields.Boolean(string="PDF attached", readonly=True)
    account = fields.Selection(
        [("yes", "Has one"), ("no", "None"), ("create", "Will be created")],
        string="Portal account",
        readonly=True,
    )
    what = fields.Char(string="Seal or file", readonly=True)
    problem = fields.Char(string="To be mended", readonly=True)
    remark = fields.Char(string="To look at", readonly=True)
    blocked = fields.Boolean(readonly=True)
    fix_model = fields.Char(readonly=True)
    fix_id = fields.Many2oneReference(model_field="fix_model", readonly=True)

    def _selection_demat_state(self):
        moves = self.env["account.move"]
        return moves._fields["demat_state"]._description_selection(self.env)

    def action_toggle(self):
        """Tick the line, or take the tick away."""
        self.ensure_one()
        self.check_access("write")
        self.selected = not self.selected and not self.blocked
        # the totals have no dependencies
        self.process_id.invalidate_recordset()

    def action_fix(self):
        """Open the record where the reason is mended."""
        self.ensure_one()
        self.check_access("read")
        if not self.fix_id:
            return self.move_id._get_records_action()
        return self.env[self.fix_model].browse(self.fix_id)._get_records_action()


class DematProcess(models.TransientModel):
    _inherit = "demat.process"

    def _forget_lines(self):
        self.check_access("write")
        self.env.cr.execute(
            SQL("DELETE FROM demat_process_line WHERE process_id = %s", self.id)
        )
        self.invalidate_recordset(["line_ids"], flush=False)
        self.env["demat.process.line"].invalidate_model(flush=False)

    def action_show(self):
        """Make the list of what will be done. Nothing is changed by it.

        A number of queries that does not depend on the number of invoices.

        :raises UserError: no state is chosen, or a range ends before it begins
        """
        self.ensure_one()
        self._forget_lines()
        moves = self.env["account.move"].search(self._demat_domain(), order=_ORDER)
        self._insert_lines(self._prepare_rows(moves))
        self.write({"state": "preview", "shown_at": fields.Datetime.now()})
        self.invalidate_recordset()

    def _prepare_rows(self, moves):
        """Values of the lines of these invoices.

        TO EXTEND by connectors whose channel is another.

        :return: list of dictionaries with the columns of :data:`_COLUMNS`
        """
        moves.fetch(_READ)
        resolutions = moves._demat_resolve() if self._shows_channel() else {}
        findings = self._findings(moves, resolutions)
        accounts = self._accounts(moves)
        whats = self._seals(moves)
        rows = []
        for sequence, move in enumerate(moves):
            row = dict.fromkeys(_COLUMNS)
            row.update(
                process_id=self.id,
                sequence=sequence,
                move_id=move.id,
                move_name=move.name,
                partner_id=move.partner_id.id,
                invoice_date=move.invoice_date,
                company_id=move.company_id.id,
                amount=move.amount_total_signed,
                company_currency_id=move.company_currency_id.id,
                demat_state=move.demat_state,
                what=whats.get(move.company_id) or self._what(move),
            )
            row.update(self._told(resolutions.get(move.id)))
            row.update(self._account_of(move, accounts))
            row.update(self._mend(findings.get(move, ())))
            row["selected"] = not row["blocked"]
            rows.append(row)
        return rows

    def _findings(self, moves, resolutions):
        """``{move: [Blocking or Remark]}`` of what keeps the treatment from being done,
        or is worth a look before.
        """
        if self.treatment in TELLING:
            return moves._demat_sending_findings(resolutions=resolutions)
        if self.treatment != "print_bills":
            return {}
        found = {move: move._demat_bill_obstacle() for move in moves}
        return {
            move: [move._demat_new_blocking("bill", *obstacle)]
            for move, obstacle in found.items()
            if obstacle
        }

    def _shows_channel(self):
        return self.treatment in (*TELLING, "hold", "release", *PRINTING)

    def _told(self, resolution):
        """Channel and addresses, with what the options of the screen make of them."""
        if not resolution:
            return {}
        channel = resolution.channel
        if channel == "mail" and self.treatment == "send" and not self.notify:
            return {"channel": "portal"}
        attach = {"yes": True, "no": False}.get(self.attach_pdf, resolution.attach_pdf)
        return {
            "channel": channel,
            "recipients": ", ".join(resolution.to),
            "origin": resolution.origin_name,
            "attach_pdf": channel == "mail" and attach,
        }

    def _seals(self, moves):
        """``{company: name of the seal that its invoices get}``"""
        if self.treatment not in TELLING:
            return {}
        return {
            company: company.sudo().ged_seal_profile_id.display_name or None
            for company in moves.company_id
        }

    def _what(self, move):
        """The file that will be printed."""
        if self.treatment == "print_invoices":
            if move.demat_state == states.SENT and move.demat_document_id:
                return self.env._("Sealed original")
            return self.env._("Not sealed yet")
        return None

    def _accounts(self, moves):
        """Ids of the customers (entities) who have a portal account."""
        if self.treatment not in TELLING:
            return set()
        # the clerk has no right on users: he learns yes or no
        users = self.env["res.users"].sudo().search_fetch([("share", "=", True)])
        owners = users.partner_id.commercial_partner_id
        return set(owners.ids) & set(moves.commercial_partner_id.ids)

    def _account_of(self, move, accounts):
        if self.treatment not in TELLING:
            return {}
        if move.commercial_partner_id.id in accounts:
            return {"account": "yes"}
        creates = self.treatment == "send" and self.create_portal
        return {"account": "create" if creates else "no"}

    def _mend(self, findings):
        """What has to be mended; it blocks the sending, and warns before. Remarks only
        say something.
        """
        reasons = [one for one in findings if not isinstance(one, Remark)]
        remarks = [one for one in findings if isinstance(one, Remark)]
        values = {"blocked": bool(reasons) and self.treatment != "prepare"}
        if remarks:
            values["remark"] = " ".join(one.message for one in remarks)
        if reasons:
            values["problem"] = " ".join(reason.message for reason in reasons)
        for first in [*reasons, *remarks][:1]:
            values.update(fix_model=first.model, fix_id=first.res_id)
        return values

    def _insert_lines(self, rows):
        """Write the lines in one statement, however many they are."""
        arrays = [
            SQL("%s::" + kind + "[]", [row[name] for row in rows])
            for name, kind in _COLUMNS.items()
        ]
        names = list(_COLUMNS)
        self.env.cr.execute(
            SQL(
                "INSERT INTO demat_process_line"
                " (%s, create_uid, write_uid, create_date, write_date)"
                " SELECT *, %s, %s, %s, %s FROM unnest(%s)",
                SQL(", ").join(map(SQL.identifier, names)),
                self.env.uid,
                self.env.uid,
                fields.Datetime.now(),
                fields.Datetime.now(),
                SQL(", ").join(arrays),
            )
        )
        self.invalidate_recordset(["line_ids"], flush=False)


_READ = [
    "name",
    "partner_id",
    "commercial_partner_id",
    "invoice_date",
    "company_id",
    "amount_total_signed",
    "company_currency_id",
    "demat_state",
    "demat_document_id",
    "project_id",
    "partner_bank_id",
    "move_type",
]
#: Columns of a line with their types in the database.
_COLUMNS = {
    "process_id": "int4",
    "sequence": "int4",
    "selected": "bool",
    "move_id": "int4",
    "move_name": "varchar",
    "partner_id": "int4",
    "invoice_date": "date",
    "company_id": "int4",
    "amount": "numeric",
    "company_currency_id": "int4",
    "demat_state": "varchar",
    "channel": "varchar",
    "recipients": "varchar",
    "origin": "varchar",
    "attach_pdf": "bool",
    "account": "varchar",
    "what": "varchar",
    "problem": "varchar",
    "remark": "varchar",
    "blocked": "bool",
    "fix_model": "varchar",
    "fix_id": "int4",
}
