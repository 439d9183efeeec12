# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError


class DematProcessFavorite(models.Model):
    """Criteria of the processing screen that a clerk keeps under a name.

    His own unless shared; a shared one is changed by its owner and by the
    administrators of the dematerialisation.
    """

    _name = "demat.process.favorite"
    _description = "Favourite of the Processing Screen"
    _inherit = ["demat.criteria"]
    _order = "is_default desc, name, id"

    name = fields.Char(required=True)
    created_by_ids = fields.Many2many(relation="demat_favorite_created_by_rel")
    edited_by_ids = fields.Many2many(relation="demat_favorite_edited_by_rel")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        readonly=True,
        default=lambda self: self.env.uid,
        ondelete="cascade",
    )
    is_shared = fields.Boolean("Shared with all", help="Every clerk sees it.")
    is_default = fields.Boolean(
        "Opened first", help="The screen opens with these criteria, for its owner."
    )

    _name_uniq = models.Constraint(
        "UNIQUE (user_id, name)", "You have a favourite of this name already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: nobody makes favourites in another's name
        for values in vals_list:
            if values.get("user_id", self.env.uid) != self.env.uid and not self.env.su:
                raise AccessError(
                    self.env._("A favourite belongs to the user who makes it.")
                )
        favorites = super().create(vals_list)
        favorites._keep_one_default()
        return favorites

    def write(self, vals):
        # EXTENDS base
        if vals.keys() & {"user_id"} and not self.env.su:
            raise AccessError(self.env._("The owner of a favourite does not change."))
        result = super().write(vals)
        if vals.get("is_default"):
            self._keep_one_default()
        return result

    def _keep_one_default(self):
        """The last one marked is the one that the screen opens with."""
        for favorite in self.filtered("is_default"):
            others = self.search(
                [
                    ("user_id", "=", favorite.user_id.id),
                    ("is_default", "=", True),
                    ("id", "!=", favorite.id),
                ]
            )
            others.write({"is_default": False})

    @api.model
    def _get_default(self):
        """The favourite that the screen of this user opens with, possibly empty."""
        return self.search(
            [("user_id", "=", self.env.uid), ("is_default", "=", True)], limit=1
        )
