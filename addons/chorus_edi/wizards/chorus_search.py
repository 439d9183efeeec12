# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from itertools import islice

from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import errors

#: More are not shown: one says more of the name.
MOST = 50


class ChorusSearch(models.TransientModel):
    """Window that searches the directory of Chorus Pro and brings an entity.

    Opened from a customer, it makes him a public entity.
    """

    _name = "chorus.search"
    _description = "Search of the directory of Chorus Pro"

    query = fields.Char(
        string="SIRET or name",
        default=lambda self: self._default_query(),
        help="Fourteen digits, or a part of the name.",
    )
    partner_id = fields.Many2one("res.partner", string="Customer")
    line_ids = fields.One2many("chorus.search.line", "search_id", string="Found")
    note = fields.Char(readonly=True)

    def _default_query(self):
        partner = self.env["res.partner"].browse(
            self.env.context.get("default_partner_id")
        )
        entity = partner.commercial_partner_id
        digits = "".join((entity.company_registry or "").split())
        return digits if len(digits) == 14 else entity.name

    def action_search(self):
        """Ask Chorus Pro; the window stays open with what was found."""
        self.ensure_one()
        structures = self.env["chorus.structure"]
        structures._require_clerk()
        query = (self.query or "").strip()
        digits = "".join(query.split())
        if digits.isdigit() and len(digits) == 14:
            criteria = {"siret": digits}
        elif len(query) >= 3:
            criteria = {"name": query}
        else:
            raise UserError(
                self.env._(
                    "Give a SIRET of fourteen digits, or three letters of a name."
                )
            )
        account = structures._directory_account()
        try:
            answers = account._chorus_client().structures(**criteria)
            found = list(islice(answers, MOST + 1))
        except errors.ChorusError as error:
            raise UserError(account._chorus_error_words(error)) from error
        self._fill(found)
        return self._reopen()

    def _fill(self, found):
        # the lines are what Chorus Pro answered: nobody writes them by RPC
        self.line_ids.sudo().unlink()
        self.env["chorus.search.line"].sudo().create(
            [
                {
                    "search_id": self.id,
                    "siret": answer.siret,
                    "name": answer.name,
                    "is_open": answer.active,
                }
                for answer in found[:MOST]
            ]
        )
        if not found:
            self.note = self.env._(
                "Nothing found. Chorus Pro knows public entities by the SIRET of each "
                "establishment."
            )
        elif len(found) > MOST:
            self.note = self.env._(
                "More than %(most)s were found: give more of the name, or the SIRET.",
                most=MOST,
            )
        else:
            self.note = False

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Search the directory of Chorus Pro"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class ChorusSearchLine(models.TransientModel):
    _name = "chorus.search.line"
    _description = "Entity found in the directory of Chorus Pro"

    search_id = fields.Many2one("chorus.search", required=True, ondelete="cascade")
    siret = fields.Char(string="SIRET", readonly=True)
    name = fields.Char(readonly=True)
    is_open = fields.Boolean(string="Open", readonly=True)

    def action_bring(self):
        """Bring the entity with its services; give it to the customer, if there is
        one, else show it.
        """
        self.ensure_one()
        structures = self.env["chorus.structure"]
        structures._require_clerk()
        account = structures._directory_account()
        try:
            structure = structures._bring(self.siret, account._chorus_client())
        except errors.ChorusError as error:
            raise UserError(account._chorus_error_words(error)) from error
        partner = self.search_id.partner_id
        if partner:
            # as with a consent: who sends the invoices decides, whether he may change
            # contacts or not
            partner.check_access("read")
            partner.sudo()._chorus_become_public(structure)
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.act_window",
            "res_model": "chorus.structure",
            "res_id": structure.id,
            "view_mode": "form",
        }
