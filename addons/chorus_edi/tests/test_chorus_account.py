# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestChorusAccount(TransactionCase):
    def test_secrets_are_for_system_administrators(self):
        account = self.env["chorus.account"].create(
            {"company_id": self.env["res.company"].create({"name": "X"}).id}
        )
        clerk = new_test_user(
            self.env, "chorus_clerk", groups="demat_base.group_demat_user"
        )
        clerk.company_ids |= account.company_id
        account = account.with_user(clerk).with_company(account.company_id)
        with self.assertRaises(AccessError):
            account.read(["client_secret"])
