# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request as http_request
from odoo.tools import SQL

from odoo.addons.ged_archive.lib.hashing import link
from odoo.addons.ged_archive.models.ged_document_guard import (
    allow_creation,
    creation_allowed,
)

from .demat_sign_triggers import create_guards

#: Longest user agent that is kept; browsers send less than 300 characters.
AGENT_LENGTH = 400


class DematSignEvent(models.Model):
    """One line of the journal of a request: who did what, when, from where.

    Append-only: neither the ORM nor, thanks to triggers, SQL changes a line. Each line
    holds the SHA-256 over the line before and its own content, so that a line that was
    taken out or put in is found by :meth:`_verify`.
    """

    _name = "demat.sign.event"
    _description = "Event of a Signature"
    _order = "request_id, number"
    _rec_name = "type"
    _log_access = False

    request_id = fields.Many2one(
        "demat.sign.request", required=True, ondelete="restrict", index=True
    )
    signatory_id = fields.Many2one("demat.sign.signatory", ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", ondelete="restrict")
    number = fields.Integer(required=True, aggregator=None)
    type = fields.Selection(
        [
            ("created", "Request created"),
            ("frozen", "Quote frozen and archived"),
            ("sent", "Invitation written"),
            ("reminded", "Reminder written"),
            ("opened", "Opened"),
            ("read", "Pages read"),
            ("downloaded", "Downloaded"),
            ("question", "Question asked"),
            ("option_chosen", "Options chosen"),
            ("terms_accepted", "General terms accepted"),
            ("code_sent", "Code sent"),
            ("code_refused", "Wrong code"),
            ("code_locked", "Code locked"),
            ("code_accepted", "Code accepted"),
            ("signed", "Signed"),
            ("declined", "Declined"),
            ("cancelled", "Cancelled"),
            ("expired", "Expired"),
            ("voided", "Void: the quote changed"),
            ("completed", "All have signed"),
            ("on_site", "Opened on the sales person's device"),
        ],
        string="Event",
        required=True,
    )
    moment = fields.Datetime(string="Date", required=True)
    ip = fields.Char(string="IP Address")
    agent = fields.Char(string="Browser")
    detail = fields.Char()
    previous_hash = fields.Char()
    chain_hash = fields.Char(required=True)

    _number_uniq = models.Constraint(
        "UNIQUE (request_id, number)", "Two events cannot have the same place."
    )

    def init(self):
        # EXTENDS base
        create_guards(self.env.cr)

    @api.model
    def _append(
        self, requests, event_type, *, signatory=None, detail=None, ip=None, agent=None
    ):
        """Write one line at the end of the journal of each request.

        The row of the request is locked, so that two transactions never write the same
        place of a chain.

        :return: the events, in the order of the requests
        """
        if http_request and ip is None:
            ip = http_request.httprequest.remote_addr
        if http_request and agent is None:
            agent = http_request.httprequest.user_agent.string
        common = {
            "type": event_type,
            "moment": fields.Datetime.now(),
            "signatory_id": signatory.id if signatory else False,
            "user_id": self.env.uid,
            "ip": ip or False,
            "agent": (agent or "")[:AGENT_LENGTH] or False,
            "detail": detail or False,
        }
        vals_list = []
        for request in requests.sudo():
            number, previous = self._last_link(request)
            vals = {
                **common,
                "request_id": request.id,
                "company_id": request.company_id.id,
                "number": number + 1,
                "previous_hash": previous,
            }
            chain_hash = link(previous, self._evidence_of(vals, request.name))
            vals_list.append({**vals, "chain_hash": chain_hash})
        events = allow_creation(self).create(vals_list)
        requests.invalidate_recordset(["event_ids"], flush=False)
        return self.browse(events.ids)

    @api.model
    def _last_link(self, request):
        """Lock the journal of a request; return ``(number, hash)`` of its last line."""
        self.flush_model()
        request._queue_up()
        self.env.cr.execute(
            SQL(
                """
                SELECT number, chain_hash FROM demat_sign_event
                 WHERE request_id = %s ORDER BY number DESC LIMIT 1
                """,
                request.id,
            )
        )
        return self.env.cr.fetchone() or (0, False)

    @api.model
    def _evidence_of(self, vals, request_name):
        """What the hash of one line covers, besides the hash of the line before.

        ``ged_archive.lib.hashing.link`` says how: canonical JSON, SHA-256.
        """
        return {
            "request": request_name,
            "signatory": vals["signatory_id"] or None,
            "user": vals["user_id"] or None,
            **{
                name: vals[name] or None
                for name in ("number", "type", "moment", "ip", "agent", "detail")
            },
        }

    def _evidence(self):
        """The same of a stored line, for the evidence file and for :meth:`_verify`."""
        self.ensure_one()
        event = self.sudo()
        names = ("number", "type", "moment", "ip", "agent", "detail")
        return self._evidence_of(
            {
                "signatory_id": event.signatory_id.id,
                "user_id": event.user_id.id,
                **{name: event[name] for name in names},
            },
            event.request_id.name,
        )

    @api.model
    def _verify(self, request):
        """Numbers of the lines of a journal that are wrong or missing; [] if sound."""
        wrong, number, previous = [], 0, False
        events = self.sudo().search([("request_id", "=", request.id)], order="number")
        for event in events:
            number += 1
            if (
                event.number != number
                or (event.previous_hash or False) != previous
                or event.chain_hash != link(previous, event._evidence())
            ):
                wrong.append(event.number)
                number = event.number
            previous = event.chain_hash
        return wrong

    @api.model_create_multi
    def create(self, vals_list):
        if not creation_allowed(self.env):
            raise UserError(
                self.env._("The journal of a signature is written by the system only.")
            )
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        # not even the superuser writes: super() is never right here
        raise UserError(
            self.env._("The journal of a signature cannot be changed or deleted.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("The journal of a signature cannot be changed or deleted.")
        )
