# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Precedence of the addresses, and what blocks."""

import pytest
from demat_lib_demat_base.resolution import Blocking, Level, resolve


def level(origin, addresses, *, attach=False, lang=None, res_id=1):
    model = "project.project" if origin == "site" else "res.partner"
    return Level(origin, f"{origin} name", model, res_id, addresses, attach, lang)


def message(code, found, error):
    return f"{code}/{found and found.origin}/{error and error.part}"


def answer(*levels, accepted=True, **values):
    return resolve(levels, accepted=accepted, lang="fr_FR", message=message, **values)


ALL = [
    level("site", "site@x.fr", attach=True),
    level("customer", "demat@x.fr"),
    level("contact", "contact@x.fr", lang="de_DE"),
    level("partner", "own@x.fr"),
]


@pytest.mark.parametrize("first", range(4))
def test_first_filled_level_wins(first):
    empty = [level(found.origin, "") for found in ALL[:first]]
    found = answer(*empty, *ALL[first:])
    winner = ALL[first]
    assert found.to == (winner.addresses,)
    assert (found.origin, found.origin_name) == (winner.origin, winner.name)
    assert found.origin_model == winner.model
    assert found.attach_pdf is winner.attach_pdf
    assert found.lang == (winner.lang or "fr_FR")
    assert (found.channel, found.blocking) == ("mail", ())


def test_all_addresses_of_the_level():
    assert answer(level("site", "a@x.fr, b@y.fr")).to == ("a@x.fr", "b@y.fr")


def test_blank_level_does_not_win():
    assert answer(level("site", "  ,"), ALL[1]).origin == "customer"


def test_wrong_level_blocks_instead_of_telling_somebody_else():
    found = answer(level("site", "not an address", res_id=7), *ALL[1:])
    assert found.channel is None
    assert found.to == ()
    (reason,) = found.blocking
    assert (reason.code, reason.model, reason.res_id) == (
        "invalid_address",
        "project.project",
        7,
    )
    assert reason.message == "invalid_address/site/not an address"


def test_no_address_blocks_with_the_way_to_mend_it():
    found = answer(level("partner", ""), fix=("res.partner", 12))
    (reason,) = found.blocking
    assert (reason.code, reason.model, reason.res_id) == (
        "no_address",
        "res.partner",
        12,
    )
    assert found.channel is None


def test_without_consent_paper_and_nobody_to_mail():
    found = answer(*ALL, accepted=False)
    assert (found.channel, found.to, found.origin) == ("print", (), "none")
    assert found.blocking == ()


def test_known_reasons_come_first():
    reason = Blocking("site_company", "text")
    found = answer(*ALL, accepted=False, blocking=[reason])
    assert (found.channel, found.blocking) == (None, (reason,))
