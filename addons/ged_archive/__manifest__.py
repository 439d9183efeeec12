# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Document archive (GED)",
    "summary": "Append-only, sealed and verifiable store for any document",
    "version": "19.0.1.0.0",
    "category": "Productivity/Documents",
    "license": "LGPL-3",
    "author": "The demat contributors",
    "website": "https://github.com/demat-addons/demat",
    "depends": ["base_setup", "mail", "web"],
    "external_dependencies": {
        "python": ["cryptography", "factur-x", "lxml", "pikepdf", "pyhanko"],
    },
    "data": [
        "security/res_groups.xml",
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "data/ged_kind_data.xml",
        "data/ir_cron_data.xml",
        "data/mail_activity_type_data.xml",
        "data/ir_cron_preservation_data.xml",
        "views/ged_event_views.xml",
        "views/ged_document_views.xml",
        "views/ged_kind_views.xml",
        "views/ged_seal_profile_views.xml",
        "views/res_config_settings_views.xml",
        "wizards/ged_export_templates.xml",
        "wizards/ged_hold_views.xml",
        "views/ged_archive_menus.xml",
    ],
    "demo": ["demo/ged_document_demo.xml"],
    "assets": {
        "web.assets_backend": [
            "ged_archive/static/src/document_preview/*",
        ],
    },
    "uninstall_hook": "uninstall_hook",
    "application": True,
    "installable": True,
}
