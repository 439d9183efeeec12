# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from odoo.addons.demat_base.lib.resolution import Blocking, elsewhere

from .demat_exchange_chorus import CHORUS

ACTIVITY = "chorus_edi.mail_activity_type_chorus"


class AccountMove(models.Model):
    """An invoice to a public entity is told of through Chorus Pro, never by mail.

    The law decides (Code de la commande publique, art. L2192-1): no consent is asked.
    """

    _inherit = "account.move"

    chorus_invoice_ids = fields.One2many(
        "chorus.invoice",
        "move_id",
        string="Followed at Chorus Pro",
        readonly=True,
        copy=False,
        groups="demat_base.group_demat_user,account.group_account_readonly",
    )

    def _chorus_structure(self):
        """The public entity that gets this invoice; empty for other customers."""
        return self.commercial_partner_id.chorus_structure_id

    # -- who is told ------------------------------------------------------------------

    def _demat_resolve_one(self, partner, site, contact, company, **known):
        # EXTENDS demat_base
        structure = partner.commercial_partner_id.chorus_structure_id
        if not structure:
            return super()._demat_resolve_one(partner, site, contact, company, **known)
        blocking = list(self._demat_known_blocking(partner, site, company))
        if not company._chorus_account():
            blocking.append(
                Blocking(
                    "no_chorus_account",
                    self.env._(
                        "%(customer)s is a public entity, and the company %(company)s "
                        "has no account at Chorus Pro: ask an administrator to set it "
                        "up in Settings, Chorus Pro.",
                        customer=partner.commercial_partner_id.name,
                        company=company.name,
                    ),
                )
            )
        lang = partner.lang or company.partner_id.lang or self.env.lang or "en_US"
        return elsewhere(CHORUS, lang=lang, blocking=blocking)

    def _demat_prepare_exchange_vals(self, resolution):
        # EXTENDS demat_invoice
        rows = super()._demat_prepare_exchange_vals(resolution)
        for row in rows:
            if row["channel"] == CHORUS:
                row["recipients"] = self._chorus_recipient()
        return rows

    def _chorus_recipient(self):
        """The public entity in words: name, SIRET, service."""
        structure = self._chorus_structure()
        service = self.buyer_reference
        return ", ".join(
            part for part in (structure.name, structure.siret, service) if part
        )

    def _demat_host_channels(self, methods):
        # EXTENDS demat_invoice: nothing of the host's wizard replaces the deposit
        channels = super()._demat_host_channels(methods)
        return channels and {*channels, CHORUS}

    def _demat_notification_markup(self, resolution):
        # EXTENDS demat_base
        if resolution.channel != CHORUS:
            return super()._demat_notification_markup(resolution)
        return Markup('<div><i class="fa fa-university me-1"></i>%s</div>') % (
            self.env._(
                "Deposited at Chorus Pro for %(recipient)s; nobody is mailed.",
                recipient=self._chorus_recipient(),
            )
        )

    def _demat_copy_problems(self, resolutions):
        # EXTENDS demat_invoice
        problems = super()._demat_copy_problems(resolutions)
        for move in self:
            if resolutions[move.id].channel == CHORUS:
                problems[move] = self.env._(
                    "A public entity gets its invoices at Chorus Pro: type an address "
                    "to send somebody a copy."
                )
        return problems

    # -- the deposit ------------------------------------------------------------------

    def _demat_publish_together(self, produced):
        # EXTENDS demat_invoice: what is to be deposited is followed from now on
        result = super()._demat_publish_together(produced)
        waiting = self._demat_exchanges(CHORUS).filtered_domain(
            [("direction", "=", "out")]
        )
        if waiting:
            self.env["chorus.invoice"]._ensure(waiting)
        return result

    def _demat_dispatch_channels(self):
        # EXTENDS demat_invoice: flows are packed and deposited by their own job
        result = super()._demat_dispatch_channels()
        if self._demat_exchanges(CHORUS):
            self.env["chorus.flow"]._call_deposit()
            self.env["demat.exchange"]._demat_commit()
        return result

    def _chorus_outgoing(self, *exchange_states):
        """The exchanges of the versions sent last that are in one of these states."""
        return (
            self.env["demat.exchange"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("document_id", "in", self.sudo().demat_document_id.ids),
                    ("channel", "=", CHORUS),
                    ("direction", "=", "out"),
                    ("state", "in", exchange_states),
                ]
            )
        )

    def _demat_reopen(self, reason):
        # EXTENDS demat_invoice: the number of an invoice that Chorus Pro has is used
        self._demat_check_manager()
        there = self._chorus_outgoing("sending", "unknown", "done")
        if there:
            raise UserError(
                self.env._(
                    "%(names)s: Chorus Pro has it, or may have it; the same number is "
                    "taken only once. Make a credit note and a new invoice instead.",
                    names=", ".join(sorted(set(there.mapped("res_name")))),
                )
            )
        return super()._demat_reopen(reason)

    # -- to-dos -----------------------------------------------------------------------

    def _chorus_todo(self, user, text):
        """Tell who sent the invoice that somebody has to act; once for one cause.

        :param user: empty or no longer active: the next invoicing clerk
        :param text: plain words
        """
        for move in self.sudo():
            told = self._chorus_clerk(user, move.company_id)
            if not told:
                continue
            note = Markup("<br/>").join(text.splitlines())
            known = move.activity_search([ACTIVITY])
            if html2plaintext(note) in map(html2plaintext, known.mapped("note")):
                continue
            move.activity_schedule(
                ACTIVITY,
                summary=self.env._("Chorus Pro: something to do"),
                note=note,
                user_id=told.id,
            )

    def _chorus_todo_done(self):
        """What was to do has been overtaken by events."""
        self.sudo().activity_unlink([ACTIVITY])

    def _chorus_clerk(self, user, company):
        if user and user.active and not user.share and user._is_internal():
            return user
        group = self.env.ref("demat_base.group_demat_user").sudo()
        users = group.all_user_ids.filtered(
            lambda found: found.active and company in found.company_ids
        )
        return users.sorted(lambda found: (found._is_system(), found.id))[:1]
