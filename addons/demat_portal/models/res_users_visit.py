# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

#: What is seen on the way within this time is one visit.
VISIT = timedelta(hours=1)


class ResUsers(models.Model):
    """When somebody last looked at his documents: what came since is new to him."""

    _inherit = "res.users"

    demat_documents_visit = fields.Datetime(
        string="Last visit of the documents",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )
    demat_documents_previous = fields.Datetime(
        string="Visit of the documents before that",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )

    def _demat_documents_seen_until(self):
        """Return up to when the documents are no news on the home page.

        Whoever never looked knows of none: all since his account exists is new.
        """
        self.ensure_one()
        user = self.sudo()
        return user.demat_documents_visit or user.create_date

    def _demat_visit_documents(self):
        """Note a visit and return since when documents are new to it.

        What was new stays so for the whole visit, however often the page is turned. It
        is written once per visit, and by nobody who would have to wait for it: two
        tabs that open at the same moment are one visit.
        """
        self.ensure_one()
        user = self.sudo()
        now = fields.Datetime.now()
        visit = user.demat_documents_visit
        if visit and visit > now - VISIT:
            return user.demat_documents_previous or user.create_date
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_users SET demat_documents_previous = demat_documents_visit,
                                     demat_documents_visit = %(now)s
                 WHERE id IN (SELECT id FROM res_users WHERE id = %(id)s
                                 FOR NO KEY UPDATE SKIP LOCKED)
                """,
                now=now,
                id=user.id,
            ),
            log_exceptions=False,  # the other tab was quicker: the host asks again
        )
        user.invalidate_recordset(
            ["demat_documents_previous", "demat_documents_visit"], flush=False
        )
        return visit or user.create_date
