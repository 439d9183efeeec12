# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Errors of this library, one class per *reaction* that the caller needs.

* :class:`InvalidDocumentError` — the document has to be mended, trying again changes
  nothing;
* :class:`InvalidXmlError` — the same, for the invoice XML, with the list of what is
  wrong;
* :class:`CertificateError` — an administrator has to change the certificate or its
  password;
* :class:`TimestampError` — the time-stamp server failed; may be tried again later;
* :class:`SealError` — any other failure of the sealing itself;
* :class:`WorkerError` — the rule checker (a separate process) failed; may be tried
  again.
"""

__all__ = [
    "ArchiveError",
    "CertificateError",
    "InvalidDocumentError",
    "InvalidXmlError",
    "SealError",
    "TimestampError",
    "WorkerError",
]


class ArchiveError(Exception):
    """Base of every error that this library raises on purpose."""


class InvalidDocumentError(ArchiveError):
    """The document cannot be used as it is; the message says why."""


class InvalidXmlError(InvalidDocumentError):
    """The invoice XML breaks rules; ``problems`` lists them (``XmlProblem``)."""

    def __init__(self, message, problems=()):
        super().__init__(message)
        self.problems = list(problems)


class SealError(ArchiveError):
    """The seal could not be applied."""


class CertificateError(SealError):
    """The certificate of the seal cannot be used.

    ``reason`` is one of :attr:`REASONS`. For a key in a token (PKCS#11): ``no_module``
    (library missing or not loadable), ``no_token``, ``bad_pin`` (wrong or locked),
    ``no_key``, ``no_certificate``, ``token_failed`` (it refuses to sign).
    """

    REASONS = (
        "bad_password",
        "unreadable",
        "no_key",
        "expired",
        "not_yet_valid",
        "not_for_signing",
        "revoked",
        "no_module",
        "no_token",
        "bad_pin",
        "no_certificate",
        "token_failed",
    )

    def __init__(self, message, reason):
        if reason not in self.REASONS:
            raise ValueError(f"unknown reason {reason!r}")
        super().__init__(message)
        self.reason = reason


class TimestampError(SealError):
    """No usable time stamp was obtained. Retryable: the server may come back."""


class WorkerError(ArchiveError):
    """The process that checks business rules died, hung or could not start."""
