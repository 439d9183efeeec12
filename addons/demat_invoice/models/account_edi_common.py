# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The host searches units and groups of countries for each line of each invoice; a
batch has a ``Memory`` in its context that keeps the answers.
"""

from odoo import models


def _remember(records, key, ask):
    """Return the answer of ``ask()``, the one of before if the batch knows it.

    :param records: any records; their context says whether there is a batch
    :param key: tuple of the question and of all that its answer depends on
    """
    answers = records.env.context.get("demat_unece")
    if answers is None:
        return ask()
    key = (*key, records.env.lang)
    if key not in answers:
        answers[key] = ask()
    return answers[key]


class AccountEdiCommon(models.AbstractModel):
    _inherit = "account.edi.common"

    def _get_uom_unece_code(self, uom):
        # EXTENDS account_edi_ubl_cii
        ask = super()._get_uom_unece_code
        return _remember(self, ("uom", uom.id), lambda: ask(uom))

    def _get_tax_category_code(self, customer, supplier, tax):
        # EXTENDS account_edi_ubl_cii
        ask = super()._get_tax_category_code
        return _remember(
            self,
            ("category", self._name, customer.id, supplier.id, tax.id),
            lambda: ask(customer, supplier, tax),
        )

    def _get_tax_exemption_reason(self, customer, supplier, tax):
        # EXTENDS account_edi_ubl_cii; the caller may change his dictionary
        ask = super()._get_tax_exemption_reason
        return dict(
            _remember(
                self,
                ("exemption", self._name, customer.id, supplier.id, tax.id),
                lambda: ask(customer, supplier, tax),
            )
        )


class UomUom(models.Model):
    _inherit = "uom.uom"

    def _get_unece_code(self):
        # EXTENDS account
        ask = super()._get_unece_code
        return _remember(self, ("unit", self.id), ask)
