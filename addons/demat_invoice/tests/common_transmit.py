# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.addons.mail.tests.common import MailCase

from .common import DematInvoiceCommon


class DematTransmitCommon(DematInvoiceCommon, MailCase):
    """A sent invoice of a site, another one that waits, and people without rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Tile glue"})
        cls.move = cls._invoice(project_id=cls.site.id)
        cls.move2 = cls._invoice()
        cls.salesman = cls._make_user("seller", "sales_team.group_sale_salesman")
        cls.reader = cls._make_user("reader", "account.group_account_readonly")

    def setUp(self):
        super().setUp()
        self._send(self.move)

    def _open(self, move=None, user=None):
        action = (move or self.move).with_user(user or self.clerk)
        action = action.action_demat_transmit()
        return (
            self.env[action["res_model"]]
            .with_user(user or self.clerk)
            .browse(action["res_id"])
        )

    def _transmit(self, wizard):
        with self.mock_mail_gateway():
            wizard.action_transmit()
        return (
            self.env["demat.exchange"]
            .sudo()
            .search([("by_hand", "=", True), ("res_id", "=", wizard.move_id.id)])
        )

    def _attachment(self, record, name, **values):
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": name.encode(),
                "res_model": record._name,
                "res_id": record.id,
                **values,
            }
        )

    def _archive_document(self, name, content):
        return (
            self.env["ged.document"]
            .sudo()
            ._archive(
                [
                    {
                        "company_id": self.company.id,
                        "kind": "invoice",
                        "name": name,
                        "filename": f"{name}.pdf",
                        "mimetype": "application/pdf",
                        "content": content,
                        "partner_id": self.customer.id,
                    }
                ]
            )
        )
