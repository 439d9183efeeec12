# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Notification addresses as a clerk types them: one line, several addresses.

The accepted grammar is narrower than RFC 5321/5322 on purpose: no quoted local
part, no comment, no address literal, no non-ASCII local part. What is left is
what every mail server of a customer accepts, and it cannot carry a header.
"""

import re

__all__ = ["AddressError", "join", "parse"]

# People paste lists from other programs: all of these separate two addresses.
_SEPARATORS = re.compile(r"[,;\r\n\t]+")
# RFC 5322 §3.2.3 "atext", dot-atom form.
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_NAMED = re.compile(r"[^<>]*<\s*([^<>]+?)\s*>")
# RFC 5321 §4.5.3.1: octets of the local part and of the whole path.
_MAX_LOCAL = 64
_MAX_ADDRESS = 254
_MAX_LABEL = 63


class AddressError(ValueError):
    """One part of the list is not an e-mail address.

    ``part`` is the offending text exactly as typed (shown to the clerk),
    ``reason`` one of ``no_at``, ``local``, ``domain``, ``length``.
    """

    def __init__(self, part, reason):
        super().__init__(f"{part!r}: {reason}")
        self.part = part
        self.reason = reason


def parse(text):
    """Addresses of ``text``, lower case, without duplicates, in typed order.

    :param text: addresses separated by commas, semicolons or line breaks;
        ``Name <address>`` is accepted, the name is dropped
    :return: tuple of str, empty for a blank text
    :raise AddressError: for the first part that is not an address
    """
    found = {}
    for raw in _SEPARATORS.split(text or ""):
        part = raw.strip()
        if part:
            found[_check(part)] = True
    return tuple(found)


def join(addresses):
    """The stored form of a list of addresses: ``a@x.fr, b@y.fr``."""
    return ", ".join(addresses)


def _check(part):
    named = _NAMED.fullmatch(part)
    address = (named.group(1) if named else part).lower()
    local, at, domain = address.rpartition("@")
    if not at or not local:
        raise AddressError(part, "no_at")
    if len(address) > _MAX_ADDRESS or len(local) > _MAX_LOCAL:
        raise AddressError(part, "length")
    if not _LOCAL.fullmatch(local):
        raise AddressError(part, "local")
    if not _is_domain(domain):
        raise AddressError(part, "domain")
    return address


def _is_domain(domain):
    """Whether ``domain`` is a host name with at least two labels.

    Accented domains are judged by their IDNA form, which is what is dialled.
    """
    try:
        labels = domain.encode("idna").decode("ascii").split(".")
    except UnicodeError:
        return False
    return (
        len(labels) > 1
        and all(
            len(label) <= _MAX_LABEL and _LABEL.fullmatch(label) for label in labels
        )
        and not labels[-1].isdigit()
        and len(labels[-1]) > 1
    )
