# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Level B-LTA needs an archive time stamp of an authority that is trusted: anybody can
append one of his own."""

import ged_pki
import pytest
from demat_lib_ged_archive.revocation_client import ValidationData
from demat_lib_ged_archive.seal import Sealer, SealSettings
from demat_lib_ged_archive.seal_update import add_validation_data
from demat_lib_ged_archive.tsa import TimestampClient
from demat_lib_ged_archive.verify import UNJUDGED_ARCHIVE_STAMP, inspect_seals

ROOM = 16384


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    """A time-stamp server under a root of its own."""
    server = ged_pki.TimeStampServer(ged_pki.Pki(tmp_path_factory.mktemp("stranger")))
    yield server
    server.close()


def seal(pki, pdf, level):
    settings = SealSettings(
        pki.pkcs12("signer-ec"),
        ged_pki.PASSWORD,
        level=level,
        tsa_urls=(pki.tsa_url(),),
        trust_roots=(pki.der("root"),),
    )
    result = Sealer(settings).seal(pdf)
    assert result.level == level
    return result.data


def stamp(pdf, url, field_name="Appended"):
    data, _token = add_validation_data(
        pdf,
        ValidationData((), (), ()),
        tsa=TimestampClient((url,), timeout=3.0),
        room=ROOM,
        field_name=field_name,
    )
    return data


def test_stranger_does_not_raise_the_level(online, minimal_pdf, stranger):
    data = stamp(seal(online, minimal_pdf, "B-LT"), stranger.url)
    (report,) = inspect_seals(data, (online.der("root"),))
    assert (report.level, report.ok, report.trusted) == ("B-LT", True, True)
    assert report.archive_timestamp_trusted is False
    assert len(report.archive_timestamps) == 1
    assert any("its authority is not trusted" in one for one in report.errors)
    assert report.remarks == ()


def test_authority_of_the_roots_raises_it(online, minimal_pdf):
    data = stamp(seal(online, minimal_pdf, "B-LT"), online.tsa_url())
    (report,) = inspect_seals(data, (online.der("root"),))
    assert (report.level, report.ok, report.errors) == ("B-LTA", True, ())
    assert report.archive_timestamp_trusted is True


def test_stranger_behind_a_good_stamp(online, minimal_pdf, stranger):
    """The level stays, the stranger is named; a later good stamp counts too."""
    data = stamp(seal(online, minimal_pdf, "B-LTA"), stranger.url)
    (report,) = inspect_seals(data, (online.der("root"),))
    assert (report.level, report.archive_timestamp_trusted) == ("B-LTA", True)
    assert any("its authority is not trusted" in one for one in report.errors)
    first = stamp(seal(online, minimal_pdf, "B-LT"), stranger.url)
    data = stamp(first, online.tsa_url(), "Later")
    (report,) = inspect_seals(data, (online.der("root"),))
    assert (report.level, report.archive_timestamp_trusted) == ("B-LTA", True)


def test_without_roots_it_is_told(online, minimal_pdf, stranger):
    data = stamp(seal(online, minimal_pdf, "B-LT"), stranger.url)
    (report,) = inspect_seals(data)
    assert (report.level, report.ok, report.errors) == ("B-LTA", True, ())
    assert report.archive_timestamp_trusted is None
    assert report.remarks == (UNJUDGED_ARCHIVE_STAMP,)
    (report,) = inspect_seals(seal(online, minimal_pdf, "B-LT"))
    assert (report.level, report.remarks) == ("B-LT", ())


def test_root_of_the_stranger_is_given(online, minimal_pdf, stranger):
    data = stamp(seal(online, minimal_pdf, "B-LT"), stranger.url)
    roots = (online.der("root"), stranger.pki.der("root"))
    (report,) = inspect_seals(data, roots)
    assert (report.level, report.archive_timestamp_trusted) == ("B-LTA", True)
