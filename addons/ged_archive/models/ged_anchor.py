# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from datetime import UTC

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.errors import TimestampError
from ..lib.hashing import canonical
from . import ged_chain
from .ged_document_guard import allow_creation, creation_allowed
from .ged_triggers import create_guards

_logger = logging.getLogger(__name__)

MANIFEST = "manifest.json"
MANIFEST_FORMAT = 1
JSON_MIMETYPE = "application/json"


class GedAnchor(models.Model):
    """The heads of a company's chains at one moment, outside of its reach.

    Once a day the heads are written into a small file, time-stamped by the TSA of the
    company when it has one, and archived as evidence. Whoever rewrites a chain to its
    end, all hashes included, cannot make the time stamp of that day again: the row that
    the anchor names no longer has the hash that the anchor names.

    Append-only, like the chains: a second attempt after a dead server is another row.
    """

    _name = "ged.anchor"
    _description = "Anchor of the archive"
    _order = "at desc, id desc"
    _rec_name = "at"
    _check_company_auto = True
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", index=True
    )
    at = fields.Datetime(string="Date", required=True)
    document_number = fields.Integer(
        string="Documents", aggregator=None, help="Last link of the chain of documents."
    )
    document_hash = fields.Char(string="Hash of the last document")
    event_number = fields.Integer(
        string="Events", aggregator=None, help="Last link of the chain of events."
    )
    event_hash = fields.Char(string="Hash of the last event")
    document_id = fields.Many2one(
        "ged.document",
        string="Evidence",
        required=True,
        ondelete="restrict",
        check_company=True,
        help="Archived file that holds the heads and their time stamp.",
    )
    token_time = fields.Datetime(
        string="Time-stamped on", help="Time that the time-stamp server attests."
    )
    tsa = fields.Char(string="Time-stamp server", help="Subject of its certificate.")
    note = fields.Char(help="Why the anchor has no time stamp.")

    _document_uniq = models.Constraint(
        "UNIQUE (document_id)", "An anchor has an evidence of its own."
    )

    def init(self):
        res = super().init()
        create_guards(self.env.cr)
        return res

    # -------------------------------------------------------------------- guards

    @api.model_create_multi
    def create(self, vals_list):
        if not creation_allowed(self.env):
            raise UserError(self.env._("Anchors are written by the archive only."))
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        # not even the superuser writes: super() is never right here
        raise UserError(self.env._("An anchor cannot be changed or deleted."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An anchor cannot be changed or deleted."))

    def action_open_evidence(self):
        """Open the archived file of the anchor."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "ged.document",
            "res_id": self.document_id.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------ anchoring

    @api.model
    def _cron_anchor(self):
        """Anchor each company once a day; again while a dead time-stamp server has left
        the last anchor without its time stamp.
        """
        crons = self.env["ir.cron"]
        companies = (
            self.env["ged.chain"].sudo().search([("head_number", ">", 0)]).company_id
        )
        for position, company in enumerate(companies):
            try:
                with self.env.cr.savepoint():
                    self._anchor_if_due(company)
            except Exception:
                # one company must not keep the others from their anchor; what failed
                # is tried again by the next run
                _logger.exception("archive anchor of company %s failed", company.id)
            if not modules.module.current_test:
                crons._commit_progress(1, remaining=len(companies) - position - 1)

    @api.model
    def _anchor_if_due(self, company):
        """Make the anchor of today if there is something to anchor; return it or an
        empty recordset.
        """
        last = self.sudo().search([("company_id", "=", company.id)], limit=1)
        client = self._timestamp_client(company)
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        waits = bool(last and client and not last.token_time)
        if not waits and last and (last.at >= today or not self._news_since(last)):
            return self.browse()
        # A second file without time stamp would say nothing new.
        return self._anchor(company, client, only_stamped=waits and last.at >= today)

    @api.model
    def _timestamp_client(self, company):
        """Return the ``lib.tsa.TimestampClient`` of ``company``, or ``None``."""
        return company.sudo()._ged_timestamp_client()

    @api.model
    def _news_since(self, anchor):
        """Tell whether the chains have grown, apart from the anchors themselves."""
        found = self.env.execute_query(
            SQL(
                """
                SELECT EXISTS (
                    SELECT FROM ged_document
                     WHERE company_id = %(company)s AND chain_number > %(document)s
                       AND res_model IS DISTINCT FROM 'ged.anchor'
                ) OR EXISTS (
                    SELECT FROM ged_event e JOIN ged_document d ON d.id = e.document_id
                     WHERE e.company_id = %(company)s AND e.chain_number > %(event)s
                       AND NOT (e.event_type = 'archived'
                                AND d.res_model IS NOT DISTINCT FROM 'ged.anchor')
                )
                """,
                company=anchor.company_id.id,
                document=anchor.document_number or 0,
                event=anchor.event_number or 0,
            )
        )
        return found[0][0]

    @api.model
    def _anchor(self, company, client, only_stamped=False):
        """Archive the heads of ``company``, time-stamped by ``client`` if there is one.

        :param only_stamped: make nothing when the time-stamp server does not answer
        """
        heads = self._heads(company)
        if not any(head["number"] for head in heads.values()):
            return self.browse()
        at = fields.Datetime.now()
        manifest = canonical(self._manifest(company, heads, at))
        content, values = self._stamped(manifest, client)
        if only_stamped and not values.get("token_time"):
            return self.browse()
        document = self._file_evidence(company, at, content, values)
        return self.browse(
            allow_creation(self)
            .create(
                {
                    "company_id": company.id,
                    "at": at,
                    "document_id": document.id,
                    "document_number": heads["document"]["number"],
                    "document_hash": heads["document"]["hash"],
                    "event_number": heads["event"]["number"],
                    "event_hash": heads["event"]["hash"],
                    **values,
                }
            )
            .id
        )

    @api.model
    def _file_evidence(self, company, at, content, values):
        """Archive what an anchor of ``company`` consists of.

        :param content: the list of heads, in a time-stamped container if there is one
        :param values: ``token_time`` if it is, ``note`` otherwise
        """
        stamped = bool(values.get("token_time"))
        day = fields.Date.to_string(at)
        evidence = {
            "kind": "evidence",
            "name": f"ANCHOR/{day}",
            "filename": f"anchor_{day}.{'asics' if stamped else 'json'}",
            "mimetype": _asic().MIMETYPE if stamped else JSON_MIMETYPE,
            "content": content,
            "company_id": company.id,
            "document_date": fields.Date.to_date(at),
            "portal_visible": False,
            # it vouches for documents that are kept without limit
            "retention_until": False,
            "res_model": self._name,
            "event_detail": values.get("note"),
        }
        return self.env["ged.document"].sudo()._archive([evidence])

    @api.model
    def _heads(self, company):
        """Return ``{stream: {"number", "hash", "time", "count"}}`` as linked now."""
        self.env.flush_all()
        heads = {}
        for stream, table in ged_chain.TABLES.items():
            time = SQL.identifier("archived_at" if stream == "document" else "at")
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT c.head_number, c.head_hash, t.%(time)s,
                           (SELECT count(*) FROM %(table)s n
                             WHERE n.company_id = c.company_id
                               AND n.chain_number IS NOT NULL)
                      FROM ged_chain c
                      LEFT JOIN %(table)s t ON t.company_id = c.company_id
                           AND t.chain_number = c.head_number
                     WHERE c.company_id = %(company)s AND c.stream = %(stream)s
                    """,
                    time=time,
                    table=SQL.identifier(table),
                    company=company.id,
                    stream=stream,
                )
            )
            number, hash_, moment, count = rows[0] if rows else (0, None, None, 0)
            heads[stream] = {
                "number": number,
                "hash": hash_,
                "time": moment,
                "count": count,
            }
        return heads

    @api.model
    def _manifest(self, company, heads, at):
        """Return what is time-stamped, as a dictionary for ``lib.hashing.canonical``.

        Keys: ``type``, ``format``, ``at`` (UTC), ``company`` (``id`` and ``name``) and
        ``chains``, by stream: ``number`` of links, ``hash`` and ``time`` of the last
        one, ``count`` of linked rows.
        """
        return {
            "type": self._name,
            "format": MANIFEST_FORMAT,
            "at": at,
            "company": {"id": company.id, "name": company.name},
            "chains": heads,
        }

    @api.model
    def _stamped(self, manifest, client):
        """Return ``(bytes to archive, columns of the time stamp)``."""
        if client is None:
            note = self.env._("No time-stamp server is set for this company.")
            return manifest, {"note": note}
        try:
            token = client.request(manifest)
        except TimestampError as error:
            _logger.warning("archive anchor without time stamp: %s", error)
            note = self.env._("No time stamp was obtained: %(cause)s.", cause=error)
            return manifest, {"note": note}
        content = _asic().build(manifest, token.der, name=MANIFEST)
        return content, {
            "token_time": token.time.astimezone(UTC).replace(
                tzinfo=None, microsecond=0
            ),
            "tsa": _asic().read(content).tsa_subject,
        }


def _asic():
    # slow to import (signature libraries): only processes that anchor pay for it
    from ..lib import asic

    return asic
