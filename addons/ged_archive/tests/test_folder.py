# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.ged_archive.models import ged_folder

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

    def test_panel_of_a_big_archive(self):
        documents = self._archive() | self._archive(partner_id=self.stranger.id)
        domain = [("id", "in", documents.ids)]
        self.patch(ged_folder, "MAX_FOLDERS", 3)
        self.assertEqual(
            {value["display_name"] for value in self._panel(domain)["values"]},
            {"Dupont SARL", "Martin SA"},
        )
        self.patch(ged_folder, "MAX_CUSTOMERS", 1)
        self.assertIn("2 customers", self._panel(domain)["error_msg"])

    def _panel(self, domain):
        return self.Document.search_panel_select_range(
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
