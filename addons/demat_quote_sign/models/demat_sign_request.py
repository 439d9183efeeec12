# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: States in which something can still happen to a request.
OPEN = ("draft", "sent")
#: The only place that says which state may follow which.
TRANSITIONS = {
    "draft": {"sent", "cancelled", "void"},
    "sent": {"signed", "declined", "expired", "cancelled", "void"},
}


class DematSignRequest(models.Model):
    """A quote that was frozen and sent to its signatories.

    Rows are written by the system only: sales people act through the buttons, the
    signatories through the ceremony. Each step leaves an event in an append-only,
    chained journal.
    """

    _name = "demat.sign.request"
    _description = "Signature Request"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    # who reads a request may write a note on it
    _mail_post_access = "read"

    name = fields.Char(string="Number", required=True, readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    order_id = fields.Many2one(
        "sale.order",
        string="Quote",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    user_id = fields.Many2one(
        related="order_id.user_id", string="Salesperson", store=True, index=True
    )
    sender_id = fields.Many2one(
        "res.users", string="Sent by", readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    project_id = fields.Many2one(
        "project.project", string="Site", readonly=True, ondelete="set null"
    )
    state = fields.Selection(
        [
            ("draft", "Being prepared"),
            ("sent", "Waiting for signatures"),
            ("signed", "Signed"),
            ("declined", "Declined"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
            ("void", "Void: the quote changed"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        tracking=True,
    )
    state_reason = fields.Char(
        string="Reason",
        readonly=True,
        help="Why the request was declined, cancelled or became void.",
    )
    in_order = fields.Boolean(
        string="One after the Other",
        readonly=True,
        help="Each signatory is invited when the one before has signed.",
    )
    sent_on = fields.Datetime(readonly=True)
    expires_on = fields.Datetime(string="To be signed until", readonly=True)
    closed_on = fields.Datetime(string="Finished on", readonly=True)
    reminder_days = fields.Integer(
        string="Reminder every (days)", readonly=True, aggregator=None
    )
    last_reminder_on = fields.Datetime(string="Last Reminder", readonly=True)
    document_id = fields.Many2one(
        "ged.document",
        string="Frozen Quote",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    signed_document_id = fields.Many2one(
        "ged.document",
        string="Signed Quote",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    evidence_document_id = fields.Many2one(
        "ged.document",
        string="Evidence File",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    frozen_sha256 = fields.Char(
        string="SHA-256 of the Frozen Quote",
        readonly=True,
        help="Of the archived bytes that every signatory is shown.",
    )
    order_digest = fields.Char(
        string="Digest of the Quote",
        readonly=True,
        help="SHA-256 over all that the document shows, at the moment of freezing.",
    )
    amount_total = fields.Monetary(
        string="Total", readonly=True, currency_field="currency_id"
    )
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    quote_date = fields.Datetime(
        string="Date of the Quote",
        readonly=True,
        copy=False,
        help="As it stands on the frozen document: the date of an order changes when "
        "it is confirmed.",
    )
    terms_id = fields.Many2one(
        "demat.sign.terms", string="General Terms", readonly=True, ondelete="restrict"
    )
    require_code = fields.Boolean(
        string="One-Time Code",
        readonly=True,
        help="Each signatory confirms his address with a code that he receives.",
    )
    bon_pour_accord = fields.Boolean(string="“Bon pour accord”", readonly=True)
    choose_options = fields.Boolean(
        string="Options to be Chosen",
        readonly=True,
        help="The quote holds optional lines or variants: the customer chooses before "
        "he signs.",
    )
    level = fields.Selection(
        [("simple", "Simple"), ("advanced", "Advanced"), ("qualified", "Qualified")],
        string="Level of the Signature",
        required=True,
        readonly=True,
        default="simple",
        help="Regulation (EU) 910/2014 (eIDAS), article 3: simple electronic signature "
        "with evidence, unless a provider of advanced signatures is plugged in.",
    )
    lang = fields.Char(readonly=True)
    signatory_ids = fields.One2many(
        "demat.sign.signatory", "request_id", string="Signatories", readonly=True
    )
    event_ids = fields.One2many(
        "demat.sign.event", "request_id", string="Journal", readonly=True
    )

    _name_uniq = models.Constraint("UNIQUE (name)", "This number is taken.")
    # nothing signed is ever shown beside another version that waits
    _open_uniq = models.UniqueIndex(
        "(order_id) WHERE state IN ('draft', 'sent')",
        "This quote already waits for signatures.",
    )

    # -- rights -----------------------------------------------------------------------

    def _check_may_act(self):
        """:raise AccessError: unless the user may write the quotes concerned"""
        if self.env.su:
            return
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(
                self.env._("Only sales people act on requests for signature.")
            )
        self.check_access("read")
        self.order_id.check_access("write")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "A request for signature is evidence and is kept: cancel it instead."
            )
        )

    # -- hooks ------------------------------------------------------------------------

    def _signature_level(self):
        """Level of the signatures of this request; TO EXTEND by a provider.

        :return: ``simple``, ``advanced`` or ``qualified`` (regulation (EU) 910/2014,
            article 3, 10 to 12)
        """
        return "simple"

    def _external_provider(self, signatory):
        """Who signs the field of ``signatory`` in his name; TO EXTEND.

        :return: None: the company's seal does; else an object with
            ``countersign(pdf, field, signing_time=…)`` as
            ``ged_archive.lib.seal.Sealer`` has it, with a certificate of the signatory.
            What it answers must begin with the bytes it was given.
        """
        return None

    # -- states -----------------------------------------------------------------------

    def _move_to(self, state, vals=None):
        """Change the state of these requests, all or none; the one writer of it.

        :raise UserError: naming the first request whose state forbids it
        """
        for request in self:
            if state not in TRANSITIONS.get(request.state, ()):
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(request)s is “%(old)s” and cannot become “%(new)s”.",
                        request=request.name,
                        old=labels[request.state],
                        new=labels[state],
                    )
                )
        closed = {} if state in OPEN else {"closed_on": fields.Datetime.now()}
        self.write({"state": state, **closed, **(vals or {})})

    def _record_event(
        self, event_type, *, signatory=None, detail=None, ip=None, agent=None
    ):
        """Write one line in the journal of each request.

        ``ip`` and ``agent`` are those of the HTTP request, if there is one and none is
        given.

        :return: the events
        """
        return self.env["demat.sign.event"]._append(
            self, event_type, signatory=signatory, detail=detail, ip=ip, agent=agent
        )
