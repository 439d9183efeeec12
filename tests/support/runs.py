# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Runs on a real server: launched as the window does, carried out by the job."""

import tempfile

RUN_JOB = "demat_invoice.ir_cron_run"
NIGHT_JOB = "demat_invoice.ir_cron_nightly"
MAIL_JOB = "mail.ir_cron_mail_scheduler_action"

#: Several processes begin at one moment: the last one to be ready starts them all.
AT_ONE_MOMENT = """\
import os, tempfile, time
deadline = time.monotonic() + 240
os.close(tempfile.mkstemp(dir=meeting)[0])
while len(os.listdir(meeting)) < expected:
    assert time.monotonic() < deadline, "somebody is missing"
    time.sleep(0.002)
"""


def ready_invoices(firm, count, login="noyers", **values):
    """Ids of new invoices that are ready to be sent."""
    ids = firm.make_invoices(count, login, **values)
    firm.rpc("clerk").call("account.move", "action_demat_prepare", ids)
    return ids


def launch(firm, ids, who="clerk", **options):
    """Launch a sending in the name of somebody: the id of the run."""
    return firm.server.run(
        "user = env['res.users'].search([('login', '=', who)])\n"
        "company = user.company_id.ids\n"
        "acting = env(user=user, su=False, context={'allowed_company_ids': company})\n"
        "moves = acting['account.move'].browse(ids)\n"
        "result = acting['demat.run']._launch('send', moves, options=options).id",
        ids=ids,
        who=who,
        options=options,
    )


def trigger(server, job):
    """Run a scheduled action now, as the administrator's button does."""
    # after three deaths in a row the host leaves one run of a job out
    server.sql("UPDATE ir_cron_progress SET timed_out_counter = 0")
    module, name = job.split(".")
    admin = server.rpc("admin", "admin")
    [found] = admin.call(
        "ir.model.data",
        "search_read",
        [["module", "=", module], ["name", "=", name]],
        ["res_id"],
    )
    admin.call("ir.cron", "method_direct_trigger", [found["res_id"]])


def work_off(server, run):
    """Run the job until the run is over: on a busy machine its time may end before."""
    for _time in range(10):
        trigger(server, RUN_JOB)
        [[state]] = server.sql("SELECT state FROM demat_run WHERE id = %s", run)
        if state not in ("waiting", "running"):
            return
    raise AssertionError(f"run {run} is still {state}")


def together(server, *codes, **values):
    """Run texts in as many processes, all at one moment; all must succeed."""
    with tempfile.TemporaryDirectory() as meeting:
        values |= {"meeting": meeting, "expected": len(codes)}
        server.run_together(*(AT_ONE_MOMENT + code for code in codes), **values)


def line_states(server, run):
    rows = server.sql(
        "SELECT state FROM demat_run_line WHERE run_id = %s ORDER BY sequence", run
    )
    return [row[0] for row in rows]


def mails_of(server, name):
    """The mails that tell of one invoice; the report of the run is another matter."""
    return [mail for mail in server.smtp.mails if name in mail.subject]


def names_of(server, ids):
    rows = server.sql("SELECT id, name FROM account_move WHERE id = ANY(%s)", ids)
    return dict(rows)


def check_each_once(server, ids):
    """Each invoice is sent, archived once and told of in one mail."""
    names = names_of(server, ids)
    states = server.sql(
        "SELECT DISTINCT demat_state, demat_delivery FROM account_move "
        "WHERE id = ANY(%s)",
        ids,
    )
    assert states == [["sent", "delivered"]]
    documents = server.sql(
        "SELECT res_id, count(*) FROM ged_document WHERE res_model = 'account.move' "
        "AND res_id = ANY(%s) GROUP BY res_id",
        ids,
    )
    assert dict(documents) == dict.fromkeys(ids, 1)
    mails = {name: len(mails_of(server, name)) for name in names.values()}
    assert mails == dict.fromkeys(names.values(), 1)
