# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A key in a PKCS#11 token: smart card, HSM, SoftHSM.

The Python package ``python-pkcs11`` is needed only here. One session per process: a
session cannot be shared with a forked child, and it ends when the token goes away; both
are noticed, and a new one is opened.
"""

import os
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa, utils

from .certificate import CertificateInfo, KeyMaterial, build_chain, check_usable
from .errors import CertificateError
from .seal_settings import Pkcs11Settings

__all__ = ["TokenKey", "load_token"]


def load_token(settings: Pkcs11Settings) -> KeyMaterial:
    """Open the token and return its certificate and a key that signs in it.

    Raises :class:`CertificateError` with ``no_module``, ``no_token``, ``bad_pin``,
    ``no_key``, ``no_certificate`` or ``not_for_signing``.
    """
    key = TokenKey(settings)
    try:
        certificate, others = key.certificates()
        check_usable(certificate.public_key(), certificate)
    except CertificateError:
        key.close()
        raise
    others += [x509.load_der_x509_certificate(one) for one in settings.ca_chain]
    return KeyMaterial(
        key=key,
        certificate=certificate,
        chain=build_chain(certificate, others),
        info=CertificateInfo.from_certificate(certificate),
    )


class TokenKey:
    """Signs with a key that stays in its token; may be used by several threads."""

    def __init__(self, settings: Pkcs11Settings):
        self._settings = settings
        self._library = _import()
        self._lock = threading.Lock()
        self._session = self._key = None
        self._pid = 0
        with self._lock:
            self._open()

    def certificates(self) -> tuple[x509.Certificate, list[x509.Certificate]]:
        """Return the certificate of the key and the others of the token."""
        pkcs11 = self._library
        label = self._settings.certificate_label or self._settings.key_label
        found, others = None, []
        query = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}
        for item in self._session.get_objects(query):
            try:
                certificate = x509.load_der_x509_certificate(
                    bytes(item[pkcs11.Attribute.VALUE])
                )
            except ValueError:
                continue
            if found is None and item[pkcs11.Attribute.LABEL] == label:
                found = certificate
            else:
                others.append(certificate)
        if found is None:
            raise CertificateError(
                f"The token holds no certificate with the label “{label}”.",
                "no_certificate",
            )
        return found, others

    def sign(self, payload: bytes, public_key) -> bytes:
        """Return the signature over ``payload`` with SHA-256."""
        with self._get_lock():
            if self._pid != os.getpid():
                self._open()
            try:
                return self._sign(payload, public_key)
            except self._library.PKCS11Error:
                # the token went away and maybe came back; a second failure is told
                self._forget()
                self._open()
            try:
                return self._sign(payload, public_key)
            except self._library.PKCS11Error as error:
                raise CertificateError(
                    f"The token refuses to sign ({type(error).__name__}).",
                    "token_failed",
                ) from error

    def _sign(self, payload, public_key) -> bytes:
        mechanism = self._library.Mechanism
        if isinstance(public_key, rsa.RSAPublicKey):
            return self._key.sign(payload, mechanism=mechanism.SHA256_RSA_PKCS)
        # SoftHSM knows only the bare ECDSA, which all tokens know.
        digest = hashes.Hash(hashes.SHA256())
        digest.update(payload)
        raw = self._key.sign(digest.finalize(), mechanism=mechanism.ECDSA)
        half = len(raw) // 2
        return utils.encode_dss_signature(
            int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
        )

    def _open(self):
        pkcs11, settings = self._library, self._settings
        try:
            library = pkcs11.lib(settings.module)
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            raise CertificateError(
                f"The PKCS#11 library {settings.module} cannot be loaded.", "no_module"
            ) from error
        if self._pid:
            # after a fork, or when the token went away: what the library knows is stale
            library.reinitialize()
        try:
            token = self._find_token(library)
            self._session = token.open(user_pin=settings.pin or None)
            self._pid = os.getpid()
            self._key = self._find_key()
        except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid) as error:
            raise CertificateError(
                "The PIN of the token is wrong.", "bad_pin"
            ) from error
        except pkcs11.PinLocked as error:
            raise CertificateError(
                "The token is locked after too many wrong PINs.", "bad_pin"
            ) from error
        except pkcs11.PKCS11Error as error:
            raise CertificateError(
                f"The token “{settings.token_label}” cannot be used "
                f"({type(error).__name__}).",
                "no_token",
            ) from error

    def _find_token(self, library):
        settings = self._settings
        for slot in library.get_slots(token_present=True):
            if settings.slot is not None and slot.slot_id != settings.slot:
                continue
            token = slot.get_token()
            if token.label == settings.token_label:
                return token
        raise CertificateError(
            f"There is no token with the label “{settings.token_label}”.", "no_token"
        )

    def _find_key(self):
        pkcs11, label = self._library, self._settings.key_label
        query = {
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY,
            pkcs11.Attribute.LABEL: label,
        }
        found = next(iter(self._session.get_objects(query)), None)
        if found is None:
            self.close()
            raise CertificateError(
                f"The token holds no private key with the label “{label}”.", "no_key"
            )
        return found

    def close(self):
        """End the session; the next signature opens another."""
        if self._session is not None and self._pid == os.getpid():
            try:
                self._session.close()
            except self._library.PKCS11Error:
                # the token went away first: nothing is left to close
                self._session = None
        self._forget()

    def _forget(self):
        # Not zero: the library has been used, and must be asked to look again.
        self._session = self._key = None
        self._pid = -1

    def _get_lock(self):
        # A lock held by another thread at the moment of a fork stays held in the child.
        if self._pid not in (os.getpid(), -1):
            self._lock = threading.Lock()
        return self._lock


def _import():
    try:
        import pkcs11
    except ImportError as error:
        raise CertificateError(
            "Keys in tokens need the Python package python-pkcs11.", "no_module"
        ) from error
    return pkcs11
