# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools.pdf import ArrayObject, DictionaryObject, NameObject


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    @api.model
    def _add_pages_to_writer(self, writer, document, prefix=None):
        # EXTENDS sale_pdf_quote_builder, where it is installed: it fills the fields of
        # these pages, which newer versions of pypdf refuse in a file without a form
        result = super()._add_pages_to_writer(writer, document, prefix)
        root, form, some = writer._root_object, "/AcroForm", "/Fields"
        if form not in root:
            root[NameObject(form)] = DictionaryObject()
        if some not in root[form]:
            root[form][NameObject(some)] = ArrayObject()
        return result
