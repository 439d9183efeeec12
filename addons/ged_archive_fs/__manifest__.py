# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Document archive: files in a storage of their own",
    "summary": "Archived contents in S3 or any other storage of OCA fs_attachment",
    "version": "19.0.1.0.0",
    "category": "Productivity/Documents",
    "license": "LGPL-3",
    "author": "The demat contributors",
    "website": "https://github.com/demat-addons/demat",
    "depends": ["ged_archive", "fs_attachment"],
    "data": [],
    "auto_install": True,
    "installable": True,
}
