# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from .demat_sign_signatory import TURN
from .sale_order_digest import QUOTE_STATES


class DematSignRequest(models.Model):
    """Whether a signatory may go on: asked before each step of the ceremony."""

    _inherit = "demat.sign.request"

    def _is_current_digest(self):
        """Whether the quote still says what the frozen document says.

        Read from the database: a change by raw SQL is found too.
        """
        self.ensure_one()
        return self.sudo().order_id._demat_sign_digest() == self.order_digest

    def _settle(self):
        """Bring the state up to date: expired, or void because the quote changed.

        To be called, and committed, before a page of the ceremony is made;
        :meth:`_check_current` only refuses and changes nothing.

        :return: the state
        """
        self.ensure_one()
        request = self.sudo()
        if request.state == "sent" and request._is_over():
            request._expire()
        elif request.state == "sent":
            request._void_if_changed()
        return request.state

    def _is_over(self):
        return bool(self.expires_on) and self.expires_on <= fields.Datetime.now()

    def _check_current(self, signatory):
        """Whether this signatory may read, answer and sign now.

        :raise UserError: in words for the signatory: what forbids it, and whom to ask
        """
        self.ensure_one()
        problem = self.sudo()._closed_problem() or self.sudo()._turn_problem(signatory)
        if not problem and self.sudo().order_id._demat_sign_blockers():
            problem = self.env._(
                "%(company)s has not released this quote yet. You will be told when it "
                "can be signed.",
                company=self.sudo().company_id.name,
            )
        if not problem and not self._is_current_digest():
            problem = self._changed_words()
        if problem:
            raise UserError(problem)

    def _closed_problem(self):
        """Why nothing can be done with this request any more; None if it is open."""
        company = self.company_id.name
        words = {
            "draft": self.env._("This quote has not been sent for signature yet."),
            "signed": self.env._("This quote is signed already."),
            "declined": self.env._("This quote was declined."),
            "expired": self.env._(
                "The time to sign this quote is over: ask %(company)s for a new link.",
                company=company,
            ),
            "cancelled": self.env._(
                "%(company)s took this request for signature back.", company=company
            ),
            "void": self._changed_words(),
        }
        if self.state == "sent":
            return words["expired"] if self._is_over() else None
        return words[self.state]

    def _changed_words(self):
        """Why a quote that says something else now is not signed any more."""
        if self.sudo().order_id.state not in QUOTE_STATES:
            return self.env._(
                "%(company)s has confirmed or cancelled this quote: there is nothing "
                "to sign any more.",
                company=self.sudo().company_id.name,
            )
        return self.env._(
            "%(company)s has changed this quote since: this link is no longer valid. "
            "You will receive a new one.",
            company=self.sudo().company_id.name,
        )

    def _turn_problem(self, signatory):
        """Why this signatory may not act now; None if it is his turn."""
        if signatory.request_id != self:
            return self.env._("This link belongs to another quote.")
        if signatory.state in TURN:
            return None
        return {
            "waiting": self.env._(
                "Another person signs before you: you will receive a mail when it is "
                "your turn."
            ),
            "signed": self.env._("You have signed this quote already."),
            "declined": self.env._("You have declined this quote."),
        }[signatory.state]
