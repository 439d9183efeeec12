# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""ASiC-S containers: one file and the RFC 3161 time stamp over it, in one ZIP.

ETSI EN 319 162-1, clause 4.3: the first entry is ``mimetype`` (stored, so that the
type can be read at a fixed place), then one data file, then the time stamp in
``META-INF``. Anybody can check one with ``unzip`` and ``openssl ts -verify``.

A reader is as strict as the format allows: one file, one time stamp, nothing else, so
that nothing can hide in a container that is shown as evidence.
"""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import datetime

from asn1crypto import cms, tsp

from .errors import InvalidDocumentError
from .tsa import ReadToken, TokenError, read_token

__all__ = ["MIMETYPE", "AsicContent", "build", "read"]

MIMETYPE = "application/vnd.etsi.asic-s+zip"
STAMP_NAME = "META-INF/timestamp.tst"
#: Largest manifest that is read, in bytes once inflated.
MAX_MANIFEST = 64 * 1024 * 1024
_MAX_TOKEN = 256 * 1024
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class AsicContent:
    """What a container holds; the time stamp has been checked against the manifest.

    :param manifest: the bytes of the one data file
    :param name: its name
    :param token: the time stamp (DER)
    :param time: aware UTC time that it attests
    :param tsa_subject: subject of the server's certificate
    :param tsa_fingerprint: SHA-256 of that certificate, hex
    :param stamp: the same with certificates, to judge trust
    """

    manifest: bytes = field(repr=False)
    name: str
    token: bytes = field(repr=False)
    time: datetime
    tsa_subject: str
    tsa_fingerprint: str
    stamp: ReadToken = field(repr=False, compare=False)


def build(manifest: bytes, token: bytes, name: str = "manifest.json") -> bytes:
    """Return the container of ``manifest`` and its time stamp ``token`` (DER).

    Equal arguments give equal bytes. Raises :class:`TokenError` when the time stamp is
    not one over ``manifest``, ``ValueError`` for a name that cannot be used.
    """
    if not _is_data_name(name):
        raise ValueError(f"{name!r} cannot be the name of a file in the container")
    _read_stamp(token, manifest)
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as container:
        _add(container, "mimetype", MIMETYPE.encode("ascii"), zipfile.ZIP_STORED)
        _add(container, name, manifest)
        _add(container, STAMP_NAME, token)
    return output.getvalue()


def _add(container, name, data, method=zipfile.ZIP_DEFLATED):
    # A fixed date: the true one is in the time stamp.
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = method
    entry.external_attr = 0o644 << 16
    container.writestr(entry, data)


def read(data: bytes, *, max_manifest: int = MAX_MANIFEST) -> AsicContent:
    """Return the content of a container, its time stamp checked.

    Whether the time-stamp server is *trusted* is left to the caller, who has the roots.
    Raises :class:`InvalidDocumentError` for a file that is not such a container (or
    that inflates to more than ``max_manifest`` bytes), :class:`TokenError` when the
    time stamp is wrong or for another manifest.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            name = _check_entries(container, data, max_manifest)
            manifest = container.read(name)
            token = container.read(STAMP_NAME)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError) as error:
        raise InvalidDocumentError(f"The container is damaged: {error}") from error
    except (NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise InvalidDocumentError(f"The container cannot be read: {error}") from error
    stamp = _read_stamp(token, manifest)
    return AsicContent(
        manifest=manifest,
        name=name,
        token=token,
        time=stamp.token.time,
        tsa_subject=stamp.subject,
        tsa_fingerprint=stamp.fingerprint,
        stamp=stamp,
    )


def _check_entries(container, data, max_manifest) -> str:
    """Return the name of the data file; raise unless the entries are as they must."""
    entries = container.infolist()
    names = [entry.filename for entry in entries]
    if not entries or names[0] != "mimetype" or entries[0].header_offset:
        raise InvalidDocumentError("The container does not begin with its type.")
    first = entries[0]
    if first.compress_type != zipfile.ZIP_STORED or first.file_size != len(MIMETYPE):
        raise InvalidDocumentError("The container is not an ASiC-S container.")
    if container.read(first) != MIMETYPE.encode("ascii"):
        raise InvalidDocumentError("The container is not an ASiC-S container.")
    content = [name for name in names[1:] if name != STAMP_NAME]
    if len(content) != 1 or sorted(names) != sorted(
        ["mimetype", STAMP_NAME, content[0]]
    ):
        raise InvalidDocumentError(
            "The container must hold one file and its time stamp, nothing else."
        )
    if not _is_data_name(content[0]):
        raise InvalidDocumentError("The container holds a file with a forbidden name.")
    for entry in entries:
        limit = _MAX_TOKEN if entry.filename == STAMP_NAME else max_manifest
        if entry.file_size > limit:
            raise InvalidDocumentError(
                f"The container is too large: {entry.filename} would take "
                f"{entry.file_size} bytes."
            )
        if entry.flag_bits & _ENCRYPTED:
            raise InvalidDocumentError("The container is encrypted.")
    _check_no_gap(container, entries, data)
    return content[0]


def _check_no_gap(container, entries, data):
    """Every byte of the file belongs to an entry or to the directory."""
    place = 0
    for entry in entries:
        name, extra = struct.unpack_from("<HH", data, entry.header_offset + 26)
        if entry.header_offset != place:
            break
        place += 30 + name + extra + entry.compress_size
    directory = container.start_dir
    end = data.rfind(b"PK\x05\x06")
    if place != directory or container.comment or end + 22 != len(data):
        raise InvalidDocumentError("The container holds bytes that belong to no file.")


def _is_data_name(name: str) -> bool:
    return (
        bool(name)
        and name not in ("mimetype", ".", "..")
        and not set(name) & set('/\\:*?"<>|')
        and name.isprintable()
    )


def _read_stamp(token: bytes, manifest: bytes) -> ReadToken:
    try:
        content = cms.ContentInfo.load(token, strict=True)
        encapsulated = content["content"]["encap_content_info"]["content"]
        if not isinstance(encapsulated.parsed, tsp.TSTInfo):
            raise TokenError("the container holds no time stamp")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TokenError("the time stamp is damaged") from error
    return read_token(content, manifest)
