# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.demat_base.lib import addresses

from ..models.rights import check_demat_user

SENDERS = [
    ("user", "Me"),
    ("company", "The company's accounts"),
    ("site", "The site manager"),
]


class DematTransmitWizard(models.TransientModel):
    """The mail that a clerk writes about one sent invoice, before it leaves.

    Made of the host's ``mail.composer.mixin``, like its Send & Print: template,
    subject, editor. Its own ``mail.compose.message`` tells partners and would draw the
    document anew; here addresses are told, the sealed file goes along, and the mail
    leaves as an exchange (``demat_transmit_send.py``), so that bounces are followed.
    """

    _name = "demat.transmit.wizard"
    _inherit = ["mail.composer.mixin"]
    _description = "Send an Invoice by Hand"

    move_id = fields.Many2one(
        "account.move", string="Document", required=True, readonly=True
    )
    company_id = fields.Many2one(related="move_id.company_id")
    obstacle = fields.Char(compute="_compute_resolution")
    can_send_first = fields.Boolean(compute="_compute_can_send_first")
    sender = fields.Selection(SENDERS, string="From", required=True, default="user")
    sender_text = fields.Char(string="Address of the sender", compute="_compute_sender")
    sender_missing = fields.Boolean(compute="_compute_sender")
    email_to = fields.Char(
        string="To",
        compute="_compute_email_to",
        store=True,
        readonly=False,
        help="One or several addresses, separated by commas.",
    )
    email_cc = fields.Char(string="Copy to")
    origin = fields.Char(string="Address from", compute="_compute_origin")
    template_id = fields.Many2one(
        domain="[('model', '=', 'account.move')]",
        compute="_compute_template_id",
        store=True,
        readonly=False,
    )
    lang = fields.Char(compute="_compute_lang", precompute=False)
    pdf_name = fields.Char(string="Sealed original", compute="_compute_pdf_name")
    document_ids = fields.One2many(
        "demat.transmit.document", "wizard_id", string="Documents to send along"
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "demat_transmit_wizard_attachment_rel",
        "wizard_id",
        "attachment_id",
        string="Other files",
    )
    memo = fields.Boolean(
        default=True,
        help="Note the mail on the customer's own timeline, with a link.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: nobody looks through this window at what he may not send
        moves = self.env["account.move"].browse(
            [vals["move_id"] for vals in vals_list if vals.get("move_id")]
        )
        check_demat_user(moves)
        wizards = super().create(vals_list)
        for wizard in wizards:
            wizard.document_ids = self.env["demat.transmit.document"]._prepare_commands(
                wizard.move_id
            )
        return wizards

    def write(self, vals):
        # EXTENDS base: the invoice is the one that the window was opened for
        if "move_id" in vals:
            raise UserError(
                self.env._("Open a new window to send another invoice by hand.")
            )
        return super().write(vals)

    @api.depends("move_id")
    def _compute_render_model(self):
        # OVERRIDE mail
        self.render_model = "account.move"

    @api.depends("move_id")
    def _compute_can_edit_body(self):
        # OVERRIDE mail: the body is rendered already, nothing in it is evaluated
        self.can_edit_body = True

    # -- what blocks, who sends, who receives -----------------------------------------

    @api.depends("move_id")
    def _compute_resolution(self):
        resolutions = self.move_id._demat_resolve()
        for wizard in self:
            move = wizard.move_id
            wizard.obstacle = move._demat_transmit_obstacle(resolutions[move.id])

    @api.depends("move_id.demat_state")
    def _compute_can_send_first(self):
        for wizard in self:
            wizard.can_send_first = wizard.move_id._demat_is_in_process()

    def _get_sender(self):
        """Return the chosen sender with his address.

        Only these three: the addresses are read here, never taken from the window.

        :return: ``(partner, formatted address)``, an empty address if he has none
        """
        self.ensure_one()
        move_sudo = self.move_id.sudo()
        if self.sender == "company":
            company = move_sudo.company_id
            return company.partner_id, company.email_formatted or ""
        user = self.env.user
        if self.sender == "site":
            user = move_sudo.project_id.user_id.filtered("active")
            if not (user and move_sudo.company_id in user.company_ids):
                return self.env["res.partner"], ""
        return user.partner_id, user.email_formatted if user.email else ""

    @api.depends("sender", "move_id")
    def _compute_sender(self):
        for wizard in self:
            _partner, address = wizard._get_sender()
            wizard.sender_text = address or wizard._sender_problem()
            wizard.sender_missing = not address

    def _sender_problem(self):
        """Say why the chosen sender has no address."""
        if self.sender == "site":
            return self.env._(
                "The invoice has no site with a project manager who has an e-mail."
            )
        if self.sender == "company":
            return self.env._("The company has no e-mail: fill it in on its form.")
        return self.env._("You have no e-mail: fill it in in your preferences.")

    @api.depends("move_id")
    def _compute_email_to(self):
        resolutions = self.move_id._demat_resolve()
        for wizard in self:
            wizard.email_to = addresses.join(resolutions[wizard.move_id.id].to)

    @api.depends("email_to", "move_id")
    def _compute_origin(self):
        """Tell where the address comes from, or that somebody typed it."""
        resolutions = self.move_id._demat_resolve()
        for wizard in self:
            resolution = resolutions[wizard.move_id.id]
            if resolution.blocking:
                wizard.origin = resolution.blocking[0].message
            elif wizard.email_to != addresses.join(resolution.to):
                wizard.origin = self.env._("typed by hand")
            else:
                wizard.origin = wizard.move_id._demat_origin_words(resolution)

    # -- the text ---------------------------------------------------------------------

    @api.depends("move_id")
    def _compute_template_id(self):
        for wizard in self:
            own = self.env.user.sudo().demat_mail_template_id
            if own.model != "account.move":
                own = own.browse()
            template = own or wizard.company_id.sudo()._demat_get_mail_template()
            wizard.template_id = template.sudo(False)

    @api.depends("template_id")
    def _compute_lang(self):
        # OVERRIDE mail: the language of who reads it
        resolutions = self.move_id._demat_resolve()
        for wizard in self:
            wizard.lang = resolutions[wizard.move_id.id].lang

    @api.depends("template_id", "lang")
    def _compute_subject(self):
        # OVERRIDE mail: rendered at once, with the host's own way of Send & Print
        for wizard in self:
            wizard.subject = wizard._render_for_invoice("subject")

    @api.depends("template_id", "lang")
    def _compute_body(self):
        # OVERRIDE mail
        for wizard in self:
            wizard.body = wizard._render_for_invoice("body")

    def _render_for_invoice(self, name):
        """Return subject or body of the template for this invoice, or False."""
        self.ensure_one()
        template = self.template_id
        if not template:
            return False
        template.check_access("read")
        if template.model != "account.move":
            raise UserError(
                self.env._(
                    "The template %(name)s is not made for invoices.",
                    name=template.name,
                )
            )
        send = self.env["account.move.send"]
        render = {
            "subject": send._get_default_mail_subject,
            "body": send._get_default_mail_body,
        }[name]
        return render(self.move_id, template, self.lang)

    @api.depends("move_id")
    def _compute_pdf_name(self):
        for wizard in self:
            wizard.pdf_name = wizard.move_id.sudo().invoice_pdf_report_id.name

    # -- buttons ----------------------------------------------------------------------

    def action_send_first(self):
        """Prepare the invoice if needed and open the confirmation of the sending."""
        self.ensure_one()
        move = self.move_id
        if move.demat_state == "waiting":
            move.action_demat_prepare()
        return move.action_demat_send()
