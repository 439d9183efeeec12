# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The firm: identity, legal mentions, chart of accounts, bank, seal, settings."""

import base64

from markupsafe import Markup

from odoo import Command

from demo import certificate, identifiers
from demo.logo import OCHRE, SLATE, make_logo

LANGUAGE = "fr_FR"
NAME = "Valcombe Bâtiment"
SIREN = identifiers.siren("99731042")
SIRET = identifiers.siret(SIREN)
VAT = identifiers.vat_number(SIREN)
IBAN = identifiers.iban("19998", "00742", "00045182739")
BIC = "BAVXFR2GXXX"
BANK = "Banque des Adrets"
STREET = "14 impasse des Carriers"
CITY = ("38960", "Saint-Aubin-des-Combes")
PHONE = "04 65 71 20 38"
EMAIL = "facturation@valcombe-batiment.example"
WEBSITE = "https://www.valcombe-batiment.example"

# Article L. 441-9 and L. 441-10 of the code de commerce: between professionals.
TERMS_PROFESSIONAL = (
    "<p>Règlement à 30 jours date de facture, par virement. "
    "Pas d’escompte pour paiement anticipé.<br/>"
    "Tout retard de paiement entraîne de plein droit des pénalités au taux de trois "
    "fois l’intérêt légal et une indemnité forfaitaire pour frais de recouvrement de "
    "40 € (art. L. 441-10 et D. 441-5 du code de commerce).</p>"
)
TERMS_PRIVATE = (
    "<p>Règlement à 15 jours date de facture. "
    "Pas d’escompte pour paiement anticipé.<br/>"
    "En cas de litige, le client peut recourir gratuitement au médiateur de la "
    "consommation (art. L. 611-1 du code de la consommation).</p>"
)
TERMS_PUBLIC = (
    "<p>Règlement par mandat administratif, à 30 jours à compter de la réception de la "
    "facture.<br/>Tout retard ouvre droit à des intérêts moratoires et à une indemnité "
    "forfaitaire de 40 € (art. L. 2192-13 et D. 2192-35 du code de la commande "
    "publique).</p>"
)


def set_up_company(env):
    """The main company becomes the firm; returns it."""
    company = env.company
    company.write(
        {
            "name": NAME,
            "street": STREET,
            "zip": CITY[0],
            "city": CITY[1],
            "country_id": env.ref("base.fr").id,
            "state_id": False,
            "currency_id": env.ref("base.EUR").id,
            "phone": PHONE,
            "email": EMAIL,
            "website": WEBSITE,
            "vat": VAT,
            "company_registry": SIRET,
            "logo": base64.b64encode(make_logo()),
        }
    )
    company.partner_id.lang = LANGUAGE
    env["account.chart.template"].try_loading("fr", company=company, install_demo=False)
    _name_journals(env, company)
    company.write(_document_layout(env))
    set_up_bank(env, company)
    return company


def _name_journals(env, company):
    """French codes, whatever the language of the chart: the numbers begin with them."""
    for kind, code in {"sale": "FAC", "purchase": "ACH", "bank": "BNQ"}.items():
        env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", kind)], limit=1
        ).code = code


def _document_layout(env):
    spaced = identifiers.spaced
    siret, siren = spaced(SIRET, 3, 3, 3, 5), spaced(SIREN, 3)
    iban = spaced(IBAN, 4)
    footer = Markup(
        f'<div style="font-size: 12px; line-height: 1.4;"><strong>{NAME}</strong> – '
        f"SARL au capital de 60\N{NO-BREAK SPACE}000 € – RCS Grenoble {siren} – "
        f"SIRET {siret} – APE 4399C – TVA intracommunautaire {VAT}<br/>"
        "Assurance décennale : Mutuelle des Adrets, 3 place des Corporations, "
        "75000 Paris, contrat n°\N{NO-BREAK SPACE}D4470281 – couverture : "
        "France métropolitaine<br/>"
        f"{BANK} – IBAN {iban} – BIC {BIC}</div>"
    )
    details = Markup(
        f"<strong>{NAME}</strong> – maçonnerie, carrelage, enduits<br/>"
        f"{STREET}<br/>{' '.join(CITY)}<br/>"
        f"Tél. {PHONE}<br/>{EMAIL}"
    )
    return {
        "external_report_layout_id": env.ref("web.external_layout_boxed").id,
        "paperformat_id": env.ref("base.paperformat_euro").id,
        "primary_color": SLATE,
        "secondary_color": OCHRE,
        "email_primary_color": "#ffffff",
        "email_secondary_color": SLATE,
        "font": "Lato",
        "report_header": False,
        "report_footer": footer,
        "company_details": details,
        "layout_background": "Blank",
    }


def set_up_bank(env, company):
    """The account that the invoices ask to pay to, on the bank journal."""
    bank = env["res.bank"].create({"name": BANK, "bic": BIC})
    account = env["res.partner.bank"].create(
        {
            "acc_number": IBAN,
            "partner_id": company.partner_id.id,
            "company_id": company.id,
            "bank_id": bank.id,
            "allow_out_payment": True,
        }
    )
    journals = env["account.journal"].search(
        [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
    )
    journals.bank_account_id = account


def set_up_seal(env, company):
    """A seal whose certificate says by its name that it is worth nothing."""
    data, password = certificate.make_pkcs12(NAME)
    company.ged_seal_profile_id = env["ged.seal.profile"].create(
        {
            "name": "Cachet de démonstration",
            "company_id": company.id,
            "pkcs12": base64.b64encode(data),
            "pkcs12_filename": "certificat-de-demonstration.p12",
            "password": password,
            "reason": "Garantie d’origine et d’intégrité de la facture",
            "location": CITY[1],
            "contact": EMAIL,
        }
    )


def set_up_invoicing(env, company):
    """Our switches, and what a French firm sets in Odoo; returns the payment terms."""
    company.write(
        {
            "demat_invoicing": True,
            "demat_individual_account": True,
            "demat_account_prefix": "411",
            "demat_account_numbering": "reference",
            "portal_confirmation_sign": True,
            "quotation_validity_days": 60,
            "account_use_credit_limit": False,
        }
    )
    env["res.config.settings"].create(
        {"group_uom": True, "use_invoice_terms": False}
    ).execute()
    for xml_id in ("tva_normale_encaissement", "tva_intermediaire_encaissement"):
        tax(env, xml_id).active = True
    return {
        "professional": _payment_term(
            env, "30 jours date de facture", 30, TERMS_PROFESSIONAL
        ),
        "private": _payment_term(env, "15 jours date de facture", 15, TERMS_PRIVATE),
        "public": _payment_term(
            env, "30 jours, mandat administratif", 30, TERMS_PUBLIC
        ),
    }


def _payment_term(env, name, days, note):
    line = {"value": "percent", "value_amount": 100.0, "nb_days": days}
    return env["account.payment.term"].create(
        {
            "name": name,
            "note": Markup(note),
            "line_ids": [Command.create(line)],
            "sequence": 1,
        }
    )


def tax(env, xml_id):
    """A tax of the French chart of accounts by the name the chart gives it."""
    return env["account.chart.template"].ref(xml_id)


def set_up_payment(env, company):
    """On-line payment of the host's test provider, so that "pay" can be tried."""
    provider = env.ref("payment.payment_provider_demo")
    provider.company_id = company
    provider.write({"state": "test", "is_published": True})
    provider.payment_method_ids.active = True


def set_up_mail(env, smtp_host, smtp_port):
    """All mail goes to the local catcher."""
    servers = env["ir.mail_server"]
    here = [("smtp_host", "=", smtp_host), ("smtp_port", "=", smtp_port)]
    if not servers.search_count(here, limit=1):
        servers.create(
            {
                "name": "Boîte aux lettres de démonstration",
                "smtp_host": smtp_host,
                "smtp_port": smtp_port,
                "smtp_encryption": "none",
                "smtp_authentication": "login",
            }
        )
