# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The directory, and what changes an invoice."""

import base64
from datetime import date

import pytest
from demat_lib_chorus_edi import errors

SEARCH = "structures/v1/rechercher"
STRUCTURE = "structures/v1/consulter"
SERVICES = "rechercher/services"
SERVICE = "consulter/service"
ENGAGEMENT = "engagementsJuridiques/v1/rechercher"


def test_structures_by_siret_and_by_name(server, client):
    row = {
        "idStructureCPP": 26300989,
        "identifiantStructure": "12345678200051",
        "typeIdentifiantStructure": "SIRET",
        "designationStructure": "MAIRIE",
        "statut": "ACTIVE",
    }
    closed = row | {"idStructureCPP": 2, "statut": "INACTIVE"}
    server.reply(SEARCH, {"codeRetour": 0, "listeStructures": [row, closed]})
    found = list(client.structures(siret="12345678200051", name="Mairie"))
    assert [(item.id, item.name, item.active) for item in found] == [
        ("26300989", "MAIRIE", True),
        ("2", "MAIRIE", False),
    ]
    assert found[0].service_required is None, "a search does not tell"
    body = server.bodies(SEARCH)[0]
    assert body["structure"] == {
        "identifiantStructure": "12345678200051",
        "typeIdentifiantStructure": "SIRET",
        "raisonSocialeStructure": "Mairie",
    }
    assert body["restreindreStructuresPrivees"] is False
    with pytest.raises(ValueError):
        list(client.structures())


@pytest.mark.parametrize(
    "rules, expected",
    [
        ({}, (False, False, False)),
        ({"codeServiceDoitEtreRenseigne": True}, (True, False, False)),
        ({"numeroEJDoitEtreRenseigne": "true"}, (False, True, False)),
        (
            {"codeServiceDoitEtreRenseigne": 1, "numeroEJDoitEtreRenseigne": "OUI"},
            (True, True, False),
        ),
        # either of the two is enough, whatever the others say
        (
            {
                "gestionNumeroEJOuCodeService": True,
                "codeServiceDoitEtreRenseigne": True,
                "numeroEJDoitEtreRenseigne": True,
            },
            (False, False, True),
        ),
    ],
)
def test_what_a_structure_demands(server, client, rules, expected):
    server.reply(
        STRUCTURE,
        {
            "codeRetour": 0,
            "informationGenerales": {"identifiantStructure": "12345678200051"},
            "parametres": rules
            | {
                "statutMiseEnPaiementNestPasRemonte": False,
                "dateExpirationMotPasseCompteTech": "2027-01-31 12:00",
            },
        },
    )
    found = client.structure("26300989")
    assert (
        found.service_required,
        found.engagement_required,
        found.either_required,
    ) == expected
    assert (found.id, found.siret) == ("26300989", "12345678200051")
    assert found.reports_payment is True
    assert found.password_expires == date(2027, 1, 31)
    assert server.bodies(STRUCTURE) == [
        {"idStructureCPP": 26300989, "codeLangue": "fr"}
    ]


def test_services_without_the_reserved_one(server, client):
    def row(ident, code, **values):
        return {"idService": ident, "codeService": code, "libelleService": "S"} | values

    rows = [
        row(1, "A", estActif=True, dateDbtService="2018-01-01 00:00"),
        row(2, "FACTURES_PUBLIQUES", estActif=True),
        row(3, "B", estActif=False, dateFinService="2020-12-31 00:00"),
    ]
    pages = [
        {
            "codeRetour": 0,
            "listeServices": listed,
            "parametresRetour": {"pages": 2, "total": 3},
        }
        for listed in (rows[:2], rows[2:])
    ]
    server.reply(SERVICES, *pages)
    found = list(client.services(5))
    assert [(item.code, item.active) for item in found] == [("A", True), ("B", False)]
    assert found[0].since == date(2018, 1, 1)
    assert found[1].until == date(2020, 12, 31)
    assert server.bodies(SERVICES)[1]["parametresRechercherServicesStructure"] == {
        "nbResultatsMaximum": 10_000,
        "nbResultatsParPage": 1000,
        "pageResultatDemandee": 2,
    }


def test_a_service_that_demands_an_engagement(server, client):
    server.reply(
        SERVICE,
        {
            "codeRetour": 0,
            "informationsGenerales": {"codeService": "A", "nomService": "Voirie"},
            "parametres": {"numeroEngagement": True, "miseEnPaiement": False},
        },
    )
    found = client.service("5", "6")
    assert (found.code, found.name, found.engagement_required) == ("A", "Voirie", True)
    assert found.reports_payment is False


def test_engagements(server, client):
    server.reply(
        ENGAGEMENT,
        {"codeRetour": 0, "listeEngagementJuridique": [{"a": 1}]},
        {"codeRetour": 0, "listeEngagementJuridique": []},
        {"codeRetour": 0},
        {"codeRetour": 20000, "libelle": "TRA_MSG_00.015"},
        {"codeRetour": 20001, "libelle": "no right"},
    )
    answers = [client.engagement_exists("7", "E1") for _time in range(5)]
    assert answers == [True, False, False, False, None]
    assert server.bodies(ENGAGEMENT)[0] == {
        "structureReceptriceEngagementJuridique": "7",
        "numeroEngagementJuridique": "E1",
        "etatCourantEngagementJuridique": "COMMANDE",
    }


def test_complete(server, client):
    server.reply("completer", {"codeRetour": 0, "numeroFacture": "F1"})
    client.complete("12", "Voici le RIB", [("34", "RIB"), ("35", "BC", "05")])
    assert server.bodies("completer") == [
        {
            "identifiantFactureCPP": 12,
            "commentaire": "Voici le RIB",
            "pieceJointeComplementaire": [
                {
                    "pieceJointeComplementaireId": 34,
                    "pieceJointeComplementaireDesignation": "RIB",
                    "pieceJointeComplementaireType": "02",
                },
                {
                    "pieceJointeComplementaireId": 35,
                    "pieceJointeComplementaireDesignation": "BC",
                    "pieceJointeComplementaireType": "05",
                },
            ],
        }
    ]
    with pytest.raises(ValueError, match="2000"):
        client.complete("12", "x" * 2001)


@pytest.mark.parametrize(
    "code, label",
    [
        (20000, "GDP_MSG_11.008"),
        (20001, "GDP_MSG_11.005"),
        (20002, "GDP_MSG_11.033"),
    ],
)
def test_complete_refused(server, client, code, label):
    server.reply("completer", {"codeRetour": code, "libelle": label})
    with pytest.raises(errors.Rejected) as caught:
        client.complete("12", "Voici")
    assert (caught.value.code, caught.value.label) == (code, label)


def test_recycle(server, client):
    server.reply("recycler", {"codeRetour": 0})
    client.recycle("12", "12345678200028", "SERV", "E1", "Bon service")
    assert server.bodies("recycler") == [
        {
            "identifiantFactureCPP": 12,
            "destinataire": {
                "codeDestinataire": "12345678200028",
                "codeServiceExecutant": "SERV",
            },
            "reference": {"numeroBonCommande": "E1"},
            "commentaire": "Bon service",
        }
    ]


def test_handle_rejection(server, client):
    server.reply("traiterRejet", {"codeRetour": 0})
    client.handle_rejection(["12", 13])
    (body,) = server.bodies("traiterRejet")
    assert body["listeDemandePaiement"] == [
        {"idDemandePaiement": 12},
        {"idDemandePaiement": 13},
    ]
    with pytest.raises(ValueError):
        client.handle_rejection([])


@pytest.mark.parametrize("field", ["pieceJointeId", "pieceJointeIdFichier"])
def test_add_file(server, client, field):
    server.reply("ajouter/fichier", {"codeRetour": 0, field: 77})
    assert client.add_file("rib.pdf", "application/pdf", b"%PDF") == "77"
    assert server.bodies("ajouter/fichier") == [
        {
            "pieceJointeFichier": base64.b64encode(b"%PDF").decode(),
            "pieceJointeNom": "rib.pdf",
            "pieceJointeTypeMime": "application/pdf",
            "pieceJointeExtension": "PDF",
        }
    ]


@pytest.mark.parametrize("name", ["rib", "x" * 47 + ".pdf", ""])
def test_add_file_with_an_unfit_name(server, client, name):
    with pytest.raises(ValueError, match="extension"):
        client.add_file(name, "application/pdf", b"")
    assert not server.asked


def test_a_lost_answer_of_every_change_is_an_unknown_outcome(server, client, reply):
    changes = {
        "completer": lambda: client.complete("1", "x"),
        "recycler": lambda: client.recycle("1", "12345678200028"),
        "traiterRejet": lambda: client.handle_rejection(["1"]),
        "ajouter/fichier": lambda: client.add_file("a.pdf", "x", b""),
    }
    for operation, change in changes.items():
        server.reply(operation, reply(cut=True))
        with pytest.raises(errors.OutcomeUnknown):
            change()
        assert len(server.bodies(operation)) == 1


@pytest.mark.parametrize("ident", ["", "x", "-1", str(2**63), None, "1.5"])
def test_ids_that_are_none(client, ident):
    with pytest.raises(ValueError):
        client.history(ident)
