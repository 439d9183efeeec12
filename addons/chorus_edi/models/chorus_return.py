# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import hashlib

from markupsafe import escape

from odoo import api, fields, models

from ..lib import codes, errors, returns
from ..lib.sftp_names import MAX_FILE
from .chorus_times import naive

TOO_LARGE = "chorus_edi.mail_activity_type_return_size"

#: Status of an invoice that was never taken in; a rejected one (``REJETEE``) was.
REFUSED = "NON_CONFORME"
#: Flows and exchanges whose outcome is not known yet.
OPEN = ("deposited", "processing", "unknown")
WAITING = ("sending", "unknown")
#: Ends of a flow that the answers about its invoices make.
TOLD_ENDS = ("integrated", "partial", "rejected")


class ChorusReturn(models.Model):
    """A file that came back in the EDI mode, and what was read from it.

    Kept before it is taken off the folder: a server that dies finds it again, and reads
    it once only (by its name and content). A file that cannot be read is kept too, and
    changes nothing; administrators are told.
    """

    _name = "chorus.return"
    _description = "Return File of Chorus Pro"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="File", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    sha256 = fields.Char(string="SHA-256", required=True, readonly=True)
    content = fields.Binary(readonly=True, attachment=True)
    state = fields.Selection(
        [("done", "Read"), ("failed", "Not readable")], required=True, readonly=True
    )
    error_text = fields.Text(string="Why", readonly=True)
    flow_count = fields.Integer(string="Flows", readonly=True)
    invoice_count = fields.Integer(string="Invoices", readonly=True)
    stray = fields.Text(
        string="Not ours",
        readonly=True,
        help="What the file speaks of and nobody here knows.",
    )

    _file_uniq = models.Constraint(
        "UNIQUE(company_id, name, sha256)", "This return file was read already."
    )

    @api.model
    def _collect(self, account, box):
        """Read what waits in the folder of an account. Commits after each file.

        :param box: ``lib.dropbox.Folder`` or ``Sftp``
        :raises ChorusError: the folder cannot be reached; or, after all others were
            read and administrators were told, a file is too large to be read
        """
        committed = self.env["demat.exchange"]._demat_run_committed
        try:
            # one after the other: what is too large is told after all the others
            for name, content in box.fetch():
                committed(
                    lambda name=name, content=content: self._take(
                        account, name, content
                    )
                )
                box.acknowledge(name)
        except errors.TooLarge as error:
            names = error.names
            committed(lambda: self._tell_too_large(account, names))
            raise
        else:
            committed(lambda: account.sudo().activity_unlink([TOO_LARGE]))

    @api.model
    def _tell_too_large(self, account, names):
        """Administrators look at files that stay in the folder of the returns."""
        account._chorus_tell_once(
            TOO_LARGE,
            lambda told: escape(
                told.env._(
                    "Too large to be read, they stay in the folder of the returns of "
                    "Chorus Pro: %(names)s (more than %(limit)s MB). What they say of "
                    "flows and invoices is not known here. Look whether Chorus Pro "
                    "put them there; have it send them anew in smaller files, or look "
                    "at the invoices on the portal, and take them out of the folder.",
                    names=", ".join(names),
                    limit=MAX_FILE // 1_000_000,
                )
            ),
        )

    @api.model
    def _take(self, account, name, content):
        """Store one file and apply what it says, unless that was done already."""
        sha256 = hashlib.sha256(content).hexdigest()
        key = [
            ("company_id", "=", account.company_id.id),
            ("name", "=", name),
            ("sha256", "=", sha256),
        ]
        if self.search_count(key, limit=1):
            return self.browse()
        values = {
            "name": name,
            "company_id": account.company_id.id,
            "sha256": sha256,
            "content": base64.b64encode(content),
        }
        try:
            files = returns.read(name, content)
        except returns.BadReturn as error:
            unread = {**values, "state": "failed", "error_text": str(error)}
            return self.create(unread)._tell_unread(account)
        companies = account._chorus_companies()
        stray = []
        for file in files:
            stray += self._apply_flows(companies, file)
            stray += self._apply_invoices(companies, file)
        flows = sum(len(file.flows) for file in files)
        invoices = sum(len(file.invoices) for file in files)
        return self.create(
            {
                **values,
                "state": "done",
                "flow_count": flows,
                "invoice_count": invoices,
                "ours": flows + invoices > len(stray),
                "stray": "\n".join(stray) or False,
            }
        )

    def _tell_unread(self, account):
        """Administrators look at a file that nobody can read: its invoices wait.

        :return: this file
        """
        name, cause = self.name, self.error_text
        account._chorus_tell_once(
            "chorus_edi.mail_activity_type_return",
            lambda told: escape(
                told.env._(
                    "The return file %(name)s of Chorus Pro cannot be read: %(cause)s. "
                    "What it says of flows and invoices is not known here. Open it in "
                    "“Return files”, where all that cannot be read are marked; have "
                    "Chorus Pro send it anew, or look at the invoices on the portal.",
                    name=name,
                    cause=cause,
                )
            ),
        )
        return self

    @api.model
    def _apply_flows(self, companies, file):
        """What a file says of whole flows; the names of those that are not ours."""
        stray = []
        flows = self.env["chorus.flow"].search(
            [
                ("company_id", "in", companies.ids),
                ("number", "in", [one.flow for one in file.flows]),
            ]
        )
        by_number = {flow.number: flow for flow in flows}
        for one in file.flows:
            flow = by_number.get(one.flow)
            if flow:
                flow._in_words_of_user()._take_return(one, file)
            else:
                stray.append(one.flow)
        return stray

    @api.model
    def _apply_invoices(self, companies, file):
        """What a file says of invoices; the numbers of those that are not ours."""
        stray = []
        rows = self.env["chorus.invoice"].search(
            [
                ("company_id", "in", companies.ids),
                ("number", "in", [one.invoice for one in file.invoices]),
            ]
        )
        by_number = {row.number: row for row in rows}
        for one in file.invoices:
            row = by_number.get(one.invoice)
            siret = row and row.structure_id.siret
            if not row or (siret and one.recipient and siret != one.recipient):
                stray.append(one.invoice)
                continue
            row._in_words_of_user()._take_return(one)
        return stray


class ChorusInvoice(models.Model):
    _inherit = "chorus.invoice"

    def _take_return(self, line):
        """Store what a return file says of this invoice.

        :param line: ``lib.returns.InvoiceStatus``
        """
        if self._settle_by_status(line.code, line.comment):
            self._take_steps([(line.code, naive(line.at), line.comment, "")])

    def _settle_by_status(self, code, comment):
        """The own status of an invoice tells what became of its deposit.

        Whoever has one was taken in, except what does not conform: that never was,
        and its number may be used again (chorus_pro.md 6.5).

        :return: whether it lives at Chorus Pro: its status is to be kept
        """
        exchange, flow = self.exchange_id, self.flow_id
        end = "failed" if code == REFUSED else "done"
        is_open = exchange.state in WAITING or exchange._chorus_is_told()
        if is_open and exchange.state != end:
            # what was to do about the flow is answered
            self.move_id._chorus_todo_done()
            if code == REFUSED:
                exchange._chorus_refused(flow, [comment or codes.status(code).label])
            else:
                exchange._chorus_taken(flow)
            flow._end_if_all_told()
        return code != REFUSED or exchange.state == "done"


class ChorusFlow(models.Model):
    _inherit = "chorus.flow"

    def _take_return(self, line, file):
        """Store what a return file says of this flow.

        :param line: ``lib.returns.FlowStatus``
        :param file: ``lib.returns.ReturnFile``: its invoices tell who was refused
        """
        if self.state not in OPEN:
            return
        if self.state == "unknown":
            self._become_deposited()
        # an answer of the API, if there was one, is not the last any more
        self.write(
            {
                "report_code": line.number,
                "report_at": naive(line.at),
                "report_raw": False,
            }
        )
        if line.outcome in ("pending", "unknown"):
            self.state = "processing"
            if line.outcome == "unknown":
                self._current()._chorus_todo(
                    self.env._(
                        "Chorus Pro gives the flow %(flow)s a state that is not known "
                        "here: %(code)s. Look at it on the portal.",
                        flow=self.number,
                        code=" – ".join(filter(None, (line.number, line.comment))),
                    )
                )
            return
        own = self._waiting().mapped("document_id.name")
        refusals = {
            one.invoice: [one.comment or codes.status(one.code).label]
            for one in file.invoices
            if one.code == REFUSED and one.invoice in own
        }
        if line.outcome == "partial" and not refusals:
            self._await_statuses()
            return
        self._conclude(line.outcome, refusals, line.comment, {})

    def _await_statuses(self):
        """Some were refused, and other files tell which.

        What has had its own status already is settled; the others wait for theirs.
        """
        # what is told here, the flow that is late need not tell again
        self.write({"state": "processing", "overdue_told": True})
        self._end_if_all_told()
        if self.state != "processing":
            return
        self._waiting()._chorus_todo(
            self.env._(
                "Chorus Pro took in only some invoices of the flow %(flow)s and has "
                "not said yet which. The return files of the invoices will tell; if "
                "none comes within some days, look at the invoice on the portal.",
                flow=self.number,
            )
        )

    def _waiting(self):
        """Those of its exchanges of which nobody knows what became."""
        return self._current().filtered(lambda row: row.state in WAITING)

    def _end_if_all_told(self):
        """Each of its invoices was answered by its own status: nothing is open. What
        is told later of one that a person had spoken of corrects the end.
        """
        if self.mode != "edi" or self.state not in (*OPEN, *TOLD_ENDS):
            return
        if self._waiting():
            return
        # what rides in another flow since was refused here
        done = self._current().filtered(lambda row: row.state == "done")
        end = "partial" if done else "rejected"
        if done == self.exchange_ids:
            end = "integrated"
        if self.state in OPEN:
            self._end(end)
        elif self.state != end:
            self.state = end
