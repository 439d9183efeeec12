# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ..lib import addresses, mail_failures


class DematExchange(models.Model):
    """What a failure of the mail means, and mails that come back."""

    _inherit = "demat.exchange"

    @api.model
    def _failure_words(self, code):
        """Sentence for the clerk: what happened and what to do about it."""
        return {
            "server_unreachable": self.env._(
                "The mail server could not be reached. Try again later; if it goes "
                "on, tell the administrator."
            ),
            "server_login": self.env._(
                "The mail server refused our user name or password. Tell the "
                "administrator."
            ),
            "address_unknown": self.env._(
                "The recipient's mail server does not know this address. Correct it "
                "on the customer or on the site, then try again."
            ),
            "address_invalid": self.env._(
                "The mail server does not accept this address. Correct it on the "
                "customer or on the site, then try again."
            ),
            "address_missing": self.env._("There was no address to send to."),
            "domain_unknown": self.env._(
                "The part of the address after “@” does not exist or receives no "
                "mail. Correct it on the customer or on the site, then try again."
            ),
            "mailbox_full": self.env._(
                "The recipient's mailbox is full. Try again later or ask him for "
                "another address."
            ),
            "too_big": self.env._(
                "The mail is too big for the recipient. Do not attach the PDF: the "
                "customer finds it on his portal."
            ),
            "refused_policy": self.env._(
                "The recipient's mail server refused the mail as undesired. Ask him "
                "to allow our address, then try again."
            ),
            "sender_refused": self.env._(
                "The mail server does not accept our sender address. Tell the "
                "administrator."
            ),
            "temporary": self.env._(
                "The mail server could not take the mail for the moment. Try again "
                "later."
            ),
            "not_sent": self.env._("The mail did not leave: sending is switched off."),
            "refused": self.env._(
                "The mail was refused. Tell the administrator: the technical detail "
                "gives the words of the mail server."
            ),
        }[code]

    def _failure_text(self, code, lost=None):
        """Sentence for the clerk: whom the mail did not reach, why, what to do.

        :param lost: the addresses that did not get it; all when missing
        """
        return self.env._(
            "Not delivered to %(addresses)s: %(reason)s",
            addresses=lost or self._addressees(),
            reason=self._failure_words(code),
        )

    def _addressees(self):
        """The addresses of this exchange in words, or else the customer."""
        return self.recipients or self.partner_id.display_name or self.res_name or ""

    def _mark_bounced(self, failed, reason, code=None):
        """The mail came back, at once or days later.

        :param failed: addresses it came back for; empty when the report names none
        :param reason: words of the recipient's mail server
        :param code: cause when it is known better than from ``reason``
        """
        code = code or mail_failures.classify(None, reason)
        for exchange in self.sudo().filtered(
            lambda row: row.state in ("sending", "done", "unknown", "failed")
        ):
            known = [
                address
                for address in addresses.parse(exchange.failed_recipients)
                if exchange.state == "failed"
            ]
            lost = list(dict.fromkeys([*known, *failed])) or list(
                addresses.parse(exchange.recipients)
            )
            if exchange.state == "failed" and set(lost) == set(known):
                continue  # told already: the host reports a bounce by several ways
            exchange._mark_bounced_one(addresses.join(lost), reason, code)

    def _mark_bounced_one(self, lost, reason, code):
        text = self.env._(
            "The mail came back from %(addresses)s: %(reason)s",
            addresses=lost,
            reason=self._failure_words(code),
        )
        vals = {
            "error_code": "bounced",
            "error_text": text,
            "traceback": reason,
            "failed_recipients": lost,
        }
        if self.state == "failed":
            self._add_log("failed", "bounced", text)
            self.write(vals)
        else:
            self._transition("failed", vals, log=True)
