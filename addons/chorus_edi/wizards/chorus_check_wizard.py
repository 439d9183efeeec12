# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import Command, fields, models
from odoo.exceptions import UserError

from odoo.addons.demat_base.lib.resolution import Remark
from odoo.addons.demat_invoice.models.rights import check_demat_user

from ..lib.rules import RULES
from ..models.chorus_words import field_words

#: Check of the records → the field that it is about, in the terms of the rules.
FIELD_OF = {
    "chorus_attachment": "attachment",
    "chorus_buyer_siret": "BT-47",
    "chorus_either": "BT-10",
    "chorus_engagement": "BT-13",
    "chorus_engagement_later": "BT-13",
    "chorus_engagement_unknown": "BT-13",
    "chorus_iban": "BT-84",
    "chorus_number": "BT-1",
    "chorus_seller_siret": "BT-30",
    "chorus_service": "BT-10",
    "chorus_service_closed": "BT-10",
    "chorus_service_unknown": "BT-10",
    "chorus_unpaid": "BT-23",
    "no_bank": "BT-84",
}
#: What ``chorus_words`` writes; French has a space before the colon.
RULE_WORDS = re.compile(
    r"(?P<rule>\S+) – (?P<label>[^:]+?)\s?: (?P<text>.+)", re.DOTALL
)
#: The field that the words of a check name.
QUOTED = re.compile(r'["«“]\s?([^"»”]+?)\s?["»”]')


class ChorusCheckWizard(models.TransientModel):
    """All that is found in an invoice to a public entity, errors and warnings."""

    _name = "chorus.check.wizard"
    _description = "Check of an Invoice for Chorus Pro"

    move_id = fields.Many2one("account.move", required=True, readonly=True)
    is_draft = fields.Boolean(compute="_compute_is_draft")
    line_ids = fields.One2many("chorus.check.line", "wizard_id", readonly=True)
    error_count = fields.Integer(readonly=True)
    warning_count = fields.Integer(readonly=True)

    def _compute_is_draft(self):
        for wizard in self:
            wizard.is_draft = wizard.move_id.state == "draft"

    def action_again(self):
        """Check anew, after something was mended."""
        self.ensure_one()
        self.check_access("read")
        return self.move_id.action_chorus_check()


class ChorusCheckLine(models.TransientModel):
    """One finding: the rule, the field to mend, the words, and the way there."""

    _name = "chorus.check.line"
    _description = "Check of an Invoice for Chorus Pro: One Finding"
    _order = "id"

    wizard_id = fields.Many2one(
        "chorus.check.wizard", required=True, readonly=True, ondelete="cascade"
    )
    level = fields.Selection(
        [("error", "To be mended"), ("warning", "To look at")],
        required=True,
        readonly=True,
    )
    rule = fields.Char(readonly=True)
    field_label = fields.Text(string="Field", readonly=True)
    message = fields.Text(string="What is wrong", readonly=True)
    fix_model = fields.Char(readonly=True)
    fix_id = fields.Many2oneReference(model_field="fix_model", readonly=True)
    fix_name = fields.Char(string="Where", readonly=True)

    def action_fix(self):
        """Open the record where it is mended."""
        self.ensure_one()
        self.check_access("read")
        record = self.wizard_id.move_id
        if self.fix_id:
            record = self.env[self.fix_model].browse(self.fix_id)
        return record._get_records_action()


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_chorus_check(self):
        """Show everything that the checks find in this invoice, whether it blocks the
        sending or not. Nothing is changed by it.

        :raises UserError: it does not go to Chorus Pro
        """
        self.ensure_one()
        check_demat_user(self)
        if not self._chorus_is_public():
            raise UserError(
                self.env._(
                    "%(name)s does not go to Chorus Pro: its customer is no public "
                    "entity, or the company has no account there.",
                    name=self.display_name,
                )
            )
        found = self._demat_sending_findings().get(self, [])
        # what blocks first, in the order of the checks
        found = sorted(found, key=lambda one: isinstance(one, Remark))
        warnings = sum(isinstance(one, Remark) for one in found)
        # written by the system only: a finding is not typed
        wizard = (
            self.env["chorus.check.wizard"]
            .sudo()
            .create(
                {
                    "move_id": self.id,
                    "line_ids": [
                        Command.create(self._chorus_check_line(one)) for one in found
                    ],
                    "error_count": len(found) - warnings,
                    "warning_count": warnings,
                }
            )
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check for Chorus Pro: %s", self.display_name),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "large"},
        }

    def _chorus_check_line(self, finding):
        """Values of the line of one finding."""
        term = FIELD_OF.get(finding.code)
        rule, label, message = finding.code, field_words(self.env).get(term), ""
        found = RULE_WORDS.match(finding.message)
        if found and (found["rule"] == rule or found["rule"] in RULES):
            rule, label, message = found.groups()
        record = self
        if finding.res_id:
            record = self.env[finding.model].browse(finding.res_id)
        name = record.sudo().display_name
        if not label:
            quoted = QUOTED.search(finding.message)
            label = quoted[1] if quoted else name
        return {
            "level": "warning" if isinstance(finding, Remark) else "error",
            "rule": rule,
            "field_label": label,
            "message": message or finding.message,
            "fix_model": record._name,
            "fix_id": record.id,
            "fix_name": name,
        }
