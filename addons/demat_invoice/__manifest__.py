# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Dematerialised Invoices",
    "summary": "Signed Factur-X invoices: send states, archive, portal, notification",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "The demat contributors",
    "website": "https://github.com/demat-addons/demat",
    "category": "Accounting/Accounting",
    "depends": [
        "demat_base",
        "account_edi_ubl_cii",
        "sale_project",
    ],
    "data": [
        "security/res_groups.xml",
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "data/cii_templates.xml",
        "data/mail_template.xml",
        "data/ir_cron.xml",
        "wizards/demat_send_wizard_views.xml",
        "wizards/demat_reopen_wizard_views.xml",
        "views/account_move_views.xml",
        "views/demat_state_change_views.xml",
        "views/res_config_settings_views.xml",
        "views/sale_portal_templates.xml",
        "views/ged_document_views.xml",
        "views/demat_invoice_menus.xml",
    ],
    "demo": ["demo/res_company.xml"],
    "uninstall_hook": "uninstall_hook",
}
