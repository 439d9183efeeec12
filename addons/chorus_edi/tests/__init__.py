# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# account of the company and directory
from . import test_chorus_account
from . import test_chorus_directory
from . import test_chorus_invoice
from . import test_chorus_checks
from . import test_chorus_engagement

# flows and what became of each invoice
from . import test_chorus_flow
from . import test_chorus_branch
from . import test_chorus_settle
from . import test_chorus_told
from . import test_chorus_follow
from . import test_chorus_by_hand
from . import test_chorus_report_archive
from . import test_chorus_overdue
from . import test_chorus_return

# consultation of VIES
from . import test_chorus_attacks
from . import test_chorus_rights
from . import test_vies_check
