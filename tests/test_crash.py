# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The sending process dies at any point, and each invoice is sent once all the same.

Ready invoices are sent by a clerk while the server is killed with SIGKILL: at a
statement, around a commit or a seal, while the pages are drawn, at each stage of the
SMTP dialogue, or just at some moment. It is started again, the scheduled action takes
the work up, it is killed again. In the end a person looks into the mailbox and answers
the exchanges of unknown outcome. Then each invoice has one document, one mail, one line
of each kind in the journals, and the chain of the archive is whole.

The seed is printed: ``DEMAT_SEED=… ./demat test tests/test_crash.py`` repeats a run.
"""

import hashlib
import os
import random
import secrets
import time
from pathlib import Path

import pytest

from tests.support.crash import CrashServer, Fault
from tests.support.firm import Firm

SEED_VARIABLE = "DEMAT_SEED"
INVOICES = 12
LONG_KILLS = 60
MAIL_STAGES = ("hello", "recipient", "lost", "kept", "answered")
# one of each class, then the long run draws from all of them
SHORT = ("drawing", "commit", "seal", "lost", "kept")
ALL = (
    "drawing",
    "statement",
    "commit",
    "committed",
    "seal",
    "sealed",
    "moment",
    *MAIL_STAGES,
)


class Office:
    """The clerk at work on a server that keeps dying, and what she finds afterwards."""

    def __init__(self, make_server, template, seed):
        self.random = random.Random(seed)
        self.server = make_server(template, CrashServer)
        self.firm = Firm(self.server)
        self.firm.give_consent("noyers")
        self.ids = []
        self.kills = []
        self.add_ready_invoices()

    def add_ready_invoices(self):
        ids = self.firm.make_invoices(INVOICES)
        self.firm.rpc("clerk").call("account.move", "action_demat_prepare", ids)
        self.ids += ids

    # -- what happens -----------------------------------------------------------------

    def suffer(self, kind, tries=1):
        """Actions of the office until the server is killed in one of them."""
        for _try in range(tries):
            fault = self.draw(kind)
            if self.server.strike(fault, self.next_action()):
                self.kills.append(f"{fault.kind} {fault.place} {fault.count:g}")
                return

    def draw(self, kind):
        """A fault of this kind, at a random place."""
        count = self.random.randint
        if kind == "drawing":
            return Fault("drawing", "wkhtmltopdf", 1)
        if kind == "moment":
            return Fault("moment", "after", self.random.uniform(0, 4))
        if kind in MAIL_STAGES:
            return Fault("mail", kind, count(1, 2))
        most = {"statement": 400, "commit": 8, "committed": 8}.get(kind, 2)
        return Fault("point", kind, count(1, most))

    def next_action(self):
        """What the office does next: send, let the job resume, or answer an unknown."""
        ready = self.in_state("ready")
        unknown = self.unknown_exchanges()
        unfinished = self.in_state("sending") or self.pending_mails()
        if not (ready or unknown or unfinished):
            self.add_ready_invoices()
            ready = self.in_state("ready")
        actions = []
        if ready:
            batch = ready[: self.random.randint(1, 4)]
            actions.append(lambda: self.send(batch))
        if unfinished:
            actions.append(self.resume)
        if unknown:
            actions.append(lambda: self.answer(self.random.choice(unknown)))
        return self.random.choice(actions)

    def send(self, ids):
        self.firm.send(self.firm.rpc("clerk"), ids)

    def resume(self):
        """The scheduled action of the module, now rather than in some minutes.

        After three deaths in a row the host leaves one run of the job out. Its
        scheduler notes that it did; "Run manually" raises instead, which takes the
        note back, so it is made here.
        """
        self.server.sql("UPDATE ir_cron_progress SET timed_out_counter = 0")
        admin = self.server.rpc("admin", "admin")
        [cron] = admin.call(
            "ir.model.data",
            "search_read",
            [["module", "=", "demat_invoice"], ["name", "=", "ir_cron_dispatch"]],
            ["res_id"],
        )
        admin.call("ir.cron", "method_direct_trigger", [cron["res_id"]])

    def answer(self, exchange):
        """Look into the mailbox, then say that it arrived, or send it again."""
        arrived = self.mails_of(exchange["res_name"])
        button = "action_confirm_arrival" if arrived else "action_send_again"
        self.firm.rpc("clerk").call("demat.exchange", button, [exchange["id"]])

    def finish(self):
        """Nothing dies any more; the office works until nothing is left to do."""
        for _round in range(6):
            if ready := self.in_state("ready"):
                self.send(ready)
            self.resume()
            for exchange in self.unknown_exchanges():
                self.answer(exchange)
            left = self.in_state("ready") + self.in_state("sending")
            if not (left or self.pending_mails() or self.unknown_exchanges()):
                return

    # -- what is there ----------------------------------------------------------------

    def in_state(self, state):
        rows = self.server.sql(
            "SELECT id FROM account_move WHERE demat_state = %s ORDER BY id", state
        )
        return [row[0] for row in rows]

    def unknown_exchanges(self):
        rows = self.server.sql(
            "SELECT id, res_name FROM demat_exchange "
            "WHERE state = 'unknown' ORDER BY id"
        )
        return [{"id": row[0], "res_name": row[1]} for row in rows]

    def pending_mails(self):
        return self.server.sql(
            "SELECT id FROM demat_exchange "
            "WHERE channel = 'mail' AND state IN ('pending', 'sending')"
        )

    def mails_of(self, number):
        return [mail for mail in self.server.smtp.mails if number in mail.subject]

    def count(self, query):
        """{invoice id: number} of a query that answers (id, count)."""
        return dict(self.server.sql(query))


def check_end(office):
    """Each invoice was sent once, by every account of it."""
    server, ids = office.server, office.ids
    rows = server.sql(
        "SELECT id, name, demat_state, demat_delivery, is_dematerialised, is_move_sent "
        "FROM account_move WHERE id = ANY(%s) ORDER BY id",
        ids,
    )
    names = {row[0]: row[1] for row in rows}
    assert {tuple(row[2:]) for row in rows} == {("sent", "delivered", True, True)}
    once = dict.fromkeys(ids, 1)
    documents = office.count(
        "SELECT res_id, count(*) FROM ged_document "
        "WHERE res_model = 'account.move' GROUP BY res_id"
    )
    assert documents == once
    mails = {number: len(office.mails_of(name)) for number, name in names.items()}
    assert mails == once
    assert len(server.smtp.mails) == len(ids)
    check_exchanges(office, once)
    check_journals(office, once)
    check_files(office)
    check_archive(office)
    left = server.sql("SELECT id, state FROM mail_mail WHERE state <> 'sent'")
    assert left == [], "nothing may wait in the host's mail queue"
    assert server.living_survivors() == [], "processes of a killed server go on"


def check_exchanges(office, once):
    for channel in ("ged", "mail"):
        done = office.count(
            "SELECT res_id, count(*) FROM demat_exchange "
            f"WHERE channel = '{channel}' AND state = 'done' GROUP BY res_id"
        )
        assert done == once, channel
    others = office.server.sql("SELECT id FROM demat_exchange WHERE state <> 'done'")
    assert others == []


def check_journals(office, once):
    published = office.count(
        "SELECT move_id, count(*) FROM demat_state_change "
        "WHERE treatment = 'publish' GROUP BY move_id"
    )
    assert published == once
    events = office.server.sql(
        "SELECT event_type, count(*), count(DISTINCT document_id) FROM ged_event "
        "WHERE event_type IN ('archived', 'sent') GROUP BY event_type ORDER BY 1"
    )
    assert events == [[kind, len(once), len(once)] for kind in ("archived", "sent")]


def check_files(office):
    """The archived file is there, unchanged, and is the invoice's own file."""
    server = office.server
    store = Path(server.data_dir) / "filestore" / server.database
    rows = server.sql(
        "SELECT d.sha256, a.store_fname, i.checksum = a.checksum FROM ged_document d "
        "JOIN ir_attachment a ON a.id = d.attachment_id "
        "LEFT JOIN ir_attachment i ON i.res_model = d.res_model "
        "AND i.res_id = d.res_id AND i.res_field = 'invoice_pdf_report_file'"
    )
    assert len(rows) == len(office.ids)
    for sha256, name, same in rows:
        assert hashlib.sha256((store / name).read_bytes()).hexdigest() == sha256
        assert same


def check_archive(office):
    """The chain has every row, in one piece."""
    problems, waiting = office.server.run(
        "env['ged.chain']._cron_chain_pending()\n"
        "env.cr.commit()\n"
        "waiting = sum(env[model].search_count([('chain_number', '=', False)])"
        " for model in ('ged.document', 'ged.event'))\n"
        "problems = env['ged.chain']._verify_chain()\n"
        "result = [[problem.message for problem in problems], waiting]"
    )
    assert (problems, waiting) == ([], 0)


@pytest.fixture
def seed(capsys):
    chosen = int(os.environ.get(SEED_VARIABLE) or secrets.randbelow(10**6))
    with capsys.disabled():
        print(f" {SEED_VARIABLE}={chosen}", end="", flush=True)
    return chosen


def test_each_invoice_is_sent_once_although_the_server_dies(
    make_server, demat_template, seed
):
    office = Office(make_server, demat_template, seed)
    for kind in office.random.sample(SHORT, len(SHORT)):
        office.suffer(kind, tries=5)
    office.finish()
    check_end(office)
    assert len(office.kills) == len(SHORT), office.kills


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_sixty_deaths(make_server, demat_template, seed):
    office = Office(make_server, demat_template, seed)
    began = time.monotonic()
    while len(office.kills) < LONG_KILLS:
        office.suffer(office.random.choice(ALL))
        assert time.monotonic() - began < 3000, office.kills
    office.finish()
    check_end(office)
    unknown = office.server.sql(
        "SELECT id FROM demat_exchange_log WHERE new_state = 'unknown'"
    )
    print(f"{len(office.ids)} invoices, {len(unknown)} unknown outcomes", office.kills)
    assert unknown, "no death fell where only a person can tell the outcome"
