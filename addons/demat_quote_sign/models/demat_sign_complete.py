# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError

from .demat_sign_guard import committing


class DematSignRequest(models.Model):
    """All have signed: the order is confirmed as the host does, all get a copy."""

    _inherit = "demat.sign.request"

    def _complete(self):
        """Finish the request once all have signed. Called in the transaction of the
        last signature, which holds the lock of the request.

        :raise UserError: somebody has not signed yet
        """
        self.ensure_one()
        request = self.sudo()
        missing = request.signatory_ids.filtered(lambda one: one.state != "signed")
        if missing:
            raise UserError(
                self.env._("%(name)s has not signed yet.", name=missing[0].name)
            )
        request._record_event("completed")
        request._move_to("signed")
        request._finish()
        request._write_signature()
        request._post_signed()
        request._confirm_order()
        request._mail("completed", request.signatory_ids)

    def _write_signature(self):
        """The host's own fields of a signed order."""
        signatories = self.signatory_ids
        committing(self.order_id).write(
            {
                "signed_by": ", ".join(signatories.mapped("name")),
                "signed_on": max(filter(None, signatories.mapped("signed_at")))
                if any(signatories.mapped("signed_at"))
                else fields.Datetime.now(),
                "signature": signatories.filtered("signature_image")[
                    :1
                ].signature_image,
            }
        )

    def _confirm_order(self):
        """Confirm as the host's portal does: not before the deposit is paid.

        A confirmation that is refused (by a credit limit, for example) does not take
        the signature back: the sales person is told.
        """
        order = committing(self.order_id)
        # not by the host's `_has_to_be_paid`: for a quote whose validity is over, it
        # asks for no deposit any more
        if (
            order.require_payment
            and order.amount_total > 0
            and not order._is_confirmation_amount_reached()
        ):
            return
        try:
            with self.env.cr.savepoint():
                order._validate_order()
        except (UserError, RedirectWarning) as error:
            self._ask_sender(
                self.env._("Signed, but could not be confirmed"), str(error.args[0])
            )

    def _post_signed(self):
        """The signed quote and its evidence, in the chatter of order and site."""
        self._post_files(
            self.signed_document_id + self.evidence_document_id,
            self.env._(
                "Signed online by %(names)s (%(request)s).",
                names=", ".join(self.signatory_ids.mapped("name")),
                request=self.name,
            ),
        )

    def _post_files(self, documents, body):
        """Post archived files in the chatter of order and site.

        :param documents: ``ged.document``
        :param body: text
        """
        files = [(one.filename, one.attachment_id.raw) for one in documents]
        user = self.order_id.user_id or self.sender_id
        author = self.signatory_ids[-1:].partner_id or self.partner_id
        for record in filter(None, (self.order_id, self.project_id)):
            # an internal note: the customer has his own mail, and the evidence file
            # holds addresses of the other signatories
            committing(record).message_post(
                body=body,
                attachments=files,
                author_id=author.id,
                subtype_xmlid="mail.mt_note",
                partner_ids=user.partner_id.ids if record == self.order_id else [],
            )
