# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Levels B-LT and B-LTA: with authorities that answer, and that misbehave."""

import io
import re
import subprocess
import time
from datetime import UTC, datetime

import ged_pki
import pikepdf
import pytest
from asn1crypto import x509 as asn1_x509
from demat_lib_ged_archive import preservation, revocation
from demat_lib_ged_archive.errors import CertificateError
from demat_lib_ged_archive.seal import Sealer, SealSettings
from demat_lib_ged_archive.verify import inspect_seals
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore


def make(pki, label="signer", level="B-LTA", tsa=None, **options):
    options = {"tsa_timeout": 3.0, "revocation_timeout": 3.0} | options
    return Sealer(
        SealSettings(
            pki.pkcs12(label),
            ged_pki.PASSWORD,
            level=level,
            tsa_urls=(tsa or pki.tsa_url(),),
            trust_roots=(pki.der("root"),),
            **options,
        )
    )


@pytest.mark.parametrize("label", ["signer", "signer-ec", "signer-384"])
@pytest.mark.parametrize("level", ["B-LT", "B-LTA"])
class TestLevels:
    def test_result_and_report(self, online, minimal_pdf, label, level):
        result = make(online, label, level).seal(minimal_pdf)
        assert (result.level, result.asked) == (level, level)
        assert (result.degraded, result.causes) == (None, ())
        assert result.data.startswith(minimal_pdf)
        (report,) = inspect_seals(result.data, (online.der("root"),))
        assert report.errors == ()
        assert (report.level, report.ok, report.trusted) == (level, True, True)
        assert report.revocation == "good"
        assert len(report.archive_timestamps) == (level == "B-LTA")
        assert inspect_seals(result.data)[0].level == level

    def test_pyhanko_judges_the_same(self, online, minimal_pdf, label, level):
        """Its long-term validation, with the data of the file only: no network."""
        data = make(online, label, level).seal(minimal_pdf).data
        reader = PdfFileReader(io.BytesIO(data))
        (signature,) = reader.embedded_regular_signatures
        root = asn1_x509.Certificate.load(online.der("root"))
        store = DocumentSecurityStore.read_dss(reader)
        context = store.as_validation_context(
            {
                "trust_roots": [root],
                "allow_fetching": False,
                "revocation_mode": "hard-fail",
            }
        )
        status = validate_pdf_signature(signature, context, context)
        assert status.bottom_line and status.docmdp_ok
        assert status.modification_level.name == "LTA_UPDATES"

    def test_pdfsig(self, online, minimal_pdf, label, level, tool, tmp_path):
        path = tmp_path / "sealed.pdf"
        path.write_bytes(make(online, label, level).seal(minimal_pdf).data)
        output = subprocess.run(
            [tool("pdfsig"), "-nocert", str(path)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert "Signature is Valid." in output
        assert ("Signature #2" in output) == (level == "B-LTA")
        assert ("Total document signed" in output) == (level == "B-LTA")


def test_metadata_stay_and_the_store_is_complete(online, invoice_pdf):
    data = make(online).seal(invoice_pdf).data
    with (
        pikepdf.open(io.BytesIO(data)) as after,
        pikepdf.open(io.BytesIO(invoice_pdf)) as before,
    ):
        assert dict(after.docinfo) == dict(before.docinfo)
        assert "/VRI" not in after.Root.DSS
        certificates = {bytes(one.read_bytes()) for one in after.Root.DSS.Certs}
        assert {online.der(one) for one in ("root", "interm", "signer", "tsa")} <= (
            certificates
        )
        assert len(after.Root.DSS.OCSPs) == 1
        assert len(after.Root.DSS.CRLs) == 1


def test_issuer_is_fetched_when_nobody_gave_it(online, minimal_pdf):
    online.pkcs12("signer", others=())
    settings = SealSettings(
        online.pkcs12("signer", others=()),
        ged_pki.PASSWORD,
        level="B-LT",
        tsa_urls=(online.tsa_url(),),
        trust_roots=(online.der("root"),),
    )
    assert Sealer(settings).seal(minimal_pdf).level == "B-LT"
    assert online.requests["certs"] == 1


def test_one_question_for_a_batch(online, minimal_pdf):
    sealer = make(online, level="B-LT")
    for _index in range(10):
        assert sealer.seal(minimal_pdf).level == "B-LT"
    assert online.requests == {"ocsp": 1, "crl": 1, "certs": 0}


def test_list_when_no_responder(online, minimal_pdf):
    assert make(online, "crl-only").seal(minimal_pdf).level == "B-LTA"
    assert online.requests["ocsp"] == 0


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("hang", "no answer within 0.4 s"),
        ("drip", "no answer within 0.4 s|instead of an OCSP"),
        ("error", "HTTP 503"),
        ("html", "“text/html” instead of an OCSP response"),
        ("garbage", "not an OCSP response"),
        ("endless", "too long"),
        ("old", "outdated"),
        ("other", "about another certificate"),
        ("forged", "signature of its answer is wrong"),
        ("refuse", "refused"),
    ],
)
class TestBadResponder:
    def test_the_level_is_lowered(self, online, minimal_pdf, mode, words):
        online.modes["ocsp"] = mode
        sealer = make(online, "ocsp-only", revocation_timeout=0.4)
        started = time.monotonic()
        result = sealer.seal(minimal_pdf)
        assert time.monotonic() - started < 3
        assert (result.level, result.causes) == ("B-T", ("revocation",))
        assert result.asked == "B-LTA"
        assert re.search(words, result.degraded)
        (report,) = inspect_seals(result.data, (online.der("root"),))
        assert (report.level, report.ok) == ("B-T", True)

    def test_the_list_steps_in(self, online, minimal_pdf, mode, words):
        online.modes["ocsp"] = mode
        result = make(online, revocation_timeout=0.4).seal(minimal_pdf)
        assert (result.level, result.degraded) == ("B-LTA", None)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("hang", "no answer within 0.4 s"),
        ("error", "HTTP 503"),
        ("garbage", "not a revocation list"),
        ("endless", "too long"),
        ("old", "outdated"),
        ("other", "another issuer"),
        ("forged", "signature of its list is wrong"),
    ],
)
def test_bad_list(online, minimal_pdf, mode, words):
    online.modes["crl"] = mode
    result = make(online, "crl-only", revocation_timeout=0.4).seal(minimal_pdf)
    assert (result.level, result.causes) == ("B-T", ("revocation",))
    assert words in result.degraded


def test_dead_responder_costs_its_time_once(online, minimal_pdf):
    online.modes["ocsp"] = "hang"
    sealer = make(online, "ocsp-only", revocation_timeout=0.5)
    started = time.monotonic()
    results = [sealer.seal(minimal_pdf) for _index in range(10)]
    assert time.monotonic() - started < 4
    assert {result.level for result in results} == {"B-T"}
    assert online.requests["ocsp"] == 1


def test_certificate_that_names_no_authority(online, minimal_pdf):
    result = make(online, "silent").seal(minimal_pdf)
    assert (result.level, result.causes) == ("B-T", ("revocation",))
    assert "neither an OCSP responder nor a list" in result.degraded


def test_self_signed(online, minimal_pdf):
    key = ged_pki.ec_key()
    settings = SealSettings(
        ged_pki.make_pkcs12(key, ged_pki.self_signed(key)),
        ged_pki.PASSWORD,
        level="B-LT",
        tsa_urls=(online.tsa_url(),),
    )
    result = Sealer(settings).seal(minimal_pdf)
    assert (result.level, result.causes) == ("B-T", ("revocation",))
    assert "signs itself" in result.degraded


def test_no_time_stamp_no_long_term(online, tsa, minimal_pdf):
    tsa.mode = "error"
    result = make(online, tsa=tsa.url).seal(minimal_pdf)
    assert (result.level, result.causes) == ("B-B", ("timestamp",))
    settings = SealSettings(online.pkcs12("signer"), ged_pki.PASSWORD, level="B-LT")
    result = Sealer(settings).seal(minimal_pdf)
    assert (result.level, result.causes) == ("B-B", ("timestamp",))
    assert "no time-stamp server is set" in result.degraded


def test_archive_time_stamp_fails(online, tsa, minimal_pdf):
    """The server answers for the seal and dies before the file's own stamp."""
    tsa.pki = online
    sealer = make(online, tsa=tsa.url)
    answer = tsa.answer

    def once(handler, request):
        answer(handler, request)
        tsa.mode = "error"

    tsa.answer = once
    result = sealer.seal(minimal_pdf)
    assert (result.level, result.causes) == ("B-LT", ("archive_timestamp",))
    (report,) = inspect_seals(result.data, (online.der("root"),))
    assert (report.level, report.ok, report.errors) == ("B-LT", True, ())


class TestRevoked:
    @pytest.mark.parametrize("label", ["revoked", "revoked-crl"])
    def test_does_not_seal(self, online, minimal_pdf, label):
        sealer = make(online, label)
        for _attempt in range(2):
            with pytest.raises(CertificateError, match="was revoked") as caught:
                sealer.seal(minimal_pdf)
            assert caught.value.reason == "revoked"

    def test_asked_by_hand(self, online, minimal_pdf):
        assert make(online, level="B-B").check_revocation() == ()
        sealer = make(online, "revoked", level="B-B")
        with pytest.raises(CertificateError) as caught:
            sealer.check_revocation()
        assert caught.value.reason == "revoked"
        # what was learnt counts for every level
        with pytest.raises(CertificateError):
            sealer.seal(minimal_pdf)

    def test_forged_answer_revokes_nobody(self, online, minimal_pdf):
        online.modes.update(ocsp="forged", crl="forged")
        result = make(online, "revoked").seal(minimal_pdf)
        assert (result.level, result.causes) == ("B-T", ("revocation",))

    def test_expired(self, online, minimal_pdf):
        with pytest.raises(CertificateError) as caught:
            make(online, "expired").seal(minimal_pdf)
        assert caught.value.reason == "expired"


class TestCollect:
    def test_check_chain(self, online):
        chain = [online.der("signer"), online.der("interm"), online.der("root")]
        assert revocation.check_chain(chain, 2) == ()
        assert revocation.check_chain([online.der("silent"), *chain[1:]], 2)
        with pytest.raises(CertificateError):
            revocation.check_chain([online.der("revoked"), *chain[1:]], 2)

    def test_for_later_evidence(self, online):
        data, problems = preservation.collect(
            [online.der("signer"), online.der("tsa"), online.der("root")]
        )
        assert problems == []
        assert online.der("interm") in data.certificates
        assert (len(data.ocsps), len(data.crls)) == (1, 1)

    def test_problems_are_told(self, online):
        online.modes.update(ocsp="error", crl="error")
        _data, problems = preservation.collect([online.der("signer")], timeout=2)
        assert any("HTTP 503" in problem for problem in problems)
        online.reset()
        data, problems = preservation.collect([online.der("revoked")])
        assert data.ocsps
        assert any("was revoked on 2024-01-01" in problem for problem in problems)


@pytest.mark.parametrize("level", ["B-LT", "B-LTA"])
def test_revoked_after_the_seal(online, minimal_pdf, level):
    """The data of the file speak of the time of the seal."""
    result = make(online, level=level).seal(minimal_pdf)
    (report,) = inspect_seals(result.data, (online.der("root"),))
    assert report.revocation == "good"
    assert abs((datetime.now(UTC) - result.sealed_at).total_seconds()) < 60


def test_settings_are_checked(online):
    data = online.pkcs12("signer")
    for wrong in (
        {"level": "B-X"},
        {"revocation_timeout": 0},
        {"pkcs12": None},
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - one text each
            SealSettings(**({"pkcs12": data} | wrong))
