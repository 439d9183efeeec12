# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The one-time code by which a signatory confirms his address, and its limits.

Six digits are a million possibilities: what keeps them from being guessed are the
limits below. Only a salted hash is stored; it hides the code from who reads a back-up
by chance, not from who tries all the million.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = [
    "CODES_PER_HOUR",
    "DIGITS",
    "LIFE",
    "LOCK",
    "TRIES",
    "CodeState",
    "check",
    "digest",
    "may_send",
    "new_code",
    "new_salt",
    "normal",
]

DIGITS = 6
#: Wrong entries of one code; then it is dead and the signatory is locked out.
TRIES = 5
LIFE = timedelta(minutes=10)
LOCK = timedelta(minutes=15)
CODES_PER_HOUR = 5
#: Pause after each wrong entry but the last: the first slip costs little.
_PAUSES = (1, 2, 5, 10)
_SPACES = re.compile(r"[\s.\-\u00a0\u202f]+")


@dataclass(frozen=True)
class CodeState:
    """What is stored of the last code that was sent; times naive, all of one clock.

    :param tries: wrong entries so far
    :param last_try: time of the last one
    """

    hash: str | None
    salt: str | None
    expires_at: datetime | None
    tries: int = 0
    last_try: datetime | None = None
    locked_until: datetime | None = None
    accepted: bool = False


def new_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def new_salt() -> str:
    return secrets.token_hex(16)


def normal(entry) -> str:
    """Return an entry without the spaces and hyphens that people put in."""
    return _SPACES.sub("", entry) if isinstance(entry, str) else ""


def digest(code: str, salt: str) -> str:
    """Return what is stored of a code, in hexadecimal."""
    data = normal(code).encode()
    return hashlib.scrypt(data, salt=salt.encode(), n=2**12, r=8, p=1, dklen=32).hex()


def check(entry, state: CodeState, now: datetime) -> tuple[str, dict]:
    """Judge an entry.

    :return: ``(verdict, changes)``; changes are the fields of :class:`CodeState` to
        store, whatever the verdict. Verdicts: ``accepted``; ``wrong``; ``locked`` (too
        many, or within a lock: the entry was not even compared); ``too_fast`` (not
        compared either: within the pause after a wrong one); ``expired``; ``none`` (no
        code was sent, or it was used: each works once).
    """
    if state.locked_until and now < state.locked_until:
        return "locked", {}
    if not state.hash or not state.salt or state.accepted:
        return "none", {}
    if not state.expires_at or now >= state.expires_at:
        return "expired", {"hash": None, "salt": None}
    if state.tries and state.last_try:
        pause = _PAUSES[min(state.tries, len(_PAUSES)) - 1]
        if now < state.last_try + timedelta(seconds=pause):
            return "too_fast", {}
    if hmac.compare_digest(digest(normal(entry), state.salt), state.hash):
        return "accepted", {"hash": None, "salt": None, "tries": 0, "accepted": True}
    tries = state.tries + 1
    changes = {"tries": tries, "last_try": now}
    if tries >= TRIES:
        dead = {"hash": None, "salt": None, "tries": 0, "locked_until": now + LOCK}
        return "locked", {**changes, **dead}
    return "wrong", changes


def may_send(sent: list[datetime], locked_until: datetime | None, now: datetime) -> str:
    """Tell whether one more code may be sent: ``ok``, ``locked`` or ``too_many``.

    :param sent: times of the codes sent so far
    """
    if locked_until and now < locked_until:
        return "locked"
    recent = [moment for moment in sent if moment > now - timedelta(hours=1)]
    return "too_many" if len(recent) >= CODES_PER_HOUR else "ok"
