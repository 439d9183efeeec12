# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import secrets
from datetime import timedelta

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html

from .demat_sign_guard import committing
from .demat_sign_signatory import TURN
from .sale_order_digest import QUOTE_STATES

#: A signature on site begins within that time after the button.
DEVICE_LIFE = timedelta(minutes=30)
#: Longest reason that is kept.
REASON_LENGTH = 1000


class DematSignRequest(models.Model):
    """What ends a request otherwise than by signatures."""

    _inherit = "demat.sign.request"

    # -- by the company ---------------------------------------------------------------

    def action_cancel(self):
        """Take these requests back; who was invited is told."""
        self._check_may_act()
        for request in self.sudo():
            request._lock()
            request._move_to("cancelled", {"state_reason": self.env.user.name})
            request._record_event("cancelled")
            request._close("cancelled")

    def action_sign_on_device(self):
        """Open the ceremony on the device of the sales person, for a visit on site.

        Called on a request with one signatory whose turn it is; on several, the button
        of the signatory says who.
        """
        self.ensure_one()
        signatory = self.signatory_ids.filtered(
            lambda one: one.state in (*TURN, "waiting")
        )[:1]
        return signatory.action_sign_on_device()

    # -- by a change ------------------------------------------------------------------

    def _void_if_changed(self):
        """Make the request void if its quote says something else now; say whether."""
        self.ensure_one()
        # reading the digest computes what is open, which may have found the change
        if self.state != "sent" or self._is_current_digest() or self.state != "sent":
            return False
        self._void(self._change_reason())
        return True

    def _unsign_if_changed(self):
        """All have signed, but the order was not confirmed yet and says something else
        now: nobody signed that. The order loses its signature; the signed file stays
        in the archive.

        :return: whether it did
        """
        request = self.sudo()
        order = request.order_id
        if (
            not request
            or request.state != "signed"
            or order.state not in QUOTE_STATES
            or not order.signed_on
            or request._is_current_digest()
        ):
            return False
        reason = request._change_reason()
        committing(order).write(
            {"signature": False, "signed_by": False, "signed_on": False}
        )
        order._message_log(
            body=self.env._(
                "%(reason)s What was signed (%(request)s) is no longer what it says: "
                "the signature was taken off. The signed document stays in the "
                "archive.",
                reason=reason,
                request=request.name,
            )
        )
        request._ask_sender(self.env._("Send it for signature again"), reason)
        return True

    def _change_reason(self):
        """Words of what happened to the quote."""
        order = self.sudo().order_id
        if order.state == "cancel":
            return self.env._("The quote was cancelled.")
        if order.state == "sale":
            return self.env._("The quote was confirmed without waiting.")
        return self.env._("The quote was changed by %(user)s.", user=self.env.user.name)

    def _void(self, reason):
        """The quote changed: nothing can be signed any more, and everybody is told.

        One that was confirmed or cancelled meanwhile will not be sent again: nobody is
        promised a new link, and the sales person has nothing to do.

        :param reason: words for the sales person
        """
        for request in self.sudo():
            request._move_to("void", {"state_reason": reason})
            request._record_event("voided", detail=reason)
            if request.order_id.state not in QUOTE_STATES:
                request._close("cancelled")
                continue
            request._close("void")
            request._ask_sender(
                request.env._("Send it for signature again"),
                reason,
            )

    # -- by time, by the customer -----------------------------------------------------

    def _expire(self):
        """The date is over; the sales person is asked what to do."""
        for request in self.sudo():
            request._move_to("expired")
            request._record_event("expired")
            request._close(None)
            request._ask_sender(
                request.env._("Not signed in time"),
                request.env._("Send it again with a later date, or call the customer."),
            )

    def _decline(self, signatory, reason):
        """A signatory declines, with his reason.

        :raise UserError: when he may not act now, or gives no reason
        """
        self.ensure_one()
        request = self.sudo()
        reason = (reason or "").strip()[:REASON_LENGTH]
        if not reason:
            raise UserError(self.env._("Please say why you decline."))
        request._lock()
        request._check_current(signatory)
        signatory.sudo().write({"state": "declined", "decline_reason": reason})
        request._move_to("declined", {"state_reason": reason})
        request._record_event("declined", signatory=signatory, detail=reason)
        request._close("declined", but=signatory)
        request._ask_sender(
            request.env._("Declined by %(name)s", name=signatory.name), reason
        )

    # -- common -----------------------------------------------------------------------

    def _lock(self):
        """Hold these rows until the end of the transaction, and read them again.

        :raise UserError: somebody else is at work on one of them
        """
        self.flush_recordset()
        if self._demat_try_lock() != self:
            raise UserError(
                self.env._(
                    "%(request)s is being signed or changed at this moment. Try again "
                    "in a minute.",
                    request=self[:1].name,
                )
            )
        self._queue_up()
        self.invalidate_recordset()

    def _queue_up(self):
        """Hold these rows, after whoever holds them; never on values of before.

        What another transaction committed since this one began cannot be seen here: as
        each of them writes the row, PostgreSQL finds that out now, and the host does
        the whole request again, on the values of then.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE demat_sign_request SET write_date = write_date"
                " WHERE id = ANY(%s)",
                self.ids,
            ),
            log_exceptions=False,  # it is done again
        )

    def _close(self, mail, *, but=None):
        """After the end: links die, the signatories who had one are told.

        :param mail: kind of mail, see ``demat_sign_mail``; None: nobody is told
        :param but: the signatory who knows already
        """
        self.ensure_one()
        self.signatory_ids.write({"device_token": False, "device_expires_at": False})
        if self.document_id:
            self.document_id._set_portal_visible(
                False, self.env._("No longer to be signed.")
            )
        asked = self.signatory_ids.filtered("invited_at")
        if mail and asked - (but or asked.browse()):
            self._mail(mail, asked - (but or asked.browse()))
        labels = dict(self._fields["state"]._description_selection(self.env))
        self.order_id._message_log(
            body=self.env._(
                "Request for signature %(request)s: %(state)s. %(reason)s",
                request=self.name,
                state=labels[self.state],
                reason=self.state_reason or "",
            )
        )

    def _sender(self):
        """Whose to-dos the request makes: the sales person, or who sent it."""
        return self.order_id.user_id or self.sender_id

    def _for_sender(self):
        """These requests in the language of :meth:`_sender`: the words of a to-do are
        the same, whoever is at work when it is made."""
        self.ensure_one()
        return self.with_context(lang=self._sender().lang or self.env.lang)

    def _ask_sender(self, summary, note, *, once=False):
        """A to-do for who sent the request, on the quote.

        :param once: not while one with this summary is open
        """
        self.ensure_one()
        user = self._sender()
        if not user.active or user.share:
            return
        order = self.order_id
        if once and summary in order.sudo().activity_ids.mapped("summary"):
            return
        if self.env.user._is_public():
            # the host tells the user by mail, and a visitor has no address
            order = order.with_user(SUPERUSER_ID)
        order.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=plaintext2html(note),
            user_id=user.id,
        )


class DematSignSignatory(models.Model):
    _inherit = "demat.sign.signatory"

    def action_sign_on_device(self):
        """Open the ceremony here, with a token of its own that dies soon."""
        self.ensure_one()
        request = self.request_id
        request._check_may_act()
        signatory = self.sudo()
        if signatory.state == "waiting" and not (
            request.in_order and signatory._has_predecessor()
        ):
            signatory.state = "invited"
        request._check_current(signatory)
        token = secrets.token_hex(32)
        signatory.write(
            {
                "device_token": token,
                "device_expires_at": fields.Datetime.now() + DEVICE_LIFE,
                "device_user_id": self.env.uid,
            }
        )
        request._record_event("on_site", signatory=signatory, detail=self.env.user.name)
        return {
            "type": "ir.actions.act_url",
            "url": f"/my/sign/{self.id}/{token}",
            "target": "self",
        }

    def _has_predecessor(self):
        """Whether somebody has to sign before this signatory."""
        return any(
            other.state != "signed"
            and (other.sequence, other.id)
            < (
                self.sequence,
                self.id,
            )
            for other in self.request_id.signatory_ids
        )
