# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import os
import tempfile

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

#: What a browser may show inside the application; anything else is saved.
SHOWN_INLINE = {"application/pdf", "image/png", "image/jpeg", "text/plain"}


def _open_made(export):
    """Return the file that the job made; it is on the disk for some days."""
    try:
        return open(export._path(), "rb")  # noqa: SIM115 - closed after sending
    except OSError as exc:
        raise NotFound() from exc


class GedDocumentController(http.Controller):
    """Downloads. Access is checked first; every refusal is the same 404."""

    @http.route("/ged/document/<int:document_id>/content", type="http", auth="user")
    def document_content(self, document_id, download=None, **_kwargs):
        """Send the archived bytes, checked against their hash; write the journal."""
        document_sudo = self._readable_document(document_id)
        try:
            content = document_sudo._get_content()
        except UserError as exc:
            # Not a refusal: this user may read it, but there is nothing sound to send.
            return request.make_response(
                str(exc),
                headers=[("Content-Type", "text/plain; charset=utf-8")],
                status=409,
            )
        inline = not download and document_sudo.mimetype in SHOWN_INLINE
        if request.httprequest.method == "GET":
            document_sudo.with_user(request.env.user)._record_event(
                "viewed" if inline else "downloaded"
            )
        stream = http.Stream(
            type="data",
            data=content,
            size=len(content),
            mimetype=document_sudo.mimetype if inline else "application/octet-stream",
            download_name=document_sudo.filename,
            etag=False,
            conditional=False,
        )
        response = stream.get_response(as_attachment=not inline)
        if not inline:
            response.headers["Content-Type"] = document_sudo.mimetype
        # Each view is to reach the journal, so nothing may answer from a cache.
        response.headers["Cache-Control"] = "private, no-store"
        return response

    @http.route("/ged/export/<int:export_id>", type="http", auth="user")
    def export(self, export_id, **_kwargs):
        """Send the ZIP of an export that this user has just asked for."""
        export = request.env["ged.export"].browse(export_id)
        try:
            export.check_access("read")
            if not export.exists():
                raise NotFound()
            export._check_documents()
        except (AccessError, MissingError, UserError) as exc:
            raise NotFound() from exc
        if export.state == "done":
            file = _open_made(export)
            export._record_download()
        else:
            # on disk, not in memory: an export may hold thousands of documents
            file = tempfile.TemporaryFile()  # noqa: SIM115 - closed after sending
            export._write_zip(file)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        response = request.make_response(
            wrap_file(request.httprequest.environ, file),
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Length", str(size)),
                ("Content-Disposition", http.content_disposition(export._filename())),
                ("Cache-Control", "private, no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        response.direct_passthrough = True
        return response

    def _readable_document(self, document_id):
        """Return the document as superuser once the access of the user has been
        checked.
        """
        document = request.env["ged.document"].browse(document_id)
        try:
            document.check_access("read")
            if not document.exists():
                raise NotFound()
        except (AccessError, MissingError) as exc:
            raise NotFound() from exc
        return document.sudo()
