# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import logging
import os
import tempfile
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.errors import CertificateError
from .common import PASSWORD, ArchiveCommon, make_pdf, make_pkcs12

SECRETS = ("pkcs12", "pkcs12_path", "password", "tsa_url")


@tagged("post_install", "-at_install")
class TestSealProfile(ArchiveCommon):
    def _file(self, content):
        handle, path = tempfile.mkstemp(suffix=".p12")
        self.addCleanup(os.unlink, path)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        return path

    def test_public_part_is_read_from_the_certificate(self):
        profile = self._profile()
        self.assertEqual(profile.state, "valid")
        self.assertIn("CN=Test company seal", profile.subject)
        self.assertEqual(profile.issuer, profile.subject)
        self.assertEqual(len(profile.fingerprint), 64)
        self.assertFalse(profile.certificate_error)

    def test_secrets_are_for_system_administrators(self):
        profile = self._profile()
        mine = profile.with_user(self.manager)
        self.assertEqual(mine.read(["subject", "state"])[0]["state"], "valid")
        for field in SECRETS:
            with self.assertRaises(AccessError):
                mine.read([field])
            with self.assertRaises(AccessError):
                mine.write({field: "x"})
            self.assertNotIn(field, mine.fields_get())
        self.assertTrue(
            profile.with_user(self.system).read(["password"])[0]["password"]
        )
        file = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "ged.seal.profile"),
                    ("res_id", "=", profile.id),
                    ("res_field", "=", "pkcs12"),
                ]
            )
        )
        with self.assertRaises(AccessError):
            file.with_user(self.manager).read(["raw"])

    def test_copy_has_no_secret(self):
        copy = self._profile().copy()
        self.assertFalse(copy.pkcs12 or copy.password)
        self.assertEqual(copy.certificate_error, "missing")
        self.assertEqual(copy.state, "unreadable")

    def test_wrong_files_are_refused_in_words(self):
        cases = (
            (make_pkcs12(), "wrong", "password"),
            (b"no certificate", PASSWORD, "PKCS#12"),
            (make_pkcs12(usage=False), PASSWORD, "not issued for signing"),
        )
        for content, password, word in cases:
            with self.assertRaisesRegex(ValidationError, word):
                self._profile(pkcs12=base64.b64encode(content), password=password)

    def test_file_on_the_server(self):
        path = self._file(make_pkcs12(name="From a file"))
        profile = self._profile(pkcs12=False, pkcs12_path=path)
        self.assertIn("From a file", profile.subject)
        self.assertEqual(profile._get_sealer().certificate.common_name, "From a file")
        with self.assertRaisesRegex(ValidationError, "does not exist"):
            self._profile(pkcs12=False, pkcs12_path="/nowhere/seal.p12")

    def test_file_that_disappears_is_a_typed_error(self):
        profile = self._profile(pkcs12=False, pkcs12_path=self._file(make_pkcs12()))
        self.env.cr.execute(
            "UPDATE ged_seal_profile SET pkcs12_path = '/nowhere/seal.p12' WHERE id = "
            "%s",
            [profile.id],
        )
        profile.invalidate_recordset()
        with self.assertRaises(CertificateError) as caught:
            profile._get_sealer()
        self.assertEqual(caught.exception.reason, "unreadable")
        self.assertIn("Company seal", str(caught.exception))
        action = profile.with_user(self.system).action_test_certificate()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertEqual(profile.state, "unreadable")

    def test_expired_and_future_certificates(self):
        cases = (
            (make_pkcs12(start=-30, end=-1), "expired", "has expired"),
            (make_pkcs12(start=5, end=30), "not_yet", "not valid yet"),
        )
        for content, state, words in cases:
            profile = self._profile(pkcs12=base64.b64encode(content))
            self.assertEqual(profile.state, state)
            action = profile.with_user(self.system).action_test_certificate()
            self.assertEqual(action["params"]["type"], "danger")
            self.assertIn(words, action["params"]["message"])
            with self.assertRaises(CertificateError):
                profile._get_sealer().seal(make_pdf())

    def test_test_button_names_the_certificate(self):
        action = self._profile().with_user(self.manager).action_test_certificate()
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn("CN=Test company seal", action["params"]["message"])
        self.assertNotIn(PASSWORD, str(action))

    def test_sealer_is_kept_until_the_profile_changes(self):
        path = self._file(make_pkcs12(name="First"))
        profile = self._profile(pkcs12=False, pkcs12_path=path)
        sealer = profile._get_sealer()
        self.assertIs(profile._get_sealer(), sealer)
        with open(path, "wb") as file:
            file.write(make_pkcs12(name="Renewed certificate"))
        self.assertEqual(
            profile._get_sealer().certificate.common_name, "Renewed certificate"
        )
        renewed = profile._get_sealer()
        profile.tsa_timeout = 9
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ged_seal_profile SET write_date = write_date + interval '1s'"
        )
        profile.invalidate_recordset()
        self.assertIsNot(profile._get_sealer(), renewed)

    def test_company_without_profile_does_not_seal(self):
        self.assertIsNone(self.company._ged_get_sealer())
        self.company.ged_seal_profile_id = self._profile()
        self.assertEqual(
            self.company._ged_get_sealer().certificate.common_name, "Test company seal"
        )
        self.company.ged_seal_profile_id.active = False
        self.assertIsNone(self.company._ged_get_sealer())

    def test_profile_of_another_company_is_refused(self):
        with self.assertRaises(UserError):
            self.company.ged_seal_profile_id = self._profile(
                company_id=self.other_company.id
            )

    def test_time_stamp_addresses_are_checked(self):
        with self.assertRaisesRegex(ValidationError, "not an address"):
            self._profile(tsa_url="https://tsa.example.com/tsr\nnot an address")
        profile = self._profile(
            tsa_url="https://a.example.com/\n\n https://b.example.com/ "
        )
        self.assertEqual(
            profile._tsa_addresses(),
            ["https://a.example.com/", "https://b.example.com/"],
        )

    def test_nothing_secret_is_logged(self):
        """No logger of any package, at any level, is handed the password or the
        addresses.
        """
        lines = []
        with (
            patch.object(logging.Logger, "isEnabledFor", lambda *args: True),
            patch.object(
                logging.Logger, "handle", lambda _self, record: lines.append(record)
            ),
        ):
            profile = self._profile(tsa_url="https://user:hidden@127.0.0.1:9/tsr")
            profile._get_sealer().seal(make_pdf())
            with self.assertRaises(ValidationError):
                self._profile(password="another secret")
        # at this level the host prints the parameters of every statement, and its test
        # framework those of every request
        told = "\n".join(
            f"{record.getMessage()} {record.exc_info or ''}"
            for record in lines
            if not record.name.startswith(("odoo.sql_db", "odoo.tests"))
        )
        self.assertTrue(lines)
        for secret in (PASSWORD, "another secret", "hidden"):
            self.assertNotIn(secret, told)

    @mute_logger("odoo.addons.ged_archive.lib.tsa")
    def test_dead_time_stamp_server_lowers_the_level(self):
        """Nothing listens on that port: the document is sealed all the same, and says
        so.
        """
        profile = self._profile(tsa_url="http://127.0.0.1:9/tsr", tsa_timeout=1)
        self.company.ged_seal_profile_id = profile
        sealed = self.company._ged_get_sealer().seal(make_pdf())
        document = self._archive(content=None, seal=sealed)
        self.assertEqual(document.seal_level, "B-B")
        self.assertTrue(document.seal_note)
