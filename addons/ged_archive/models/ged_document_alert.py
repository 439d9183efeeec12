# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

READERS = "ged_archive.group_ged_user"
ALERT_FIELDS = ("has_alert", "alert_message", "archive_has_alert")


class GedDocument(models.Model):
    """What a verification found stays red on the documents until an administrator has
    acknowledged it.
    """

    _inherit = "ged.document"

    has_alert = fields.Boolean(
        string="Has an alert",
        compute="_compute_alert",
        search="_search_has_alert",
        help="A verification found a problem with this document, and no administrator "
        "has acknowledged it yet.",
    )
    alert_message = fields.Char(string="What was found", compute="_compute_alert")
    archive_has_alert = fields.Boolean(
        string="The archive has an alert",
        compute="_compute_alert",
        help="A verification found a problem in the archive of the company, maybe not "
        "with this document.",
    )

    @api.depends_context("uid")
    def _compute_alert(self):
        """Not stored: acknowledging, verifying and filing need no writing here.

        Customers, who read their own documents, are told nothing of it.
        """
        if not self._may_see_alerts():
            self.update(dict.fromkeys(ALERT_FIELDS, False))
            return
        found = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT ON (l.document_id) l.document_id, l.message
                      FROM ged_alert a
                      JOIN ged_verification_line l
                        ON l.verification_id = a.verification_id
                     WHERE a.state = 'open' AND l.known IS NOT TRUE
                       AND l.document_id = ANY(%s)
                     ORDER BY l.document_id, l.id DESC
                    """,
                    self.ids,
                )
            )
            if self.ids
            else ()
        )
        companies = self.env["ged.alert"].sudo()._open_alerts(self.sudo().company_id)
        for document in self:
            message = found.get(document.id)
            document.has_alert = bool(message)
            document.alert_message = message
            document.archive_has_alert = (
                document.sudo().company_id in companies.company_id
            )

    @api.model
    def _search_has_alert(self, operator, value):
        if operator != "in":
            return NotImplemented
        if not self._may_see_alerts():
            return Domain.FALSE if True in value else Domain.TRUE
        self.env.flush_all()
        concerned = SQL(
            """(
            SELECT l.document_id FROM ged_alert a
              JOIN ged_verification_line l ON l.verification_id = a.verification_id
             WHERE a.state = 'open' AND l.known IS NOT TRUE
               AND l.document_id IS NOT NULL
            )"""
        )
        return Domain("id", "in" if True in value else "not in", concerned)

    @api.model
    def _may_see_alerts(self):
        return self.env.su or self.env.user.has_group(READERS)

    def action_open_alerts(self):
        """Open the alerts that nobody has acknowledged."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "ged_archive.ged_alert_action"
        )

    @api.model
    def alert_banner(self):
        """Return what the lists of documents say while an alert is open, or ``False``.

        Called by the web client: ``message``, and ``can_open`` whether the user may
        look at the alerts. Only for readers; only about their selected companies.
        """
        if not self._may_see_alerts():
            return False
        alerts = self.env["ged.alert"].sudo()._open_alerts(self.env.companies)
        if not alerts:
            return False
        return {
            "message": self.env._(
                "The archive of %(companies)s did not pass a verification (alerts not "
                "acknowledged: %(count)s).",
                companies=", ".join(alerts.company_id.mapped("name")),
                count=len(alerts),
            ),
            "can_open": self.env["ged.alert"].has_access("read"),
        }


class GedAlert(models.Model):
    _inherit = "ged.alert"

    @api.model
    def _open_alerts(self, companies):
        """Return the alerts of ``companies`` that nobody has acknowledged."""
        return self.search(
            [("company_id", "in", companies.ids), ("state", "=", "open")]
        )
