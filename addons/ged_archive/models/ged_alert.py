# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

ALERTED = ("ged_archive.group_ged_manager", "ged_archive.group_ged_auditor")


class GedAlert(models.Model):
    """The archive did not pass a verification: red until an administrator says why it
    may be taken down.
    """

    _name = "ged.alert"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Alert of the archive"
    # open ones first
    _order = "state desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict", index=True
    )
    verification_id = fields.Many2one(
        "ged.verification", required=True, readonly=True, ondelete="restrict"
    )
    line_ids = fields.One2many(related="verification_id.line_ids", string="Problems")
    problem_count = fields.Integer(related="verification_id.problem_count")
    state = fields.Selection(
        [("open", "Open"), ("acknowledged", "Acknowledged")],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    raised_at = fields.Datetime(string="Raised on", required=True, readonly=True)
    message = fields.Char(readonly=True)
    acknowledged_by_id = fields.Many2one(
        "res.users", string="Acknowledged by", readonly=True, ondelete="restrict"
    )
    acknowledged_at = fields.Datetime(string="Acknowledged on", readonly=True)
    reason = fields.Text(readonly=True)

    @api.depends("raised_at", "company_id")
    def _compute_display_name(self):
        for alert in self:
            alert.display_name = self.env._(
                "Alert of %(date)s",
                date=fields.Date.to_string(alert.raised_at) if alert.raised_at else "",
            )

    def action_acknowledge(self):
        """Ask for the reason."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Acknowledge the alert"),
            "res_model": "ged.alert.acknowledge",
            "view_mode": "form",
            "target": "new",
            "context": {"default_alert_ids": self.ids},
        }

    def _acknowledge(self, reason):
        """Take the alerts down; journal and alert keep who did it and why."""
        if not self.env.user.has_group("ged_archive.group_ged_manager"):
            raise AccessError(
                self.env._("Only administrators of the archive acknowledge alerts.")
            )
        self.check_access("read")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(
                self.env._("A reason is needed: it is kept in the journal.")
            )
        for alert in self.filtered(lambda one: one.state == "open").sudo():
            alert.write(
                {
                    "state": "acknowledged",
                    "acknowledged_by_id": self.env.uid,
                    "acknowledged_at": fields.Datetime.now(),
                    "reason": reason,
                }
            )
            alert.activity_ids.unlink()
            found = alert.verification_id
            concerned = (found.line_ids.document_id | found.report_id).with_user(
                self.env.user
            )
            concerned._record_event("acknowledged", detail=reason)

    def _alert_people(self):
        """Give an activity to those who look after the archive of the company."""
        self.ensure_one()
        groups = self.env["res.groups"].browse(
            [self.env.ref(xmlid).id for xmlid in ALERTED]
        )
        users = self.env["res.users"].search(
            [
                ("all_group_ids", "in", groups.ids),
                ("company_ids", "in", self.company_id.ids),
                ("share", "=", False),
            ]
        )
        for user in users:
            self.with_context(lang=user.lang).activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=self.env._("The archive did not pass its verification"),
                note=self.message,
            )


class GedVerification(models.Model):
    _inherit = "ged.verification"

    def _raise_alert(self):
        """Raise an alert for what this verification found and nobody has acknowledged
        yet; an open alert about the same problems is enough.
        """
        self.ensure_one()
        new = self.line_ids.filtered(lambda line: not line.known)
        if not new and self.state != "failed":
            return
        Alert = self.env["ged.alert"].sudo()
        keys = set(new.mapped("key"))
        for alert in Alert.search(
            [("company_id", "=", self.company_id.id), ("state", "=", "open")]
        ):
            if keys and keys <= set(alert.line_ids.mapped("key")):
                self.sudo().alert_id = alert
                return
        alert = Alert.create(
            {
                "company_id": self.company_id.id,
                "verification_id": self.id,
                "raised_at": fields.Datetime.now(),
                "message": self.error
                if self.state == "failed"
                else self.env._(
                    "Problems found in the archive of %(company)s: %(count)s. First: "
                    "%(first)s",
                    company=self.company_id.name,
                    count=len(new),
                    first=new[:1].message,
                ),
            }
        )
        self.sudo().alert_id = alert
        alert._alert_people()
