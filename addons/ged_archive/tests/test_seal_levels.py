# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Seals of every level, from the form of the profile to the archived file."""

import base64
import importlib.util
import io
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import pikepdf
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..lib.codes import pretty
from ..lib.verify import inspect_seals
from .common import ArchiveCommon, make_pdf, seal_text
from .common_pki import OnlinePkiCommon, PkiCommon, pem

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)
PIN = "246813"


class SealCommon(ArchiveCommon):
    def _archived(self, profile):
        """Seal and archive one PDF with the profile; return the document."""
        self.company.ged_seal_profile_id = profile
        sealed = self.company._ged_get_sealer().seal(make_pdf("Invoice"))
        vals = self._vals(1, content=None, seal=sealed)
        document = self.Document._archive([vals])
        self.assertEqual(document._get_content(), sealed.data)
        return document


@tagged("post_install", "-at_install")
class TestSealWithAuthority(SealCommon, OnlinePkiCommon):
    """An authority that answers OCSP, lists of revocation and time stamps."""

    def _online_profile(self, level):
        return self._profile(
            pkcs12=base64.b64encode(self.pki.pkcs12("signer-ec")),
            password=self.pki_password,
            level=level,
            tsa_url=self.pki.tsa_url(),
            trust_roots=pem(self.pki.x509("root"), self.pki.x509("interm")),
        )

    def test_long_term_levels(self):
        for level in ("B-LT", "B-LTA"):
            with self.subTest(level=level):
                document = self._archived(self._online_profile(level))
                self.assertEqual(document.seal_level, level)
                self.assertEqual(document.seal_asked, level)
                self.assertFalse(document.seal_note)
                (report,) = inspect_seals(
                    document._get_content(), (self.pki.der("root"),)
                )
                self.assertEqual((report.level, report.ok), (level, True))
                self.assertEqual(report.revocation, "good")
                self.assertFalse(self.env["ged.chain"]._verify_documents(document))

    def test_the_test_button_asks_the_revocation_services(self):
        action = self._online_profile("B-LT").action_test_certificate()
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn("not revoked", action["params"]["message"])


@tagged("post_install", "-at_install")
class TestVisibleSeal(SealCommon):
    def test_the_seal_is_seen_on_the_last_page(self):
        profile = self._profile(
            visible=True,
            visible_page="last",
            visible_position="top_left",
            visible_lines="Scellé par la société\n{date}",
        )
        document = self._archived(profile)
        (report,) = inspect_seals(document._get_content())
        self.assertTrue(report.ok)
        with pikepdf.open(io.BytesIO(document._get_content())) as pdf:
            (widget,) = pdf.pages[-1].Annots
            self.assertEqual([int(one) for one in widget.Rect], [28, 754, 228, 814])
            self.assertIn("/N", widget.AP)

    def _filed_by_hand(self, **values):
        """File a PDF through the wizard, sealed; return the document and what its seal
        draws: the text that shows, and how many squares of a QR.
        """
        self.company.ged_seal_profile_id = self._profile(visible=True, **values)
        file = self.env["ir.attachment"].create(
            {
                "name": "contract.pdf",
                "raw": make_pdf("contract"),
                "mimetype": "application/pdf",
                "res_model": "res.partner",
                "res_id": self.customer.id,
            }
        )
        action = file.with_user(self.manager).action_ged_file()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard = wizard.with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids
        )
        wizard.seal = True
        wizard.action_archive()
        document = wizard.line_ids.document_id.sudo()
        content = document._get_content()
        (report,) = inspect_seals(content)
        self.assertTrue(report.ok)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            (widget,) = pdf.pages[-1].Annots
            drawing = widget.AP.N.read_bytes()
        return document, seal_text(content), drawing.count(b" re")

    def test_the_seal_shows_the_code_of_its_document(self):
        document, text, squares = self._filed_by_hand()
        self.assertIn(pretty(document.verify_code), text)
        self.assertGreater(squares, 200)
        found = self.Document._public_find(pretty(document.verify_code))
        self.assertEqual(found, document)

    def test_the_code_as_text_only(self):
        document, text, squares = self._filed_by_hand(
            visible_code="text", visible_lines="Scellé ({code})\nle {date}"
        )
        first, second = text.splitlines()
        self.assertIn(f"Scellé (Verification code: {document.verify_code[:4]}", first)
        self.assertTrue(second.startswith("le 20"))
        self.assertLess(squares, 10)

    def test_no_code(self):
        document, text, squares = self._filed_by_hand(visible_code=False)
        self.assertNotIn(document.verify_code[:4], text)
        self.assertLess(squares, 10)


@tagged("post_install", "-at_install")
class TestSealWithToken(SealCommon, PkiCommon):
    """A key that never leaves its token: SoftHSM."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.module = next((one for one in MODULES if Path(one).exists()), None)
        util = shutil.which("softhsm2-util")
        if not (cls.module and util and importlib.util.find_spec("pkcs11")):
            raise unittest.SkipTest("SoftHSM or python-pkcs11 is not installed")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        home = Path(folder.name)
        (home / "tokens").mkdir()
        conf = home / "softhsm2.conf"
        conf.write_text(f"directories.tokendir = {home}/tokens\nlog.level = ERROR\n")
        before = os.environ.get("SOFTHSM2_CONF")
        os.environ["SOFTHSM2_CONF"] = str(conf)
        cls.addClassCleanup(cls._restore, before)
        cls._run_util(
            util,
            *["--init-token", "--free", "--label", "demat"],
            *["--pin", PIN, "--so-pin", "13579246"],
        )
        key = home / "key.pem"
        key.write_bytes(
            cls.pki.key("signer").private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )
        )
        cls._run_util(
            util,
            *["--import", str(key), "--token", "demat", "--label", "signer"],
            *["--id", "01", "--pin", PIN],
        )
        import pkcs11

        library = pkcs11.lib(cls.module)
        library.reinitialize()
        token = library.get_token(token_label="demat")
        with token.open(rw=True, user_pin=PIN) as session:
            session.create_object(
                {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                    pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    pkcs11.Attribute.TOKEN: True,
                    pkcs11.Attribute.LABEL: "signer",
                    pkcs11.Attribute.SUBJECT: (
                        cls.pki.x509("signer").subject.public_bytes()
                    ),
                    pkcs11.Attribute.VALUE: cls.pki.der("signer"),
                }
            )

    @staticmethod
    def _restore(before):
        if before is None:
            os.environ.pop("SOFTHSM2_CONF", None)
        else:
            os.environ["SOFTHSM2_CONF"] = before

    @staticmethod
    def _run_util(*command):
        subprocess.run(command, check=True, capture_output=True)

    def _token_profile(self, **values):
        return self._profile(
            **{
                "pkcs12": False,
                "password": False,
                "key_source": "pkcs11",
                "pkcs11_module": self.module,
                "pkcs11_token": "demat",
                "pkcs11_pin": PIN,
                "pkcs11_key": "signer",
                "trust_roots": pem(self.pki.x509("root"), self.pki.x509("interm")),
                **values,
            }
        )

    def test_the_token_seals(self):
        profile = self._token_profile()
        self.assertEqual(profile.state, "valid")
        self.assertIn("Charpentes du Val Clair", profile.subject)
        document = self._archived(profile)
        (report,) = inspect_seals(document._get_content(), (self.pki.der("root"),))
        self.assertEqual((report.ok, report.trusted), (True, True))
        self.addCleanup(profile._get_sealer().close)

    def test_a_wrong_pin_is_refused_in_words(self):
        with self.assertRaisesRegex(ValidationError, "PIN"):
            self._token_profile(pkcs11_pin="999999")

    def test_a_token_that_is_not_there(self):
        with self.assertRaisesRegex(ValidationError, "token is not there"):
            self._token_profile(pkcs11_token="elsewhere")
