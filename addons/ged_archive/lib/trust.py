# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether a certificate leads to an authority that is trusted (RFC 5280 §6)."""

import asyncio
import threading
from collections.abc import Iterable

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from .certificate import as_utc
from .tsa import ReadToken

__all__ = ["path_problem", "stamp_problem"]


def path_problem(certificate, others, roots, extended_usage, moment) -> str | None:
    """Return why a certificate does not lead to one of ``roots``; ``None`` if it does.

    :param others: certificates from which the path may be completed
    :param extended_usage: extended key usages that it must have (names of asn1crypto)
    :param moment: time at which the certificates must be valid

    Certificates are of asn1crypto. Nothing is fetched; whether one was revoked is
    judged elsewhere.
    """
    usage = certificate.key_usage_value
    if usage and not usage.native & {"digital_signature", "non_repudiation"}:
        return "The certificate was not issued for signatures."
    moment = as_utc(moment)
    if not certificate.not_valid_before <= moment <= certificate.not_valid_after:
        # Said here because a certificate that is itself a root is not examined further.
        return f"The certificate was not valid on {moment:%Y-%m-%d}."
    context = ValidationContext(
        trust_roots=roots,
        other_certs=others,
        moment=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    validator = CertificateValidator(
        certificate, intermediate_certs=others, validation_context=context
    )
    try:
        _run(validator.async_validate_usage(set(), extended_usage))
    except (ValidationError, PathError, PdfError) as error:
        return str(error)
    return None


def stamp_problem(
    stamp: ReadToken, roots_der: Iterable[bytes], others_der: Iterable[bytes] = ()
) -> str | None:
    """Return why the authority of a time stamp is not trusted; ``None`` if it is.

    :param roots_der: certificates (DER) of trusted roots
    :param others_der: certificates (DER) between those and the servers
    """
    load = asn1_x509.Certificate.load
    return path_problem(
        stamp.certificate,
        [*stamp.others, *map(load, others_der)],
        [load(der) for der in roots_der],
        {"time_stamping"},
        stamp.token.time,
    )


def _run(coroutine):
    """Run a coroutine to its end, also where the host has an event loop in this
    thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    outcome: list = []

    def work():
        try:
            outcome.append((asyncio.run(coroutine), None))
        except Exception as error:  # handed over to the waiting thread
            outcome.append((None, error))

    thread = threading.Thread(target=work, name="verify-seal")
    thread.start()
    thread.join()
    ((result, error),) = outcome
    if error:
        raise error
    return result
