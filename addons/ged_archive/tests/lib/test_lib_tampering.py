# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""200 random changes of sealed files at all levels.

The fingerprint kept in the archive finds each of them. The verification of the seal
finds all but those in bytes that a signature leaves out by design: its own place in the
file (padding, unsigned attributes), and in level B-LT what stands behind it (the
validation data, which has signatures of its own).
"""

import random
import re

import ged_pki
import pytest
from demat_lib_ged_archive.errors import InvalidDocumentError
from demat_lib_ged_archive.hashing import sha256
from demat_lib_ged_archive.seal import Sealer, SealSettings, VisibleSeal
from demat_lib_ged_archive.verify import inspect_seals

COUNT = 200
CASES = [
    ("B-B", None),
    ("B-T", None),
    ("B-LT", None),
    ("B-LTA", None),
    ("B-B", VisibleSeal()),
]


def flip(chance, data):
    place = chance.randrange(len(data))
    return place, data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + (
        data[place + 1 :]
    )


def overwrite(chance, data):
    place = chance.randrange(len(data) - 20)
    return place, data[:place] + chance.randbytes(20) + data[place + 20 :]


def insert(chance, data):
    place = chance.randrange(len(data))
    return place, data[:place] + chance.randbytes(3) + data[place:]


def remove(chance, data):
    place = chance.randrange(len(data) - 5)
    return place, data[:place] + data[place + 5 :]


def append(chance, data):
    return len(data), data + chance.choice([b" ", b"\n", b"%%EOF\n", b"\0" * 9])


def truncate(chance, data):
    place = chance.randrange(len(data))
    return place, data[:place]


def gaps(data):
    return [
        (int(found[1]), int(found[2]), int(found[2]) + int(found[3]))
        for found in re.finditer(rb"/ByteRange \[0 (\d+) (\d+) (\d+) *\]", data)
    ]


def left_out(data, place):
    """Whether the byte at ``place`` is one that no signature covers."""
    found = gaps(data)
    end = found[-1][2]
    _first, _last = found[-1][:2]
    return _first <= place < _last or place >= end


def look(data, root):
    try:
        return inspect_seals(data, (root,))
    except InvalidDocumentError as error:
        return str(error)


def test_random_changes(online, invoice_pdf):
    chance = random.Random(20260312)
    root = online.der("root")
    files = []
    for level, visible in CASES:
        settings = SealSettings(
            online.pkcs12("signer-ec"),
            ged_pki.PASSWORD,
            level=level,
            tsa_urls=(online.tsa_url(),),
            trust_roots=(root,),
            visible=visible,
        )
        result = Sealer(settings).seal(invoice_pdf)
        assert result.level == level
        files.append((level, result.data, inspect_seals(result.data, (root,))))
    kinds = (flip, flip, overwrite, insert, remove, append, truncate)
    unseen = []
    for index in range(COUNT):
        level, data, before = files[index % len(files)]
        kind = kinds[index % len(kinds)]
        place, changed = kind(chance, data)
        if changed == data:
            continue
        assert sha256(changed) != sha256(data)
        if look(changed, root) == before:
            unseen.append((level, kind.__name__, place))
            assert left_out(data, place), unseen[-1]
    # most of a file is under signature
    assert len(unseen) < COUNT / 4, unseen


@pytest.mark.parametrize("level", ["B-LT", "B-LTA"])
def test_metadata_replaced_behind_the_seal(online, minimal_pdf, level):
    """Readers allow it as an update for long-term archiving; an archive does not."""
    import io

    from demat_lib_ged_archive import facturx
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    settings = SealSettings(
        online.pkcs12("signer-ec"),
        ged_pki.PASSWORD,
        level=level,
        tsa_urls=(online.tsa_url(),),
        trust_roots=(online.der("root"),),
    )
    pdf = facturx.to_pdfa3(minimal_pdf, title="Devis", author="A", subject="B")
    data = Sealer(settings).seal(pdf).data
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    writer._update_meta = lambda: None
    packet = writer.root["/Metadata"].data.replace(b"Devis", b"Autre")
    writer.root["/Metadata"] = writer.add_object(
        generic.StreamObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/Metadata"),
                generic.pdf_name("/Subtype"): generic.pdf_name("/XML"),
            },
            stream_data=packet,
        )
    )
    writer.update_root()
    output = io.BytesIO()
    writer.write(output)
    (report,) = inspect_seals(output.getvalue(), (online.der("root"),))
    assert not report.ok
    assert not report.modification_ok
