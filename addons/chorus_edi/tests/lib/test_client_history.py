# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The history of an invoice, and the times in the answers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from demat_lib_chorus_edi import errors
from demat_lib_chorus_edi.answers import HistoryStep

HISTORY = "consulter/historique"


def step(code, when, comment=None):
    return {
        "histoStatutCode": code,
        "histoStatutDatePassage": when,
        "histoStatutCommentaire": comment,
        "histoStatutUtilisateurPrenom": "Anne",
        "histoStatutUtilisateurNom": "Roy",
    }


def history_page(steps, pages=1, actions=()):
    return {
        "codeRetour": 0,
        "idFacture": 12,
        "numeroFacture": "F1",
        "statutCourantCode": "SUSPENDUE",
        "historiquesDesStatuts": {"histoStatut": steps, "pagesHistoStatut": pages},
        "historiquesDesEvenementsComplementaires": None,
        "historiquesDesActionsUtilisateurs": {
            "histoAction": list(actions),
            "pagesHistoAction": 1,
        },
    }


def test_history_of_all_pages_from_the_oldest(server, client):
    action = {
        "histoActionCode": "TRAITEMENT_REJET",
        "histoActionDateHeure": "2026-11-03T10:00:00+01:00",
    }
    newest = step("SUSPENDUE", "2026-11-02T10:00:00.000+01:00", "Il manque le RIB")
    oldest = step("DEPOSEE", "2026-11-01T10:00:00.000+01:00")
    server.reply(
        HISTORY,
        history_page([newest], pages=2, actions=[action]),
        history_page([oldest], pages=2, actions=[action]),
    )
    history = client.history("12")
    assert [item.code for item in history.steps] == ["DEPOSEE", "SUSPENDUE"]
    assert history.steps[1] == HistoryStep(
        code="SUSPENDUE",
        at=datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
        comment="Il manque le RIB",
        who="Anne Roy",
    )
    assert [item.code for item in history.actions] == ["TRAITEMENT_REJET"]
    assert history.events == ()
    assert (history.id, history.number, history.current) == ("12", "F1", "SUSPENDUE")
    second = server.bodies(HISTORY)[1]
    assert second["idFacture"] == 12
    pages = second["paramRechercheHistoStatuts"]
    assert pages["pageResultatDemandeeListeHistoStatut"] == 2


def test_the_newest_first_at_one_time(server, client):
    """Equal times and the newest first: the ids tell the order."""
    when = "2026-11-01T10:00:00+01:00"
    steps = [
        step(code, when) | {"histoStatutId": ident}
        for ident, code in ((12, "MISE_A_DISPOSITION"), (11, "DEPOSEE"))
    ]
    server.reply(HISTORY, history_page(steps))
    assert [item.code for item in client.history(12).steps] == [
        "DEPOSEE",
        "MISE_A_DISPOSITION",
    ]


def test_pages_told_beside_the_list(server, client):
    rows = [step("DEPOSEE", "2026-11-01T10:00:00+01:00"), step("REJETEE", None)]
    answers = [
        {
            **history_page([row], pages=None),
            "pagesHistoStatut": 2,
            "totalHistoStatut": 2,
        }
        for row in rows
    ]
    server.reply(HISTORY, *answers)
    assert len(client.history(12).steps) == 2


def test_a_history_that_is_not_whole(server, client):
    answer = history_page([step("DEPOSEE", None)])
    answer["historiquesDesStatuts"]["totalHistoStatut"] = 2
    server.reply(HISTORY, answer)
    with pytest.raises(errors.UnreadableAnswer, match="historiquesDesStatuts"):
        client.history(12)


def test_a_status_twice_is_two_steps(server, client):
    first, again = "2026-11-01T10:00:00+01:00", "2026-11-05T10:00:00+01:00"
    steps = [step("SUSPENDUE", first), step("SUSPENDUE", again)]
    server.reply(HISTORY, history_page(steps))
    assert len(client.history(12).steps) == 2


def test_the_history_of_another_invoice(server, client):
    server.reply(HISTORY, history_page([]))
    with pytest.raises(errors.UnreadableAnswer, match="another invoice"):
        client.history("13")


def test_times_in_every_form():
    from demat_lib_chorus_edi.reading import as_date, as_time

    noon = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
    for value in (
        "2026-07-01T12:00:00.000+02:00",
        "2026-07-01T12:00:00.000+0200",
        "2026-07-01T10:00:00Z",
        "2026-07-01 12:00",
        int(noon.timestamp() * 1000),
    ):
        assert as_time(value) - noon == timedelta(0), value
    for value in (None, "", "hier", True, 1e30, "0000-00-00"):
        assert as_time(value) is None
    assert as_date("2026-06-30T22:30:00Z") == date(2026, 7, 1), "the day in France"
