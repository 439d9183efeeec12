# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Files of strangers: judged in a process that can neither hang nor fill the server."""

import io
import time
import zlib

import ged_pki
import pikepdf
import pytest
from demat_lib_ged_archive import judge
from demat_lib_ged_archive.errors import InvalidDocumentError, WorkerError
from demat_lib_ged_archive.seal import Sealer, SealSettings


@pytest.fixture(scope="module")
def sealed(pki, minimal_pdf):
    sealer = Sealer(SealSettings(pki.pkcs12("signer"), ged_pki.PASSWORD))
    return sealer.seal(minimal_pdf)


def test_a_sealed_file(sealed):
    [found] = judge.judge(sealed.data)
    assert found.intact
    assert not found.appended
    assert found.signer == sealed.signer
    assert found.fingerprint == sealed.fingerprint
    assert found.level == "B-B"
    assert abs((found.signed_at - sealed.sealed_at).total_seconds()) < 2


def test_a_changed_file(sealed):
    data = bytearray(sealed.data)
    data[20] ^= 1
    [found] = judge.judge(bytes(data))
    assert not found.intact
    assert not found.appended


def test_bytes_behind_the_seal(sealed):
    end = sealed.data[sealed.data.rindex(b"startxref") :]
    [found] = judge.judge(sealed.data + b"\n% more\n" + end)
    assert not found.intact


def test_no_seal(minimal_pdf):
    assert judge.judge(minimal_pdf) == []


@pytest.mark.parametrize(
    "data",
    [b"", b"no pdf", b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\0" * 5000 + b"\n%%EOF"],
    ids=["empty", "text", "truncated", "zeros"],
)
def test_no_pdf(data):
    with pytest.raises(InvalidDocumentError):
        judge.judge(data)


def test_too_large():
    with pytest.raises(InvalidDocumentError, match="too large"):
        judge.judge(b"x" * (judge.MAX_BYTES + 1))


def bomb(size):
    """A PDF whose catalogue lies in an object stream that unpacks to ``size`` bytes."""
    squeeze = zlib.compressobj(9)
    head = b"1 0 <</Type/Catalog/Pages 2 0 R>>"
    body = squeeze.compress(head)
    chunk = b" " * (1 << 20)
    for _index in range(size >> 20):
        body += squeeze.compress(chunk)
    body += squeeze.flush()
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    start = out.tell()
    out.write(
        b"3 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n"
        % len(body)
    )
    out.write(body + b"\nendstream\nendobj\n")
    xref = out.tell()
    table = (
        b"".join(
            kind.to_bytes(1, "big")
            + place.to_bytes(4, "big")
            + index.to_bytes(1, "big")
            for kind, place, index in ((0, 0, 0), (2, 3, 0), (0, 0, 0), (1, start, 0))
        )
        + b"\x01"
        + xref.to_bytes(4, "big")
        + b"\0"
    )
    out.write(
        b"4 0 obj\n<</Type/XRef/Size 5/W[1 4 1]/Root 1 0 R/Length %d>>\nstream\n"
        % len(table)
    )
    out.write(table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % xref)
    return out.getvalue()


def test_a_bomb_ends_its_process_only():
    """A megabyte that unpacks to a gigabyte."""
    data = bomb(1 << 30)
    assert len(data) < 2 << 20
    with pytest.raises((WorkerError, InvalidDocumentError)):
        judge.judge(data)


def test_time_is_limited(sealed):
    began = time.monotonic()
    with pytest.raises(WorkerError, match="too long"):
        judge.judge(sealed.data, seconds=0.05)
    assert time.monotonic() - began < judge.MAX_SECONDS


def test_memory_is_limited(sealed):
    with pytest.raises(WorkerError, match="code"):
        judge.judge(sealed.data, memory=1 << 20)


def nested(depth):
    pdf = pikepdf.new()
    pdf.add_blank_page()
    buffer = io.BytesIO()
    pdf.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    data = buffer.getvalue()
    deep = b"[" * depth + b"]" * depth
    return data.replace(b"/Type /Catalog", b"/Type /Catalog /Deep " + deep)


def test_deep_nesting_is_survived():
    """The parser recurses: this must be an answer or a refusal, never a crash."""
    try:
        judge.judge(nested(200_000))
    except (InvalidDocumentError, WorkerError):
        return
