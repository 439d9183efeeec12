# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The simulator of Chorus Pro answers as the platform is known to."""

import gzip
import re

import pytest

from tests.support.chorus_caller import Caller
from tests.support.cii import BUYER, SUPPLIER, make_archive, make_pdf, make_xml

WAITING = "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP"
PROCESSING = "IN_EN_COURS_TRAITEMENT_CPP"
CII = "IN_DP_E1_CII_16B"


@pytest.fixture
def caller(chorus):
    return Caller(chorus)


def xml_flow(caller, *arguments, **values):
    return caller.integrate(make_xml(*arguments, **values), name="f.xml", syntax=CII)


def test_tokens(chorus, caller):
    for basic in (False, True):
        status, answer = caller.ask_token(basic=basic, scope="openid")
        assert status == 200
        assert answer["token_type"] == "Bearer"
        assert answer["expires_in"] == 3600
    for wrong in ({"client_id": "x"}, {"client_secret": "x"}):
        status, answer = caller.ask_token(**wrong)
        assert (status, answer["error"]) == (400, "invalid_client")
    assert chorus.calls == {"token": 4}


def test_gateway_errors(chorus, caller):
    operation = "transverses/v1/recuperer/tauxtva"
    assert caller.call(operation)["codeRetour"] == 0
    assert caller.raw("factures/v1/inconnu")[::2] == (403, b"")
    chorus.control(
        account={
            **{name: getattr(chorus, name) for name in ("login", "password")},
            **{name: getattr(chorus, name) for name in ("client_id", "client_secret")},
            "apis": ["factures"],
        }
    )
    assert caller.raw(operation)[::2] == (403, b"")
    caller.account = f"{chorus.login}:wrong"
    assert caller.raw("factures/v1/rechercher/fournisseur")[0] == 401
    caller.token = "wrong"
    status, headers, _body = caller.raw(operation)
    assert status == 400
    assert headers["WWW-Authenticate"].startswith("Bearer ")


def test_a_token_ends(chorus, caller):
    assert caller.call("transverses/v1/recuperer/tauxtva")
    chorus.control(clock=3601)
    assert caller.raw("transverses/v1/recuperer/tauxtva")[0] == 400
    chorus.configure(expired_token="401")
    assert caller.raw("transverses/v1/recuperer/tauxtva")[0] == 401


def test_a_deposit_is_followed(chorus, caller):
    receipt = caller.deposit(make_pdf(make_xml("F-1"), {"bon.pdf": b"%PDF-1.4"}))
    number = receipt["numeroFluxDepot"]
    assert re.fullmatch(r"CPP0011117\d{15}", number)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", receipt["dateDepot"])
    assert receipt["syntaxeFlux"] == "IN_DP_E2_CII_FACTURX"
    assert chorus.invoices == []
    states, report = caller.settle(number)
    assert states == [WAITING, PROCESSING, "IN_INTEGRE"]
    assert report["nomFichier"] == f"FSO1117A_CPP001_{number}"
    assert re.search(r"T\d\d:\d\d:\d\d\.\d{3}\+0[12]:00$", report["dateDepotFlux"])
    file = caller.call("transverses/v1/consulterCR", numeroFluxDepot=number)
    assert file["etatCourantFlux"] == "IN_INTEGRE"
    assert file["fichierCR"].startswith("JVBER")  # %PDF
    invoice = chorus.invoice("F-1")
    assert (invoice["flow"], invoice["status"]) == (number, "MISE_A_DISPOSITION")
    assert [item["name"] for item in invoice["files"]] == ["bon.pdf"]


def test_a_flow_is_first_unknown_and_slow(chorus, caller):
    chorus.configure(unknown_reports=1, extra_states=True)
    number = caller.deposit(make_xml("F-1"), name="f.xml", syntax=CII)
    number = number["numeroFluxDepot"]
    assert caller.report(number)["codeRetour"] != 0
    states, _report = caller.settle(number)
    assert states[0] == WAITING and "IN_TRAITE_SE_CPP" in states
    assert states[-1] == "IN_INTEGRE"


def test_a_clock_moves_flows(chorus, caller):
    chorus.configure(step_seconds=60)
    number = caller.deposit(make_xml("F-1"), name="f.xml", syntax=CII)
    number = number["numeroFluxDepot"]
    for _poll in range(3):
        assert caller.report(number)["etatCourantDepotFlux"] == WAITING
    chorus.control(clock=61)
    assert caller.report(number)["etatCourantDepotFlux"] == PROCESSING
    chorus.control(clock=60)
    assert caller.report(number)["etatCourantDepotFlux"] == "IN_INTEGRE"


def test_a_flow_is_integrated_in_part(chorus, caller):
    files = {
        "a.pdf": make_pdf(make_xml("F-1")),
        "b.pdf": make_pdf(make_xml("F-2", means="", cadre="B1", kind="751")),
        "c.pdf": make_pdf(make_xml("F-3", buyer="12345678200028")),
        "d.pdf": b"no invoice",
    }
    report = caller.integrate(make_archive(files), name="lot.tar.gz")
    assert report["etatCourantDepotFlux"] == "IN_INTEGRE_PARTIEL"
    errors = {
        row["numeroDP"]: row["libelleErreurDP"] for row in report["listeErreurDP"]
    }
    assert set(errors) == {"F-2", "F-3"}
    assert len(errors["F-2"]) == 200 and "|" in errors["F-2"]
    assert errors["F-3"].startswith("FichierXml.SupplyChainTradeTransaction.")
    assert "BuyerReference.value" in errors["F-3"]
    (technical,) = report["listeErreurTechnique"]
    assert "d.pdf" in technical["libelleErreur"]
    assert [invoice["number"] for invoice in chorus.invoices] == ["F-1"]


@pytest.mark.parametrize(
    ("kind", "one", "none"),
    [("list", list, list), ("object", dict, list), ("null", list, type(None))],
)
def test_shapes_of_the_errors(chorus, caller, kind, one, none):
    chorus.configure(errors_as=kind)
    assert isinstance(xml_flow(caller, "F-1", means="")["listeErreurDP"], one)
    assert isinstance(xml_flow(caller, "F-2")["listeErreurDP"], none)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"means": ""}, "SpecifiedTradeSettlementPaymentMeans.TypeCode"),
        ({"means": "58"}, "SpecifiedTradeSettlementPaymentMeans.TypeCode"),
        ({"iban": ""}, "PayeePartyCreditorFinancialAccount.IBANID"),
        ({"iban": "FR7630006000011234567890180"}, "IBANID"),
        ({"supplier": SUPPLIER[:9]}, "SellerTradeParty"),
        ({"supplier": "12345678901234"}, "SellerTradeParty"),
        ({"buyer": "12345678200069"}, "BuyerTradeParty"),
        ({"buyer": "12345678200036"}, "BuyerOrderReferencedDocument"),
        ({"service": "NOWHERE"}, "BuyerReference"),
        ({"service": "FACTURES_PUBLIQUES"}, "BuyerReference"),
        (
            {"buyer": "12345678200028", "service": "SERVICE_FERME"},
            "BuyerReference",
        ),
        (
            {"buyer": "12345678200028", "service": "SERVICE_EJ_OBL"},
            "BuyerOrderReferencedDocument",
        ),
        ({"buyer": "99986401570264"}, "BuyerReference"),
        ({"gross": True}, "AppliedTradeAllowanceCharge.ActualAmount"),
        ({"cadre": "A2"}, "DuePayableAmount"),
        ({"cadre": "S1"}, "BusinessProcessSpecifiedDocumentContextParameter"),
        ({"kind": "389"}, "ExchangedDocument.TypeCode"),
    ],
)
def test_refusals(caller, values, path):
    report = xml_flow(caller, "F-1", **values)
    assert report["etatCourantDepotFlux"] == "IN_REJETE"
    (error,) = report["listeErreurDP"]
    assert error["libelleErreurDP"].startswith("FichierXml.")
    assert path in error["libelleErreurDP"]


def test_what_is_accepted(chorus, caller):
    accepted = [
        {"cadre": ""},
        {"cadre": "A2", "payable": "0.00"},
        {"cadre": "A9"},
        {"kind": "381", "means": "", "origin": "F-0"},
        {"kind": "386"},
        {"buyer": "99986401570264", "engagement": "EJ-1"},
        {"buyer": "12345678200028", "service": "SERVICE_DEST_SERV_OBL"},
    ]
    for number, values in enumerate(accepted, 1):
        report = xml_flow(caller, f"F-{number}", **values)
        assert report["etatCourantDepotFlux"] == "IN_INTEGRE", (values, report)
    assert chorus.invoice("F-4")["type"] == "AVOIR"
    assert chorus.invoice("F-4")["origin"] == "F-0"


def test_the_number_is_unique_once_integrated(chorus, caller):
    assert xml_flow(caller, "F-1", means="")["etatCourantDepotFlux"] == "IN_REJETE"
    assert xml_flow(caller, "F-1")["etatCourantDepotFlux"] == "IN_INTEGRE"
    twice = xml_flow(caller, "F-1")
    assert twice["etatCourantDepotFlux"] == "IN_REJETE"
    assert "doublon" in twice["listeErreurDP"][0]["libelleErreurDP"]
    same = make_pdf(make_xml("F-2"))
    report = caller.integrate(make_archive({"a.pdf": same, "b.pdf": same}))
    assert report["etatCourantDepotFlux"] == "IN_INTEGRE_PARTIEL"
    assert [item["number"] for item in chorus.invoices] == ["F-1", "F-2"]


def test_wrong_files(chorus, caller):
    for content, name, syntax in (
        (make_xml("F-1"), "f.pdf", "IN_DP_E2_CII_FACTURX"),
        (b"%PDF-1.4 broken", "f.pdf", "IN_DP_E2_CII_FACTURX"),
        (b"\x1f\x8bbroken", "f.tar.gz", CII),
        (gzip.compress(bytes(200_000_001)), "bomb.tar.gz", CII),
        (b"<a>", "f.xml", CII),
    ):
        report = caller.integrate(content, name=name, syntax=syntax)
        assert report["etatCourantDepotFlux"] == "IN_REJETE", name
        assert report["listeErreurTechnique"], name
    assert caller.deposit(b"x", syntax="NO_SYNTAX")["codeRetour"] != 0
    assert caller.deposit(b"x", name="n" * 201)["codeRetour"] != 0
    large = caller.deposit(b"\0" * 30_000_001)
    assert (large["codeRetour"], large["libelle"]) == (20001, "GDP_MSG_11.022")


def test_an_incident_integrates_nothing(chorus, caller):
    for outcome in ("IN_INCIDENTE", "IN_REJETE"):
        chorus.configure(next_outcome=outcome)
        assert xml_flow(caller, "F-1")["etatCourantDepotFlux"] == outcome
    chorus.configure(next_outcome="IN_ETAT_DE_2027")
    number = caller.deposit(make_xml("F-1"), name="f.xml", syntax=CII)
    states, _report = caller.settle(number["numeroFluxDepot"])
    assert states == [WAITING, PROCESSING, "IN_ETAT_DE_2027", "IN_INTEGRE"]


def test_search(chorus, caller):
    made = [
        {"number": f"F-{n:03d}", "supplier": SUPPLIER, "recipient": BUYER}
        for n in range(1, 25)
    ]
    chorus.control(invoices=made)
    rows, answer = caller.search()
    assert len(rows) == 10
    assert answer["parametresRetour"] == {
        "pageCourante": 1,
        "pages": 3,
        "nbResultatsParPage": 10,
        "total": 24,
    }
    found = [row["numeroFacture"] for n in (1, 2, 3) for row in caller.search(n)[0]]
    assert found == [row["number"] for row in made]
    assert len(caller.search(size=5000)[0]) == 24
    before = chorus.control(clock=60)["now"]
    chorus.set_status("F-007", "SUSPENDUE", "Il manque le bon.")
    (row,), _answer = caller.search(periodeDateHeureEtatCourantDu=before)
    assert row["numeroFacture"] == "F-007"
    assert row["identifiantFactureCPP"] > 2**31
    assert row["commentaireEtatCourant"] == "Il manque le bon."
    assert len(caller.search(statutCourant=["SUSPENDUE"])[0]) == 1
    nothing = caller.search(numeroFacture="none")[1]
    assert (nothing["codeRetour"], nothing["libelle"]) == (20000, "TRA_MSG_00.015")
    chorus.configure(empty_search="list")
    assert caller.search(numeroFacture="none")[1]["listeFactures"] == []


def test_history(chorus, caller):
    chorus.control(invoices=[{"number": "F-1", "supplier": SUPPLIER}])
    for number in range(15):
        chorus.set_status("F-1", "SUSPENDUE", f"Motif {number}")
    ident = chorus.invoice("F-1")["id"]
    block = {"pageResultatDemandeeListeHistoStatut": 2}
    operation = "factures/v1/consulter/historique"
    first = caller.call(operation, idFacture=ident)
    second = caller.call(operation, idFacture=ident, paramRechercheHistoStatuts=block)
    assert first["idFacture"] == ident
    assert first["statutCourantCode"] == "SUSPENDUE"
    facts = first["historiquesDesStatuts"]
    assert (facts["pagesHistoStatut"], facts["totalHistoStatut"]) == (2, 17)
    steps = [
        step["histoStatutCode"]
        for answer in (first, second)
        for step in answer["historiquesDesStatuts"]["histoStatut"]
    ]
    assert steps == ["SUSPENDUE"] * 15 + ["MISE_A_DISPOSITION", "DEPOSEE"]
    newest = first["historiquesDesStatuts"]["histoStatut"][0]
    assert newest["histoStatutCommentaire"] == "Motif 14"
    unknown = caller.call(operation, idFacture=1)
    assert (unknown["codeRetour"], unknown["libelle"]) == (20000, "GDP_MSG_11.008")


def test_the_supplier_acts(chorus, caller):
    chorus.control(invoices=[{"number": "F-1", "recipient": BUYER}])
    ident = chorus.invoice("F-1")["id"]
    file = caller.call(
        "transverses/v1/ajouter/fichier",
        pieceJointeNom="pv.pdf",
        pieceJointeTypeMime="application/pdf",
        pieceJointeExtension="PDF",
        pieceJointeFichier="JVBERi0=",
    )
    joined = [
        {
            "pieceJointeComplementaireId": file["pieceJointeId"],
            "pieceJointeComplementaireDesignation": "PV",
        }
    ]
    answer = {"identifiantFactureCPP": ident, "commentaire": "Voici le PV."}
    answer["pieceJointeComplementaire"] = joined
    early = caller.call("factures/v1/completer", **answer)
    assert (early["codeRetour"], early["libelle"]) == (20002, "GDP_MSG_11.033")
    chorus.set_status("F-1", "SUSPENDUE", "Joignez le PV.")
    assert caller.call("factures/v1/completer", **answer)["numeroFacture"] == "F-1"
    invoice = chorus.invoice("F-1")
    assert invoice["status"] == "COMPLETEE"
    assert [item["name"] for item in invoice["files"]] == ["PV"]
    chorus.set_status("F-1", "A_RECYCLER", "Mauvais destinataire")
    target = {
        "identifiantFactureCPP": ident,
        "destinataire": {"codeDestinataire": "12345678200051"},
        "commentaire": "",
    }
    chorus.configure(recycling=False)
    assert caller.call("factures/v1/recycler", **target)["codeRetour"] != 0
    chorus.configure(recycling=True)
    assert caller.call("factures/v1/recycler", **target)["statutFacture"] == "DEPOSEE"
    chorus.set_status("F-1", "REJETEE", "Doublon")
    handled = {"listeDemandePaiement": [{"idDemandePaiement": ident}]}
    assert caller.call("factures/v1/traiterRejet", **handled)["codeRetour"] == 0
    assert chorus.invoice("F-1")["rejection_handled"] is True
    read = caller.call("factures/v1/consulter/fournisseur", identifiantFactureCPP=ident)
    assert read["facture"]["statutFacture"] == "REJETEE"
