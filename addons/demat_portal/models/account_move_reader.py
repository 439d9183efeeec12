# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import SUPERUSER_ID, models
from odoo.http import request

_TOKEN = re.compile(r"access_token=[^&#]*&?")


class AccountMove(models.Model):
    """Who reads an invoice by a granted access, reads it until that ends.

    The token of an invoice opens it for ever and for everybody: it is not for him. Nor
    does he write in the discussion of the customer.
    """

    _inherit = "account.move"

    def _demat_only_read(self):
        """Return those of these invoices that the user reads by a granted access."""
        user = self.env.user
        if request and self.env.uid == SUPERUSER_ID:
            # the pages of the host are made by the superuser, for whoever asks
            user = request.env.user
        if not user._is_portal() or not user._demat_portal_granted_ids():
            return self.browse()
        own = user._demat_portal_own()
        return self.filtered(lambda move: move.sudo().commercial_partner_id not in own)

    def get_portal_url(
        self,
        suffix=None,
        report_type=None,
        download=None,
        query_string=None,
        anchor=None,
    ):
        # EXTENDS portal
        url = super().get_portal_url(
            suffix=suffix,
            report_type=report_type,
            download=download,
            query_string=query_string,
            anchor=anchor,
        )
        if self._demat_only_read():
            return _TOKEN.sub("", url).rstrip("?")
        return url

    def _get_share_url(
        self, redirect=False, signup_partner=False, pid=None, share_token=True
    ):
        # EXTENDS portal
        return super()._get_share_url(
            redirect=redirect,
            signup_partner=signup_partner,
            pid=pid,
            share_token=share_token and not self._demat_only_read(),
        )

    def _portal_ensure_token(self):
        # EXTENDS portal: who may not read the token is shown pages that ask for it
        return super(AccountMove, self.sudo())._portal_ensure_token()

    def _has_field_access(self, field, operation):
        # EXTENDS base
        if field.name == "access_token" and not self.env.su:
            user = self.env.user
            if user._is_portal() and user._demat_portal_granted_ids():
                return False
        return super()._has_field_access(field, operation)

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        # EXTENDS mail
        found = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        if message_operation == "create":
            found.update(dict.fromkeys(self._demat_only_read(), "write"))
        return found
