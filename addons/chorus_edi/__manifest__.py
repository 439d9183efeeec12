# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Invoices to Chorus Pro",
    "summary": "Deposit, follow and act on invoices to public entities, by API, EDI "
    "files or ZIP",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "The demat contributors",
    "website": "https://github.com/demat-addons/demat",
    "category": "Accounting/Accounting",
    "depends": ["demat_invoice", "l10n_fr_facturx_chorus_pro"],
    "data": [
        "security/res_groups.xml",
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        # account of the company and directory
        "data/mail_activity_type_chorus.xml",
        "data/ir_cron_chorus_account.xml",
        "views/chorus_account_views.xml",
        "views/res_config_settings_chorus_views.xml",
        "wizards/chorus_search_views.xml",
        "views/chorus_structure_views.xml",
        "views/res_partner_chorus_views.xml",
        "views/account_move_chorus_fields_views.xml",
        "views/sale_order_chorus_views.xml",
        # flows and what became of each invoice
        "data/ir_cron_chorus.xml",
        "data/ged_kind_chorus.xml",
        "data/mail_activity_type_chorus_follow.xml",
        "views/chorus_exchange_reports.xml",
        "views/chorus_flow_views.xml",
        "views/chorus_invoice_views.xml",
        "views/account_move_chorus_views.xml",
        "wizards/chorus_act_views.xml",
        "wizards/chorus_check_views.xml",
        # consultation of VIES
        "data/mail_activity_type_vies.xml",
        "data/ir_cron_vies.xml",
        "views/vies_check_views.xml",
        "views/res_partner_vies_views.xml",
        "views/account_move_vies_views.xml",
        "views/res_config_settings_vies_views.xml",
        # menus: last, they name the actions
        "views/chorus_edi_menus.xml",
        "views/chorus_follow_menus.xml",
    ],
    "demo": ["demo/chorus_edi_demo.xml"],
    "external_dependencies": {"python": ["paramiko", "zeep"]},
    "uninstall_hook": "uninstall_hook",
    "installable": True,
}
