# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A mail server with moods, and a sender who has little patience."""

import asyncio

from .mail import MailServer
from .office import JobServer

#: Seconds that our server waits for an answer; the host's own are 60.
PATIENCE = 3
ANSWERS = {
    "refused": "550 5.1.1 no such user",
    "later": "450 4.2.0 come back later",
}


class MoodyMailServer(MailServer):
    """Takes each mail as the next of ``moods`` says, then as an ordinary server.

    ``fine``, ``refused`` and ``later`` (answers to the recipient), ``gone`` (hangs up
    at the recipient), ``lost`` and ``kept`` (hangs up when it has the text, without
    and with keeping it), ``slow`` (keeps it, but answers too late), ``done`` (hangs up
    after its answer).
    """

    def __init__(self):
        super().__init__()
        self.moods = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        mood = self.moods.pop(0) if self.moods else "fine"
        envelope.mood = mood
        if mood == "gone":
            server.transport.abort()
        if mood in ANSWERS:
            return ANSWERS[mood]
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):
        mood = envelope.mood
        if mood != "lost":
            answer = await super().handle_DATA(server, session, envelope)
        if mood in ("lost", "kept"):
            server.transport.abort()
            return "421 4.3.0 going away"
        if mood == "slow":
            await asyncio.sleep(PATIENCE + 1)
        if mood == "done":
            asyncio.get_running_loop().call_later(0.01, server.transport.abort)
        return answer


class HastyServer(JobServer):
    """Waits ``PATIENCE`` seconds for the mail server."""

    mail_server = MoodyMailServer

    def _environment(self):
        return self.context.environment(DEMAT_SMTP_TIMEOUT=PATIENCE)
