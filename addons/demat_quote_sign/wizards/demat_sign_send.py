# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time

import pytz

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.demat_base.lib.resolution import Resolution

from ..models.sale_order_sign import MENDABLE


class _PreviewDone(Exception):
    """Takes back the rows that a preview needed."""


class DematSignSend(models.TransientModel):
    """Window that sends a quote for signature: who, in which order, until when.

    Signatories and addresses are proposed by the same resolution as for invoices (site
    first); the origin of each address is shown.
    """

    _name = "demat.sign.send"
    _description = "Send for Signature"

    order_id = fields.Many2one(
        "sale.order", string="Quote", required=True, ondelete="cascade"
    )
    # as the user: in system mode they would tell of any quote, by its number
    company_id = fields.Many2one(related="order_id.company_id", related_sudo=False)
    partner_id = fields.Many2one(related="order_id.partner_id", related_sudo=False)
    currency_id = fields.Many2one(related="order_id.currency_id", related_sudo=False)
    amount_total = fields.Monetary(related="order_id.amount_total", related_sudo=False)
    signatory_ids = fields.One2many(
        "demat.sign.send.signatory", "wizard_id", string="Signatories"
    )
    in_order = fields.Boolean(
        string="One after the other",
        help="Each signatory is invited when the one before has signed. Otherwise all "
        "are invited at once.",
    )
    expires_on = fields.Date(string="To be signed until", required=True)
    reminder_days = fields.Integer(string="Reminder every (days)")
    require_code = fields.Boolean(
        string="One-time code",
        help="Each signatory confirms his address with a code that he receives.",
    )
    bon_pour_accord = fields.Boolean(string="“Bon pour accord”")
    terms_id = fields.Many2one("demat.sign.terms", string="General terms")
    choose_options = fields.Boolean(compute="_compute_choose_options")
    notice = fields.Html(compute="_compute_consent", string="To be known")
    needs_consent = fields.Boolean(compute="_compute_consent")
    consent_given = fields.Boolean(
        string="The customer accepts electronic quotes",
        help="Recorded in the register of consents, in your name, with today's date.",
    )
    consent_means = fields.Selection(
        [
            ("email", "E-mail"),
            ("telephone", "Telephone"),
            ("contract", "Contract"),
            ("form", "Paper form"),
        ],
        string="How we know",
        default="email",
    )
    preview = fields.Html(readonly=True, sanitize=False)
    preview_subject = fields.Char(readonly=True)

    # -- rights -----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: one's own window, of a quote that one may read
        wizards = super().create(vals_list)
        wizards.order_id.check_access("read")
        return wizards

    def write(self, vals):
        # EXTENDS base
        result = super().write(vals)
        if "order_id" in vals:
            self.order_id.check_access("read")
        return result

    # -- proposals --------------------------------------------------------------------

    @api.model
    def default_get(self, names):
        # EXTENDS base
        values = super().default_get(names)
        order = self.env["sale.order"].browse(
            values.get("order_id") or self.env.context.get("default_order_id")
        )
        if not order:
            return values
        order._demat_sign_check_may_send()
        company = order.company_id
        return values | {
            "order_id": order.id,
            "expires_on": company._demat_sign_last_day(order),
            "reminder_days": company.demat_sign_reminder_days,
            "require_code": company._demat_sign_needs_code(order),
            "bon_pour_accord": company.demat_sign_bon_pour_accord,
            "terms_id": company.demat_sign_terms_id.id,
            "signatory_ids": [
                Command.create(values) for values in self._propose_signatories(order)
            ],
        }

    @api.model
    def _propose_signatories(self, order):
        """Values of the first signatory: the address that the resolution gives."""
        resolution = self._resolve(order)
        partner = order.partner_id
        if not resolution.to:
            email = partner.email_normalized
            return [self._signatory_of(partner, email, False)]
        contact = self._find_contact(partner, resolution.to[0]) or partner
        return [self._signatory_of(contact, resolution.to[0], resolution.attach_pdf)]

    @api.model
    def _signatory_of(self, partner, email, attach_pdf):
        return {
            "partner_id": partner.id,
            "name": partner.name,
            "email": email,
            "phone": partner.phone,
            "role": partner.function,
            "attach_pdf": attach_pdf,
        }

    @api.model
    def _find_contact(self, partner, email):
        """The person of this customer to whom the address belongs."""
        return self.env["res.partner"].search(
            [
                ("commercial_partner_id", "=", partner.commercial_partner_id.id),
                ("email_normalized", "=", email),
            ],
            order="is_company, id",
            limit=1,
        )

    @api.model
    def _resolve(self, order) -> Resolution:
        # answered in system mode, which would tell of the customer of any quote
        order.check_access("read")
        return order._demat_resolve()[order.id]

    @api.depends("order_id")
    def _compute_choose_options(self):
        for wizard in self:
            wizard.choose_options = bool(
                wizard.order_id and wizard.order_id._demat_sign_has_options()
            )

    @api.depends("order_id")
    def _compute_consent(self):
        for wizard in self:
            if not wizard.order_id:
                wizard.needs_consent, wizard.notice = False, False
                continue
            order = wizard.order_id
            wizard.needs_consent = self._resolve(order).channel == "print"
            wizard.notice = (
                False if wizard.needs_consent else order.demat_notification_html
            )

    # -- buttons ----------------------------------------------------------------------

    def action_send(self):
        """Freeze the quote and write to the signatories."""
        self.order_id._demat_sign_check_may_send()
        self._check_consent()
        request = self._make_request(needs_address=True)
        request._send()
        return request.sudo(False)._get_records_action()

    def action_sign_here(self):
        """Freeze the quote and open the ceremony on this device: a visit on site."""
        request = self._make_request(needs_address=self.require_code)
        request._send(invite=False)
        return request.sudo(False).action_sign_on_device()

    def action_preview(self):
        """Show the mail of the first signatory; nothing is sent or kept."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                request = self._make_request(needs_address=True, name="…")
                request.currency_id = self.order_id.currency_id
                request.amount_total = self.order_id.amount_total
                subject, body = request.signatory_ids[0]._demat_sign_preview()
                raise _PreviewDone
        except _PreviewDone:
            self.env.invalidate_all(flush=False)
        self.write({"preview": body, "preview_subject": subject})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send for signature"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # -- what they do -----------------------------------------------------------------

    def _make_request(self, *, needs_address, **values):
        """Create the request, not yet sent.

        :raise UserError: what is to be mended in this window or on the quote
        """
        self.ensure_one()
        order = self.order_id
        order._demat_sign_check_may_send()
        signatories = [
            line._prepare_signatory(needs_address=needs_address)
            for line in self.signatory_ids.sorted(lambda one: (one.sequence, one.id))
        ]
        self._check_signatories(signatories)
        self._check_terms()
        return self.env["demat.sign.request"]._prepare(
            order,
            signatories,
            in_order=self.in_order,
            expires_on=self._end_of_day(),
            reminder_days=max(self.reminder_days, 0),
            require_code=self.require_code,
            bon_pour_accord=self.bon_pour_accord,
            terms_id=self.terms_id.id,
            **values,
        )

    def _check_signatories(self, signatories):
        if not signatories:
            raise UserError(self.env._("Name at least one signatory."))
        seen = set()
        for values in signatories:
            if values["email"] and values["email"] in seen:
                raise UserError(
                    self.env._(
                        "%(email)s stands twice: each signatory needs an address of "
                        "his own, which proves who signed.",
                        email=values["email"],
                    )
                )
            seen.add(values["email"])

    def _check_terms(self):
        """:raise UserError: the terms are not those of the company of the quote"""
        company = self.company_id
        # system mode: one may not even read the terms of another company
        terms = self.terms_id.sudo()
        if terms and terms.company_id not in company.sudo().parent_ids:
            raise UserError(
                self.env._(
                    "These general terms are not those of %(company)s, whose quote "
                    "this is: choose others.",
                    company=company.name,
                )
            )

    def _end_of_day(self):
        """Last moment of the last day, where the company is; naive UTC.

        Never after the quote's own validity: what is over is not signed.

        :raise UserError: the day is over
        """
        last = min(self.expires_on, self.order_id.validity_date or self.expires_on)
        zone = pytz.timezone(self.company_id._demat_sign_zone())
        local = zone.localize(datetime.combine(last, time(23, 59, 59)))
        end = local.astimezone(pytz.UTC).replace(tzinfo=None)
        if end <= fields.Datetime.now():
            if last < self.expires_on:
                raise UserError(
                    self.env._(
                        "%(order)s: %(why)s",
                        order=self.order_id.name,
                        why=self.env._(
                            "its validity is over: set a later expiration date."
                        ),
                    )
                )
            raise UserError(self.env._("“To be signed until” must be a day to come."))
        return end

    def _check_consent(self):
        """The same consent as for invoices; given here, it is recorded.

        :raise UserError: the customer did not accept, or may not be written to
        """
        resolution = self._resolve(self.order_id)
        reasons = [one for one in resolution.blocking if one.code not in MENDABLE]
        if reasons:
            raise UserError(reasons[0].message)
        if resolution.channel != "print":
            return
        if not (self.consent_given and self.consent_means):
            raise UserError(
                self.env._(
                    "%(customer)s has not accepted electronic quotes: ask him, tick "
                    "that he accepts and say how you know. Or have him sign on this "
                    "device.",
                    customer=self.partner_id.display_name,
                )
            )
        text, version = self.company_id._demat_get_wording(self.partner_id.lang)
        self.env["demat.consent"]._record(
            self.partner_id,
            kinds=["quote"],
            action="given",
            means=self.consent_means,
            company=self.company_id,
            wording=text,
            wording_version=version,
        )
