# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Dematerialisation",
    "summary": "Consent register, notification addresses of customers and sites, "
    "tracking of exchanges",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "The demat contributors",
    "website": "https://github.com/demat-addons/demat",
    "license": "LGPL-3",
    "depends": ["ged_archive", "account", "mail", "portal", "project"],
    "data": [
        "security/res_groups.xml",
        "security/ir_rules.xml",
        "security/ir.model.access.csv",
        "data/ir_cron.xml",
        "data/mail_layout.xml",
        "wizards/demat_consent_wizard_views.xml",
        "wizards/demat_site_wizard_views.xml",
        "wizards/demat_label_wizard_views.xml",
        "views/demat_consent_views.xml",
        "views/demat_exchange_views.xml",
        "views/res_partner_views.xml",
        "views/project_project_views.xml",
        "views/res_config_settings_views.xml",
        "views/demat_label_views.xml",
        "views/demat_base_menus.xml",
        "views/demat_label_menus.xml",
    ],
    "demo": ["demo/demat_base_demo.xml", "demo/demat_label_demo.xml"],
    "uninstall_hook": "uninstall_hook",
    "installable": True,
}
