# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib import document_status


class DematStatusMixin(models.AbstractModel):
    """A document with the status that a clerk reads (seed 004).

    Nothing is stored: *overdue* depends on today. The field is computed from facts that
    are read in sets, and filtered, sorted and grouped by a ``CASE`` made of the same
    table (``lib/document_status.py``).

    A kind of document answers the three hooks ``_demat_status_rules``,
    ``_demat_status_facts`` and ``_demat_status_columns``, and names in an override of
    ``_compute_demat_status`` the fields that its facts come from.
    """

    _name = "demat.status.mixin"
    _description = "Document with a Status"

    demat_status = fields.Selection(
        selection="_selection_demat_status",
        string="Document status",
        compute="_compute_demat_status",
        search="_search_demat_status",
        help="Where the document stands: draft, to be sent, waiting for the customer, "
        "overdue, done (paid, accepted) or rejected.",
    )

    def _selection_demat_status(self):
        """The labels, from code: those of a field of another addon's model would come
        before that addon is there to take their translations."""
        return [
            (document_status.DRAFT, self.env._("Draft")),
            (document_status.TO_SEND, self.env._("To be sent")),
            (document_status.WAITING, self.env._("Waiting")),
            (document_status.OVERDUE, self.env._("Overdue")),
            (document_status.DONE, self.env._("Done")),
            (document_status.REJECTED, self.env._("Rejected")),
        ]

    def _demat_status_rules(self):
        """Return the table of this kind of document, a sequence of ``Rule``."""
        raise NotImplementedError

    def _demat_status_facts(self):
        """Return the facts of each document, in a number of queries that is fixed.

        :return: ``{document: {fact: value}}``; a document without an entry has no
            status
        """
        raise NotImplementedError

    def _demat_status_columns(self, alias, query):
        """Return the same facts in SQL.

        :return: ``({fact: SQL}, SQL condition of what has a status)``
        """
        raise NotImplementedError

    def _compute_demat_status(self):
        rules = self._demat_status_rules()
        facts = self._demat_status_facts()
        for document in self:
            known = facts.get(document)
            document.demat_status = known and document_status.decide(rules, known)

    def _search_demat_status(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        wanted = set(value)
        if operator == "not in":
            wanted = {False, *document_status.STATUSES} - wanted
        found = tuple(status for status in wanted if status)

        def to_sql(model, alias, query):
            status = model._demat_status_sql(alias, query)
            parts = [SQL("%s IN %s", status, found)] if found else []
            if False in wanted:
                parts.append(SQL("%s IS NULL", status))
            return SQL("(%s)", SQL(" OR ").join(parts)) if parts else SQL("FALSE")

        return Domain.custom(
            to_sql=to_sql, predicate=lambda document: document.demat_status in wanted
        )

    def _demat_status_sql(self, alias, query):
        """Return the table as one expression: text, or NULL without a status."""
        columns, applies = self._demat_status_columns(alias, query)
        cases = [
            SQL(
                "WHEN %s THEN %s",
                SQL(" AND ").join(
                    SQL("%s IN %s", columns[name], tuple(sorted(values)))
                    for name, values in rule.when.items()
                )
                or SQL("TRUE"),
                rule.status,
            )
            for rule in self._demat_status_rules()
        ]
        return SQL("CASE WHEN NOT %s THEN NULL %s END", applies, SQL(" ").join(cases))

    def _field_to_sql(self, alias, fname, query=None):
        # EXTENDS base: filtering, sorting and grouping without a stored value
        if fname == "demat_status":
            return self._demat_status_sql(alias, query)
        return super()._field_to_sql(alias, fname, query)
