# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request


class DematBillController(http.Controller):
    @http.route(
        "/demat/bill/remittance/<int:remittance_id>/file",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=False,
    )
    def remittance_file(self, remittance_id):
        """The file for the bank. One same answer to all who may not have it."""
        remittance = request.env["demat.bill.remittance"].browse(remittance_id)
        try:
            content = remittance._demat_download()
        except (AccessError, MissingError):
            raise request.not_found() from None
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "text/plain; charset=us-ascii"),
                ("Content-Disposition", content_disposition(remittance.file_name)),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
