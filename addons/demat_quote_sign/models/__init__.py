# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# isort: off
# the models come before the files that extend them
from . import demat_sign_terms, demat_sign_request, demat_sign_signatory
from . import demat_sign_event

# isort: on
from . import (
    demat_sign_freeze,
    demat_sign_life,
    demat_sign_mail,
    demat_sign_send,
    res_company,
    res_config_settings,
    res_partner,
    sale_order,
    sale_order_line,
    sale_order_sign,
)
