# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import secrets

from odoo import api, fields, models
from odoo.tools import consteq

#: Who may still sign, once it is his turn.
TURN = ("invited", "opened", "confirmed")
#: Stands where the link would, for whoever may not have it.
NO_LINK = "#"
SIGNATORY = "demat.sign.signatory"


class DematSignSignatory(models.Model):
    """One person who is to sign, and the state of his ceremony.

    Token and code are for the system only; whoever holds the link of the mail is let
    in by :meth:`_find_by_token`.
    """

    _name = "demat.sign.signatory"
    _description = "Signatory of a Quote"
    _order = "request_id, sequence, id"

    request_id = fields.Many2one(
        "demat.sign.request",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    sequence = fields.Integer(default=10, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Contact", readonly=True, ondelete="restrict"
    )
    name = fields.Char(required=True, readonly=True)
    email = fields.Char(
        string="E-mail", readonly=True, help="Empty: signs on site, without a code."
    )
    email_origin = fields.Char(
        string="Origin of the Address",
        readonly=True,
        help="Where the address comes from: site, customer, contact, or typed.",
    )
    phone = fields.Char(readonly=True)
    role = fields.Char(readonly=True)
    lang = fields.Char(readonly=True)
    attach_pdf = fields.Boolean(readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Not yet asked"),
            ("invited", "Invited"),
            ("opened", "Has read"),
            ("confirmed", "Identity confirmed"),
            ("signed", "Signed"),
            ("declined", "Declined"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    access_token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        groups="base.group_system",
        default=lambda self: secrets.token_hex(32),
    )
    device_token = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="One-time token of a signature on the device of the sales person.",
    )
    device_expires_at = fields.Datetime(
        readonly=True, copy=False, groups="base.group_system"
    )
    device_user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    code_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    code_salt = fields.Char(readonly=True, copy=False, groups="base.group_system")
    code_sent_at = fields.Datetime(readonly=True)
    code_expires_at = fields.Datetime(readonly=True)
    code_attempts = fields.Integer(readonly=True, aggregator=None)
    code_locked_until = fields.Datetime(readonly=True)
    code_channel = fields.Selection(
        [("email", "E-mail"), ("sms", "SMS")], readonly=True
    )
    code_accepted_at = fields.Datetime(readonly=True)
    # of the code that was accepted: another one may be sent later
    code_accepted_sent_at = fields.Datetime(readonly=True, copy=False)
    code_accepted_channel = fields.Selection(
        [("email", "E-mail"), ("sms", "SMS")], readonly=True, copy=False
    )
    code_accepted_address = fields.Char(readonly=True, copy=False)
    invited_at = fields.Datetime(readonly=True)
    opened_at = fields.Datetime(string="First Opened", readonly=True)
    signed_at = fields.Datetime(string="Signed on", readonly=True)
    ip = fields.Char(string="IP Address", readonly=True)
    agent = fields.Char(string="Browser", readonly=True)
    method = fields.Selection(
        [("draw", "Drawn"), ("type", "Typed"), ("upload", "Uploaded")], readonly=True
    )
    signature_image = fields.Binary(attachment=True, readonly=True)
    typed_approval = fields.Char(string="Approval Typed", readonly=True)
    terms_accepted_at = fields.Datetime(readonly=True)
    shown_sha256 = fields.Char(string="SHA-256 Shown", readonly=True)
    decline_reason = fields.Text(readonly=True)
    field_name = fields.Char(string="PDF Field", readonly=True)
    delivery = fields.Selection(
        [
            ("pending", "On its way"),
            ("done", "Left"),
            ("failed", "Failed"),
            ("unknown", "Outcome unknown"),
        ],
        string="Invitation",
        compute="_compute_delivery",
        compute_sudo=True,
        help="What became of the last mail to this signatory.",
    )
    signed_via = fields.Selection(
        [
            ("link", "Own link"),
            ("device", "Device of the sales person"),
            ("account", "Portal account"),
        ],
        string="Signed through",
        readonly=True,
        copy=False,
        help="Which link was on the screen when he signed, and whether he was logged "
        "in as himself.",
    )
    signed_user_id = fields.Many2one(
        "res.users",
        string="Device or Account of",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    _access_token_uniq = models.Constraint(
        "UNIQUE (access_token)", "This token is taken."
    )

    @api.model
    def _find_by_token(self, signatory_id, token):
        """The signatory whose link this is, in system mode; empty for anything else.

        Compared in constant time; a token of the sales person's device is accepted as
        long as it lives.
        """
        signatory = self.sudo().browse(int(signatory_id)).exists()
        if not signatory or not isinstance(token, str):
            return self.sudo().browse()
        own = consteq(signatory.access_token.encode(), token.encode())
        device = signatory._is_on_device(token)
        return signatory if own or device else signatory.browse()

    def _is_on_device(self, token):
        """Whether ``token`` is that of a device on site, and still lives."""
        self.ensure_one()
        signatory = self.sudo()
        return bool(
            signatory.device_token
            and signatory.device_expires_at
            and signatory.device_expires_at > fields.Datetime.now()
        ) and consteq(signatory.device_token.encode(), token.encode())

    def _way_in(self, token):
        """How whoever holds ``token`` came in: a value of ``signed_via``.

        Who is logged in as the signatory came with his account, from the portal or
        from the mail.
        """
        self.ensure_one()
        if self._is_on_device(token):
            return "device"
        user = self.env.user
        himself = not user._is_public() and user.partner_id == self.partner_id
        return "account" if himself else "link"

    def _get_sign_path(self):
        """Path of the ceremony of this signatory, with his token.

        In system mode only: a user who has the templates of the mails drawn, for a
        mail of his own, gets :data:`NO_LINK`.
        """
        self.ensure_one()
        if not self.env.su:
            return NO_LINK
        return f"/my/sign/{self.id}/{self.access_token}"

    def _get_sign_url(self):
        """Whole address of :meth:`_get_sign_path`, for a mail."""
        self.ensure_one()
        path = self._get_sign_path()
        return path if path == NO_LINK else f"{self.company_id.get_base_url()}{path}"

    def _compute_delivery(self):
        newest = {}
        for exchange in (
            self.env["demat.exchange"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self._origin.ids),
                    ("channel", "=", "mail"),
                ],
                order="id",
            )
        ):
            newest[exchange.res_id] = exchange.state
        for signatory in self:
            state = newest.get(signatory._origin.id)
            signatory.delivery = (
                "pending"
                if state == "sending"
                else (False if state == "cancelled" else state)
            )
