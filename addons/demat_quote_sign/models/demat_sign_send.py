# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from .demat_sign_guard import committing


class DematSignRequest(models.Model):
    """From the quote to the invitation."""

    _inherit = "demat.sign.request"

    @api.model
    def _prepare(self, order, signatories, **values):
        """Create the request of a quote, not yet sent.

        The caller has checked that the user may (:meth:`sale.order.
        _demat_sign_check_may_send`); the rows are written by the system.

        :param signatories: list of values of ``demat.sign.signatory``
        :param values: other columns of the request
        :return: the request, in system mode
        """
        company = order.company_id
        requests = self.sudo().with_company(company)
        request = requests.create(
            {
                "name": values.get("name") or self._next_name(company),
                "company_id": company.id,
                "order_id": order.id,
                "sender_id": self.env.uid,
                "partner_id": order.partner_id.id,
                "project_id": order._demat_site().id,
                "lang": order.partner_id.lang or company.partner_id.lang,
                "choose_options": order._demat_sign_has_options(),
                "signatory_ids": [
                    fields.Command.create(
                        {"lang": order.partner_id.lang, **signatory, "state": "waiting"}
                    )
                    for signatory in signatories
                ],
                **values,
            }
        )
        request.level = request._signature_level()
        request._record_event("created", detail=order.name)
        return request

    @api.model
    def _next_name(self, company):
        return (
            self.env["ir.sequence"]
            .sudo()
            .with_company(company)
            .next_by_code("demat.sign.request")
        )

    def action_send(self):
        """Freeze the quote and invite the signatories."""
        self._check_may_act()
        self._send()

    def _send(self, *, invite=True):
        """Freeze and send; everything or, with an error, nothing.

        :param invite: write to the signatories; otherwise they sign on site
        """
        for request in self.sudo():
            request.order_id._demat_sign_check_problems()
            if not request.signatory_ids:
                raise UserError(
                    self.env._("%(request)s has no signatory.", request=request.name)
                )
            request._freeze()
            request._move_to("sent", {"sent_on": fields.Datetime.now()})
            draft = request.order_id.filtered(lambda order: order.state == "draft")
            committing(draft).write({"state": "sent"})
            if invite:
                first = request.signatory_ids
                first = first[:1] if request.in_order else first
                request._invite(first, at_once=True)
            request._log_sent()

    def _log_sent(self):
        names = ", ".join(
            f"{one.name} <{one.email}>" if one.email else one.name
            for one in self.signatory_ids
        )
        self.order_id._message_log(
            body=self.env._(
                "Sent for signature (%(request)s) to %(names)s, to be signed until "
                "%(date)s.",
                request=self.name,
                names=names,
                date=self._until_words(),
            )
        )
