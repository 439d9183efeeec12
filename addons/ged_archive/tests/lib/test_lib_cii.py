# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import http.server
import re
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import ged_samples
import pytest
from demat_lib_ged_archive import cii, facturx
from demat_lib_ged_archive.errors import InvalidDocumentError, InvalidXmlError
from ged_samples import Invoice, Line
from stdnum.fr import siret, tva

XML = Invoice().xml()
SUMMARY = (
    "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement/"
    "SpecifiedTradeSettlementHeaderMonetarySummation"
)


def without(xml, element):
    """Cut an element out of the invoice."""
    pattern = rf"<ram:{element}>.*?</ram:{element}>".encode()
    cut, count = re.subn(pattern, b"", xml, count=1, flags=re.DOTALL)
    assert count
    return cut


def errors(xml, schematron=True):
    problems = facturx.check_cii(xml, schematron=schematron)
    return [problem for problem in problems if problem.severity == "error"]


def test_the_companies_of_the_sample_are_formally_valid():
    assert siret.is_valid(ged_samples.SELLER_SIRET)
    assert siret.is_valid(ged_samples.BUYER_SIRET)
    assert tva.is_valid(ged_samples.french_vat(ged_samples.SELLER_SIREN))
    assert tva.is_valid(ged_samples.french_vat(ged_samples.BUYER_SIREN))


class TestValid:
    @pytest.mark.parametrize(
        "invoice",
        [
            Invoice(),
            Invoice(profile=ged_samples.EXTENDED),
            Invoice(prologue=""),
            Invoice(prologue="\ufeff<?xml version='1.0' encoding='utf-8'?>"),
            Invoice(
                lines=[
                    Line(f"Lot {n}", Decimal(n), Decimal("19.99"))
                    for n in range(1, 301)
                ]
            ),
        ],
    )
    def test_no_problem(self, invoice):
        assert facturx.check_cii(invoice.xml(), schematron=True) == []

    def test_other_prefixes(self):
        xml = re.sub(rb"(</?)rsm:", rb"\1", XML).replace(b"xmlns:rsm=", b"xmlns=")
        assert facturx.check_cii(xml, schematron=True) == []

    def test_latin_1(self):
        xml = (
            XML.decode()
            .replace("UTF-8", "ISO-8859-1")
            .replace("’", "'")
            .replace("€", "EUR")
        )
        assert facturx.check_cii(xml.encode("iso-8859-1"), schematron=True) == []


class TestBusinessRules:
    """Each broken rule comes with its code, its field in words and its text, apart."""

    @pytest.mark.parametrize(
        ("xml", "rule", "field", "french"),
        [
            (
                Invoice(grand_total=Decimal("9.00")).xml(),
                "BR-CO-15",
                "Invoice total amount with VAT (BT-112)",
                "Total TVA comprise de la facture (BT-112)",
            ),
            (
                Invoice(grand_total=Decimal("9.00")).xml(),
                "BR-CO-16",
                "Amount due for payment (BT-115)",
                "Net à payer (BT-115)",
            ),
            (
                Invoice(line_total=Decimal("9.00")).xml(),
                "BR-CO-10",
                "Sum of invoice line net amount (BT-106)",
                "Somme des montants nets des lignes (BT-106)",
            ),
            (
                Invoice(seller_name="").xml(),
                "BR-06",
                "Seller name (BT-27)",
                "Raison sociale du vendeur (BT-27)",
            ),
            (
                Invoice(number="").xml(),
                "BR-02",
                "Invoice number (BT-1)",
                "Numéro de facture (BT-1)",
            ),
            (
                Invoice(
                    lines=[Line("Acompte", Decimal(1), Decimal(10), Decimal("20.00"))]
                )
                .xml()
                .replace(b"<ram:CategoryCode>S<", b"<ram:CategoryCode>E<"),
                "BR-E-10",
                "VAT exemption reason code (BT-121)",
                "Code de motif d’exonération de TVA (BT-121)",
            ),
            (
                Invoice(currency="EUX").xml(),
                "FX-SCH-A-000595",
                "Invoice currency code (BT-5)",
                "Code de devise de facturation (BT-5)",
            ),
            (
                Invoice(
                    profile=ged_samples.EXTENDED, grand_total=Decimal("9.00")
                ).xml(),
                "BR-FXEXT-CO-15",
                "Invoice total amount with VAT (BT-112)",
                "Total TVA comprise de la facture (BT-112)",
            ),
        ],
    )
    def test_broken_rule(self, xml, rule, field, french):
        (problem,) = [one for one in errors(xml) if one.rule == rule]
        assert problem.field == problem.label() == field
        assert problem.label("fr_FR") == french
        assert problem.message and rule not in problem.message
        assert not problem.message.startswith("[")

    def test_place_and_term(self):
        problem = errors(Invoice(grand_total=Decimal("9.00")).xml())[0]
        assert (problem.term, problem.path) == ("BT-112", SUMMARY)

    def test_warnings_come_after_errors(self):
        problems = facturx.check_cii(Invoice(seller_name="").xml(), schematron=True)
        assert [one.severity for one in problems] == ["error", "warning"]

    def test_without_schematron_totals_are_not_checked(self):
        xml = Invoice(grand_total=Decimal("9.00")).xml()
        assert facturx.check_cii(xml, schematron=False) == []

    def test_several_lines_are_all_told(self):
        lines = [Line("", Decimal(1), Decimal(5)), Line("", Decimal(1), Decimal(6))]
        found = [
            one for one in errors(Invoice(lines=lines).xml()) if one.rule == "BR-25"
        ]
        assert [one.label("fr") for one in found] == [
            "Nom de l’article (BT-153), ligne 1",
            "Nom de l’article (BT-153), ligne 2",
        ]


class TestSchema:
    def problem(self, xml):
        (problem,) = facturx.check_cii(xml, schematron=True)
        assert problem.rule == "XSD"
        assert "{" not in problem.message
        return problem

    def test_missing_element(self):
        problem = self.problem(without(XML, "DuePayableAmount"))
        assert problem.field == "Document totals (BG-22)"
        assert "DuePayableAmount" in problem.message

    def test_wrong_type(self):
        problem = self.problem(
            re.sub(rb"(<ram:BilledQuantity[^>]*>)12.5<", rb"\1douze<", XML)
        )
        assert problem.field == "Invoiced quantity (BT-129), line 2"
        assert problem.label("fr") == "Quantité facturée (BT-129), ligne 2"
        assert "douze" in problem.message

    def test_unknown_element(self):
        problem = self.problem(
            XML.replace(b"<ram:BuyerReference>", b"<ram:Surprise/><ram:BuyerReference>")
        )
        assert "Surprise" in problem.message

    def test_threads_do_not_mix_their_errors(self):
        broken = without(XML, "DuePayableAmount")
        with ThreadPoolExecutor(8) as pool:
            results = list(
                pool.map(
                    lambda index: facturx.check_cii(
                        broken if index % 2 else XML, schematron=False
                    ),
                    range(200),
                )
            )
        assert [len(result) for result in results] == [0, 1] * 100

    def test_time(self):
        facturx.check_cii(XML, schematron=False)
        times = []
        for _index in range(50):
            started = time.process_time()
            facturx.check_cii(XML, schematron=False)
            times.append(time.process_time() - started)
        assert statistics.median(times) < 0.003


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (98 + index, b"&%c;" % (97 + index) * 10)
        for index in range(9)
    )
    + b"]><a>&j;</a>"
)


class TestHostileXml:
    def problem(self, xml):
        started = time.monotonic()
        (problem,) = facturx.check_cii(xml, schematron=True)
        assert time.monotonic() - started < 2
        assert (problem.rule, problem.field) == ("XML", "XML file")
        with pytest.raises(InvalidXmlError) as caught:
            cii.parse(xml)
        assert isinstance(caught.value, InvalidDocumentError)
        assert caught.value.problems == [problem]
        return problem.message

    @pytest.mark.parametrize(
        ("xml", "words"),
        [
            (b"", "empty"),
            (b"   \n", "empty"),
            (b"not xml", "not well-formed"),
            (XML[:500], "not well-formed"),
            (XML.replace(b"Mairie", b"\xff\xfe"), "not well-formed"),
            (XML.replace(b"Mairie", b"\x01"), "not well-formed"),
            (XML.decode().encode("utf-16"), "UTF-8"),
            (XML.decode().replace("UTF-8", "UTF-16").encode("utf-16-le"), "UTF-8"),
            (XML.replace(b"UTF-8", b"UTF-7"), "UTF-8"),
            (b"<a>" * 100_000, "not well-formed"),
            (BOMB, "entities"),
        ],
    )
    def test_unreadable(self, xml, words):
        assert words in self.problem(xml)

    def test_external_entities_are_not_fetched(self, tmp_path):
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_error(404)

            def log_message(self, *_arguments):
                """Keep the test output clean."""

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}"
            for declaration in (
                f'<!DOCTYPE a SYSTEM "{address}/a.dtd">',
                f'<!DOCTYPE a [<!ENTITY x SYSTEM "{address}/x">]>',
                f'<!doctype a [<!ENTITY % x SYSTEM "{address}/x"> %x;]>',
                '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            ):
                xml = XML.replace(b"?>\n", b"?>" + declaration.encode(), 1)
                self.problem(xml)
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
        assert asked == []

    def test_schema_locations_are_not_followed(self):
        xml = XML.replace(
            b"<rsm:CrossIndustryInvoice",
            b'<rsm:CrossIndustryInvoice xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            b' xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"',
            1,
        )
        started = time.monotonic()
        facturx.check_cii(xml, schematron=True)
        assert time.monotonic() - started < 2

    def test_too_large(self, monkeypatch):
        monkeypatch.setattr(cii, "MAX_SIZE", 5000)
        assert "larger" in self.problem(XML)

    def test_a_field_of_twelve_megabytes(self):
        xml = XML.replace(b"Mairie", b"M" * 12_000_000)
        assert "not well-formed" in self.problem(xml)
