# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may create rows of the archive.

The access list lets nobody create documents or events; code that runs as superuser
could still call ``create`` and skip what ``_archive`` does (hash, journal, chain). It
needs this mark in the context, which cannot come from outside: it is an object of this
process, not a value.
"""

from odoo.tools.misc import clean_context

_KEY = "ged_archive_creation"
_MARK = object()


#: Filled after the commit, by the chain; no default may fill them.
CHAIN_COLUMNS = frozenset({"chain_number", "chain_hash"})


def without_chain(names):
    """Return the fields of ``names`` that a default may fill in a new row.

    A user can set defaults for himself on any field of any model.
    """
    return [name for name in names if name not in CHAIN_COLUMNS]


def allow_creation(records):
    """Return ``records`` as superuser in a context that may create archive rows.

    Without the defaults of the caller's context: they may come from outside, and would
    fill what a row leaves open.
    """
    context = clean_context(records.env.context)
    return records.sudo().with_context(context, **{_KEY: _MARK})


def creation_allowed(env):
    """Tell whether ``env`` comes from :func:`allow_creation`."""
    return env.context.get(_KEY) is _MARK
