# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import TransactionCase, tagged

from ..models.demat_sign_triggers import GUARDS


@tagged("post_install", "-at_install")
class TestInstall(TransactionCase):
    def test_triggers(self):
        self.env.cr.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname = ANY(%s)"
            " AND tgenabled = 'A'",
            [list(GUARDS)],
        )
        self.assertEqual(self.env.cr.fetchone(), (len(GUARDS),))
