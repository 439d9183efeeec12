# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may create rows of the archive.

The access list lets nobody create documents or events; code that runs as superuser
could still call ``create`` and skip what ``_archive`` does (hash, journal, chain). It
needs this mark in the context, which cannot come from outside: it is an object of this
process, not a value.
"""

_KEY = "ged_archive_creation"
_MARK = object()


def allow_creation(records):
    """Return ``records`` as superuser in a context that may create archive rows."""
    return records.sudo().with_context(**{_KEY: _MARK})


def creation_allowed(env):
    """Tell whether ``env`` comes from :func:`allow_creation`."""
    return env.context.get(_KEY) is _MARK
