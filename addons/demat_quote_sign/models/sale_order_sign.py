# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .demat_sign_guard import is_committing, open_note
from .sale_order_digest import QUOTE_STATES

STATES = [
    ("sent", "Waiting for signatures"),
    ("signed", "Signed online"),
    ("declined", "Declined"),
    ("expired", "Expired"),
    ("cancelled", "Cancelled"),
    ("void", "To be sent again"),
]
#: Reasons to write to nobody that an address typed in the window mends.
MENDABLE = ("no_address", "invalid_address")
#: Last requests after which the quote may be sent for signature once more.
AGAIN = ("declined", "expired", "cancelled", "void")
#: Requests that a change of their quote ends: they wait for signatures, or all have
#: signed and the order waits for its confirmation, mostly for a deposit.
AT_STAKE = Domain("state", "=", "sent") | (
    Domain("state", "=", "signed")
    & Domain("order_id.state", "in", QUOTE_STATES)
    & Domain("order_id.signed_on", "!=", False)
)


class SaleOrder(models.Model):
    """The requests for signature of a quote; what changes it makes them void."""

    _inherit = "sale.order"

    demat_sign_request_ids = fields.One2many(
        "demat.sign.request", "order_id", string="Requests for Signature", copy=False
    )
    demat_sign_request_count = fields.Integer(
        string="Number of Requests for Signature",
        compute="_compute_demat_sign_request_count",
        compute_sudo=True,
    )
    demat_sign_state = fields.Selection(
        STATES,
        string="Signature Online",
        compute="_compute_demat_sign_state",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
        help="State of the last request for signature; a quote that was changed after "
        "its signature is to be sent again.",
    )
    demat_sign_may_send = fields.Boolean(compute="_compute_demat_sign_may_send")
    demat_sign_expires_on = fields.Datetime(
        string="To be signed until", compute="_compute_demat_sign_progress"
    )
    demat_sign_notice = fields.Char(
        string="Notice on the Signature", compute="_compute_demat_sign_progress"
    )
    demat_sign_progress = fields.Char(
        string="Signatures", compute="_compute_demat_sign_progress"
    )

    @api.depends("demat_sign_request_ids.state", "signed_on", "state")
    def _compute_demat_sign_state(self):
        for order in self:
            state = order.demat_sign_request_ids.sorted("id")[-1:].state
            is_quote = order.state in QUOTE_STATES
            if state == "signed" and is_quote and not order.signed_on:
                # signed once, but what was signed does not count any more
                state = "void"
            order.demat_sign_state = state if state != "draft" else False

    @api.depends("demat_sign_request_ids")
    def _compute_demat_sign_request_count(self):
        for order in self:
            order.demat_sign_request_count = len(order.demat_sign_request_ids)

    @api.depends("state", "demat_sign_state")
    def _compute_demat_sign_may_send(self):
        for order in self:
            order.demat_sign_may_send = (
                order.state in QUOTE_STATES
                and order.demat_sign_state in (False, *AGAIN)
            )

    @api.depends("demat_sign_state", "demat_sign_request_ids.signatory_ids.state")
    def _compute_demat_sign_progress(self):
        for order in self:
            last = order.sudo().demat_sign_request_ids.sorted("id")[-1:]
            signed = last.signatory_ids.filtered(lambda one: one.state == "signed")
            order.demat_sign_expires_on = last.expires_on
            order.demat_sign_progress = (
                self.env._(
                    "%(signed)s of %(all)s",
                    signed=len(signed),
                    all=len(last.signatory_ids),
                )
                if last
                else False
            )
            order.demat_sign_notice = order.demat_sign_state == "sent" and self.env._(
                "This quote waits for signatures (%(progress)s), until %(date)s. Any "
                "change makes the request void, and the signatories are told.",
                progress=order.demat_sign_progress,
                date=last._until_words(self.env.lang),
            )

    def _demat_open_request(self):
        """The request that waits for signatures, in system mode; possibly empty."""
        return (
            self.env["demat.sign.request"]
            .sudo()
            .search([("order_id", "in", self.ids), ("state", "=", "sent")])
        )

    # -- any change, by any way -------------------------------------------------------

    def _demat_sign_recheck(self):
        """Void the open requests of these quotes that say something else now, and take
        the signature off those that nobody signed as they are now.

        One query when there is none. Inside of a larger writing, at its end.
        """
        if is_committing(self.env) or not self.ids:
            return
        note = open_note(self.env)
        if note:
            note.changed_ids.update(self.ids)
            return
        found = self.env["demat.sign.request"].sudo()
        found = found.search(Domain("order_id", "in", self.ids) & AT_STAKE)
        for requests in found.grouped("order_id").values():
            waiting = requests.filtered(lambda one: one.state == "sent")
            for request in waiting:
                request._void_if_changed()
            # of several signed ones, the last counts
            (requests - waiting).sorted("id")[-1:]._unsign_if_changed()

    def write(self, vals):
        # EXTENDS sale
        result = super().write(vals)
        self._demat_sign_recheck()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent_for_signature(self):
        for order in self:
            if order.sudo().demat_sign_request_ids:
                raise UserError(
                    self.env._(
                        "%(order)s was sent for signature and is kept as evidence: "
                        "cancel it instead.",
                        order=order.display_name,
                    )
                )

    def _demat_sign_lost_signature(self):
        """Whether this quote was signed once, and is no longer what was signed."""
        self.ensure_one()
        self._demat_sign_recheck()
        order = self.sudo()
        return (
            order.state in QUOTE_STATES
            and not order.signed_on
            and "signed" in order.demat_sign_request_ids.mapped("state")
        )

    def _demat_sign_tell_paid(self):
        """A payment came for a quote that is not signed as it is now."""
        self.ensure_one()
        request = self._demat_open_request()
        if request:
            request._ask_sender(
                self.env._("Paid, but not signed yet"),
                self.env._(
                    "A payment came for %(order)s, which waits for its signature: it "
                    "is confirmed as soon as all have signed.",
                    order=self.name,
                ),
            )
            return
        request = self.sudo().demat_sign_request_ids.sorted("id")[-1:]
        request._ask_sender(
            self.env._("Paid, but not signed as it is now"),
            self.env._(
                "A payment came for %(order)s, which was changed after its signature: "
                "it is not confirmed. Have it signed again.",
                order=self.name,
            ),
        )

    # -- buttons ----------------------------------------------------------------------

    def action_demat_sign(self):
        """Open the window that sends this quote for signature."""
        self.ensure_one()
        self._demat_sign_check_may_send()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send for signature"),
            "res_model": "demat.sign.send",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def _demat_sign_may_write(self):
        """Whether signatories may be written to: the customer accepts electronic
        quotes, and nothing forbids it that an address would not mend."""
        self.ensure_one()
        resolution = self._demat_resolve()[self.id]
        return resolution.channel != "print" and all(
            reason.code in MENDABLE for reason in resolution.blocking
        )

    def action_view_demat_sign_requests(self):
        """The requests of this quote; the form if there is one only."""
        self.ensure_one()
        return self.demat_sign_request_ids._get_records_action(
            name=self.env._("Requests for signature"), context={"create": False}
        )

    def _demat_sign_check_may_send(self):
        """:raise UserError: with the first thing to mend before it can be sent"""
        self.ensure_one()
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(
                self.env._("Only sales people send quotes for signature.")
            )
        self.check_access("write")
        self._demat_sign_check_problems()

    def _demat_sign_check_problems(self):
        problems = self._demat_sign_problems()
        if problems:
            raise UserError(
                self.env._("%(order)s: %(why)s", order=self.name, why=problems[0])
            )

    def _demat_sign_problems(self):
        """Why this quote cannot be sent for signature now: a list of messages."""
        self.ensure_one()
        problems = []
        if self.state not in QUOTE_STATES:
            problems.append(
                self.env._(
                    "only a quote is signed; this one is confirmed or cancelled."
                )
            )
        if not self.order_line.filtered(lambda line: not line.display_type):
            problems.append(self.env._("it has no line: there is nothing to sign."))
        if self.is_expired:
            problems.append(
                self.env._("its validity is over: set a later expiration date.")
            )
        if self.demat_sign_state == "signed":
            problems.append(
                self.env._(
                    "all have signed it, it only waits for its confirmation. To have "
                    "it signed anew, set it back to quotation first."
                )
            )
        if self._demat_open_request():
            problems.append(
                self.env._(
                    "it waits for signatures already: cancel that request first."
                )
            )
        problems += self._demat_sign_variant_problems()
        return problems + self._demat_sign_blockers()
