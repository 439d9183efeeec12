# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import hashlib
import io
import json
import zipfile

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ArchiveCommon, make_pdf


class ImportCommon(ArchiveCommon):
    """An export of one company, to be imported into the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newcomer = cls._new_user("newcomer", "ged_archive.group_ged_manager")
        cls.newcomer.write(
            {
                "company_ids": [(6, 0, cls.other_company.ids)],
                "company_id": cls.other_company.id,
            }
        )

    def _export(self, documents, sealed=True):
        if sealed and not self.company.ged_seal_profile_id:
            self.company.ged_seal_profile_id = self._profile()
        self._link()
        export = (
            self.env["ged.export"]
            .with_user(self.auditor)
            .create({"document_ids": [(6, 0, documents.ids)]})
        )
        file = io.BytesIO()
        export._write_zip(file)
        with zipfile.ZipFile(file) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def _zip(self, files):
        """Return a ZIP of ``files``: a dictionary, or pairs for double names."""
        buffer = io.BytesIO()
        pairs = files.items() if isinstance(files, dict) else files
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in pairs:
                archive.writestr(name, data)
        return buffer.getvalue()

    def _reseal(self, files):
        """Make the sums right again, as somebody without the key can; unsealed."""
        files = {
            name: data
            for name, data in files.items()
            if name not in ("SHA256SUMS", "MANIFEST.sha256", "MANIFEST.sha256.p7s")
        }
        files["manifest.xml"] = files["manifest.xml"].replace(
            b'sealed="true"', b'sealed="false"'
        )
        sums = "".join(
            f"{hashlib.sha256(data).hexdigest()}  {name}\n"
            for name, data in files.items()
        ).encode()
        digest = hashlib.sha256(sums).hexdigest()
        return {
            **files,
            "SHA256SUMS": sums,
            "MANIFEST.sha256": f"{digest}  SHA256SUMS\n".encode(),
        }

    def _wizard(self, files, user=None, **values):
        data = files if isinstance(files, bytes) else self._zip(files)
        return (
            self.env["ged.import"]
            .with_user(user or self.newcomer)
            .with_context(allowed_company_ids=(user or self.newcomer).company_ids.ids)
            .create({"file": base64.b64encode(data), **values})
        )

    def _imported(self):
        return self.Document.search(
            [
                ("company_id", "=", self.other_company.id),
                ("kind_code", "!=", "evidence"),
            ],
            order="id",
        )


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    def _assert_refused(self, files, text, **values):
        wizard = self._wizard(files, **values)
        wizard.action_verify()
        self.assertEqual(wizard.state, "refused")
        self.assertIn(text, wizard.problems)
        wizard.sudo().state = "verified"
        with self.assertRaisesRegex(UserError, "Nothing was imported"):
            wizard.action_import()
        self.assertFalse(self._imported())

    def test_round_trip(self):
        self.company.ged_seal_profile_id = self._profile()
        seal = self.company._ged_get_sealer().seal(make_pdf("sealed"))
        first = self._archive(1)
        second = self._archive(1, predecessor_id=first.id, content=make_pdf("2"))
        sealed = self._archive(1, seal=seal, content=seal.data, name="S/1")
        first._set_legal_hold(True, "Trial")
        wizard = self._wizard(self._export(first | second | sealed))
        wizard.action_verify()
        self.assertFalse(wizard.problems)
        self.assertEqual(wizard.state, "verified")
        self.assertFalse(self._imported(), "nothing before the second step")
        wizard.action_import()
        found = self._imported()
        self.assertEqual(
            found.mapped("sha256"), (first | second | sealed).mapped("sha256")
        )
        self.assertEqual(found[1].predecessor_id, found[0])
        self.assertEqual(found[1].version, 2)
        self.assertEqual(found[0].partner_id, self.customer)
        self.assertEqual(found[0].legal_hold_reason, "Trial")
        self.assertEqual(found[2].seal_fingerprint, seal.fingerprint)
        event = found[0].event_ids.filtered(lambda one: one.event_type == "imported")
        origin = json.loads(event.data)["origin"]
        self.assertEqual((origin["id"], origin["chain_number"]), (first.id, 1))
        self.assertEqual(event.user_id, self.newcomer)
        evidence = self.Document.search([("subject_id", "=", found[0].id)])
        kept = json.loads(evidence._get_content())
        self.assertEqual(kept["document"]["chain_hash"], first.chain_hash)
        self.assertEqual(len(kept["events"]), len(first.event_ids))
        self.env["ged.chain"]._chain_pending(self.other_company)
        self.assertFalse(self._problems(self.other_company))

    def test_twice(self):
        files = self._export(self._archive(2))
        self._wizard(files).action_import()
        again = self._wizard(files)
        again.action_import()
        self.assertEqual(len(self._imported()), 2)
        self.assertIn("already in this archive", again.summary)
        self.assertIn("imported: 0", again.summary)

    def test_into_the_archive_it_comes_from(self):
        files = self._export(self._archive(1))
        wizard = self._wizard(files, user=self.manager)
        wizard.action_import()
        self.assertIn("already in this archive", wizard.summary)

    def test_unknown_customer_stays_as_text(self):
        self.stranger.name = "Only there"
        files = self._export(self._archive(1, partner_id=self.stranger.id))
        self.stranger.name = "Renamed here"
        self._wizard(files).action_import()
        found = self._imported()
        self.assertFalse(found.partner_id)
        self.assertEqual(found.partner_name, "Only there")
        self.assertFalse(found.partner_renamed)

    def test_unsealed(self):
        files = self._export(self._archive(1), sealed=False)
        self._assert_refused(files, "not sealed")
        self._assert_refused(files, "not sealed", trusted=True, reason=" ")
        wizard = self._wizard(files, trusted=True, reason="Brought by hand")
        wizard.action_import()
        event = self._imported().event_ids.filtered(
            lambda one: one.event_type == "imported"
        )
        self.assertIn("Brought by hand", event.data)

    def test_damaged(self):
        files = self._export(self._archive(2))
        path = next(name for name in files if name.startswith("documents/"))
        byte = bytearray(files[path])
        byte[100] ^= 1
        signature = bytearray(files["MANIFEST.sha256.p7s"])
        signature[-5] ^= 1
        removed = {name: data for name, data in files.items() if name != path}
        unsigned = {
            name: data for name, data in files.items() if not name.endswith(".p7s")
        }
        sums = files["SHA256SUMS"] + b"0" * 64 + b"  x\n"
        for changed, text in (
            ({**files, path: bytes(byte)}, "it was changed"),
            (removed, "is missing in the ZIP"),
            ({**files, "extra.txt": b"x"}, "not in SHA256SUMS"),
            ({**files, "manifest.xml": files["manifest.xml"] + b" "}, "was changed"),
            ({**files, "SHA256SUMS": sums}, "SHA256SUMS is not what"),
            (
                {**files, "MANIFEST.sha256.p7s": bytes(signature)},
                "seal of the export does not hold",
            ),
            (unsigned, "its seal is missing"),
            (b"not a ZIP", "not a sound ZIP"),
        ):
            with self.subTest(text):
                self._assert_refused(changed, text, trusted=True, reason="me")

    def test_forged_with_right_sums(self):
        """Somebody who can recompute the sums cannot recompute the chain."""
        documents = self._archive(2)
        files = self._export(documents)
        path = next(name for name in files if name.startswith("documents/"))
        manifest = files["manifest.xml"]
        forged = make_pdf("forged")
        digest = hashlib.sha256(forged).hexdigest().encode()
        old = hashlib.sha256(files[path]).hexdigest().encode()
        for changes, text in (
            ({path: forged}, "is not the one that was archived"),
            (
                {path: forged, "manifest.xml": manifest.replace(old, digest)},
                "does not hold",
            ),
            (
                {
                    "manifest.xml": manifest.replace(
                        b'"legal_hold":false', b'"legal_hold":true', 1
                    )
                },
                "“legal_hold” of F/2026/0001",
            ),
            ({"manifest.xml": manifest.replace(b"<state>", b"<other>")}, "schema"),
            ({"documents/more.pdf": forged}, "belongs to no document"),
            (
                {"manifest.xml": manifest.replace(b"2026-03-31", b"2020-03-31", 1)},
                "Link 1 of F/2026/0001 does not hold",
            ),
        ):
            with self.subTest(text):
                self._assert_refused(
                    self._reseal({**files, **changes}), text, trusted=True, reason="me"
                )

    def test_dangerous_zip(self):
        files = self._export(self._archive(1))
        for name in ("../x", "/etc/x", "a\\..\\x", "C:x", "a//x", "folder/"):
            with self.subTest(name):
                self._assert_refused({**files, name: b""}, "dangerous name")
        twice = [*files.items(), ("manifest.XML", b"")]
        self._assert_refused(twice, "twice")
        self._assert_refused({**files, "bomb": b"\0" * 5_000_000}, "grows too much")

    def test_missing_kind(self):
        kind = self.env["ged.kind"].create({"name": "Rare", "code": "rare"})
        files = self._export(self._archive(1, kind="rare"))
        self.env.cr.execute(
            "UPDATE ged_kind SET code = 'gone' WHERE id = %s", [kind.id]
        )
        kind.invalidate_recordset()
        self._assert_refused(files, "“rare”")

    def test_rights(self):
        for user in (self.reader, self.auditor, self.archivist, self.employee):
            with self.assertRaises(AccessError):
                self._wizard(b"x", user=user)
        wizard = self._wizard(b"x")
        self.assertFalse(
            self.env["ged.import"].with_user(self.manager).search([]), "own form only"
        )
        self.assertTrue(wizard.exists())
        files = self._export(self._archive(1))
        with self.assertRaisesRegex(UserError, "companies that you work for"):
            self._wizard(files, company_id=self.company.id).action_import()
