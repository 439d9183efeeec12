# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    ged_kind,
    ged_chain,
    ged_chain_verify,
    ged_event,
    ged_document,
    ged_document_store,
    ged_document_check,
    ged_document_destroy,
    ged_destruction,
    ged_destruction_line,
    ged_destruction_run,
    ged_seal_profile,
    ged_seal_profile_key,
    ged_seal_profile_check,
    ged_seal_profile_expiry,
    ir_attachment,
    mail_message,
    res_company,
    res_config_settings,
    res_users,
)
