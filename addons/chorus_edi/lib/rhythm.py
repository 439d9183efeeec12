# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When the platform is asked, or tried, again: delays that grow, in seconds.

The platform publishes no limits (chorus_pro.md, open question 3): these numbers are
ours, and what the server asks for (``Retry-After``) wins.
"""

__all__ = [
    "HISTORY",
    "MAX_FAILURES",
    "MAX_RESENDS",
    "REPORT",
    "RETRY",
    "SETTLE",
    "delay",
    "settled_after",
]

MINUTE = 60
HOUR = 60 * MINUTE

#: Before the first, second… question about the report of a flow: it is ready after
#: seconds or minutes as a rule, and may take days.
REPORT = (
    30,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    6 * HOUR,
)
#: Before the first, second… search for invoices whose deposit had no answer. An invoice
#: that did arrive may appear late: when all of these have passed without a trace of
#: it, nothing arrived.
SETTLE = (MINUTE, 5 * MINUTE, 15 * MINUTE, 45 * MINUTE, 2 * HOUR)
#: Before the next try of what surely did not arrive.
RETRY = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR)
#: Before the next question about one invoice whose history cannot be read.
HISTORY = (HOUR, 4 * HOUR, 24 * HOUR)
#: So many failures about single records in a row say that it is not about them.
MAX_FAILURES = 5
#: How often what the platform lost ("incident"), or what never arrived ("absent"), is
#: sent again by itself.
MAX_RESENDS = 3


def delay(steps, count, asked=None):
    """Seconds to wait before the next time.

    :param steps: one of the tables above; its last value holds for ever
    :param count: how often it was done already
    :param asked: seconds that the server asked for, if it did
    """
    return max(steps[min(count, len(steps) - 1)], asked or 0)


def settled_after(count):
    """Say whether so many searches without a find mean that nothing arrived."""
    return count >= len(SETTLE)
