# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The journal watches one connection and changes nothing of the dialogue."""

import smtplib

import pytest
from demat_lib_demat_base.smtp_journal import SmtpJournal


class Connection:
    """The two calls of :class:`smtplib.SMTP` that the journal looks at."""

    def __init__(self, refused=None, error=None):
        self._refused = refused
        self._error = error
        self.texts = []

    def send_message(self, text):
        self.data(text)
        return self._refused

    def data(self, text):
        if self._error:
            raise self._error
        self.texts.append(text)
        return 250, b"queued"


def watched(**values):
    connection, journal = Connection(**values), SmtpJournal()
    journal.watch(connection)
    return connection, journal


def test_refused_recipients_are_kept_and_still_returned():
    refused = {"b@y.fr": (550, b"unknown")}
    connection, journal = watched(refused=refused)
    assert connection.send_message("text") == refused
    assert journal.refused == refused
    assert connection.texts == ["text"]


def test_all_accepted():
    connection, journal = watched(refused={})
    connection.send_message("text")
    assert journal.refused == {}


def test_breaking_after_data_began():
    connection, journal = watched(error=smtplib.SMTPServerDisconnected("gone"))
    assert not journal.data_started
    with pytest.raises(smtplib.SMTPServerDisconnected):
        connection.send_message("text")
    assert journal.data_started


def test_only_this_connection_is_watched():
    watched()
    other, journal = Connection(refused={"a@x.fr": (550, b"")}), SmtpJournal()
    other.send_message("text")
    assert journal.refused == {}
    assert not journal.data_started
