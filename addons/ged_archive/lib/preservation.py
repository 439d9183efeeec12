# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Evidence that keeps seals provable after their algorithms and certificates aged.

The file of a document is never rewritten: a *manifest* lists the digests of documents
(and of earlier manifests, when evidence is renewed) with what is needed to validate
their seals, and one time stamp covers the manifest. The thinking is that of RFC 4998
(evidence record syntax); the manifest is plain JSON that an auditor can read, and
``sha256sum`` and ``openssl ts`` can check.

For one token over many documents without showing one document's owner the digests of
the others, :func:`hash_tree` offers the reduced hash trees of RFC 4998 §4.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from cryptography import x509

from . import revocation
from .errors import InvalidDocumentError
from .hashing import canonical
from .revocation_client import RevocationClient, ValidationData

__all__ = [
    "FORMAT",
    "HashTree",
    "ValidationData",
    "collect",
    "hash_tree",
    "manifest",
    "read_manifest",
    "root_of",
    "state_of",
]

FORMAT = "demat-preservation-1"
_HEX64 = re.compile(r"[0-9a-f]{64}")


def manifest(
    documents: Iterable[Mapping],
    previous: Iterable[Mapping] = (),
    validation: ValidationData | None = None,
) -> bytes:
    """Return the manifest as canonical JSON (UTF-8, keys sorted, no spaces).

    :param documents: one mapping for each document with at least ``sha256`` (64
        lower-case hexadecimal digits of the file); more keys (``id``, ``seal_level``,
        …) are kept as they are. They are sorted by digest.
    :param previous: the same for the containers that this evidence renews
    :param validation: certificates and revocation data, written in base64

    Raises ``ValueError`` when there is nothing to cover or a digest is none,
    ``TypeError`` for values that JSON cannot hold in one way (binary floats).
    """
    documents, previous = _sorted(documents), _sorted(previous)
    if not documents and not previous:
        raise ValueError("a manifest must cover a document or earlier evidence")
    found = validation or ValidationData()
    return canonical(
        {
            "format": FORMAT,
            "hash_algorithm": "sha256",
            "documents": documents,
            "previous": previous,
            "validation": {
                "certificates": _base64(found.certificates),
                "ocsps": _base64(found.ocsps),
                "crls": _base64(found.crls),
            },
        }
    )


def read_manifest(data: bytes) -> tuple[list, list, ValidationData]:
    """Return ``(documents, previous, validation)`` of a manifest.

    Raises :class:`InvalidDocumentError` for anything that :func:`manifest` would not
    have written byte for byte.
    """
    try:
        content = json.loads(data)
        documents, previous = content["documents"], content["previous"]
        validation = ValidationData(
            **{
                kind: tuple(base64.b64decode(one, validate=True) for one in values)
                for kind, values in content["validation"].items()
            }
        )
        same = manifest(documents, previous, validation) == data
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidDocumentError("This is not a preservation manifest.") from error
    if not same:
        raise InvalidDocumentError("The preservation manifest was changed.")
    return documents, previous, validation


def collect(
    certificates: Iterable[bytes],
    timeout: float = 5.0,
    *,
    roots: Iterable[bytes] = (),
    client: RevocationClient | None = None,
) -> tuple[ValidationData, list[str]]:
    """Return what is needed to validate seals of these certificates later.

    :param certificates: those of signers and time-stamp servers, and any above them
        (DER)
    :param timeout: seconds that one server may take
    :param roots: trusted certificates (DER), about which no authority is asked
    :param client: kept by the caller, so that one answer serves many calls

    Issuers that are missing and what the authorities say are fetched from the addresses
    in the certificates. The second value says in words what could not be had, and which
    certificates have been revoked; nothing is raised for that.
    """
    client = client or RevocationClient(timeout)
    found = [x509.load_der_x509_certificate(one) for one in certificates]
    anchors = [x509.load_der_x509_certificate(one) for one in roots]
    collection = client.collect(found, found, anchors)
    problems = list(collection.problems)
    for name, moment in collection.revoked:
        problems.append(f"“{name}” was revoked on {moment:%Y-%m-%d %H:%M} UTC")
    return collection.data, problems


def state_of(
    certificates: Iterable[bytes],
    data: ValidationData,
    moment: datetime,
    roots: Iterable[bytes] = (),
) -> str:
    """Return what the data at hand say of certificates and those above them (DER):
    ``good``, ``revoked`` or ``unknown`` at ``moment`` (aware).

    :param roots: trusted certificates (DER), which need no answer

    ``good`` needs the chain of each up to a root, and an answer about each but that.
    """
    found = [x509.load_der_x509_certificate(one) for one in certificates]
    anchors = [x509.load_der_x509_certificate(one) for one in roots]
    pool = [*found, *map(x509.load_der_x509_certificate, data.certificates), *anchors]
    states = set()
    for certificate in found:
        chain = revocation.chain_of(certificate, pool)
        for one, above in zip(chain, [*chain[1:], None], strict=True):
            if one in anchors or (not above and revocation.is_self_signed(one)):
                break
            states.add(
                revocation.judge(one, above, data.ocsps, data.crls, moment)
                if above
                else "unknown"
            )
    return next((one for one in ("revoked", "unknown") if one in states), "good")


def _sorted(items) -> list[dict]:
    found = [dict(item) for item in items]
    for item in found:
        if not _HEX64.fullmatch(str(item.get("sha256"))):
            raise ValueError("each entry needs a SHA-256 in 64 hexadecimal digits")
    # stable: equal digests (the same file twice) keep the order given
    return sorted(found, key=lambda item: item["sha256"])


def _base64(values) -> list[str]:
    return sorted({base64.b64encode(value).decode("ascii") for value in values})


class HashTree:
    """A binary tree over SHA-256 digests whose root is what one token covers.

    Digests that occur twice count once. Each inner node is the SHA-256 of its members
    joined in binary ascending order (RFC 4998 §4.2), so no side needs to be noted.
    """

    def __init__(self, hashes: Iterable[str]):
        leaves = sorted({_digest(one) for one in hashes})
        if not leaves:
            raise ValueError("a hash tree needs at least one hash")
        self._levels = [leaves]
        while len(self._levels[-1]) > 1:
            self._levels.append(
                [_node(pair) for pair in _pairs(self._levels[-1])],
            )
        self._places = {leaf: place for place, leaf in enumerate(leaves)}

    @property
    def root(self) -> str:
        """The digest to be time-stamped, hex."""
        return self._levels[-1][0].hex()

    def reduced(self, sha256_hex: str) -> list[list[str]]:
        """Return what proves that one document is in the tree: lists of digests.

        The first list holds the document's own digest; the node over each list joins
        the next one. Empty for a tree of one leaf, whose root is the digest itself.
        Raises ``KeyError`` when the tree does not hold it.
        """
        place = self._places[_digest(sha256_hex)]
        lists: list[list[str]] = []
        for level in self._levels[:-1]:
            sibling = place ^ 1
            if sibling < len(level):
                members = [level[sibling]]
                if not lists:
                    members.append(_digest(sha256_hex))
                lists.append([one.hex() for one in sorted(members)])
            place //= 2
        return lists


def hash_tree(hashes: Iterable[str]) -> HashTree:
    """Return the tree over these SHA-256 digests (hex); see :class:`HashTree`."""
    return HashTree(hashes)


def root_of(sha256_hex: str, reduced: Iterable[Iterable[str]]) -> str:
    """Return the root that ``reduced`` leads to from one document's digest, hex.

    Raises ``ValueError`` when the first list does not hold the digest.
    """
    current = _digest(sha256_hex)
    for index, members in enumerate(reduced):
        members = [_digest(one) for one in members]
        if index:
            members.append(current)
        elif current not in members:
            raise ValueError("the reduced hash tree is that of another document")
        current = _node(members)
    return current.hex()


def _pairs(level):
    return [level[place : place + 2] for place in range(0, len(level), 2)]


def _node(members) -> bytes:
    if len(members) == 1:
        # a group of one goes up as it is
        return members[0]
    return hashlib.sha256(b"".join(sorted(members))).digest()


def _digest(sha256_hex: str) -> bytes:
    if not _HEX64.fullmatch(sha256_hex):
        raise ValueError("a SHA-256 has 64 lower-case hexadecimal digits")
    return bytes.fromhex(sha256_hex)
