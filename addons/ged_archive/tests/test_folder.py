# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.ged_archive.models import ged_folder_panel

from .common import ArchiveCommon
from .test_rights import SECRET, RightsCommon


@tagged("post_install", "-at_install")
class TestFolder(ArchiveCommon):
    def _path(self, document):
        names = []
        folder = document.folder_id
        while folder:
            names.insert(0, folder.display_name)
            folder = folder.parent_id
        return " › ".join(names)

    def test_customer_site_year_kind(self):
        document = self._archive(site_name="Quai 12")
        self.assertEqual(self._path(document), "Dupont SARL › Quai 12 › 2026 › Invoice")
        folder = document.folder_id
        parents = folder.parent_path.strip("/").split("/")
        self.assertEqual(len(parents), 4)
        self.assertEqual(int(parents[-1]), folder.id)
        self.assertEqual(int(parents[-2]), folder.parent_id.id)

    def test_without_site_or_customer(self):
        self.assertEqual(self._path(self._archive()), "Dupont SARL › 2026 › Invoice")
        self.assertEqual(
            self._path(self._archive(partner_id=False)), "No customer › 2026 › Invoice"
        )

    def test_contacts_are_filed_with_their_company(self):
        document = self._archive(partner_id=self.contact.id)
        self.assertEqual(document.folder_id, self._archive().folder_id)

    def test_companies_have_their_own(self):
        other = self._archive(company_id=self.other_company.id)
        self.assertNotEqual(other.folder_id, self._archive().folder_id)
        self.assertEqual(other.folder_id.company_id, self.other_company)

    def test_a_batch_needs_few_queries(self):
        """Six folders or six hundred documents: the same number of statements."""
        Folder = self.env["ged.folder"]
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(50)]
        )
        kind = self.env.ref("ged_archive.ged_kind_invoice").id

        def keys(year):
            return [
                (self.company.id, partner.id, site, year, kind)
                for partner in partners
                for site in ("", "A", "B")
            ]

        Folder._find_or_create(keys(2020)[:1])
        self.env.flush_all()
        with self.assertQueryCount(26):
            made = Folder._find_or_create(keys(2021))
        self.assertEqual(len(made), 150)
        with self.assertQueryCount(3):
            self.assertEqual(Folder._find_or_create(keys(2021)), made)

    @mute_logger("odoo.sql_db")
    def test_no_duplicates(self):
        folder = self._archive().folder_id
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            folder.copy({"parent_id": folder.parent_id.id})
            self.env.flush_all()

    def test_another_worker_does_not_stop_archiving(self):
        """It makes folders of the company: the document is filed later, by the job."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT pg_advisory_xact_lock('ged_folder'::regclass::int, %s)",
                [self.company.id],
            )
            document = self._archive()
            self.assertFalse(document.folder_id)
        self.env["ged.document.text"]._cron_index()
        self.assertEqual(self._path(document), "Dupont SARL › 2026 › Invoice")

    def test_renamed_customer(self):
        document = self._archive()
        self.customer.name = "Dupont et Fils"
        self.env.flush_all()
        self.assertEqual(self._path(document), "Dupont et Fils › 2026 › Invoice")

    def test_contact_that_changes_its_company(self):
        document = self._archive(partner_id=self.contact.id)
        old = document.folder_id.parent_id.parent_id
        self.contact.parent_id = self.stranger
        self.assertIn(document, self.Document._misfiled())
        self.env["ged.document.text"]._cron_index()
        self.assertEqual(self._path(document), "Martin SA › 2026 › Invoice")
        self.assertFalse(self.Document._misfiled() & document)
        self.assertFalse(old.exists())

    def test_merged_customers(self):
        """Both have a folder of the same year and kind."""
        moved, kept = self._archive(), self._archive(partner_id=self.stranger.id)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | self.stranger).ids, self.stranger)
        self.env.invalidate_all()
        self.assertEqual(moved.partner_id, self.stranger)
        self.assertEqual(moved.folder_id, kept.folder_id)
        self.assertIn("refiled", moved.event_ids.mapped("event_type"))
        self.assertEqual(kept.event_ids.mapped("event_type"), ["archived"])

    def test_panel(self):
        documents = self._archive(3) | self._archive(site_name="Quai 12")
        values = self._panel([("id", "in", documents.ids)])["values"]
        by_name = {value["display_name"]: value for value in values}
        self.assertEqual(by_name["Dupont SARL"]["__count"], 4)
        self.assertEqual(by_name["Quai 12"]["__count"], 1)
        self.assertEqual(by_name["Quai 12"]["parent_id"], by_name["Dupont SARL"]["id"])
        self.assertEqual(
            self.Document.search_count(
                [("folder_id", "child_of", by_name["Dupont SARL"]["id"])]
            ),
            4,
        )

    def test_panel_opens_branch_by_branch(self):
        """With more folders than are sent at a time."""
        documents = self._archive(site_name="Quai 12") | self._archive(
            partner_id=self.stranger.id
        )
        domain = [("id", "in", documents.ids)]
        self.patch(ged_folder_panel, "MAX_FOLDERS", 3)
        closed = self._panel(domain)["values"]
        self.assertEqual(self._names(closed), {"Dupont SARL", "Martin SA"})
        dupont = closed[0]["id"]
        opened = self._panel(domain, dupont)["values"]
        self.assertEqual(self._names(opened), {"Dupont SARL", "Martin SA", "Quai 12"})
        site = next(one["id"] for one in opened if one["display_name"] == "Quai 12")
        deeper = self._panel(domain, site)["values"]
        self.assertEqual(
            self._names(deeper), {"Dupont SARL", "Martin SA", "Quai 12", "2026"}
        )
        # a folder that is gone, or of another kind
        for opened in (-1, True, "p:nobody", "x", None):
            self.assertEqual(self._panel(domain, opened)["values"], closed)

    def _names(self, values):
        return {value["display_name"] for value in values}

    def test_panel_with_very_many_customers(self):
        """10,000 customers: few queries, few nodes, and each is found."""
        ids = self._many_customers(10_000)
        domain = [("company_id", "=", self.company.id)]
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(3):
            values = self._panel(domain)["values"]
        self.assertLessEqual(len(values), 40)
        self.assertEqual(sum(one["__count"] for one in values), 10_000)
        self.assertTrue(all(str(one["id"]).startswith("p:") for one in values))
        reached, most, groups = set(), 0, [one["id"] for one in values]
        while groups:
            group = groups.pop()
            with self.assertQueryCount(3):
                values = self._panel(domain, group)["values"]
            most = max(most, len(values))
            below = [one for one in values if one["parent_id"] == group]
            groups += [one["id"] for one in below if isinstance(one["id"], str)]
            found = {one["id"] for one in below if isinstance(one["id"], int)}
            reached |= found
            with self.assertQueryCount(3):
                count = self.Document.search_count(
                    [*domain, ("folder_prefix", "=", group.removeprefix("p:"))]
                )
            self.assertEqual(count, sum(one["__count"] for one in below))
        self.assertEqual(len(reached), 10_000)
        self.assertLessEqual(most, 400)
        # what is below a customer comes when it is opened
        customer = next(iter(reached))
        with self.assertQueryCount(8):
            values = self._panel(domain, customer)["values"]
        [year] = [one for one in values if one["parent_id"] == customer]
        self.assertEqual(year["display_name"], "2026")
        self.assertLessEqual(len(values), 400)
        # a search for one shows its folders, without groups
        name = self.env["res.partner"].browse(ids[5000]).name
        found = self._panel([*domain, ("partner_id", "=", ids[5000])])["values"]
        self.assertEqual(self._names(found), {name, "2026", "Invoice"})

    def _many_customers(self, count):
        """Insert customers with one document each, as only tests may; return the ids
        of the customers.
        """
        model = self._archive(partner_id=False)
        cr = self.env.cr
        columns = self._columns(
            self.env["res.partner"], "name", "complete_name", "commercial_partner_id"
        )
        cr.execute(
            SQL(
                """
                INSERT INTO res_partner (name, complete_name, %(columns)s)
                SELECT n.name, n.name, %(columns)s
                  FROM (SELECT substr(initcap(translate(md5(i::text), '0123456789',
                                      'éghijklmno')), 1, 9) AS name
                          FROM generate_series(1, %(count)s) i) n,
                       res_partner p
                 WHERE p.id = %(model)s
                RETURNING id
                """,
                columns=columns,
                count=count,
                model=self.customer.id,
            )
        )
        ids = [row[0] for row in cr.fetchall()]
        cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)",
            [ids],
        )
        kind = self.env.ref("ged_archive.ged_kind_invoice").id
        keys = {one: (self.company.id, one, "", 2026, kind) for one in ids}
        folders = self.env["ged.folder"]._find_or_create(keys.values())
        columns = self._columns(self.Document, "partner_id", "folder_id", "verify_code")
        cr.execute(
            SQL(
                """
                INSERT INTO ged_document (partner_id, folder_id, %(columns)s)
                SELECT v.partner, v.folder, %(columns)s
                  FROM ged_document d, unnest(%(partners)s, %(folders)s)
                       AS v (partner, folder)
                 WHERE d.id = %(model)s
                """,
                columns=columns,
                partners=ids,
                folders=[folders[keys[one]] for one in ids],
                model=model.id,
            )
        )
        cr.execute("UPDATE ged_document SET folder_id = NULL WHERE id = %s", [model.id])
        # what the database server does by itself once the rows are committed: planned
        # for empty tables, a query over them takes minutes
        cr.execute("ANALYZE ged_document, ged_folder, res_partner")
        return ids

    def _columns(self, model, *but):
        return SQL(", ").join(
            SQL.identifier(name)
            for name, field in model._fields.items()
            if field.store and field.column_type and name not in ("id", *but)
        )

    def _panel(self, domain, opened=None):
        return self.Document.with_context(
            ged_open_folder=opened
        ).search_panel_select_range(
            "folder_id", search_domain=domain, enable_counters=True
        )


@tagged("post_install", "-at_install")
class TestFolderRights(RightsCommon):
    def test_folders_of_hidden_kinds_are_hidden(self):
        hidden = self.env["ged.folder"].search([("site_name", "=", SECRET)])
        hidden |= self.secret.folder_id
        top = self.env["ged.folder"].search(
            [("partner_id", "=", self.employee_of_wages.id), ("parent_id", "=", False)]
        )
        for role in ("reader", "archivist"):
            Folder = self._as(role, "ged.folder")
            self.assertFalse(Folder.search([("id", "in", (hidden | top).ids)]))
            self.assertFalse(Folder.name_search(SECRET))
            self.assertIn(self.open.folder_id, Folder.search([]))
            self.assertIn(self.open.folder_id.parent_id, Folder.search([]))
            self.assertNotIn(self.foreign.folder_id, Folder.search([]))
            with self.assertRaises(AccessError):
                self.secret.folder_id.with_user(getattr(self, role)).read(["name"])
            panel = self._as(role).search_panel_select_range(
                "folder_id", enable_counters=True
            )
            names = {value["display_name"] for value in panel["values"]}
            self.assertNotIn(SECRET, names)
            self.assertNotIn("Paul Payé", names)
        for role in ("payroll", "auditor"):
            self.assertIn(
                self.secret.folder_id, self._as(role, "ged.folder").search([])
            )

    def test_nobody_edits_folders(self):
        for role in ("reader", "archivist", "auditor", "manager"):
            folder = self.open.folder_id.with_user(getattr(self, role))
            for operation in ("write", "create", "unlink"):
                self.assertFalse(folder.has_access(operation))
        for role in ("employee", "portal"):
            self.assertFalse(self._as(role, "ged.folder").has_access("read"))
            with self.assertRaises(AccessError):
                self.open.with_user(getattr(self, role)).read(["folder_id"])
