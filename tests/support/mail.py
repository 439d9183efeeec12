# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A real SMTP server that keeps what it receives."""

import asyncio
import email
import email.policy
import logging
import threading
import time
from dataclasses import dataclass
from email.message import EmailMessage

from aiosmtpd.controller import Controller


@dataclass(frozen=True)
class Mail:
    """One received mail: its SMTP envelope and its parsed content."""

    sender: str
    recipients: tuple
    message: EmailMessage
    raw: bytes

    @property
    def subject(self):
        return str(self.message["subject"])

    @property
    def text(self):
        """The readable part, HTML if there is no plain text."""
        body = self.message.get_body(preferencelist=("plain", "html"))
        return body.get_content() if body else ""

    @property
    def html(self):
        body = self.message.get_body(preferencelist=("html",))
        return body.get_content() if body else ""

    @property
    def attachments(self):
        """{file name: bytes} of the attached files."""
        return {
            part.get_filename(): part.get_payload(decode=True)
            for part in self.message.iter_attachments()
        }


class MailServer:
    """SMTP on a free port of the loopback interface.

    ``refuse`` maps a recipient to the answer it gets ("550 5.1.1 no such user"),
    ``delay`` is a time in seconds that each mail takes to be accepted.
    """

    def __init__(self):
        self.mails = []
        self.refuse = {}
        self.delay = 0.0
        self._arrived = threading.Condition()
        self._controller = None
        self.host = "127.0.0.1"
        self.port = 0

    def start(self, port):
        # A line per command of each connection is of no use in a report.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self.port = port
        self._controller = Controller(self, hostname=self.host, port=port)
        self._controller.start()

    def stop(self):
        if self._controller:
            self._controller.stop(no_assert=True)
            self._controller = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.delay:
            await asyncio.sleep(self.delay)
        message = email.message_from_bytes(
            envelope.content, policy=email.policy.default
        )
        mail = Mail(
            envelope.mail_from, tuple(envelope.rcpt_tos), message, envelope.content
        )
        with self._arrived:
            self.mails.append(mail)
            self._arrived.notify_all()
        return "250 OK"

    def clear(self):
        """Forget the mails and the faults of an earlier test."""
        with self._arrived:
            self.mails.clear()
        self.refuse.clear()
        self.delay = 0.0

    def wait(self, count=1, seconds=30):
        """The mails, once there are at least ``count`` of them."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while len(self.mails) < count:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(
                        f"{len(self.mails)} mail(s) after {seconds} s, {count} expected"
                    )
                self._arrived.wait(left)
            return list(self.mails)
