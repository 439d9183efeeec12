# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The XMP packet of a PDF/A-3B file, with the Factur-X properties when there is an
invoice XML."""

import re
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

__all__ = ["DocumentInfo", "xmp_packet"]

FX_NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_FX_PROPERTIES = (
    ("DocumentFileName", "name of the embedded XML invoice file"),
    ("DocumentType", "type of the hybrid document"),
    ("Version", "version of the Factur-X XML schema"),
    ("ConformanceLevel", "conformance level of the embedded Factur-X data"),
)
# What XML 1.0 cannot hold at all
_FORBIDDEN = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


@dataclass(frozen=True)
class DocumentInfo:
    """What the file says about itself; ``created`` is an aware time."""

    title: str
    author: str
    subject: str
    lang: str
    created: datetime
    creator: str = "demat"
    producer: str = "demat (pikepdf)"


def _text(value: str) -> str:
    return escape(_FORBIDDEN.sub("", value))


def _localised(tag: str, value: str) -> str:
    return (
        f'<dc:{tag}><rdf:Alt><rdf:li xml:lang="x-default">{_text(value)}</rdf:li>'
        f"</rdf:Alt></dc:{tag}>"
    )


def _factur_x(level: str, filename: str) -> str:
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>\n"
        for name, description in _FX_PROPERTIES
    )
    return (
        f'<rdf:Description rdf:about="" xmlns:fx="{FX_NAMESPACE}">\n'
        "<fx:DocumentType>INVOICE</fx:DocumentType>\n"
        f"<fx:DocumentFileName>{_text(filename)}</fx:DocumentFileName>\n"
        "<fx:Version>1.0</fx:Version>\n"
        f"<fx:ConformanceLevel>{_text(level)}</fx:ConformanceLevel>\n"
        "</rdf:Description>\n"
        '<rdf:Description rdf:about=""'
        ' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
        ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
        ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\n'
        '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\n'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>\n"
        f"<pdfaSchema:namespaceURI>{FX_NAMESPACE}</pdfaSchema:namespaceURI>\n"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>\n"
        f"<pdfaSchema:property><rdf:Seq>\n{properties}</rdf:Seq></pdfaSchema:property>\n"
        "</rdf:li></rdf:Bag></pdfaExtension:schemas>\n</rdf:Description>\n"
    )


def xmp_packet(
    info: DocumentInfo,
    *,
    pdfa: bool = True,
    level: str | None = None,
    filename: str = "",
) -> bytes:
    """Build the packet.

    :param pdfa: claim PDF/A-3B
    :param level: Factur-X conformance level (``EN 16931`` …); ``None`` without an
        invoice XML
    :param filename: name of the embedded XML
    """
    moment = info.created.isoformat(timespec="seconds")
    parts = [
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
    ]
    if pdfa:
        parts.append(
            '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">\n'
            "<pdfaid:part>3</pdfaid:part>\n<pdfaid:conformance>B</pdfaid:conformance>\n"
            "</rdf:Description>\n"
        )
    parts.append(
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        "<dc:format>application/pdf</dc:format>\n"
        f"{_localised('title', info.title)}\n"
        f"<dc:creator><rdf:Seq><rdf:li>{_text(info.author)}</rdf:li></rdf:Seq></dc:creator>\n"
        f"{_localised('description', info.subject)}\n"
        f"<dc:language><rdf:Bag><rdf:li>{_text(info.lang)}</rdf:li></rdf:Bag></dc:language>\n"
        "</rdf:Description>\n"
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/">\n'
        f"<xmp:CreatorTool>{_text(info.creator)}</xmp:CreatorTool>\n"
        f"<xmp:CreateDate>{moment}</xmp:CreateDate>\n"
        f"<xmp:ModifyDate>{moment}</xmp:ModifyDate>\n"
        f"<xmp:MetadataDate>{moment}</xmp:MetadataDate>\n"
        f"<pdf:Producer>{_text(info.producer)}</pdf:Producer>\n"
        "</rdf:Description>\n"
    )
    if level:
        parts.append(_factur_x(level, filename))
    parts.append('</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="r"?>')
    return "".join(parts).encode()
