# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import hmac
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.demat_base.lib import addresses

LIFE = timedelta(days=7)
#: Mails to one address, of all customers, in a day.
MAX_MAILS = 3
#: New addresses that one person asks for in a day.
MAX_ASKED = 30
#: Addresses of one customer or site.
MAX_ADDRESSES = 10


class DematAddressChange(models.Model):
    """A new notification address: it counts once its owner confirmed it.

    Only the SHA-256 of the token is stored; the token itself is in the mail, works once
    and for seven days.
    """

    _name = "demat.address.change"
    _description = "Notification Address to Confirm"
    _order = "id desc"
    _rec_name = "address"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    project_id = fields.Many2one(
        "project.project", string="Site", readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    address = fields.Char(required=True, readonly=True, index=True)
    lang = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("pending", "To be confirmed"),
            ("confirmed", "Confirmed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="pending",
    )
    token_hash = fields.Char(readonly=True, groups="base.group_system")
    expires_at = fields.Datetime(required=True, readonly=True)
    requested_by_id = fields.Many2one(
        "res.users", string="Requested by", required=True, readonly=True
    )
    confirmed_at = fields.Datetime(readonly=True)
    ip = fields.Char(string="IP Address", readonly=True)

    # -- the customer asks ------------------------------------------------------------

    @api.model
    def _ask(self, entity, text, *, site=None, company):
        """Write to a new address; it is added to the others once it is confirmed.

        The caller has checked that the user acts for ``entity`` and that ``site`` is
        one of its own.

        :param text: what the customer typed: one address
        :return: the address, normalised
        :raise UserError: not one address, there already, or too many
        """
        holder = (site or entity).sudo()
        address = self._read_address(text, holder)
        self._check_not_too_often(address)
        changes = self.sudo()
        changes._pending_of(entity, site).filtered(
            lambda change: change.address == address
        )._cancel()
        token = secrets.token_urlsafe(32)
        change = changes.create(
            {
                "partner_id": entity.id,
                "project_id": site.id if site else False,
                "company_id": company.id,
                "address": address,
                "lang": self.env.user.lang,
                "token_hash": _sha256(token),
                "expires_at": fields.Datetime.now() + LIFE,
                "requested_by_id": self.env.uid,
            }
        )
        change._send(token)
        return address

    @api.model
    def _check_not_too_often(self, address):
        """Neither may one customer write to many, nor many write to one mailbox.

        :raise UserError: more than a day allows
        """
        today = [("create_date", ">", fields.Datetime.now() - timedelta(days=1))]
        changes = self.sudo()
        asked = changes.search_count([("requested_by_id", "=", self.env.uid), *today])
        if asked >= MAX_ASKED:
            raise UserError(
                self.env._(
                    "You asked for %(count)s new addresses today: confirm them first, "
                    "and go on tomorrow.",
                    count=asked,
                )
            )
        if changes.search_count([("address", "=", address), *today]) >= MAX_MAILS:
            raise UserError(
                self.env._(
                    "%(address)s was written to several times today: look into that "
                    "mailbox, also among the junk mail.",
                    address=address,
                )
            )

    @api.model
    def _read_address(self, text, holder):
        try:
            found = addresses.parse(text)
            known = addresses.parse(holder.demat_email)
        except addresses.AddressError as error:
            raise UserError(holder._demat_address_error(error)) from error
        if len(found) != 1:
            raise UserError(self.env._("Enter one e-mail address."))
        if found[0] in known:
            raise UserError(
                self.env._("%(address)s is told already.", address=found[0])
            )
        if len(known) >= MAX_ADDRESSES:
            raise UserError(
                self.env._(
                    "There are %(count)s addresses: remove one of them first.",
                    count=len(known),
                )
            )
        return found[0]

    @api.model
    def _pending_of(self, entity, site=None):
        """Changes that wait for their click, newest first."""
        return self.search(
            [
                ("partner_id", "=", entity.id),
                ("project_id", "=", site.id if site else False),
                ("state", "=", "pending"),
                ("expires_at", ">", fields.Datetime.now()),
            ]
        )

    def _send(self, token):
        """The mail to the new address; the link is written nowhere else."""
        self.ensure_one()
        url = f"{self.company_id.get_base_url()}/my/address/{self.id}/{token}"
        template = self.env.ref("demat_portal.mail_template_address_confirm").sudo()
        template.with_context(demat_address_url=url).send_mail(
            self.id, email_layout_xmlid="mail.mail_notification_light"
        )

    def _cancel(self):
        self.write({"state": "cancelled", "token_hash": False})

    # -- the owner of the address confirms --------------------------------------------

    @api.model
    def _find_by_token(self, change_id, token):
        """Return the open change this link is for, sudo; empty for everything else.

        Compares in constant time, also when there is no such change.
        """
        changes = self.sudo()
        found = changes.browse(change_id).exists() if change_id < 2**31 else changes
        stored = (found and found.token_hash) or _sha256("")
        same = hmac.compare_digest(stored, _sha256(token or ""))
        if not found or not same or not token or not found._is_open():
            return changes
        return found

    def _is_open(self):
        """Whether it may still be confirmed: in time, asked by who still may."""
        self.ensure_one()
        user = self.requested_by_id
        return (
            self.state == "pending"
            and self.expires_at > fields.Datetime.now()
            and user.active
            and self.partner_id in user._demat_portal_own()
            # a site may have gone to another customer meanwhile
            and (
                not self.project_id
                or self.project_id.partner_id.commercial_partner_id == self.partner_id
            )
        )

    def _confirm(self, ip):
        """Add the address to the others; return whether it was done here.

        Of two clicks at the same moment one is told to try again, and finds it done.
        """
        self.ensure_one()
        self._demat_lock_or_refuse()
        self.invalidate_recordset(["state"])
        if self.state != "pending":
            return False
        holder = self.project_id or self.partner_id
        known = addresses.parse(holder.demat_email)
        if self.address not in known:
            holder.demat_email = addresses.join((*known, self.address))
        self.write(
            {
                "state": "confirmed",
                "token_hash": False,
                "confirmed_at": fields.Datetime.now(),
                "ip": ip,
            }
        )
        holder.message_post(
            body=self.env._(
                "Portal: %(address)s is told of new documents from now on (asked for "
                "by %(name)s, confirmed from %(ip)s).",
                address=self.address,
                name=self.requested_by_id.name,
                ip=ip,
            ),
            author_id=self.requested_by_id.partner_id.id,
        )
        return True


def _sha256(token):
    return hashlib.sha256(token.encode()).hexdigest()
