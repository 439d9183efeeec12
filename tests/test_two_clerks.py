# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two at once on the same invoice: one sending, and a clear word for the other."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.crash import HoldingMailServer
from tests.support.firm import Firm
from tests.support.rpc import RpcError
from tests.support.server import DematServer

TRIES = 4
BUSY = "somebody else is treating this right now"
WRONG_STATE = "This treatment takes invoices that are: "


class HoldingServer(DematServer):
    mail_server = HoldingMailServer


@pytest.fixture(scope="module")
def firm(make_server, firm_template):
    firm = Firm(make_server(firm_template, HoldingServer))
    firm.give_consent("bellecombe")
    return firm


@pytest.fixture
def invoice(firm):
    """One ready invoice: {"id", "name"}."""
    return ready_invoice(firm)


def ready_invoice(firm):
    clerk = firm.rpc("clerk")
    ids = firm.make_invoices(1, "bellecombe")
    clerk.call("account.move", "action_demat_prepare", ids)
    return clerk.call("account.move", "read", ids, ["name"])[0]


def attempt(action, *arguments):
    """ "done", or the words of the refusal."""
    try:
        action(*arguments)
    except RpcError as refusal:
        assert refusal.name in (
            "odoo.exceptions.UserError",
            "odoo.exceptions.RedirectWarning",
        ), refusal.debug
        return str(refusal)
    return "done"


def check_sent_once(firm, invoice):
    server = firm.server
    [row] = server.sql(
        "SELECT demat_state, demat_delivery FROM account_move WHERE id = %s",
        invoice["id"],
    )
    assert row == ["sent", "delivered"]
    [[documents]] = server.sql(
        "SELECT count(*) FROM ged_document "
        "WHERE res_model = 'account.move' AND res_id = %s",
        invoice["id"],
    )
    exchanges = server.sql(
        "SELECT channel, state, attempts FROM demat_exchange "
        "WHERE res_model = 'account.move' AND res_id = %s ORDER BY channel",
        invoice["id"],
    )
    mails = [mail for mail in server.smtp.mails if invoice["name"] in mail.subject]
    assert (documents, len(mails)) == (1, 1)
    assert exchanges == [["ged", "done", 1], ["mail", "done", 1]]


def wait_for_state(firm, invoice, state):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        [[found]] = firm.server.sql(
            "SELECT demat_state FROM account_move WHERE id = %s", invoice["id"]
        )
        if found == state:
            return
        time.sleep(0.01)
    raise AssertionError(f"{invoice['name']} did not become {state}")


def resume(firm):
    """The scheduled action that takes up what a crash left."""
    admin = firm.server.rpc("admin", "admin")
    [cron] = admin.call(
        "ir.model.data",
        "search_read",
        [["module", "=", "demat_invoice"], ["name", "=", "ir_cron_dispatch"]],
        ["res_id"],
    )
    admin.call("ir.cron", "method_direct_trigger", [cron["res_id"]])


@pytest.mark.parametrize("number", range(TRIES))
def test_two_clerks_press_send_at_the_same_moment(firm, number):
    invoice = ready_invoice(firm)
    people = ("clerk", "colleague")
    dialogs = [firm.open_send(firm.rpc(who), [invoice["id"]]) for who in people]
    start = threading.Barrier(len(dialogs))

    def press(confirm):
        start.wait()
        return attempt(confirm)

    with firm.server.expect_log(f"{BUSY}|{WRONG_STATE}"), ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(press, dialogs), key=lambda answer: answer != "done")
    assert answers[0] == "done"
    assert answers[1] != "done", "both believe that they have sent it"
    assert invoice["name"] in answers[1]
    assert BUSY in answers[1] or WRONG_STATE in answers[1]
    check_sent_once(firm, invoice)


def test_while_one_sends_the_others_are_told(firm, invoice):
    """The pages are being drawn; somebody sends, holds, resumes; nothing changes."""
    colleague = firm.rpc("colleague")
    confirm = firm.open_send(colleague, [invoice["id"]])
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(firm.send, firm.rpc("clerk"), [invoice["id"]])
        wait_for_state(firm, invoice, "sending")
        with firm.server.expect_log(f"{BUSY}|{WRONG_STATE}"):
            answers = [
                attempt(confirm),
                attempt(
                    colleague.call, "account.move", "action_demat_hold", [invoice["id"]]
                ),
            ]
        resume(firm)
        sending.result()
    for answer in answers:
        assert invoice["name"] in answer
        assert BUSY in answer or WRONG_STATE in answer
    check_sent_once(firm, invoice)


def test_the_job_leaves_a_mail_alone_that_is_being_sent(firm, invoice):
    """The recipient's server is slow; meanwhile the job runs and a colleague sends."""
    smtp = firm.server.smtp
    confirm = firm.open_send(firm.rpc("colleague"), [invoice["id"]])
    smtp.hold("kept", 1)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(firm.send, firm.rpc("clerk"), [invoice["id"]])
        try:
            assert smtp.reached.wait(60)
            resume(firm)
            with firm.server.expect_log(WRONG_STATE):
                answer = attempt(confirm)
            states = firm.server.sql(
                "SELECT state FROM demat_exchange WHERE channel = 'mail' "
                "AND res_id = %s",
                invoice["id"],
            )
        finally:
            smtp.let_go()
        sending.result()
    assert states == [["sending"]], "a living sending was taken for a dead one"
    assert invoice["name"] in answer
    check_sent_once(firm, invoice)


# What a worker meets that reaches for rows another worker has; any ERROR in the log of
# the server would fail the run of tests.
REACH = """
from psycopg2.errors import SerializationFailure
partners = env["res.partner"].browse(ids)
with env.registry.cursor() as late, env.registry.cursor() as other:
    late.execute("SELECT 1 FROM res_partner")  # what it sees from now on
    partners.with_env(env(cr=other))[0]._demat_try_lock()
    result = [partners.with_env(env(cr=late))._demat_try_lock().ids]
    touch = "UPDATE res_partner SET write_date = write_date WHERE id = %s"
    other.execute(touch, [ids[0]])
    other.commit()
    try:
        partners.with_env(env(cr=late))[0]._demat_try_lock()
    except SerializationFailure:
        result.append("once more")
        late.rollback()
    result.append(partners.with_env(env(cr=late))._demat_try_lock().ids)
    result.append(partners.browse().with_env(env(cr=late))._demat_try_lock().ids)
"""


def test_a_worker_that_comes_too_late_writes_no_error(firm):
    ids = firm.server.run("result = env['res.partner'].search([], limit=3).ids")
    held, again, free, none = firm.server.run(REACH, ids=ids)
    assert (held, again) == (ids[1:], "once more")
    assert (free, none) == (ids, [])
