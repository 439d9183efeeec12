# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from lxml import etree

from .common_preservation import PreservationCommon
from .test_import import ImportCommon


class ExportLaterCommon(ImportCommon, PreservationCommon):
    """Documents with later evidence, exported and imported into the other company."""

    def _raised(self, count=2, renewed=True):
        documents = self._degraded(count)
        self.tsa.mode = "good"
        self._run()
        if renewed:
            self._renew_all()
            self._run()
            self.company.ged_renew_days = 30
        return documents

    def _label(self, name):
        """What the form calls a column of later evidence."""
        return (
            self.env["ged.preservation"]
            ._fields[name]
            .get_description(
                self.env(context={"lang": self.newcomer.lang}), ["string"]
            )["string"]
        )

    def _other_profile(self):
        return self._profile(
            company_id=self.other_company.id,
            pkcs12=base64.b64encode(self.pki.pkcs12("signer-ec")),
            password=self.pki_password,
            tsa_url=self.tsa.url,
            tsa_timeout=2,
        )

    def _here(self, documents):
        """What of ``documents`` is in the other company, in the same order."""
        found = self._imported().grouped("sha256")
        return self.Document.browse(found[one.sha256].id for one in documents)

    def _assert_refused(self, files, *texts):
        wizard = self._wizard(self._reseal(files), trusted=True, reason="Test")
        wizard.action_verify()
        self.assertEqual(wizard.state, "refused", wizard.summary)
        for text in texts:
            self.assertIn(text, wizard.problems)
        self.assertFalse(self._imported())

    def _changed(self, files, change):
        """Return ``files`` with ``manifest.xml`` changed by a function of its root."""
        root = etree.fromstring(files["manifest.xml"])
        change(root)
        return {**files, "manifest.xml": etree.tostring(root)}
