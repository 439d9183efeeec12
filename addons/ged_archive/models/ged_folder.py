# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL, split_every

from .ged_chain import CONTENTION


class GedFolder(models.Model):
    """One folder of the filing plan: customer › site › year › kind.

    Derived from the documents, so no evidence: ``_find_or_create`` makes folders as
    documents arrive, ``ged.document._file`` puts documents into them, and a job files
    again what was moved (a customer merged, a contact that changed its company).
    A document without a site has its year right under the customer. Nobody edits.
    """

    _name = "ged.folder"
    _description = "Folder of the filing plan"
    _parent_store = True
    _order = "sort_key, id"
    _rec_names_search = ["name"]

    name = fields.Char(compute="_compute_name", store=True)
    sort_key = fields.Char(
        compute="_compute_name",
        store=True,
        help="Customers and sites by name, latest years first, kinds in their order.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", ondelete="cascade", index="btree_not_null"
    )
    site_name = fields.Char(string="Site")
    year = fields.Integer(aggregator=None)
    kind_id = fields.Many2one("ged.kind", ondelete="cascade", index="btree_not_null")
    parent_id = fields.Many2one("ged.folder", ondelete="cascade", index=True)
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("ged.folder", "parent_id")

    _key_uniq = models.UniqueIndex(
        "(company_id, COALESCE(partner_id, 0), COALESCE(site_name, ''), "
        "COALESCE(year, 0), COALESCE(kind_id, 0))"
    )

    @api.depends(
        "partner_id.complete_name", "site_name", "year", "kind_id.name", "kind_id.code"
    )
    def _compute_name(self):
        for folder in self.sudo():
            kind = folder.kind_id.with_context(lang=None)
            folder.name, folder.sort_key = _name(
                folder.partner_id.complete_name, folder.site_name, folder.year, kind
            )

    @api.depends("name", "kind_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for folder in self:
            if folder.kind_id:
                folder.display_name = folder.sudo().kind_id.name
            else:
                folder.display_name = folder.name or self.env._("No customer")

    # ------------------------------------------------------------ find or create

    @api.model
    def _key_of(self, company_id, partner, site_name, day, kind_id):
        """Return the key of a document's folder: a tuple of company, customer (the
        company of a contact), site, year and kind; 0 and "" stand for "none".
        """
        return (
            company_id,
            partner.commercial_partner_id.id or partner.id or 0,
            (site_name or "").strip(),
            day.year if day else 0,
            kind_id,
        )

    @api.model
    def _find(self, keys):
        """Return ``{key: id}`` of the folders among ``keys`` that exist; one query.

        They are locked as a reference to them will lock them, so that none of them is
        dropped before the documents are in; one that is being dropped is left out.
        Raises one of ``CONTENTION`` for one dropped since this transaction began.
        """
        if not keys:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.company_id, COALESCE(f.partner_id, 0),
                       COALESCE(f.site_name, ''), COALESCE(f.year, 0),
                       COALESCE(f.kind_id, 0), f.id
                  FROM ged_folder f
                  JOIN unnest(%s::int[], %s::int[], %s::text[], %s::int[], %s::int[])
                       AS k (company, partner, site, year, kind)
                    ON f.company_id = k.company
                   AND COALESCE(f.partner_id, 0) = k.partner
                   AND COALESCE(f.site_name, '') = k.site
                   AND COALESCE(f.year, 0) = k.year
                   AND COALESCE(f.kind_id, 0) = k.kind
                   FOR KEY SHARE OF f SKIP LOCKED
                """,
                *map(list, zip(*keys, strict=True)),
            )
        )
        return {tuple(row[:5]): row[5] for row in rows}

    @api.model
    def _find_or_create(self, keys):
        """Return ``{key: id}`` for ``keys`` (see ``_key_of``); few queries for many.

        Never waits for another worker and never fails because of one: folders that
        cannot be made now (another one makes folders of that company, or made them
        after this transaction began) are missing in the answer. Documents without
        folder are filed by the job.
        """
        keys = set(keys)
        try:
            with self.env.cr.savepoint():
                found = self._find(keys)
        except CONTENTION:
            return {}
        missing = keys - set(found)
        if not missing:
            return found
        for company_id in sorted({key[0] for key in missing}):
            mine = {key for key in missing if key[0] == company_id}
            try:
                with self.env.cr.savepoint():
                    if self._lock_company(company_id):
                        found.update(self._create_missing(mine))
            except CONTENTION:
                continue
        return found

    @api.model
    def _lock_company(self, company_id):
        """Tell whether this transaction may now make folders of the company."""
        return self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock('ged_folder'::regclass::int, %s)",
                company_id,
            )
        )[0][0]

    @api.model
    def _create_missing(self, keys):
        """Make the folders of ``keys`` with those above them, level by level."""
        parents = {}
        created = False
        for depth in (1, 2, 3, 4):
            level = {}
            for key in keys:
                own = _cut(key, depth)
                if depth == 1 or own != _cut(key, depth - 1):
                    level[own] = _parent(own)
            found = self._find(level)
            absent = sorted(set(level) - set(found))
            for batch in split_every(1000, absent):
                self._insert([(key, parents.get(level[key])) for key in batch])
                created = True
            if absent:
                found = self._find(level)
            parents.update(found)
        if created:
            self.env["ged.folder"].invalidate_model()
        return {key: parents[key] for key in keys if key in parents}

    @api.model
    def _insert(self, pairs):
        """Insert folders, given as ``(key, parent id)``, unless they are there."""
        names = self._names_of([key for key, _parent_id in pairs])
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ged_folder (
                    id, company_id, partner_id, site_name, year, kind_id, name,
                    sort_key, parent_id, parent_path,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT n.id, n.company, NULLIF(n.partner, 0), NULLIF(n.site, ''),
                       NULLIF(n.year, 0), NULLIF(n.kind, 0), n.name, n.sort_key,
                       n.parent, COALESCE(p.parent_path, '') || n.id || '/',
                       %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM (
                        SELECT nextval('ged_folder_id_seq')::int AS id, v.*
                          FROM unnest(
                               %(companies)s::int[], %(partners)s::int[],
                               %(sites)s::text[], %(years)s::int[], %(kinds)s::int[],
                               %(names)s::text[], %(sorts)s::text[], %(parents)s::int[]
                          ) AS v (company, partner, site, year, kind, name, sort_key,
                                  parent)
                       ) n
                  LEFT JOIN ged_folder p ON p.id = n.parent
                ON CONFLICT DO NOTHING
                """,
                uid=self.env.uid,
                companies=[key[0] for key, _parent_id in pairs],
                partners=[key[1] for key, _parent_id in pairs],
                sites=[key[2] for key, _parent_id in pairs],
                years=[key[3] for key, _parent_id in pairs],
                kinds=[key[4] for key, _parent_id in pairs],
                names=[names[key][0] for key, _parent_id in pairs],
                sorts=[names[key][1] for key, _parent_id in pairs],
                parents=[parent_id for _key, parent_id in pairs],
            ),
            log_exceptions=False,  # see CONTENTION
        )

    @api.model
    def _names_of(self, keys):
        """Return ``{key: (name, sort_key)}``, as ``_compute_name`` makes them."""
        partners = self.env["res.partner"].sudo().browse({key[1] for key in keys} - {0})
        customers = {partner.id: partner.complete_name for partner in partners}
        kinds = self.env["ged.kind"].sudo().with_context(lang=None)
        return {
            (company, partner, site, year, kind): _name(
                customers.get(partner), site, year, kinds.browse(kind or [])
            )
            for company, partner, site, year, kind in keys
        }


def _name(customer, site, year, kind):
    """Return name and sort key of a folder; ``kind`` is a record, maybe an empty one.

    Customers and sites by name, latest years first, kinds in their order.
    """
    if kind:
        return kind.name, f"{kind.sequence:06} {kind.name}"
    if year:
        return str(year), f"1 {9999 - year:04}"
    if site:
        return site, f"0 {site.lower()}"
    return customer or "", (customer or "").lower()


def _cut(key, depth):
    """Return the key of the folder ``depth`` levels down: customer, site, year, kind.

    The same as one level up when the document has nothing there (no site, no year).
    """
    company, partner, site, year, kind = key
    return (
        company,
        partner,
        site if depth > 1 else "",
        year if depth > 2 else 0,
        kind if depth > 3 else 0,
    )


def _parent(key):
    """Return the key of the folder above, ``None`` for a customer."""
    company, partner, site, year, kind = key
    if kind:
        return (company, partner, site, year, 0)
    if year:
        return (company, partner, site, 0, 0)
    if site:
        return (company, partner, "", 0, 0)
    return None
