# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The archive in a storage of its own, on a real server: commits, collector, removal.

Runs where ``tests/test_glue.py`` has made the database with both sides.
"""

import pytest

FILE = """
env["fs.storage"].create({
    "name": "Archive", "code": "vault", "protocol": "file",
    "directory_path": root, "model_xmlids": "ged_archive.model_ged_document",
})
company = env.company
documents = env["ged.document"]._archive([
    {"kind": "invoice", "name": "F/1", "filename": "f1.txt", "content": b"kept"},
    {"kind": "invoice", "name": "F/2", "filename": "f2.txt", "content": b"ended",
     "retention_until": "2020-12-31"},
])
result = [[one.id, one.attachment_id.id, one.attachment_id.store_fname]
          for one in documents]
"""
LOST = """
env["ged.document"]._archive([
    {"kind": "invoice", "name": "F/3", "filename": "f3.txt", "content": b"lost"},
])
env.flush_all()
env.cr.rollback()
"""
COLLECT = """env["fs.file.gc"]._gc_files()"""
VERIFY = """
from odoo.exceptions import UserError
try:
    result = [one.code for one in env["ged.chain"]._verify_chain(env.company)]
except UserError as error:
    result = str(error)
"""
DESTROY = """env["ged.document"].browse(document)._destroy_content("CERT/1")"""


def test_life(make_server, demat_template, demat_context_, tmp_path):
    if not demat_context_.foreign:
        pytest.skip("runs in the database that tests/test_glue.py makes")
    server = make_server(demat_template)
    root = tmp_path / "store"
    root.mkdir()

    def stored():
        return {path.name for path in root.iterdir() if "marker" not in path.name}

    kept, ended = server.run(FILE, root=str(root))
    names = {row[2].removeprefix("vault://") for row in (kept, ended)}
    assert stored() == names
    # of a transaction that came to nothing the object waits for the collector
    server.run(LOST)
    assert len(stored() - names) == 1
    server.run(COLLECT)
    assert stored() == names
    assert server.run(VERIFY) == []
    status, _headers, body = server.rpc("admin", "admin").get(
        f"/web/content/{kept[1]}?download=1"
    )
    assert (status, body) == (200, b"kept")
    events = server.sql(
        "SELECT event_type FROM ged_event WHERE document_id = %s ORDER BY id", kept[0]
    )
    assert events == [["archived"], ["downloaded"]]
    root.rename(tmp_path / "elsewhere")
    with server.expect_log("archive: storage vault"):
        assert "vault" in server.run(VERIFY)
    (tmp_path / "elsewhere").rename(root)
    assert server.run(VERIFY) == []
    server.run(DESTROY, document=ended[0])
    assert stored() == {kept[2].removeprefix("vault://")}
    assert server.run(VERIFY) == []
