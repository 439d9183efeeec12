# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``lib.later_evidence``: what is said is compared with the container."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from demat_lib_ged_archive.errors import InvalidDocumentError
from demat_lib_ged_archive.later_evidence import (
    Container,
    Covered,
    judge,
    open_container,
)
from demat_lib_ged_archive.levels import LEVELS, LaterEvidence, higher
from demat_lib_ged_archive.preservation import ValidationData

CONTENT = b"the document"
SHA = hashlib.sha256(CONTENT).hexdigest()
OLD = hashlib.sha256(b"the container before").hexdigest()
DAY = datetime(2026, 5, 1)
SAID = LaterEvidence(
    level_before="B-B",
    level_after="B-T",
    stamped_at=DAY,
    tsa_subject="CN=TSA",
    tsa_fingerprint="f" * 64,
    digest_algorithm="sha256",
    valid_until=DAY + timedelta(days=900),
    late=False,
)
COVERED = Covered(
    id=7, sha256=SHA, seal_level="B-B", seal_asked="B-LT", read=lambda: CONTENT
)


def container(*entries, previous=()):
    return Container(
        documents=list(entries),
        previous=[{"sha256": one} for one in previous],
        validation=ValidationData(),
        stamp=None,
        stamped_at=SAID.stamped_at,
        valid_until=SAID.valid_until,
        tsa_subject=SAID.tsa_subject,
        tsa_fingerprint=SAID.tsa_fingerprint,
    )


ENTRY = {"id": 7, "sha256": SHA, "seal_level": "B-B", "level": "B-T"}


def test_levels():
    assert higher("B-T", None, "B-LT", "none") == "B-LT"
    assert LEVELS.index("none") < LEVELS.index("B-B") < LEVELS.index("B-LTA")


def test_holds():
    assert not judge(SAID, container(ENTRY), COVERED)
    # brought from elsewhere, where it had another number
    assert not judge(SAID, container({**ENTRY, "id": 3}), replace(COVERED, id=None))


def test_of_before_the_level_was_told():
    entry = {key: value for key, value in ENTRY.items() if key != "level"}
    assert not judge(SAID, container(entry), COVERED)
    said = replace(SAID, level_after="B-LTA")
    assert judge(said, container(entry), COVERED).columns == ["level_after"]


@pytest.mark.parametrize(
    "entry", [{**ENTRY, "id": 8}, {**ENTRY, "sha256": OLD}], ids=["number", "digest"]
)
def test_another_document(entry):
    assert judge(SAID, container(entry), COVERED).uncovered


def test_renewal():
    before = replace(SAID, valid_until=DAY - timedelta(days=1))
    said = replace(SAID, level_before="B-T", late=True)
    good = container(ENTRY, previous=[OLD])
    assert not judge(said, good, COVERED, before, OLD)
    assert judge(said, container(ENTRY), COVERED, before, OLD).unrenewed
    assert judge(said, good, COVERED, before, "0" * 64).unrenewed
    late = replace(said, late=False)
    assert judge(late, good, COVERED, before, OLD).columns == ["late"]


def test_late_after_the_time_stamp_in_the_seal():
    covered = replace(COVERED, seal_valid_until=DAY - timedelta(days=1))
    assert judge(SAID, container(ENTRY), covered).columns == ["late"]
    assert not judge(replace(SAID, late=True), container(ENTRY), covered)


def test_the_digest_that_counts_is_the_true_one():
    digest = hashlib.sha512(CONTENT).hexdigest()
    said = replace(SAID, digest_algorithm="sha512")
    assert not judge(said, container({**ENTRY, "sha512": digest}), COVERED)
    for entry in (ENTRY, {**ENTRY, "sha512": "0" * 128}, {**ENTRY, "sha384": digest}):
        findings = judge(said, container(entry), COVERED)
        assert findings.columns == ["digest_algorithm"]
    gone = replace(COVERED, read=lambda: None)
    assert not judge(said, container({**ENTRY, "sha512": "0" * 128}), gone)


def test_what_is_not_sealed_stays_so():
    said = replace(SAID, level_before="none", level_after="none")
    covered = replace(COVERED, seal_level="none", seal_asked="none")
    entry = {**ENTRY, "seal_level": "none", "level": "none"}
    assert not judge(said, container(entry), covered)
    said = replace(said, level_after="B-T")
    assert "level_after" in judge(said, container(entry), covered).columns


def test_no_container():
    with pytest.raises(InvalidDocumentError):
        open_container(b"PK no")


def test_a_stamp_is_read_in_utc(tsa):
    from demat_lib_ged_archive import asic, preservation
    from demat_lib_ged_archive.tsa import TimestampClient

    text = preservation.manifest([{"sha256": SHA, "id": 7}])
    client = TimestampClient([tsa.url])
    found = open_container(asic.build(text, client.request(text, "sha256").der))
    assert abs(found.stamped_at.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(
        minutes=5
    )
    assert found.valid_until.year >= 2050
    assert [one["id"] for one in found.documents] == [7]
