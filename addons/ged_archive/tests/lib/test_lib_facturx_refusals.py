# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Files that cannot be made Factur-X, and what is read from those that are."""

import io
import re
from datetime import UTC, datetime

import ged_html
import ged_pki
import ged_samples
import pikepdf
import pytest
from demat_lib_ged_archive import facturx
from demat_lib_ged_archive.errors import InvalidDocumentError, InvalidXmlError
from demat_lib_ged_archive.icc import srgb_profile
from demat_lib_ged_archive.pdfa import convert
from demat_lib_ged_archive.seal import Sealer, SealSettings
from demat_lib_ged_archive.text import drawable
from demat_lib_ged_archive.xmp import DocumentInfo
from lxml import etree
from pikepdf import Dictionary, Name, Stream, String
from PIL import Image, ImageChops, ImageCms

MOMENT = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


WORDS = {
    "title": "Facture FAC/2026/00042",
    "author": "Charpentes du Val Clair & Fils <SARL>",
    "subject": "Mairie de Sainte-Aubine-les-Prés — avenant n° 2",
    "created": MOMENT,
}


INFO = DocumentInfo(WORDS["title"], WORDS["author"], WORDS["subject"], "fr-FR", MOMENT)


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


class TestHonesty:
    """A file that cannot be PDF/A does not say that it is."""

    def test_font_that_is_not_embedded(self, minimal_pdf, verapdf):
        with opened(minimal_pdf) as document:
            page = document.pages[0].obj
            font = Dictionary(
                Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica
            )
            page.Resources = Dictionary(
                Font=Dictionary(F1=document.make_indirect(font))
            )
            page.Contents = Stream(document, b"BT /F1 12 Tf 50 50 Td (Bonjour) Tj ET")
            raw = saved(document)
        conversion = convert(raw, INFO)
        assert conversion.obstacles == ("the font Helvetica is not in the file",)
        assert xmp_of(conversion.data).find(".//pdfaid:part", NAMES) is None
        assert "6.2.11.4.1-1" in {one.rule for one in verapdf.check(conversion.data)}

    def test_character_that_no_font_draws(self, render, verapdf):
        raw = render(ged_html.UNDRAWABLE, "undrawable")
        conversion = facturx.convert_with_xml(raw, XML, INFO)
        (obstacle,) = conversion.obstacles
        assert "characters" in obstacle
        assert "6.2.11.8-1" in {one.rule for one in verapdf.check(conversion.data)}
        assert facturx.extract(conversion.data) == XML

    def test_characters_can_be_cleaned_before_printing(self, render, verapdf):
        html = ged_html.page(
            "<p>Ligne\u2028suite\u2029fin \ue123\U000f1234 œuvre €</p>"
        )
        clean = drawable(html)
        assert "Ligne suite fin  œuvre €" in clean
        conversion = convert(render(clean, "clean"), INFO)
        assert conversion.obstacles == ()
        assert verapdf.check(conversion.data) == []

    @pytest.mark.parametrize("name", SAMPLES)
    def test_no_false_alarm(self, samples, name):
        assert convert(samples[name], INFO).obstacles == ()


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (lambda pdf: b"", "empty"),
            (lambda pdf: b"<html>", "not a PDF"),
            (lambda pdf: pdf[: len(pdf) // 2], "truncated"),
            (lambda pdf: pdf.replace(b"startxref\n", b"startxref\n9"), "damaged"),
            (lambda pdf: b"%PDF-1.7\nstartxref\n0\n%%EOF\n", "damaged"),
        ],
    )
    def test_broken_files(self, minimal_pdf, change, words):
        broken = change(minimal_pdf)
        for action in (
            lambda: facturx.embed(broken, XML, **WORDS),
            lambda: facturx.to_pdfa3(broken, **WORDS),
            lambda: facturx.extract(broken),
        ):
            with pytest.raises(InvalidDocumentError, match=words):
                action()

    @pytest.mark.parametrize(
        ("user", "words"), [("", "encrypted"), ("secret", "password")]
    )
    def test_encrypted_files(self, minimal_pdf, user, words):
        output = io.BytesIO()
        with opened(minimal_pdf) as document:
            document.save(output, encryption=pikepdf.Encryption(owner="own", user=user))
        with pytest.raises(InvalidDocumentError, match=words):
            facturx.embed(output.getvalue(), XML, **WORDS)

    def test_sealed_files_are_not_rewritten(self, minimal_pdf, sealer):
        with pytest.raises(InvalidDocumentError, match="destroy the signature"):
            facturx.embed(sealer.seal(minimal_pdf).data, XML, **WORDS)

    @pytest.mark.parametrize(
        "xml", [b"", b"<a/>", b"<a", ged_samples.Invoice(profile="x").xml()]
    )
    def test_xml_without_profile(self, minimal_pdf, xml):
        with pytest.raises(InvalidXmlError) as caught:
            facturx.embed(minimal_pdf, xml, **WORDS)
        assert caught.value.problems

    def test_profile_that_is_not_for_pdf(self, minimal_pdf):
        profile = (
            "urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr"
        )
        with pytest.raises(InvalidXmlError, match="extended-ctc-fr"):
            facturx.embed(
                minimal_pdf, ged_samples.Invoice(profile=profile).xml(), **WORDS
            )


class TestExtraction:
    def test_nothing_to_extract(self, minimal_pdf):
        with pytest.raises(InvalidDocumentError, match="no invoice XML"):
            facturx.extract(minimal_pdf)

    def test_two_are_one_too_many(self, minimal_pdf):
        with opened(facturx.embed(minimal_pdf, XML, **WORDS)) as document:
            document.attachments["zugferd-invoice.xml"] = pikepdf.AttachedFileSpec(
                document, b"<x/>", filename="zugferd-invoice.xml"
            )
            with pytest.raises(InvalidDocumentError, match="more than one"):
                facturx.extract(saved(document))

    def test_other_attachments_do_not_count(self, minimal_pdf):
        with opened(minimal_pdf) as document:
            document.attachments["plan.xml"] = pikepdf.AttachedFileSpec(
                document, b"<x/>"
            )
            with pytest.raises(InvalidDocumentError, match="no invoice XML"):
                facturx.extract(saved(document))

    def test_compressed_bomb(self, minimal_pdf):
        data = facturx.embed(minimal_pdf, XML + b" " * 5_000_000, **WORDS)
        assert len(data) < 50_000
        assert len(facturx.extract(data)) == len(XML) + 5_000_000
        with pytest.raises(InvalidDocumentError, match="too large"):
            facturx.extract(data, max_size=1_000_000)


class TestColourProfile:
    def test_is_srgb(self):
        ours = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
        theirs = ImageCms.createProfile("sRGB")
        chart = Image.new("RGB", (52, 3))
        for step in range(52):
            chart.putpixel((step, 0), (5 * step,) * 3)
            chart.putpixel((step, 1), (5 * step, 255 - 5 * step, 40))
            chart.putpixel((step, 2), (30, 5 * step, 255 - 5 * step))
        transform = ImageCms.buildTransform(ours, theirs, "RGB", "RGB")
        difference = ImageChops.difference(
            chart, ImageCms.applyTransform(chart, transform)
        )
        assert max(high for _low, high in difference.getextrema()) <= 1

    def test_same_bytes_every_time(self):
        assert srgb_profile() == srgb_profile.__wrapped__()
        assert len(srgb_profile()) == int.from_bytes(srgb_profile()[:4], "big") < 4096

    def test_profile_in_the_file(self, minimal_pdf):
        with opened(facturx.to_pdfa3(minimal_pdf, **WORDS)) as document:
            (intent,) = document.Root.OutputIntents
            assert intent.DestOutputProfile.read_bytes() == srgb_profile()
            assert re.fullmatch(r"sRGB .*", str(intent.Info))

    def test_profile_of_a_pdfa_file_is_kept(self, minimal_pdf):
        with opened(facturx.to_pdfa3(minimal_pdf, **WORDS)) as document:
            document.Root.OutputIntents[0].Info = String("Fogra39")
            again = facturx.to_pdfa3(saved(document), **WORDS)
        with opened(again) as document:
            (intent,) = document.Root.OutputIntents
            assert str(intent.Info) == "Fogra39"
