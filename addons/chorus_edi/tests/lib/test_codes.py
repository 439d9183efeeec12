# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Codes: what is known, and what becomes of what is not."""

import pytest
from demat_lib_chorus_edi import codes


def test_success_is_integrated_alone():
    outcomes = {code: state.outcome for code, state in codes.FLOW_STATES.items()}
    assert [c for c, outcome in outcomes.items() if outcome == "integrated"] == [
        "IN_INTEGRE"
    ]
    assert outcomes["IN_INTEGRE_PARTIEL"] == "partial"
    assert outcomes["IN_INCIDENTE"] == "incident"
    assert outcomes["IN_REJETE"] == "rejected"


@pytest.mark.parametrize(
    "code",
    [
        "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP",
        "IN_RECU",
        "IN_TRAITE_SE_CPP",
        "IN_EN_ATTENTE_TRAITEMENT_CPP",
        "IN_EN_COURS_TRAITEMENT_CPP",
        "IN_EN_ATTENTE_RETRAITEMENT_CPP",
    ],
)
def test_every_temporary_state_is_asked_about_again(code):
    state = codes.flow_state(code)
    assert (state.outcome, state.final) == ("pending", False)


@pytest.mark.parametrize("code", ["IN_NOUVEAU", "", None, " IN_X "])
def test_an_unknown_state_is_kept_and_asked_about(code):
    state = codes.flow_state(code)
    assert state.code == (code or "").strip()
    assert (state.known, state.final, state.outcome) == (False, False, "unknown")


def test_statuses_end_with_the_payment_not_with_its_order():
    final = {code for code, entry in codes.STATUSES.items() if entry.final}
    assert {"MISE_EN_PAIEMENT", "REJETEE"} <= final
    assert not codes.status("MANDATEE").final
    assert not {"SUSPENDUE", "A_RECYCLER", "COMPTABILISEE", "COMPLETEE"} & final


@pytest.mark.parametrize(
    "number, code",
    [
        ("01", "DEPOSEE"),
        ("03", "MISE_A_DISPOSITION"),
        ("04", "A_RECYCLER"),
        ("5", "REJETEE"),
        ("06", "SUSPENDUE"),
        ("08", "MANDATEE"),
        ("11", "MISE_EN_PAIEMENT"),
        ("12", "COMPLETEE"),
        ("32", "COMPLETEE"),
        ("37", "NON_CONFORME"),
    ],
)
def test_numbers_of_the_files(number, code):
    assert codes.status_of_number(number).code == code


@pytest.mark.parametrize("number", ["13", "17", "90", ""])
def test_open_numbers_are_kept(number):
    entry = codes.status_of_number(number)
    assert not entry.known
    assert entry.number == number.zfill(2)


def test_the_bookkeeper_has_words_for_every_code():
    for entry in codes.STATUSES.values():
        assert entry.label and entry.label_fr and entry.advice and entry.advice_fr
        assert entry.turn in {
            "supplier",
            "recipient",
            "accountant",
            "validator",
            "platform",
            "nobody",
            "unknown",
        }
    assert {"SUSPENDUE", "REJETEE", "A_RECYCLER"} <= {
        code for code, entry in codes.STATUSES.items() if entry.turn == "supplier"
    }


def test_an_unknown_status_is_kept_and_told():
    entry = codes.status("TRANSMISE_MOA")
    assert (entry.code, entry.known, entry.final) == ("TRANSMISE_MOA", False, False)
    assert entry.turn == "unknown"
    assert entry.label_fr == "Transmise moa"
    assert entry.advice_fr


def test_reasons_in_a_comment():
    text = "CMD_ERR : engagement absent (autre pièce : JUSTIF_ABS, EJ_ERR)"
    found = codes.reasons_in(text)
    assert [entry.code for entry in found] == ["CMD_ERR", "JUSTIF_ABS"]
    assert codes.reasons_in("Il manque le RIB, autrement tout va bien") == ()
    assert codes.reasons_in(None) == ()
    assert not codes.reason("FOO").known


def test_cadres_and_syntaxes():
    assert set(codes.CADRES) == {"A1", "A2", "A9", "A12"}
    assert {c for c, cadre in codes.CADRES.items() if cadre.validator} == {"A9", "A12"}
    assert "B1" not in codes.ALL_CADRES, "the reform's codes are refused"
    assert len(codes.SYNTAXES) == 13
    assert codes.SYNTAXES[codes.FACTURX].interface == "FSO1117A"
