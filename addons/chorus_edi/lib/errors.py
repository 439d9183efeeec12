# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Errors of this library, one class per *reaction* that the caller needs.

* :class:`RetryLater` — nothing was done; the same call may be made again later;
* :class:`FixCredentials` — an administrator has to change an access, and ``layer``
  says which;
* :class:`Rejected` — Chorus Pro refuses what was asked; trying again changes nothing;
* :class:`OutcomeUnknown` — the request may have arrived: ask the platform before the
  same is sent again;
* :class:`BadAnswer` — the answer is not understandable. Raised as
  :class:`UnreadableAnswer` (a ``RetryLater``) by what only reads, and as
  :class:`UnreadableOutcome` (an ``OutcomeUnknown``) by what changes something.

No message holds a secret, an address with a password, or the text of a request.
"""

__all__ = [
    "LAYERS",
    "BadAnswer",
    "ChorusError",
    "FixCredentials",
    "OutcomeUnknown",
    "Rejected",
    "RetryLater",
    "TooLarge",
    "UnreadableAnswer",
    "UnreadableOutcome",
]

#: The layers of access, in the order in which they are met: the PISTE application
#: (``token``), the technical account of Chorus Pro (``account``), the subscription of
#: the application to an API (``subscription``), the company's own structure
#: (``structure``).
LAYERS = ("token", "account", "subscription", "structure")


class ChorusError(Exception):
    """Base of every error that this library raises on purpose.

    :param code: what Chorus Pro put in ``codeRetour``, or the HTTP status
    :param label: its ``libelle``: a message or a code such as ``GDP_MSG_11.022``
    """

    def __init__(self, message, *, code: int | None = None, label: str | None = None):
        super().__init__(message)
        self.code = code
        self.label = label


class RetryLater(ChorusError):
    """Nothing was done. ``retry_after``: seconds that the server asks for, if it
    does."""

    def __init__(self, message, *, retry_after: float | None = None, **details):
        super().__init__(message, **details)
        self.retry_after = retry_after


class FixCredentials(ChorusError):
    """An access is refused; ``layer`` is one of :data:`LAYERS`."""

    def __init__(self, message, layer: str, **details):
        if layer not in LAYERS:
            raise ValueError(f"unknown layer {layer!r}")
        super().__init__(message, **details)
        self.layer = layer


class Rejected(ChorusError):
    """Refused by Chorus Pro; ``code`` and ``label`` are its own words."""


class TooLarge(Rejected):
    """Files that wait are too large to be read; ``names`` says which."""

    def __init__(self, names):
        super().__init__(f"Too large to be read: {', '.join(names)}")
        self.names = tuple(names)


class OutcomeUnknown(ChorusError):
    """A request that changes something may have arrived; its answer has not."""


class BadAnswer(ChorusError):
    """The answer is not what Chorus Pro is known to answer."""


class UnreadableAnswer(BadAnswer, RetryLater):
    """A bad answer to a question: ask again later."""


class UnreadableOutcome(BadAnswer, OutcomeUnknown):
    """A bad answer to a request that changes something: find out what was done."""
