# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.demat_invoice.models.account_move_dispatch import INLINE_LIMIT

from ..lib import errors

#: Engagements that one check asks Chorus Pro about while somebody waits; the others are
#: asked about when their invoices are sent.
ENGAGEMENT_LIMIT = INLINE_LIMIT
LATER = "later"


class EngagementLookup:
    """What one check asks Chorus Pro about engagements: with one client for each
    account, about each number once, and no more where no answer came.

    :param limit: how many numbers are asked about; ``None``: all
    """

    def __init__(self, limit=None):
        self._limit = limit
        self._clients = {}  # {id of the account: its client, None: no answer comes}
        self._answers = {}  # {(id of the account, number): True, False or None}

    def exists(self, account, number):
        """Say whether Chorus Pro knows an engagement.

        :return: ``True``, ``False``; ``None``: no answer; ``LATER``: not asked about
        """
        key = (account.id, number)
        if key not in self._answers:
            client = self._client(account)
            if client is None:
                return None
            if self._limit is not None and len(self._answers) >= self._limit:
                return LATER
            self._answers[key] = self._ask(client, account, number)
        return self._answers[key]

    def _client(self, account):
        if account.id not in self._clients:
            try:
                self._clients[account.id] = account._chorus_client()
            except UserError:
                self._clients[account.id] = None
        return self._clients[account.id]

    def _ask(self, client, account, number):
        try:
            return client.engagement_exists(account.structure_ref, number)
        except errors.Rejected:
            return None  # this number; never an obstacle: the platform checks it again
        except errors.ChorusError:
            # the next one would wait as long for nothing
            self._clients[account.id] = None
            return None


class AccountMove(models.Model):
    """The engagement of an invoice, looked up at Chorus Pro before it is sealed."""

    _inherit = "account.move"

    @api.model
    def _chorus_engagement_lookup(self, sealed_next):
        """Return the :class:`EngagementLookup` of a check; a sending asks about all.

        The host checks what it sends one by one: these share what was answered.
        """
        batch = self.env.context.get("demat_checks", {})
        limit = None if sealed_next else ENGAGEMENT_LIMIT
        return batch.setdefault("engagements", EngagementLookup(limit))

    def _chorus_engagement_problems(self, lookup):
        """Ask Chorus Pro about the engagement, if the company wants that and the buyer
        publishes his. No answer is no obstacle.

        :param lookup: :class:`EngagementLookup` of this check
        """
        self.ensure_one()
        account = self.company_id._chorus_account()
        engagement = (self.purchase_order_reference or "").strip()
        if not (
            account.check_engagement
            and account.structure_ref
            and engagement
            and self.chorus_structure_id.publishes_engagements
        ):
            return
        answer = lookup.exists(account, engagement)
        if answer is False:
            yield self._demat_new_blocking(
                "chorus_engagement_unknown",
                self.env._(
                    'Chorus Pro knows no engagement "%(number)s": check it with the '
                    'customer and mend "Engagement number" on the invoice.',
                    number=engagement,
                ),
                self,
            )
        elif answer == LATER:
            yield self._demat_new_remark(
                "chorus_engagement_later",
                self.env._(
                    "Its engagement number is looked up at Chorus Pro when it is sent: "
                    "here that was done for %(count)s numbers only.",
                    count=ENGAGEMENT_LIMIT,
                ),
                self,
            )


class ChorusStructure(models.Model):
    _inherit = "chorus.structure"

    publishes_engagements = fields.Boolean(
        string="Engagements can be looked up",
        compute="_compute_publishes_engagements",
        store=True,
        readonly=False,
        help="Only the State publishes its engagement numbers at Chorus Pro.",
    )

    @api.depends("siret")
    def _compute_publishes_engagements(self):
        for structure in self:
            # the SIREN of the State
            structure.publishes_engagements = (structure.siret or "").startswith(
                "110002011"
            )
