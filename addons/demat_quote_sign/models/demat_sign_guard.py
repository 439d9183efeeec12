# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may change a quote that waits for signatures without making its request void.

Only the code that writes the signature itself. Likewise, whose writing is not put right
by the rule of variants: the code of that rule. And what is a part of a larger writing,
after which that rule is applied once. The mark in the context is an object of this
process: a context that comes from outside (RPC, form) cannot hold it.
"""

_KEY = "demat_sign_commit"
_SETTLE_KEY = "demat_sign_settle"
_NOTE_KEY = "demat_sign_note"
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


class VariantNote:
    """What one writing does to the variants of quotes, noted while it lasts."""

    def __init__(self):
        self.is_open = True
        #: quotes whose variants are put right at the end
        self.order_ids = set()
        #: quotes that may say something else at the end
        self.changed_ids = set()
        #: {line: its section of variants}, of those that were taken before
        self.taken = {}
        #: lines that were given a quantity: one set for each time
        self.given = []
        self.new_ids = set()

    def ranks(self, section_id, line_ids):
        """Which variant of a section comes first: sets of ids, the first one first.

        Those that were given a quantity last; those that were taken there before;
        those that are not new.
        """
        before = {line for line, one in self.taken.items() if one == section_id}
        return [*reversed(self.given), before, set(line_ids) - self.new_ids]


def noting(records, note):
    """Return ``records`` in a context in which what they do is put on ``note``."""
    return records.with_context(**{_NOTE_KEY: note})


def open_note(env):
    """The note of the writing that ``env`` is a part of, else None.

    A context outlives the writing, in what the host does before the commit.
    """
    note = env.context.get(_NOTE_KEY)
    return note if isinstance(note, VariantNote) and note.is_open else None
