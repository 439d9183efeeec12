# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How to seal, and what came of it."""

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

__all__ = [
    "LEVELS",
    "Pkcs11Settings",
    "SealResult",
    "SealSettings",
    "VerifyMark",
    "VisibleSeal",
]

#: Levels of PAdES (ETSI EN 319 142-1), each with all of the one before.
LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")


@dataclass(frozen=True)
class Pkcs11Settings:
    """A key that never leaves its token (smart card, HSM).

    :param module: path of the PKCS#11 library
    :param key_label: label of the private key
    :param certificate_label: label of its certificate; default: that of the key
    :param slot: number of the slot, when several tokens have the same label
    :param ca_chain: certificates above (DER), where the token does not hold them
    """

    module: str
    token_label: str
    pin: str | None = field(default=None, repr=False)
    key_label: str = ""
    certificate_label: str | None = None
    slot: int | None = None
    ca_chain: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class VisibleSeal:
    """What shows on a page.

    :param page: 0 is the first, -1 the last
    :param box: ``(x1, y1, x2, y2)`` in points from the lower left corner of the page;
        ``None`` for a place at the lower right
    :param text: lines; empty for who, when, why and the level
    :param image: a PNG or JPEG, shown at the left
    :param qr: content of a QR code, shown at the right
    :param mark: how the :class:`VerifyMark` of a document shows: ``text``, ``qr`` (as
        text and as QR, unless ``qr`` is something else), or ``None``
    """

    page: int = -1
    box: tuple[float, float, float, float] | None = None
    text: tuple[str, ...] = ()
    image: bytes | None = field(default=None, repr=False)
    qr: str | None = None
    mark: str | None = None

    def __post_init__(self):
        if self.mark not in (None, "text", "qr"):
            raise ValueError("the mark shows as “text”, as “qr” or not at all")


@dataclass(frozen=True)
class VerifyMark:
    """Where the one document that is sealed can be verified.

    :param text: the line that shows, with the verification code
    :param url: what the QR holds
    """

    text: str
    url: str


@dataclass(frozen=True)
class SealSettings:
    """How to seal.

    :param pkcs12: content of a PKCS#12 file with key, certificate and issuers
    :param password: its password, ``None`` if it has none
    :param pkcs11: a key in a token instead
    :param level: one of :data:`LEVELS`; default: B-T with time-stamp servers, else B-B
    :param tsa_urls: addresses of RFC 3161 servers, tried in order
    :param tsa_timeout: seconds that one server may take
    :param revocation_timeout: the same for a server of revocation data
    :param trust_roots: certificates (DER) that end the chains, for B-LT and B-LTA
    :param visible: ``None`` for an invisible seal
    :param reason: shown by PDF readers, as are ``location`` and ``contact``
    """

    pkcs12: bytes | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    tsa_urls: tuple[str, ...] = field(default=(), repr=False)
    tsa_timeout: float = 5.0
    reason: str | None = None
    location: str | None = None
    contact: str | None = None
    pkcs11: Pkcs11Settings | None = None
    level: str | None = None
    revocation_timeout: float = 5.0
    trust_roots: tuple[bytes, ...] = field(default=(), repr=False)
    visible: VisibleSeal | None = None

    def __post_init__(self):
        # Addresses may hold a password, hence repr=False above and no address below.
        object.__setattr__(self, "tsa_urls", tuple(self.tsa_urls))
        object.__setattr__(self, "trust_roots", tuple(self.trust_roots))
        for url in self.tsa_urls:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(
                    "a time-stamp address must look like https://host/path"
                )
        if self.tsa_timeout <= 0:
            raise ValueError("the time allowed to a time-stamp server must be positive")
        if self.revocation_timeout <= 0:
            raise ValueError("the time allowed to a revocation server must be positive")
        if (self.pkcs12 is None) == (self.pkcs11 is None):
            raise ValueError("either a PKCS#12 file or a PKCS#11 token is needed")
        if self.level not in (None, *LEVELS):
            raise ValueError(f"the level must be one of {', '.join(LEVELS)}")

    @property
    def asked(self) -> str:
        """The level wanted."""
        return self.level or ("B-T" if self.tsa_urls else "B-B")


@dataclass(frozen=True)
class SealResult:
    """A sealed file.

    :param data: the bytes of the PDF
    :param level: one of :data:`LEVELS`
    :param signer: subject of the certificate (RFC 4514)
    :param fingerprint: SHA-256 of the certificate, hex
    :param sealed_at: aware UTC time; that of the time stamp if there is one, else of
        the clock
    :param degraded: why the level is lower than asked for, ``None`` when it is not
    :param asked: the level wanted
    :param causes: what was lacking: ``timestamp``, ``revocation``,
        ``archive_timestamp``
    :param valid_until: end (aware, UTC) of the certificate of the time-stamp server
    :param note: what an archive before this one said about the level, in its words
    """

    data: bytes = field(repr=False)
    level: str
    signer: str
    fingerprint: str
    sealed_at: datetime
    degraded: str | None = None
    asked: str | None = None
    causes: tuple[str, ...] = ()
    valid_until: datetime | None = None
    note: str | None = None
