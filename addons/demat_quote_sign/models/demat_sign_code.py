# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import hmac
import logging

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..lib import one_time_code
from .demat_sign_signatory import TURN

_logger = logging.getLogger(__name__)

#: field of ``one_time_code.CodeState`` -> where it is stored
STORED = {
    "hash": "code_hash",
    "salt": "code_salt",
    "expires_at": "code_expires_at",
    "tries": "code_attempts",
    "last_try": "code_last_try",
    "locked_until": "code_locked_until",
}


class CodeNotSent(Exception):
    """The code could not be handed over to the mail server or the SMS service."""


class DematSignSignatory(models.Model):
    """The one-time code by which a signatory confirms that he reads his mail.

    The methods never raise after they counted something: what is counted must outlive
    the answer, whatever becomes of the request.
    """

    _inherit = "demat.sign.signatory"

    code_last_try = fields.Datetime(
        readonly=True, copy=False, groups="base.group_system"
    )
    code_session = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="SHA-256 of a secret of the browser where the code was entered: who opens "
        "the link in another one enters a code of his own.",
    )

    def _needs_code(self):
        """Whether this signatory confirms his identity before he signs.

        One without an address signs on site, in the presence of the sales person.
        """
        self.ensure_one()
        return self.request_id.require_code and bool(self._code_channels())

    def _code_channels(self):
        """How this signatory can get a code: ``email``, ``sms``."""
        self.ensure_one()
        signatory = self.sudo()
        channels = ["email"] if signatory.email else []
        if (
            signatory.phone
            and signatory.company_id.demat_sign_code_sms
            and "sms.sms" in self.env
        ):
            channels.append("sms")
        return channels

    def _code_address(self, channel):
        """Where a code goes by ``channel``: the number, or the e-mail address."""
        return self.phone if channel == "sms" else self.email

    def _is_confirmed(self, secret):
        """Whether the code was accepted in the browser that holds ``secret``."""
        self.ensure_one()
        known = self.sudo().code_session
        return bool(known and secret) and hmac.compare_digest(known, _sha256(secret))

    def _send_code(self, channel="email"):
        """Send a new code; the one before is void.

        :param channel: one of :meth:`_code_channels`
        :return: ``ok``; ``locked``; ``too_many`` (this hour); ``failed`` (nothing left)
        :raise UserError: not his turn, no such channel, or another request is at work
        """
        self.ensure_one()
        signatory = self.sudo()
        signatory._begin_code()
        if channel not in signatory._code_channels():
            raise UserError(self.env._("A code cannot be sent that way."))
        now = fields.Datetime.now()
        sent = signatory.request_id.event_ids.filtered(
            lambda event: event.type == "code_sent" and event.signatory_id == signatory
        )
        verdict = one_time_code.may_send(
            sent.mapped("moment"), signatory.code_locked_until, now
        )
        if verdict != "ok":
            return verdict
        try:
            with self.env.cr.savepoint():
                signatory._make_code(channel, now)
        except CodeNotSent as error:
            _logger.warning("No code for signatory %s: %s", self.id, error)
            return "failed"
        return "ok"

    def _make_code(self, channel, now):
        """Store a code, then send it: last of all, as it cannot be taken back.

        :raise CodeNotSent: nothing left
        """
        code, salt = one_time_code.new_code(), one_time_code.new_salt()
        address = self._code_address(channel)
        self.write(
            {
                "code_hash": one_time_code.digest(code, salt),
                "code_salt": salt,
                "code_sent_at": now,
                "code_expires_at": now + one_time_code.LIFE,
                "code_attempts": 0,
                "code_channel": channel,
            }
        )
        self.request_id._record_event("code_sent", signatory=self, detail=address)
        self.env.flush_all()
        if channel == "sms":
            self._send_code_sms(code)
        else:
            self._send_code_mail(code)

    def _check_code(self, entry, secret):
        """Judge a code that was entered; count it, whatever comes after.

        :param secret: of the browser; the confirmation is valid there only
        :return: see ``lib.one_time_code.check``
        :raise UserError: not his turn, or another request is at work (two at once are
            never both compared)
        """
        self.ensure_one()
        signatory = self.sudo()
        signatory._begin_code()
        state = one_time_code.CodeState(
            **{name: signatory[field] for name, field in STORED.items()}
        )
        now = fields.Datetime.now()
        verdict, changes = one_time_code.check(entry, state, now)
        vals = {STORED[name]: changes[name] for name in changes if name in STORED}
        if verdict == "accepted":
            vals.update(
                state="confirmed",
                code_accepted_at=now,
                code_accepted_sent_at=signatory.code_sent_at,
                code_accepted_channel=signatory.code_channel,
                code_accepted_address=signatory._code_address(signatory.code_channel),
                code_session=_sha256(secret),
            )
        signatory.write(vals)
        signatory._record_verdict(verdict, bool(changes))
        self.env.flush_all()
        return verdict

    def _record_verdict(self, verdict, counted):
        record = self.request_id._record_event
        if verdict == "accepted":
            record("code_accepted", signatory=self, detail=self.code_accepted_address)
        elif counted and verdict in ("wrong", "locked"):
            record("code_refused", signatory=self)
            if verdict == "locked":
                record("code_locked", signatory=self)

    def _begin_code(self):
        """Hold the request, and read this signatory as he is now."""
        self.request_id._lock()
        self.invalidate_recordset()
        self.request_id._check_current(self)
        if self.state not in TURN:
            raise UserError(self.env._("It is not your turn."))

    # -- ways -------------------------------------------------------------------------

    def _send_code_mail(self, code):
        """Hand the mail over to the server at once. It is stored nowhere: colleagues
        who read mails in the database must not be able to sign in his place.
        """
        signatory = self.with_context(lang=self.lang or self.request_id.lang)
        env, company = signatory.env, signatory.company_id
        body = env["ir.qweb"]._render(
            "demat_quote_sign.sign_code_mail",
            {
                "code": code,
                "words": signatory._code_mail_words(),
            },
            minimal_qcontext=True,
        )
        server = env["ir.mail_server"].sudo()
        try:
            message = server._build_email__(
                company.email_formatted or env.user.email_formatted,
                [signatory.email],
                env._(
                    "Your code for the quote %(quote)s",
                    quote=signatory.request_id.order_id.name,
                ),
                body,
                subtype="html",
                headers={"Auto-Submitted": "auto-generated"},
            )
            server.send_email(message)
        except (
            MailDeliveryException,
            # the host asserts that there is a sender
            AssertionError,
            OSError,
            UserError,
            ValueError,
        ) as error:
            raise CodeNotSent(type(error).__name__) from error

    def _code_mail_words(self):
        """What stands before and after the code."""
        self.ensure_one()
        company = self.company_id.name
        return (
            self.env._(
                "Dear %(name)s, here is your code to sign the quote %(quote)s of "
                "%(company)s:",
                name=self.name,
                quote=self.request_id.order_id.name,
                company=company,
            ),
            self.env._(
                "It is valid for %(minutes)s minutes and works once. Nobody of "
                "%(company)s will ask you for it. You did not ask for a code? Then "
                "ignore this mail: without it nobody can sign in your name.",
                minutes=int(one_time_code.LIFE.total_seconds() // 60),
                company=company,
            ),
        )

    def _send_code_sms(self, code):
        """One SMS; its row is gone once it was handed over."""
        signatory = self.with_context(lang=self.lang or self.request_id.lang)
        body = signatory.env._(
            "%(code)s is your code for the quote %(quote)s of %(company)s.",
            code=code,
            quote=signatory.request_id.order_id.name,
            company=signatory.company_id.name,
        )
        sms = self.env["sms.sms"].sudo()
        sms = sms.create({"number": signatory.phone, "body": body})
        sms.send(unlink_failed=False, unlink_sent=True)
        left = sms.exists()
        if left and left.state not in ("sent", "process", "pending"):
            raise CodeNotSent(left.failure_type or left.state)
        # the host would keep the text until its next clean-up
        left.unlink()

    # -- words ------------------------------------------------------------------------

    def _masked_address(self, channel="email"):
        """The address as it is shown to whoever holds the link, without most of it."""
        self.ensure_one()
        signatory = self.sudo()
        if channel == "sms":
            return f"•• •• •• {(signatory.phone or '')[-2:]}"
        name, _at, domain = (signatory.email or "").rpartition("@")
        return f"{name[:1]}•••@{domain}" if name else ""


def _sha256(secret):
    return hashlib.sha256(secret.encode()).hexdigest()
