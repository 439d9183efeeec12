# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount

from ..models.demat_run import RUNNABLE
from ..models.rights import check_demat_user


class DematProcess(models.TransientModel):
    """The clerk's morning screen: "Print or process customer invoices" (seed 001).

    Criteria, then the list of what will be done, then the act. The list is made by
    :meth:`action_show` (``demat_process_line.py``) in sets; the act is a run, or a
    file to print.
    """

    _name = "demat.process"
    _description = "Print or Process Customer Invoices"
    _inherit = ["demat.criteria"]

    created_by_ids = fields.Many2many(relation="demat_process_created_by_rel")
    edited_by_ids = fields.Many2many(relation="demat_process_edited_by_rel")
    state = fields.Selection(
        [("criteria", "Criteria"), ("preview", "What will be done")],
        required=True,
        readonly=True,
        default="criteria",
    )
    favorite_id = fields.Many2one(
        "demat.process.favorite",
        string="Favourite",
        help="Takes the criteria from a favourite.",
    )
    favorite_name = fields.Char(string="Keep these criteria as")
    line_ids = fields.One2many("demat.process.line", "process_id")
    line_count = fields.Integer(compute="_compute_totals")
    selected_count = fields.Integer(compute="_compute_totals")
    blocked_count = fields.Integer(compute="_compute_totals")
    problem_count = fields.Integer(compute="_compute_totals")
    remark_count = fields.Integer(compute="_compute_totals")
    mail_count = fields.Integer(compute="_compute_totals")
    print_count = fields.Integer(compute="_compute_totals")
    selected_amount = fields.Char(string="Total", compute="_compute_totals")
    shown_at = fields.Datetime(string="As of", readonly=True)

    @api.depends("treatment")
    def _compute_display_name(self):
        for process in self:
            process.display_name = self.env._("Print or process customer invoices")

    @api.onchange("favorite_id")
    def _onchange_favorite_id(self):
        if self.favorite_id:
            self.update(self._prepare_criteria(self.favorite_id))

    @api.model
    def _prepare_criteria(self, source):
        """Values of the criteria of a favourite, or of a screen for a favourite."""
        kept = self.env["demat.criteria"]._fields
        return {
            name: [Command.set(source[name].ids)]
            if field.type == "many2many"
            else source[name]
            for name, field in kept.items()
            if field.store and name not in models.MAGIC_COLUMNS
        }

    # no dependencies: an onchange would have to read all lines of the form
    def _compute_totals(self):
        """Counted in the database: the form holds one page of the lines."""
        groups = self.env["demat.process.line"]._read_group(
            [("process_id", "in", self.ids)],
            ["process_id", "selected", "blocked", "channel", "company_currency_id"],
            ["__count", "amount:sum"],
        )
        for process in self:
            own = [group[1:] for group in groups if group[0].id == process.id]
            chosen = [group for group in own if group[0]]
            process.line_count = sum(group[4] for group in own)
            process.selected_count = sum(group[4] for group in chosen)
            process.blocked_count = sum(group[4] for group in own if group[1])
            process.problem_count = process._has_line_with("problem")
            process.remark_count = process._has_line_with("remark")
            process.mail_count = sum(g[4] for g in chosen if g[2] == "mail")
            process.print_count = sum(g[4] for g in chosen if g[2] == "print")
            amounts = {}
            for _selected, _blocked, _channel, currency, _count, amount in chosen:
                amounts[currency] = amounts.get(currency, 0.0) + amount
            process.selected_amount = " + ".join(
                format_amount(self.env, amount, currency)
                for currency, amount in amounts.items()
            )

    def _has_line_with(self, name):
        """1 if a line says something in this field, else 0."""
        return self.env["demat.process.line"].search_count(
            [("process_id", "=", self.id), (name, "!=", False)], limit=1
        )

    # -- opening ----------------------------------------------------------------------

    @api.model
    def action_open(self):
        """Open the screen, with the favourite that the user opens first."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "demat_invoice.demat_process_action"
        )
        return {**action, "res_id": self._open().id}

    @api.model
    def _open(self, **values):
        check_demat_user(self.env["account.move"])
        favorite = self.env["demat.process.favorite"]._get_default()
        if favorite:
            values = {
                **self._prepare_criteria(favorite),
                "favorite_id": favorite.id,
                **values,
            }
        return self.create(values)

    def action_back(self):
        """Change the criteria: the list that was shown is forgotten."""
        self.ensure_one()
        self._forget_lines()
        self.state = "criteria"

    # -- favourites -------------------------------------------------------------------

    def action_save_favorite(self):
        """Keep the criteria under the name that was typed; the same name again
        changes that favourite."""
        self.ensure_one()
        name = (self.favorite_name or "").strip()
        if not name:
            raise UserError(self.env._("Give the favourite a name first."))
        favorites = self.env["demat.process.favorite"]
        values = self._prepare_criteria(self)
        favorite = favorites.search(
            [("user_id", "=", self.env.uid), ("name", "=", name)], limit=1
        )
        if favorite:
            favorite.write(values)
        else:
            favorite = favorites.create({"name": name, **values})
        self.write({"favorite_id": favorite.id, "favorite_name": False})

    # -- ticks ------------------------------------------------------------------------

    def action_select_all(self):
        """Tick every line that nothing blocks."""
        self._tick(True)

    def action_select_none(self):
        self._tick(False)

    def _tick(self, value):
        """One statement, however many lines there are."""
        self.ensure_one()
        self.check_access("write")
        self.line_ids.flush_model(["selected"])
        self.env.cr.execute(
            SQL(
                "UPDATE demat_process_line SET selected = %s AND blocked IS NOT TRUE"
                " WHERE process_id = %s",
                value,
                self.id,
            )
        )
        self.line_ids.invalidate_model(["selected"])
        self.invalidate_recordset()

    def action_view_lines(self):
        """The lines as a list of their own: searched, grouped, ticked in bulk."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "demat_invoice.demat_process_line_action"
        )
        return {**action, "domain": [("process_id", "=", self.id)]}

    # -- the act ----------------------------------------------------------------------

    def _chosen(self):
        """The invoices that are ticked, in the order of the list.

        :raises UserError: none is ticked
        """
        self.ensure_one()
        self.line_ids.flush_model(["selected", "sequence"])
        rows = self.env.execute_query(
            SQL(
                "SELECT move_id FROM demat_process_line"
                " WHERE process_id = %s AND selected AND blocked IS NOT TRUE"
                " ORDER BY sequence, id",
                self.id,
            )
        )
        if not rows:
            raise UserError(self.env._("Tick at least one invoice first."))
        moves = self.env["account.move"].browse(row[0] for row in rows)
        moves.check_access("read")
        return moves

    def action_start(self):
        """Do what the list says, with the invoices that are ticked."""
        self.ensure_one()
        self.check_access("write")
        moves = self._chosen()
        if self.treatment in RUNNABLE:
            runs = self.env["demat.run"]._launch(
                self.treatment, moves, options=self._options()
            )
            return runs._get_records_action(name=self.env._("Treatments"))
        return getattr(self, f"_start_{self.treatment}")(moves)

    def _options(self):
        """The choices of the screen that the run honours; see ``demat.run._launch``."""
        return {
            "notify": self.notify,
            "attach_pdf": {"yes": True, "no": False}.get(self.attach_pdf),
            "create_portal": self.create_portal,
            "portal_function": (self.contact_function or "").strip(),
            "portal_main_only": self.main_contact_only,
        }

    def _start_print_invoices(self, moves):
        return moves._demat_action_print()

    def _start_print_bills(self, moves):
        return moves.action_demat_print_bills()

    def _start_collect_chorus(self, moves):
        """TO OVERRIDE by the connector to Chorus Pro."""
        raise UserError(
            self.env._(
                "Collecting the invoices for Chorus needs the connector to Chorus "
                "Pro, which is not installed."
            )
        )

    def action_preview_print(self):
        """The same pages, without marking anything (seed 001: "Aperçu")."""
        return self._chosen()._demat_action_preview()

    def action_export_files(self):
        """One file per invoice (seed 001: "Export des fichiers d'impression")."""
        return self._chosen()._demat_action_export_files()
