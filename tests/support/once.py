# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an independent reader finds when all is over: each invoice was sent once.

He reads the tables, the files on the disk and the mailbox.
"""

import hashlib
from pathlib import Path

PDF = "application/pdf"


def count(server, query, *parameters):
    """{id: number} of a query that answers (id, count)."""
    return dict(server.sql(query, *parameters))


def mails_of(server, number):
    """The mails that arrived about the invoice of this number."""
    return [mail for mail in server.smtp.mails if number in mail.subject]


def check_sent_once(server, ids, mail_states=("sent",)):
    """Each of these invoices, all that the database ever sent, left exactly once.

    :param mail_states: states that mails of the host may have; those of failed
        attempts stay as ``exception``
    """
    rows = server.sql(
        "SELECT id, name, demat_state, demat_delivery, is_dematerialised, is_move_sent "
        "FROM account_move WHERE id = ANY(%s) ORDER BY id",
        list(ids),
    )
    names = {row[0]: row[1] for row in rows}
    assert {tuple(row[2:]) for row in rows} == {("sent", "delivered", True, True)}
    once = dict.fromkeys(ids, 1)
    mails = {number: len(mails_of(server, name)) for number, name in names.items()}
    assert mails == once
    assert len(server.smtp.mails) == len(ids)
    check_archived_once(server, once)
    check_exchanges(server, once)
    check_journals(server, once)
    check_files(server, once)
    check_archive(server)
    left = server.sql(
        "SELECT id, state FROM mail_mail WHERE state <> ALL(%s)", list(mail_states)
    )
    assert left == [], "nothing may wait in the host's mail queue"


def check_archived_once(server, once):
    documents = count(
        server,
        "SELECT res_id, count(*) FROM ged_document "
        "WHERE res_model = 'account.move' GROUP BY res_id",
    )
    assert documents == once


def check_exchanges(server, once):
    for channel in ("ged", "mail"):
        done = count(
            server,
            "SELECT res_id, count(*) FROM demat_exchange "
            "WHERE channel = %s AND state = 'done' GROUP BY res_id",
            channel,
        )
        assert done == once, channel
    others = server.sql("SELECT id FROM demat_exchange WHERE state <> 'done'")
    assert others == []


def check_journals(server, once):
    published = count(
        server,
        "SELECT move_id, count(*) FROM demat_state_change "
        "WHERE treatment = 'publish' GROUP BY move_id",
    )
    assert published == once
    events = server.sql(
        "SELECT event_type, count(*), count(DISTINCT document_id) FROM ged_event "
        "WHERE event_type IN ('archived', 'sent') GROUP BY event_type ORDER BY 1"
    )
    assert events == [[kind, len(once), len(once)] for kind in ("archived", "sent")]


def check_files(server, once):
    """The archived file is there, unchanged, and is the invoice's own file."""
    store = filestore(server)
    rows = server.sql(
        "SELECT d.sha256, a.store_fname, i.checksum = a.checksum FROM ged_document d "
        "JOIN ir_attachment a ON a.id = d.attachment_id "
        "LEFT JOIN ir_attachment i ON i.res_model = d.res_model "
        "AND i.res_id = d.res_id AND i.res_field = 'invoice_pdf_report_file'"
    )
    assert len(rows) == len(once)
    for sha256, name, same in rows:
        assert hashlib.sha256((store / name).read_bytes()).hexdigest() == sha256
        assert same
    check_attachments(server)


def check_attachments(server):
    """Every row has its whole file, and no file of a document floats about."""
    store = filestore(server)
    torn = [
        [number, name]
        for number, name, size in server.sql(
            "SELECT id, store_fname, file_size FROM ir_attachment "
            "WHERE store_fname IS NOT NULL"
        )
        if not (store / name).is_file() or (store / name).stat().st_size != size
    ]
    assert torn == [], "attachments without their content"
    orphans = server.sql(
        "SELECT a.id, a.name FROM ir_attachment a WHERE a.mimetype = %s AND ("
        " a.res_id IS NULL OR a.res_id = 0"
        " OR a.res_model = 'ged.document' AND NOT EXISTS ("
        "   SELECT FROM ged_document d"
        "    WHERE d.id = a.res_id AND d.attachment_id = a.id))",
        PDF,
    )
    assert orphans == [], "files that belong to no document"


def filestore(server):
    return Path(server.data_dir) / "filestore" / server.database


def check_archive(server):
    """The chain has every row, in one piece."""
    problems, waiting = server.run(
        "env['ged.chain']._cron_chain_pending()\n"
        "env.cr.commit()\n"
        "waiting = sum(env[model].search_count([('chain_number', '=', False)])"
        " for model in ('ged.document', 'ged.event'))\n"
        "problems = env['ged.chain']._verify_chain()\n"
        "result = [[problem.message for problem in problems], waiting]"
    )
    assert (problems, waiting) == ([], 0)
