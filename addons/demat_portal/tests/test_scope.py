# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestScope(TransactionCase):
    """Whose papers a user of the portal reads."""

    def test_own_group(self):
        """The customer, its subsidiaries and their contacts; nobody else."""
        partners = self.env["res.partner"]
        head = partners.create({"name": "Groupe Noyers", "is_company": True})
        below = partners.create(
            {"name": "Noyers Lyon", "is_company": True, "parent_id": head.id}
        )
        other = partners.create({"name": "Autre", "is_company": True})
        contact = partners.create(
            {"name": "Comptable", "parent_id": head.id, "email": "c@noyers.example"}
        )
        user = new_test_user(
            self.env, "noyers", groups="base.group_portal", partner_id=contact.id
        )
        self.assertEqual(user._demat_portal_own(), head | below)
        self.assertEqual(user._demat_portal_entities(), head | below)
        self.assertNotIn(other, user.with_user(user)._demat_portal_entities())
