# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The files of an export that programs read: ``manifest.xml`` and its schema."""

from lxml import etree

__all__ = [
    "EXPORT_TAIL",
    "FORMAT",
    "FORMATS",
    "NAMESPACE",
    "XSD",
    "document_element",
    "export_head",
]

#: Since 2 an export holds the later evidence of its documents.
FORMAT = 2
FORMATS = (1, FORMAT)
NAMESPACE = "urn:demat:ged:export:1"

XSD = f"""<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{NAMESPACE}"
    targetNamespace="{NAMESPACE}" elementFormDefault="qualified">
  <xs:simpleType name="hash">
    <xs:restriction base="xs:string">
      <xs:pattern value="[0-9a-f]{{64}}"/>
    </xs:restriction>
  </xs:simpleType>
  <xs:complexType name="link">
    <xs:sequence>
      <!-- canonical JSON: what is hashed, see the readable index -->
      <xs:element name="evidence" type="xs:string"/>
    </xs:sequence>
    <xs:attribute name="chain_number" type="xs:positiveInteger"/>
    <xs:attribute name="previous_hash" type="hash"/>
    <xs:attribute name="chain_hash" type="hash"/>
  </xs:complexType>
  <xs:simpleType name="level">
    <xs:restriction base="xs:string">
      <xs:enumeration value="none"/>
      <xs:enumeration value="B-B"/>
      <xs:enumeration value="B-T"/>
      <xs:enumeration value="B-LT"/>
      <xs:enumeration value="B-LTA"/>
    </xs:restriction>
  </xs:simpleType>
  <!-- a later time stamp over the document, oldest first -->
  <xs:complexType name="later">
    <!-- id of the document that is the container (ASiC-S), and of the one renewed -->
    <xs:attribute name="container" type="xs:positiveInteger" use="required"/>
    <xs:attribute name="renews" type="xs:positiveInteger"/>
    <xs:attribute name="level_before" type="level" use="required"/>
    <xs:attribute name="level_after" type="level" use="required"/>
    <xs:attribute name="stamped_at" type="xs:dateTime" use="required"/>
    <xs:attribute name="tsa_subject" type="xs:string"/>
    <xs:attribute name="tsa_fingerprint" type="hash" use="required"/>
    <xs:attribute name="digest_algorithm" type="xs:string" use="required"/>
    <xs:attribute name="valid_until" type="xs:dateTime" use="required"/>
    <xs:attribute name="late" type="xs:boolean" use="required"/>
  </xs:complexType>
  <xs:element name="export">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="document" minOccurs="0" maxOccurs="unbounded">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="link" type="link"/>
              <xs:element name="state" type="xs:string"/>
              <xs:element name="event" type="link" minOccurs="0" maxOccurs="unbounded"/>
              <xs:element
                  name="later" type="later" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence>
            <xs:attribute name="id" type="xs:positiveInteger" use="required"/>
            <xs:attribute name="status" use="required">
              <xs:simpleType>
                <xs:restriction base="xs:string">
                  <xs:enumeration value="ok"/>
                  <xs:enumeration value="altered"/>
                  <xs:enumeration value="missing"/>
                  <xs:enumeration value="destroyed"/>
                </xs:restriction>
              </xs:simpleType>
            </xs:attribute>
            <xs:attribute name="path" type="xs:string"/>
            <xs:attribute name="sha256" type="hash" use="required"/>
            <xs:attribute name="company" type="xs:string" use="required"/>
            <xs:attribute name="vat" type="xs:string"/>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
      <xs:attribute name="format" type="xs:positiveInteger" use="required"/>
      <xs:attribute name="database" type="xs:string" use="required"/>
      <xs:attribute name="created" type="xs:dateTime" use="required"/>
      <!-- whether MANIFEST.sha256.p7s belongs to it -->
      <xs:attribute name="sealed" type="xs:boolean"/>
    </xs:complexType>
  </xs:element>
</xs:schema>
""".encode()

EXPORT_TAIL = b"</export>\n"


def export_head(database: str, created: str, sealed: bool = False) -> bytes:
    """Return the beginning of ``manifest.xml``; ``created`` is ISO 8601 with Z.

    ``sealed`` tells that a signature belongs to it: one taken away then shows.
    """
    root = etree.Element(
        "export",
        xmlns=NAMESPACE,
        format=str(FORMAT),
        database=database,
        created=created,
        sealed="true" if sealed else "false",
    )
    text = etree.tostring(root, encoding="unicode")
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        + (text.removesuffix("/>") + ">\n").encode()
    )


def document_element(attributes, link, state, events, later=()) -> bytes:
    """Return one ``document`` of ``manifest.xml``.

    :param attributes: mapping name -> text; empty ones are left out
    :param link: ``(chain number, previous hash, chain hash, evidence JSON)``
    :param state: canonical JSON text of what may change
    :param events: list like ``link``
    :param later: mappings name -> text, one for each later time stamp, oldest first
    """
    element = etree.Element("document", _given(attributes))
    _add_link(element, "link", link)
    etree.SubElement(element, "state").text = state
    for event in events:
        _add_link(element, "event", event)
    for values in later:
        etree.SubElement(element, "later", _given(values))
    return etree.tostring(element, encoding="utf-8") + b"\n"


def _add_link(parent, name, link):
    number, previous, chain_hash, evidence = link
    attributes = {
        "chain_number": number,
        "previous_hash": previous,
        "chain_hash": chain_hash,
    }
    child = etree.SubElement(parent, name, _given(attributes))
    etree.SubElement(child, "evidence").text = evidence


def _given(values):
    return {key: str(value) for key, value in values.items() if value}
