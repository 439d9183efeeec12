# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import address
from . import dematerialisation
from . import documents
from . import home
from . import payment
from . import invoices
from . import statement
