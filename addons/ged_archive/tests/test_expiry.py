# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from ..lib.errors import CertificateError
from .common import ArchiveCommon, make_pdf, make_pkcs12

RENEW = "ged_archive.mail_activity_type_certificate"


@tagged("post_install", "-at_install")
class TestExpiry(ArchiveCommon):
    """Administrators are told 60, 30 and 7 days before the certificate ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._new_user("manager2", "ged_archive.group_ged_manager")
        cls.foreigner = new_test_user(
            cls.env,
            login="ged_foreign_manager",
            groups="ged_archive.group_ged_manager",
            company_id=cls.other_company.id,
            company_ids=[(6, 0, cls.other_company.ids)],
        )

    def _used_profile(self, days, **values):
        profile = self._profile(
            pkcs12=base64.b64encode(make_pkcs12(start=-400, end=days)), **values
        )
        profile.company_id.ged_seal_profile_id = profile
        return profile

    def _run(self, days=0):
        """Run the daily job as it will run in so many days."""
        with freeze_time(fields.Datetime.now() + timedelta(days=days)):
            self.env["ged.seal.profile"]._cron_expiry()

    def _activities(self, profile, user=None):
        found = profile.activity_search([RENEW], user_id=user and user.id)
        return found.filtered(
            lambda activity: activity.user_id.login.startswith("ged_")
        )

    def test_nothing_is_told_early(self):
        profile = self._used_profile(90)
        self._run()
        self.assertFalse(self._activities(profile))

    def test_each_administrator_is_told_once_per_threshold(self):
        profile = self._used_profile(90)
        seen = set()
        for day, expected in ((31, 60), (45, 60), (61, 30), (80, 30), (84, 7), (95, 7)):
            self._run(day)
            self._run(day)
            activities = self._activities(profile)
            self.assertEqual(
                activities.user_id, self.manager | self.system | self.second
            )
            self.assertEqual(len(activities), 3)
            self.assertEqual(profile.warned["certificate"]["days"], expected)
            self.assertEqual(
                activities.mapped("date_deadline"), [profile.not_after.date()] * 3
            )
            seen.update(activities.ids)
        self.assertEqual(len(seen), 9, "each threshold is told once")

    def test_done_activity_does_not_come_back_before_the_next_threshold(self):
        profile = self._used_profile(90)
        self._run(31)
        self._activities(profile).action_done()
        self._run(32)
        self.assertFalse(self._activities(profile))
        self._run(62)
        self.assertEqual(len(self._activities(profile)), 3)

    def test_message_names_profile_certificate_and_day(self):
        profile = self._used_profile(20)
        self._run()
        note = self._activities(profile, self.manager).note
        for word in ("Company seal", "Test company seal", "renewed"):
            self.assertIn(word, note)

    def test_renewal_ends_the_warning_at_once(self):
        profile = self._used_profile(20)
        self._run()
        self.assertTrue(self._activities(profile))
        profile.with_user(self.system).pkcs12 = base64.b64encode(make_pkcs12(end=900))
        self.assertFalse(self._activities(profile))
        self.assertFalse(profile.warned)

    def test_renewal_by_one_that_ends_soon_too_warns_again(self):
        profile = self._used_profile(5)
        self._run()
        first = self._activities(profile)
        profile.pkcs12 = base64.b64encode(make_pkcs12(end=25))
        self.assertFalse(first.exists())
        self.assertEqual(len(self._activities(profile)), 3)
        self.assertEqual(profile.warned["certificate"]["days"], 30)

    def test_only_what_is_used_warns(self):
        unused = self._profile(pkcs12=base64.b64encode(make_pkcs12(end=5)))
        profile = self._used_profile(20)
        self._run()
        self.assertFalse(self._activities(unused))
        self.company.ged_seal_profile_id = False
        self._run()
        self.assertFalse(self._activities(profile))

    def test_administrators_of_the_other_company(self):
        profile = self._used_profile(20, company_id=self.other_company.id)
        self._run()
        self.assertEqual(self._activities(profile).user_id, self.foreigner)
        with self.assertRaises(AccessError):
            profile.with_user(self.manager).read(["name"])

    def test_expired_or_future_certificate_blocks_and_says_so(self):
        for start, end, words, state in (
            (-30, -1, "expired on", "expired"),
            (3, 30, "not valid before", "not_yet"),
        ):
            profile = self._profile(
                pkcs12=base64.b64encode(make_pkcs12(start=start, end=end))
            )
            self.company.ged_seal_profile_id = profile
            with self.assertRaisesRegex(CertificateError, words):
                self.company._ged_get_sealer().seal(make_pdf())
            with self.assertRaisesRegex(CertificateError, words):
                self.company._ged_get_sealer().check()
            self.assertEqual(profile.state, state)
            settings = (
                self.env["res.config.settings"]
                .with_user(self.system)
                .with_company(self.company)
                .create({})
            )
            self.assertEqual(settings.ged_seal_state, state)


@tagged("post_install", "-at_install")
class TestSealProfileFields(ArchiveCommon):
    def test_every_reason_has_its_words(self):
        profile = self._profile()
        general = profile._error_text("something new")
        reasons = {
            *CertificateError.REASONS,
            *dict(profile._fields["certificate_error"].selection),
        }
        for reason in reasons:
            self.assertNotEqual(profile._error_text(reason), general, reason)

    def test_level_asked_for(self):
        profile = self._profile()
        self.assertEqual(profile._level(), "B-B")
        profile.tsa_url = "https://tsa.example.com/"
        self.assertEqual(profile._level(), "B-T")
        profile.level = "B-LTA"
        self.assertEqual(profile._level(), "B-LTA")
        with self.assertRaisesRegex(ValidationError, "needs a time stamp"):
            profile.tsa_url = False
        with self.assertRaisesRegex(ValidationError, "needs a time stamp"):
            self._profile(level="B-T")

    def test_where_the_key_is_follows_what_is_given(self):
        self.assertEqual(self._profile().key_source, "upload")
        self.assertEqual(self._profile(pkcs12=False).key_source, "upload")
        profile = self._profile()
        profile.write({"key_source": "pkcs11"})
        self.assertEqual(profile.certificate_error, "missing")
        self.assertEqual(profile.state, "unreadable")

    def test_authority_must_be_in_pem(self):
        with self.assertRaisesRegex(ValidationError, "PEM"):
            self._profile(trust_roots=base64.b64encode(b"nothing of the kind"))

    def test_client_of_the_company(self):
        self.assertIsNone(self.company._ged_timestamp_client())
        profile = self._profile(tsa_url="https://tsa.example.com/")
        self.company.ged_seal_profile_id = profile
        client = self.company._ged_timestamp_client()
        self.assertIs(self.company._ged_timestamp_client(), client)
        profile.tsa_timeout = 9
        self.assertIsNot(self.company._ged_timestamp_client(), client)
        profile.active = False
        self.assertIsNone(self.company._ged_timestamp_client())

    def test_secrets_of_a_token_are_for_system_administrators(self):
        profile = self._profile()
        names = (
            "pkcs11_module",
            "pkcs11_token",
            "pkcs11_pin",
            "pkcs11_key",
            "pkcs11_certificate",
            "trust_roots",
            "warned",
        )
        for name in names:
            with self.assertRaises(AccessError):
                profile.with_user(self.manager).read([name])
            with self.assertRaises(AccessError):
                profile.with_user(self.manager).write({name: "x"})
