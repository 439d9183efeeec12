# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import zipfile

from pypdf import PdfReader

from odoo.tests import tagged

from .common_statement import StatementCase


@tagged("post_install", "-at_install")
class TestStatementFiles(StatementCase):
    """The statement of several companies on paper, the ZIP piece by piece."""

    def test_print_of_several_companies(self):
        """Each company has its pages, with its name, its number and its lines."""
        other, entry = self._elsewhere(77)
        self.company.company_registry = "55203253400646"
        self.company.country_id = self.env.ref("base.fr")
        mine = self._published(amount=300)
        self._as(self.owner)
        answer = self.url_open("/my/statement/pdf?year=all")
        pages = PdfReader(io.BytesIO(answer.content)).pages
        texts = [page.extract_text() for page in pages]
        self.assertEqual(len(texts), 2)
        # companies come in the order of their making
        for text, company, legal, line, foreign in (
            (texts[0], self.company, "SIRET 55203253400646", mine, entry),
            (texts[1], other, "Company ID 0477472701", entry, mine),
        ):
            self.assertIn(company.name, text)
            self.assertIn(legal, text)
            self.assertIn(line.name, text)
            self.assertNotIn(foreign.name, text)
        self.assertNotIn("SIRET", texts[1])
        self.assertNotIn(self.company.name, texts[1].replace("Balance today", ""))
        self.assertIn("Page 2 of 2", texts[1])

    def test_zip_leaves_piece_by_piece(self):
        """No length is known before the first byte, and all of it arrives."""
        moves = self._invoice() | self._invoice()
        self._send(moves)
        self._as(self.owner)
        answer = self.url_open("/my/statement/zip?year=all")
        self.assertNotIn("Content-Length", answer.headers)
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        self.assertIsNone(archive.testzip())
        contents = {archive.read(name) for name in archive.namelist()}
        documents = moves.demat_document_id
        self.assertEqual(len(contents), 3)
        self.assertTrue({one._get_content() for one in documents} <= contents)

    def test_zip_of_what_is_withdrawn_meanwhile(self):
        """The rules are asked when a file is read, not only before."""
        kept, gone = self._invoice(), self._invoice()
        self._send(kept | gone)
        statement = self.env["demat.statement"].with_user(self.owner)
        moves = (kept | gone).with_user(self.owner)
        pieces = statement._zip_pieces(moves)
        self._force_state(gone, "internal")
        self.env.flush_all()
        archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
        index = archive.read("index.csv").decode("utf-8-sig")
        self.assertIn(kept.name, index)
        self.assertNotIn(gone.name, index)
        self.assertEqual(len(archive.namelist()), 2)
