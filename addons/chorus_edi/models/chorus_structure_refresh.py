# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lib import errors, platforms, rhythm
from .chorus_service import RESERVED

_logger = logging.getLogger(__name__)

#: With more services than that, only those in use are read one by one.
FEW_SERVICES = 50
#: The directory is read again after this time at most.
AGE = timedelta(hours=20)


class ChorusStructure(models.Model):
    """Reading the directory of Chorus Pro."""

    _inherit = "chorus.structure"

    @api.model
    def _require_clerk(self):
        if not self.env.user.has_group("demat_base.group_demat_user"):
            raise AccessError(
                self.env._("Only who sends invoices reads the directory of Chorus Pro.")
            )

    @api.model
    def _directory_account(self):
        """Return the account that asks the directory, in system mode.

        :raises UserError: the company has none
        """
        account = self.env.company._chorus_account()
        if not account:
            raise UserError(
                self.env._(
                    "The company %(company)s has no account at Chorus Pro: ask an "
                    "administrator to make one (Settings, Accounting, Chorus Pro).",
                    company=self.env.company.name,
                )
            )
        return account

    def action_refresh(self):
        """Read these entities and their services again, now."""
        self._require_clerk()
        account = self._directory_account()
        try:
            client = account._chorus_client()
            for structure in self.sudo():
                structure._refresh(client)
        except errors.ChorusError as error:
            raise UserError(account._chorus_error_words(error)) from error

    @api.model
    def _bring(self, siret, client):
        """Return the entity of this SIRET, read from Chorus Pro, in system mode.

        :raises UserError: Chorus Pro does not know it
        """
        structures = self.sudo().with_context(active_test=False)
        structure = structures.search([("siret", "=", siret)], limit=1)
        if not structure:
            found = next(iter(client.structures(siret=siret)), None)
            if not found:
                raise UserError(
                    self.env._("Chorus Pro knows no %(siret)s.", siret=siret)
                )
            structure = structures.create(
                {"siret": siret, "name": found.name or siret, "number": found.id}
            )
        structure._refresh(client)
        return structure

    def _refresh(self, client):
        """Read what the entity demands, and its services, all pages."""
        self.ensure_one()
        answer = self._ask_by_siret(client)
        stays_open = self.active and not self._may_close(client)
        if not answer:
            # closed for good, or never there: nothing can be sent to it
            self.active = stays_open
            self._note_refreshed()
            return
        self.write(
            {
                "number": answer.id,
                "name": answer.name or self.name,
                "active": answer.active or stays_open,
                "service_required": bool(answer.service_required),
                "engagement_required": bool(answer.engagement_required),
                "either_required": bool(answer.either_required),
                "reports_payment": answer.reports_payment is not False,
            }
        )
        self._refresh_services(list(client.services(answer.id)))
        self._refresh_details(client)
        self._note_refreshed()

    def _ask_by_siret(self, client):
        """Ask for the entity, by its number when that is still its own: the number of
        one platform may be that of somebody else on another.

        :return: ``lib.answers.Structure``, or None: there is none of this SIRET
        """
        if self.number:
            try:
                answer = client.structure(self.number)
            except errors.Rejected as error:
                _logger.info("Directory of Chorus Pro: %s: %s", self.siret, error)
            else:
                if answer.siret in ("", self.siret):
                    return answer
        found = next(iter(client.structures(siret=self.siret)), None)
        return found and client.structure(found.id)

    def _may_close(self, client):
        """Say whether what the platform of this client says closes an entity: that of
        the tests does not, where another account sends to the real one.
        """
        if client.platform != platforms.PLATFORMS["qualification"]:
            return True
        real = [("platform", "=", "production"), ("active", "=", True)]
        return not self.env["chorus.account"].sudo().search_count(real, limit=1)

    def _note_refreshed(self):
        self.write({"refreshed_at": fields.Datetime.now(), "tried_at": False})

    def _refresh_services(self, answers):
        """Bring the services in line with what Chorus Pro lists.

        :param answers: list of ``lib.answers.Service``; what is not among them is
            closed, never deleted: invoices refer to it. Of two with the same code
            the open one counts
        """
        known = {
            service.code: service
            for service in self.with_context(active_test=False).service_ids
        }
        vals_list, seen = [], {RESERVED, "", None}
        for answer in sorted(answers, key=lambda one: not one.active):
            if answer.code in seen:
                continue
            seen.add(answer.code)
            values = {
                "number": answer.id,
                "name": answer.name,
                "active": answer.active,
                "since": answer.since,
                "until": answer.until,
            }
            service = known.pop(answer.code, None)
            if not service:
                vals_list.append(
                    {**values, "structure_id": self.id, "code": answer.code}
                )
            elif any(service[name] != (values[name] or False) for name in values):
                service.write(values)
        self.env["chorus.service"].create(vals_list)
        for service in known.values():
            if service.active:
                service.active = False

    def _refresh_details(self, client):
        """Read what single services demand: all of a small entity, else those used."""
        services = self.service_ids.filtered(lambda s: s.active and s.number)
        if len(services) > FEW_SERVICES:
            services = services._used()
        for service in services:
            service._refresh_detail(client)

    def _refreshed_by(self, client, account):
        """Read the entity again, unless the access of the account is refused: then its
        administrators are told.

        :return: whether it was read
        """
        try:
            self._refresh(client)
        except errors.FixCredentials as error:
            account._chorus_note_access(error)
            return False
        return True

    @api.model
    def _cron_refresh(self):
        """Nightly: read again the entities that customers have, oldest first.

        Each is committed by itself, so what stops the job stops it there, and the next
        night goes on with those that are left. What cannot be read comes last.
        """
        clients = self._night_clients()
        client, account = next(clients, (None, None))
        if not client:
            return
        limit = fields.Datetime.now() - AGE
        domain = [
            ("partner_ids", "!=", False),
            "|",
            ("refreshed_at", "=", False),
            ("refreshed_at", "<", limit),
        ]
        structures = self.with_context(active_test=False)
        structures = structures.search(
            domain, order="tried_at NULLS FIRST, refreshed_at NULLS FIRST, id"
        )
        failures = 0
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(structures))
        for structure in structures:
            try:
                while client and not structure._refreshed_by(client, account):
                    client, account = next(clients, (None, None))
                if not client:
                    cron._commit_progress()
                    return
            except errors.Rejected as error:
                _logger.info("Directory of Chorus Pro: %s: %s", structure.siret, error)
                structure._note_refreshed()
            except errors.UnreadableAnswer as error:
                _logger.info("Directory of Chorus Pro: %s: %s", structure.siret, error)
                structure.tried_at = fields.Datetime.now()
                failures += 1
                if failures >= rhythm.MAX_FAILURES:
                    cron._commit_progress()
                    return
            except errors.ChorusError as error:
                _logger.info("Directory of Chorus Pro: stopped: %s", error)
                return
            else:
                failures = 0
            if not cron._commit_progress(1):
                return

    @api.model
    def _night_clients(self):
        """Yield ``(client, account)`` of the accounts that are complete, those of the
        real platform first."""
        accounts = self.env["chorus.account"].sudo().search([("active", "=", True)])
        for account in accounts.sorted(lambda one: one.platform != "production"):
            try:
                client = account._chorus_client()
            except UserError:
                continue  # by EDI or ZIP a company may do without the API
            yield client, account


class ChorusService(models.Model):
    _inherit = "chorus.service"

    def _refresh_detail(self, client):
        self.ensure_one()
        answer = client.service(self.structure_id.number, self.number)
        if not self.detail_read or (
            self.engagement_required != answer.engagement_required
        ):
            self.write(
                {
                    "engagement_required": answer.engagement_required,
                    "detail_read": True,
                }
            )

    def _used(self):
        """Return those of these services that a customer or a document names."""
        used = self.browse()
        for name in ("res.partner", "sale.order", "account.move"):
            groups = (
                self.env[name]
                .sudo()
                ._read_group(
                    [("chorus_service_id", "in", self.ids)], ["chorus_service_id"]
                )
            )
            used = used.union(*(service for (service,) in groups))
        return used.with_env(self.env)
