# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# isort: off
# the exchange comes before the files that extend it, the mixin before its users
from . import demat_exchange

# isort: on
from . import (
    base,
    demat_consent,
    demat_document_mixin,
    demat_exchange_actions,
    demat_exchange_attachment,
    demat_exchange_dispatch,
    demat_exchange_failure,
    demat_exchange_log,
    demat_exchange_mail,
    demat_exchange_mail_rows,
    demat_label,
    demat_label_mixin,
    demat_notified_mixin,
    demat_status_mixin,
    ir_mail_server,
    mail_mail,
    mail_notification,
    mail_thread,
    project_project,
    project_project_label,
    res_company,
    res_config_settings,
    res_partner,
)
