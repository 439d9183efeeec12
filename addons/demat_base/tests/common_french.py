# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.addons.account.tests.common import AccountTestInvoicingCommon

#: What ``./demat test`` puts into the database of the tests (tests/support).
PREPARED = "__test__.french_company"


class FrenchCommon(AccountTestInvoicingCommon):
    """What the host gives to tests of invoices, in a French company.

    Its chart of accounts takes seconds; where one was prepared, that one is taken.
    """

    @classmethod
    @AccountTestInvoicingCommon.setup_country("fr")
    def setUpClass(cls):
        super().setUpClass()

    @classmethod
    def setup_independent_company(cls, **kwargs):
        prepared = cls.env.ref(PREPARED, raise_if_not_found=False)
        if not prepared:
            return super().setup_independent_company(**kwargs)
        # as for whoever makes one
        cls.env.user.company_ids |= prepared
        return prepared
