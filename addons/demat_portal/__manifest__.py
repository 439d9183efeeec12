# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Customer Portal of Documents",
    "summary": "Statement of account, invoices by year, my documents, payment and "
    "consent, for the customer himself",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "The demat contributors",
    "website": "https://github.com/demat-addons/demat",
    "category": "Accounting/Accounting",
    "depends": ["demat_invoice"],
    "data": [
        "security/res_groups.xml",
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "security/demat_portal_access_rules.xml",
        "data/ir_cron_access.xml",
        "data/mail_template_portal.xml",
        "wizards/portal_accounts_views.xml",
        "views/demat_portal_access_views.xml",
        "views/dematerialisation_templates.xml",
        "views/mail_template_views.xml",
        "views/res_config_settings_views.xml",
        "views/res_partner_views.xml",
        "views/account_move_views.xml",
        "views/layout_templates.xml",
        "views/login_templates.xml",
        "views/documents_templates.xml",
        "views/payment_templates.xml",
        "views/home_templates.xml",
        "views/statement_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": ["demat_portal/static/src/portal.scss"],
    },
    "demo": ["demo/demat_portal_demo.xml"],
    "installable": True,
}
