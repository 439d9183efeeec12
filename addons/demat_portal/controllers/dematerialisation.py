# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from .dematerialisation_values import page_values

PATH = "/my/dematerialisation"
#: In the session: what to say on the next page.
SAID = "demat_portal_said"
_POST = {"type": "http", "auth": "user", "methods": ["POST"], "website": True}
_MAX_TEXT = 200


def say(words, kind="success"):
    """Have ``words`` shown on the next page."""
    request.session[SAID] = {"words": str(words), "kind": kind}


def admit(scope):
    """Return 0, or after how many seconds to come back."""
    throttle = request.env["ged.throttle"].sudo()
    return throttle._admit(scope, request.httprequest.remote_addr)


def whole(value):
    """The number that ``value`` writes, or 0: of no record."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def own_entity(value):
    """The entity of the user that ``value`` names, sudo.

    :raise werkzeug.exceptions.NotFound: it is none of his, like one that is none
    """
    own = request.env.user._demat_portal_own()
    found = own.filtered(lambda entity: entity.id == whole(value))
    if not found:
        raise request.not_found()
    return found


def own_company(value):
    """The company of ours that ``value`` names, among those of the account, sudo."""
    companies = request.env.user.sudo().company_ids.root_id
    found = companies.filtered(lambda company: company.id == whole(value))
    if not found:
        raise request.not_found()
    return found


def own_site(entity, value):
    """The site of ``entity`` that ``value`` names, sudo; empty for no value."""
    sites = request.env["project.project"].sudo()
    if not value:
        return sites
    found = sites.search(site_domain(entity) & Domain("id", "=", whole(value)), limit=1)
    if not found:
        raise request.not_found()
    return found


def site_domain(entity):
    """Sites of a customer, of the companies that his account belongs to."""
    companies = request.env.user.sudo().company_ids
    return Domain(
        [
            ("partner_id.commercial_partner_id", "=", entity.id),
            ("company_id", "in", [False, *companies.ids]),
        ]
    )


def back(entity, anchor=""):
    """Lead back to the page: a reload sends nothing twice."""
    return request.redirect(f"{PATH}?entity={entity.id}{anchor}", code=303)


class DematerialisationPortal(CustomerPortal):
    """What a customer decides himself about the dematerialisation of his papers.

    Every route takes the entity from those of the user and everything else from that
    entity; what is not found there is answered like what does not exist.
    """

    @http.route(PATH, type="http", auth="user", methods=["GET"], website=True)
    def portal_my_dematerialisation(self, entity=None, search=None, **_kwargs):
        own = request.env.user._demat_portal_own()
        chosen = own_entity(entity) if entity else own[:1]
        if not entity and request.env.user.partner_id.commercial_partner_id in own:
            chosen = own.browse(request.env.user.sudo().commercial_partner_id.id)
        values = {
            **page_values(chosen, str(search or "")[:_MAX_TEXT], site_domain(chosen)),
            "page_name": "dematerialisation",
            "entities": own.sorted("name"),
            "said": request.session.pop(SAID, None),
        }
        response = request.render("demat_portal.portal_my_dematerialisation", values)
        response.headers["Cache-Control"] = "no-store"
        return response

    @http.route(f"{PATH}/consent", **_POST)
    def portal_consent(self, entity=None, company=None, **post):
        """Record what the customer declares, with the wording that he read.

        The version of the wording travels with the form: if the text changed since,
        nothing is recorded and the new text is shown.
        """
        entity, company = own_entity(entity), own_company(company)
        action, kind = post.get("action"), post.get("kind")
        if action not in ("given", "withdrawn") or kind not in ("invoice", "quote"):
            raise request.not_found()
        if admit("consent_post"):
            say(request.env._("Too many changes at once: wait ten minutes."), "danger")
            return back(entity)
        text, version = company._demat_get_wording(request.env.lang)
        given = action == "given"
        if given and post.get("version") != version:
            say(
                request.env._("The text has changed meanwhile: please read it again."),
                "warning",
            )
            return back(entity, "#consent")
        if given and not post.get("agree"):
            say(request.env._("Tick the box first: it says that you agree."), "warning")
            return back(entity, "#consent")
        request.env["demat.consent"]._record(
            entity,
            kinds=[kind],
            action=action,
            means="portal",
            company=company,
            ip=request.httprequest.remote_addr,
            wording=text if given else False,
            wording_version=version if given else False,
        )
        _note_consent(entity, company, kind, action)
        say(request.env._("Your statement is recorded."))
        return back(entity, "#consent")

    @http.route(f"{PATH}/address/add", **_POST)
    def portal_address_add(self, entity=None, site=None, address="", **_post):
        entity = own_entity(entity)
        site = own_site(entity, site)
        if admit("address_mail"):
            say(request.env._("Too many new addresses: try again later."), "danger")
            return back(entity, "#addresses")
        try:
            with request.env.cr.savepoint():
                added = request.env["demat.address.change"]._ask(
                    entity,
                    str(address)[:_MAX_TEXT],
                    site=site,
                    company=request.env.company,
                )
        except UserError as error:
            say(error.args[0], "danger")
            return back(entity, "#addresses")
        say(
            request.env._(
                "A mail is on its way to %(address)s: the address counts once the link "
                "in it was followed.",
                address=added,
            )
        )
        return back(entity, "#addresses")

    @http.route(f"{PATH}/address/remove", **_POST)
    def portal_address_remove(self, entity=None, site=None, address="", **_post):
        """Take an address away, or one back that was not confirmed yet."""
        entity = own_entity(entity)
        site = own_site(entity, site)
        if not (site or entity)._demat_portal_remove_address(address, entity, site):
            raise request.not_found()
        say(request.env._("%(address)s is told no more.", address=address))
        return back(entity, "#addresses")

    @http.route(f"{PATH}/attach", **_POST)
    def portal_attach(self, entity=None, site=None, attach="", **_post):
        """Attachment, or link only."""
        entity = own_entity(entity)
        holder = own_site(entity, site) or entity
        if attach not in ("0", "1"):
            raise request.not_found()
        holder._demat_portal_set_attach(attach == "1")
        say(request.env._("Your choice is noted."))
        return back(entity, "#addresses")

    @http.route(f"{PATH}/access/request", **_POST)
    def portal_access_request(self, entity=None, company=None, **post):
        """Ask that an accountant may read; the company decides."""
        entity, company = own_entity(entity), own_company(company)
        try:
            if admit("access_request"):
                raise UserError(
                    request.env._("Too many requests: try again in an hour.")
                )
            with request.env.cr.savepoint():
                request.env["demat.portal.access"]._request(
                    entity, company, **_access_values(post)
                )
        except UserError as error:
            say(error.args[0], "danger")
            return back(entity, "#access")
        say(
            request.env._(
                "Your request was sent to %(company)s: you will be told of the answer.",
                company=company.name,
            )
        )
        return back(entity, "#access")

    @http.route(f"{PATH}/access/end", **_POST)
    def portal_access_end(self, entity=None, access=None, **_post):
        """End an access at once, or take a request back."""
        entity = own_entity(entity)
        found = (
            request.env["demat.portal.access"]
            .sudo()
            .search(
                [
                    ("id", "=", whole(access)),
                    ("partner_id", "=", entity.id),
                    ("state", "in", ("requested", "granted")),
                ]
            )
        )
        if not found:
            raise request.not_found()
        found._end_by_customer()
        say(request.env._("%(name)s reads no more.", name=found.name))
        return back(entity, "#access")


def _access_values(post):
    """What the form of an access says.

    :raise UserError: something is missing, or the date is none
    """
    values = {
        # in one line: the name stands in the subject of mails
        name: " ".join(str(post.get(name) or "").split())[:_MAX_TEXT]
        for name in ("name", "email", "reason")
    }
    if not all(values.values()):
        raise UserError(
            request.env._("Fill in the name, the e-mail address and the reason.")
        )
    try:
        values["date_to"] = date.fromisoformat(str(post.get("date_to") or ""))
    except ValueError as error:
        raise UserError(
            request.env._("Enter the last day of the access, as 31/12/2027.")
        ) from error
    return values


def _note_consent(entity, company, kind, action):
    """Tell the clerk, where he looks: on the customer."""
    env = request.env
    words = {
        "invoice_given": env._("accepts electronic invoices"),
        "invoice_withdrawn": env._("no longer accepts electronic invoices"),
        "quote_given": env._("accepts electronic quotes"),
        "quote_withdrawn": env._("no longer accepts electronic quotes"),
    }
    entity.message_post(
        body=env._(
            "Portal: %(name)s %(statement)s of %(company)s.",
            name=env.user.name,
            statement=words[f"{kind}_{action}"],
            company=company.name,
        ),
        author_id=env.user.partner_id.id,
    )
