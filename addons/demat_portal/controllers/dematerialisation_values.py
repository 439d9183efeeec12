# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the page "My dematerialisation" shows."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.demat_base.lib import addresses

#: Sites on one page; the search finds the others.
MAX_SITES = 20


def page_values(entity, search, site_domain):
    """Values of the template, for one entity of the user.

    :param search: part of the name of a site
    :param site_domain: the sites of this entity
    """
    changes = request.env["demat.address.change"].sudo()
    today = fields.Date.today()
    sites, more = _sites(site_domain, search)
    return {
        "entity": entity,
        "companies": [
            _company_values(entity, company)
            for company in request.env.user.sudo().company_ids.root_id
        ],
        "holder": _holder_values(entity, changes._pending_of(entity)),
        "sites": [
            _holder_values(site, changes._pending_of(entity, site)) for site in sites
        ],
        "more_sites": more,
        "site_search": search,
        "has_sites": bool(sites) or bool(search),
        "accesses": _accesses(entity),
        "today": today,
        "in_a_year": today + relativedelta(years=1),
        "states": dict(
            request.env["demat.portal.access"]
            ._fields["state"]
            ._description_selection(request.env)
        ),
    }


def _sites(site_domain, search):
    """(the sites shown, whether there are more)"""
    if search:
        site_domain &= Domain("name", "ilike", search)
    sites = (
        request.env["project.project"]
        .sudo()
        .search(site_domain, limit=MAX_SITES + 1, order="id desc")
    )
    return sites[:MAX_SITES], len(sites) > MAX_SITES


def _holder_values(holder, pending):
    """Addresses of an entity or a site, those to be confirmed, attachment or link."""
    return {
        "record": holder,
        "addresses": addresses.parse(holder.demat_email),
        "pending": pending,
        "attach": holder.demat_attach_pdf,
    }


def _company_values(entity, company):
    """What is in force between a customer and one company of ours, in words."""
    env = request.env
    text, version = company._demat_get_wording(env.lang)
    partner = entity.with_company(company)
    register = env["demat.consent"].sudo()
    current = register._get_current(entity, company)
    upcoming = register._get_upcoming(entity, company)
    kinds = []
    names = {"invoice": env._("Invoices"), "quote": env._("Quotes")}
    for kind, name in names.items():
        key = (entity.id, kind)
        next_action = upcoming.get(key, current.get(key, (None,)))[0]
        kinds.append(
            {
                "kind": kind,
                "name": name,
                "words": partner._demat_consent_words(
                    current.get(key), upcoming.get(key)
                ),
                "given": current.get(key, (None,))[0] == "given",
                # what the customer would change: also what is only to come
                "will_be_given": next_action == "given",
            }
        )
    return {"company": company, "text": text, "version": version, "kinds": kinds}


def _accesses(entity):
    """Accesses of the last two years, the open ones first."""
    accesses = request.env["demat.portal.access"].sudo()
    since = fields.Date.today() - relativedelta(years=2)
    found = accesses.search(
        [("partner_id", "=", entity.id), ("create_date", ">=", since)], limit=80
    )
    order = {"requested": 0, "granted": 1}
    return found.sorted(lambda access: order.get(access.state, 2))
