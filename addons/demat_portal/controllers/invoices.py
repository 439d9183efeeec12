# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.account.controllers.portal import PortalAccount

from ..lib import statement_filter


class DematPortalInvoices(PortalAccount):
    """The host's list of invoices, by year (seed 003: “Vos factures, Année 2022”)."""

    def _prepare_my_invoices_values(
        self, page, date_begin, date_end, sortby, filterby, domain=None, **kwargs
    ):
        # EXTENDS account: the year is one more filter, beside those of the host
        try:
            year = statement_filter.read({"year": request.params.get("year")}).year
        except statement_filter.FilterError:
            raise request.not_found() from None
        domain = Domain(domain or Domain.TRUE)
        if isinstance(year, int):
            domain &= Domain("invoice_date", ">=", f"{year}-01-01")
            domain &= Domain("invoice_date", "<=", f"{year}-12-31")
        values = super()._prepare_my_invoices_values(
            page, date_begin, date_end, sortby, filterby, domain=domain, **kwargs
        )
        values["pager"]["url_args"]["year"] = year
        # each day of the list is written once, see ``ir.qweb.field.date``
        request.demat_days = {}
        return {**values, "year": year, "years": self._invoice_years()}

    def _invoice_years(self):
        """Return the years from the first invoice that the user may read to the last,
        newest first."""
        moves = request.env["account.move"]
        if not moves.has_access("read"):
            return []
        [(first, last)] = moves._read_group(
            self._get_invoices_domain(),
            aggregates=["invoice_date:min", "invoice_date:max"],
        )
        return list(range(last.year, first.year - 1, -1)) if first else []
