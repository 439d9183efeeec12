# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from .ged_chain_verify import CHOSEN, COMPLETE

OPEN = ("waiting", "running")


class GedVerification(models.Model):
    """One verification of the archive of a company, or of a part of it.

    Waiting → running → done; or cancelled by a user, or failed when it cannot be
    carried to its end. The work is done by ``_cron_verify`` in slices; after each one
    the place reached is committed, so that a crash costs one slice. See
    ``ged_verification_run.py``.
    """

    _name = "ged.verification"
    _description = "Verification of the archive"
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict", index=True
    )
    scope = fields.Selection(
        [
            ("all", "Whole archive"),
            ("period", "Documents of a period"),
            ("selection", "Selected documents"),
        ],
        string="What",
        required=True,
        readonly=True,
        default="all",
    )
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    document_ids = fields.Many2many(
        "ged.document", string="Documents", readonly=True, check_company=True
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("failed", "Not finished"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Asked by",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    lang = fields.Char(readonly=True)
    # where the job is
    step = fields.Char(readonly=True)
    cursor = fields.Char(readonly=True, help="Place reached in the step, as JSON.")
    attempts = fields.Integer(readonly=True)
    error = fields.Char(readonly=True, help="Why the verification was not finished.")
    started_at = fields.Datetime(string="Started on", readonly=True)
    ended_at = fields.Datetime(string="Ended on", readonly=True)
    document_total = fields.Integer(string="Documents to read", readonly=True)
    document_done = fields.Integer(string="Documents read", readonly=True)
    link_total = fields.Integer(string="Links to check", readonly=True)
    link_done = fields.Integer(string="Links checked", readonly=True)
    # whole numbers of bytes, beyond what an Integer holds
    size_total = fields.Float(string="Bytes to read", digits=(20, 0), readonly=True)
    size_done = fields.Float(string="Bytes read", digits=(20, 0), readonly=True)
    progress = fields.Float(string="Progress (%)", compute="_compute_progress")
    progress_text = fields.Char(compute="_compute_progress")
    # what it found
    line_ids = fields.One2many(
        "ged.verification.line", "verification_id", string="Problems", readonly=True
    )
    problem_count = fields.Integer(string="Number of problems", readonly=True)
    result = fields.Selection(
        [("good", "All is well"), ("bad", "Problems found")], compute="_compute_result"
    )
    alert_id = fields.Many2one("ged.alert", readonly=True)
    report_id = fields.Many2one("ged.document", readonly=True)

    # ----------------------------------------------------------------- computes

    @api.depends("company_id", "scope", "date_from", "date_to", "create_date")
    def _compute_display_name(self):
        labels = dict(self._fields["scope"]._description_selection(self.env))
        for one in self:
            what = labels.get(one.scope, "")
            if one.scope == "period":
                what = self.env._(
                    "Documents from %(start)s to %(end)s",
                    start=format_date(self.env, one.date_from),
                    end=format_date(self.env, one.date_to),
                )
            day = one.create_date or fields.Datetime.now()
            one.display_name = f"{what} · {format_date(self.env, day)}"

    @api.depends(
        "state",
        "document_total",
        "document_done",
        "link_total",
        "link_done",
        "size_total",
        "size_done",
    )
    def _compute_progress(self):
        for one in self:
            if one.state == "done":
                one.progress = 100
            else:
                # a byte of a file and a link cost about the same as 4 kB of it
                total = one.size_total + 4096 * (one.link_total + one.document_total)
                done = one.size_done + 4096 * (one.link_done + one.document_done)
                one.progress = min(99, 100 * done / total) if total else 0
            one.progress_text = self.env._(
                "%(documents)s of %(total)s files (%(size)s of %(size_total)s MB), "
                "%(links)s links",
                documents=one.document_done,
                total=one.document_total,
                size=round(one.size_done / 1e6, 1),
                size_total=round(one.size_total / 1e6, 1),
                links=one.link_done,
            )

    @api.depends("state", "problem_count")
    def _compute_result(self):
        for one in self:
            if one.problem_count:
                one.result = "bad"
            else:
                one.result = "good" if one.state == "done" else False

    # ------------------------------------------------------------------- starting

    @api.model
    def _request(self, company, **values):
        """Queue a verification of ``company``, and wake the job; return it.

        ``values``: ``scope`` with ``date_from`` and ``date_to`` or ``document_ids``.
        Raises ``UserError`` when a complete one is on its way already.
        """
        if values.get("scope", "all") == "all" and self.sudo().search_count(
            [
                ("company_id", "=", company.id),
                ("scope", "=", "all"),
                ("state", "in", OPEN),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "A verification of the whole archive of %(company)s is on its way "
                    "already. Wait for its end, or cancel it.",
                    company=company.display_name,
                )
            )
        one = self.sudo().create(
            {
                "company_id": company.id,
                "lang": self.env.lang or company.partner_id.lang or False,
                "user_id": self.env.uid,
                **values,
            }
        )
        self.env.ref("ged_archive.ir_cron_verify").sudo()._trigger()
        return self.browse(one.id)

    @api.model
    def _cron_weekly(self):
        """Queue a verification of the whole archive for each company that has one."""
        for company in (
            self.env["ged.chain"].sudo().search([("head_number", ">", 0)]).company_id
        ):
            lang = company.partner_id.lang or self.env.lang
            try:
                self.with_context(lang=lang)._request(company)
            except UserError:
                # the one of before is not done: it goes on
                continue

    def action_cancel(self):
        """Stop a verification that is waiting or running."""
        self.check_access("read")
        if not self.env.user.has_group("ged_archive.group_ged_auditor"):
            raise UserError(self.env._("Only auditors stop a verification."))
        for one in self.sudo():
            if one.state in OPEN:
                one.write({"state": "cancelled", "ended_at": fields.Datetime.now()})

    def action_open_report(self):
        """Open the archived report."""
        self.ensure_one()
        return self.report_id._get_records_action()

    def action_open_alert(self):
        """Open the alert that the verification raised."""
        self.ensure_one()
        return self.alert_id._get_records_action()

    # ---------------------------------------------------------------------- scope

    def _steps(self):
        return COMPLETE if self.scope == "all" else CHOSEN

    def _scope_sql(self):
        """Return the ``SQL`` condition on ``ged_document d`` of what is verified."""
        self.ensure_one()
        if self.scope == "period":
            return SQL(
                "d.document_date BETWEEN %s AND %s", self.date_from, self.date_to
            )
        if self.scope == "selection":
            field = self._fields["document_ids"]
            return SQL(
                "d.id IN (SELECT r.%s FROM %s r WHERE r.%s = %s)",
                SQL.identifier(field.column2),
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                self.id,
            )
        return SQL("TRUE")
