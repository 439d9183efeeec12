# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

#: A list is read by people before they approve it.
MAX_LINES = 2000
ARCHIVIST = "ged_archive.group_ged_archivist"
MANAGER = "ged_archive.group_ged_manager"
OPEN = ("draft", "proposed", "approved_once", "approved", "running")

#: operation -> ({state before: state after}, group, is a comment required?)
DECISIONS = {
    "propose": ({"draft": "proposed"}, ARCHIVIST, False),
    "approve": (
        {"proposed": "approved_once", "approved_once": "approved"},
        MANAGER,
        False,
    ),
    "refuse": (
        dict.fromkeys(("proposed", "approved_once", "approved"), "refused"),
        MANAGER,
        True,
    ),
    "cancel": (
        dict.fromkeys(("draft", "proposed", "approved_once", "approved"), "cancelled"),
        ARCHIVIST,
        True,
    ),
    "execute": ({"approved": "running"}, MANAGER, False),
}


class GedDestruction(models.Model):
    """A list of documents whose retention has ended, on its way to destruction.

    Made by an archivist or by the monthly job, approved by two different
    administrators, then executed: the content of the documents goes, a certificate
    stays. The proposer may give one of the two approvals (so that a firm with two
    administrators can work), never both. Users only read these rows: every step goes
    through :meth:`_decide`, which checks who asks and writes it down.
    """

    _name = "ged.destruction"
    _description = "Destruction of archived documents"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Number", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict", index=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposed", "Proposed"),
            ("approved_once", "Approved once"),
            ("approved", "Approved twice"),
            ("running", "Being executed"),
            ("executed", "Executed"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
    )
    line_ids = fields.One2many("ged.destruction.line", "destruction_id", readonly=True)
    step_ids = fields.One2many("ged.destruction.step", "destruction_id", readonly=True)
    certificate_id = fields.Many2one(
        "ged.document",
        string="Certificate of destruction",
        readonly=True,
        ondelete="restrict",
        check_company=True,
    )
    error = fields.Char(
        readonly=True, help="Why the execution stopped; it can be continued."
    )
    listed_count = fields.Integer(
        string="To destroy", compute="_compute_counts", help="Documents on the list."
    )
    left_out_count = fields.Integer(string="Left out", compute="_compute_counts")
    destroyed_count = fields.Integer(string="Destroyed", compute="_compute_counts")
    can_approve = fields.Boolean(compute="_compute_can_approve")

    _name_uniq = models.Constraint(
        "UNIQUE (company_id, name)", "Two lists cannot have the same number."
    )

    @api.depends("line_ids.state")
    def _compute_counts(self):
        counts = {
            (destruction.id, state): count
            for destruction, state, count in self.env[
                "ged.destruction.line"
            ]._read_group(
                [("destruction_id", "in", self.ids)],
                ["destruction_id", "state"],
                ["__count"],
            )
        }
        for one in self:
            one.listed_count = counts.get((one.id, "listed"), 0)
            one.left_out_count = counts.get((one.id, "left_out"), 0)
            one.destroyed_count = counts.get((one.id, "destroyed"), 0)

    @api.depends("state", "step_ids")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        manager = self.env.user.has_group(MANAGER)
        for one in self:
            one.can_approve = (
                manager
                and one.state in ("proposed", "approved_once")
                and self.env.user not in one.sudo()._approvers()
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A list of destruction is kept: cancel it instead of deleting.")
        )

    def copy(self, default=None):  # pylint: disable=method-required-super
        # the lines were judged on one day: a copy would carry a judgement nobody made
        raise UserError(self.env._("A list of destruction cannot be duplicated."))

    # ------------------------------------------------------------------ making lists

    @api.model
    def _candidates(self, company):
        """Return the documents of ``company`` whose content may be destroyed now and
        that are on no open list, oldest end of retention first; as many as a list
        holds.
        """
        Document = self.env["ged.document"].sudo()
        domain = [
            ("company_id", "=", company.id),
            ("retention_until", "<", fields.Date.today()),
            ("destroyed_at", "=", False),
            ("legal_hold", "!=", True),
            ("chain_number", "!=", False),
            ("id", "not in", self._on_open_lists()),
        ]
        found, offset = Document, 0
        # Those that have to stay for another reason come first every month: whoever
        # looked at the first page only would never see the others.
        while len(found) < MAX_LINES:
            page = Document.search(
                domain, order="retention_until, id", limit=MAX_LINES, offset=offset
            )
            # what leaves together is judged together
            found = (found | page)._without_reasons()
            if len(page) < MAX_LINES:
                break
            offset += MAX_LINES
        if len(found) <= MAX_LINES:
            return found
        return found[:MAX_LINES]._without_reasons()

    @api.model
    def _on_open_lists(self):
        return (
            self.env["ged.destruction.line"]
            .sudo()
            ._search([("state", "=", "listed"), ("destruction_id.state", "in", OPEN)])
            .subselect("document_id")
        )

    def action_new_list(self):
        """Make a list of all that has ended in the current company; open it."""
        self._check_group(ARCHIVIST)
        company = self.env.company
        documents = self._candidates(company).sudo(False)._filtered_access("read")
        if not documents:
            raise UserError(
                self.env._(
                    "No document of %(company)s has reached the end of its retention "
                    "without a legal hold or another open list.",
                    company=company.name,
                )
            )
        return self._new_list(documents)._open()

    @api.model
    def _new_list(self, documents):
        """Return a new list (state draft) of ``documents``, all of one company, with
        the reason on each line that cannot be destroyed.
        """
        self._check_group(ARCHIVIST)
        documents.check_access("read")
        company = documents.company_id
        if len(company) != 1:
            raise UserError(self.env._("Select documents of one company."))
        if len(documents) > MAX_LINES:
            raise UserError(
                self.env._(
                    "A list holds at most %(count)s documents, so that it can be read.",
                    count=MAX_LINES,
                )
            )
        reasons = self._reasons_against(documents)
        if len(reasons) == len(documents):
            raise UserError(
                self.env._(
                    "None of these documents can be destroyed:\n%(reasons)s",
                    reasons="\n".join(
                        f"{document.display_name}: {reasons[document.id]}"
                        for document in documents[:10]
                    ),
                )
            )
        copies = documents._copies_elsewhere()
        destruction = self.sudo().create(
            {
                "name": self.env["ir.sequence"].sudo().next_by_code("ged.destruction"),
                "company_id": company.id,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "document_id": document.id,
                            "state": "left_out" if document.id in reasons else "listed",
                            "reason": reasons.get(document.id),
                            "copies": "\n".join(copies.get(document.id, ())),
                        },
                    )
                    for document in documents.sorted("id")
                ],
            }
        )
        return self.browse(destruction.id)

    def _reasons_against(self, documents):
        """Return ``{document id: why it cannot be destroyed}``."""
        reasons = documents._destruction_reasons()
        busy = (
            self.env["ged.document"]
            .sudo()
            .search([("id", "in", documents.ids), ("id", "in", self._on_open_lists())])
        )
        for document in busy:
            reasons[document.id] = self.env._("It is on another open list.")
        return reasons

    def _open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @api.model
    def _cron_propose(self):
        """Propose, for each company, what has ended since the last list; tell the
        administrators.
        """
        root = self.with_user(SUPERUSER_ID)
        for company in self.env["res.company"].search([("active", "=", True)]):
            documents = root._candidates(company)
            if not documents:
                continue
            destruction = root.with_company(company)._new_list(documents)
            destruction._decide(
                "propose", self.env._("Proposed by the monthly job: retention ended.")
            )

    # --------------------------------------------------------------------- decisions

    def _decide(self, operation, comment=None):
        """Take one step of the life of this list, after checking who takes it.

        :param operation: a key of :data:`DECISIONS`
        :param comment: kept with the step; required to refuse and to cancel
        """
        self.ensure_one()
        moves, group, needs_comment = DECISIONS[operation]
        self._check_group(group)
        self.check_access("read")
        comment = (comment or "").strip()
        if needs_comment and not comment:
            raise UserError(
                self.env._("A comment is needed: it is kept with the list.")
            )
        locked = self.sudo()
        # two administrators may click at the same moment
        locked.lock_for_update()
        locked.invalidate_recordset()
        if locked.state not in moves:
            raise UserError(
                self.env._(
                    "The list %(name)s is in the state “%(state)s”: this step is not "
                    "possible any more.",
                    name=locked.name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        locked.state
                    ],
                )
            )
        if operation == "approve":
            locked._check_approver()
        if operation == "propose":
            locked._check_not_empty()
        if operation == "execute":
            locked._check_executable()
        locked.state = moves[locked.state]
        self._write_step(operation, comment)
        locked._after_decision(operation)

    def _write_step(self, operation, comment):
        user = self.env.user
        self.env["ged.destruction.step"].sudo().create(
            {
                "destruction_id": self.id,
                "operation": operation,
                "user_id": user.id,
                "user_name": user.sudo().name,
                "at": fields.Datetime.now(),
                "comment": comment or False,
            }
        )

    def _approvers(self):
        return self.step_ids.filtered(lambda step: step.operation == "approve").user_id

    def _check_approver(self):
        if self.env.uid == SUPERUSER_ID:
            raise UserError(self.env._("A list is approved by persons, not by a job."))
        if self.env.user in self._approvers():
            raise UserError(
                self.env._(
                    "You have already approved %(name)s: the second approval must come "
                    "from another administrator of the archive.",
                    name=self.name,
                )
            )

    def _check_executable(self):
        """The two approvals are counted again: the state alone proves nothing."""
        if len(self._approvers()) < 2:
            raise UserError(
                self.env._(
                    "%(name)s lacks the approval of two different administrators.",
                    name=self.name,
                )
            )
        self._check_sealer()

    def _check_not_empty(self):
        if not self.line_ids.filtered(lambda line: line.state == "listed"):
            raise UserError(
                self.env._(
                    "%(name)s holds no document to destroy: cancel it.", name=self.name
                )
            )

    def _after_decision(self, operation):
        if operation == "propose":
            listed = self.line_ids.filtered(lambda line: line.state == "listed")
            listed.document_id.sudo(False).with_user(self.env.user)._record_event(
                "proposed", detail=self.name
            )
            self._tell_administrators()
        elif operation in ("refuse", "cancel", "execute"):
            self.activity_ids.unlink()

    def _tell_administrators(self):
        managers = (
            self.env.ref(MANAGER)
            .all_user_ids.filtered(
                lambda user: (
                    self.company_id in user.company_ids
                    and user.id != SUPERUSER_ID
                    and not user.share
                )
            )
            .sorted("id")
        )
        for user in managers[:20]:
            words = self.with_context(lang=user.lang).env._(
                "Documents to destroy: approve or refuse"
            )
            todo = "mail.mail_activity_data_todo"
            self.activity_schedule(todo, summary=words, user_id=user.id)

    def _check_group(self, group):
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._(
                    "This needs the role “%(role)s”.",
                    role=self.env.ref(group).sudo().full_name,
                )
            )
