# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import res_users
from . import demat_portal_granted_mixin
from . import account_move_pay
from . import account_move_reader
from . import account_move_seen
from . import ged_document
from . import payment_transaction
from . import res_partner_bank
from . import res_users_visit
from . import account_move
from . import demat_statement
from . import demat_statement_entries
from . import demat_statement_page
from . import demat_statement_files
from . import demat_statement_overview
from . import demat_address_change
from . import demat_notified_portal
from . import demat_portal_access
from . import demat_portal_access_life
from . import demat_portal_throttle
from . import ir_qweb_field_date
from . import mail_template
from . import res_config_settings
from . import res_partner_access
from . import res_partner_account
from . import res_users_access
