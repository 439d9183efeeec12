# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import models
from odoo.tools import float_repr

from odoo.addons.ged_archive.lib.hashing import canonical, sha256

#: More decimals than any price, quantity or amount of the host has.
DIGITS = 8
#: States in which the document is a quote; in the others it is titled an order.
QUOTE_STATES = ("draft", "sent")


def _number(value):
    # a text: the text of a binary float depends on how it was computed
    return float_repr(value or 0.0, DIGITS)


def _files(record, field_name):
    """PDF files that ``sale_pdf_quote_builder`` prints with the quote, if it is there:
    the number and the checksum of each."""
    if field_name not in record._fields:
        return []
    record[field_name].invalidate_recordset()
    return [[one.id, one.checksum or None] for one in record[field_name].sorted("id")]


def _form_fields(order):
    """What was typed into the form fields of these files, as the host keeps it."""
    if "customizable_pdf_form_fields" not in order._fields:
        return None
    # a text: it may hold numbers, which have more than one way to be written
    return json.dumps(order.customizable_pdf_form_fields or None, sort_keys=True)


class SaleOrder(models.Model):
    """The digest over all that the document shows: it tells whether a quote changed."""

    _inherit = "sale.order"

    def _demat_sign_digest(self):
        """SHA-256 over the canonical JSON of :meth:`_demat_sign_facts`.

        Read from the database, whatever is in the cache: a change by raw SQL counts.
        """
        self.ensure_one()
        self.env.flush_all()
        order = self.sudo()
        order.invalidate_recordset()
        order.order_line.invalidate_recordset()
        return sha256(canonical(order._demat_sign_facts()))

    def _demat_sign_facts(self):
        """All that the document shows, as plain values; TO EXTEND by addons that print
        more on it.

        In the language of the customer, like the document itself.
        """
        self.ensure_one()
        order = self.with_context(lang=self.partner_id.lang).with_company(
            self.company_id
        )
        return {
            **order._demat_sign_head_facts(),
            **order._demat_sign_money_facts(),
            "lines": [
                line._demat_sign_facts()
                for line in order.order_line.sorted(lambda one: (one.sequence, one.id))
            ],
        }

    def _demat_sign_head_facts(self):
        """Who, when, where."""
        return {
            "number": self.name,
            "is_quote": self.state in QUOTE_STATES,
            "company": self._demat_sign_company_facts(),
            "site": self._demat_site().name or None,
            "customer": self._demat_sign_party(self.partner_id),
            "invoice_address": self._demat_sign_party(self.partner_invoice_id),
            "delivery_address": self._demat_sign_party(self.partner_shipping_id),
            "reference": self.client_order_ref or None,
            "date": self.date_order or None,
            "validity": self.validity_date or None,
            "delivery_date": self.commitment_date or None,
            "salesperson": self.user_id.name or None,
            "note": str(self.note or ""),
            "payment_terms": self.payment_term_id.name or None,
            "payment_terms_note": str(self.payment_term_id.note or ""),
            "fiscal_position": self.fiscal_position_id.name or None,
            "fiscal_note": str(self.fiscal_position_id.note or ""),
            "files": _files(self, "quotation_document_ids"),
            "form_fields": _form_fields(self),
            **self._demat_sign_shipping_facts(),
        }

    def _demat_sign_shipping_facts(self):
        """What ``sale_stock`` and ``delivery`` print, if they are there; nothing for a
        quote without it: the digests of quotes that were sent before stay."""
        facts = {}
        if "incoterm" in self._fields and self.incoterm:
            facts["incoterm"] = [self.incoterm.code, self.incoterm_location or None]
        if "carrier_id" in self._fields and self.carrier_id.carrier_description:
            facts["shipping"] = str(self.carrier_id.carrier_description)
        return facts

    def _demat_sign_company_facts(self):
        """What stands at head and foot of each page."""
        company = self.company_id.with_context(lang=self.env.context.get("lang"))
        return {
            **self._demat_sign_party(company.partner_id),
            "name": company.name,
            "header": str(company.report_header or ""),
            "footer": str(company.report_footer or ""),
            "details": str(company.company_details or ""),
        }

    def _demat_sign_party(self, partner):
        return {
            "name": partner.name or None,
            "address": partner._display_address(without_company=True),
            "vat": partner.vat or None,
            "phone": partner.phone or None,
        }

    def _demat_sign_money_facts(self):
        """Totals, currency, and the deposit that is asked for after the signature."""
        return {
            "currency": self.currency_id.name,
            "untaxed": _number(self.amount_untaxed),
            "tax": _number(self.amount_tax),
            "total": _number(self.amount_total),
            "deposit": _number(self.prepayment_percent)
            if self.require_payment
            else None,
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _demat_sign_facts(self):
        """What the document shows of one line; see ``sale.order._demat_sign_facts``."""
        self.ensure_one()
        return {
            "kind": self.display_type or "product",
            "text": self.name or "",
            "product": self.product_id.id or None,
            "quantity": _number(self.product_uom_qty),
            "unit": self.product_uom_id.name or None,
            "product_unit": self.product_id.uom_id.name or None,
            "price": _number(self.price_unit),
            "discount": _number(self.discount),
            "taxes": [
                [tax.name, tax.tax_label or None, tax.amount_type, _number(tax.amount)]
                for tax in self.tax_ids.sorted("id")
            ],
            "untaxed": _number(self.price_subtotal),
            "total": _number(self.price_total),
            "deposit": self.is_downpayment,
            "optional": self.is_optional,
            "hidden": [self.collapse_prices, self.collapse_composition],
            "files": _files(self, "product_document_ids"),
            **self._demat_sign_variant_facts(),
        }

    def _demat_sign_variant_facts(self):
        """What makes a line a section of variants, or a variant; nothing for others:
        the digests of quotes that were sent before there were variants stay."""
        if self.demat_sign_variant:
            return {"variants": True}
        if self._demat_sign_variant_section():
            return {"offered": _number(self.demat_sign_offered_qty)}
        return {}
