# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import os

from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request


class DematPrintController(http.Controller):
    @http.route(
        "/demat/print/<int:request_id>", type="http", auth="user", methods=["GET"]
    )
    def print_file(self, request_id):
        """The file that was made. One same answer to all who may not have it.

        Reads only: the edition was noted when the file was made.
        """
        asked = request.env["demat.print.request"].browse(request_id)
        try:
            asked._check_available()
            file = open(asked._path(), "rb")  # noqa: SIM115 - closed after sending
        except (AccessError, MissingError, UserError, OSError):
            raise request.not_found() from None
        zipped = asked._is_zip()
        disposition = content_disposition(
            asked._filename(), "attachment" if zipped else "inline"
        )
        response = request.make_response(
            wrap_file(request.httprequest.environ, file),
            headers=[
                ("Content-Type", "application/zip" if zipped else "application/pdf"),
                ("Content-Length", str(os.path.getsize(asked._path()))),
                ("Content-Disposition", disposition),
                ("Cache-Control", "private, no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        response.direct_passthrough = True
        return response
