# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from .ged_document_guard import creation_allowed

BATCH = 1000


class GedDocument(models.Model):
    """Where a document stands in the filing plan."""

    _inherit = "ged.document"

    folder_id = fields.Many2one(
        "ged.folder",
        ondelete="set null",
        index="btree_not_null",
        groups="ged_archive.group_ged_user",
        help="Place in the filing plan: customer, site, year, kind.",
    )
    customer_id = fields.Many2one(
        related="folder_id.partner_id",
        string="Customer of the folder",
        groups="ged_archive.group_ged_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if creation_allowed(self.env):
            self._fill_folders(vals_list)
        documents = super().create(vals_list)
        if creation_allowed(self.env):
            self.env["ged.document.text"]._queue(documents)
        return documents

    @api.model
    def _fill_folders(self, vals_list):
        """Set ``folder_id`` in rows that are about to be inserted."""
        Folder = self.env["ged.folder"].sudo()
        partners = self._batch("res.partner", vals_list, "partner_id")
        none = self.env["res.partner"]
        keys = [
            Folder._key_of(
                vals["company_id"],
                partners.get(vals.get("partner_id"), none),
                vals.get("site_name"),
                fields.Date.to_date(vals.get("document_date")),
                vals["kind_id"],
            )
            for vals in vals_list
        ]
        folders = Folder._find_or_create(keys)
        for vals, key in zip(vals_list, keys, strict=True):
            vals["folder_id"] = folders.get(key, False)

    def _file(self):
        """Put the documents into the folders where they belong; return how many moved.

        For customers that were merged and contacts that changed their company.
        """
        Folder = self.env["ged.folder"].sudo()
        keys = {
            document.id: Folder._key_of(
                document.company_id.id,
                document.partner_id,
                document.site_name,
                document.document_date,
                document.kind_id.id,
            )
            for document in self.sudo()
        }
        folders = Folder._find_or_create(keys.values())
        moved = [
            (document.id, folders[keys[document.id]])
            for document in self.sudo()
            if keys[document.id] in folders
            and document.folder_id.id != folders[keys[document.id]]
        ]
        if moved:
            ids, folder_ids = map(list, zip(*moved, strict=True))
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE ged_document d
                       SET folder_id = v.folder_id
                      FROM unnest(%s, %s) AS v (id, folder_id)
                     WHERE d.id = v.id
                    """,
                    ids,
                    folder_ids,
                ),
                log_exceptions=False,
            )
            self.invalidate_recordset(["folder_id"], flush=False)
        return len(moved)

    @api.model
    def _misfiled(self, limit=BATCH):
        """Return documents without a folder or in that of another customer."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id
                  FROM ged_document d
                  LEFT JOIN ged_folder f ON f.id = d.folder_id
                  LEFT JOIN res_partner p ON p.id = d.partner_id
                 WHERE d.folder_id IS NULL
                    OR COALESCE(f.partner_id, 0)
                       <> COALESCE(p.commercial_partner_id, p.id, 0)
                 ORDER BY d.id
                 LIMIT %s
                """,
                limit,
            )
        )
        return self.browse([row[0] for row in rows])

    @api.model
    def _file_misfiled(self):
        """File one batch of misfiled documents, then drop folders that are empty; tell
        whether there may be more.
        """
        misfiled = self._misfiled()
        moved = misfiled._file() if misfiled else 0
        if moved == BATCH:
            return True
        self._drop_empty_folders()
        return False

    @api.model
    def _drop_empty_folders(self):
        """Delete folders without documents, from the leaves up."""
        for _level in range(4):
            self.env.cr.execute(
                """
                DELETE FROM ged_folder f
                 WHERE NOT EXISTS (SELECT FROM ged_folder c WHERE c.parent_id = f.id)
                   AND NOT EXISTS (SELECT FROM ged_document d WHERE d.folder_id = f.id)
                """
            )
            if not self.env.cr.rowcount:
                break
            self.env["ged.folder"].invalidate_model()
