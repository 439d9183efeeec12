# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Connections to mail servers kept open over the mails of a batch.

The host opens a connection for each mail that is sent at once; with TLS and a
login that costs more than the mail. Each mail remains a transaction of its own.
"""

import smtplib
import time

__all__ = ["SmtpPool"]

# Mail servers close a connection after a number of mails of their choice,
# 100 being a common one; they do it in the middle of a dialogue.
MAILS_PER_CONNECTION = 50
# A server that made us wait that long for nothing would do so for each mail of the
# batch, and the host kills a job that lasts.
LONG_SECONDS = 10


class SmtpPool:
    """Open connections by key (which server, which sender)."""

    def __init__(self):
        self._open = {}
        self._silent = {}
        #: whether the connection given last had been used before
        self.reused = False

    def take(self, key, connect):
        """A living connection for ``key``: the one in use, else ``connect()``.

        Its ``quit`` does nothing, so that its user may believe it is his own;
        :meth:`close` says goodbye.
        """
        connection, used = self._open.get(key, (None, 0))
        if connection is not None and (
            used >= MAILS_PER_CONNECTION or not _is_alive(connection)
        ):
            self._open.pop(key)
            _quit(connection)
            connection, used = None, 0
        if connection is None:
            connection = self._connect(key, connect)
            connection.quit = lambda: None
        self._open[key] = (connection, used + 1)
        self.reused = used > 0
        return connection

    def _connect(self, key, connect):
        """Connect, once only to a server that is silent: the others hear the same."""
        if key in self._silent:
            raise self._silent[key]
        began = time.monotonic()
        try:
            return connect()
        except Exception as error:
            if time.monotonic() - began >= LONG_SECONDS:
                self._silent[key] = error
            raise

    def close(self):
        """Say goodbye to all servers."""
        while self._open:
            _key, (connection, _used) = self._open.popitem()
            _quit(connection)


def _is_alive(connection):
    """Whether it still answers; one that cannot be asked is not used again."""
    noop = getattr(connection, "noop", None)
    try:
        return noop is not None and noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _quit(connection):
    """Close; a server that has gone already has said what there was to say."""
    vars(connection).pop("quit", None)
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()
