# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.ged_archive.models.alive import alive

from ..lib import codes, numbers, packages, rhythm
from .chorus_account import MODES

_logger = logging.getLogger(__name__)

#: First key of the advisory locks that living workers hold on their flow.
LOCK_CLASS = 0x63686F72
#: Room of one file in an archive, beside its content.
OVERHEAD = 1536
#: Exchanges that are looked at in one go.
PACK_SIZE = 1000
#: The platform has said its last word, or nothing arrived.
ENDED = ("integrated", "partial", "rejected", "incident", "absent")


class ChorusFlow(models.Model):
    """Invoices that go to Chorus Pro in one file, and what became of the file.

    Life: *draft* (packed, committed) → *sending* (announced, committed) → the call →
    *deposited* → *processing* → an end: *integrated*, *partial*, *rejected*, or
    *incident* (its invoices go again, in another flow). When the answer is lost the
    flow is *unknown*: the platform is asked for its invoices, more than once, before
    anything is sent again (``chorus_flow_settle.py``); *absent* when nothing arrived.

    The file itself is not kept: it can be made again from the archived documents, byte
    for byte (:meth:`_get_content` checks its SHA-256). Written by the system only.
    """

    _name = "chorus.flow"
    _description = "Flow to Chorus Pro"
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one("res.users", string="Sent by", readonly=True)
    mode = fields.Selection(MODES, string="Way", required=True, readonly=True)
    name = fields.Char(string="File", readonly=True)
    syntax = fields.Char(readonly=True, default=codes.FACTURX)
    number = fields.Char(
        string="Number of the flow",
        readonly=True,
        index="btree_not_null",
        help="25 characters: Chorus Pro gives it to what comes by the API, the company "
        "to its EDI files.",
    )
    state = fields.Selection(
        [
            ("draft", "To be sent"),
            ("sending", "In progress"),
            ("unknown", "Outcome unknown"),
            ("deposited", "Deposited"),
            ("processing", "Being checked"),
            ("integrated", "Taken in"),
            ("partial", "Taken in, except some"),
            ("rejected", "Rejected"),
            ("incident", "Lost by the platform, sent again"),
            ("absent", "Did not arrive, sent again"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
    )
    exchange_ids = fields.Many2many(
        "demat.exchange",
        "chorus_flow_exchange_rel",
        "flow_id",
        "exchange_id",
        string="Exchanges",
        readonly=True,
    )
    invoice_count = fields.Integer(
        string="Invoices", compute="_compute_invoice_count", store=True
    )
    size = fields.Integer(string="Size (bytes)", readonly=True)
    sha256 = fields.Char(string="SHA-256", readonly=True)
    started_at = fields.Datetime(string="Started", readonly=True)
    deposited_at = fields.Datetime(string="Deposited on", readonly=True)
    ended_at = fields.Datetime(string="Ended on", readonly=True)
    report_code = fields.Char(
        string="State at Chorus Pro", readonly=True, help="Code, as it came."
    )
    report_label = fields.Char(string="Meaning", compute="_compute_report_label")
    report_at = fields.Datetime(string="Since", readonly=True)
    report_raw = fields.Json(readonly=True, groups="base.group_system")
    count = fields.Integer(
        string="Tries",
        readonly=True,
        aggregator=None,
        help="How often the present step was tried or asked about.",
    )
    searches = fields.Integer(
        readonly=True,
        aggregator=None,
        help="How often the platform was searched for a flow of unknown outcome.",
    )
    next_at = fields.Datetime(string="Next try", readonly=True, index=True)
    error_text = fields.Text(string="What happened", readonly=True)

    _number_uniq = models.UniqueIndex(
        "(company_id, number) WHERE number IS NOT NULL",
        "Another flow has this number already.",
    )

    @api.depends("exchange_ids")
    def _compute_invoice_count(self):
        for flow in self:
            flow.invoice_count = len(flow.exchange_ids)

    @api.depends("report_code")
    @api.depends_context("lang")
    def _compute_report_label(self):
        french = (self.env.lang or "").startswith("fr")
        for flow in self:
            state = flow.report_code and codes.flow_state(flow.report_code)
            flow.report_label = state and (state.label_fr if french else state.label)

    @api.depends("name", "number")
    def _compute_display_name(self):
        for flow in self:
            flow.display_name = (
                flow.number
                or flow.name
                or self.env._("Flow %(number)s", number=flow.id)
            )

    # -- helpers ----------------------------------------------------------------------

    def _alive(self):
        """Hold the lock of a living worker; yields whether we got it."""
        self.ensure_one()
        return alive(self.env.cr, LOCK_CLASS, self.id)

    @api.model
    def _committed(self, step):
        """Run a step and commit it, see ``demat.exchange._demat_run_committed``."""
        return self.env["demat.exchange"]._demat_run_committed(step)

    def _account(self):
        """The account of the company; empty when there is none any more."""
        return self.company_id._chorus_account().sudo()

    def _current(self):
        """Those of the exchanges that still ride in this flow."""
        return self.exchange_ids.filtered(lambda row: row.chorus_flow_id == self)

    def _try_alone(self, step):
        """Run a step about this flow; one that breaks does not stop the others.

        What it had not committed is taken back, and the flow waits.

        :param step: function without arguments, which commits by itself
        """
        self.ensure_one()
        try:
            step()
        except Exception:
            self.env.cr.rollback()
            self.env.invalidate_all()
            _logger.exception("%s: it is tried again later", self)
            self._committed(self._wait_after_fault)

    def _wait_after_fault(self):
        """Wait as after a failed try; *sending* is taken up as an unknown outcome."""
        self.invalidate_recordset()
        if not self.exists() or self.state in ("sending", *ENDED):
            return
        seconds = rhythm.delay(rhythm.RETRY, self.count)
        self.write({"count": self.count + 1, "next_at": self._due_in(seconds)})
        waits = self.state in ("draft", "unknown")
        (self._call_deposit if waits else self._call_follow)(at=self.next_at)

    def _due_in(self, seconds):
        return fields.Datetime.add(fields.Datetime.now(), seconds=seconds)

    def _in_words_of_user(self):
        """The causes are read by who sent the invoices; the job has no language."""
        user = self.user_id
        if not user:
            return self
        return self.with_context(lang=user.lang, tz=user.tz)

    @api.model
    def _call_deposit(self, at=None):
        """Have the job deposit what waits, after the commit or at a time."""
        self.env.ref("chorus_edi.ir_cron_chorus_deposit").sudo()._trigger(at=at)

    @api.model
    def _call_follow(self, at=None):
        self.env.ref("chorus_edi.ir_cron_chorus_follow").sudo()._trigger(at=at)

    @api.model
    def _told(self, message, kind="success"):
        """Toast with this message, then the form is read again."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_may_act(self):
        """:raises AccessError: unless the user is a clerk of the company concerned"""
        if not self.env.su and not self.env.user.has_group(
            "demat_base.group_demat_user"
        ):
            raise AccessError(self.env._("Only invoicing clerks decide about flows."))
        self.check_access("read")

    # -- packing ----------------------------------------------------------------------

    @api.model
    def _pack(self, account):
        """Put what waits at this account into flows, in one transaction.

        Two workers pack different exchanges: each takes only what it can lock.

        :return: the new flows, draft
        """
        exchanges = self.env["demat.exchange"].sudo()
        domain = exchanges._chorus_waiting_domain()
        waiting = exchanges.search(
            domain & Domain("company_id", "in", account._chorus_companies().ids),
            order="id",
            limit=PACK_SIZE,
        )._demat_try_lock()
        waiting.invalidate_recordset(["state", "chorus_flow_id"])
        waiting = waiting.filtered_domain(domain)
        self._refuse_too_large(waiting)
        flows = self.browse()
        fitting = waiting.filtered(lambda row: row.state == "pending")
        groups = fitting.grouped(lambda row: (row.company_id, row.user_id))
        for (company, user), rows in groups.items():
            alone = rows.filtered(lambda row: row._chorus_goes_alone(account))
            parts = packages.split(
                list(rows - alone), size=lambda row: row.document_id.size + OVERHEAD
            )
            for part in [*parts, *alone]:
                flows |= self._make(company, user, account, exchanges.union(*part))
        return flows

    @api.model
    def _make(self, company, user, account, rows):
        """A draft flow of these exchanges."""
        flow = self.sudo().create(
            {
                "company_id": company.id,
                "user_id": user.id,
                "mode": account.mode,
                "exchange_ids": [fields.Command.set(rows.ids)],
            }
        )
        rows.write({"chorus_flow_id": flow.id})
        self.env["chorus.invoice"]._ensure(rows)
        return flow

    @api.model
    def _refuse_too_large(self, rows):
        """What no flow can hold fails with its reason, the others go."""
        for row in rows:
            size, limit = row.document_id.size, packages.MAX_FILE_BYTES
            if size > limit:
                # the job has no language: who sent it reads the cause
                reader = row.with_context(lang=row.user_id.lang)
                text = reader.env._(
                    "%(name)s has %(size).1f MB, Chorus Pro takes files of "
                    "%(limit).0f MB: reopen the invoice and leave attachments out.",
                    name=row.res_name,
                    size=size / 1e6,
                    limit=limit / 1e6,
                )
                reader._mark_failed("too_large", text)
                reader._chorus_todo(text)

    # -- the file ---------------------------------------------------------------------

    def _members(self, rows):
        """``[(name, bytes)]`` of the invoices of a flow, in a fixed order.

        :raises UserError: a document of the archive is missing or altered
        """
        rows = rows.sorted("id")
        names = packages.distinct(
            numbers.invoice_file_name(row.document_id.name) for row in rows
        )
        return [
            (name, row.document_id._get_content())
            for name, row in zip(names, rows, strict=True)
        ]

    def _make_content(self, rows):
        """The file: the PDF itself for one invoice, else a tar.gz.

        :return: ``(extension, bytes)``
        """
        members = self._members(rows)
        if len(members) == 1 and self.mode == "api":
            return "pdf", members[0][1]
        return "tar.gz", packages.tar_gz(members)

    def _get_content(self):
        """Make the file of this flow again from the archive.

        :raises UserError: it would not be the one that was sent
        """
        self.ensure_one()
        content = self._make_content(self.exchange_ids)[1]
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise UserError(
                self.env._(
                    "%(flow)s: its file cannot be made again as it was sent.",
                    flow=self.display_name,
                )
            )
        return content
