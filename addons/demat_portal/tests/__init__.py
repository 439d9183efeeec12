# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_scope
from . import test_documents
from . import test_pay
from . import test_statement
from . import test_rights
