# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Manifests of later evidence, and hash trees."""

import hashlib
import json
import random

import pytest
from demat_lib_ged_archive import preservation
from demat_lib_ged_archive.errors import InvalidDocumentError
from demat_lib_ged_archive.preservation import ValidationData, hash_tree, root_of


def digest(text):
    return hashlib.sha256(str(text).encode()).hexdigest()


DOCUMENTS = [
    {"id": 7, "sha256": digest("b"), "seal_level": "B-B"},
    {"id": 3, "sha256": digest("a"), "seal_level": "B-T"},
]


class TestManifest:
    def test_canonical(self):
        data = preservation.manifest(DOCUMENTS)
        assert data == preservation.manifest(reversed(DOCUMENTS))
        content = json.loads(data)
        assert content["format"] == preservation.FORMAT
        assert content["hash_algorithm"] == "sha256"
        assert sorted(one["id"] for one in content["documents"]) == [3, 7]
        assert content["previous"] == []

    def test_round_trip(self):
        validation = ValidationData((b"c2", b"c1"), (b"o",), (b"l",))
        previous = [{"sha256": digest("old"), "id": 1}]
        data = preservation.manifest(DOCUMENTS, previous, validation)
        documents, earlier, found = preservation.read_manifest(data)
        assert {one["id"] for one in documents} == {3, 7}
        assert earlier == previous
        assert sorted(found.certificates) == [b"c1", b"c2"]
        assert (found.ocsps, found.crls) == ((b"o",), (b"l",))
        assert found and not ValidationData()

    def test_renewal_alone(self):
        assert preservation.manifest([], [{"sha256": digest("old")}])

    @pytest.mark.parametrize(
        "documents",
        [[], [{}], [{"sha256": "A" * 64}], [{"sha256": "ab"}], [{"sha256": None}]],
    )
    def test_refusals(self, documents):
        with pytest.raises(ValueError):  # noqa: PT011 - nothing, or no digest
            preservation.manifest(documents)

    def test_no_floats(self):
        with pytest.raises(TypeError):
            preservation.manifest([{"sha256": digest("a"), "amount": 1.5}])

    @pytest.mark.parametrize(
        "change",
        [
            lambda data: b"",
            lambda data: b"[]",
            lambda data: b"{}",
            lambda data: data + b" ",
            lambda data: data.replace(b":", b": ", 1),
            lambda data: data.replace(b'"B-T"', b'"B-T","x":1.5'),
            lambda data: data.replace(preservation.FORMAT.encode(), b"other"),
            lambda data: data.replace(b'"sha256":"', b'"sha256":"0'),
            lambda data: data.replace(b'"crls":[]', b'"crls":["?"]'),
            lambda data: data.replace(b'"crls":[]', b'"crls":[],"more":[]'),
            lambda data: b"[" * 100_000,
        ],
    )
    def test_changed(self, change):
        data = preservation.manifest(DOCUMENTS)
        with pytest.raises(InvalidDocumentError):
            preservation.read_manifest(change(data))


class TestHashTree:
    @pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 31, 100])
    def test_every_leaf_leads_to_the_root(self, count):
        leaves = [digest(index) for index in range(count)]
        tree = hash_tree(leaves)
        for leaf in leaves:
            reduced = tree.reduced(leaf)
            assert root_of(leaf, reduced) == tree.root
            assert len(reduced) <= (count - 1).bit_length()

    def test_order_and_repetition_do_not_matter(self):
        leaves = [digest(index) for index in range(20)]
        shuffled = leaves + leaves[:5]
        random.Random(1).shuffle(shuffled)
        assert hash_tree(shuffled).root == hash_tree(leaves).root

    def test_by_hand(self):
        """RFC 4998 §4.2: members joined in binary ascending order, then hashed."""
        one, two = sorted([digest(1), digest(2)])
        joined = hashlib.sha256(bytes.fromhex(one + two)).hexdigest()
        assert hash_tree([two, one]).root == joined
        assert hash_tree([one]).root == one
        assert hash_tree([one]).reduced(one) == []

    def test_another_document_does_not_lead_there(self):
        tree = hash_tree(digest(index) for index in range(9))
        reduced = tree.reduced(digest(4))
        with pytest.raises(ValueError, match="another document"):
            root_of(digest("stranger"), reduced)
        reduced[-1] = [digest("stranger")]
        assert root_of(digest(4), reduced) != tree.root
        with pytest.raises(KeyError):
            tree.reduced(digest("stranger"))

    @pytest.mark.parametrize("hashes", [[], ["xx"], ["A" * 64]])
    def test_refusals(self, hashes):
        with pytest.raises(ValueError):  # noqa: PT011 - empty, or no digest
            hash_tree(hashes)
