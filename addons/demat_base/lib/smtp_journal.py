# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What really happened in an SMTP dialogue that the host only half reports.

The host drops two facts: which recipients were refused while others were
accepted, and whether the text had already been handed over when the connection
broke. The first is a failure nobody would see; the second decides between "not
sent" and "nobody knows".
"""

__all__ = ["SmtpJournal"]


class SmtpJournal:
    """Facts of one sending; passed to the host's connection through the context."""

    def __init__(self):
        #: address → (SMTP code, text) of recipients refused among accepted ones
        self.refused = {}
        #: the DATA phase began: after that a lost connection proves nothing
        self.data_started = False
        #: the server took the sender, so it knows of this mail
        self.mail_begun = False
        #: failure type and reason given by the host after the sending
        self.failure_type = None
        self.failure_reason = None

    def watch(self, connection):
        """Observe ``connection`` (:class:`smtplib.SMTP` or alike), changing nothing.

        Only this object is touched, never its class: other mails of the process
        keep their own connections. An earlier journal of the same connection stops
        watching.
        """
        for name in ("send_message", "mail", "data"):
            vars(connection).pop(name, None)
        send_message = connection.send_message

        def watched_send_message(*args, **kwargs):
            refused = send_message(*args, **kwargs)
            self.refused.update(refused or {})
            return refused

        connection.send_message = watched_send_message
        mail = getattr(connection, "mail", None)
        if mail is not None:

            def watched_mail(*args, **kwargs):
                answer = mail(*args, **kwargs)
                self.mail_begun = True
                return answer

            connection.mail = watched_mail
        data = getattr(connection, "data", None)
        if data is not None:

            def watched_data(message):
                self.data_started = True
                return data(message)

            connection.data = watched_data
