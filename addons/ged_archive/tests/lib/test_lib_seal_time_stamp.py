# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Time stamps: servers that answer, and servers that misbehave."""

import subprocess
import time
from datetime import UTC, datetime, timedelta

import ged_pki
import pytest
from demat_lib_ged_archive.seal import Sealer, SealSettings
from demat_lib_ged_archive.verify import inspect_seals

UTC = UTC


def with_tsa(pki, *urls, timeout=2.0, label="signer"):
    return Sealer(
        SealSettings(
            pki.pkcs12(label), ged_pki.PASSWORD, tsa_urls=urls, tsa_timeout=timeout
        )
    )


class TestTimeStamp:
    def test_level_bt(self, pki, tsa, minimal_pdf):
        for label in ("signer", "signer-ec"):
            result = with_tsa(pki, tsa.url, label=label).seal(minimal_pdf)
            assert (result.level, result.degraded) == ("B-T", None)
            (report,) = inspect_seals(result.data, (pki.der("root"),))
            assert (report.level, report.ok) == ("B-T", True)
            assert report.trusted and report.timestamp_trusted
            assert report.signed_at == result.sealed_at

    def test_time_of_the_stamp_wins(self, pki, tsa, minimal_pdf):
        claimed = datetime(2026, 1, 1, tzinfo=UTC)
        result = with_tsa(pki, tsa.url).seal(minimal_pdf, signing_time=claimed)
        assert abs(result.sealed_at - datetime.now(UTC)) < timedelta(minutes=1)

    def test_pdfsig_accepts(self, pki, tsa, minimal_pdf, tool, tmp_path):
        path = tmp_path / "sealed.pdf"
        path.write_bytes(with_tsa(pki, tsa.url).seal(minimal_pdf).data)
        output = subprocess.run(
            [tool("pdfsig"), "-nocert", str(path)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert "Signature is Valid." in output

    def test_one_connection_for_a_batch(self, pki, tsa, minimal_pdf):
        sealer = with_tsa(pki, tsa.url)
        for _index in range(5):
            assert sealer.seal(minimal_pdf).level == "B-T"
        assert (tsa.requests, tsa.connections) == (5, 1)

    def test_large_token(self, pki, tsa, minimal_pdf):
        tsa.mode = "large"
        sealer = with_tsa(pki, tsa.url)
        assert sealer.seal(minimal_pdf).level == "B-T"
        assert tsa.requests == 2  # laid out again once, then the size is known
        result = sealer.seal(minimal_pdf)
        assert (result.level, tsa.requests) == ("B-T", 3)
        assert inspect_seals(result.data, (pki.der("root"),))[0].timestamp_trusted

    @pytest.mark.parametrize(
        ("mode", "words"),
        [
            ("hang", "no answer within 0.4 s"),
            ("drip", "no answer within 0.4 s"),
            ("error", "HTTP 503"),
            ("redirect", "HTTP 302"),
            ("html", "“text/html” instead of a time stamp"),
            ("garbage", "not a time stamp"),
            ("endless", "too long"),
            ("refuse", "quota épuisé"),
            ("other", "for other bytes"),
            ("forged", "signature of the time stamp is wrong"),
        ],
    )
    def test_bad_server_lowers_the_level(self, pki, tsa, minimal_pdf, mode, words):
        tsa.mode = mode
        started = time.monotonic()
        result = with_tsa(pki, tsa.url, timeout=0.4).seal(minimal_pdf)
        assert time.monotonic() - started < 2
        assert result.level == "B-B"
        assert "without time stamp" in result.degraded
        assert words in result.degraded
        assert "127.0.0.1" in result.degraded
        (report,) = inspect_seals(result.data, (pki.der("root"),))
        assert (report.level, report.ok, report.trusted) == ("B-B", True, True)

    def test_replayed_answer(self, pki, tsa, minimal_pdf):
        tsa.mode = "replay"
        sealer = with_tsa(pki, tsa.url)
        assert sealer.seal(minimal_pdf).level == "B-T"
        result = sealer.seal(minimal_pdf)
        assert result.level == "B-B"
        assert "for other bytes" in result.degraded

    def test_dead_server_costs_its_time_once(self, pki, tsa, minimal_pdf):
        tsa.mode = "hang"
        sealer = with_tsa(pki, tsa.url, timeout=0.5)
        started = time.monotonic()
        results = [sealer.seal(minimal_pdf) for _index in range(20)]
        assert time.monotonic() - started < 2
        assert tsa.requests == 1
        assert all(result.level == "B-B" and result.degraded for result in results)

    def test_server_that_comes_back_is_asked_again(self, pki, tsa, minimal_pdf):
        tsa.mode = "error"
        sealer = with_tsa(pki, tsa.url)
        sealer._tsa._back_off = 0.2
        assert sealer.seal(minimal_pdf).level == "B-B"
        tsa.mode = "good"
        time.sleep(0.25)
        assert sealer.seal(minimal_pdf).level == "B-T"

    def test_second_server_steps_in(self, pki, tsa, minimal_pdf):
        result = with_tsa(pki, "http://127.0.0.1:9/tsa", tsa.url).seal(minimal_pdf)
        assert (result.level, result.degraded) == ("B-T", None)

    def test_names_that_do_not_resolve(self, pki, minimal_pdf):
        result = with_tsa(pki, "http://tsa.invalid/", timeout=1).seal(minimal_pdf)
        assert result.level == "B-B"
        assert "tsa.invalid" in result.degraded

    def test_passwords_in_addresses_stay_secret(self, pki, minimal_pdf):
        url = "http://client:s3cret@127.0.0.1:9/tsa?key=s3cret"
        sealer = with_tsa(pki, url)
        text = sealer.seal(minimal_pdf).degraded + repr(sealer._settings)
        assert "s3cret" not in text
        assert ged_pki.PASSWORD not in text

    @pytest.mark.parametrize("url", ["ftp://x/", "tsa.example.com", "http://", ""])
    def test_addresses_are_checked(self, url):
        with pytest.raises(ValueError, match="https://host/path"):
            SealSettings(b"", tsa_urls=(url,))
