# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.addresses import join
from ..lib.resolution import Blocking, Level, resolve


class DematDocumentMixin(models.AbstractModel):
    """A document that is sent to a customer (invoice, quote…).

    A model inherits this and answers the small hooks ``_demat_partner`` …
    ``_demat_company``; it gets who is told and how (:meth:`_demat_resolve`), the
    same shown on its form (``demat_notification_html``), and its exchanges.
    """

    _name = "demat.document.mixin"
    _description = "Dematerialised Document"

    demat_exchange_ids = fields.One2many(
        "demat.exchange",
        "res_id",
        string="Exchanges",
        domain=lambda self: [("res_model", "=", self._name)],
        groups="demat_base.group_demat_user",
        copy=False,
    )
    demat_exchange_count = fields.Integer(
        string="Number of Exchanges",
        compute="_compute_demat_exchange_count",
        groups="demat_base.group_demat_user",
    )
    demat_notification_html = fields.Html(
        string="Notification",
        compute="_compute_demat_notification_html",
        help="Who will be told about this document, where the address comes from, "
        "and what prevents it.",
    )

    def _demat_partner(self):
        """Customer written on the document (its address, not yet the entity)."""
        return self.partner_id

    def _demat_site(self):
        """Site of the document (``project.project``), possibly empty."""
        return self.env["project.project"]

    def _demat_contact(self):
        """Contact named on the document itself; empty: the customer's first
        address of type *Invoice* is taken."""
        return self.env["res.partner"]

    def _demat_document_kind(self):
        """``invoice`` or ``quote``: which consent of the customer counts."""
        return "invoice"

    def _demat_company(self):
        """Company that sends the document."""
        return self.company_id or self.env.company

    def _demat_resolve(self):
        """Who is told about each document, where, and with what.

        Set-based: the number of queries does not depend on the number of
        documents. Addresses of sites are read in system mode (invoicing clerks
        have no right on sites); a site of another company blocks.

        :return: {document id: :class:`..lib.resolution.Resolution`}
        """
        documents = self.sudo()
        parties = {
            document: (
                document._demat_partner(),
                document._demat_site(),
                document._demat_contact(),
                document._demat_company(),
            )
            for document in documents
        }
        contacts = self._demat_prefetch(parties)
        accepted = self._demat_accepted(parties)
        # a customer's invoices of one site have one answer; a reason that leads to the
        # document itself is its own
        known, result = {}, {}
        for document, found in parties.items():
            key = (document._demat_document_kind(), *found)
            answer = known.get(key)
            if answer is None:
                answer = document._demat_resolve_one(
                    *found, contacts=contacts, accepted=accepted
                )
                if all(reason.model != self._name for reason in answer.blocking):
                    known[key] = answer
            result[document.id] = answer
        return result

    def _demat_prefetch(self, parties):
        """Read all that is needed at once; first invoice contact of each entity."""
        partner_model = self.env["res.partner"].sudo()
        partner_fields = ["name", "email", "lang", "type", "demat_email"]
        partner_fields += ["demat_attach_pdf", "commercial_partner_id"]
        partners = partner_model.union(*(found[0] for found in parties.values()))
        partners |= partner_model.union(*(found[2] for found in parties.values()))
        partners.fetch(partner_fields)
        entities = partners.commercial_partner_id
        entities.fetch(partner_fields)
        sites = self.env["project.project"].sudo()
        sites = sites.union(*(found[1] for found in parties.values()))
        sites.fetch(["name", "company_id", "demat_email", "demat_attach_pdf"])
        found = partner_model.search_fetch(
            [
                ("commercial_partner_id", "in", entities.ids),
                ("type", "=", "invoice"),
                ("email", "!=", False),
            ],
            partner_fields,
            order="id desc",
        )
        # newest first: the oldest contact of each entity remains
        return {contact.commercial_partner_id: contact for contact in found}

    def _demat_accepted(self, parties):
        """{(company, entity id, kind)} of the acceptances in force today."""
        register = self.env["demat.consent"].sudo()
        by_company = {}
        for partner, _site, _contact, company in parties.values():
            by_company.setdefault(company, []).append(partner)
        partner_model = self.env["res.partner"].sudo()
        return {
            (company, *key)
            for company, partners in by_company.items()
            for key, (action, _date) in register._get_current(
                partner_model.union(*partners), company
            ).items()
            if action == "given"
        }

    def _demat_resolve_one(
        self, partner, site, contact, company, *, contacts, accepted
    ):
        """Gather the levels of one document and apply the rule of ``lib/``."""
        entity = partner.commercial_partner_id
        contact = contact or (
            partner if partner.type == "invoice" else contacts.get(entity)
        )
        lang = partner.lang or company.partner_id.lang or self.env.lang or "en_US"
        return resolve(
            self._demat_levels(partner, entity, site, contact, lang),
            accepted=(company, entity.id, self._demat_document_kind()) in accepted,
            lang=lang,
            message=self._demat_blocking_message,
            blocking=self._demat_known_blocking(partner, site, company),
            fix=(entity._name, entity.id),
        )

    def _demat_levels(self, partner, entity, site, contact, lang):
        """Levels in order of precedence (section 5 of the design)."""
        levels = []
        if site:
            levels.append(self._demat_level("site", site, "demat_email", site, lang))
        customers = partner | entity
        for customer in customers:
            levels.append(
                self._demat_level("customer", customer, "demat_email", customer)
            )
        if contact:
            levels.append(self._demat_level("contact", contact, "email", entity))
        for customer in customers:
            levels.append(self._demat_level("partner", customer, "email", entity))
        return levels

    @api.model
    def _demat_level(self, origin, record, field, flagged, lang=None):
        return Level(
            origin=origin,
            name=record.display_name if origin == "site" else record.name or "",
            model=record._name,
            res_id=record.id,
            addresses=record[field] or "",
            attach_pdf=flagged.demat_attach_pdf,
            lang=lang or record.lang,
        )

    def _demat_known_blocking(self, partner, site, company):
        """Reasons that no address can mend; extended by other addons.

        :return: tuple of :class:`..lib.resolution.Blocking`
        """
        if not partner:
            return (
                Blocking("no_customer", self.env._("The document has no customer.")),
            )
        if site.company_id and site.company_id.root_id != company.root_id:
            text = self.env._(
                "Site “%(site)s” belongs to another company: its address is not used.",
                site=site.display_name,
            )
            return (Blocking("site_company", text, self._name, self.id),)
        return ()

    @api.model
    def _demat_blocking_message(self, code, level, error):
        """Words for a reason found by the rule."""
        if code == "invalid_address":
            return self.env._(
                "%(record)s: “%(part)s” is not an e-mail address.",
                record=level.name,
                part=error.part,
            )
        return self.env._(
            "No address to notify: fill in “Invoicing E-mail” on the customer or on "
            "the site."
        )

    def _demat_mail_values(self, exchange):
        """Values of :meth:`demat.exchange._deliver_mail` for an attempt.

        The addresses are those of today; the text is that of the first attempt, if
        there was one.

        :raise UserError: the document cannot be notified by mail any more
        """
        self.ensure_one()
        [values] = self._demat_mail_values_by_document({self.id: exchange}).values()
        if isinstance(values, UserError):
            raise values
        return values

    def _demat_mail_values_by_document(self, exchanges):
        """The same for several documents at once.

        :param exchanges: {document id: ``demat.exchange``}
        :return: {document id: values, or the ``UserError`` that says why not}
        """
        resolutions = self._demat_resolve_for(exchanges)
        result, fresh = {}, self.browse()
        for document in self:
            exchange = exchanges[document.id]
            resolution = exchange._apply_attach_choice(resolutions[document.id])
            resolutions[document.id] = resolution
            problem = document._demat_mail_problem(resolution)
            if problem:
                result[document.id] = UserError(problem)
            elif exchange.mail_message_id:
                result[document.id] = exchange._mail_values_again(join(resolution.to))
            else:
                fresh |= document
        texts = fresh._demat_prepare_mails(resolutions) if fresh else {}
        for document in fresh:
            result[document.id] = {
                **texts[document.id],
                "email_to": join(resolutions[document.id].to),
            }
        return result

    def _demat_resolve_for(self, exchanges):
        """Who is told by these exchanges; TO EXTEND where an exchange knows better.

        :param exchanges: {document id: ``demat.exchange``}
        :return: as :meth:`_demat_resolve`
        """
        return self._demat_resolve()

    def _demat_mail_problem(self, resolution):
        """Why no mail may leave for this document now, in words, or ``None``."""
        if resolution.blocking:
            return resolution.blocking[0].message
        if resolution.channel != "mail":
            return self.env._(
                "The customer does not accept electronic documents any more: print it."
            )
        return None

    def _demat_prepare_mails(self, resolutions):
        """Texts of the notifications; each kind of document has its own.

        :param resolutions: {id: :class:`..lib.resolution.Resolution`}
        :return: {id: values of :meth:`demat.exchange._deliver_mail`, without
            ``email_to``}
        :raise UserError: the documents have no notification of their own
        """
        raise UserError(
            self.env._(
                "The mail was never written: send the document again from its own form."
            )
        )

    def _compute_demat_exchange_count(self):
        counts = dict(
            self.env["demat.exchange"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self._origin.ids)],
                ["res_id"],
                ["__count"],
            )
        )
        for document in self:
            document.demat_exchange_count = counts.get(document._origin.id, 0)

    def action_view_demat_exchanges(self):
        """The exchanges of this document."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "demat_base.demat_exchange_action"
        )
        action["domain"] = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        action["context"] = {}
        return action

    def _compute_demat_notification_html(self):
        resolutions = self._demat_resolve()
        for document in self:
            document.demat_notification_html = document._demat_notification_markup(
                resolutions[document.id]
            )

    def _demat_notification_markup(self, resolution):
        """The answer of :meth:`_demat_resolve` as a clerk reads it."""
        line = Markup('<div class="%s"><i class="fa %s me-1"></i>%s%s</div>')
        if resolution.blocking:
            return Markup("").join(
                line
                % (
                    "text-danger",
                    "fa-exclamation-triangle",
                    reason.message,
                    self._demat_fix_link(reason),
                )
                for reason in resolution.blocking
            )
        if resolution.channel == "print":
            text = self.env._(
                "The customer has not accepted electronic documents: to be printed "
                "and posted, no mail."
            )
            return line % ("text-warning-emphasis", "fa-print", text, "")
        attached = (
            self.env._("PDF attached")
            if resolution.attach_pdf
            else self.env._("link only")
        )
        detail = Markup(' <span class="text-muted">(%s, %s)</span>') % (
            self._demat_origin_words(resolution),
            attached,
        )
        return line % ("", "fa-envelope-o", join(resolution.to), detail)

    @api.model
    def _demat_origin_words(self, resolution):
        """Where the addresses come from, in words; "" when there are none."""
        name = resolution.origin_name
        words = {
            "site": self.env._("from the site “%(name)s”", name=name),
            "customer": self.env._(
                "invoicing e-mail of the customer %(name)s", name=name
            ),
            "contact": self.env._("e-mail of the invoice contact %(name)s", name=name),
            "partner": self.env._("e-mail of the customer %(name)s", name=name),
        }
        return words.get(resolution.origin, "")

    @api.model
    def _demat_fix_link(self, reason):
        """Link to the record where the reason is mended."""
        if not reason.model or reason.model == self._name:
            return ""
        return Markup(' <a href="/odoo/%s/%s">%s</a>') % (
            reason.model,
            reason.res_id,
            self.env._("Correct it"),
        )
