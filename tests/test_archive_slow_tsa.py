# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A time-stamp server that takes its time holds nobody up but who asked it.

Time stamps are asked for inside the transaction of a batch, an anchor or the job of
later evidence. While the server is silent, another worker archives, and its documents
get their links: no lock of the chain is held meanwhile.
"""

import base64
import threading

import pytest

from tests.support.pki import load

PATIENCE = 120

PROFILE = """
company = env.company
company.ged_seal_profile_id = env["ged.seal.profile"].create({
    "name": "Slow", "company_id": company.id, "password": password, "pkcs12": pkcs12,
    "level": "B-T", "tsa_url": url, "tsa_timeout": timeout,
})
"""
ARCHIVE = """
from odoo.addons.ged_archive.tests.common import make_pdf

def archive(name, sealer=None):
    pdf = make_pdf(name)
    file = {"seal": sealer.seal(pdf)} if sealer else {"content": pdf}
    return env["ged.document"]._archive([{
        "kind": "invoice", "name": name, "filename": f"{name}.pdf",
        "partner_id": env.company.partner_id.id, **file,
    }])
"""
# What waits for the server: the code, and how to see afterwards that it was done.
WORK = {
    # the first document is written, its batch is not committed, the second is sealed
    "seal": (
        ARCHIVE + "archive('batch-1')\n"
        "archive('batch-2', env.company._ged_get_sealer())\n",
        "SELECT count(*) FROM ged_document WHERE name = 'batch-2'"
        " AND seal_level = 'B-T'",
    ),
    "anchor": (
        "env['ged.anchor']._cron_anchor()",
        "SELECT count(*) FROM ged_anchor WHERE token_time IS NOT NULL",
    ),
    "later evidence": (
        "env['res.company'].search([]).ged_stamp_unsealed = True\n"
        "env['ged.preservation.queue']._cron_preserve()",
        "SELECT least(count(*), 1) FROM ged_preservation",
    ),
}
LOCKS = """
SELECT l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
 WHERE c.relname = 'ged_chain' AND l.granted AND l.mode NOT LIKE 'AccessShare%%'
"""


@pytest.fixture
def tsa(tmp_path):
    """A time-stamp server that keeps each question until the test lets go."""
    module = load("ged_pki")

    class SlowServer(module.TimeStampServer):
        def __init__(self, pki):
            self.asked, self.let_go = threading.Event(), threading.Event()
            super().__init__(pki)

        def answer(self, handler, request):
            self.asked.set()
            self.let_go.wait(PATIENCE)
            super().answer(handler, request)

    server = SlowServer(module.Pki(tmp_path))
    yield server
    server.let_go.set()
    server.close()


@pytest.fixture(scope="module")
def server(make_server, demat_template):
    server = make_server(demat_template)
    server.run(ARCHIVE + "archive('first')")
    return server


@pytest.mark.parametrize("what", WORK)
def test_others_archive_while_the_server_is_silent(server, tsa, what):
    code, done = WORK[what]
    server.run(
        PROFILE,
        pkcs12=base64.b64encode(tsa.pki.pkcs12("signer-ec")).decode(),
        password=load("ged_pki").PASSWORD,
        url=tsa.url,
        timeout=PATIENCE,
    )
    worker = server.spawn(code)
    assert tsa.asked.wait(PATIENCE), "the time-stamp server was not asked"
    assert server.sql(LOCKS) == []
    name = f"meanwhile-{what}"
    server.run(
        ARCHIVE + "archive(name)\nenv.cr.commit()\n"
        "env['ged.document'].search([('name', '=', name)])._record_event('viewed')",
        name=name,
    )
    assert worker.poll() is None and not tsa.let_go.is_set(), "it still waits"
    rows = server.sql(
        "SELECT d.chain_number IS NOT NULL, bool_and(e.chain_number IS NOT NULL)"
        " FROM ged_document d JOIN ged_event e ON e.document_id = d.id"
        " WHERE d.name = %s GROUP BY d.id",
        name,
    )
    assert rows == [[True, True]]
    assert server.sql(done) == [[0]]
    tsa.let_go.set()
    assert worker.wait(PATIENCE) == 0
    assert server.sql(done) == [[1]]
    assert server.run("result = len(env['ged.chain']._verify_chain())") == 0
