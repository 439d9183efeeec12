# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Several at once, and a server that dies: each invoice exactly once.

The workers are processes of their own, as those of a server are; the mails are counted.
"""

import os

import pytest
from pypdf import PdfReader

from tests.support import runs
from tests.support.crash import CrashServer, Fault
from tests.support.firm import Firm

WORK = "env['demat.run'].browse(run)._process()"
NIGHT = "env['demat.run']._cron_nightly()\n"
PRINT_JOB = "demat_invoice.ir_cron_print"
THEN_WORK = "env['demat.run']._cron_process()"


@pytest.fixture(scope="module")
def firm(make_server, firm_template):
    firm = Firm(make_server(firm_template, CrashServer))
    firm.give_consent("noyers")
    return firm


@pytest.fixture(autouse=True)
def empty_mailbox(firm):
    firm.server.smtp.clear()


def make_night_due(firm):
    """The nightly sending is on, and last night was not done."""
    firm.server.run(
        "company = env.company\n"
        "user = env['res.users'].search([('login', '=', 'colleague')])\n"
        "company.write({'demat_nightly': True, 'demat_nightly_rhythm': 'night',"
        " 'demat_nightly_user_id': user.id})\n"
        "company.demat_nightly_last = '2020-01-01'"
    )


def nightly_runs(firm):
    rows = firm.server.sql("SELECT id FROM demat_run WHERE nightly ORDER BY id")
    return [row[0] for row in rows]


def check_who_did_what(firm, ids, *launched):
    """Each invoice is done in one of the runs and explained in the others."""
    states = [runs.line_states(firm.server, run) for run in launched]
    for number in range(len(ids)):
        found = sorted(column[number] for column in states)
        assert found == ["done", *["skipped"] * (len(launched) - 1)], states
    causes = firm.server.sql(
        "SELECT cause FROM demat_run_line WHERE state = 'skipped' AND run_id = ANY(%s)",
        list(launched),
    )
    assert all(row[0] for row in causes)
    runs.check_each_once(firm.server, ids)


def test_two_clerks_launch_the_same_invoices(firm):
    ids = runs.ready_invoices(firm, 30)
    first = runs.launch(firm, ids, "clerk")
    second = runs.launch(firm, ids, "colleague")
    runs.together(
        firm.server,
        f"run = {first}\n{WORK}",
        f"run = {second}\n{WORK}",
    )
    check_who_did_what(firm, ids, first, second)


def test_two_workers_on_one_run(firm):
    ids = runs.ready_invoices(firm, 50)
    run = runs.launch(firm, ids)
    runs.together(firm.server, f"run = {run}\n{WORK}", f"run = {run}\n{WORK}")
    check_who_did_what(firm, ids, run)


def test_a_clerk_and_two_night_jobs(firm):
    ids = runs.ready_invoices(firm, 10)
    make_night_due(firm)
    run = runs.launch(firm, ids)
    before = nightly_runs(firm)
    runs.together(
        firm.server, f"run = {run}\n{WORK}", NIGHT + THEN_WORK, NIGHT + THEN_WORK
    )
    runs.trigger(firm.server, runs.RUN_JOB)
    night = [found for found in nightly_runs(firm) if found not in before]
    assert len(night) <= 1, "the night was done twice"
    runs.check_each_once(firm.server, ids)
    lines = [runs.line_states(firm.server, found) for found in (run, *night)]
    assert sum(column.count("done") for column in lines) == len(ids)


def test_two_night_jobs_do_one_night(firm):
    ids = runs.ready_invoices(firm, 5)
    make_night_due(firm)
    before = nightly_runs(firm)
    runs.together(firm.server, NIGHT + THEN_WORK, NIGHT + THEN_WORK)
    [night] = [found for found in nightly_runs(firm) if found not in before]
    runs.trigger(firm.server, runs.NIGHT_JOB)
    assert [found for found in nightly_runs(firm) if found not in before] == [night]
    runs.trigger(firm.server, runs.RUN_JOB)
    check_who_did_what(firm, ids, night)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("mail", "lost", 3),
        Fault("mail", "kept", 24),
        Fault("drawing", "wkhtmltopdf", 1),
        Fault("point", "commit", 4),
    ],
    ids=lambda fault: fault.place,
)
def test_the_server_is_killed_in_the_middle_of_a_run(firm, fault):
    """Started again, the job resumes it, with its options; one report in the end."""
    server = firm.server
    ids = runs.ready_invoices(firm, 30)
    run = runs.launch(firm, ids, attach_pdf=True)
    assert server.strike(fault, lambda: runs.trigger(server, runs.RUN_JOB))
    [[state]] = server.sql("SELECT state FROM demat_run WHERE id = %s", run)
    assert state in ("waiting", "running")
    for _time in range(2):
        runs.trigger(server, runs.RUN_JOB)
        runs.trigger(server, "demat_invoice.ir_cron_dispatch")
    [[state, report]] = server.sql(
        "SELECT state, report_state FROM demat_run WHERE id = %s", run
    )
    assert (state, report) == ("done", "queued")
    assert set(runs.line_states(server, run)) == {"done"}
    answer_unknown(firm)
    runs.check_each_once(server, ids)
    for name in runs.names_of(server, ids).values():
        [mail] = runs.mails_of(server, name)
        assert len(mail.attachments) == 1, "the option of the run was forgotten"
    for _time in range(2):
        runs.trigger(server, runs.MAIL_JOB)
        runs.trigger(server, runs.RUN_JOB)
    files = [name for mail in server.smtp.mails for name in mail.attachments]
    reports = [name for name in files if name.endswith(f"-{run}.xlsx")]
    assert len(reports) == 1, "one report, no more and no less"


def answer_unknown(firm):
    """The clerk looks into the mailbox: it arrived, or it is sent again."""
    clerk = firm.rpc("clerk")
    for exchange, name in firm.server.sql(
        "SELECT id, res_name FROM demat_exchange WHERE state = 'unknown'"
    ):
        arrived = runs.mails_of(firm.server, name)
        button = "action_confirm_arrival" if arrived else "action_send_again"
        clerk.call("demat.exchange", button, [exchange])


@pytest.mark.parametrize(
    "fault",
    [Fault("drawing", "wkhtmltopdf", 2), Fault("point", "commit", 2)],
    ids=lambda fault: fault.place,
)
def test_the_server_is_killed_in_the_middle_of_a_print(firm, fault):
    """Nothing counts as printed before the file is there; then once."""
    server = firm.server
    # some of each place: drawn again at each print, and the sealed original
    ids = runs.ready_invoices(firm, 45)
    run = runs.launch(firm, ids[:5])
    runs.trigger(server, runs.RUN_JOB)
    assert set(runs.line_states(server, run)) == {"done"}
    order = [*ids[20:], *ids[:20]]
    request = server.run(
        "user = env['res.users'].search([('login', '=', 'clerk')])\n"
        "requests = env(user=user, su=True)['demat.print.request']\n"
        "values = {'kind': 'print', 'move_ids': order, 'total': len(order)}\n"
        "result = requests.create(values).id",
        order=order,
    )
    assert server.strike(fault, lambda: runs.trigger(server, PRINT_JOB))
    assert printed(server, ids) == [0] * len(ids)
    for _time in range(2):
        runs.trigger(server, PRINT_JOB)
    assert printed(server, ids) == [1] * len(ids)
    path = server.run(
        "request = env['demat.print.request'].browse(request)\n"
        "assert request.state == 'done', request.error\n"
        "result = request._path()",
        request=request,
    )
    pages = PdfReader(path).pages
    names = runs.names_of(server, ids)
    assert len(pages) == len(order)
    for page, move in zip(pages, order, strict=True):
        assert names[move] in page.extract_text()
    left = [name for name in os.listdir(os.path.dirname(path)) if "part" in name]
    assert left == [], "half a file was left"


def printed(server, ids):
    rows = server.sql(
        "SELECT COALESCE(demat_edition_count, 0) FROM account_move"
        " WHERE id = ANY(%s) ORDER BY id",
        ids,
    )
    return [row[0] for row in rows]
