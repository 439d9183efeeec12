# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Quotes Signed Online",
    "summary": "Frozen, sealed quotes, signed on the customer's phone, with an "
    "evidence file",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "The demat contributors",
    "website": "https://github.com/demat-addons/demat",
    "category": "Sales/Sales",
    "depends": ["demat_base", "sale_management", "sale_project"],
    "data": [
        "security/res_groups.xml",
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "data/ir_sequence.xml",
        "data/ir_cron.xml",
        "data/mail_template.xml",
        "wizards/demat_sign_send_views.xml",
        "views/demat_sign_request_views.xml",
        "views/demat_sign_terms_views.xml",
        "views/sale_order_views.xml",
        "views/sale_order_reprint_templates.xml",
        "views/res_config_settings_views.xml",
        "views/demat_quote_sign_menus.xml",
        "report/evidence_templates.xml",
        "views/sign_templates.xml",
        "views/sale_portal_templates.xml",
    ],
    "demo": ["demo/demat_quote_sign_demo.xml"],
    "uninstall_hook": "uninstall_hook",
    "installable": True,
}
