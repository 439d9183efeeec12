# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.account.controllers.portal import PortalAccount


class DematPortalAccount(PortalAccount):
    def _document_check_access(self, model_name, document_id, access_token=None):
        # EXTENDS portal: a token opens what was sent and nothing else (design,
        # section 4). The refusal is the one of a wrong token, it tells nothing.
        record_sudo = super()._document_check_access(
            model_name, document_id, access_token=access_token
        )
        if (
            model_name == "account.move"
            and not request.env.user._is_internal()
            and not record_sudo._demat_is_published()
        ):
            raise AccessError(request.env._("Invalid Token"))
        return record_sudo

    @http.route()
    def portal_my_invoice_detail(
        self, invoice_id, access_token=None, report_type=None, download=False, **kw
    ):
        # EXTENDS account: what the customer does with the file is an event of it
        response = super().portal_my_invoice_detail(
            invoice_id,
            access_token=access_token,
            report_type=report_type,
            download=download,
            **kw,
        )
        if response.status_code == 200:
            request.env["account.move"].browse(invoice_id)._demat_record_customer(
                "downloaded" if report_type == "pdf" else "viewed"
            )
        return response
