# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The machine-readable evidence, and the commands that check it.

That the commands work on real files: ``tests/test_quote_papers.py``.
"""

import json
import subprocess
from datetime import date, datetime

import pytest
from demat_lib_demat_quote_sign import evidence_file
from demat_lib_ged_archive.hashing import canonical, link

FACTS = {
    "evidence_name": "DS-2026-00001-preuve.pdf",
    "signed_name": "S00042-signe.pdf",
    "signed_sha256": "a" * 64,
    "frozen_size": 1234,
    "frozen_sha256": "b" * 64,
    "terms_sha256": "c" * 64,
    "sealed": True,
}


def chain(count=4):
    events, previous = [], None
    for number in range(1, count + 1):
        evidence = {"number": number, "type": "signed", "detail": "Zoé “Œ” \\ \n 'x'"}
        digest = link(previous, evidence)
        events.append((number, previous, canonical(evidence).decode(), digest))
        previous = digest
    return events


def verdict(folder, lines):
    data = evidence_file.dump({"journal": lines})
    (folder / evidence_file.JSON_NAME).write_bytes(data)
    command = next(
        check.command for check in evidence_file.checks(FACTS) if check.key == "journal"
    )
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_sound_journal(tmp_path):
    assert verdict(tmp_path, evidence_file.journal(chain())) == "True"


@pytest.mark.parametrize("place", range(4))
def test_changed_line(tmp_path, place):
    lines = evidence_file.journal(chain())
    lines[place]["hashed"] = lines[place]["hashed"].replace("signed", "opened")
    assert verdict(tmp_path, lines) == "False"


@pytest.mark.parametrize("place", range(1, 3))
def test_missing_line(tmp_path, place):
    lines = evidence_file.journal(chain())
    del lines[place]
    assert verdict(tmp_path, lines) == "False"


def test_lines_in_another_order(tmp_path):
    lines = evidence_file.journal(chain())
    lines[1], lines[2] = lines[2], lines[1]
    assert verdict(tmp_path, lines) == "False"


def test_what_does_not_apply_is_not_asked():
    keys = [check.key for check in evidence_file.checks(FACTS)]
    assert {"terms", "seal", "signatures", "certificate"} <= set(keys)
    bare = evidence_file.checks({**FACTS, "terms_sha256": "", "sealed": False})
    assert [one.key for one in bare] == ["extract", "signed", "shown", "journal"]


def test_names_are_quoted(tmp_path):
    """A quote whose number has a space, or worse."""
    name = "S 1; touch broken.pdf"
    (tmp_path / name).write_bytes(b"x" * 2000)
    for check in evidence_file.checks({**FACTS, "signed_name": name})[1:3]:
        done = subprocess.run(
            ["sh", "-c", check.command], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0
    assert not (tmp_path / "broken.pdf").exists()


def test_times_are_utc():
    text = evidence_file.dump(
        {"at": datetime(2026, 11, 26, 15, 4), "on": date(2026, 1, 2)}
    )
    read = json.loads(text)
    assert (read["at"], read["on"]) == ("2026-11-26T15:04:00Z", "2026-01-02")
    assert read["format"] == evidence_file.FORMAT
