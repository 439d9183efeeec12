# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# The host's partner merge moves rows to the surviving customer, by SQL: this is
# the only change the database lets through. TRUNCATE is refused as well.
_GUARD = """
CREATE OR REPLACE FUNCTION demat_consent_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND to_jsonb(OLD) - 'partner_id' = to_jsonb(NEW) - 'partner_id'
       AND NEW.partner_id IS NOT NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'demat_consent is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER IF EXISTS demat_consent_guard_row ON demat_consent;
CREATE TRIGGER demat_consent_guard_row BEFORE UPDATE OR DELETE ON demat_consent
    FOR EACH ROW EXECUTE FUNCTION demat_consent_guard();
DROP TRIGGER IF EXISTS demat_consent_guard_table ON demat_consent;
CREATE TRIGGER demat_consent_guard_table BEFORE TRUNCATE ON demat_consent
    FOR EACH STATEMENT EXECUTE FUNCTION demat_consent_guard();
"""


def drop_guard(cr):
    """Remove the triggers and their function (uninstallation)."""
    cr.execute("DROP FUNCTION IF EXISTS demat_consent_guard() CASCADE")


class DematConsent(models.Model):
    """One statement of a customer: dematerialisation accepted or withdrawn.

    Rows are only ever added (:meth:`_record`); a mistake is corrected by a later
    row. A statement belongs to the commercial entity of the customer, to one kind
    of document and to one legal entity of ours (branches share that of their root
    company).

    In force on a day: among the rows whose date of effect has come, the one with
    the latest date of effect, then the last recorded. A row that had not come into
    force yet when a later statement, effective no later, was recorded is replaced
    by it (a customer who withdraws before his acceptance begins has withdrawn).
    """

    _name = "demat.consent"
    _description = "Dematerialisation Consent"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_name = fields.Char(
        string="Customer Name",
        required=True,
        readonly=True,
        help="Name of the customer when the statement was recorded.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(
        selection=[("invoice", "Invoices"), ("quote", "Quotes")],
        string="Documents",
        required=True,
        readonly=True,
    )
    action = fields.Selection(
        selection=[("given", "Accepted"), ("withdrawn", "Withdrawn")],
        string="Statement",
        required=True,
        readonly=True,
    )
    effective_date = fields.Date(string="Date of Effect", required=True, readonly=True)
    means = fields.Selection(
        selection=[
            ("form", "Paper form"),
            ("email", "E-mail"),
            ("portal", "Customer portal"),
            ("telephone", "Telephone"),
            ("contract", "Contract"),
        ],
        required=True,
        readonly=True,
    )
    wording = fields.Text(
        readonly=True, help="Text the customer agreed to, as it read that day."
    )
    wording_version = fields.Char(string="Version of the Wording", readonly=True)
    evidence_id = fields.Many2one(
        "ged.document",
        readonly=True,
        ondelete="restrict",
        help="Form, mail or contract kept in the archive.",
    )
    ip = fields.Char(string="IP Address", readonly=True)
    recorded_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    recorded_by_id = fields.Many2one(
        "res.users",
        string="Recorded by",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    recorded_by_name = fields.Char(
        string="Name of the Recorder", required=True, readonly=True
    )

    _current = models.Index(
        "(partner_id, company_id, kind, effective_date DESC, id DESC)"
    )
    _ip_of_portal = models.Constraint(
        "CHECK (means != 'portal' OR ip IS NOT NULL)",
        "A statement made on the portal needs the IP address it came from.",
    )

    def init(self):
        self.env.cr.execute(_GUARD)

    def write(self, vals):
        """Refused, except for the partner merge of the host."""
        if set(vals) - {"partner_id"}:
            raise UserError(
                self.env._(
                    "The consent register only grows: record a new statement instead "
                    "of changing this one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A line of the consent register cannot be deleted."))

    @api.model
    def _record(self, partners, *, kinds, action, means, **values):
        """Add a statement for each customer and each kind.

        The caller has checked that the user may (wizard: group of clerks; portal:
        the customer himself); the rows are written by the system.

        :param partners: customers; replaced by their commercial entities
        :param kinds: iterable of ``invoice``, ``quote``
        :param action: ``given`` or ``withdrawn``
        :param means: ``form``, ``email``, ``portal``, ``telephone``, ``contract``
        :param values: optional ``effective_date`` (default today), ``company``
            (default the current one), ``wording``, ``wording_version``, ``ip``,
            ``evidence`` (``ged.document``)
        :return: the new rows, readable by the current user only if he may
        """
        company = values.get("company") or self.env.company
        effective_date = values.get("effective_date") or fields.Date.context_today(self)
        evidence = values.get("evidence")
        rows = [
            {
                "partner_id": partner.id,
                "partner_name": partner.display_name,
                "company_id": company.root_id.id,
                "kind": kind,
                "action": action,
                "effective_date": effective_date,
                "means": means,
                "wording": values.get("wording"),
                "wording_version": values.get("wording_version"),
                "ip": values.get("ip"),
                "evidence_id": evidence.id if evidence else False,
                # named, or a default of the context would date the statement
                "recorded_at": fields.Datetime.now(),
                "recorded_by_id": self.env.uid,
                "recorded_by_name": self.env.user.name,
            }
            for partner in partners.sudo().commercial_partner_id
            for kind in kinds
        ]
        return self.sudo().create(rows).sudo(self.env.su)

    @api.model
    def _current_sql(self, company, date):
        """Query of the statement in force: partner_id, kind, action, effective_date."""
        return SQL(
            """
            SELECT DISTINCT ON (c.partner_id, c.kind)
                   c.partner_id, c.kind, c.action, c.effective_date
              FROM demat_consent c
             WHERE c.company_id = %(company)s AND c.effective_date <= %(date)s
               AND %(standing)s
             ORDER BY c.partner_id, c.kind, c.effective_date DESC, c.id DESC
            """,
            company=company.root_id.id,
            date=date,
            standing=self._standing_sql(),
        )

    @api.model
    def _standing_sql(self):
        """Condition: row ``c`` was not replaced before it came into force."""
        return SQL(
            """
            NOT EXISTS (
                SELECT 1 FROM demat_consent later
                 WHERE later.partner_id = c.partner_id
                   AND later.company_id = c.company_id
                   AND later.kind = c.kind
                   AND later.id > c.id
                   AND later.effective_date <= c.effective_date
                   AND later.recorded_at::date < c.effective_date)
            """
        )

    @api.model
    def _get_current(self, partners, company=None, date=None):
        """Statements in force, for any number of customers in one query.

        :return: {(commercial partner id, kind): (action, effective date)}
        """
        ids = tuple(partners.commercial_partner_id.ids)
        if not ids:
            return {}
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) current WHERE partner_id IN %s",
                self._current_sql(
                    company or self.env.company,
                    date or fields.Date.context_today(self),
                ),
                ids,
            )
        )
        return {
            (partner, kind): (action, effective)
            for partner, kind, action, effective in rows
        }

    @api.model
    def _get_upcoming(self, partners, company=None):
        """Next statement that is not in force yet.

        :return: {(commercial partner id, kind): (action, effective date)}
        """
        ids = tuple(partners.commercial_partner_id.ids)
        if not ids:
            return {}
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (c.partner_id, c.kind)
                       c.partner_id, c.kind, c.action, c.effective_date
                  FROM demat_consent c
                 WHERE c.company_id = %(company)s AND c.partner_id IN %(ids)s
                   AND c.effective_date > %(today)s AND %(standing)s
                 ORDER BY c.partner_id, c.kind, c.effective_date, c.id DESC
                """,
                company=(company or self.env.company).root_id.id,
                ids=ids,
                today=fields.Date.context_today(self),
                standing=self._standing_sql(),
            )
        )
        return {
            (partner, kind): (action, effective)
            for partner, kind, action, effective in rows
        }

    @api.model
    def _check_may_record(self):
        """:raise AccessError: unless the user may record statements"""
        if not self.env.su and not self.env.user.has_group(
            "demat_base.group_demat_user"
        ):
            raise AccessError(
                self.env._("Only invoicing clerks record the consent of customers.")
            )
