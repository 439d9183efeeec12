# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError

#: Of a customer with a thousand documents the newest are proposed.
PROPOSED = 40


class DematTransmitDocument(models.TransientModel):
    """A document of the customer or of a product that may go along with the mail."""

    _name = "demat.transmit.document"
    _description = "Document to Send along"
    _order = "source, id"

    wizard_id = fields.Many2one(
        "demat.transmit.wizard", required=True, ondelete="cascade"
    )
    selected = fields.Boolean(string="Attach")
    source = fields.Selection(
        [
            ("archive", "Archive of the customer"),
            ("customer", "Files of the customer"),
            ("product", "Documents of the products"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char(readonly=True)
    about = fields.Char(string="Of", readonly=True)
    ged_document_id = fields.Many2one("ged.document", readonly=True)
    attachment_id = fields.Many2one("ir.attachment", readonly=True)

    @api.model
    def _prepare_commands(self, move):
        """Return the commands of what this user may send along with this invoice.

        Everything is searched with his own rights.
        """
        found = [
            *self._prepare_archive(move),
            *self._prepare_customer(move),
            *self._prepare_product(move),
        ]
        return [Command.create(values) for values in found]

    def _prepare_archive(self, move):
        """What the archive holds of the customer, invoices left out."""
        archive = self.env["ged.document"]
        if not archive.has_access("read"):
            return []
        documents = archive.search(
            [
                ("partner_id", "child_of", move.commercial_partner_id.id),
                ("company_id", "=", move.company_id.id),
                ("is_latest", "=", True),
                ("attachment_id", "!=", False),
                ("res_model", "!=", move._name),
            ],
            order="id desc",
            limit=PROPOSED,
        )
        return [
            {
                "source": "archive",
                "name": document.display_name,
                "about": document.kind_id.name,
                "ged_document_id": document.id,
            }
            for document in documents
        ]

    def _prepare_customer(self, move):
        """Files on the customer's form, and on that of the address of the invoice."""
        partners = move.partner_id | move.commercial_partner_id
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", partners._name),
                ("res_id", "in", partners.ids),
                ("type", "=", "binary"),
            ],
            order="id desc",
            limit=PROPOSED,
        )
        names = {partner.id: partner.display_name for partner in partners}
        return [
            {
                "source": "customer",
                "name": file.name,
                "about": names[file.res_id],
                "attachment_id": file.id,
            }
            for file in files
        ]

    def _prepare_product(self, move):
        """Documents of the products on the lines, and of their variants."""
        documents = self.env["product.document"]
        if not documents.has_access("read"):
            return []
        products = move.invoice_line_ids.product_id
        found = documents.search(
            [
                "|",
                "&",
                ("res_model", "=", "product.product"),
                ("res_id", "in", products.ids),
                "&",
                ("res_model", "=", "product.template"),
                ("res_id", "in", products.product_tmpl_id.ids),
            ],
            limit=PROPOSED,
        )
        files = found.ir_attachment_id._filtered_access("read")
        return [
            {
                "source": "product",
                "name": file.name,
                "about": self.env[file.res_model].browse(file.res_id).display_name,
                "attachment_id": file.id,
            }
            for file in files
            if file.type == "binary"
        ]

    def _get_attachments(self):
        """Return the files of these lines, checked again with the user's own rights.

        :raises UserError: the user may not read one of them (any more)
        """
        files = self.env["ir.attachment"]
        for line in self:
            source = line.ged_document_id or line.attachment_id
            if not source.exists() or not source.sudo(False).has_access("read"):
                raise UserError(
                    self.env._(
                        "%(name)s cannot be attached: you may not read it, or it is "
                        "not there any more.",
                        name=line.name or self.env._("A file"),
                    )
                )
            if line.ged_document_id:
                line.ged_document_id._get_content()
                files |= line.ged_document_id.sudo().attachment_id
            else:
                files |= line.attachment_id
        return files
