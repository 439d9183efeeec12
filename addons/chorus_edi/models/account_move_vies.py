# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.demat_invoice.models.account_move_produce import Failure
from odoo.addons.demat_invoice.models.rights import check_demat_user

from ..lib.vies import VatNumber

ACTIVITY = "chorus_edi.mail_activity_type_vies"
#: VAT categories (UNCL 5305) of an invoice without VAT to a customer of another member
#: state: goods, services.
CATEGORIES = {"K", "AE"}


class AccountMove(models.Model):
    """An invoice without VAT to another member state rests on the customer's VAT
    number: VIES is asked before it is sent, and its answer kept. It never waits for
    VIES.
    """

    _inherit = "account.move"

    vies_check_id = fields.Many2one(
        "vies.check",
        string="VAT number at VIES",
        compute="_compute_vies",
        groups="demat_base.group_demat_user",
    )
    vies_state = fields.Selection(
        [
            ("todo", "To be asked when it is sent"),
            ("valid", "Valid"),
            ("invalid", "Not valid"),
            ("none", "No answer yet"),
        ],
        string="VAT number",
        compute="_compute_vies",
        groups="demat_base.group_demat_user",
        help="An invoice without VAT to another member state needs the VAT number of "
        "the customer; VIES is asked before it is sent.",
    )

    @api.depends(
        "commercial_partner_id.country_id",
        "commercial_partner_id.vat",
        "company_id",
        "demat_state",
        "invoice_line_ids.tax_ids",
    )
    def _compute_vies(self):
        numbers = self._vies_numbers()
        linked = self._vies_linked(numbers)
        for company, moves in self.grouped("company_id").items():
            known = {}
            if asked := {numbers[move] for move in moves if move in numbers}:
                known = self.env["vies.check"]._find_answers(
                    company, {str(number) for number in asked}
                )
            for move in moves:
                check = linked.get(move._origin.id)
                if not check and move in numbers:
                    check = known.get(str(numbers[move]))
                move.vies_check_id = check
                move.vies_state = check.outcome if check else move in numbers and "todo"

    def _vies_linked(self, numbers):
        """Return ``{id: check}``, the last consultation that each invoice rests on.

        An invoice that has not left needs the number of its customer of today.
        """
        checks = self.env["vies.check"].search(
            [("move_ids", "in", self._origin.ids)], order="asked_at, id"
        )
        wanted = {
            move._origin.id: None if move.demat_locked else str(numbers.get(move))
            for move in self
        }
        return {
            move_id: check
            for check in checks
            for move_id in check.move_ids.ids
            if move_id in wanted and wanted[move_id] in (None, check.vat)
        }

    # -- which invoices ---------------------------------------------------------------

    def _vies_numbers(self):
        """Return ``{move: VatNumber}`` of the invoices without VAT to customers of
        other member states who have a number; a customer without one has ``None``.
        """
        common = self.env["account.edi.common"]
        found = {}
        for move in self:
            customer = move.commercial_partner_id
            supplier = move.company_id.partner_id.commercial_partner_id
            if (
                move.move_type not in ("out_invoice", "out_refund")
                or not customer  # a new invoice on the screen
                or customer.country_id == supplier.country_id
                or not move.company_id.vies_checking
                or not customer._vies_in_union()
            ):
                continue
            taxes = move.invoice_line_ids.tax_ids
            if any(
                common._get_tax_category_code(customer, supplier, tax) in CATEGORIES
                for tax in taxes
            ):
                found[move] = VatNumber.parse(customer.vat)
        return found

    # -- before the sending -----------------------------------------------------------

    def _demat_produce(self):
        # EXTENDS demat_invoice
        refused = self._vies_before_sending()
        produced, failures = super(
            AccountMove, self - self.browse([move.id for move in refused])
        )._demat_produce()
        return produced, {**failures, **refused}

    def _demat_seal_for_host(self, pdf):
        # EXTENDS demat_invoice
        refused = self._vies_before_sending()
        return refused.get(self) or super()._demat_seal_for_host(pdf)

    def _vies_before_sending(self):
        """Ask VIES about the customers of these invoices, unless it was asked lately.

        Whatever goes wrong with that, the invoices leave.

        :return: ``{move: Failure}`` of those that the company holds back since their
            customer's number is not valid
        """
        # what goes wrong is logged there
        checked = self._demat_guarded(self._vies_ask)
        if isinstance(checked, Failure):
            return {}
        return {
            move: Failure("vies", check.words)
            for move, check in checked.items()
            if check.outcome == "invalid" and move.company_id.vies_hold_invalid
        }

    def _vies_ask(self, *, fresh=False):
        """Link each invoice concerned with an answer of VIES, asked now if need be.

        :param fresh: ask even if there is an answer that could be used
        :return: ``{move: vies.check}``
        """
        numbers = self._vies_numbers()
        for move in numbers:
            if not numbers[move]:
                move._vies_todo(move._vies_no_number())
        checked = {}
        groups = self.browse([move.id for move in numbers if numbers[move]]).grouped(
            lambda move: (move.company_id, numbers[move])
        )
        for (company, number), moves in groups.items():
            checks = self.env["vies.check"].with_company(company)
            check = checks._find_answers(company, {str(number)}).get(str(number))
            if check and not fresh and check._is_usable():
                check._link(moves)
            else:
                check = checks._consult(
                    company,
                    moves[0].commercial_partner_id,
                    number,
                    moves=moves,
                    rest=not fresh,
                )
            moves._vies_tell(check)
            checked.update(dict.fromkeys(moves, check))
        self.invalidate_recordset(["vies_check_id", "vies_state"], flush=False)
        return checked

    def _vies_no_number(self):
        return self.env._(
            "%(customer)s has no VAT number that VIES knows: an invoice without VAT "
            "needs one. Fill it in on the customer.",
            customer=self.commercial_partner_id.name,
        )

    def _vies_tell(self, check):
        """Write the outcome on the invoices: a note, and a to-do if somebody must
        act.
        """
        for move in self:
            if check.outcome == "valid" and check.consultation:
                open_ones = move.sudo().activity_search([ACTIVITY])
                open_ones.action_feedback(feedback=check.words)
                move._message_log(body=check.words)
            else:
                move._vies_todo(check.words)

    def _vies_todo(self, text):
        """Leave one to-do, for who sends the invoice."""
        move = self.sudo()
        body = plaintext2html(text)
        open_ones = move.activity_search([ACTIVITY])
        if open_ones:
            open_ones.note = body
            return
        move._message_log(body=text)
        user = move.demat_sent_uid or self.env.user
        if not user.active or user.share:
            user = move.invoice_user_id or self.env.ref("base.user_admin")
        move.activity_schedule(ACTIVITY, note=body, user_id=user.id)

    # -- buttons and checks -----------------------------------------------------------

    def action_vies_check(self):
        """Ask VIES now."""
        check_demat_user(self)
        moves = self.filtered(lambda move: move in self._vies_numbers())
        if not moves:
            raise UserError(
                self.env._(
                    "VIES is asked about invoices without VAT to customers of other "
                    "member states, and only where the settings say so."
                )
            )
        checked = moves.sudo()._vies_ask(fresh=True)
        lines = [check.words for check in dict.fromkeys(checked.values())]
        lines += [
            move._vies_no_number() for move in moves if move.sudo() not in checked
        ]
        good = all(check.outcome == "valid" for check in checked.values())
        return self.env["vies.check"]._notification(
            lines, good and len(checked) == len(moves)
        )

    def _demat_document_findings(self, **options):
        # EXTENDS demat_invoice: what is known is said before the sending starts
        findings = super()._demat_document_findings(**options)
        for move in self:
            if not move.company_id.vies_hold_invalid:
                continue
            check = move.sudo().vies_check_id
            if check.outcome == "invalid" and check._is_usable():
                findings.setdefault(move, []).append(
                    self._demat_new_blocking(
                        "vies", check.words, move.commercial_partner_id
                    )
                )
        return findings
