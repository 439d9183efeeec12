# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import hashlib
import io
import statistics
import subprocess
import time
from datetime import UTC, datetime

import facturx as factur_x_library
import ged_pki
import ged_samples
import pikepdf
import pytest
from demat_lib_ged_archive import facturx
from demat_lib_ged_archive.seal import Sealer, SealSettings
from demat_lib_ged_archive.verify import inspect_seals
from lxml import etree
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, ImageChops

MOMENT = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
WORDS = {
    "title": "Facture FAC/2026/00042",
    "author": "Charpentes du Val Clair & Fils <SARL>",
    "subject": "Mairie de Sainte-Aubine-les-Prés — avenant n° 2",
    "created": MOMENT,
}
XML = ged_samples.Invoice().xml()
NAMES = {
    "fx": "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "x": "adobe:ns:meta/",
}
SAMPLES = ["invoice", "plain", "pages", "drawings", "minimal"]


def opened(data):
    return pikepdf.open(io.BytesIO(data))


def saved(document):
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def xmp_of(data):
    with opened(data) as document:
        return etree.fromstring(document.Root.Metadata.read_bytes())


@pytest.fixture(scope="module")
def sealer(pki):
    return Sealer(SealSettings(pki.pkcs12("signer"), ged_pki.PASSWORD))


@pytest.fixture(scope="module")
def data(invoice_pdf):
    return facturx.embed(invoice_pdf, XML, **WORDS)


class TestConformance:
    """A real veraPDF judges every variant, before and after the seal."""

    @pytest.mark.parametrize("name", SAMPLES)
    def test_factur_x_and_seal(self, samples, sealer, verapdf, name):
        embedded = facturx.embed(samples[name], XML, **WORDS)
        assert verapdf.check(embedded) == []
        sealed = sealer.seal(embedded).data
        assert verapdf.check(sealed) == []
        assert inspect_seals(sealed)[0].ok
        assert facturx.extract(sealed) == XML

    @pytest.mark.parametrize("name", SAMPLES)
    def test_without_xml(self, samples, sealer, verapdf, name):
        data = sealer.seal(facturx.to_pdfa3(samples[name], **WORDS)).data
        assert verapdf.check(data) == []

    def test_time_stamped(self, samples, pki, tsa, verapdf):
        settings = SealSettings(
            pki.pkcs12("signer"), ged_pki.PASSWORD, tsa_urls=(tsa.url,)
        )
        result = Sealer(settings).seal(facturx.embed(samples["invoice"], XML, **WORDS))
        assert result.level == "B-T"
        assert verapdf.check(result.data) == []

    def test_the_raw_files_do_not_conform(self, samples, verapdf):
        """Else the tests above would prove nothing about the cures."""
        broken = {one.rule for one in verapdf.check(samples["invoice"])}
        assert broken >= {
            "6.1.2-2",
            "6.1.3-1",
            "6.2.4.3-2",
            "6.2.11.5-1",
            "6.3.2-1",
            "6.6.2.1-1",
        }

    def test_embedded_twice(self, samples, verapdf):
        once = facturx.embed(samples["invoice"], XML, **WORDS)
        other = ged_samples.Invoice(number="FAC/2026/00043").xml()
        twice = facturx.embed(once, other, **WORDS)
        assert verapdf.check(twice) == []
        assert facturx.extract(twice) == other
        assert XML not in _streams(twice)

    def test_embedded_before_by_another_library(self, samples, verapdf, tmp_path):
        """factur-x writes its own file specification, without PDF/A."""
        path = tmp_path / "theirs.pdf"
        factur_x_library.generate_from_file(
            io.BytesIO(samples["invoice"]),
            XML,
            output_pdf_file=str(path),
            check_xsd=False,
            check_schematron=False,
        )
        other = ged_samples.Invoice(number="FAC/2026/00043").xml()
        data = facturx.embed(path.read_bytes(), other, **WORDS)
        assert verapdf.check(data) == []
        assert facturx.extract(data) == other

    def test_other_attachments_stay(self, samples, verapdf):
        """As Odoo embeds them: no relationship, no type, not listed in /AF."""
        with opened(samples["invoice"]) as document:
            document.attachments["cgv.pdf"] = pikepdf.AttachedFileSpec(
                document, b"conditions", filename="cgv.pdf"
            )
            data = facturx.embed(saved(document), XML, **WORDS)
        assert verapdf.check(data) == []
        with opened(data) as document:
            assert sorted(document.attachments) == ["cgv.pdf", "factur-x.xml"]
            assert (
                document.attachments["cgv.pdf"].get_file().read_bytes() == b"conditions"
            )
            assert len(document.Root.AF) == 2

    def test_scripts_and_forbidden_annotations_go(self, minimal_pdf, verapdf):
        with opened(minimal_pdf) as document:
            script = Dictionary(S=Name.JavaScript, JS=String("app.alert('x')"))
            document.Root.OpenAction = script
            document.Root.Names = Dictionary(
                JavaScript=Dictionary(Names=Array([String("a"), script]))
            )
            document.Root.AA = Dictionary(WC=script)
            page = document.pages[0].obj
            page.AA = Dictionary(O=script)
            box = Array([0, 0, 10, 10])
            page.Annots = Array(
                [
                    Dictionary(Type=Name.Annot, Subtype=Name.Movie, Rect=box),
                    Dictionary(
                        Type=Name.Annot,
                        Subtype=Name.Link,
                        Rect=box,
                        F=2,
                        A=script,
                        AA=script,
                    ),
                ]
            )
            data = facturx.to_pdfa3(saved(document), **WORDS)
        assert verapdf.check(data) == []
        assert b"JavaScript" not in data
        with opened(data) as document:
            (link,) = document.pages[0].obj.Annots
            assert int(link.F) == 4

    def test_interpolated_images(self, minimal_pdf, verapdf):
        with opened(minimal_pdf) as document:
            image = Stream(document, bytes(3))
            image.Type, image.Subtype = Name.XObject, Name.Image
            image.Width, image.Height, image.BitsPerComponent = 1, 1, 8
            image.ColorSpace, image.Interpolate = Name.DeviceRGB, True
            page = document.pages[0].obj
            page.Resources = Dictionary(XObject=Dictionary(Im0=image))
            page.Contents = Stream(document, b"q 50 0 0 50 9 9 cm /Im0 Do Q")
            raw = saved(document)
        assert "6.2.8-3" in {one.rule for one in verapdf.check(raw)}
        assert verapdf.check(facturx.to_pdfa3(raw, **WORDS)) == []

    def test_pdf_2_becomes_1_7(self, minimal_pdf, verapdf):
        output = io.BytesIO()
        with opened(minimal_pdf) as document:
            document.save(output, force_version="2.0")
        data = facturx.to_pdfa3(output.getvalue(), **WORDS)
        assert data.startswith(b"%PDF-1.7")
        assert verapdf.check(data) == []


def _streams(data):
    with opened(data) as document:
        return [
            item.read_bytes()
            for item in document.objects
            if isinstance(item, pikepdf.Stream)
        ]


class TestContent:
    def test_xml_by_other_readers(self, data, tool, tmp_path):
        name, content = factur_x_library.get_facturx_xml_from_pdf(data, check_xsd=False)
        assert (name, content) == ("factur-x.xml", XML)
        path = tmp_path / "invoice.pdf"
        path.write_bytes(data)
        subprocess.run(
            [tool("pdfdetach"), "-saveall", "-o", str(tmp_path), str(path)], check=True
        )
        assert (tmp_path / "factur-x.xml").read_bytes() == XML

    def test_file_specification(self, data):
        with opened(data) as document:
            (specification,) = document.Root.AF
            assert specification.AFRelationship == Name.Alternative
            assert str(specification.F) == str(specification.UF) == "factur-x.xml"
            stream = specification.EF.F
            assert stream.Subtype == Name("/text/xml")
            assert int(stream.Params.Size) == len(XML)
            assert bytes(stream.Params.CheckSum) == hashlib.md5(XML).digest()
            assert str(stream.Params.ModDate) == "D:20260312093000+00'00'"

    def test_metadata(self, data):
        xmp = xmp_of(data)
        values = {
            one.tag.rpartition("}")[2]: one.text
            for one in xmp.iter("{%s}*" % NAMES["fx"])
        }
        assert values == {
            "DocumentType": "INVOICE",
            "DocumentFileName": "factur-x.xml",
            "Version": "1.0",
            "ConformanceLevel": "EN 16931",
        }
        assert xmp.findtext(".//pdfaid:part", namespaces=NAMES) == "3"
        assert xmp.findtext(".//pdfaid:conformance", namespaces=NAMES) == "B"
        assert xmp.findtext(".//dc:title//rdf:li", namespaces=NAMES) == WORDS["title"]
        assert (
            xmp.findtext(".//dc:creator//rdf:li", namespaces=NAMES) == WORDS["author"]
        )
        assert (
            xmp.findtext(".//dc:description//rdf:li", namespaces=NAMES)
            == WORDS["subject"]
        )
        with opened(data) as document:
            assert str(document.docinfo["/Title"]) == WORDS["title"]
            assert str(document.docinfo["/Author"]) == WORDS["author"]
            assert str(document.Root.Lang) == "fr-FR"

    def test_metadata_can_be_searched_as_text(self, data):
        """Factur-X readers look for the prefix in the bytes of the file."""
        assert b"<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in data

    @pytest.mark.parametrize(
        ("profile", "level", "relationship"),
        [
            (ged_samples.EXTENDED, "EXTENDED", "Alternative"),
            (ged_samples.MINIMUM, "MINIMUM", "Data"),
            (
                "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic",
                "BASIC",
                "Alternative",
            ),
        ],
    )
    def test_levels(self, minimal_pdf, profile, level, relationship):
        xml = ged_samples.Invoice(profile=profile).xml()
        data = facturx.embed(minimal_pdf, xml, **WORDS)
        assert (
            xmp_of(data).findtext(".//fx:ConformanceLevel", namespaces=NAMES) == level
        )
        with opened(data) as document:
            assert document.Root.AF[0].AFRelationship == Name("/" + relationship)

    def test_relationship_can_be_chosen(self, minimal_pdf):
        data = facturx.embed(minimal_pdf, XML, **WORDS, relationship="Source")
        with opened(data) as document:
            assert document.Root.AF[0].AFRelationship == Name.Source
        with pytest.raises(ValueError, match="Alternative"):
            facturx.embed(minimal_pdf, XML, **WORDS, relationship="Supplement")

    def test_links_and_pages_stay(self, samples):
        with (
            opened(samples["pages"]) as before,
            opened(facturx.embed(samples["pages"], XML, **WORDS)) as after,
        ):
            assert len(before.pages) == len(after.pages) == 3
            for raw, cured in zip(before.pages, after.pages, strict=True):
                assert _links(raw) == _links(cured)

    @pytest.mark.parametrize("name", ["invoice", "drawings"])
    def test_looks_the_same(self, samples, name, tool, tmp_path):
        images = []
        for label, data in (
            ("raw", samples[name]),
            ("cured", facturx.embed(samples[name], XML, **WORDS)),
        ):
            (tmp_path / f"{label}.pdf").write_bytes(data)
            command = [tool("pdftoppm"), "-r", "80", "-png", f"{label}.pdf", label]
            subprocess.run(command, cwd=tmp_path, check=True)
            (image,) = tmp_path.glob(f"{label}-*.png")
            images.append(Image.open(image).convert("L"))
        # An output intent may change a shade a little, never the place of a letter.
        assert max(ImageChops.difference(*images).getextrema()) <= 24

    def test_text_stays(self, samples, tool, tmp_path):
        texts = []
        for data in (
            samples["invoice"],
            facturx.embed(samples["invoice"], XML, **WORDS),
        ):
            (tmp_path / "x.pdf").write_bytes(data)
            command = [tool("pdftotext"), "-layout", "x.pdf", "-"]
            done = subprocess.run(
                command, cwd=tmp_path, check=True, capture_output=True
            )
            texts.append(done.stdout.decode())
        assert texts[0] == texts[1]
        assert "Net à payer : 2 924,50 €" in texts[0].replace("\u00a0", " ")

    def test_seal_leaves_the_metadata_alone(self, data, sealer):
        with opened(data) as before, opened(sealer.seal(data).data) as after:
            assert before.Root.Metadata.read_bytes() == after.Root.Metadata.read_bytes()
            assert before.Root.Metadata.objgen == after.Root.Metadata.objgen

    def test_control_characters_do_not_break_the_metadata(self, minimal_pdf):
        words = {**WORDS, "title": "Facture\x00 \x0bn° 1\ufffe"}
        data = facturx.embed(minimal_pdf, XML, **words)
        assert (
            xmp_of(data).findtext(".//dc:title//rdf:li", namespaces=NAMES)
            == "Facture n° 1"
        )

    def test_time(self, invoice_pdf):
        """The measured 3 ms, with room for a busy machine."""
        times = []
        for _index in range(20):
            started = time.process_time()
            facturx.embed(invoice_pdf, XML, **WORDS)
            times.append(time.process_time() - started)
        assert statistics.median(times) < 0.012


def _links(page):
    return sorted(
        str(annotation.A.URI)
        for annotation in page.obj.get(Name.Annots, Array())
        if annotation.get(Name.A, Dictionary()).get(Name.S) == Name.URI
    )
