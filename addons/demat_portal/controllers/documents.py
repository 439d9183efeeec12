# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools.sql import escape_psql

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..lib.statement_filter import without_controls

DOCUMENTS = "/my/documents"
PER_PAGE = 40


class DematDocuments(CustomerPortal):
    """The page "My documents": the customer's visible archive, whoever filed it.

    View and download are the archive's own routes: they check the file and write the
    journal.
    """

    @http.route(
        [DOCUMENTS, f"{DOCUMENTS}/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def demat_portal_documents(self, page=1, **kwargs):
        """List the documents; ``kind`` (code), ``year``, ``site``, ``search``, ``new``
        narrow it. What is no value of a filter is left out of it.
        """
        Document = request.env["ged.document"]
        if not Document.has_access("read"):
            raise NotFound()
        since = request.env.user._demat_visit_documents()
        all_ = Document._demat_portal_domain()
        chosen = {
            name: without_controls(kwargs.get(name))
            for name in ("kind", "year", "site", "search", "new")
        }
        domain = all_ & _narrowed(chosen, since)
        total = Document.search_count(domain)
        pager = portal_pager(
            url=DOCUMENTS,
            url_args={name: value for name, value in chosen.items() if value},
            total=total,
            page=page,
            step=PER_PAGE,
        )
        documents = Document.search(
            domain,
            order="document_date desc, id desc",
            limit=PER_PAGE,
            offset=pager["offset"],
        )
        return request.render(
            "demat_portal.documents",
            {
                "page_name": "demat_documents",
                "documents": documents,
                "entities": documents.sudo().partner_id.commercial_partner_id,
                "total": total,
                "pager": pager,
                "chosen": chosen,
                "filtered": any(chosen.values()),
                "since": since,
                "news": Document.search_count(all_ & _new(since)),
                "default_url": DOCUMENTS,
                **_choices(all_),
            },
        )


def _narrowed(chosen, since):
    """Return the domain of the filters that were chosen."""
    domain = Domain.TRUE
    if chosen["kind"]:
        domain &= Domain("kind_id.code", "=", chosen["kind"])
    if chosen["site"]:
        domain &= Domain("site_name", "=", chosen["site"])
    if chosen["new"]:
        domain &= _new(since)
    if _is_year(chosen["year"]):
        year = int(chosen["year"])
        domain &= Domain("document_date", ">=", date(year, 1, 1))
        domain &= Domain("document_date", "<=", date(year, 12, 31))
    if chosen["search"]:
        wanted = escape_psql(chosen["search"])
        domain &= Domain.OR(
            Domain(name, "ilike", wanted)
            for name in ("name", "filename", "origin_name", "site_name")
        )
    return domain


def _is_year(text):
    return text.isascii() and text.isdigit() and len(text) == 4 and text != "0000"


def _new(since):
    return Domain("archived_at", ">", since)


def _choices(domain):
    """Return the values of the filters: what the customer has, not all there is."""
    Document = request.env["ged.document"]
    kinds = Document._read_group(domain, ["kind_id"])
    sites = Document._read_group(
        domain & Domain("site_name", "!=", False), ["site_name"]
    )
    years = Document._read_group(
        domain & Domain("document_date", "!=", False), ["document_date:year"]
    )
    return {
        "kinds": [(kind.sudo().code, kind.sudo().name) for [kind] in kinds],
        "sites": sorted(site for [site] in sites),
        "years": sorted((str(day.year) for [day] in years), reverse=True),
    }
