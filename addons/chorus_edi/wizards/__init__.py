# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# account of the company and directory
from . import chorus_search

# flows and what became of each invoice
from . import chorus_act_wizard
from . import chorus_complete_wizard
from . import chorus_recycle_wizard
from . import chorus_tell_wizard
from . import chorus_check_wizard
from . import demat_process_chorus
