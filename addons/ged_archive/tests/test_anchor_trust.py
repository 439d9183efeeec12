# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whose time stamp is on an anchor: trusted, not trusted, or not judged."""

import base64

from odoo.exceptions import ValidationError
from odoo.tests import Form, HttpCase, tagged

from .common import make_pdf
from .common_pki import OnlinePkiCommon, PkiCommon, pem


@tagged("post_install", "-at_install")
class TestAnchorTrust(PkiCommon):
    def setUp(self):
        super().setUp()
        self.profile = self._profile(tsa_url=self.tsa.url)
        self.company.ged_seal_profile_id = self.profile
        self.document = self._archive()
        self._link()
        self.anchor = self.env["ged.anchor"]._anchor_if_due(self.company)
        self._link()
        self.assertTrue(self.anchor.token_time)
        self.env["ged.verification"].search([]).write({"state": "cancelled"})

    def _judge(self, *roots):
        self.profile.tsa_roots = pem(*roots) if roots else False
        self.anchor.invalidate_recordset()
        return self.anchor.with_user(self.auditor).tsa_trust

    def _report(self):
        one = self.env["ged.verification"]._request(self.company)
        self.env["ged.verification"]._cron_verify()
        one.invalidate_recordset()
        return one.sudo(), one.sudo().report_id._get_content().decode()

    def test_not_judged(self):
        self.assertEqual(self._judge(), "unjudged")
        self.assertFalse(self._problems())
        one, text = self._report()
        self.assertEqual(one.result, "good")
        self.assertIn("were not judged", text)
        check = self._dialog()
        self.assertIn("authority not judged", check.anchored)

    def test_trusted(self):
        self.assertEqual(
            self._judge(self._stranger(), self.pki.x509("root")), "trusted"
        )
        self.assertFalse(self._problems())
        one, text = self._report()
        self.assertEqual(one.result, "good")
        self.assertIn("were judged by the 2 roots", text)
        self.assertIn("authority trusted", self._dialog().anchored)

    def test_not_trusted(self):
        self.assertEqual(self._judge(self._stranger()), "untrusted")
        [problem] = self._problems()
        self.assertEqual(problem.code, "anchor")
        self.assertIn("none of the trusted authorities", problem.message)
        one, text = self._report()
        self.assertEqual((one.result, one.line_ids.code), ("bad", "anchor"))
        self.assertIn("none of the trusted authorities", text)
        self.assertIn("authority not trusted", self._dialog().anchored)

    def test_former_profiles_count(self):
        """The company changed its server: old anchors are judged all the same."""
        self.profile.write({"tsa_roots": pem(self.pki.x509("root")), "active": False})
        self.company.ged_seal_profile_id = self._profile(
            tsa_roots=pem(self._stranger())
        )
        self.assertEqual(self.anchor.tsa_trust, "trusted")

    def test_later_evidence(self):
        self.document.with_user(self.manager).action_timestamp()
        row = self.document.preservation_ids
        for roots, problems in (
            ((), 0),
            ((self.pki.x509("root"),), 0),
            ((self._stranger(),), 1),
        ):
            self._judge(*roots)
            self.assertEqual(len(row._problems()), problems)

    def test_evidence_sheet(self):
        values = self.document.with_user(self.reader)._evidence_values()
        self.assertIn("authority not judged", values[0]["anchored_by"])

    def test_form(self):
        for wrong, text in (
            (base64.b64encode(b"no certificate"), "PEM"),
            (pem(self.pki.x509("tsa")), "no root"),
        ):
            with self.assertRaisesRegex(ValidationError, text):
                self.profile.tsa_roots = wrong
        form = Form(self.profile.with_user(self.system))
        form.tsa_roots = pem(self.pki.x509("root"))
        form.save()
        self.assertEqual(self._judge(self.pki.x509("root")), "trusted")

    def _dialog(self):
        action = self.document.with_user(self.reader).action_verify()
        return self.env[action["res_model"]].browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestStrangersArchiveStamp(OnlinePkiCommon, HttpCase):
    def test_public_page_says_that_it_is_not_judged(self):
        self.env.cr.execute("DELETE FROM ged_throttle")
        answers = {}
        for level in ("B-T", "B-LTA"):
            profile = self._profile(
                pkcs12=base64.b64encode(self.pki.pkcs12("signer-ec")),
                password=self.pki_password,
                level=level,
                tsa_url=self.pki.tsa_url(),
                trust_roots=pem(self.pki.x509("root"), self.pki.x509("interm")),
            )
            sealed = profile._get_sealer().seal(make_pdf(level))
            self.assertEqual(sealed.level, level)
            answers[level] = self.url_open(
                "/ged/verify/seal",
                data=sealed.data,
                headers={
                    "Content-Type": "application/octet-stream",
                    "X-Requested-With": "fetch",
                    "Accept-Language": "en",
                },
            ).text
        for level, answer in answers.items():
            self.assertIn("unchanged since this seal", answer)
            self.assertIn(level, answer)
        self.assertIn('data-authority="unjudged"', answers["B-LTA"])
        self.assertIn("not judged here", " ".join(answers["B-LTA"].split()))
        self.assertNotIn("not judged", answers["B-T"])
