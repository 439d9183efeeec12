# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""XML from outside: no entities, no document type, no network, within limits."""

import io
import re

from lxml import etree

__all__ = ["BadXml", "local_name", "parse"]

# Encodings in which markup is plain ASCII, so that a document type cannot hide.
_ENCODINGS = {"utf-8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252"}
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']+)["']""")


class BadXml(ValueError):  # noqa: N818
    """The XML is not read; the message says why."""


def parse(content: bytes, *, max_bytes: int, max_depth=256, max_elements=2_000_000):
    """Return the root of an XML.

    :raises BadXml: too large, too deep, too many elements, not well-formed, in an
        encoding that hides markup, or with a document type
    """
    _check_bytes(content, max_bytes)
    depth = elements = 0
    root = None
    events = etree.iterparse(
        io.BytesIO(content),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for event, element in events:
            if event == "end":
                depth -= 1
                continue
            root = element if root is None else root
            depth, elements = depth + 1, elements + 1
            if depth > max_depth:
                raise BadXml(f"the XML is more than {max_depth} levels deep")
            if elements > max_elements:
                raise BadXml(f"the XML has more than {max_elements} elements")
    except etree.XMLSyntaxError as error:
        raise BadXml(f"the XML is not well-formed: {error.msg}") from None
    if root is None:
        raise BadXml("the XML is empty")
    return root


def _check_bytes(content, max_bytes):
    if len(content) > max_bytes:
        raise BadXml(f"the XML has more than {max_bytes} bytes")
    body = content.removeprefix(b"\xef\xbb\xbf")
    if not body.strip():
        raise BadXml("the XML is empty")
    declared = _DECLARED.match(body)
    encoding = declared[1].decode("ascii", "replace").lower() if declared else "utf-8"
    if encoding not in _ENCODINGS or b"\x00" in body[:64]:
        raise BadXml("the XML must be encoded in UTF-8")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise BadXml("the XML has a document type or entities")


def local_name(element) -> str:
    """The name of an element without its namespace."""
    return etree.QName(element).localname
