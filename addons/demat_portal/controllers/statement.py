# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import functools
import re
import tempfile

from werkzeug.urls import url_encode
from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.fields import Domain
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..lib import statement_filter
from ..models.demat_statement import SALE_TYPES

_KINDS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
#: What one address may name; a year or a filter takes more.
_MOST_IDS = 2000


class DematStatementController(CustomerPortal):
    """The statement of account, and its files.

    What somebody may not see, what is not there and what is badly written get one
    answer.
    """

    @http.route(
        ["/my/statement", "/my/statement/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def statement(self, **params):
        statement, entities, wanted = self._asked(params)
        values = statement._page_values(entities, wanted)
        self._check_site(wanted, values["sites"])
        wanted = values["wanted"]
        values |= {
            **self._prepare_portal_layout_values(),
            "page_name": "statement",
            "choice": self._choice(entities, wanted).sorted("name"),
            "show_labels": statement._show_labels(),
            "sort_labels": statement._sort_labels(),
            "age_labels": statement._age_labels(),
            "day": functools.cache(statement._day),
            "address": functools.partial(self._address, wanted),
            "nothing_chosen": params.get("notice") == "none",
            "pager": pager(
                url="/my/statement",
                url_args=wanted.query(page=1),
                total=values["total"],
                page=wanted.page,
                step=values["step"],
            ),
        }
        return request.render("demat_portal.statement", values)

    @http.route(
        [f"/my/statement/{kind}" for kind in _KINDS],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def statement_file(self, **params):
        """The lines that the page shows, of all its pages, as a file."""
        kind = request.httprequest.path.rstrip("/").rsplit("/", 1)[-1]
        if kind not in _KINDS:
            raise request.not_found()
        statement, entities, wanted = self._asked(params)
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed after sending
        frame = statement._write_file(kind, file, entities, wanted)
        self._check_site(wanted, frame["sites"])
        return self._send(file, statement._file_name(frame, kind), _KINDS[kind])

    @http.route(
        "/my/statement/zip", type="http", auth="user", website=True, methods=["GET"]
    )
    def statement_zip(self, **params):
        """The sealed originals: of the invoices named, or of those of the filter.

        Each is noted as downloaded in the journal of its document.
        """
        statement, entities, wanted = self._asked(params)
        ids = request.httprequest.args.getlist("ids")
        if ids:
            moves = self._chosen(ids)
        elif params.get("selection"):
            return request.redirect(self._address(wanted, notice="none"))
        else:
            moves, sites = statement._filtered_moves(entities, wanted)
            self._check_site(wanted, sites)
        return self._answer(
            statement._zip_pieces(moves), statement._zip_name(), "application/zip"
        )

    # -- what is asked ----------------------------------------------------------------

    def _asked(self, params):
        """Return the statement, the entities and the filter of an address."""
        statement = request.env["demat.statement"]
        try:
            wanted = statement_filter.read(params)
        except statement_filter.FilterError:
            raise request.not_found() from None
        entities = statement._scope(wanted)
        if not entities or not request.env["account.move"].has_access("read"):
            raise request.not_found()
        return statement, entities, wanted

    def _choice(self, entities, wanted):
        """Return the entities that he may choose from: all that he reads."""
        if not wanted.entity:
            return entities
        return request.env.user._demat_portal_entities()

    def _check_site(self, wanted, sites):
        if wanted.site and wanted.site not in sites.ids:
            raise request.not_found()

    def _chosen(self, ids):
        """Return the invoices with these ids, all of them, or nothing is found."""
        clean = {one for one in ids if re.fullmatch(r"[0-9]{1,9}", one)}
        if len(clean) != len(set(ids)) or len(clean) > _MOST_IDS:
            raise request.not_found()
        moves = request.env["account.move"].search(
            Domain("id", "in", [int(one) for one in clean])
            & Domain("move_type", "in", SALE_TYPES)
            & Domain("state", "=", "posted")
        )
        if len(moves) != len(clean):
            raise request.not_found()
        return moves

    # -- what is answered -------------------------------------------------------------

    def _address(self, wanted, path="/my/statement", **changes):
        """Return an address with the same filter, but for the changes."""
        changes.setdefault("page", 1)
        return f"{path}?{url_encode(wanted.query(**changes))}".rstrip("?")

    def _send(self, file, name, mimetype):
        """Send a temporary file piece by piece."""
        size = file.seek(0, 2)
        file.seek(0)
        pieces = wrap_file(request.httprequest.environ, file)
        return self._answer(pieces, name, mimetype, ("Content-Length", str(size)))

    def _answer(self, pieces, name, mimetype, *headers):
        """Send bytes piece by piece, when the request is over."""
        response = request.make_response(
            pieces,
            headers=[
                ("Content-Type", mimetype),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "private, no-store"),
                ("X-Content-Type-Options", "nosniff"),
                *headers,
            ],
        )
        response.direct_passthrough = True
        return response
