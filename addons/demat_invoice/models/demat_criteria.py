# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib import states
from .account_payment_method import BOR, LCR

#: Treatments that print: two criteria are theirs alone (seed 001, table of criteria).
PRINTING = ("print_invoices", "print_bills")
#: Treatments that tell the customer, or prepare it.
TELLING = ("prepare", "send")


class DematCriteria(models.AbstractModel):
    """Which invoices a treatment takes: the table of seed 001 and "Diffusion" of 003.

    Shared by the screen (``demat.process``) and its favourites. :meth:`_demat_domain`
    turns the criteria into a domain of ``account.move``.
    """

    _name = "demat.criteria"
    _description = "Criteria of a Treatment"

    treatment = fields.Selection(
        [
            ("print_invoices", "Print the invoices"),
            ("print_bills", "Print the bills of exchange"),
            ("prepare", "Prepare the sending"),
            ("hold", "Put the sending on hold"),
            ("keep_internal", "Keep internal"),
            ("release", "Release what was kept internal"),
            ("send", "Send the invoices"),
            ("collect_chorus", "Collect the invoices for Chorus"),
        ],
        required=True,
        default="print_invoices",
    )
    lot_from = fields.Integer(string="Lot number from", aggregator=None)
    lot_to = fields.Integer(string="Lot number to", aggregator=None)
    period = fields.Selection(
        [
            ("all", "Any date"),
            ("today", "Today"),
            ("week", "This week"),
            ("month", "This month"),
            ("last_month", "Last month"),
            ("quarter", "This quarter"),
            ("year", "This year"),
            ("between", "Between two dates"),
        ],
        string="Invoice date",
        required=True,
        default="all",
        help="Kept in a favourite as it is: this month is always the current one.",
    )
    date_from = fields.Date(string="From date")
    date_to = fields.Date(string="To date")
    edition_from = fields.Date(string="Edited from")
    edition_to = fields.Date(string="Edited to")
    # each model that inherits this names its own tables
    created_by_ids = fields.Many2many(
        "res.users", "demat_criteria_created_by_rel", string="Invoices created by"
    )
    edited_by_ids = fields.Many2many(
        "res.users", "demat_criteria_edited_by_rel", string="Invoices edited by"
    )
    state_waiting = fields.Boolean(
        "Waiting", compute="_compute_states", store=True, readonly=False
    )
    state_ready = fields.Boolean(
        "Ready", compute="_compute_states", store=True, readonly=False
    )
    state_sent = fields.Boolean(
        "Sent to the recipient", compute="_compute_states", store=True, readonly=False
    )
    state_internal = fields.Boolean(
        "Kept internal", compute="_compute_states", store=True, readonly=False
    )
    takes_waiting = fields.Boolean(compute="_compute_takes")
    takes_ready = fields.Boolean(compute="_compute_takes")
    takes_sent = fields.Boolean(compute="_compute_takes")
    takes_internal = fields.Boolean(compute="_compute_takes")
    only_not_edited = fields.Boolean("Only without edition date", default=True)
    only_not_dematerialised = fields.Boolean("Only not dematerialised", default=True)
    with_account = fields.Selection(
        [
            ("all", "All customers"),
            ("account", "Only customers with a portal account"),
            ("none", "Only customers without a portal account"),
        ],
        string="Portal accounts",
        required=True,
        default="all",
    )
    customer_kind = fields.Selection(
        [
            ("all", "Professionals and individuals"),
            ("company", "Professionals only"),
            ("person", "Individuals only"),
        ],
        string="Customers",
        required=True,
        default="all",
    )
    contact_function = fields.Char(
        string="Contact function contains",
        help="Only customers who have a contact with an e-mail address and this "
        "function; the portal accounts are made for these contacts.",
    )
    main_contact_only = fields.Boolean(
        help="Only customers whose main contact is known and has an e-mail address; "
        "the portal accounts are made for the main contacts.",
    )
    create_portal = fields.Boolean(
        string="Create the missing portal accounts",
        help="Customers without an account get an invitation on the way. It holds a "
        "link, never a password.",
    )
    attach_pdf = fields.Selection(
        [
            ("as_set", "As set on the customer or the site"),
            ("yes", "Attach the PDF"),
            ("no", "Link only"),
        ],
        string="Attached file",
        required=True,
        default="as_set",
    )
    notify = fields.Boolean(
        string="Notify by mail",
        default=True,
        help="Without it the invoices are archived and published, and nobody is told.",
    )

    # -- states -----------------------------------------------------------------------

    @api.depends("treatment")
    def _compute_states(self):
        """Another treatment begins with the states that are its own by default."""
        for criteria in self:
            accepted = criteria._demat_treatment().accepts
            for state in _SHOWN_STATES:
                criteria[f"state_{state}"] = state in accepted

    @api.depends("treatment")
    def _compute_takes(self):
        for criteria in self:
            treatment = criteria._demat_treatment()
            for state in _SHOWN_STATES:
                criteria[f"takes_{state}"] = state in (
                    treatment.accepts + treatment.on_demand
                )

    def _demat_treatment(self):
        return states.TREATMENTS[self.treatment or "print_invoices"]

    def _demat_states(self):
        """The states asked for, among those that the treatment can take."""
        self.ensure_one()
        treatment = self._demat_treatment()
        return [
            state
            for state in treatment.accepts + treatment.on_demand
            if self[f"state_{state}"]
        ]

    # -- dates ------------------------------------------------------------------------

    def _demat_dates(self):
        """``(first day, last day)`` of the invoice date; either may be False."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        month = today.replace(day=1)
        quarter = month - relativedelta(months=(today.month - 1) % 3)
        monday = today - timedelta(days=today.weekday())
        last = relativedelta(days=-1)
        return {
            "all": (False, False),
            "today": (today, today),
            "week": (monday, monday + timedelta(days=6)),
            "month": (month, month + relativedelta(months=1) + last),
            "last_month": (month - relativedelta(months=1), month + last),
            "quarter": (quarter, quarter + relativedelta(months=3) + last),
            "year": (today.replace(month=1, day=1), today.replace(month=12, day=31)),
            "between": (self.date_from, self.date_to),
        }[self.period]

    def _demat_day_start(self, day):
        """The moment in UTC at which a day begins where the user is."""
        zone = pytz.timezone(self.env.user.tz or "Europe/Paris")
        local = zone.localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    # -- the domain -------------------------------------------------------------------

    def _demat_domain(self):
        """Return the domain of the invoices that these criteria ask for.

        TO EXTEND by connectors that add a criterion.

        :raises UserError: no state is chosen, or a range ends before it begins
        """
        self.ensure_one()
        self._demat_check_ranges()
        wanted = self._demat_states()
        if not wanted:
            raise UserError(self.env._("Choose at least one send state."))
        return Domain.AND(
            [
                Domain("move_type", "in", ("out_invoice", "out_refund")),
                Domain("state", "=", "posted"),
                Domain("company_id", "in", self.env.companies.ids),
                Domain("demat_state", "in", wanted),
                self._demat_range("lot_id.number", self.lot_from, self.lot_to),
                self._demat_range("invoice_date", *self._demat_dates()),
                self._demat_edition_domain(),
                self._demat_user_domain("create_uid", self.created_by_ids),
                self._demat_user_domain("demat_edition_uid", self.edited_by_ids),
                self._demat_printing_domain(),
                self._demat_customer_domain(),
            ]
        )

    def _demat_check_ranges(self):
        """:raises UserError: a range ends before it begins"""
        for first, last in (
            ("lot_from", "lot_to"),
            ("date_from", "date_to"),
            ("edition_from", "edition_to"),
        ):
            if self[first] and self[last] and self[first] > self[last]:
                labels = [
                    self._fields[name].get_description(self.env)["string"]
                    for name in (first, last)
                ]
                raise UserError(
                    self.env._(
                        "%(first)s is after %(last)s: nothing can be found.",
                        first=labels[0],
                        last=labels[1],
                    )
                )

    @api.model
    def _demat_range(self, name, first, last):
        domain = Domain.TRUE
        if first:
            domain &= Domain(name, ">=", first)
        if last:
            domain &= Domain(name, "<=", last)
        return domain

    def _demat_edition_domain(self):
        domain = Domain.TRUE
        if self.edition_from:
            first = self._demat_day_start(self.edition_from)
            domain &= Domain("demat_edition_date", ">=", first)
        if self.edition_to:
            after = self._demat_day_start(self.edition_to + timedelta(days=1))
            domain &= Domain("demat_edition_date", "<", after)
        return domain

    @api.model
    def _demat_user_domain(self, name, users):
        return Domain(name, "in", users.ids) if users else Domain.TRUE

    def _demat_printing_domain(self):
        """What only the printing treatments ask (seed 001: "Remarque" and table)."""
        domain = Domain.TRUE
        if self.treatment not in PRINTING:
            return domain
        if self.only_not_edited:
            domain &= Domain("demat_edition_date", "=", False)
        if self.only_not_dematerialised:
            domain &= Domain("is_dematerialised", "=", False)
        if self.treatment == "print_bills":
            domain &= Domain(
                "preferred_payment_method_line_id.payment_method_id.code",
                "in",
                (LCR, BOR),
            )
        return domain

    def _demat_customer_domain(self):
        """Seed 003, "Diffusion des factures". Accounts and contacts are looked up past
        the rights of the clerk, who learns no more than which invoices fit."""
        domain = Domain.TRUE
        users = self.env["res.users"].sudo().search([("share", "=", True)])
        owners = users.partner_id.commercial_partner_id.ids
        if self.with_account == "account":
            domain &= Domain("commercial_partner_id", "in", owners)
        elif self.with_account == "none":
            domain &= Domain("commercial_partner_id", "not in", owners)
        if self.customer_kind != "all":
            domain &= Domain(
                "commercial_partner_id.is_company", "=", self.customer_kind == "company"
            )
        contacts = self._demat_contact_domain()
        if contacts:
            domain &= Domain("commercial_partner_id", "any!", contacts)
        return domain

    def _demat_contact_domain(self):
        """Domain of the customers who have the contacts asked for, or None."""
        function = (self.contact_function or "").strip()
        if not function and not self.main_contact_only:
            return None
        wanted = Domain("email", "!=", False)
        if function:
            wanted &= Domain("function", "ilike", function)
        if self.main_contact_only:
            wanted &= Domain("demat_main_contact", "=", True)
        # a person who is the customer himself is his own contact
        return Domain("child_ids", "any", wanted) | wanted


_SHOWN_STATES = (states.WAITING, states.READY, states.SENT, states.INTERNAL)
