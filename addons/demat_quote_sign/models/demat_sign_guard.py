# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may change a quote that waits for signatures without making its request void.

Only the code that writes the signature itself. Likewise, whose writing is not put right
by the rule of variants: the code of that rule. The mark in the context is an object of
this process: a context that comes from outside (RPC, form) cannot hold it.
"""

_KEY = "demat_sign_commit"
_SETTLE_KEY = "demat_sign_settle"
_MARK = object()


def committing(records):
    """Return ``records`` as superuser in a context whose changes void no request."""
    return records.sudo().with_context(**{_KEY: _MARK})


def is_committing(env):
    """Tell whether ``env`` comes from :func:`committing`."""
    return env.context.get(_KEY) is _MARK


def settling(records):
    """Return ``records`` in a context in which their variants are being put right:
    what is written there is not put right once more."""
    return records.with_context(**{_SETTLE_KEY: _MARK})


def is_settling(env):
    """Tell whether ``env`` comes from :func:`settling`."""
    return env.context.get(_SETTLE_KEY) is _MARK
