# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import csv
import io
import zipfile

from odoo import fields, models

from odoo.addons.ged_archive.wizards.ged_export_rows import cell, safe

from ..lib import print_names


class DematPrintRequest(models.Model):
    """The print files: one PDF for each invoice, in a ZIP with an index."""

    _inherit = "demat.print.request"

    def _write_zip(self, path, progress=None):
        """Write the ZIP: the files, ``index.csv`` and ``index.html``.

        The sealed original goes in as it is, without a watermark: the file is the
        invoice.

        :return: ``([ids], {id: cause})``
        """
        printed, problems, rows, taken = [], {}, [], {"index.csv", "index.html"}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for moves, contents, bad in self._batches(progress):
                problems |= bad
                for move in moves:
                    row = self._file_row(move)
                    if move.id in contents:
                        [name] = print_names.unique([self._file_stem(move)], taken)
                        archive.writestr(name, contents[move.id])
                        printed.append(move.id)
                        row["file"] = name
                    else:
                        row["problem"] = problems[move.id]
                    rows.append(row)
            archive.writestr("index.csv", self._index_csv(rows))
            archive.writestr("index.html", self._index_html(rows))
        return printed, problems

    def _file_values(self, move):
        """Return the values of the placeholders."""
        move = move.sudo()
        return {
            "number": move.name or "",
            "customer": move.commercial_partner_id.name or "",
            "reference": move.ref or "",
            "date": fields.Date.to_string(move.invoice_date) or "",
            "site": move.project_id.name or "",
        }

    def _file_stem(self, move):
        pattern = move.company_id.sudo().demat_print_pattern or print_names.DEFAULT
        values = self._file_values(move)
        # what is empty leaves no two separators behind
        return safe(" ".join(print_names.fill(pattern, values).split()))

    def _file_row(self, move):
        """Return one line of the index."""
        record = move.sudo()
        sealed = record.demat_state == "sent" and record.demat_document_id
        return {
            **self._file_values(move),
            "due": fields.Date.to_string(record.invoice_date_due) or "",
            "amount": f"{record.amount_total:.{record.currency_id.decimal_places}f}",
            "currency": record.currency_id.name,
            "original": self.env._("Sealed original")
            if sealed
            else self.env._("Drawing"),
            "file": "",
            "problem": "",
        }

    def _columns(self):
        """Return the columns of the index: key → heading."""
        return {
            "number": self.env._("Number"),
            "customer": self.env._("Customer"),
            "file": self.env._("File"),
            "problem": self.env._("Not exported because"),
            "reference": self.env._("Reference"),
            "date": self.env._("Date"),
            "due": self.env._("Due date"),
            "site": self.env._("Site"),
            "amount": self.env._("Total"),
            "currency": self.env._("Currency"),
            "original": self.env._("Content"),
        }

    def _index_csv(self, rows):
        """Semicolons and a byte order mark: a French spreadsheet opens it as it is."""
        buffer = io.StringIO()
        columns = self._columns()
        writer = csv.DictWriter(buffer, fieldnames=list(columns), delimiter=";")
        writer.writerow(columns)
        writer.writerows(
            {key: cell(key, value) for key, value in row.items()} for row in rows
        )
        return buffer.getvalue().encode("utf-8-sig")

    def _index_html(self, rows):
        html = self.env["ir.qweb"]._render(
            "demat_invoice.print_files_index",
            {
                "columns": self._columns(),
                "rows": rows,
                "lang": (self.env.lang or "en_US").replace("_", "-"),
                "title": self.env._("Print files"),
            },
        )
        return f"<!DOCTYPE html>\n{html}".encode()
