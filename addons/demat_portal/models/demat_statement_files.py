# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import functools
from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.demat_invoice.lib import print_names
from odoo.addons.ged_archive.lib.drawing import faces_for
from odoo.addons.ged_archive.lib.flat_zip import FlatZip
from odoo.addons.ged_archive.wizards.ged_export_rows import safe

from ..lib import zip_stream
from ..lib.statement_pdf import StatementPdf
from ..lib.table_file import CsvTable, XlsxTable
from ..lib.table_file import safe as safe_cell

#: Letters of each column of the sheet.
_WIDTHS = (12, 16, 20, 24, 28, 28, 12, 8, 14, 14, 14, 14, 9, 24, 40)
#: Invoices whose files are in memory together.
_BATCH = 20


class DematStatement(models.AbstractModel):
    """The statement as a file: the lines come in chunks and go to a temporary file."""

    _inherit = "demat.statement"

    @api.private
    def _write_file(self, kind, file, entities, wanted):
        """Write the lines of a filter, all of its pages.

        :param kind: ``pdf``, ``xlsx`` or ``csv``
        :param file: a binary file to write to and to read again
        :return: what stands around the lines, see ``_frame``
        """
        overview = self._overview(entities)
        wanted = wanted.settled(self._years(overview))
        # read from top to bottom, unless another order was chosen
        wanted = replace(wanted, sort=wanted.sort or "oldest", page=1)
        frame = self._frame(entities, wanted, overview)
        if kind == "pdf":
            self._write_pdf(file, frame)
        else:
            self._write_table(kind, file, frame)
        return frame

    def _chunks(self, frame, company=None):
        """Yield the lines as they are shown, in chunks; of one company if given."""
        several = len(frame["entities"]) > 1
        every = self._every(frame["wanted"], frame["overview"], company)
        for rows in every:
            yield self._line_values(rows, several)

    def _openings(self, frame):
        """Return the accounts whose opening balance is the first line."""
        wanted = frame["wanted"]
        if wanted.partial or wanted.sort != "oldest":
            return []
        return [account for account in frame["accounts"] if account["since"]]

    # -- tables ----------------------------------------------------------------------

    def _headings(self):
        return [
            self.env._("Date"),
            self.env._("Document"),
            self.env._("Number"),
            self.env._("Reference"),
            self.env._("Customer"),
            self.env._("Site"),
            self.env._("Due"),
            self.env._("Days late"),
            self.env._("Debit"),
            self.env._("Credit"),
            self.env._("Left to pay"),
            self.env._("Balance"),
            self.env._("Currency"),
            self.env._("Company"),
            self.env._("Reminders"),
        ]

    def _write_table(self, kind, file, frame):
        if kind == "csv":
            point = self.env["res.lang"]._get_data(code=self.env.lang).decimal_point
            table = CsvTable(file, point or ".")
        else:
            # a name of a sheet has at most 31 letters
            title = self.env._("Statement of account")[:31]
            table = XlsxTable(file, title, _WIDTHS)
        table.row(self._headings(), bold=True)
        for account in self._openings(frame):
            table.row(self._opening_cells(account))
        partial = frame["wanted"].partial
        for lines in self._chunks(frame):
            for line in lines:
                table.row(self._cells(line, partial))
        table.close()

    def _opening_cells(self, account):
        currency = account["currency"]
        cells = [account["since"], self.env._("Opening balance"), *[None] * 9]
        return [
            *cells,
            _number(account["opening"], currency.decimal_places),
            currency.name,
            account["company"].name,
            None,
        ]

    def _cells(self, line, partial):
        currency, amount = line["currency"], line["amount"]
        digits = currency.decimal_places
        return [
            line["date"],
            line["kind_name"],
            line["name"],
            line["ref"],
            line["partner"],
            line["site"],
            line["due"],
            line["days"] or None,
            _number(amount, digits) if amount >= 0 else None,
            _number(-amount, digits) if amount < 0 else None,
            _number(line["open"], digits) if line["rank"] < 2 or line["open"] else None,
            None if partial else _number(line["balance"], digits),
            currency.name,
            line["company"],
            "; ".join(
                f"{self._day(one['date'])} {one['label']}" for one in line["reminders"]
            ),
        ]

    # -- print -----------------------------------------------------------------------

    def _write_pdf(self, file, frame):
        """Print a part for each company, on pages with its own letterhead."""
        companies = list(
            dict.fromkeys(account["company"] for account in frame["accounts"])
        )
        paper, faces = None, faces_for("")
        # address and logo are on the paper of an empty statement too
        for company in companies or [self.env.company.sudo()]:
            words = self._print_words(frame, company)
            if paper:
                paper.part(words)
            else:
                paper = StatementPdf(file, words, fonts=(faces.plain, faces.bold))
            self._print_part(paper, frame, company)
        paper.close()

    def _print_words(self, frame, company):
        """Return what stands around the lines of a company on paper."""
        address = company.partner_id._display_address(without_company=True)
        return {
            "title": self.env._("Statement of account"),
            "company": company.name,
            "address": [line for line in address.splitlines() if line.strip()],
            "logo": base64.b64decode(company.logo or b""),
            "customers": frame["entities"].mapped("name"),
            "filters": self._filter_words(
                frame["entities"], frame["wanted"], frame["sites"]
            ),
            "day": self.env._(
                "As of %(day)s",
                day=self._day(fields.Date.context_today(self)),
            ),
            "page": self.env._("Page %(page)s of %(pages)s", page="{}", pages="{}"),
            "legal": self._legal_line(company),
            "columns": self._print_columns(frame["wanted"].partial),
        }

    def _print_part(self, paper, frame, company):
        """Print the account with one company: ageing, balances and lines."""
        openings = [
            account
            for account in self._openings(frame)
            if account["company"] == company
        ]
        for account in frame["accounts"]:
            if account["company"] == company:
                paper.ageing(self._ageing_rows(account))
        for account in openings:
            paper.line(self._print_opening(account), bold=True)
        partial, day = frame["wanted"].partial, functools.cache(self._day)
        for lines in self._chunks(frame, company):
            for line in lines:
                paper.line(self._print_cells(line, partial, day))
        for account in openings:
            paper.line(self._print_closing(account), bold=True)

    def _legal_line(self, company):
        number = company.company_registry
        if number:
            french = company.country_code == "FR"
            label = "SIRET" if french else company.partner_id.company_registry_label
            number = f"{label} {number}"
        words = [company.name, number, company.vat, company.phone, company.email]
        return " · ".join(word for word in words if word)

    def _print_columns(self, partial):
        """Return ``[(heading, part of the width, whether a number)]``."""
        columns = [
            (self.env._("Date"), 11, False),
            (self.env._("Document"), 30, False),
            (self.env._("Due"), 11, False),
            (self.env._("Late"), 6, True),
            (self.env._("Debit"), 13, True),
            (self.env._("Credit"), 13, True),
            (self.env._("Left to pay"), 13, True),
        ]
        return columns if partial else [*columns, (self.env._("Balance"), 14, True)]

    def _ageing_rows(self, account):
        """Return ``[(label, amount)]``: what the customer owes, by age."""
        money = account["currency"].format
        label = " ".join(
            filter(None, (self.env._("Balance today"), account["company_name"]))
        )
        rows = [(label, money(account["balance"]))]
        rows += [
            (label, money(amount))
            for label, amount in zip(self._age_labels(), account["ages"], strict=True)
        ]
        if not account["currency"].is_zero(account["credit"]):
            rows.append((account["credit_label"], money(account["credit"])))
        return rows

    def _print_opening(self, account):
        label = self.env._("Opening balance")
        label = " ".join(filter(None, (label, account["company_name"])))
        money = account["currency"].format(account["opening"])
        return [self._day(account["since"]), label, *[""] * 5, money]

    def _print_closing(self, account):
        label = self.env._("Closing balance")
        label = " ".join(filter(None, (label, account["company_name"])))
        money = account["currency"].format(account["closing"])
        return ["", label, *[""] * 5, money]

    def _print_cells(self, line, partial, day):
        money, amount = line["money"], line["amount"]
        words = [f"{line['kind_name']} {line['name'] or ''}", line["site"]]
        if line["ref"] != line["name"]:
            words.append(line["ref"])
        cells = [
            day(line["date"]),
            " · ".join(word for word in [*words, line["partner"]] if word),
            day(line["due"]),
            self.env._("%(days)s d", days=line["days"]) if line["days"] else "",
            money(amount) if amount >= 0 else "",
            money(-amount) if amount < 0 else "",
            money(line["open"]) if line["open"] else "",
        ]
        return cells if partial else [*cells, money(line["balance"])]

    # -- originals -------------------------------------------------------------------

    @api.private
    def _filtered_moves(self, entities, wanted):
        """Return the invoices of a filter, as the user, and the sites there are."""
        overview = self._overview(entities)
        wanted = wanted.settled(self._years(overview))
        wanted = replace(wanted, sort="oldest", page=1)
        ids = [
            row["move_id"]
            for rows in self._every(wanted, overview)
            for row in rows
            if row["rank"] < 2
        ]
        return self.env["account.move"].browse(ids), self._sites(overview)

    @api.private
    def _zip_pieces(self, moves):
        """Note the downloads; return a generator of the bytes of the ZIP.

        A file leaves before the next one is read, when the request is over: nothing is
        written then, so that no other transaction can break off what is under way.

        :param moves: invoices that the user may read: the caller has checked it
        """
        for start in range(0, len(moves), _BATCH):
            moves[start : start + _BATCH]._demat_record_customer("downloaded")
            self.env.flush_all()
            self.env.invalidate_all()
        heading = [self.env._("Number"), self.env._("File"), self.env._("Problem")]
        return zip_stream.pieces(self._late_originals(moves.ids), heading, FlatZip)

    def _late_originals(self, ids):
        """Return a generator of ``_originals`` that has cursors of its own."""
        registry, uid, context = self.env.registry, self.env.uid, self.env.context

        def read():
            taken = {zip_stream.INDEX}
            for start in range(0, len(ids), _BATCH):
                # the connection is given back before anything is sent
                with registry.cursor() as cursor:
                    late = api.Environment(cursor, uid, context)[self._name]
                    files = late._originals(ids[start : start + _BATCH], taken)
                yield from files

        return read()

    def _originals(self, ids, taken):
        """Return ``[(number, name of the file, content, problem)]`` of some invoices.

        The rules of the user are asked again: what was withdrawn meanwhile is left out.
        """
        moves = self.env["account.move"].browse(ids).exists()._filtered_access("read")
        return [(safe_cell(one.name), *self._original(one, taken)) for one in moves]

    def _original(self, move, taken):
        """Return name and content of the file of an invoice, or why there is none."""
        document = move.sudo().demat_document_id
        try:
            content = (
                document._get_content()
                if document
                else move.sudo().invoice_pdf_report_id.raw
            )
        except UserError as error:
            return "", None, str(error)
        if not content:
            problem = self.env._("There is no file of this invoice: ask for a copy.")
            return "", None, problem
        [name] = print_names.unique([safe(move.name)], taken)
        return name, content, ""

    @api.private
    def _file_name(self, frame, extension):
        """Return the name of the file: what it is, of whom, of which year."""
        words = [self.env._("Statement of account")]
        if len(frame["entities"]) == 1:
            words.append(frame["entities"].name)
        words.append(str(frame["wanted"].year))
        return f"{safe(' '.join(words))}.{extension}"

    @api.private
    def _zip_name(self):
        return f"{safe(self.env._('Invoices'))}.zip"


def _number(value, digits):
    """Return a sum with the digits of its currency."""
    return round(Decimal(value), digits)
