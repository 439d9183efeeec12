# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A run while the mail server refuses, hesitates, hangs up, or is not there.

The invoices are sent and archived all the same: the mail tells of them. No mail leaves
twice by itself; what became of each is on its line, with the address, the cause and
what to do.
"""

import pytest

from tests.support.moody import HastyServer
from tests.support.office import RunOffice
from tests.support.once import check_sent_once, mails_of

ADDRESS = "contact@noyers.example"
# mood of the mail server → (state of the exchange, its code, words, mails that came)
OUTCOMES = {
    "fine": ("done", None, "", 1),
    "refused": ("failed", "address_unknown", "ne connaît pas cette adresse", 0),
    "later": ("failed", "temporary", "Réessayez plus tard", 0),
    "gone": ("failed", "server_unreachable", "Réessayez plus tard", 0),
    "lost": ("unknown", "unknown", "Demandez au client", 0),
    "kept": ("unknown", "unknown", "Demandez au client", 1),
    "slow": ("unknown", "unknown", "Demandez au client", 1),
    "done": ("done", None, "", 1),
}
NOT_TOLD = {
    "failed": "Envoyée, mais le client n'a pas été averti : ",
    "unknown": "Envoyée, mais on ne sait pas si le client a été averti : ",
}
LOGGED = "SMTPRecipientsRefused|Exception while processing mail"
MAIL_STATES = ("sent", "exception")
MOODS = [*OUTCOMES, "fine"]
JOBS = (
    ("ir_cron_run", "demat_invoice"),
    ("ir_cron_dispatch", "demat_invoice"),
    ("ir_cron_recover_sending", "demat_base"),
    ("ir_cron_mail_scheduler_action", "mail"),
)


@pytest.fixture(scope="module")
def office(make_server, firm_template):
    office = RunOffice(make_server(firm_template, HastyServer))
    yield office
    office.server.stop()


def outcomes(office, ids):
    """{invoice: (state, code, words)} of the mails of these invoices."""
    rows = office.server.sql(
        "SELECT res_id, state, error_code, error_text FROM demat_exchange "
        "WHERE channel = 'mail' AND res_id = ANY(%s)",
        ids,
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def names(office, ids):
    rows = office.server.sql(
        "SELECT id, name FROM account_move WHERE id = ANY(%s)", ids
    )
    return dict(rows)


def retry_failed(office):
    """The clerk tries the failed mails again, as their message says."""
    failed = [exchange["id"] for exchange in office.exchanges("failed")]
    office.firm.rpc("clerk").call("demat.exchange", "action_retry", failed)
    return len(failed)


def check_moods(office, ids, lines):
    found, numbers = outcomes(office, ids), names(office, ids)
    for move, mood in zip(ids, MOODS, strict=True):
        state, code, words, count = OUTCOMES[mood]
        assert found[move][:2] == (state, code), mood
        assert len(mails_of(office.server, numbers[move])) == count, mood
        cause = lines[move]["cause"]
        assert lines[move]["state"] == "done", "the invoice itself is out"
        if code:
            assert cause == NOT_TOLD[state] + found[move][2], mood
            assert ADDRESS in cause
            assert words.lower() in cause.lower()
        else:
            assert cause is None


def test_every_mood_of_the_mail_server(office):
    ids = office.add_ready_invoices(len(MOODS))
    office.server.smtp.moods += MOODS
    run = office.launch(ids)
    with office.server.expect_log(LOGGED):
        office.wait_done(run)
    lines = {line["move"]: line for line in office.lines(run)}
    check_moods(office, ids, lines)

    # whatever comes along, nothing of that is sent again
    before = len(office.server.smtp.mails)
    for name, module in JOBS:
        office.call_job(name, module)
    assert len(office.server.smtp.mails) == before
    check_moods(office, ids, lines)

    assert retry_failed(office) == 3
    for exchange in office.exchanges("unknown"):
        office.answer(exchange)
    check_sent_once(office.server, office.ids, MAIL_STATES)


def test_a_mail_server_that_is_down_and_comes_back(office):
    ids = office.add_ready_invoices(3)
    smtp = office.server.smtp
    before = len(smtp.mails)
    smtp.stop()
    office.wait_done(office.launch(ids))
    for state, code, text in outcomes(office, ids).values():
        assert (state, code) == ("failed", "server_unreachable")
        assert ADDRESS in text
        assert "serveur de messagerie" in text
    assert retry_failed(office) == len(ids)
    assert {row[0] for row in outcomes(office, ids).values()} == {"failed"}
    assert len(smtp.mails) == before
    smtp.start(smtp.port)
    assert retry_failed(office) == len(ids)
    check_sent_once(office.server, office.ids, MAIL_STATES)
