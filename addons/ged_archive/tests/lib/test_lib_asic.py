# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Containers of a manifest and its time stamp, and what was done to them."""

import hashlib
import io
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta

import ged_pki
import pytest
from asn1crypto import cms
from demat_lib_ged_archive import asic
from demat_lib_ged_archive.errors import ArchiveError, InvalidDocumentError
from demat_lib_ged_archive.tsa import TimestampClient, TokenError

MANIFEST = b'{"documents":[{"sha256":"00"}]}' * 40
NAMES = ["mimetype", "manifest.json", "META-INF/timestamp.tst"]


@pytest.fixture
def client(tsa):
    return TimestampClient([tsa.url], timeout=5)


@pytest.fixture
def token(client):
    return client.request(MANIFEST).der


@pytest.fixture
def container(token):
    return asic.build(MANIFEST, token)


def entries(data):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return [(entry.filename, file.read(entry)) for entry in file.infolist()]


def rebuilt(parts, *, stored=("mimetype",)):
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts:
            method = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            file.writestr(name, data, method)
    return output.getvalue()


def test_what_is_read_is_what_was_built(pki, container, token):
    content = asic.read(container)
    assert (content.manifest, content.name) == (MANIFEST, "manifest.json")
    assert content.token == token
    assert abs(content.time - datetime.now(UTC)) < timedelta(minutes=1)
    assert "Horodatage" in content.tsa_subject
    assert content.tsa_fingerprint == hashlib.sha256(pki.der("tsa")).hexdigest()
    assert "documents" not in repr(content)


def test_the_type_stands_at_its_fixed_place(container):
    """EN 319 162-1 A.1: as for file(1), at offset 38."""
    assert container.startswith(b"PK\x03\x04")
    assert container[30:38] == b"mimetype"
    assert container[38:].startswith(b"application/vnd.etsi.asic-s+zip")
    assert [name for name, _data in entries(container)] == NAMES


def test_equal_arguments_equal_bytes(container, token):
    assert asic.build(MANIFEST, token) == container


def test_other_name(token):
    assert asic.read(asic.build(MANIFEST, token, name="ancre.json")).name == (
        "ancre.json"
    )


@pytest.mark.parametrize("name", ["", "mimetype", "a/b", "META-INF/x", "..", "a\nb"])
def test_forbidden_names(token, name):
    with pytest.raises(ValueError, match="cannot be the name"):
        asic.build(MANIFEST, token, name=name)
    if name:
        parts = [("mimetype", asic.MIMETYPE), (name, MANIFEST), (NAMES[2], token)]
        with pytest.raises(InvalidDocumentError):
            asic.read(rebuilt(parts))


@pytest.mark.parametrize("token", [b"", b"\x30\x00", b"\x30\x03\x02\x01\x01", b"x" * 9])
def test_build_wants_a_token(token):
    with pytest.raises(TokenError):
        asic.build(MANIFEST, token)


def test_build_wants_a_token_over_the_manifest(client):
    with pytest.raises(TokenError, match="other bytes"):
        asic.build(MANIFEST, client.request(b"something else").der)


def test_signature_instead_of_a_time_stamp(pki):
    """A CMS that is no time stamp, such as the signature of a PDF."""
    content = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": {
                "version": "v1",
                "digest_algorithms": [],
                "encap_content_info": {"content_type": "data", "content": MANIFEST},
                "signer_infos": [],
            },
        }
    )
    with pytest.raises(TokenError):
        asic.build(MANIFEST, content.dump())


class TestTampering:
    def test_manifest(self, container):
        parts = dict(entries(container))
        parts["manifest.json"] = MANIFEST.replace(b"00", b"01", 1)
        with pytest.raises(TokenError, match="other bytes"):
            asic.read(rebuilt(parts.items()))

    def test_token_for_other_bytes(self, client, container):
        parts = dict(entries(container))
        parts[NAMES[2]] = client.request(b"other").der
        with pytest.raises(TokenError, match="other bytes"):
            asic.read(rebuilt(parts.items()))

    def test_every_byte_of_the_token(self, container, token):
        """But the certificates that nobody needs: the root that came along."""
        parts = dict(entries(container))
        before = asic.read(container)
        unnoticed = 0
        for place in range(0, len(token), 7):
            parts[NAMES[2]] = (
                token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
            )
            try:
                after = asic.read(rebuilt(parts.items()))
            except ArchiveError:
                continue
            unnoticed += 1
            assert (after.time, after.manifest) == (before.time, before.manifest)
        assert unnoticed < len(token) / 7 / 2

    def test_signature_of_the_token(self, tsa, container):
        tsa.mode = "forged"
        request = ged_pki.tsp.TimeStampReq(
            {
                "version": 1,
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": hashlib.sha256(MANIFEST).digest(),
                },
                "cert_req": True,
            }
        )
        reply = ged_pki.tsp.TimeStampResp.load(tsa._stamp("forged", request.dump()))
        parts = dict(entries(container))
        parts[NAMES[2]] = reply["time_stamp_token"].dump()
        with pytest.raises(TokenError, match="signature of the time stamp is wrong"):
            asic.read(rebuilt(parts.items()))

    @pytest.mark.parametrize(
        "change",
        [
            lambda parts: parts + [("extra.txt", b"x")],
            lambda parts: parts + [("META-INF/manifest.xml", b"<x/>")],
            lambda parts: parts + [("META-INF/signatures.p7s", b"x")],
            lambda parts: parts[:2],
            lambda parts: [parts[0], parts[2]],
            lambda parts: parts[1:],
            lambda parts: [parts[1], parts[0], parts[2]],
            lambda parts: [],
        ],
    )
    def test_entries(self, container, change):
        with pytest.raises(InvalidDocumentError):
            asic.read(rebuilt(change(entries(container))))

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    @pytest.mark.parametrize("name", NAMES)
    def test_entry_twice(self, container, name):
        parts = entries(container)
        with pytest.raises(InvalidDocumentError):
            asic.read(rebuilt([*parts, (name, dict(parts)[name])]))

    @pytest.mark.parametrize(
        "kind",
        [
            "application/vnd.etsi.asic-e+zip",
            "application/vnd.etsi.asic-s+zip\n",
            "application/vnd.etsi.asic-S+zip",
            "",
        ],
    )
    def test_type(self, container, kind):
        parts = dict(entries(container))
        parts["mimetype"] = kind.encode()
        with pytest.raises(InvalidDocumentError, match="ASiC-S"):
            asic.read(rebuilt(parts.items()))

    def test_type_compressed(self, container):
        with pytest.raises(InvalidDocumentError, match="ASiC-S"):
            asic.read(rebuilt(entries(container), stored=()))

    @pytest.mark.parametrize(
        "change",
        [
            lambda data: b"#!/bin/sh\n" + data,
            lambda data: data + b"\n",
            lambda data: data[:-2] + b"\x05\x00hello",
        ],
    )
    def test_bytes_around(self, container, change):
        with pytest.raises(InvalidDocumentError):
            asic.read(change(container))

    def test_every_byte(self, container):
        """No byte of the container can change without an answer of ours."""
        before = asic.read(container)
        for place in range(0, len(container), 11):
            changed = (
                container[:place]
                + bytes([container[place] ^ 4])
                + (container[place + 1 :])
            )
            try:
                after = asic.read(changed)
            except ArchiveError:
                continue
            # dates and permissions of entries are read by nobody
            assert (after.manifest, after.token) == (before.manifest, before.token)

    @pytest.mark.parametrize("length", [0, 1, 30, 200, -300, -1])
    def test_truncated(self, container, length):
        with pytest.raises(InvalidDocumentError):
            asic.read(container[:length])


class TestBombs:
    def test_manifest(self, container):
        parts = dict(entries(container))
        parts["manifest.json"] = bytes(3_000_000)
        bomb = rebuilt(parts.items())
        assert len(bomb) < 50_000
        with pytest.raises(InvalidDocumentError, match="too large"):
            asic.read(bomb, max_manifest=1_000_000)

    def test_token(self, container):
        parts = dict(entries(container))
        parts[NAMES[2]] = bytes(3_000_000)
        with pytest.raises(InvalidDocumentError, match="too large"):
            asic.read(rebuilt(parts.items()))

    def test_size_that_lies(self, container):
        """The directory promises little, the data inflate to much."""
        parts = dict(entries(container))
        parts["manifest.json"] = bytes(3_000_000)
        bomb = rebuilt(parts.items())
        small = (10).to_bytes(4, "little")
        bomb = bomb.replace((3_000_000).to_bytes(4, "little"), small)
        with pytest.raises(ArchiveError):
            asic.read(bomb, max_manifest=1_000_000)


class TestRequestDigest:
    def test_same_as_over_the_data(self, client, token):
        digest = hashlib.sha256(MANIFEST).hexdigest()
        assert asic.build(MANIFEST, client.request_digest(digest).der)

    @pytest.mark.parametrize("digest", ["", "00" * 20, "zz" * 32])
    def test_what_is_no_digest(self, client, digest):
        with pytest.raises(ValueError):  # noqa: PT011 - either message will do
            client.request_digest(digest)


def test_openssl_verifies(pki, container, tool, tmp_path):
    with zipfile.ZipFile(io.BytesIO(container)) as file:
        file.extractall(tmp_path)
    pem = ged_pki.serialization.Encoding.PEM
    (tmp_path / "root.pem").write_bytes(pki.x509("root").public_bytes(pem))
    command = [tool("openssl"), "ts", "-verify", "-token_in", "-in", NAMES[2]]
    command += ["-data", NAMES[1], "-CAfile", "root.pem"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (tmp_path / NAMES[1]).write_bytes(MANIFEST + b" ")
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
