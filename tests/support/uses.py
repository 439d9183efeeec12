# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What ``test_install_uninstall.py`` does inside Odoo: functions of (env, payload)."""

import base64
import contextlib
import datetime
import importlib
import importlib.metadata
import secrets
from unittest import mock

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n"
SITE = "Chantier des Tilleuls"


def in_turn(env, payload):
    """Several functions of this file in one process; their answers.

    Each gets an environment of its own: installing or removing an addon makes a new
    registry.

    :param payload: ``steps``, a list of (name of a function, its payload)
    """
    from odoo import api

    answers = []
    for name, given in payload["steps"]:
        fresh = api.Environment(env.cr, env.uid, {})
        answers.append(globals()[name](fresh, given))
        fresh.cr.commit()
    return answers


# -- the life of addons ---------------------------------------------------------------


def install(env, payload):
    """Install through the button of the Apps menu; the states of our addons."""
    modules = env["ir.module.module"]
    modules.update_list()
    modules.search([("name", "=", payload["addon"])]).button_immediate_install()
    return states(env, payload)


def uninstall(env, payload):
    module = env["ir.module.module"].search([("name", "=", payload["addon"])])
    module.button_immediate_uninstall()
    return states(env, payload)


def states(env, payload):
    """{addon: state} of the addons of the tree."""
    found = env["ir.module.module"].search([("name", "in", payload["addons"])])
    return {module.name: module.state for module in found}


def load_demo(env, payload):
    """Load the demo data of an addon as the host does; how many records came."""
    from odoo.modules.module import Manifest
    from odoo.tools import convert_file

    if not env.ref("base.res_partner_2", raise_if_not_found=False):
        for file in Manifest.for_addon("base")["demo"]:
            convert_file(env, "base", file, {}, mode="init", noupdate=True)
    for file in payload["files"]:
        convert_file(env, payload["addon"], file, {}, mode="init", noupdate=True)
    return env["ir.model.data"].search_count([("module", "=", payload["addon"])])


def refusals(env, payload):
    """{package: message} of an installation where that Python package is absent."""
    from odoo.exceptions import UserError

    modules = env["ir.module.module"]
    # the template may be older than the addon
    modules.update_list()
    env.cr.commit()
    module = modules.search([("name", "=", payload["addon"])])
    messages = {}
    for package in payload["packages"]:
        with absent(package):
            try:
                module.button_install()
                messages[package] = ""
            except UserError as error:
                messages[package] = str(error)
        env.cr.rollback()
    return messages


@contextlib.contextmanager
def absent(package):
    """Make a Python package look absent, as the host checks it: by name and import."""

    def without(function, error):
        def call(name, *args, **kwargs):
            if name == package:
                raise error(name)
            return function(name, *args, **kwargs)

        return call

    version = without(
        importlib.metadata.version, importlib.metadata.PackageNotFoundError
    )
    imported = without(importlib.import_module, ImportError)
    with (
        mock.patch.object(importlib.metadata, "version", version),
        mock.patch.object(importlib, "import_module", imported),
    ):
        yield


def leftovers(env, payload):
    """What removed addons left behind: external ids, tables, columns, triggers."""
    env.cr.execute(
        "SELECT module || '.' || name FROM ir_model_data WHERE module = ANY(%s)",
        [payload["addons"]],
    )
    found = [name for (name,) in env.cr.fetchall()]
    env.cr.execute(
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_schema = 'public' AND table_name ~ '^(ged|demat|chorus|vies)_'"
        " UNION SELECT table_name || '.' || column_name "
        "FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_name ~ '^(ged|demat|chorus)_'"
        " UNION SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgname ~ %(ours)s"
        " UNION SELECT 'function ' || proname FROM pg_proc WHERE proname ~ %(ours)s",
        {"ours": "(ged|demat|chorus|vies)_"},
    )
    return sorted(found + [name for (name,) in env.cr.fetchall()])


# -- the host without us --------------------------------------------------------------


def invoice_a_customer(env, payload):
    """The host's own work: a customer, an invoice, its PDF, its mail composer."""
    partner = env["res.partner"].create(
        {
            "name": "Foncière des Noyers",
            "is_company": True,
            "street": "4 rue du Puits",
            "zip": "69003",
            "city": "Lyon",
            "country_id": env.ref("base.fr").id,
            "email": "comptabilite@noyers.example",
        }
    )
    move = make_invoice(env, partner)
    content, kind = env["ir.actions.report"]._render_qweb_pdf(
        "account.account_invoices", move.ids
    )
    project = env["project.project"].create({"name": SITE})
    for model in ("account.move", "res.partner", "project.project", "res.company"):
        env[model].get_views([(False, "form"), (False, "list"), (False, "search")])
    env["res.config.settings"].create({}).execute()
    return {
        "state": move.state,
        "number": move.name,
        "pdf": kind == "pdf" and content[:5] == b"%PDF-",
        "site": project.name,
    }


def make_company(env):
    """Give the company what French invoices need."""
    company = env.company
    if company.partner_id.bank_ids:
        return
    company.partner_id.write(
        {
            "country_id": env.ref("base.fr").id,
            "street": "12 rue des Carriers",
            "zip": "69003",
            "city": "Lyon",
            "vat": "FR23334175221",
            "company_registry": "33417522101010",
            "email": "facturation@batitest.example",
            "phone": "+33 4 00 00 00 00",
        }
    )
    env["account.chart.template"].try_loading("fr", company, install_demo=False)
    env["res.partner.bank"].create(
        {
            "acc_number": "FR7630006000011234567890189",
            "partner_id": company.partner_id.id,
            "allow_out_payment": True,
        }
    )


def make_invoice(env, partner):
    make_company(env)
    tax = env["account.tax"].search(
        [
            *env["account.tax"]._check_company_domain(env.company),
            ("type_tax_use", "=", "sale"),
            ("amount", "=", 20),
            ("price_include", "=", False),
        ],
        limit=1,
    )
    line = {"name": "Pose de carrelage", "quantity": 10, "price_unit": 42}
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": "2026-11-02",
            "invoice_line_ids": [(0, 0, {**line, "tax_ids": tax.ids})],
        }
    )
    move.action_post()
    return move


# -- our addons at work ---------------------------------------------------------------


def use_ged_archive(env, payload):
    """Archive a file; answers its SHA-256 and what the chain thinks of it."""
    document = env["ged.document"]._archive(
        [
            {
                "company_id": env.company.id,
                "kind": "other",
                "name": "PV-2026-01",
                "filename": "pv.pdf",
                "content": PDF,
                "mimetype": "application/pdf",
                "partner_id": env.company.partner_id.id,
                "res_model": "res.partner",
                "res_id": env.company.partner_id.id,
            }
        ]
    )
    env.cr.commit()
    return {"sha256": document.sha256, "same": document._get_content() == PDF}


def use_demat_base(env, payload):
    """Record a consent; answers what the customer's form says."""
    partner = env["res.partner"].create(
        {
            "name": "Mairie de Saint-Aubin",
            "is_company": True,
            "demat_email": "mairie@saint-aubin.example",
        }
    )
    env["demat.consent"]._record(
        partner, kinds=["invoice"], action="given", means="form"
    )
    return {"consent": partner.demat_consent}


def use_demat_invoice(env, payload):
    """Send an invoice; answers its state and the seal of its document."""
    company = env.company
    partner = env["res.partner"].create(
        {
            "name": "Client Papier SARL",
            "is_company": True,
            "street": "1 place du Marché",
            "zip": "38000",
            "city": "Grenoble",
            "country_id": env.ref("base.fr").id,
            "vat": "FR76843512765",
        }
    )
    password = secrets.token_urlsafe(12)
    company.ged_seal_profile_id = env["ged.seal.profile"].create(
        {
            "name": "Seal of a test",
            "company_id": company.id,
            "pkcs12": base64.b64encode(make_pkcs12(password)),
            "password": password,
        }
    )
    company.demat_invoicing = True
    move = make_invoice(env, partner)
    move.action_demat_prepare()
    move._demat_start()
    env.cr.commit()
    move._demat_dispatch_batch()
    return {
        "state": move.demat_state,
        "error": move.demat_error or "",
        "level": move.demat_document_id.seal_level,
        "attachment": move.invoice_pdf_report_id.id,
        "move": move.id,
    }


def use_chorus_edi(env, payload):
    """Write the electronic invoice of a public entity; answers what it says of it."""
    env["chorus.account"].create({"company_id": env.company.id, "mode": "zip"})
    structure = env["chorus.structure"].create(
        {"siret": "12345678200028", "name": "Mairie d’Essai"}
    )
    service = env["chorus.service"].create(
        {"structure_id": structure.id, "code": "ECOLES"}
    )
    partner = env["res.partner"].create(
        {
            "name": "Mairie d’Essai",
            "is_company": True,
            "city": "Essai",
            "country_id": env.ref("base.fr").id,
            "chorus_structure_id": structure.id,
            "chorus_service_id": service.id,
        }
    )
    xml = make_invoice(env, partner)._demat_export_xml().decode()
    return {"service": ">ECOLES<" in xml, "cadre": ">A1<" in xml}


def use_demat_quote_sign(env, payload):
    """Send a quote for signature; answers its state, and whether it is what was
    frozen."""
    partner = env["res.partner"].create(
        {"name": "Client Signature SAS", "email": "client@signature.example"}
    )
    env["demat.consent"]._record(
        partner, kinds=["quote"], action="given", means="contract"
    )
    product = env["product.product"].create({"name": "Pose", "type": "service"})
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [
                (0, 0, {"product_id": product.id, "price_unit": 42, "name": "Pose"})
            ],
        }
    )
    window = env["demat.sign.send"].with_context(default_order_id=order.id)
    window.create({}).action_send()
    request = order.demat_sign_request_ids
    return {"state": request.state, "same": request._is_current_digest()}


def use_demat_portal(env, payload):
    """A customer's statement of account, once an invoice was sent to him."""
    from odoo.addons.demat_portal.lib import statement_filter

    sent = env["account.move"].browse(use_demat_invoice(env, payload)["move"])
    user = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": "Client du portail",
                "login": "portail",
                "partner_id": sent.partner_id.id,
                "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
            }
        )
    )
    statement = env["demat.statement"].with_user(user)
    wanted = statement_filter.read({})
    values = statement._page_values(statement._scope(wanted), wanted)
    [account] = values["accounts"]
    return {"lines": len(values["lines"]), "balance": float(account["balance"])}


def make_pkcs12(password):
    """A certificate made for this test."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Seal of a test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
        .sign(key, hashes.SHA256())
    )
    return serialization.pkcs12.serialize_key_and_certificates(
        b"seal",
        key,
        certificate,
        None,
        serialization.BestAvailableEncryption(password.encode()),
    )
