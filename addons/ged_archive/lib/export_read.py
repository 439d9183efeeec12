# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reads the ZIP of an export that may come from anywhere, and checks all of it.

Nothing is written to disk, no name in the file is ever used as a path.
"""

import hashlib
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from .detached import DetachedReport, verify_detached
from .errors import InvalidDocumentError
from .export_format import FORMATS, NAMESPACE, XSD
from .export_later import Trust, check_later
from .export_links import ImportedDocument, LinkCheck, Problem, read_document
from .export_so_far import ReadSoFar

__all__ = ["ExportContent", "count_documents", "read_export"]

MAX_FILES = 100_000
MAX_FILE = 512 * 1024 * 1024
MAX_TOTAL = 4 * 1024 * 1024 * 1024
#: Only files worth it are judged by their ratio: short texts compress well.
RATIO_FROM = 1024 * 1024
MAX_RATIO = 200
_UNLISTED = {"SHA256SUMS", "MANIFEST.sha256", "MANIFEST.sha256.p7s"}
_NEEDED = ("SHA256SUMS", "MANIFEST.sha256", "manifest.xml", "manifest.xsd")
_CHUNK = 1024 * 1024
_SUM = re.compile(r"([0-9a-f]{64})  (.+)")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)


@dataclass
class ExportContent:
    """What was found; nothing of it may be used while there are problems.

    :param problems: list of :class:`Problem`
    :param database: identifier of the origin
    :param sealed: the export says that it was sealed
    :param signature: report on the signature, ``None`` without one
    :param documents: list of :class:`ImportedDocument`
    :param links: number of links recomputed
    :param so_far: :class:`ReadSoFar` of what takes its time
    :param format: 1 for exports from before they held later evidence
    """

    problems: list = field(default_factory=list)
    database: str = ""
    created: str = ""
    sealed: bool = False
    signature: DetachedReport | None = None
    documents: list[ImportedDocument] = field(default_factory=list)
    files: int = 0
    links: int = 0
    format: int = 0
    so_far: ReadSoFar = field(default_factory=ReadSoFar)

    def add(self, code, **values):
        self.problems.append(Problem(code, values))

    def add_read(self, code, **values):
        """Add what only the reading of a file shows: it is not read again."""
        self.add(code, **values)
        self.so_far.problems.append(self.problems[-1])

    @property
    def seals(self):
        """Number of seals of PDFs that hold."""
        return self.so_far.seals


def read_export(
    file,
    tell: Callable[[ExportContent], None] | None = None,
    so_far: ReadSoFar | None = None,
    sound: bool = False,
    trust: Trust | None = None,
) -> ExportContent:
    """Check the ZIP in the seekable binary ``file``; every problem is in the result.

    :param tell: called with the content after each file that was read; an exception in
        it pauses the reading
    :param so_far: of a call before with the same bytes, which was paused
    :param sound: such a call found no problem: manifest and links are read, the files
        and their seals are not read again
    :param trust: whom the reader trusts, for what later evidence says; without, no
        root is known and no authority of time stamps is judged
    """
    content = ExportContent(so_far=so_far or ReadSoFar())
    content.problems += content.so_far.problems
    told = tell and (lambda: tell(content))
    try:
        with zipfile.ZipFile(file) as archive:
            if not so_far:
                _check_names(archive, content)
            content.files = len(archive.infolist())
            if not content.problems or so_far:
                _check(archive, content, told, sound)
                if content.format > 1:
                    trust = trust or Trust()
                    check_later(archive, content, read_member, trust, told, sound)
    except (*_ERRORS, KeyError, TypeError) as error:
        # evidence with values of another type is damage too, not a fault of ours
        content.add("damaged", error=str(error))
    return content


def count_documents(file) -> int:
    """Return how many files of documents a ZIP has; nothing of it is checked. 0 for
    what is no ZIP.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return sum(name.startswith("documents/") for name in archive.namelist())
    except _ERRORS:
        return 0


def read_member(archive, name) -> bytes:
    """Return the bytes of a member that :func:`read_export` found sound."""
    with archive.open(name) as source:
        data = source.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise zipfile.BadZipFile("too big")
    return data


def _check_names(archive, content):
    members = archive.infolist()
    if len(members) > MAX_FILES:
        content.add("too_many", count=len(members))
    if sum(one.file_size for one in members) > MAX_TOTAL:
        content.add("bomb", name="ZIP")
    seen = set()
    for one in members:
        name = one.orig_filename
        if not _is_safe(name) or stat.S_ISLNK(one.external_attr >> 16):
            content.add("unsafe", name=name)
        key = unicodedata.normalize("NFC", name).lower()
        if key in seen:
            content.add("duplicate", name=name)
        seen.add(key)
        if one.flag_bits & 1 or one.compress_type not in _METHODS:
            content.add("method", name=name)
        if one.file_size > MAX_FILE or (
            one.file_size > RATIO_FROM
            and one.file_size > MAX_RATIO * max(one.compress_size, 1)
        ):
            content.add("bomb", name=name)
    names = set(archive.namelist())
    for name in _NEEDED:
        if name not in names:
            content.add("no_file", name=name)


def _is_safe(name):
    return (
        not re.search(r'[\x00-\x1f\x7f\\:*?"<>|]', name)
        and not any(part in ("", ".", "..") for part in name.split("/"))
        and len(name) < 1000
    )


def _check(archive, content, tell, sound):
    sums = _check_sums(archive, content, tell, sound)
    _check_signature(archive, content)
    root = _read_manifest(archive, content)
    if root is None:
        return
    content.database = root.get("database")
    content.created = root.get("created")
    content.sealed = root.get("sealed") in ("true", "1")
    if content.sealed and not content.signature:
        content.add("seal_missing")
    check, paths, files = LinkCheck(content), set(), []
    for node in root.iterfind(f"{{{NAMESPACE}}}document"):
        document = read_document(node, check)
        if not document:
            continue
        content.documents.append(document)
        if document.later and content.format < 2:
            content.add("manifest", error=f"{document.name}: later in format 1")
        if document.status == "destroyed":
            continue
        if document.status != "ok":
            content.add("not_sound", name=document.name, status=document.status)
        elif document.path in paths or document.path not in sums:
            content.add("no_path", name=document.name, path=document.path or "")
        else:
            paths.add(document.path)
            files.append(document)
    for path in sorted(sums):
        if path.startswith("documents/") and path not in paths:
            content.add("no_document", name=path)
    check.finish()
    if not sound:
        for document in content.so_far.rest_of("documents", files, tell):
            _check_content(archive, document, content)


def _check_sums(archive, content, tell, sound):
    """Return ``{name: sum}``; what is listed and what is there must be the same."""
    text = read_member(archive, "SHA256SUMS")
    expected = f"{hashlib.sha256(text).hexdigest()}  SHA256SUMS\n".encode()
    if read_member(archive, "MANIFEST.sha256") != expected:
        content.add("sum", name="SHA256SUMS")
    sums = {}
    for line in text.decode().splitlines():
        found = _SUM.fullmatch(line)
        if not found or found[2] in sums:
            content.add("sums_line", line=line[:200])
        else:
            sums[found[2]] = found[1]
    names = set(archive.namelist()) - _UNLISTED
    for name in sorted(names - set(sums)):
        # the bytes of documents that were found altered are there, without a sum
        content.add("extra", name=name)
    for name in sums.keys() - names:
        content.add("no_file", name=name)
    if not sound:
        there = [name for name in sums if name in names]
        for name in content.so_far.rest_of("sums", there, tell):
            _check_sum(archive, content, name, sums[name])
    return sums


def _check_sum(archive, content, name, digest):
    actual = hashlib.sha256()
    try:
        with archive.open(name) as source:
            while chunk := source.read(_CHUNK):
                actual.update(chunk)
    except _ERRORS as error:
        content.add_read("unreadable", name=name, error=str(error))
        return
    if actual.hexdigest() != digest:
        content.add_read("sum", name=name)


def _check_signature(archive, content):
    if "MANIFEST.sha256.p7s" not in archive.namelist():
        return
    try:
        content.signature = verify_detached(
            read_member(archive, "MANIFEST.sha256.p7s"),
            read_member(archive, "MANIFEST.sha256"),
        )
    except InvalidDocumentError as error:
        content.add("signature", error=str(error))


def _read_manifest(archive, content):
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(read_member(archive, "manifest.xml"), parser)
        if root.getroottree().docinfo.doctype:
            raise ValueError("DOCTYPE")
        # the schema of this program, not the one in the file
        etree.XMLSchema(etree.fromstring(XSD)).assertValid(root)
    except (etree.Error, ValueError) as error:
        content.add("manifest", error=str(error))
        return None
    content.format = int(root.get("format"))
    if content.format not in FORMATS:
        content.add("manifest", error=f"format {content.format}")
        return None
    return root


def _check_content(archive, document, content):
    try:
        data = read_member(archive, document.path)
    except (*_ERRORS, KeyError):
        return  # told with the sums
    if (
        hashlib.sha256(data).hexdigest() != document.sha256
        or len(data) != document.evidence["size"]
    ):
        content.add_read("content", name=document.name)
        return
    if document.evidence["seal_level"] == "none":
        return
    # slow to import: only exports of sealed documents pay for it
    from .verify import inspect_seals

    try:
        reports = inspect_seals(data)
    except InvalidDocumentError as error:
        content.add_read("seal", name=document.name, error=str(error))
        return
    own = [
        one
        for one in reports
        if one.fingerprint == document.evidence["seal_fingerprint"]
    ]
    if not own or not all(one.ok for one in own):
        errors = [text for one in own for text in one.errors]
        content.add_read("seal", name=document.name, error="; ".join(errors) or "—")
        return
    content.so_far.seals += len(own)
