# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.demat_base.lib.resolution import Blocking, Remark


class AccountMove(models.Model):
    """What is found in an invoice before it is sent: all of it at once, in sets.

    A finding is a ``Blocking``, which keeps the invoice from being sent, or a
    ``Remark``, which is worth a look and holds nothing back. Screens show both.
    """

    _inherit = "account.move"

    def _demat_sending_findings(self, *, resolutions=None, sealed_next=False):
        """Return all that is to be said of these invoices before they are sent.

        :param resolutions: what :meth:`_demat_resolve` answers for them, if known
        :param sealed_next: see :meth:`_demat_document_findings`
        :return: ``{move: [Blocking or Remark]}``, only the moves with something
        """
        findings = self._demat_document_findings(sealed_next=sealed_next)
        resolutions = resolutions or self._demat_resolve()
        for move in self:
            found = list(resolutions[move.id].blocking)
            if found:
                findings[move] = found + findings.get(move, [])
        return findings

    def _demat_sending_problems(self, **options):
        """Return what keeps these invoices from being sent.

        :param options: of :meth:`_demat_sending_findings`
        :return: ``{move: [Blocking]}``, only the moves that have a problem
        """
        return _blocking_only(self._demat_sending_findings(**options))

    def _demat_document_problems(self, **options):
        """Return what keeps the document itself from being made, whoever tells of it.

        :param options: of :meth:`_demat_document_findings`
        :return: ``{move: [Blocking]}``, only the moves that have a problem
        """
        return _blocking_only(self._demat_document_findings(**options))

    def _demat_document_findings(self, *, sealed_next=False):
        """Return what is to be said of the documents themselves, whoever tells of it.

        TO EXTEND by connectors with their own checks.

        :param sealed_next: what nothing blocks is sealed right after this: a check
            that the sealing does itself may be left out for it, at no loss
        :return: ``{move: [Blocking or Remark]}``, only the moves with something
        """
        blocking = self._demat_new_blocking
        findings = {}
        for move in self:
            found = []
            company = move.company_id
            if not company.ged_seal_profile_id:
                found.append(
                    blocking(
                        "no_seal",
                        self.env._(
                            "The company %(name)s has no seal: choose a seal profile "
                            "in Settings, Archive.",
                            name=company.name,
                        ),
                        company,
                    )
                )
            if move.move_type == "out_invoice" and not move.partner_bank_id:
                found.append(
                    blocking(
                        "no_bank",
                        self.env._(
                            "The electronic invoice needs the bank account to pay to: "
                            "give the company %(name)s a bank account.",
                            name=company.name,
                        ),
                        company.partner_id,
                    )
                )
            if not move.partner_id.country_id:
                found.append(
                    blocking(
                        "no_country",
                        self.env._(
                            "The electronic invoice needs the postal address of "
                            "%(name)s with its country.",
                            name=move.partner_id.display_name,
                        ),
                        move.partner_id,
                    )
                )
            if found:
                findings[move] = found
        return findings

    def _demat_draft_xml(self):
        """Return the CII XML of the host, however incomplete, and what it misses.

        TO EXTEND by connectors whose recipients want it otherwise.

        :return: ``(bytes, {text})``; with texts it is good for checks only
        """
        return self.env["account.edi.xml.cii"]._export_invoice(self)

    def _demat_new_blocking(self, code, message, record):
        return Blocking(code, message, record._name, record.id)

    def _demat_new_remark(self, code, message, record):
        return Remark(code, message, record._name, record.id)


def _blocking_only(findings):
    """Of ``{move: [Blocking or Remark]}`` what holds back."""
    blocking = {
        move: [one for one in found if not isinstance(one, Remark)]
        for move, found in findings.items()
    }
    return {move: found for move, found in blocking.items() if found}
