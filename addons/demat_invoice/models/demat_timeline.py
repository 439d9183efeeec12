# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import functools

import psycopg2.errors

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .demat_print_request import DETAIL

#: Events of the archive that the journal of the invoice tells already, with more words.
TOLD_TWICE = ("sent", "reopened")


class DematTimeline(models.Model):
    """All that happened to an invoice, newest first: one list for the clerk.

    It unites the journal of the invoice (``demat.state.change``), the journal of the
    archive about its files (``ged.event``), and what became of its exchanges
    (``demat.exchange`` and its history). Nothing is stored here. Whoever may read the
    invoice, and belongs to the readers of its journal, may read its timeline.
    """

    _name = "demat.timeline"
    _description = "Timeline of an Invoice"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "event"
    _depends = {
        "demat.state.change": ["move_id", "treatment", "user_id", "date", "reason"],
        "demat.exchange": [
            "res_id",
            "res_model",
            "channel",
            "done_at",
            "confirmed_by_id",
            "recipients",
            "user_id",
        ],
        "demat.exchange.log": ["exchange_id", "at", "new_state", "text", "user_id"],
        "ged.document": ["res_id", "res_model"],
        "ged.event": [
            "at",
            "company_id",
            "detail",
            "document_id",
            "event_type",
            "user_id",
            "user_name",
        ],
    }

    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime(readonly=True)
    source = fields.Selection(
        [
            ("journal", "Invoice"),
            ("archive", "Archive"),
            ("portal", "Portal"),
            ("exchange", "Exchange"),
        ],
        readonly=True,
    )
    event = fields.Selection(selection="_selection_event", readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    user_name = fields.Char(string="Who", readonly=True)
    detail = fields.Char(readonly=True)

    def _selection_event(self):
        """The words of the journals themselves, each with its origin in front."""

        def labels(model, field):
            return self.env[model]._fields[field]._description_selection(self.env)

        channels = labels("demat.exchange", "channel")
        states = labels("demat.exchange", "state")
        return [
            *(
                (f"journal.{code}", label)
                for code, label in labels("demat.state.change", "treatment")
            ),
            *(
                (f"archive.{code}", label)
                for code, label in labels("ged.event", "event_type")
            ),
            ("portal.viewed", self.env._("Seen by the customer")),
            ("portal.downloaded", self.env._("Downloaded by the customer")),
            *(
                (
                    f"{channel}.{state}",
                    self.env._(
                        "%(channel)s: %(state)s", channel=channel_name, state=name
                    ),
                )
                for channel, channel_name in channels
                for state, name in states
            ),
        ]

    @property
    def _table_query(self):
        parts = (
            self._journal_query(),
            self._archive_query(),
            self._done_query(),
            self._log_query(),
        )
        return SQL(" UNION ALL ").join(parts)

    def _journal_query(self):
        return SQL(
            """
            SELECT c.id::bigint * 4 AS id, c.move_id, c.company_id, c.date,
                   'journal' AS source, 'journal.' || c.treatment AS event,
                   c.user_id, p.name AS user_name, c.reason AS detail
              FROM demat_state_change c
              LEFT JOIN res_users u ON u.id = c.user_id
              LEFT JOIN res_partner p ON p.id = u.partner_id
            """
        )

    def _archive_query(self):
        """What the customer did is told apart from what our own people did."""
        customer = SQL(
            "u.share IS TRUE AND e.event_type IN ('viewed', 'downloaded')",
        )
        return SQL(
            """
            SELECT e.id::bigint * 4 + 1, d.res_id, e.company_id, e.at,
                   CASE WHEN %(customer)s THEN 'portal' ELSE 'archive' END,
                   CASE WHEN %(customer)s THEN 'portal.' ELSE 'archive.' END
                        || e.event_type,
                   e.user_id, e.user_name, e.detail
              FROM ged_event e
              JOIN ged_document d ON d.id = e.document_id
              LEFT JOIN res_users u ON u.id = e.user_id
             WHERE d.res_model = 'account.move'
               AND e.event_type NOT IN %(told)s
               AND COALESCE(e.detail, '') NOT LIKE %(printed)s
            """,
            customer=customer,
            told=TOLD_TWICE,
            printed=f"{DETAIL} %",
        )

    def _done_query(self):
        """What arrived; that of the archive is its own event."""
        return SQL(
            """
            SELECT x.id::bigint * 4 + 2, x.res_id, x.company_id, x.done_at,
                   'exchange', x.channel || '.done',
                   COALESCE(x.confirmed_by_id, x.user_id), p.name, x.recipients
              FROM demat_exchange x
              LEFT JOIN res_users u ON u.id = COALESCE(x.confirmed_by_id, x.user_id)
              LEFT JOIN res_partner p ON p.id = u.partner_id
             WHERE x.res_model = 'account.move'
               AND x.done_at IS NOT NULL
               AND x.channel <> 'ged'
            """
        )

    def _log_query(self):
        """What did not arrive, and what people decided about it."""
        return SQL(
            """
            SELECT l.id::bigint * 4 + 3, x.res_id, x.company_id, l.at,
                   'exchange', x.channel || '.' || l.new_state,
                   l.user_id, p.name, l.text
              FROM demat_exchange_log l
              JOIN demat_exchange x ON x.id = l.exchange_id
              LEFT JOIN res_users u ON u.id = l.user_id
              LEFT JOIN res_partner p ON p.id = u.partner_id
             WHERE x.res_model = 'account.move'
               AND l.new_state <> 'done'
            """
        )

    # -- the rights of the invoice ----------------------------------------------------

    def _search(self, domain, *args, **kwargs):
        # EXTENDS base: only what happened to invoices that the user may read
        if not self.env.su:
            domain = Domain(domain) & Domain("move_id", "any", [])
        return super()._search(domain, *args, **kwargs)

    def _check_access(self, operation):
        # EXTENDS base
        result = super()._check_access(operation)
        if result or self.env.su or not any(self._ids):
            return result
        moves = self.sudo().move_id.sudo(False)
        allowed = set(moves._filtered_access("read").ids)
        forbidden = self.filtered(lambda line: line.sudo().move_id.id not in allowed)
        if not forbidden:
            return None
        return forbidden, functools.partial(
            self.env["ir.rule"]._make_access_error, operation, forbidden
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    demat_timeline_ids = fields.One2many(
        "demat.timeline",
        "move_id",
        string="What happened",
        readonly=True,
        copy=False,
        groups="demat_base.group_demat_user,account.group_account_readonly",
    )

    def _demat_record_customer(self, event):
        """Note that a customer sees or fetches what was sent; our own people do not.

        :param event: ``viewed`` or ``downloaded``
        """
        user = self.env.user
        if user._is_internal():
            return
        documents = self.sudo().demat_document_id
        if documents and self.env.cr.readonly:
            # where the host has a read-only replica: it asks again on the main database
            raise psycopg2.errors.ReadOnlySqlTransaction(
                "the download of an archived file is journalled"
            )
        for document in documents:
            words = document.with_context(lang=document.company_id.partner_id.lang)
            detail = user._is_public() and words.env._(
                "By the link of the mail, without an account"
            )
            document.with_user(user)._record_event(event, detail=detail or None)
