# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Profiles of invoice XML, and fields in words."""

import re

import pytest
from demat_lib_ged_archive import cii, cii_fields, facturx
from demat_lib_ged_archive.cii_terms import TERMS
from ged_samples import Invoice


class TestProfile:
    @pytest.mark.parametrize(
        ("identifier", "name"),
        [
            ("urn:factur-x.eu:1p0:minimum", "minimum"),
            ("urn:factur-x.eu:1p0:basicwl", "basicwl"),
            ("urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic", "basic"),
            ("urn:cen.eu:en16931:2017", "en16931"),
            (" urn:cen.eu:en16931:2017\n", "en16931"),
            (
                "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
                "en16931",
            ),
            (
                "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended",
                "extended",
            ),
            (
                "urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr",
                "extended-ctc-fr",
            ),
        ],
    )
    def test_known(self, identifier, name):
        assert facturx.profile_of(Invoice(profile=identifier).xml()) == name

    @pytest.mark.parametrize(
        "identifier",
        ["", "urn:factur-x.eu:1p0:platinum", "urn:cen.eu:en16931:2099", "x#y#z"],
    )
    def test_unknown(self, identifier):
        (problem,) = facturx.check_cii(
            Invoice(profile=identifier).xml(), schematron=True
        )
        assert (problem.rule, problem.term) == ("PROFILE", "BT-24")
        assert problem.label("fr") == "Identifiant de spécification (profil) (BT-24)"

    def test_another_document(self):
        ubl = (
            b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
        )
        (problem,) = facturx.check_cii(ubl, schematron=True)
        assert (problem.rule, "CrossIndustryInvoice" in problem.message) == (
            "XML",
            True,
        )

    @pytest.mark.parametrize("profile", cii.PROFILES.values(), ids=lambda one: one.name)
    def test_the_package_has_the_files(self, profile):
        assert cii.package_file(profile.schema).is_file()
        assert cii.package_file(profile.rules).is_file()


class TestFieldNames:
    def test_every_place_has_a_name(self):
        assert set(cii_fields.PATHS.values()) <= set(TERMS)

    def test_every_place_exists_in_the_schema(self):
        """Each local name of the table is declared by the XSD of the profile
        EXTENDED."""
        folder = cii.package_file(cii.PROFILES["extended"].schema).parent
        declared = set()
        for path in folder.glob("*.xsd"):
            declared |= set(re.findall(r'name="(\w+)"', path.read_text()))
        used = {step for path in cii_fields.PATHS for step in path.split("/")}
        assert {step for step in used if not step.startswith("@")} <= declared

    @pytest.mark.parametrize(
        ("xpath", "path", "term"),
        [
            (
                "/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:ID[1]",
                "ExchangedDocument/ID",
                "BT-1",
            ),
            (
                "/*:CrossIndustryInvoice[namespace-uri()='urn:x'][1]/*:ExchangedDocument[1]",
                "ExchangedDocument",
                None,
            ),
            (
                "/Q{urn:x}CrossIndustryInvoice[1]/Q{urn:x}ExchangedDocument[1]/Q{urn:y}ID[1]/@a",
                "ExchangedDocument/ID/@a",
                "BT-1",
            ),
            ("", "", None),
        ],
    )
    def test_paths(self, xpath, path, term):
        assert cii_fields.local_path(xpath) == path
        assert cii_fields.term_of_path(xpath) == term

    def test_terms_in_text(self):
        text = "Amount (BT-112) = BT-109 + BT-110 (BT-112, BT-999)"
        assert cii_fields.terms_in_text(text) == ["BT-112", "BT-109", "BT-110"]

    @pytest.mark.parametrize(
        ("xpath", "line"),
        [
            ("/a:X/a:IncludedSupplyChainTradeLineItem[2]/a:Y[3]", 2),
            (
                "/*:X[1]/*:IncludedSupplyChainTradeLineItem[namespace-uri()='u'][12]/*:Y[1]",
                12,
            ),
            ("/X/IncludedSupplyChainTradeLineItem", 1),
            ("/X/ApplicableHeaderTradeSettlement[4]", 0),
        ],
    )
    def test_lines(self, xpath, line):
        assert cii_fields.line_of_path(xpath) == line

    @pytest.mark.parametrize(
        ("text", "term"),
        [
            ("An Invoice shall contain the Seller name (BT-27).", "BT-27"),
            (
                "Each Invoice line (BG-25) shall contain the Item name (BT-153).",
                "BT-153",
            ),
            ("An Invoice shall have at least one Invoice line (BG-25).", "BG-25"),
            (
                "If the VAT accounting currency code (BT-6) is present, then the "
                "Invoice total VAT amount in accounting currency (BT-111) shall be "
                "provided.",
                "BT-111",
            ),
            (
                "In an Invoice line (BG-25) where the Invoiced item VAT category code "
                '(BT-151) is "Standard rated" the Invoiced item VAT rate (BT-152) '
                "shall be greater than zero.",
                "BT-152",
            ),
            (
                "The VAT category tax amount (BT-117) in a VAT breakdown (BG-23) where "
                'the VAT category code (BT-118) is "Zero rated" shall equal 0 (zero).',
                "BT-117",
            ),
            (
                "The maximum number of decimals for the Paid amount (BT-113) is 2.",
                "BT-113",
            ),
            ("No term at all.", None),
        ],
    )
    def test_what_a_rule_is_about(self, text, term):
        assert cii_fields.subject_of(text, "") == term

    def test_the_place_decides_among_several(self):
        text = (
            "The Seller VAT identifier (BT-31) and the Buyer VAT identifier (BT-48) "
            "shall have a prefix."
        )
        xpath = (
            "/a:CrossIndustryInvoice/a:SupplyChainTradeTransaction/"
            "a:ApplicableHeaderTradeAgreement/a:SellerTradeParty/"
            "a:SpecifiedTaxRegistration/a:ID"
        )
        assert cii_fields.subject_of(text, xpath) == "BT-31"

    def test_every_term_of_the_rules_has_a_name(self):
        """All business terms that the EN 16931 rule texts name."""
        rules = cii.package_file(cii.PROFILES["en16931"].rules).read_text()
        named = set(re.findall(r"\((B[TG]-\d+)\)", rules))
        assert len(named) > 100
        assert named <= set(TERMS)
