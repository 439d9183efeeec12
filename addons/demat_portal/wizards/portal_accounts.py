# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class DematPortalAccounts(models.TransientModel):
    """Accounts on the portal for many customers, with a report of what was done."""

    _name = "demat.portal.accounts"
    _description = "Accounts on the Portal"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        default=lambda self: self._default_partners(),
    )
    line_ids = fields.One2many(
        "demat.portal.accounts.line", "wizard_id", string="Report", readonly=True
    )
    done = fields.Boolean(readonly=True)
    summary = fields.Char(compute="_compute_summary")

    @api.model
    def _default_partners(self):
        """Customers selected in the list the action was started from."""
        if self.env.context.get("active_model") != "res.partner":
            return self.env["res.partner"]
        selected = self.env["res.partner"].browse(self.env.context.get("active_ids"))
        return selected.commercial_partner_id

    @api.depends("line_ids.outcome")
    def _compute_summary(self):
        words = dict(
            self.env["demat.portal.accounts.line"]
            ._fields["outcome"]
            ._description_selection(self.env)
        )
        for wizard in self:
            outcomes = wizard.line_ids.mapped("outcome")
            wizard.summary = ", ".join(
                f"{words[value]}: {outcomes.count(value)}"
                for value in words
                if value in outcomes
            )

    def action_create(self):
        """Invite each customer who has no account; never twice, nobody stops the rest.

        :raise AccessError: no clerk
        """
        self.ensure_one()
        partners = self.env["res.partner"]
        partners._demat_check_accounts()
        self.partner_ids.check_access("read")
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one customer."))
        rows = []
        for partner in self.partner_ids.commercial_partner_id:
            outcome, note = self._invite(partner)
            rows.append(
                {
                    "wizard_id": self.id,
                    "partner_id": partner.id,
                    "outcome": outcome,
                    "note": note,
                }
            )
        self.sudo().line_ids.unlink()
        self.env["demat.portal.accounts.line"].sudo().create(rows)
        self.done = True
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accounts on the Portal"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _invite(self, partner):
        """(outcome, words) for one customer; in a savepoint of his own."""
        customer = partner.sudo()
        try:
            with self.env.cr.savepoint():
                outcome, note = customer._demat_portal_invite(
                    customer._demat_account_contact()
                )
                if outcome == "created":
                    customer._demat_account_note(
                        self.env._("Account on the portal created.")
                    )
                return outcome, note
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except UserError as error:
            return "failed", error.args[0]
        except Exception as error:
            _logger.warning("No portal account for %s", customer, exc_info=True)
            return "failed", self.env._("Unexpected error: %(text)s", text=error)


class DematPortalAccountsLine(models.TransientModel):
    _name = "demat.portal.accounts.line"
    _description = "Account on the Portal: Outcome"
    _order = "outcome desc, id"

    wizard_id = fields.Many2one(
        "demat.portal.accounts", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade"
    )
    outcome = fields.Selection(
        [
            ("created", "Invited"),
            ("existing", "Had an account already"),
            ("disabled", "Account disabled"),
            ("no_address", "Bad or missing address"),
            ("taken", "Login taken"),
            ("failed", "Could not be invited"),
        ],
        required=True,
    )
    note = fields.Char(string="Remark")
