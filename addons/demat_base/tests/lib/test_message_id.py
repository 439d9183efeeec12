# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The Message-ID follows the key of the exchange and nothing else."""

import re

from demat_lib_demat_base.message_id import find_message_ids, message_id


def test_same_key_same_identifier():
    assert message_id("k", "db", "x.fr") == message_id("k", "db", "x.fr")


def test_other_key_or_other_database_other_identifier():
    found = {message_id(key, db, "x.fr") for key in "ab" for db in ("1", "2")}
    assert len(found) == 4


def test_form():
    assert re.fullmatch(r"<[0-9a-f]{40}\.demat@x\.fr>", message_id("k", "db", "x.fr"))


def test_domain_cannot_carry_a_header():
    assert message_id("k", "db", "x.fr>\r\nBcc: a@b.c").endswith(".demat@localhost>")
    assert message_id("k", "db", None).endswith(".demat@localhost>")


def test_found_in_prose():
    ours = message_id("k", "db", "x.fr")
    text = f"In-Reply-To: <other@y.fr>\nReferences: {ours} {ours}\nsorry"
    assert find_message_ids(text) == [ours]
    assert find_message_ids("<abc.demat@x.fr>") == []
    assert find_message_ids(None) == []
