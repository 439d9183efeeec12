# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reuse of connections, and its limits."""

import smtplib

import pytest
from demat_lib_demat_base import smtp_pool
from demat_lib_demat_base.smtp_journal import SmtpJournal


class Connection:
    def __init__(self):
        self.alive = True
        self.events = []

    def noop(self):
        if not self.alive:
            raise smtplib.SMTPServerDisconnected("gone")
        return 250, b"ok"

    def quit(self):
        self.events.append("quit")
        if not self.alive:
            raise smtplib.SMTPServerDisconnected("gone")

    def close(self):
        self.events.append("close")

    def send_message(self, text):
        self.data(text)
        return {}

    def data(self, text):
        self.events.append(text)


class Server:
    def __init__(self):
        self.connections = []

    def connect(self):
        self.connections.append(Connection())
        return self.connections[-1]


def test_reused_and_closed_once():
    server, pool = Server(), smtp_pool.SmtpPool()
    for _mail in range(3):
        pool.take("a", server.connect).quit()
    (connection,) = server.connections
    assert connection.events == []
    pool.close()
    assert connection.events == ["quit"]
    pool.close()
    assert connection.events == ["quit"]


def test_one_for_each_key():
    server, pool = Server(), smtp_pool.SmtpPool()
    assert pool.take("a", server.connect) is not pool.take("b", server.connect)


def test_dead_connection_is_replaced():
    server, pool = Server(), smtp_pool.SmtpPool()
    first = pool.take("a", server.connect)
    first.alive = False
    second = pool.take("a", server.connect)
    assert second is not first
    assert first.events == ["quit", "close"]


def test_replaced_before_the_server_gets_tired(monkeypatch):
    monkeypatch.setattr(smtp_pool, "MAILS_PER_CONNECTION", 2)
    server, pool = Server(), smtp_pool.SmtpPool()
    for _mail in range(5):
        pool.take("a", server.connect)
    assert len(server.connections) == 3
    assert [connection.events for connection in server.connections] == [
        ["quit"],
        ["quit"],
        [],
    ]


def test_each_mail_has_its_own_journal():
    server, pool = Server(), smtp_pool.SmtpPool()
    journals = []
    for text in ("first", "second"):
        journals.append(SmtpJournal())
        connection = pool.take("a", server.connect)
        journals[-1].watch(connection)
        if text == "first":
            connection.send_message(text)
    assert [journal.data_started for journal in journals] == [True, False]


def test_connection_that_cannot_be_asked_is_not_reused():
    class Mute:
        def quit(self):
            pass

    pool = smtp_pool.SmtpPool()
    first = pool.take("a", Mute)
    assert pool.take("a", Mute) is not first


@pytest.mark.parametrize(("seconds", "tries"), [(0, 1), (10, 3)])
def test_a_silent_server_is_asked_once_in_a_batch(monkeypatch, seconds, tries):
    monkeypatch.setattr(smtp_pool, "LONG_SECONDS", seconds)
    asked = []

    def connect():
        asked.append(True)
        raise TimeoutError("timed out")

    pool = smtp_pool.SmtpPool()
    for _mail in range(3):
        with pytest.raises(TimeoutError):
            pool.take("a", connect)
    assert len(asked) == tries
    assert pool.take("b", Connection).alive
