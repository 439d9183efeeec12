# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

#: The only place that says which state may follow which. ``done → failed`` is for
#: news that arrive later (a bounce); ``failed``/``unknown → pending`` puts the
#: exchange back in a run, ``→ sending`` starts a new attempt under the same key;
#: ``sending → pending`` is for who knows that nothing has left (no connection).
TRANSITIONS = {
    "pending": {"sending", "done", "failed", "cancelled"},
    "sending": {"pending", "done", "failed", "unknown"},
    "done": {"failed"},
    "failed": {"pending", "sending", "cancelled"},
    "unknown": {"pending", "sending", "done", "failed", "cancelled"},
    "cancelled": {"pending"},
}


class DematExchange(models.Model):
    """One document × one channel × its recipients: did it leave, did it arrive?

    Life: the caller creates the row with :meth:`_create_pending` under a key of its
    own, marks it *sending* and **commits before any outside effect**; the outcome
    is *done*, *failed*, or *unknown* when nobody can tell (lost connection, killed
    server). What is done is not done again; what is unknown is asked for, never
    repeated blindly. A new attempt keeps the row and its key.

    Rows are written by the system only; people act through the buttons of
    ``demat_exchange_actions.py``, mail goes through ``demat_exchange_mail.py``.
    """

    _name = "demat.exchange"
    _description = "Document Exchange"
    _order = "id desc"
    _rec_name = "res_name"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True
    )
    res_model = fields.Char(string="Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document ID", model_field="res_model", required=True, readonly=True
    )
    res_name = fields.Char(string="Document", readonly=True)
    channel = fields.Selection(
        selection=[
            ("ged", "Archive"),
            ("mail", "E-mail"),
            ("print", "Paper"),
            ("none", "Nobody told"),
        ],
        required=True,
        readonly=True,
    )
    direction = fields.Selection(
        selection=[("out", "Outgoing"), ("in", "Incoming")],
        required=True,
        readonly=True,
        default="out",
    )
    state = fields.Selection(
        selection=[
            ("pending", "To do"),
            ("sending", "In progress"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("unknown", "Outcome unknown"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="pending",
        index=True,
    )
    idempotency_key = fields.Char(
        required=True,
        readonly=True,
        help="Identifies this sending for ever: under one key a document leaves "
        "once, however often it is tried.",
    )
    attempts = fields.Integer(readonly=True)
    external_id = fields.Char(
        string="Identifier at the Recipient",
        readonly=True,
        index="btree_not_null",
        help="Message-ID of the mail, number of the deposit…",
    )
    recipients = fields.Char(readonly=True)
    failed_recipients = fields.Char(
        readonly=True, help="Those of the recipients who did not get the mail."
    )
    document_id = fields.Many2one(
        "ged.document", string="Archived Document", readonly=True, index=True
    )
    # the PDF of an invoice is the file of a field: the host hides those by default, and
    # a new attempt would go without it
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Attached Files",
        readonly=True,
        context={"skip_res_field_check": True},
    )
    error_code = fields.Char(string="Kind of Error", readonly=True)
    error_text = fields.Text(string="What Happened", readonly=True)
    traceback = fields.Text(
        string="Technical Detail", readonly=True, groups="base.group_system"
    )
    report = fields.Html(readonly=True, sanitize=True)
    user_id = fields.Many2one(
        "res.users",
        string="Sent by",
        readonly=True,
        default=lambda self: self.env.user,
    )
    started_at = fields.Datetime(
        string="Started", readonly=True, help="Start of the last attempt."
    )
    done_at = fields.Datetime(string="Finished", readonly=True)
    confirmed_by_id = fields.Many2one(
        "res.users",
        string="Arrival Confirmed by",
        readonly=True,
        help="The user who said that a document of unknown outcome did arrive.",
    )
    mail_mail_id = fields.Many2one(
        "mail.mail", string="Mail", readonly=True, index="btree_not_null"
    )
    mail_message_id = fields.Many2one(
        "mail.message", string="Message", readonly=True, index="btree_not_null"
    )
    by_hand = fields.Boolean(
        string="Sent by Hand",
        readonly=True,
        help="Somebody wrote this mail and chose who receives it: a new attempt goes "
        "to the same addresses.",
    )
    mail_payload = fields.Json(readonly=True, groups="base.group_system")
    log_ids = fields.One2many(
        "demat.exchange.log", "exchange_id", string="History", readonly=True
    )

    _idempotency_key_uniq = models.Constraint(
        "UNIQUE (idempotency_key)",
        "This sending exists already: a document leaves once under one key.",
    )
    _external_id_uniq = models.UniqueIndex(
        "(channel, direction, external_id) WHERE external_id IS NOT NULL",
        "The recipient gave this identifier to another exchange already.",
    )
    _document = models.Index("(res_model, res_id)")

    @api.depends("res_name", "channel")
    def _compute_display_name(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        for exchange in self:
            exchange.display_name = (
                f"{exchange.res_name or exchange.res_id} – {labels[exchange.channel]}"
            )

    @api.model
    def _get_states(self):
        return self._fields["state"].selection

    @api.ondelete(at_uninstall=False)
    def _unlink_except_pending(self):
        if any(exchange.state != "pending" for exchange in self):
            raise UserError(
                self.env._(
                    "An exchange that was started is kept as evidence: it cannot be "
                    "deleted."
                )
            )

    @api.model
    def _create_pending(self, vals_list):
        """Rows for sendings to come; a key that is known already gives its old row.

        That makes the call repeatable: a run that is resumed calls it again and
        finds in ``state`` what was done already.

        :param vals_list: dicts with at least ``res_model``, ``res_id``,
            ``company_id``, ``channel`` and ``idempotency_key``
        :return: one row for each dict, in the same order
        """
        keys = [vals["idempotency_key"] for vals in vals_list]
        rows = {
            row.idempotency_key: row.id
            for row in self.sudo().search([("idempotency_key", "in", keys)])
        }
        missing = {
            vals["idempotency_key"]: {**vals, "state": "pending"}
            for vals in vals_list
            if vals["idempotency_key"] not in rows
        }
        # what is left open is the system's: no default of the caller's context fills it
        context = clean_context(self.env.context)
        rows_sudo = self.with_env(self.env(su=True, context=context))
        for row in rows_sudo.create(list(missing.values())):
            rows[row.idempotency_key] = row.id
        return self.browse([rows[key] for key in keys])

    def _mark_sending(self):
        """Start an attempt. The caller commits before he sends anything.

        :raise UserError: when the state of a row does not allow it
        """
        exchanges = self._transition(
            "sending",
            {
                "started_at": fields.Datetime.now(),
                "done_at": False,
                "error_code": False,
                "error_text": False,
                "traceback": False,
            },
        )
        for attempts, rows in exchanges.grouped("attempts").items():
            rows.write({"attempts": attempts + 1})

    def _mark_done(self, external_id=None, report=None):
        """The recipient has it.

        :param external_id: his identifier, unique for the channel
        :param report: readable HTML
        """
        vals = {
            "done_at": fields.Datetime.now(),
            "error_code": False,
            "error_text": False,
            "traceback": False,
            "failed_recipients": False,
        }
        if external_id:
            vals["external_id"] = external_id
        if report:
            vals["report"] = report
        self._transition("done", vals)

    def _mark_failed(self, code, text, traceback=None, failed_recipients=None):
        """It did not arrive, for sure.

        :param code: short code of the cause, untranslated
        :param text: words for a clerk
        :param traceback: technical text, shown to system administrators
        :param failed_recipients: those who did not get it, when others did
        """
        self._transition(
            "failed",
            {
                "error_code": code,
                "error_text": text,
                "traceback": traceback,
                "failed_recipients": failed_recipients,
            },
            log=True,
        )

    def _mark_unknown(self, text, traceback=None):
        """Nobody can tell whether it arrived: a person has to say."""
        self._transition(
            "unknown",
            {"error_code": "unknown", "error_text": text, "traceback": traceback},
            log=True,
        )

    def _transition(self, state, vals, *, log=False, text=None):
        """Go to ``state``, all rows or none; the one writer of the field.

        :param log: keep the step in the history of the exchange
        :param text: explanation in the history, else the error text
        :return: the rows, in system mode
        :raise UserError: naming the first row whose state forbids it
        """
        exchanges = self.sudo()
        for exchange in exchanges:
            if state not in TRANSITIONS[exchange.state]:
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(exchange)s: it is “%(old)s” and cannot become “%(new)s”.",
                        exchange=exchange.display_name,
                        old=labels[exchange.state],
                        new=labels[state],
                    )
                )
        if log:
            exchanges._add_log(
                state, vals.get("error_code"), text or vals["error_text"]
            )
        exchanges.write({"state": state, **vals})
        return exchanges

    def _add_log(self, state, code, text):
        """One line of history for each row, before its state changes."""
        self.env["demat.exchange.log"].sudo().create(
            [
                {
                    "exchange_id": exchange.id,
                    "user_id": self.env.uid,
                    "attempt": exchange.attempts,
                    "old_state": exchange.state,
                    "new_state": state,
                    "code": code,
                    "text": text,
                }
                for exchange in self
            ]
        )

    @api.model
    def _demat_commit(self):
        """Commit what an outside effect must not be able to take back.

        The only commit of this addon; inert in tests, where the whole test is one
        transaction.
        """
        if not modules.module.current_test:
            self.env.cr.commit()  # pylint: disable=invalid-commit

    def _demat_commit_and_keep(self):
        """The same, in a batch that has read things once for all its rows.

        The host forgets at a commit all that it has read. The caller reads again what
        somebody else may have changed meanwhile, and forgets the rest at his end.
        """
        if modules.module.current_test:
            return
        cr = self.env.cr
        cr.flush()
        transaction, cr.transaction = cr.transaction, None
        try:
            cr.commit()  # pylint: disable=invalid-commit
        finally:
            cr.transaction = transaction
