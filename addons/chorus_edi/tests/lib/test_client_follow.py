# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is asked, and what is understood of the answers."""

import base64
from datetime import UTC, date, datetime, timedelta

import pytest
from demat_lib_chorus_edi import errors, paging
from demat_lib_chorus_edi.answers import Deposit

DEPOSIT = "deposer/flux"
DETAIL = "consulterCRDetaille"
SEARCH = "rechercher/fournisseur"
FLOW = "CPP0011117000000000425903"


def page(rows, number=1, pages=1, total=None):
    return {
        "codeRetour": 0,
        "libelle": "TRA_MSG_00.000",
        "listeFactures": rows,
        "parametresRetour": {
            "pageCourante": number,
            "pages": pages,
            "nbResultatsParPage": 10,
            "total": len(rows) if total is None else total,
        },
    }


def invoice(ident, number=None, **values):
    return {"identifiantFactureCPP": ident, "numeroFacture": number or f"F{ident}"} | (
        values
    )


def test_deposit(server, client):
    server.reply(
        DEPOSIT,
        {"codeRetour": 0, "numeroFluxDepot": FLOW, "dateDepot": "2026-11-26"},
    )
    receipt = client.deposit_flow("F1.pdf", "IN_DP_E2_CII_FACTURX", b"%PDF")
    assert receipt == Deposit(FLOW, date(2026, 11, 26))
    assert server.bodies(DEPOSIT) == [
        {
            "fichierFlux": base64.b64encode(b"%PDF").decode(),
            "nomFichier": "F1.pdf",
            "syntaxeFlux": "IN_DP_E2_CII_FACTURX",
            "avecSignature": False,
        }
    ]


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_deposit_without_a_fit_name(server, client, name):
    with pytest.raises(ValueError, match="characters"):
        client.deposit_flow(name, "X", b"")
    assert not server.asked


@pytest.mark.parametrize("field", ["etatCourantDepotFlux", "etatCourantFlux"])
def test_report_under_both_names(server, client, field):
    server.reply(
        DETAIL,
        {
            "codeRetour": 0,
            field: "IN_INTEGRE",
            "dateHeureEtatCourantFlux": "2018-02-16T15:10:28.137+01:00",
        },
    )
    report = client.flow_report(FLOW)
    assert (report.state, report.known, report.number) == ("IN_INTEGRE", True, FLOW)
    assert report.at == datetime(2018, 2, 16, 14, 10, 28, 137000, UTC)
    assert report.errors == report.technical == ()


ERROR = {
    "identifiantFournisseur": "33254021516357",
    "identifiantDestinataire": "12345678200051",
    "numeroDP": "F/1",
    "libelleErreurDP": "FichierXml.A.B.value est obligatoire | Deuxième |",
}


@pytest.mark.parametrize(
    "listed, count", [([ERROR, ERROR], 2), (ERROR, 1), (None, 0), ([], 0), ("?", 0)]
)
def test_errors_of_invoices_in_every_shape(server, client, listed, count):
    data = {"codeRetour": 0, "etatCourantDepotFlux": "IN_INTEGRE_PARTIEL"}
    server.reply(DETAIL, data | {"listeErreurDP": listed})
    report = client.flow_report(FLOW)
    assert len(report.errors) == count
    for error in report.errors:
        assert error.number == "F/1"
        assert error.messages == ("FichierXml.A.B.value est obligatoire", "Deuxième")


def test_technical_errors(server, client):
    server.reply(
        DETAIL,
        {
            "codeRetour": 0,
            "etatCourantDepotFlux": "IN_REJETE",
            "listeErreurTechnique": {
                "codeErreur": 12,
                "libelleErreur": "Syntaxe",
                "natureErreur": "F",
            },
        },
    )
    (error,) = client.flow_report(FLOW).technical
    assert (error.code, error.label, error.nature) == ("12", "Syntaxe", "F")


@pytest.mark.parametrize(
    "data", [{"codeRetour": 20000, "libelle": "TRA_MSG_01.006"}, {"codeRetour": 0}]
)
def test_a_flow_that_is_not_known_yet(server, client, data):
    server.reply(DETAIL, data)
    report = client.flow_report(FLOW)
    assert not report.known
    assert report.raw == data


def test_report_file(server, client):
    content = base64.b64encode(b"%PDF-report").decode()
    server.reply(
        "consulterCR",
        {"codeRetour": 0, "etatCourantFlux": "IN_INTEGRE", "fichierCR": content},
        {"codeRetour": 0, "etatCourantFlux": "IN_RECU", "fichierCR": "not base64!"},
        {"codeRetour": 20000},
    )
    assert client.flow_report_file(FLOW) == ("IN_INTEGRE", b"%PDF-report")
    assert client.flow_report_file(FLOW) == ("IN_RECU", None)
    assert client.flow_report_file(FLOW) == ("", None)


@pytest.mark.parametrize("status", [403, 404])
def test_the_other_report_where_this_one_is_closed(server, client, reply, status):
    content = base64.b64encode(b"%PDF-report").decode()
    data = {"codeRetour": 0, "etatCourantFlux": "IN_REJETE"}
    server.reply(DETAIL, reply(status=status))
    server.reply("consulterCR", data | {"fichierCR": content}, {"codeRetour": 20000})
    report = client.flow_report(FLOW)
    assert (report.state, report.known, report.detailed) == ("IN_REJETE", True, False)
    assert (report.errors, report.technical) == ((), ())
    assert (report.raw, report.file) == (data, b"%PDF-report")
    # asked once only
    assert not client.flow_report(FLOW).known
    assert len(server.bodies(DETAIL)) == 1


def test_both_reports_are_closed(server, client, reply):
    """The administrator reads which operation has to be opened first."""
    server.reply(DETAIL, reply(status=403))
    server.reply("consulterCR", reply(status=403), reply(status=503))
    with pytest.raises(errors.FixCredentials, match=DETAIL):
        client.flow_report(FLOW)
    with pytest.raises(errors.RetryLater):
        client.flow_report(FLOW)


def test_other_refusals_do_not_lead_to_the_other_report(server, client, reply):
    server.reply(DETAIL, reply(status=413))
    with pytest.raises(errors.Rejected):
        client.flow_report(FLOW)
    assert not server.bodies("consulterCR")


def test_search_reads_all_pages(server, client):
    """The default page of 10 has lost invoices elsewhere (l10n-france #649)."""
    rows = [invoice(number) for number in range(25)]
    server.reply(
        SEARCH,
        page(rows[:10], 1, 3, 25),
        page(rows[10:20], 2, 3, 25),
        page(rows[20:], 3, 3, 25),
    )
    found = list(client.search_invoices(flow=FLOW))
    assert [item.id for item in found] == [str(number) for number in range(25)]
    asked = server.bodies(SEARCH)
    assert [body["rechercheFactureParFournisseur"] for body in asked] == [
        {
            "nbResultatsMaximum": paging.MAX_RESULTS,
            "pageResultatDemandee": number,
            "nbResultatsParPage": 100,
        }
        for number in (1, 2, 3)
    ]
    assert {body["numeroFluxDepot"] for body in asked} == {FLOW}


def test_rows_that_move_between_pages_come_once(server, client):
    server.reply(
        SEARCH,
        page([invoice(1), invoice(2)], 1, 2, 3),
        page([invoice(2), invoice(3)], 2, 2, 3),
    )
    assert [item.id for item in client.search_invoices(flow=FLOW)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "answers",
    [
        # fewer than announced
        [page([invoice(1)], 1, 2, 3), page([invoice(2)], 2, 2, 3)],
        # one left the list while it was read: another may have slipped through
        [page([invoice(1)], 1, 2, 3), page([invoice(2)], 2, 2, 2)],
        # a server that gives the first page for ever
        [page([invoice(1)], 1, 5, 9)],
        # a total without its list
        [page([], 1, 1, 4)],
    ],
)
def test_missing_pages_are_an_error(server, client, answers):
    server.reply(SEARCH, *answers)
    with pytest.raises(errors.UnreadableAnswer):
        list(client.search_invoices(flow=FLOW))


def test_without_the_number_of_pages(server, client):
    """Read on until a page brings nothing new."""
    server.reply(
        SEARCH,
        {"codeRetour": 0, "listeFactures": [invoice(1)]},
        {"codeRetour": 0, "listeFactures": invoice(2)},
        {"codeRetour": 0},
    )
    assert [item.id for item in client.search_invoices(flow=FLOW)] == ["1", "2"]


def test_more_results_than_can_be_read(server, client):
    # as many as were asked for: the platform may have cut the list
    server.reply(SEARCH, page([invoice(1)], 1, 200, paging.MAX_RESULTS))
    for criteria in (
        {"flow": FLOW},
        {"changed_from": datetime.now(UTC) - timedelta(seconds=1)},
    ):
        with pytest.raises(paging.TooMany, match="narrow"):
            next(client.search_invoices(**criteria))


def test_too_many_changes_are_read_in_shorter_periods(server, client):
    """The last period stays open: what changes meanwhile is found in it."""
    many = page([invoice(1)], 1, 200, paging.MAX_RESULTS + 1)
    begin = datetime.now(UTC) - timedelta(days=4)
    server.reply(
        SEARCH,
        many,
        many,
        page([invoice(1)]),
        page([invoice(2)]),
        page([invoice(2, statut="REJETEE"), invoice(3)]),
    )
    found = client.search_invoices(changed_from=begin, statuses=["DEPOSEE"])
    assert [item.id for item in found] == ["1", "2", "3"]
    periods = [
        (
            body["periodeDateHeureEtatCourantDu"],
            body.get("periodeDateHeureEtatCourantAu"),
        )
        for body in server.bodies(SEARCH)
    ]
    (start, _open), (_same, middle), (first, quarter), (second, until), last = periods
    assert first == start
    assert (second, until) == (quarter, middle)
    assert last == (middle, None)
    assert all(body["statutCourant"] == ["DEPOSEE"] for body in server.bodies(SEARCH))


@pytest.mark.parametrize(
    "data",
    [
        {"codeRetour": 20000, "libelle": "TRA_MSG_00.015"},
        {"codeRetour": 0, "libelle": "TRA_MSG_00.000"},
        {"codeRetour": 0, "listeFactures": None, "parametresRetour": None},
        page([]),
    ],
)
def test_nothing_found(server, client, data):
    server.reply(SEARCH, data)
    assert list(client.search_invoices(number="F1")) == []


def test_a_refused_search_is_not_an_empty_one(server, client):
    """Else an invoice that is there would be sent a second time."""
    server.reply(SEARCH, {"codeRetour": 20000, "libelle": "GCU_MSG_01_002"})
    with pytest.raises(errors.Rejected):
        list(client.search_invoices(number="F1"))


def test_search_by_number_gives_this_number_only(server, client):
    server.reply(SEARCH, page([invoice(1, "F1"), invoice(2, "F10"), invoice(3, "f1")]))
    found = client.search_invoices(number=" F1 ")
    assert [item.id for item in found] == ["1", "3"]
    assert server.bodies(SEARCH)[0]["numeroFacture"] == "F1"


def test_criteria(server, client):
    server.reply(SEARCH, page([]))
    list(
        client.search_invoices(
            statuses=("SUSPENDUE", "REJETEE"),
            changed_from=datetime(2026, 7, 1, 10, 0),  # naive: UTC
            changed_to=datetime(2026, 11, 26, 12, 0, tzinfo=UTC),
            deposited_from=date(2026, 1, 2),
            invoiced_to=datetime(2026, 12, 31, 23, 30),  # already 2027 in France
            rejection_handled=False,
            number=None,
        )
    )
    body = server.bodies(SEARCH)[0]
    del body["rechercheFactureParFournisseur"]
    assert body == {
        "statutCourant": ["SUSPENDUE", "REJETEE"],
        "periodeDateHeureEtatCourantDu": "2026-07-01T12:00:00.000+02:00",
        "periodeDateHeureEtatCourantAu": "2026-11-26T13:00:00.000+01:00",
        "periodeDateDepotDu": "2026-01-02",
        "periodeDateFactureAu": "2027-01-01",
        "rejetTraite": False,
    }


@pytest.mark.parametrize(
    "criteria",
    [{}, {"number": ""}, {"number": None}, {"statuses": []}, {"numero": "1"}],
)
def test_a_search_for_everything_is_refused(server, client, criteria):
    with pytest.raises(ValueError):
        list(client.search_invoices(**criteria))
    assert not server.asked


def test_a_row_of_a_search(server, client):
    row = invoice(
        9007199254740993,
        "F1",
        statut="SUSPENDUE",
        numeroFluxDepot=FLOW,
        dateHeureEtatCourant="2026-11-26T10:00:00.000+01:00",
        commentaireEtatCourant="Il manque le RIB",
        codeFournisseur="33254021516357",
        codeDestinataire="12345678200051",
        codeServiceExecutant="SERV",
        montantAPayer=12.5,
    )
    server.reply(SEARCH, page([row]))
    (found,) = client.search_invoices(number="F1")
    assert found.id == "9007199254740993", "64 bits, every digit kept"
    assert found.status == "SUSPENDUE"
    assert found.changed_at == datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    assert (found.comment, found.amount) == ("Il manque le RIB", "12.5")
    assert (found.recipient, found.service) == ("12345678200051", "SERV")
    assert found.raw == row
