# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Names of files that are dropped or collected."""

from . import errors

__all__ = ["MAX_FILE", "check_name", "is_waiting", "other_name"]

#: An EDI flow has at most 1 GB, a return file is small: statuses and reports.
MAX_FILE = 100_000_000
_UNSAFE = set('/\\%$!&:;«»#@*?"<>|')


def check_name(name: str) -> None:
    """:raises Rejected: for what is no plain file name (a path, hidden, too long)"""
    if not is_safe(name):
        raise errors.Rejected(f"Not a name for a file of a flow: {name[:80]!r}")


def is_safe(name: str) -> bool:
    """The platform's files have none of ``% $ ! & / \\ : ; « » # @`` either."""
    return (
        bool(name)
        and len(name.encode()) <= 200
        and name.isprintable()
        and not name.startswith((".", "-"))
        and not _UNSAFE & set(name)
    )


def is_waiting(name: str) -> bool:
    """Whether a file in the folder of returns is one: not hidden, not half written."""
    return is_safe(name) and not name.lower().endswith((".part", ".tmp", ".filepart"))


def other_name(name, exists) -> str:
    """The name, or the first of ``2-name``, ``3-name``… that is free."""
    candidate, number = name, 1
    while exists(candidate):
        number += 1
        candidate = f"{number}-{name}"
    return candidate
