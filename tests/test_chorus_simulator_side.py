# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The simulator of Chorus Pro: its directory, what goes wrong, its control page."""

import http.client
import time
import urllib.error

import pytest

from chorus_sim import store
from chorus_sim.platform import Platform
from tests.support.chorus import ControlError, Simulator
from tests.support.chorus_caller import Caller
from tests.support.cii import BUYER, make_xml

CII = "IN_DP_E1_CII_16B"
READING = "transverses/v1/recuperer/tauxtva"
DEPOSIT = "deposer/flux"


@pytest.fixture
def caller(chorus):
    return Caller(chorus)


def deposit(caller, number="F-1"):
    return caller.deposit(make_xml(number), name="f.xml", syntax=CII)


def structure(caller, siret):
    """The internal id of a structure."""
    wanted = {"identifiantStructure": siret, "typeIdentifiantStructure": "SIRET"}
    answer = caller.call("structures/v1/rechercher", structure=wanted)
    (row,) = answer["listeStructures"]
    return row["idStructureCPP"]


# -- directory ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("siret", "service", "engagement", "either"),
    [
        ("12345678200051", False, False, False),
        ("12345678200036", False, True, False),
        ("12345678200028", True, False, False),
        ("12345678200044", True, True, False),
        ("99986401570264", False, False, True),
    ],
)
def test_what_a_structure_demands(caller, siret, service, engagement, either):
    ident = structure(caller, siret)
    answer = caller.call("structures/v1/consulter", idStructureCPP=ident)
    demands = answer["parametres"]
    assert demands["codeServiceDoitEtreRenseigne"] is service
    assert demands["numeroEJDoitEtreRenseigne"] is engagement
    assert demands["gestionNumeroEJOuCodeService"] is either


def test_services_come_in_pages(caller):
    ident = structure(caller, "99986401570264")
    operation = "structures/v1/rechercher/services"
    answer = caller.call(operation, idStructure=ident)
    assert len(answer["listeServices"]) == 10
    assert answer["parametresRetour"]["total"] == 37
    paging = {"nbResultatsParPage": 20, "pageResultatDemandee": 2}
    answer = caller.call(
        operation, idStructure=ident, parametresRechercherServicesStructure=paging
    )
    assert len(answer["listeServices"]) == 17


def test_services_of_all_kinds(caller):
    ident = structure(caller, "12345678200028")
    answer = caller.call("structures/v1/rechercher/services", idStructure=ident)
    services = {row["codeService"]: row for row in answer["listeServices"]}
    assert services["SERVICE_FERME"]["estActif"] is False
    assert "FACTURES_PUBLIQUES" in services
    demanding = services["SERVICE_EJ_OBL"]
    detail = caller.call(
        "structures/v1/consulter/service",
        idStructure=ident,
        idService=demanding["idService"],
    )
    assert detail["parametres"]["numeroEngagement"] is True


def test_structures_by_name(chorus, caller):
    wanted = {"raisonSocialeStructure": "service et engagement"}
    answer = caller.call("structures/v1/rechercher", structure=wanted)
    (row,) = answer["listeStructures"]
    assert row["identifiantStructure"] == "12345678200044"
    assert caller.call("structures/v1/rechercher", structure={})["codeRetour"] != 0
    chorus.add_structure(
        "21380985100015", "Mairie", services=[{"code": "TECH", "name": "Technique"}]
    )
    ident = structure(caller, "21380985100015")
    answer = caller.call("structures/v1/rechercher/services", idStructure=ident)
    assert [row["codeService"] for row in answer["listeServices"]] == ["TECH"]


def test_engagements(caller):
    operation = "engagementsJuridiques/v1/rechercher"
    own = str(structure(caller, "12345678200036"))
    body = {"structureReceptriceEngagementJuridique": own}
    known = caller.call(operation, numeroEngagementJuridique="1300000001", **body)
    assert len(known["listeEngagementJuridique"]) == 1
    unknown = caller.call(operation, numeroEngagementJuridique="0", **body)
    assert not unknown["listeEngagementJuridique"]


# -- what goes wrong ----------------------------------------------------------------


def test_a_lost_answer_is_a_deposit_all_the_same(chorus, caller):
    chorus.configure(hidden_searches=2)
    chorus.fault("drop", DEPOSIT)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        deposit(caller)
    assert len(chorus.flows) == 1
    found = [len(caller.search(numeroFacture="F-1")[0]) for _search in range(4)]
    assert found == [0, 0, 1, 1]


def test_a_lost_request_is_none(chorus, caller):
    caller.call(READING)
    chorus.fault("lose", DEPOSIT)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        deposit(caller)
    assert chorus.flows == []
    assert caller.search(numeroFacture="F-1")[0] == []


def test_planned_answers(chorus, caller):
    caller.call(READING)
    chorus.fault("status", "recuperer/tauxtva", status=503, skip=1)
    assert caller.raw(READING)[0] == 200
    assert caller.raw(READING)[0] == 503
    assert caller.raw(READING)[0] == 200
    chorus.fault("status", status=429, retry_after=7, times=2)
    for _call in range(2):
        status, headers, body = caller.raw(READING)
        assert (status, headers["Retry-After"], body) == (429, "7", b"")
    chorus.fault("garbage", DEPOSIT)
    assert caller.raw("factures/v1/deposer/flux")[2].startswith(b"<html>")
    chorus.fault("code", code=20000, label="GDP_MSG_11.008")
    assert caller.call(READING)["libelle"] == "GDP_MSG_11.008"
    chorus.fault("status", status=500, times=0)
    assert [caller.raw(READING)[0] for _call in range(3)] == [500] * 3
    chorus.control(no_faults=True)
    assert caller.raw(READING)[0] == 200


def test_a_slow_answer(chorus, caller):
    caller.call(READING)
    chorus.fault("slow", "recuperer/tauxtva", seconds=0.4)
    started = time.monotonic()
    caller.call(READING)
    assert time.monotonic() - started >= 0.4


def test_business_errors_by_status(chorus, caller):
    chorus.configure(business_errors="http400")
    status, _headers, body = caller.raw("factures/v1/completer")
    assert status == 400
    assert b"GDP_MSG_11.008" in body


def test_another_account_sees_nothing(chorus, caller):
    deposit(caller)
    assert caller.search(numeroFacture="F-1")[0]
    other = {"login": "TECH_2@cpro.fr", "password": "other"}
    other |= {"client_id": chorus.client_id, "client_secret": chorus.client_secret}
    chorus.control(account=other)
    caller.account = "TECH_2@cpro.fr:other"
    assert caller.search(numeroFacture="F-1")[0] == []
    ident = chorus.invoice("F-1")["id"]
    answer = caller.call("factures/v1/consulter/historique", idFacture=ident)
    assert (answer["codeRetour"], answer["libelle"]) == (20001, "GDP_MSG_11.005")


# -- control ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "commands",
    [
        {"nonsense": True},
        {"settings": {"nonsense": 1}},
        {"fault": {"kind": "nonsense"}},
        {"fault": {"kind": "drop", "nonsense": 1}},
        {"act": {"invoice": "none", "status": "SUSPENDUE"}},
        {"structure": {"siret": "1", "name": "x", "nonsense": 1}},
        {"change_structure": {"siret": "1"}},
        {"finish": "none"},
    ],
)
def test_wrong_commands(chorus, commands):
    with pytest.raises(ControlError):
        chorus.control(**commands)


def test_payment_that_nobody_tells(chorus):
    made = {"number": "F-1", "recipient": "12345678200077"}
    chorus.control(invoices=[made])
    with pytest.raises(ControlError):
        chorus.set_status("F-1", "MISE_EN_PAIEMENT")
    chorus.set_status("F-1", "MANDATEE")


def test_the_page_acts(chorus, browser):
    """A visitor suspends with a reason, sees what was completed, pays."""
    chorus.control(invoices=[{"number": "F-<1>", "recipient": BUYER, "total": 1234.5}])
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(chorus.control_url)
    assert "1\N{NARROW NO-BREAK SPACE}234,50" in page.inner_text("article h3")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Suspendre").click()
    assert "motif" in page.get_by_role("alert").inner_text()
    page.get_by_label("Motif").fill("Il manque <b>le bon</b>.")
    page.get_by_role("button", name="Suspendre").click()
    assert page.inner_text(".state") == "Suspendue"
    assert "« Il manque <b>le bon</b>. »" in page.inner_text("article")
    chorus.set_status("F-<1>", "COMPLETEE", "Le voici.")
    page.get_by_role("link", name="Actualiser").click()
    page.get_by_role("button", name="Complément vu").click()
    page.get_by_role("button", name="Mettre en paiement").click()
    page.get_by_role("button", name="Statut inconnu").click()
    codes = [step[0] for step in chorus.invoice("F-<1>")["steps"]]
    assert codes[2:] == [
        "SUSPENDUE",
        "COMPLETEE",
        "MISE_A_DISPOSITION",
        "MISE_EN_PAIEMENT",
        "STATUT_INCONNU_DU_LOGICIEL",
    ]
    context.close()


def test_the_page_ends_a_flow(chorus, caller, browser):
    chorus.configure(refuse={"F-1": "FichierXml : refus du test."})
    deposit(caller)
    page = browser.new_page()
    page.goto(chorus.control_url)
    page.get_by_role("button", name="Terminer le traitement").click()
    assert page.inner_text(".state") == "Rejeté"
    assert "F-1 : FichierXml : refus du test." in page.inner_text("article")
    page.close()


def test_the_state_goes_on(chorus, caller, tmp_path):
    chorus.control(structure={"siret": "21380985100015", "name": "Mairie"})
    caller.integrate(make_xml("F-1"), name="f.xml", syntax=CII)
    chorus.set_status("F-1", "SUSPENDUE", "Pourquoi ?")
    number = deposit(caller, "F-2")["numeroFluxDepot"]
    file = tmp_path / "state.json"
    store.save(chorus.platform, file)
    again = Platform()
    store.load(again, file)
    assert again.directory.by_siret("21380985100015").name == "Mairie"
    kept = again.invoice("F-1")
    assert vars(kept) == vars(chorus.platform.invoice("F-1"))
    again.finish(again.flows[number])
    assert again.invoice("F-2").flow == number
    assert again.draw() > chorus.platform.last_number


def test_a_process_of_its_own(tmp_path):
    with Simulator(process=True) as simulator:
        caller = Caller(simulator)
        caller.integrate(make_xml("F-1"), name="f.xml", syntax=CII)
        assert simulator.invoice("F-1")["status"] == "MISE_A_DISPOSITION"
    with pytest.raises(urllib.error.URLError):
        simulator.state()
