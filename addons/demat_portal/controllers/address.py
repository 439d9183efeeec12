# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import http
from odoo.http import request

from .dematerialisation import admit

PATH = "/my/address/<int:change_id>/<string:token>"
_PUBLIC = {"type": "http", "auth": "public", "website": True, "sitemap": False}


class AddressController(http.Controller):
    """The owner of a new address confirms that it is his.

    The link only shows a button: programs that follow links in mails confirm nothing.
    """

    @http.route(PATH, methods=["GET"], **_PUBLIC)
    def address_show(self, change_id, token, **_kwargs):
        return _answer(change_id, token)

    @http.route(PATH, methods=["POST"], **_PUBLIC)
    def address_confirm(self, change_id, token, **_post):
        return _answer(change_id, token, confirm=True)


def _answer(change_id, token, *, confirm=False):
    if admit("address_link"):
        return _page("wait", status=429)
    change = request.env["demat.address.change"]._find_by_token(change_id, token)
    if not change:
        return _page("nothing", status=404)
    request.update_context(lang=_language(change))
    change = change.with_env(request.env(su=True))
    if not confirm:
        return _page("ask", change)
    if not change._confirm(request.httprequest.remote_addr):
        return _page("nothing", status=404)
    return _page("done", change)


def _language(change):
    installed = [code for code, _name in request.env["res.lang"].get_installed()]
    return change.lang if change.lang in installed else request.env.lang


def _page(step, change=None, *, status=200):
    """Render the page; all refusals are alike."""
    response = request.render(
        "demat_portal.portal_address_confirm",
        {"step": step, "change": change, "no_breadcrumbs": True},
    )
    response.status_code = status
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
