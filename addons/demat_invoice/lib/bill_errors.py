# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What makes a bill of exchange impossible: the field and the cause, as codes.

The caller turns them into a sentence and a link in the user's language.
"""

__all__ = ["CAUSES", "BillDataError", "FormatError"]

#: Every cause that a check of this package can name.
CAUSES = (
    "missing",
    "too_long",
    "not_iban",
    "iban_key",
    "foreign_account",
    "rib_key",
    "not_positive",
    "too_big",
    "past_due",
    "due_before_issue",
    "siren",
    "unknown",
    "duplicate",
    "empty",
)


class BillDataError(ValueError):
    """A value that neither the printed bill nor the file of the bank can hold.

    :ivar field: name of the field of the dataclass, ``drawee.iban`` for example
    :ivar cause: one of ``CAUSES``
    :ivar value: what was found, for the message
    :ivar reference: reference of the bill, empty for the remittance itself
    """

    def __init__(self, field, cause, value="", reference=""):
        if cause not in CAUSES:
            raise ValueError(f"unknown cause: {cause}")
        self.field = field
        self.cause = cause
        self.value = value
        self.reference = reference
        super().__init__(f"{reference} {field}: {cause} ({value!r})".strip())


class FormatError(ValueError):
    """Bytes that are no CFONB remittance of bills: says which record and why."""
