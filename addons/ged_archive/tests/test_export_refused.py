# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an export says of later time stamps is not believed."""

import io

from lxml import etree

from odoo.tests import tagged

from ..lib.export_format import NAMESPACE
from ..lib.export_read import read_export
from .common_export_later import ExportLaterCommon
from .common_pki import pem


@tagged("post_install", "-at_install")
class TestExportRefused(ExportLaterCommon):
    def test_what_is_said_is_compared_with_the_container(self):
        files = self._export(self._raised(1))
        for name, value in (
            ("level_after", "B-B"),
            ("level_after", "B-LTA"),
            ("level_before", "B-LT"),
            ("stamped_at", "2020-01-01T00:00:00Z"),
            ("valid_until", "2099-01-01T00:00:00Z"),
            ("tsa_subject", "CN=Somebody"),
            ("tsa_fingerprint", "0" * 64),
            ("digest_algorithm", "sha512"),
            ("late", "true"),
        ):
            with self.subTest(name):

                def change(root, name=name, value=value):
                    root.find(f".//{{{NAMESPACE}}}later").set(name, value)

                self._assert_refused(
                    self._changed(files, change),
                    "is not what its container",
                    self._label(
                        "stamped_at"
                        if name in ("stamped_at", "tsa_fingerprint")
                        else name
                    ),
                )

    def test_what_is_missing_is_missed(self):
        document = self._raised(1)
        files = self._export(document)
        container = document.preservation_ids[0].evidence_id

        def one_less(root):
            later = root.findall(f".//{{{NAMESPACE}}}later")
            later[-1].getparent().remove(later[-1])

        self._assert_refused(self._changed(files, one_less), "more or fewer")

        def first_less(root):
            later = root.find(f".//{{{NAMESPACE}}}later")
            later.getparent().remove(later)

        self._assert_refused(
            self._changed(files, first_less), "do not follow one another"
        )

        def without_container(root):
            for one in root:
                if one.get("id") == str(container.id):
                    root.remove(one)

        gone = self._changed(files, without_container)
        gone = {name: gone[name] for name in gone if container.filename not in name}
        self._assert_refused(gone, "is not in the export")

    def test_another_file_in_place_of_the_container(self):
        one, other = self._raised(1, renewed=False), self._raised(1, renewed=False)
        files = self._export(one | other)
        ours = one.preservation_ids.evidence_id
        theirs = other.preservation_ids.evidence_id

        def swap(root):
            for later in root.iterfind(f".//{{{NAMESPACE}}}later"):
                if later.get("container") == str(ours.id):
                    later.set("container", str(theirs.id))

        self._assert_refused(
            self._changed(files, swap), "is not what its container", "(Document"
        )

    def test_an_export_of_an_earlier_version(self):
        """Taken over without what it does not hold, and the clerk is told."""
        files = self._export(self._raised(1))

        def earlier(root):
            root.set("format", "1")
            for later in root.findall(f".//{{{NAMESPACE}}}later"):
                later.getparent().remove(later)

        wizard = self._wizard(
            self._reseal(self._changed(files, earlier)), trusted=True, reason="Old"
        )
        wizard.action_verify()
        self.assertFalse(wizard.problems)
        self.assertIn("by an earlier version", wizard.summary)
        wizard.action_import()
        self.assertFalse(self._imported().preservation_ids)
        self.env["ged.chain"]._chain_pending(self.other_company)
        self.assertFalse(self._problems(self.other_company))

    def test_what_an_earlier_version_cannot_hold(self):
        files = self._export(self._raised(1))
        self._assert_refused(
            self._changed(files, lambda root: root.set("format", "1")),
            "later in format 1",
        )

    def test_nothing_is_taken_over_that_nobody_judged(self):
        """Of documents that are said to be destroyed, with or without containers."""
        document = self._degraded(1)
        self.tsa.mode = "good"
        self._wizard(self._export(document)).action_import()
        here = self._here(document)
        self._run()
        files = self._export(document)
        container = document.preservation_ids.evidence_id
        for gone in (document, document | container):

            def destroyed(root, gone=gone):
                for one in root:
                    if one.get("id") in map(str, gone.ids):
                        one.set("status", "destroyed")

            left = {
                name: data
                for name, data in self._changed(files, destroyed).items()
                if not any(one.filename in name for one in gone)
            }
            wizard = self._wizard(self._reseal(left), trusted=True, reason="Test")
            wizard.action_verify()
            self.assertFalse(wizard.problems)
            wizard.action_import()
            self.assertEqual(wizard.state, "done")
            self.assertFalse(here.preservation_ids)

    def test_an_authority_that_the_company_does_not_trust(self):
        files = self._export(self._raised(1, renewed=False))
        profile = self._other_profile()
        self.other_company.ged_seal_profile_id = profile
        profile.tsa_roots = pem(self._stranger())
        self._assert_refused(files, "none of the authorities vouches")
        profile.tsa_roots = pem(self._stranger(), self.pki.x509("root"))
        wizard = self._wizard(files)
        wizard.action_verify()
        self.assertFalse(wizard.problems)

    def test_a_future_format_is_refused(self):
        files = self._export(self._archive(1))
        root = etree.fromstring(files["manifest.xml"])
        root.set("format", "3")
        files = self._reseal({**files, "manifest.xml": etree.tostring(root)})
        content = read_export(io.BytesIO(self._zip(files)))
        self.assertEqual([one.code for one in content.problems], ["manifest"])
