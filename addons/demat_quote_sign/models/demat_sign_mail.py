# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from .demat_sign_signatory import TURN

#: kind of mail -> its template
TEMPLATES = {
    "invitation": "demat_quote_sign.mail_template_sign_invitation",
    "reminder": "demat_quote_sign.mail_template_sign_reminder",
    "void": "demat_quote_sign.mail_template_sign_void",
    "cancelled": "demat_quote_sign.mail_template_sign_cancelled",
    "declined": "demat_quote_sign.mail_template_sign_declined",
    "completed": "demat_quote_sign.mail_template_sign_completed",
}
#: Kinds that make no sense once the request is closed.
ASKING = ("invitation", "reminder")
RENDERED = ("subject", "body_html", "email_from", "reply_to")


class DematSignRequest(models.Model):
    """Mails to the signatories: exchanges, like those of invoices."""

    _inherit = "demat.sign.request"

    def _invite(self, signatories, *, at_once=False):
        """Write to these signatories that it is their turn, each with his own link."""
        self.ensure_one()
        request = self.sudo()
        signatories = signatories.sudo().filtered(lambda one: one.state == "waiting")
        signatories.write({"state": "invited", "invited_at": fields.Datetime.now()})
        written = signatories.filtered("email")
        request._mail("invitation", written, at_once=at_once)
        for signatory in written:
            self._record_event("sent", signatory=signatory, detail=signatory.email)

    def _invite_next(self):
        """Invite those whose turn it is now: the next one, or all.

        A request that began on site asked for no consent: who may not be written to is
        not, and the sales person is told.
        """
        self.ensure_one()
        waiting = self.sudo().signatory_ids.filtered(lambda one: one.state == "waiting")
        if self.in_order:
            pending = self.sudo().signatory_ids.filtered(lambda one: one.state in TURN)
            waiting = waiting[:1] if not pending else waiting.browse()
        written = waiting.filtered("email")
        if written and not self.sudo().order_id._demat_sign_may_write():
            self.sudo()._ask_to_sign_here()
            waiting -= written
        if waiting:
            self._invite(waiting)

    def _ask_to_sign_here(self):
        """A to-do: those who have not signed are not written to."""
        names = self.signatory_ids.filtered(lambda one: one.state == "waiting").mapped(
            "name"
        )
        env = self._for_sender().env
        self._ask_sender(
            env._("To be signed on your device"),
            env._(
                "Still to sign: %(names)s. %(customer)s may not be written to about "
                "quotes, so nobody was invited: have them sign on your device.",
                names=", ".join(names),
                customer=self.partner_id.display_name,
            ),
            once=True,
        )

    def _mail(self, kind, signatories, *, at_once=False):
        """One exchange per signatory with an address, sent after the commit.

        :param kind: key of ``TEMPLATES``
        :return: the exchanges
        """
        self.ensure_one()
        exchanges = self.env["demat.exchange"].sudo()
        vals_list = [
            {
                "res_model": signatory._name,
                "res_id": signatory.id,
                "res_name": self.order_id.name,
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.commercial_partner_id.id,
                "channel": "mail",
                "direction": "out",
                "document_id": self.document_id.id,
                "recipients": signatory.email,
                "user_id": self.sender_id.id or self.env.uid,
                "demat_sign_kind": kind,
                "idempotency_key": signatory._next_key(kind),
            }
            for signatory in signatories.filtered("email")
        ]
        rows = exchanges._create_pending(vals_list).sudo()
        rows._demat_sign_dispatch(at_once=at_once)
        return rows


class DematSignSignatory(models.Model):
    """What is written to a signatory."""

    _name = "demat.sign.signatory"
    _inherit = ["demat.sign.signatory", "mail.thread", "demat.document.mixin"]

    def _demat_company(self):
        # IMPLEMENTS demat_base
        return self.company_id

    def _demat_partner(self):
        # IMPLEMENTS demat_base
        return self.request_id.partner_id

    def _demat_site(self):
        # IMPLEMENTS demat_base
        return self.request_id.project_id

    def _demat_document_kind(self):
        # IMPLEMENTS demat_base
        return "quote"

    def _next_key(self, kind):
        """Idempotency key of the next mail of this kind to this signatory."""
        self.ensure_one()
        number = (
            self.env["demat.exchange"]
            .sudo()
            .search_count(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("demat_sign_kind", "=", kind),
                ]
            )
        )
        return f"mail:{self._name}:{self.id}:{kind}:{number + 1}"

    def _demat_mail_values_by_document(self, exchanges):
        # OVERRIDES demat_base: the address is that of the invitation, which the
        # signatory confirms; the text depends on the kind of mail
        result = {}
        for signatory in self:
            exchange = exchanges[signatory.id]
            problem = signatory._demat_sign_mail_problem(exchange)
            result[signatory.id] = (
                UserError(problem)
                if problem
                else signatory._demat_sign_mail_values(exchange)
            )
        return result

    def _demat_sign_mail_problem(self, exchange):
        """Why this mail may not leave any more; None if it may."""
        self.ensure_one()
        if not exchange.demat_sign_kind:
            return self.env._("This mail was never written: remind the signatory.")
        if exchange.demat_sign_kind in ASKING and self.request_id.state != "sent":
            return self.env._(
                "%(request)s is no longer open: nobody is asked to sign.",
                request=self.request_id.name,
            )
        return None

    def _demat_sign_mail_values(self, exchange):
        """Values of ``demat.exchange._deliver_mail``."""
        kind = exchange.demat_sign_kind
        lang = self.lang or self.request_id.lang or self.env.lang
        texts = self._demat_sign_texts(kind, lang)
        return {
            **{name: texts.get(name) for name in RENDERED},
            "email_to": self.email,
            "attachment_ids": self._demat_sign_mail_files(kind).ids,
            "author_id": self.company_id.partner_id.id,
            "lang": lang,
        }

    def _demat_sign_texts(self, kind, lang):
        """``RENDERED`` of the template of this kind of mail.

        Templates write days with ``format_date``, also those that a company changed:
        they get its time zone, not that of whoever is at work.
        """
        template = self.env.ref(TEMPLATES[kind]).sudo()
        zone = self.company_id._demat_sign_zone()
        template = template.with_context(lang=lang, tz=zone)
        return template._generate_template(self.ids, RENDERED)[self.id]

    def _demat_sign_mail_files(self, kind):
        """Archived files that go with this mail (``ir.attachment``)."""
        request = self.request_id.sudo()
        if kind == "completed":
            return request.signed_document_id.attachment_id
        if kind in ASKING and self.attach_pdf:
            return request.document_id.attachment_id
        return self.env["ir.attachment"]

    def _demat_sign_preview(self):
        """Subject and body of the invitation as it would leave, without the link.

        :return: ``(subject, body)``
        """
        self.ensure_one()
        signatory = self.sudo()
        lang = signatory.lang or signatory.request_id.lang or self.env.lang
        texts = signatory._demat_sign_texts("invitation", lang)
        return texts["subject"], texts["body_html"].replace(
            signatory._get_sign_url(), "#"
        )
