# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The filing plan in the search panel, whatever the number of customers.

A small archive is sent whole. Of a big one the panel gets the customers, in groups by
the beginning of their names where there are many, and of the folders only the branch
that is open. Nothing is hidden: each folder can be reached by opening what is above it.
"""

import unicodedata

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: More customers than this are shown in groups.
MAX_CUSTOMERS = 200
#: More folders than this are not sent at a time.
MAX_FOLDERS = 2000
#: Begins the identifiers of groups, which are no folders.
GROUP = "p:"


class GedDocument(models.Model):
    _inherit = "ged.document"

    folder_prefix = fields.Char(
        string="Customer begins with",
        compute="_compute_folder_prefix",
        search="_search_folder_prefix",
        groups="ged_archive.group_ged_user",
        export_string_translation=False,
    )

    @api.depends("folder_id")
    def _compute_folder_prefix(self):
        for document in self:
            document.folder_prefix = _fold(document.sudo().customer_id.complete_name)

    @api.model
    def _search_folder_prefix(self, operator, value):
        if operator not in ("=", "in"):
            return NotImplemented
        values = [value] if isinstance(value, str) else value
        prefixes = tuple(one for one in values if isinstance(one, str))
        rows = self.env.execute_query(
            SQL("SELECT id, sort_key FROM ged_folder WHERE parent_id IS NULL")
        )
        tops = [row[0] for row in rows if _fold(row[1]).startswith(prefixes)]
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT d.id FROM ged_document d JOIN ged_folder f"
                " ON f.id = d.folder_id"
                " WHERE split_part(f.parent_path, '/', 1)::int = ANY(%s))",
                tops,
            ),
        )

    @api.model
    def search_panel_select_range(self, field_name, **kwargs):
        if field_name != "folder_id":
            return super().search_panel_select_range(field_name, **kwargs)
        # Extends web: the host would send all folders of all customers.
        domain = [
            *kwargs.get("search_domain", []),
            *kwargs.get("category_domain", []),
            *kwargs.get("filter_domain", []),
            ("folder_id", "!=", False),
        ]
        return self.env["ged.folder"]._panel_values(
            self._search(domain), self.env.context.get("ged_open_folder")
        )


class GedFolder(models.Model):
    _inherit = "ged.folder"

    @api.model
    def _panel_values(self, query, opened=None):
        """Return the folders of the documents of ``query`` as the search panel wants
        them.

        :param opened: id of the folder, or of the group (``p:…``), that is open
        """
        self.env.flush_all()
        counts = SQL(
            "(SELECT folder_id, count(*) AS n FROM ged_document WHERE id IN %s"
            " GROUP BY folder_id)",
            query.subselect(),
        )
        tops = self.env.execute_query(
            SQL(
                """
                SELECT t.id, t.sort_key, t.name, sum(c.n), count(*)
                  FROM %s c
                  JOIN ged_folder f ON f.id = c.folder_id
                  JOIN ged_folder t
                    ON t.id = split_part(f.parent_path, '/', 1)::int
                 GROUP BY t.id
                 ORDER BY t.sort_key, t.id
                """,
                counts,
            )
        )
        path = self._panel_path(opened)
        prefix = ""
        if isinstance(opened, str) and opened.startswith(GROUP):
            prefix = opened.removeprefix(GROUP)
        elif path:
            prefix = next((_fold(row[1]) for row in tops if row[0] == path[0]), "")
        values = _customers(
            [(_fold(row[1]), row) for row in tops], prefix, self.env._("No customer")
        )
        whole = len(tops) <= MAX_CUSTOMERS and (
            # a folder has three above it at most
            4 * sum(row[4] for row in tops) <= MAX_FOLDERS
        )
        shown = {value["id"] for value in values}
        branches = shown if whole else shown & set(path[:1])
        values += self._panel_branches(counts, [*branches], path)
        return {"parent_field": "parent_id", "values": values}

    @api.model
    def _panel_path(self, opened):
        """Return the ids of the folders above the open one, and its own, from the top;
        empty for what is no folder.
        """
        if not isinstance(opened, int) or isinstance(opened, bool):
            return []
        folder = self.sudo().browse(opened).exists()
        return [int(one) for one in (folder.parent_path or "").split("/") if one]

    @api.model
    def _panel_branches(self, counts, tops, path):
        """Return what is below the customers ``tops``; of very many folders only those
        right under the open one and those above it.
        """
        if not tops:
            return []
        totals = {}
        for parent_path, count in self.env.execute_query(
            SQL(
                """
                SELECT f.parent_path, c.n
                  FROM %s c JOIN ged_folder f ON f.id = c.folder_id
                 WHERE split_part(f.parent_path, '/', 1)::int = ANY(%s)
                """,
                counts,
                tops,
            )
        ):
            for folder_id in map(int, parent_path.strip("/").split("/")):
                totals[folder_id] = totals.get(folder_id, 0) + count
        domain = [("id", "in", list(totals)), ("parent_id", "!=", False)]
        if len(totals) > MAX_FOLDERS:
            domain.append(("parent_id", "in", path))
        return [
            {
                "id": folder.id,
                "display_name": folder.display_name,
                "parent_id": folder.parent_id.id,
                "__count": totals[folder.id],
            }
            for folder in self.sudo().search(domain)
        ]


def _fold(text):
    """Return a name as it is sorted into groups: without case and accents."""
    plain = unicodedata.normalize("NFKD", (text or "").strip())
    return "".join(one for one in plain if not unicodedata.combining(one)).casefold()


def _customers(tops, opened, nobody, prefix="", parent=False):
    """Return the nodes for customers and groups of them.

    :param tops: pairs of folded name and ``(id, sort key, name, documents, …)``
    :param opened: folded beginning of the names that are to be shown one by one
    :param nobody: name of the folder of documents without customer
    :param prefix: what the names of all ``tops`` begin with
    :param parent: id of the node above them
    """
    if len(tops) <= MAX_CUSTOMERS:
        return [_customer(row, nobody, parent) for _name, row in tops]
    groups, values = {}, []
    for name, row in tops:
        if len(name) == len(prefix):
            values.append(_customer(row, nobody, parent))
        else:
            groups.setdefault(name[: len(prefix) + 1], []).append((name, row))
    if len(groups) == 1 and not values:
        # they all go on alike
        [(longer, members)] = groups.items()
        return _customers(members, opened, nobody, longer, parent)
    for beginning, members in sorted(groups.items()):
        group = GROUP + beginning
        values.append(
            {
                "id": group,
                "display_name": f"{beginning.upper()}… ({len(members)})",
                "parent_id": parent,
                "__count": sum(row[3] for _name, row in members),
            }
        )
        if opened.startswith(beginning):
            values += _customers(members, opened, nobody, beginning, group)
    return values


def _customer(row, nobody, parent):
    folder_id, _sort_key, name, count, *_more = row
    return {
        "id": folder_id,
        "display_name": name or nobody,
        "parent_id": parent,
        "__count": int(count),
    }
