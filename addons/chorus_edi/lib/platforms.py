# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Addresses of Chorus Pro, and which other addresses may be set by hand."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

__all__ = ["PLATFORMS", "Platform"]


@dataclass(frozen=True)
class Platform:
    """Where to ask for a token, where the operations are, where people log in.

    :param token_url: the whole address of the token
    :param api_url: without ``/cpro`` and without a slash at its end
    :raises ValueError: for an address that is not https (http is for this machine
        only), or has a user name, a question mark or a fragment in it; the message
        repeats neither path nor password
    """

    token_url: str
    api_url: str
    portal_url: str = ""

    def __post_init__(self):
        for name in ("token_url", "api_url", "portal_url"):
            url = getattr(self, name).strip().rstrip("/")
            if url or name != "portal_url":
                _check_url(url, name)
            object.__setattr__(self, name, url)


def _check_url(url, name):
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"{name} is not an address") from None
    if not host or any(character.isspace() for character in url):
        raise ValueError(f"{name} is not an address: it should start with https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"{name} has a user name in it")
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise ValueError(f"{name} has more than a path after its host")
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return
    raise ValueError(f"{name} must start with https://, not {parts.scheme}://")


def _is_loopback(host):
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


#: In use since 2021; the hosts in aife.economie.gouv.fr were switched off in 2023.
PLATFORMS = {
    "qualification": Platform(
        token_url="https://sandbox-oauth.piste.gouv.fr/api/oauth/token",  # noqa: S106
        api_url="https://sandbox-api.piste.gouv.fr",
        portal_url="https://qualif.chorus-pro.gouv.fr",
    ),
    "production": Platform(
        token_url="https://oauth.piste.gouv.fr/api/oauth/token",  # noqa: S106
        api_url="https://api.piste.gouv.fr",
        portal_url="https://portail.chorus-pro.gouv.fr",
    ),
}
