# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_scope
from . import test_documents
from . import test_pay
from . import test_pay_booking
from . import test_pay_twice
from . import test_pay_instalments
from . import test_statement
from . import test_statement_entries
from . import test_statement_files
from . import test_statement_pages
from . import test_rights
from . import test_access_granted
from . import test_accounts
from . import test_addresses
from . import test_consent_portal
from . import test_mails
from . import test_rights_accountant
from . import test_reader_limits
from . import test_statement_sums
