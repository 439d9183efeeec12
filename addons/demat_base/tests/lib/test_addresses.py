# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Typed lists of notification addresses."""

import pytest
from demat_lib_demat_base.addresses import AddressError, join, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, ()),
        ("", ()),
        (" ,; \n", ()),
        ("compta@client.fr", ("compta@client.fr",)),
        ("a@x.fr, b@y.fr", ("a@x.fr", "b@y.fr")),
        ("a@x.fr;b@y.fr", ("a@x.fr", "b@y.fr")),
        ("a@x.fr\r\nb@y.fr\tc@z.fr", ("a@x.fr", "b@y.fr", "c@z.fr")),
        ("b@y.fr, a@x.fr, B@Y.FR", ("b@y.fr", "a@x.fr")),
        ("Jean Dupont <Jean.Dupont@Client.fr>", ("jean.dupont@client.fr",)),
        ("<a@x.fr>", ("a@x.fr",)),
        ("o'neil+chantier@sub.client-1.fr", ("o'neil+chantier@sub.client-1.fr",)),
        ("mairie@saint-aubin.museum", ("mairie@saint-aubin.museum",)),
        ("a@société.fr", ("a@société.fr",)),
    ],
)
def test_accepted(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "part", "reason"),
    [
        ("compta.client.fr", "compta.client.fr", "no_at"),
        ("a@x.fr, @y.fr", "@y.fr", "no_at"),
        ("Dupont, Jean <j@x.fr>", "Dupont", "no_at"),
        ("a@x.fr b@y.fr", "a@x.fr b@y.fr", "local"),
        ("a b@x.fr", "a b@x.fr", "local"),
        (".a@x.fr", ".a@x.fr", "local"),
        ("a..b@x.fr", "a..b@x.fr", "local"),
        ("rené@x.fr", "rené@x.fr", "local"),
        ('"a b"@x.fr', '"a b"@x.fr', "local"),
        ("a@", "a@", "domain"),
        ("a@client", "a@client", "domain"),
        ("a@client..fr", "a@client..fr", "domain"),
        ("a@-client.fr", "a@-client.fr", "domain"),
        ("a@client.f", "a@client.f", "domain"),
        ("a@[192.0.2.1]", "a@[192.0.2.1]", "domain"),
        ("a@192.0.2.1", "a@192.0.2.1", "domain"),
        ("a@cli ent.fr", "a@cli ent.fr", "domain"),
        ("a" * 65 + "@x.fr", "a" * 65 + "@x.fr", "length"),
        ("a@" + "b" * 250 + ".fr", "a@" + "b" * 250 + ".fr", "length"),
        ("a@" + "b" * 64 + ".fr", "a@" + "b" * 64 + ".fr", "domain"),
    ],
)
def test_refused_part_is_named(text, part, reason):
    with pytest.raises(AddressError) as caught:
        parse(text)
    assert (caught.value.part, caught.value.reason) == (part, reason)


@pytest.mark.parametrize(
    "attack",
    [
        "a@x.fr\nBcc: spy@evil.example",
        "a@x.fr\r\n\r\n<b>body</b>",
        "a@x.fr\x00",
        "a@x.fr\x0bb",
        "a@x.fr%0aBcc:spy@evil.example",
        "a\u2028@x.fr",
        "<a@x.fr> <b@y.fr>",
    ],
)
def test_nothing_that_could_be_a_header_passes(attack):
    with pytest.raises(AddressError):
        parse(attack)


def test_join_is_the_inverse_of_parse():
    stored = join(parse("A@x.fr;b@y.fr\na@x.fr"))
    assert stored == "a@x.fr, b@y.fr"
    assert join(parse(stored)) == stored
