# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo import models
from odoo.tools.image import image_data_uri

from odoo.addons.ged_archive.lib.hashing import sha256


class DematSignSignatory(models.Model):
    """What is proved about one person."""

    _inherit = "demat.sign.signatory"

    def _evidence_data(self):
        """Return the part of ``evidence.json`` about this signatory."""
        image = self._picture_bytes()
        names = (
            "name role email email_origin phone invited_at opened_at code_channel "
            "code_sent_at code_accepted_at terms_accepted_at typed_approval method "
            "signed_at ip agent shown_sha256 field_name"
        )
        return {
            "number": self.id,
            **{name: self[name] or None for name in names.split()},
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
            (env._("Address verified"), self._how_verified()),
            (env._("General terms accepted"), utc(self.terms_accepted_at)),
            (env._("Words typed"), self.typed_approval),
            (env._("Signed"), utc(self.signed_at)),
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
        """Say by what the person was bound to the address."""
        env, utc = self.env, self.request_id._utc
        found = []
        if self.invited_at and self.email:
            found.append(
                env._(
                    "personal link with a secret of 256 bits sent to %(email)s on "
                    "%(moment)s",
                    email=self.email,
                    moment=utc(self.invited_at),
                )
            )
        if self.code_accepted_at:
            by_sms = self.code_channel == "sms"
            found.append(
                env._(
                    "one-time code sent to %(address)s on %(sent)s, entered correctly "
                    "on %(entered)s",
                    address=self.phone if by_sms else self.email,
                    sent=utc(self.code_sent_at),
                    entered=utc(self.code_accepted_at),
                )
            )
        on_site = self.request_id.event_ids.filtered(
            lambda event: event.type == "on_site" and event.signatory_id == self
        )
        if on_site:
            found.append(
                env._(
                    "on the device of %(user)s, who was present, on %(moment)s",
                    user=on_site[-1:].user_id.name,
                    moment=utc(on_site[-1:].moment),
                )
            )
        return "; ".join(found)
