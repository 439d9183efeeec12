# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Return files: what they say, and everything that is refused."""

import gzip
import io
import tarfile
import zipfile
from datetime import UTC, datetime

import pytest
from demat_lib_chorus_edi import packages, returns

FLOW = "ABC1231117000000000000042"
NAME = f"CSO1117A_ABC123_{FLOW}.xml"


def unit(invoice, number, comment=""):
    return (
        "<CPPFactureStatutUnitaire>"
        "<Fournisseur><TypeIdentifiant>1</TypeIdentifiant>"
        "<Identifiant>33254021516357</Identifiant></Fournisseur>"
        "<Debiteur><Identifiant>12345678200051</Identifiant></Debiteur>"
        f"<DonneesStatut><IdFacture>{invoice}</IdFacture><IdStatut>{number}</IdStatut>"
        f"<Commentaire>{comment}</Commentaire>"
        "<DateHeure>2026-11-26T10:00:00+01:00</DateHeure></DonneesStatut>"
        "</CPPFactureStatutUnitaire>"
    )


def statuses(*units, root="CPPStatut"):
    body = f"<CPPFactureStatuts>{''.join(units)}</CPPFactureStatuts>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="urn:x"><Enveloppe>'
        f'<EnveloppeUnitaire NumOrdre="1">{body}</EnveloppeUnitaire></Enveloppe>'
        f"</{root}>"
    ).encode()


def flows(*entries):
    body = "".join(
        f"<CPPFluxStatutUnitaire><IdFlux>{FLOW}</IdFlux><IdStatut>{number}</IdStatut>"
        f"<Commentaire>{comment}</Commentaire></CPPFluxStatutUnitaire>"
        for number, comment in entries
    )
    return f"<CPPStatut><CPPFluxStatuts>{body}</CPPFluxStatuts></CPPStatut>".encode()


@pytest.mark.parametrize("root", ["CPPStatut", "CPPStatutPivot"])
def test_statuses_of_invoices(root):
    content = statuses(
        unit("F/1", "06", "Il manque le RIB"), unit("F/2", "11"), root=root
    )
    (found,) = returns.read(NAME, content)
    assert (found.flow, found.kind, found.content) == (FLOW, "invoices", content)
    first, second = found.invoices
    assert first == returns.InvoiceStatus(
        invoice="F/1",
        code="SUSPENDUE",
        number="06",
        comment="Il manque le RIB",
        supplier="33254021516357",
        recipient="12345678200051",
        at=datetime(2026, 11, 26, 9, 0, tzinfo=UTC),
    )
    assert second.code == "MISE_EN_PAIEMENT"


def test_an_unknown_status_is_kept():
    (found,) = returns.read("x.xml", statuses(unit("F/1", "17")))
    assert (found.flow, found.invoices[0].code) == ("", "17")


def test_statuses_of_flows():
    content = flows(
        ("93", "Intégré partiellement : 1 facture"), ("95", "Rejeté"), ("90", "")
    )
    (found,) = returns.read(NAME, content)
    assert found.kind == "flows"
    assert [(one.flow, one.number, one.outcome) for one in found.flows] == [
        (FLOW, "93", "partial"),
        (FLOW, "95", "rejected"),
        (FLOW, "90", "unknown"),
    ]


def test_a_flow_that_only_the_name_tells():
    block = b"<CPPFluxStatuts><IdStatut>94</IdStatut></CPPFluxStatuts>"
    content = b"<CPPStatut>" + block + b"</CPPStatut>"
    (found,) = returns.read(NAME, content)
    assert [one.flow for one in found.flows] == [FLOW]


@pytest.mark.parametrize("content", [b"<Autre/>", b"<CPPStatut/>"])
def test_what_is_not_understood_is_kept(content):
    (found,) = returns.read("x.xml", content)
    assert (found.kind, found.content) == ("unknown", content)


MEMBERS = [(NAME, statuses(unit("F/1", "05", "DOUBLON"))), ("report.pdf", b"%PDF")]


def zipped(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def tarred(*members):
    """A tar.gz with members of any kind: ``(TarInfo, bytes)``."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for member, content in members:
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def member(name, size=0, **values):
    info = tarfile.TarInfo(name)
    info.size = size
    for key, value in values.items():
        setattr(info, key, value)
    return info


@pytest.mark.parametrize("pack", [packages.tar_gz, zipped])
def test_archives(pack):
    first, second = returns.read("any name", pack(MEMBERS))
    assert (first.flow, first.invoices[0].code) == (FLOW, "REJETEE")
    assert (second.kind, second.content) == ("unknown", b"%PDF")


def test_the_flow_from_the_name_of_the_archive():
    name = f"CSO1117A_ABC123_{FLOW}.tar.gz"
    (found,) = returns.read(name, packages.tar_gz([("a.xml", statuses())]))
    assert found.flow == FLOW


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><CPPStatut>&b;</CPPStatut>"""
OUTSIDE = b"""<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<CPPStatut>&a;</CPPStatut>"""


@pytest.mark.parametrize(
    "content, reason",
    [
        (LAUGHS, "document type"),
        (OUTSIDE, "document type"),
        (OUTSIDE.decode().encode("utf-16"), "UTF-8"),
        (b'<?xml version="1.0" encoding="utf-7"?><CPPStatut/>', "UTF-8"),
        (b"<CPPStatut>", "well-formed"),
        (b"", "empty"),
        (b"<CPPStatut>" + b"<a>" * 60 + b"</a>" * 60 + b"</CPPStatut>", "deep"),
        (b"<CPPStatut>" + b"<a/>" * 600 + b"</CPPStatut>", "elements"),
        (b"<CPPStatut>" + b"x" * 50_000 + b"</CPPStatut>", "bytes"),
        (b"%PDF-1.7", "well-formed"),
    ],
)
def test_xml_that_is_refused(content, reason):
    limits = returns.Limits(file_bytes=40_000, elements=500)
    for packed in (content, zipped([("a.xml", content)])):
        with pytest.raises(returns.BadReturn, match=reason):
            returns.read("a.xml", packed, limits)


def test_an_include_is_not_followed(tmp_path):
    secret = tmp_path / "secret.xml"
    secret.write_text("<IdFacture>secret</IdFacture>")
    content = (
        '<CPPStatut xmlns:xi="http://www.w3.org/2001/XInclude"><CPPFactureStatutUnitaire>'
        f'<xi:include href="file://{secret}"/></CPPFactureStatutUnitaire></CPPStatut>'
    )
    (found,) = returns.read("a.xml", content.encode())
    assert found.invoices[0].invoice == ""


NAMES = ["../a.xml", "/etc/a.xml", "a/b.xml", "a\\b.xml", "C:a.xml", "..", "a\n.xml"]


@pytest.mark.parametrize("name", NAMES)
def test_paths_are_refused_in_both_archives(name):
    for content in (tarred((member(name), b"")), zipped([(name, b"")])):
        with pytest.raises(returns.BadReturn, match="path|something else"):
            returns.read("x", content)


@pytest.mark.parametrize(
    "kind",
    [
        tarfile.SYMTYPE,
        tarfile.LNKTYPE,
        tarfile.CHRTYPE,
        tarfile.FIFOTYPE,
        tarfile.GNUTYPE_SPARSE,
    ],
)
def test_links_and_devices_in_a_tar(kind):
    content = tarred((member("a.xml", type=kind, linkname="/etc/passwd"), b""))
    with pytest.raises(returns.BadReturn, match="something else|cannot be read"):
        returns.read("x", content)


def test_links_in_a_zip():
    link = zipfile.ZipInfo("a.xml")
    link.external_attr = 0o120777 << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(returns.BadReturn, match="something else"):
        returns.read("x", file.getvalue())


BOMB = b"0" * 3_000_000
SMALL = returns.Limits(file_bytes=1_000_000, total_bytes=2_000_000, files=5)


@pytest.mark.parametrize(
    "content",
    [
        zipped([("a.xml", BOMB)]),
        tarred((member("a.xml", len(BOMB)), BOMB)),
        # each one is small enough, all together are not
        zipped([(f"{number}.xml", BOMB[:900_000]) for number in range(4)]),
        packages.tar_gz([(f"{number}.xml", BOMB[:900_000]) for number in range(4)]),
        # a tar that is only the end of another file
        gzip.compress(b"\0" * 30_000_000),
    ],
)
def test_bombs(content):
    assert len(content) < 100_000
    with pytest.raises(returns.BadReturn, match="unpacked"):
        returns.read("x", content, SMALL)


def test_a_zip_that_lies_about_its_sizes():
    content = bytearray(zipped([("a.xml", BOMB)]))
    size = len(BOMB).to_bytes(4, "little")
    lie = content.replace(size, (10).to_bytes(4, "little"))
    assert lie != content
    with pytest.raises(returns.BadReturn):
        returns.read("x", bytes(lie), SMALL)


@pytest.mark.parametrize("pack", [packages.tar_gz, zipped])
def test_too_many_files(pack):
    content = pack([(f"{number}.xml", b"<a/>") for number in range(6)])
    with pytest.raises(returns.BadReturn, match="5 files"):
        returns.read("x", content, SMALL)


def test_a_name_twice():
    with pytest.raises(returns.BadReturn, match="twice"):
        returns.read("x", tarred((member("a.xml"), b""), (member("a.xml"), b"")))


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 broken", b"\x1f\x8b broken", gzip.compress(b"no tar at all" * 99)],
)
def test_broken_archives(content):
    with pytest.raises(returns.BadReturn, match="cannot be read"):
        returns.read("x", content)


def test_one_bad_file_refuses_the_archive():
    """Half a return is no return: it is read again when it is mended."""
    content = zipped([MEMBERS[0], ("b.xml", LAUGHS)])
    with pytest.raises(returns.BadReturn):
        returns.read("x", content)
