# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Users of the firm, customers with their consents, sites."""

import base64
from dataclasses import dataclass
from datetime import timedelta

from odoo import Command, fields

from demo import identifiers
from demo.company import LANGUAGE, NAME
from demo.logo import make_form

DOMAIN = "valcombe-batiment.example"

# key, name, login, groups
STAFF = (
    (
        "clerk",
        "Secrétariat – facturation",
        "facturation",
        (
            "account.group_account_invoice",
            "sales_team.group_sale_salesman_all_leads",
            "demat_base.group_demat_user",
        ),
    ),
    (
        "auditor",
        "Cabinet comptable (contrôle)",
        "controle",
        ("account.group_account_readonly", "ged_archive.group_ged_auditor"),
    ),
    (
        "site_manager",
        "Conduite de travaux",
        "chantier",
        ("sales_team.group_sale_salesman", "project.group_project_user"),
    ),
)


@dataclass(frozen=True)
class Customers:
    """Records of ``res.partner`` that the documents name."""

    household: object
    property_firm: object
    property_accountant: object
    joinery: object
    town_hall: object
    paper: object
    mute: object
    community: object


@dataclass(frozen=True)
class Sites:
    """Records of ``project.project``."""

    residence: object
    school: object


def create_staff(env, passwords):
    """Users of the firm; the administrator is the one of the host.

    :param passwords: {role: password}
    :return: {role: ``res.users``}
    """
    staff = {
        role: _create_user(env, name, login, groups, passwords[role])
        for role, name, login, groups in STAFF
    }
    staff["admin"] = admin = env.ref("base.user_admin")
    # Through the partner and the hash: the user's own fields would announce the change
    # by mail, the first one that a visitor finds in the catcher.
    admin.partner_id.write(
        {
            "name": "Administrateur",
            "email": f"administration@{DOMAIN}",
            "lang": LANGUAGE,
            "tz": "Europe/Paris",
        }
    )
    admin._set_encrypted_password(
        admin.id, admin._crypt_context().hash(passwords["admin"])
    )
    admin.group_ids = [Command.link(group) for group in _administrator_groups(env)]
    return staff


def _administrator_groups(env):
    names = (
        "account.group_account_manager",
        "demat_base.group_demat_manager",
        "project.group_project_manager",
        "sales_team.group_sale_manager",
    )
    return [env.ref(name).id for name in names]


def _create_user(env, name, login, groups, password, **values):
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": name,
                "login": login,
                "password": password,
                "email": f"{login}@{DOMAIN}",
                "lang": LANGUAGE,
                "tz": "Europe/Paris",
                "group_ids": [Command.set([env.ref(group).id for group in groups])],
                **values,
            }
        )
    )


def create_portal_user(env, partner, login, passwords):
    """Account of a customer's contact on the portal."""
    return _create_user(
        env,
        partner.name,
        login,
        ("base.group_portal",),
        passwords["portal"],
        partner_id=partner.id,
        email=login,
    )


def create_customers(env, terms):
    """The customers, each for one way of being told."""
    household = _customer(
        env,
        terms["private"],
        "M. et Mme Durand",
        "DURAND",
        is_company=False,
        street="27 chemin des Noyers",
        email="famille.durand@courriel.example",
    )
    firm = _company(
        env,
        terms["professional"],
        "Foncière des Noyers SAS",
        "NOYERS",
        "99812406",
        street="8 place de la Halle",
        email="contact@fonciere-noyers.example",
    )
    accountant = _contact(
        env, firm, "Comptabilité fournisseurs", "invoice", "comptabilite"
    )
    _contact(env, firm, "Gestion locative", "contact", "gestion")
    _contact(env, firm, "Direction du patrimoine", "contact", "patrimoine")
    joinery = _company(
        env,
        terms["professional"],
        "Menuiserie Bellecombe SARL",
        "BELLECOMBE",
        "99645371",
        street="3 rue de la Scierie",
        email="atelier@menuiserie-bellecombe.example",
        demat_email="compta@menuiserie-bellecombe.example, "
        "direction@menuiserie-bellecombe.example",
    )
    town_hall = _company(
        env,
        terms["public"],
        "Mairie de Saint-Aubin-des-Combes",
        "MAIRIE",
        "21380985",
        street="1 place de la Mairie",
        email="mairie@saint-aubin-des-combes.example",
        demat_email="comptabilite@saint-aubin-des-combes.example",
    )
    paper = _company(
        env,
        terms["professional"],
        "Garage des Quatre Chemins SARL",
        "GARAGE",
        "99570842",
        street="112 route nationale",
        email="garage@quatre-chemins.example",
    )
    mute = _company(
        env,
        terms["professional"],
        "SCI du Vieux Moulin",
        "MOULIN",
        "99488263",
        street="Lieu-dit le Moulin",
    )
    community = _company(
        env,
        terms["public"],
        "Communauté de communes des Combes",
        "COMBES",
        "24990317",
        street="2 place du Marché",
        email="accueil@cc-combes.example",
    )
    return Customers(
        household, firm, accountant, joinery, town_hall, paper, mute, community
    )


def _customer(env, term, name, ref, **values):
    return env["res.partner"].create(
        {
            "name": name,
            "ref": ref,
            "zip": "38960",
            "city": "Saint-Aubin-des-Combes",
            "country_id": env.ref("base.fr").id,
            "lang": LANGUAGE,
            "customer_rank": 1,
            "property_payment_term_id": term.id,
            "invoice_edi_format": "facturx",
            **values,
        }
    )


def _company(env, term, name, ref, root, **values):
    siren = identifiers.siren(root)
    return _customer(
        env,
        term,
        name,
        ref,
        is_company=True,
        company_registry=identifiers.siret(siren),
        vat=identifiers.vat_number(siren),
        **values,
    )


def _contact(env, firm, name, kind, mailbox):
    return env["res.partner"].create(
        {
            "name": name,
            "parent_id": firm.id,
            "type": kind,
            **{name: firm[name] for name in ("street", "zip", "city")},
            "country_id": firm.country_id.id,
            "email": f"{mailbox}@{firm.email.partition('@')[2]}",
            "lang": LANGUAGE,
        }
    )


def record_consents(env, clerk, customers):
    """What the customers declared, as the clerk recorded it; one withdrew."""
    today = fields.Date.context_today(env.user)
    register = env["demat.consent"].with_user(clerk)
    given = (
        (customers.household, "email", 200),
        (customers.joinery, "contract", 400),
        (customers.town_hall, "email", 320),
        (customers.mute, "telephone", 90),
    )
    text, version = env.company._demat_get_wording(LANGUAGE)
    for partner, means, days in given:
        register._record(
            partner,
            kinds=("invoice", "quote"),
            action="given",
            means=means,
            effective_date=today - timedelta(days=days),
            wording=text,
            wording_version=version,
        )
    for action, days in (("given", 500), ("withdrawn", 150)):
        register._record(
            customers.paper,
            kinds=("invoice",),
            action=action,
            means="email",
            effective_date=today - timedelta(days=days),
        )
    _record_by_form(
        env, clerk, customers.property_firm, today - timedelta(days=240), text
    )


def _record_by_form(env, clerk, partner, date, text):
    """The clerk scans the signed form: it becomes the evidence in the archive."""
    siret = identifiers.spaced(partner.company_registry, 3, 3, 3, 5)
    form = make_form(
        "Acceptation de la facture électronique",
        [
            f"À : {NAME}",
            f"Client : {partner.name}, SIRET {siret}",
            text,
            f"Fait à {partner.city}, le {date:%d/%m/%Y}.",
        ],
        "Le président",
    )
    wizard = (
        env["demat.consent.wizard"]
        .with_user(clerk)
        .create(
            {
                "partner_ids": [Command.set(partner.ids)],
                "action": "given",
                "effective_date": date,
                "means": "form",
                "evidence": base64.b64encode(form),
                "evidence_name": "acceptation-facture-electronique.pdf",
            }
        )
    )
    wizard.action_record()


def create_sites(env, customers, manager):
    """Two sites; the first has its own address, and wants the PDF attached."""
    residence = env["project.project"].create(
        {
            "name": "Résidence Les Tilleuls – lot 07 Carrelage",
            "partner_id": customers.property_firm.id,
            "user_id": manager.id,
            "allow_billable": True,
            "demat_email": "tilleuls@fonciere-noyers.example, "
            "moe@atelier-des-combes.example",
            "demat_attach_pdf": True,
        }
    )
    school = env["project.project"].create(
        {
            "name": "Groupe scolaire des Combes – ravalement",
            "partner_id": customers.town_hall.id,
            "user_id": manager.id,
            "allow_billable": True,
        }
    )
    return Sites(residence, school)
