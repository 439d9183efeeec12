# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Seals per second and core, by level and kind of key, against the bare signature.

The time-stamp server and the authorities run in this process, on the loopback, and take
some milliseconds of it for each token: ``tokens`` tells how many were made.
"""

import io
import sys
import tempfile
import time
from pathlib import Path

import pikepdf
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "addons/ged_archive/tests/lib"
LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
KEYS = {
    "RSA-2048": lambda: rsa.generate_private_key(65537, 2048),
    "RSA-3072": lambda: rsa.generate_private_key(65537, 3072),
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
}


def run(*, seconds_per_case=2.0, levels=LEVELS, keys=tuple(KEYS), pdf=None):
    """Return the rows, one dictionary for each key and level.

    ``key``, ``level``, ``seals_per_second``, ``ms``, ``bare_per_second`` (signatures by
    ``cryptography`` on the same key), ``ratio`` (bare time over the time of a seal),
    ``tokens`` (time stamps asked for each seal).
    """
    sys.path.insert(0, str(ROOT))
    sys.path.append(str(TESTS))
    from demat_cli import libalias

    libalias.install(ROOT / "addons")
    import ged_online_pki
    import ged_pki
    from demat_lib_ged_archive.seal import Sealer, SealSettings

    pdf = pdf or _page()
    kept = dict(ged_online_pki._SIGNERS)
    ged_online_pki._SIGNERS.update(
        {name.lower(): (KEYS[name], ("ocsp", "crl"), {}) for name in keys}
    )
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        pki = ged_online_pki.OnlinePki(Path(folder))
        try:
            for name in keys:
                bare = _rate(_bare(pki.key(name.lower())), seconds_per_case / 2)
                for level in levels:
                    sealer = Sealer(
                        SealSettings(
                            pki.pkcs12(name.lower()),
                            ged_pki.PASSWORD,
                            level=level,
                            tsa_urls=(pki.tsa_url(),),
                            trust_roots=(pki.der("root"),),
                        )
                    )
                    first = sealer.seal(pdf)
                    if first.level != level:
                        raise RuntimeError(f"{name} {level}: {first.degraded}")
                    rate = _rate(lambda one=sealer: one.seal(pdf), seconds_per_case)
                    rows.append(
                        {
                            "key": name,
                            "level": level,
                            "seals_per_second": rate,
                            "ms": 1000 / rate,
                            "bare_per_second": bare,
                            "ratio": rate / bare,
                            "tokens": {"B-B": 0, "B-LTA": 2}.get(level, 1),
                        }
                    )
        finally:
            pki.close()
            ged_online_pki._SIGNERS.clear()
            ged_online_pki._SIGNERS.update(kept)
    return rows


def _page():
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def _bare(key):
    data = bytes(200)
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda: key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return lambda: key.sign(data, ec.ECDSA(hashes.SHA256()))


def _rate(work, seconds):
    count, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        work()
        count += 1
    return count / passed


def table(rows):
    """Return the rows as lines of text."""
    lines = [f"{'key':<10}{'level':<7}{'seals/s':>9}{'ms':>8}{'bare/s':>9}{'ratio':>8}"]
    for row in rows:
        lines.append(
            f"{row['key']:<10}{row['level']:<7}{row['seals_per_second']:>9.0f}"
            f"{row['ms']:>8.1f}{row['bare_per_second']:>9.0f}{row['ratio']:>8.3f}"
        )
    return lines


if __name__ == "__main__":
    print("\n".join(table(run(seconds_per_case=float((sys.argv[1:] or ["2"])[0])))))
