# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Fill a fresh database with the demo company: ``build(env, context)``."""

import logging

from demo import chorus, people
from demo import company as firm
from demo.catalogue import Catalogue
from demo.documents import file_papers
from demo.invoices import Invoices
from demo.listener import listening
from demo.quotes import create_quotes, send_for_signature

_logger = logging.getLogger(__name__)

MARK = "demat.demo_built"
NEEDED = (
    "chorus_edi",
    "demat_invoice",
    "demat_portal",
    "demat_quote_sign",
    "l10n_fr_account",
    "payment_demo",
    "sale_project",
)
ROLES = {
    "clerk": "invoicing clerk",
    "admin": "administrator",
    "auditor": "auditor",
    "site_manager": "site manager",
    "portal": "portal customer",
}
PORTAL_LOGIN = "comptabilite@fonciere-noyers.example"


class DemoError(Exception):
    """The demo cannot be made here; the text says why and what to do."""


def build(env, context):
    """Make the demo company in a database that has our addons and no data yet.

    The cursor is committed on the way: the invoices really leave, so the mail catcher
    must listen. A server at the address of the reports is used for their style sheets;
    without one this process serves them itself.

    :param context: dictionary with ``base_url``, ``smtp_host``, ``smtp_port``,
        ``chorus_url`` (the simulated Chorus Pro) and ``passwords`` (by role: the keys
        of ``ROLES``)
    :return: ``{"users": [{"role", "name", "login", "password"}], "first_steps":
        [sentence]}``
    :raise DemoError: not a fresh database, or an addon is missing
    """
    _check(env)
    env = _prepare(env, context)
    with listening(env):
        answer = _fill(env, context)
        env["ir.config_parameter"].set_param(MARK, "1")
        env.cr.commit()
    return answer


def _check(env):
    """:raise DemoError: before anything is written"""
    if env["ir.config_parameter"].get_param(MARK):
        raise DemoError(
            "this database holds the demo company already: drop it and make it again "
            "(./demat demo --fresh)"
        )
    installed = env["ir.module.module"].search(
        [("name", "in", NEEDED), ("state", "=", "installed")]
    )
    missing = sorted(set(NEEDED) - set(installed.mapped("name")))
    if missing:
        raise DemoError(f"these addons are not installed: {', '.join(missing)}")
    if env["account.move"].search_count([], limit=1):
        raise DemoError(
            "this database holds accounting entries: the demo is made in a fresh one"
        )


def _prepare(env, context):
    """French everywhere, the address of the server; returns the French environment."""
    if firm.LANGUAGE not in dict(env["res.lang"].get_installed()):
        env["res.lang"]._activate_lang(firm.LANGUAGE)
        modules = env["ir.module.module"].search([("state", "=", "installed")])
        modules._update_translations(firm.LANGUAGE)
    env["ir.default"].set("res.partner", "lang", firm.LANGUAGE)
    env.user.write({"tz": "Europe/Paris"})
    parameters = env["ir.config_parameter"]
    parameters.set_param("web.base.url", context["base_url"])
    parameters.set_param("web.base.url.freeze", "True")
    firm.set_up_mail(env, context["smtp_host"], context["smtp_port"])
    return env(
        context={
            **env.context,
            "lang": firm.LANGUAGE,
            "tz": "Europe/Paris",
            # nobody is told that he was assigned to a document
            "mail_auto_subscribe_no_notify": True,
        }
    )


def _fill(env, context):
    _logger.info("demo: company, chart of accounts, seal")
    passwords = context["passwords"]
    company = firm.set_up_company(env)
    terms = firm.set_up_invoicing(env, company)
    firm.set_up_seal(env, company)
    firm.set_up_payment(env, company)
    _logger.info("demo: users, customers, sites")
    staff = people.create_staff(env, passwords)
    customers = people.create_customers(env, terms)
    chorus.set_up(env, company, customers.community, context["chorus_url"])
    people.record_consents(env, staff["clerk"], customers)
    sites = people.create_sites(env, customers, staff["site_manager"])
    staff["portal"] = people.create_portal_user(
        env, customers.property_accountant, PORTAL_LOGIN, passwords
    )
    _logger.info("demo: quotes and invoices")
    catalogue = Catalogue(env)
    orders = create_quotes(env, staff["clerk"], catalogue, customers, sites)
    send_for_signature(env, staff["clerk"], company, orders.pop("hall"))
    invoices = Invoices(env, staff["clerk"], catalogue, customers, sites)
    made = invoices.create(orders)
    env.cr.commit()
    _logger.info("demo: sending")
    invoices.send(made)
    chorus.live_on(env, context["chorus_url"], staff["clerk"], made["suspended_public"])
    invoices.live_on(made, staff["admin"])
    file_papers(env, company, customers.property_firm, sites)
    return {
        "users": [
            {
                "role": label,
                "name": staff[key].name,
                "login": staff[key].login,
                "password": passwords[key],
            }
            for key, label in ROLES.items()
        ],
        "first_steps": _first_steps(made),
    }


def _first_steps(made):
    return [
        "As the clerk: Facturation › Clients › Factures, open "
        f"{made['ready_firm'].name} (it is ready), read who will be told, press "
        "“Envoyer”.",
        "Read the mail among the received mails and follow its link.",
        f"As the clerk: send {made['ready_public'].name} too, it goes to Chorus Pro; "
        "ask where it is (“Interroger Chorus”), play the recipient on the page of "
        f"the simulated Chorus Pro. {made['suspended_public'].name} was suspended: "
        "complete it.",
        "As the portal customer: Relevé de facturation; pay what is overdue on line, "
        "take the originals of the year as ZIP; Mes documents, Ma dématérialisation.",
        "Sign a quote: its mail is among the received mails too; the list Ventes › "
        "Commandes › Devis à signer follows it.",
        f"As the clerk: {made['blocked_by_rule'].name} was refused, its lines have no "
        f"VAT; {made['blocked_by_address'].name} has nobody to tell; mend and send "
        "them.",
        f"As the administrator: {made['reopened'].name} was reopened and sent again, "
        "the archive has both versions.",
        "As the auditor: Archive; search, check the seals, export the evidence.",
    ]
