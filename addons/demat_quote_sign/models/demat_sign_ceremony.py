# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.http import request as http_request
from odoo.tools import format_amount, plaintext2html
from odoo.tools.mail import formataddr

from .demat_sign_event import AGENT_LENGTH

#: The steps of a ceremony, in their order; not all occur in each.
STEPS = ("read", "options", "terms", "code", "sign")
QUESTION_LENGTH = 4000
#: More pages than that no quote has.
_MOST_PAGES = 9999
#: Lines of the journal for one kind of look by one signatory; he looks on unnoted.
MOST_NOTED = 50


class DematSignSignatory(models.Model):
    """What a signatory did so far, and what comes next. The server alone decides: the
    browser only answers the step that it is shown.
    """

    _inherit = "demat.sign.signatory"

    def _ceremony_steps(self):
        """The steps of this ceremony, in their order."""
        self.ensure_one()
        request = self.request_id.sudo()
        return [
            step
            for step in STEPS
            if step in ("read", "sign")
            or (step == "options" and request._options_are_open())
            or (step == "terms" and (request.terms_id or request.bon_pour_accord))
            or (step == "code" and self._needs_code())
        ]

    def _is_step_done(self, step, secret):
        """Whether a step was taken, on the document of now and in this browser."""
        self.ensure_one()
        signatory, request = self.sudo(), self.request_id.sudo()
        if step == "read":
            return signatory._has_read()
        if step == "options":
            return any(
                event.type == "option_chosen" and event.signatory_id == signatory
                for event in request.event_ids
            )
        if step == "terms":
            return bool(
                (signatory.terms_accepted_at or not request.terms_id)
                and (signatory.typed_approval or not request.bon_pour_accord)
            )
        return step == "code" and signatory._is_confirmed(secret)

    def _has_read(self):
        """Whether he was shown the document of now, not a version before."""
        self.ensure_one()
        frozen = self.request_id.sudo().frozen_sha256
        return bool(frozen) and self.sudo().shown_sha256 == frozen

    def _next_step(self, secret):
        """The first step that was not taken yet."""
        return next(
            step
            for step in self._ceremony_steps()
            if not self._is_step_done(step, secret)
        )

    def _check_steps_before(self, step, secret):
        """:raise UserError: a step before ``step`` was not taken"""
        for before in self._ceremony_steps():
            if before == step:
                return
            if not self._is_step_done(before, secret):
                raise UserError(
                    self.env._("One thing comes first: please follow the steps.")
                )
        raise UserError(self.env._("This step does not belong to this quote."))

    def _statement(self):
        """The sentence that he signs."""
        self.ensure_one()
        request = self.request_id.sudo()
        words = {
            "name": self.name,
            "quote": request.order_id.name,
            "company": request.company_id.name,
            "amount": format_amount(
                self.env, request.amount_total, request.currency_id
            ),
            "terms": request.terms_id.display_name,
        }
        if request.terms_id:
            return self.env._(
                "By signing, I, %(name)s, accept the quote %(quote)s of %(company)s "
                "for %(amount)s, taxes included, and its terms: %(terms)s.",
                **words,
            )
        return self.env._(
            "By signing, I, %(name)s, accept the quote %(quote)s of %(company)s for "
            "%(amount)s, taxes included.",
            **words,
        )

    # -- what he does -----------------------------------------------------------------

    def _visit(self):
        """He opens the page: noted once per address and browser."""
        self.ensure_one()
        signatory = self.sudo()
        here = (
            http_request.httprequest.remote_addr,
            http_request.httprequest.user_agent.string[:AGENT_LENGTH],
        )
        known = {
            (event.ip or "", event.agent or "")
            for event in signatory.request_id.event_ids
            if event.type == "opened" and event.signatory_id == signatory
        }
        if here not in known:
            signatory._note("opened")
        if signatory.state == "invited":
            signatory.write({"state": "opened", "opened_at": fields.Datetime.now()})

    def _note(self, event_type, detail=None):
        """Write in the journal that he looks at something, :data:`MOST_NOTED` times at
        most: nobody fills it by reloading. The last line says that it is the last.
        """
        self.ensure_one()
        noted = (
            self.env["demat.sign.event"]
            .sudo()
            .search_count(
                [("signatory_id", "=", self.id), ("type", "=", event_type)],
                limit=MOST_NOTED,
            )
        )
        if noted >= MOST_NOTED:
            return
        words = [detail] if detail else []
        if noted == MOST_NOTED - 1:
            words.append(self.env._("later times are not noted"))
        self.request_id._record_event(
            event_type, signatory=self, detail="; ".join(words)
        )

    def _read_document(self, sha256, seen, pages):
        """He says that he has read the document of this hash.

        :param seen: pages that his browser showed, and ``pages`` how many there are;
            as it says, and noted as such
        :raise UserError: the document was replaced meanwhile
        """
        self.ensure_one()
        request = self.request_id.sudo()
        self._check_shown(sha256)
        request._queue_up()
        self.sudo().shown_sha256 = request.frozen_sha256
        seen, pages = _count(seen), _count(pages)
        words = f"{min(seen, pages)}/{pages}; " if pages else ""
        request._record_event(
            "read", signatory=self, detail=f"{words}SHA-256 {request.frozen_sha256}"
        )

    def _check_shown(self, sha256):
        """:raise UserError: ``sha256`` is not that of the document of now"""
        if not sha256 or sha256 != self.request_id.sudo().frozen_sha256:
            raise UserError(
                self.env._(
                    "A newer version of this quote was made meanwhile: please read it "
                    "before you go on."
                )
            )

    def _accept(self, accepted, approval):
        """He accepts the terms, and types the approval if the company wants it.

        :raise UserError: he does not, or not in the words
        """
        self.ensure_one()
        signatory, request = self.sudo(), self.request_id.sudo()
        vals = {}
        if request.terms_id:
            if not accepted:
                raise UserError(
                    self.env._("Please tick the box: the terms belong to the quote.")
                )
            vals["terms_accepted_at"] = fields.Datetime.now()
        if request.bon_pour_accord:
            approval = " ".join((approval or "").split())[:80]
            if not request._is_approval(approval):
                raise UserError(
                    self.env._(
                        "Please type the words “%(words)s”.",
                        words=self.env._("Bon pour accord"),
                    )
                )
            vals["typed_approval"] = approval
        request._queue_up()
        signatory.write(vals)
        if request.terms_id:
            request._record_event(
                "terms_accepted",
                signatory=signatory,
                detail=f"{request.terms_id.display_name}, "
                f"SHA-256 {request.terms_id.sha256}",
            )

    def _ask_question(self, text):
        """His question, in the discussion of the quote, where the sales person answers.

        :raise UserError: there is no question
        """
        self.ensure_one()
        text = (text or "").strip()[:QUESTION_LENGTH]
        if not text:
            raise UserError(self.env._("Please write your question."))
        signatory, request = self.sudo(), self.request_id.sudo()
        user = request.order_id.user_id or request.sender_id
        author = signatory.partner_id
        request.order_id.message_post(
            body=plaintext2html(text),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=author.id,
            email_from=formataddr((signatory.name, signatory.email or "")),
            partner_ids=user.partner_id.ids,
        )
        request._record_event("question", signatory=signatory)


def _count(value):
    """A small number out of what a browser sent."""
    text = str(value or "")[:6]
    return min(int(text), _MOST_PAGES) if text.isdecimal() else 0
