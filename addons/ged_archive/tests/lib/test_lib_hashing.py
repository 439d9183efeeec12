# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import hashlib
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from demat_lib_ged_archive.hashing import GENESIS, canonical, link, sha256

EVIDENCE = {
    "name": "FAC/2026/00042",
    "size": 38120,
    "archived_at": datetime(2026, 3, 12, 9, 30),
    "retention_until": date(2036, 3, 12),
    "partner": "Mairie de Sainte-Aubine-les-Prés",
    "predecessor": None,
    "amount": Decimal("2924.50"),
}


def test_sha256_is_the_one_of_everybody():
    assert (
        sha256(b"abc")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_canonical_text():
    assert canonical(EVIDENCE).decode() == (
        '{"amount":"2924.50","archived_at":"2026-03-12T09:30:00Z","name":"FAC/2026/00042",'
        '"partner":"Mairie de Sainte-Aubine-les-Prés","predecessor":null,'
        '"retention_until":"2036-03-12","size":38120}'
    )


def test_order_of_keys_does_not_matter():
    assert canonical(dict(reversed(EVIDENCE.items()))) == canonical(EVIDENCE)


def test_naive_times_are_utc():
    paris = timezone(timedelta(hours=1))
    assert canonical({"at": datetime(2026, 3, 12, 10, 30, tzinfo=paris)}) == canonical(
        {"at": datetime(2026, 3, 12, 9, 30)}
    )


def test_nested_values():
    assert canonical({"a": [{"b": date(2026, 1, 2)}, (1, True)]}) == (
        b'{"a":[{"b":"2026-01-02"},[1,true]]}'
    )


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), b"bytes", {1}, {1: "x"}, object()]
)
def test_what_has_no_single_text_is_refused(value):
    with pytest.raises(TypeError):
        canonical({"value": value})


def test_link_can_be_recomputed_by_hand():
    first = link(None, EVIDENCE)
    assert (
        first
        == hashlib.sha256(GENESIS.encode() + b"\n" + canonical(EVIDENCE)).hexdigest()
    )
    second = link(first, {"name": "x"})
    assert second == hashlib.sha256(f'{first}\n{{"name":"x"}}'.encode()).hexdigest()
    assert link("", EVIDENCE) == first


@pytest.mark.parametrize("change", ["name", "size", "archived_at", "amount"])
def test_every_field_counts(change):
    other = {**EVIDENCE, change: "changed"}
    assert link(None, other) != link(None, EVIDENCE)


@pytest.mark.parametrize("previous", ["abc", "G" * 64, GENESIS.upper() + "0", "A" * 64])
def test_a_wrong_previous_hash_is_refused(previous):
    with pytest.raises(ValueError, match="64"):
        link(previous, EVIDENCE)
