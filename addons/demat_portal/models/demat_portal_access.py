# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize, format_date

#: What a clerk may write by himself; the rest is written by the treatments below.
EDITABLE = {"name", "email", "reason", "partner_id", "company_id", "date_to"}
#: Where a transaction remembers what its users were granted.
GRANTED = "demat_portal_granted"
#: Open accesses of a customer: more is no accountant any more.
MAX_OPEN = 20


class DematPortalAccess(models.Model):
    """A customer lets his accountant read his papers, for some time.

    Asked for by the customer on his portal (or noted by a clerk), granted or refused by
    a clerk. The record rules compare the dates at each reading, so that an access ends
    by itself; the cron only writes the state and tells those concerned.
    """

    _name = "demat.portal.access"
    _description = "Accountant's Access"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    name = fields.Char(string="Accountant", required=True)
    email = fields.Char(string="E-mail", required=True)
    reason = fields.Char()
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("granted", "Granted"),
            ("refused", "Refused"),
            ("ended", "Ended"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="requested",
        tracking=True,
    )
    accountant_id = fields.Many2one(
        "res.partner", string="Reader", readonly=True, copy=False, index=True
    )
    requested_by_id = fields.Many2one(
        "res.users",
        string="Requested by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    date_from = fields.Date(string="From", readonly=True, copy=False)
    date_to = fields.Date(
        string="Until",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.today() + relativedelta(years=1),
        help="Last day of the access: one year at most, then it is asked for again.",
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)
    ended_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    ended_at = fields.Datetime(readonly=True, copy=False)
    account_note = fields.Char(compute="_compute_account_note")

    _reader_idx = models.Index("(accountant_id, state, date_to)")

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for access in self:
            access.display_name = self.env._(
                "%(accountant)s for %(customer)s",
                accountant=access.name,
                customer=access.partner_id.name,
            )

    @api.depends("email")
    def _compute_account_note(self):
        """Tell the clerk what granting does: a new account, or one that exists."""
        for access in self:
            user = access._find_user()
            if not email_normalize(access.email):
                access.account_note = self.env._("This is not an e-mail address.")
            elif user:
                access.account_note = self.env._(
                    "Has an account on the portal already."
                )
            else:
                access.account_note = self.env._(
                    "No account yet: granting creates it and sends the invitation."
                )

    # -- what may be written ----------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [
                {name: vals[name] for name in EDITABLE & set(vals)}
                for vals in vals_list
            ]
        accesses = super().create(vals_list)
        self.env.cr.cache.pop(GRANTED, None)
        for access in accesses:
            entity = access.partner_id.commercial_partner_id
            if access.partner_id != entity:
                access.partner_id = entity
        return accesses

    def write(self, vals):
        own = set(vals) & (set(self._own_fields()) - {"activity_ids"})
        if not self.env.su and own - EDITABLE:
            raise UserError(
                self.env._("An access is granted, refused or ended by its buttons.")
            )
        decided = self.filtered(lambda access: access.state != "requested")
        if not self.env.su and decided and own - {"date_to"}:
            raise UserError(
                self.env._(
                    "%(access)s is decided: only its last day can still be changed.",
                    access=decided[0].display_name,
                )
            )
        self.env.cr.cache.pop(GRANTED, None)
        return super().write(vals)

    @api.model
    def _own_fields(self):
        return [
            name
            for name, field in self._fields.items()
            if field._module == "demat_portal"
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("An access is ended, never deleted: it says who could read.")
        )

    @api.constrains("date_to", "date_from", "state")
    def _check_dates(self):
        today = fields.Date.today()
        for access in self.filtered(lambda one: one.state in ("requested", "granted")):
            last = (access.date_from or today) + relativedelta(years=1)
            if access.date_to > last:
                raise ValidationError(
                    self.env._(
                        "%(access)s: an access lasts one year at most, until %(date)s. "
                        "It can be asked for again then.",
                        access=access.display_name,
                        date=format_date(self.env, last),
                    )
                )

    @api.constrains("email")
    def _check_email(self):
        for access in self:
            if not email_normalize(access.email):
                raise ValidationError(
                    self.env._(
                        "“%(email)s” is not an e-mail address: enter the one of the "
                        "accountant.",
                        email=access.email,
                    )
                )

    # -- in force ---------------------------------------------------------------------

    @api.model
    def _in_force_domain(self):
        """Accesses by which somebody reads today."""
        today = fields.Date.today()
        return Domain(
            [
                ("state", "=", "granted"),
                ("date_from", "<=", today),
                ("date_to", ">=", today),
            ]
        )

    # -- asked for --------------------------------------------------------------------

    @api.model
    def _request(self, entity, company, **values):
        """Note what a customer asks for on his portal, and tell the clerks.

        The caller has checked that the user acts for ``entity``.

        :param values: ``name``, ``email``, ``reason``, ``date_to``
        :return: the request; the open one if it was asked for already
        :raises UserError: ``ValidationError``: bad address or date; too many
        """
        accesses = self.sudo()
        email = email_normalize(values["email"])
        open_ones = accesses.search(
            [
                ("partner_id", "=", entity.id),
                ("company_id", "=", company.id),
                ("state", "in", ("requested", "granted")),
            ]
        )
        same = open_ones.filtered(lambda one: email_normalize(one.email) == email)
        if same and email:
            return same[0]
        if len(open_ones) >= MAX_OPEN:
            raise UserError(
                self.env._("Too many accesses are open: end one of them first.")
            )
        if values["date_to"] < fields.Date.today():
            raise UserError(self.env._("The last day has passed: choose a later one."))
        access = accesses.create(
            {**values, "partner_id": entity.id, "company_id": company.id}
        )
        access._tell_clerks()
        return access

    def _tell_clerks(self):
        """One to-do for each clerk who is told of the customers of this company."""
        self.ensure_one()
        entity = self.partner_id
        clerk = entity.user_id.filtered(
            lambda user: user.has_group("demat_base.group_demat_user")
        )
        if not clerk:
            group = self.env.ref("demat_base.group_demat_user")
            users = group.all_user_ids.filtered(
                lambda user: (
                    self.company_id in user.company_ids
                    and user.active
                    and user != self.env.ref("base.user_root")
                )
            )
            # rather somebody who invoices than an administrator
            clerk = users.sorted(lambda user: (user._is_system(), user.id))[:1]
        if clerk:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=clerk.id,
                summary=self.env._(
                    "Accountant's access to grant or refuse: %(access)s",
                    access=self.display_name,
                ),
            )
        entity.message_post(
            body=self.env._(
                "Portal: asks for an access for the accountant %(name)s (%(email)s) "
                "until %(date)s.",
                name=self.name,
                email=self.email,
                date=format_date(self.env, self.date_to),
            ),
            author_id=self.env.user.partner_id.id,
        )

    def _check_may_decide(self):
        """:raise AccessError: unless the user is a clerk and sees these accesses"""
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "demat_base.group_demat_user"
        ):
            raise AccessError(
                self.env._("Only invoicing clerks decide on the access of accountants.")
            )
