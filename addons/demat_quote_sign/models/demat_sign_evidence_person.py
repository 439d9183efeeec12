# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo import models
from odoo.tools.image import image_data_uri

from odoo.addons.ged_archive.lib.hashing import sha256

from .demat_sign_mail import ASKING


class DematSignSignatory(models.Model):
    """What is proved about one person."""

    _inherit = "demat.sign.signatory"

    def _evidence_data(self):
        """Return the part of ``evidence.json`` about this signatory."""
        image = self._picture_bytes()
        names = (
            "name role email email_origin phone invited_at opened_at "
            "terms_accepted_at typed_approval method signed_at ip agent shown_sha256 "
            "field_name signed_via"
        )
        return {
            "number": self.id,
            **{name: self[name] or None for name in names.split()},
            **self._code_facts(),
            "link_sent_at": self._link_sent().done_at or None,
            "signed_device_or_account": self.sudo().signed_user_id.login or None,
            "picture_sha256": sha256(image) if image else None,
        }

    def _picture_bytes(self):
        image = self.with_context(bin_size=False).signature_image
        return base64.b64decode(image) if image else b""

    def _evidence_card(self):
        """Return what the paper shows of this signatory."""
        image = self._picture_bytes()
        methods = dict(self._fields["method"]._description_selection(self.env))
        utc, env = self.request_id._utc, self.env
        facts = [
            (env._("Role"), self.role),
            (env._("E-mail"), self._with_origin()),
            (env._("Telephone"), self.phone),
            (env._("Personal link"), self._link_words()),
            (env._("Address verified"), self._how_verified()),
            (env._("General terms accepted"), utc(self.terms_accepted_at)),
            (env._("Words typed"), self.typed_approval),
            (env._("Signed"), utc(self.signed_at)),
            (env._("Signed by means of"), self._way_words()),
            (env._("Signature"), methods.get(self.method)),
            (env._("IP address"), self.ip),
            (env._("Browser"), self.agent),
            (env._("PDF field"), self.field_name),
        ]
        return {
            "name": self.name,
            "facts": [(label, value) for label, value in facts if value],
            "shown": self.shown_sha256,
            "image": image and image_data_uri(base64.b64encode(image)),
        }

    def _with_origin(self):
        if self.email and self.email_origin:
            return f"{self.email} ({self.email_origin})"
        return self.email

    def _how_verified(self):
        """Say by what the person was bound to the address; None without a code."""
        if not self.code_accepted_at:
            return None
        code, utc = self._code_facts(), self.request_id._utc
        return self.env._(
            "one-time code sent to %(address)s on %(sent)s, entered correctly "
            "on %(entered)s",
            address=code["code_address"],
            sent=utc(code["code_sent_at"]),
            entered=utc(code["code_accepted_at"]),
        )

    def _code_facts(self):
        """The code that was accepted: how and when it was sent, when entered.

        Without an acceptance: the one sent last. Likewise for one that was accepted
        before that was kept: the fields of the last sending are all that is known.
        """
        if self.code_accepted_sent_at:
            channel, sent_at, address = (
                self.code_accepted_channel,
                self.code_accepted_sent_at,
                self.code_accepted_address,
            )
        else:
            channel, sent_at = self.code_channel, self.code_sent_at
            known = sent_at or self.code_accepted_at
            address = self._code_address(channel) if known else None
        return {
            "code_channel": channel or None,
            "code_address": address or None,
            "code_sent_at": sent_at or None,
            "code_accepted_at": self.code_accepted_at or None,
        }

    # -- the personal link ------------------------------------------------------------

    def _link_exchanges(self):
        """Mails with the personal link, the oldest first (``demat.exchange``)."""
        return (
            self.env["demat.exchange"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("channel", "=", "mail"),
                    ("demat_sign_kind", "in", ASKING),
                ],
                order="id",
            )
        )

    def _link_sent(self):
        """The first mail with the link that left, as far as this server knows."""
        done = self._link_exchanges().filtered(lambda row: row.state == "done")
        return (done.filtered(lambda row: not row.confirmed_by_id) or done)[:1]

    def _link_words(self):
        """Say what became of the personal link: it is made before its mail leaves."""
        rows = self._link_exchanges()
        made_at = self.invited_at or rows[:1].create_date
        if not self.email or not made_at:
            return None
        env, utc = self.env, self.request_id._utc
        made = {"email": self.email, "made": utc(made_at)}
        sent = self._link_sent()
        if sent.confirmed_by_id:
            return env._(
                "made for %(email)s on %(made)s; that its mail arrived is what "
                "%(user)s says",
                **made,
                user=sent.confirmed_by_id.name,
            )
        if sent:
            return env._(
                "sent to %(email)s on %(moment)s",
                email=self.email,
                moment=utc(sent.done_at),
            )
        states = set(rows.mapped("state"))
        if states & {"unknown", "sending"}:
            return env._(
                "made for %(email)s on %(made)s; whether its mail left is unknown",
                **made,
            )
        if "failed" in states:
            return env._(
                "made for %(email)s on %(made)s; its mail did not arrive", **made
            )
        return env._(
            "made for %(email)s on %(made)s; its mail had not left when this file was "
            "made",
            **made,
        )

    # -- the way in -------------------------------------------------------------------

    def _way_user(self, way):
        """Whose device or account it is, of a signatory who came in by ``way``."""
        if way == "device":
            return self.device_user_id
        return self.env.user if way == "account" else self.env["res.users"]

    def _way_words(self):
        """Say how the person came in to sign; None if that is not known."""
        env, user = self.env, self.sudo().signed_user_id
        if self.signed_via == "device":
            opened = self.request_id.event_ids.filtered(
                lambda event: event.type == "on_site" and event.signatory_id == self
            ).sorted("number")[-1:]
            return env._(
                "one-time link for a signature on site, opened by %(user)s on "
                "%(moment)s",
                user=user.name,
                moment=self.request_id._utc(opened.moment),
            )
        if self.signed_via == "account":
            return env._(
                "personal link, while logged in to the account %(login)s",
                login=user.login,
            )
        if self.signed_via == "link":
            return env._("personal link with a secret of 256 bits")
        return None
