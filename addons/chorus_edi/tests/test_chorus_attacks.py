# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import os
import tempfile
from pathlib import Path

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..lib import errors, rhythm
from ..lib.answers import FoundInvoice
from ..lib.sftp_names import MAX_FILE
from .common_flow import ChorusFlowCommon


@tagged("post_install", "-at_install")
class TestChorusAttacks(ChorusFlowCommon):
    """What a hostile or broken other side, or a curious user, could try."""

    def test_some_without_the_number_of_their_flow(self):
        """Half of a flow is found first, without saying by which flow it came: the
        other half is not deposited a second time before all searches are over."""
        moves = self._send_public(2)
        self.chorus.fault("drop", "deposer/flux")
        self._deposit()
        rows = self._out(moves)
        flow = rows.chorus_flow_id.sudo()
        self.assertEqual(flow.state, "unknown")
        found = {rows[0]: self._found(rows[0])}
        for _search in rhythm.SETTLE[:-1]:
            flow._store_search(found)
            self.assertEqual(flow.state, "unknown")
            self.assertEqual(set(rows.mapped("state")), {"unknown"})
        flow._store_search({**found, rows[1]: self._found(rows[1])})
        self.assertEqual(flow.state, "integrated")
        self.assertEqual(set(rows.mapped("state")), {"done"})
        self.assertEqual(self.chorus.calls["deposer/flux"], 1)

    def _found(self, row):
        return FoundInvoice(
            id=f"77{row.id}",
            number=row.document_id.name,
            status="DEPOSEE",
            flow="",
            changed_at=None,
            comment="",
            supplier=self.siret,
            recipient="",
            service="",
            amount="",
        )

    def test_a_hostile_inbox(self):
        """Too large a file, a link, names that lead elsewhere, an entity, a bomb: the
        good one is read all the same, and nothing outside is touched."""
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in ("out", "in", "done"):
            (folder / name).mkdir()
        secret = folder / "secret.xml"
        secret.write_text("<CPPStatut>secret</CPPStatut>")
        inbox = folder / "in"
        with open(inbox / "0_large.xml", "wb") as large:
            large.truncate(MAX_FILE + 1)
        os.symlink(secret, inbox / "1_link.xml")
        (inbox / "2_entity.xml").write_text(
            f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>'
            "<CPPStatut>&x;</CPPStatut>"
        )
        (inbox / "3_good.xml").write_text("<CPPStatut/>")
        self.account.write(
            {
                "mode": "edi",
                "edi_application": "ABC123",
                "drop_folder": str(folder),
            }
        )
        returns = self.env["chorus.return"].sudo()
        with self.assertRaisesRegex(errors.Rejected, "0_large.xml"):
            returns._collect(self.account, self.account._chorus_dropbox())
        kept = {file.name: file.state for file in returns.search([])}
        self.assertEqual(kept, {"2_entity.xml": "failed", "3_good.xml": "done"})
        self.assertNotIn("secret", str(returns.search([]).mapped("error_text")))
        self.assertEqual(secret.read_text(), "<CPPStatut>secret</CPPStatut>")
        self.assertEqual(
            sorted(path.name for path in (folder / "done").iterdir()),
            ["2_entity.xml", "3_good.xml"],
        )

    def test_addresses_that_an_account_refuses(self):
        """Secrets go over TLS or stay on this machine; nothing rides in an address."""
        for address in (
            "http://example.org",
            "http://127.0.0.1.example.org",
            "http://localhost@example.org",
            "https://user:secret@example.org",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "http://169.254.169.254/latest/meta-data",
            "http://[::ffff:8.8.8.8]/",
            "https://example.org/?to=elsewhere",
        ):
            for field in ("api_url", "token_url"):
                with (
                    self.subTest(address=address, field=field),
                    self.assertRaises(ValidationError) as caught,
                    self.env.cr.savepoint(),
                ):
                    self.account.write({field: address})
                self.assertNotIn("secret", str(caught.exception))

    def test_files_of_others(self):
        """A clerk names an attachment that he may not read as a complementary
        document of his invoice."""
        secret = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "secret.pdf",
                    "raw": b"%PDF-1.4 secret",
                    "res_model": "chorus.account",
                    "res_id": self.account.id,
                    "res_field": "login",
                }
            )
        )
        move = self._invoice(self.town, post=False).with_user(self.clerk)
        with self.assertRaises(AccessError):
            move.write({"chorus_attachment_ids": [(4, secret.id)]})

    def test_status_is_not_written_by_hand(self):
        """What Chorus Pro said is not what a clerk or an import writes."""
        move = self._send_public()
        row = move.chorus_invoice_ids
        with self.assertRaises(AccessError):
            row.with_user(self.clerk).write({"status": "MISE_EN_PAIEMENT"})
        with self.assertRaises(AccessError):
            row.with_user(self.clerk).create({"move_id": move.id})
        as_clerk = move.with_user(self.clerk)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            as_clerk.write(
                {"chorus_invoice_ids": [(1, row.id, {"status": "MISE_EN_PAIEMENT"})]}
            )
            self.env.flush_all()
        self.assertFalse(row.status)
