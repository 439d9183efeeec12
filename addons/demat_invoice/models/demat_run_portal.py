# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import email_normalize

_logger = logging.getLogger(__name__)

#: Lines whose customers are invited and committed together.
INVITE_SIZE = 20


class DematRun(models.Model):
    """Invite the customers of a run who have no account on the portal.

    After the sending of each batch, by the host's own wizard: the customer gets the
    host's invitation with a link, under which he chooses his password. Account,
    invitation (in the host's queue) and the word on the line are one transaction: a
    crash leaves all or nothing of them, and nobody is invited twice.
    """

    _inherit = "demat.run"

    def _get_uninvited_domain(self):
        """Lines that are sent and whose customer was not looked at yet."""
        self.ensure_one()
        if not self.create_portal:
            return Domain.FALSE
        return Domain(
            [
                ("run_id", "=", self.id),
                ("state", "=", "done"),
                ("portal_outcome", "=", False),
            ]
        )

    def _invite_customers(self, committed):
        """Invite for the lines that are sent, those of a dead process too."""
        if not self.create_portal:
            return
        while committed(self._invite_batch):
            pass

    def _invite_batch(self):
        """Treat some lines that nobody else holds; say whether there were any."""
        lines = self.env["demat.run.line"].search(
            self._get_uninvited_domain(), limit=INVITE_SIZE, order="sequence, id"
        )
        lines = lines._demat_try_lock()
        lines.invalidate_recordset(["portal_outcome"])
        for line in lines.filtered(lambda found: not found.portal_outcome):
            line._invite()
        return bool(lines)


class DematRunLine(models.Model):
    _inherit = "demat.run.line"

    portal_outcome = fields.Selection(
        [
            ("created", "Invited"),
            ("existing", "Has an account"),
            ("no_address", "No usable address"),
            ("failed", "Could not be invited"),
        ],
        string="Portal account",
        readonly=True,
    )
    portal_note = fields.Char(string="About the portal account", readonly=True)

    def _invite(self):
        """Invite the customer of this line, or write why not. Never raises for him."""
        self.ensure_one()
        move = self.move_id._demat_on_behalf_of(self.run_id.user_id)
        move = move.with_company(self.company_id)
        outcome, note = "failed", False
        try:
            with self.env.cr.savepoint():
                outcome, note = move._demat_invite_customer(
                    function=self.run_id.portal_function or "",
                    main_only=self.run_id.portal_main_only,
                )
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except UserError as error:
            note = error.args[0]
        except Exception as error:
            _logger.warning("No portal account for %s", self, exc_info=True)
            note = self.env._("Unexpected error: %(text)s", text=error)
        self.write({"portal_outcome": outcome, "portal_note": note})


class AccountMove(models.Model):
    _inherit = "account.move"

    def _demat_invite_customer(self, *, function="", main_only=False):
        """Give the customer of this invoice an account on the portal if he has none.

        Any user of the customer's entity counts: the portal shows him all of its
        invoices.

        :param function: invite a contact whose function contains this
        :param main_only: invite the main contact, and nobody else
        :return: (value of ``demat.run.line.portal_outcome``, words)
        :raises UserError: the host's wizard refuses
        """
        self.ensure_one()
        contact = self._demat_portal_contact(function, main_only)
        outcome, words = self.commercial_partner_id._demat_portal_invite(contact)
        # the line of a run tells the rest in words
        as_line = {"taken": "no_address", "disabled": "existing"}
        return as_line.get(outcome, outcome), words

    def _demat_portal_contact(self, function="", main_only=False):
        """Return who is invited: the first with one valid address of his own.

        The main contact before the others; with ``function`` or ``main_only`` only
        the contacts that these ask for (seed 003, "Diffusion").
        """
        entity = self.commercial_partner_id
        main = entity.child_ids.filtered("demat_main_contact")
        if function or main_only:
            candidates = main if main_only else main + (entity.child_ids - main)
            candidates = candidates.filtered(
                lambda contact: function.lower() in (contact.function or "").lower()
            )
        else:
            candidates = main + self.partner_id + self._demat_contact() + entity
        return candidates.filtered(lambda partner: email_normalize(partner.email))[:1]
