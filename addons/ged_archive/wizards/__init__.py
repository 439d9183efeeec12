# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    base_partner_merge,
    ged_destruction_decision,
    ged_document_check,
    ged_export,
    ged_export_job,
    ged_export_later,
    ged_export_zip,
    ged_file,
    ged_hold,
    ged_import,
    ged_import_file,
    ged_import_job,
    ged_import_later,
    ged_import_match,
    ged_import_words,
    ged_verification_start,
)
