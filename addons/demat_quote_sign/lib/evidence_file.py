# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The evidence of a signature as a machine reads it, and how to check it by hand.

The evidence file is a PDF that holds, as attachments, the signed document and
``evidence.json``. With these and public tools everything can be checked again, without
this program and without the company that sent the quote.
"""

import json
import shlex
from collections.abc import Mapping

__all__ = ["FORMAT", "JSON_NAME", "Check", "checks", "dump", "journal"]

FORMAT = "demat-quote-evidence-1"
JSON_NAME = "evidence.json"
_GENESIS = "0" * 64

_JOURNAL = (
    "import json,hashlib as h;j=json.load(open('evidence.json'))['journal'];"
    "print(all(h.sha256(e['hashed'].encode()).hexdigest()==e['sha256'] for e in j)"
    " and all(b['hashed'][:64]==a['sha256'] for a,b in zip(j,j[1:])))"
)
_TERMS = (
    "import json,hashlib as h;t=json.load(open('evidence.json'))['terms'];"
    "print(h.sha256(t['text'].encode()).hexdigest())"
)


class Check:
    """One thing that an auditor does.

    :param key: which one; the words are the caller's
    :param command: as typed in a shell
    :param expected: what it has to print, or a part of it; empty: see the words
    """

    def __init__(self, key: str, command: str, expected: str = ""):
        self.key, self.command, self.expected = key, command, expected


def checks(facts: Mapping) -> list[Check]:
    """Return the checks for one evidence file, in their order.

    :param facts: ``evidence_name``, ``signed_name``, ``signed_sha256``,
        ``frozen_size``, ``frozen_sha256``, ``terms_sha256`` (empty without terms),
        ``sealed``
    """
    evidence = shlex.quote(facts["evidence_name"])
    signed = shlex.quote(facts["signed_name"])
    found = [
        Check("extract", f"pdfdetach -saveall {evidence}"),
        Check("signed", f"sha256sum {signed}", facts["signed_sha256"]),
        Check(
            "shown",
            f"head -c {facts['frozen_size']} {signed} | sha256sum",
            facts["frozen_sha256"],
        ),
    ]
    if facts["sealed"]:
        found += [
            Check("signatures", f"pdfsig {signed}", "Signature is Valid"),
            Check("seal", f"pdfsig {evidence}", "Signature is Valid"),
            Check(
                "certificate",
                f"pdfsig -dump {signed} && openssl pkcs7 -inform DER -print_certs "
                f"-noout -in {signed}.sig0",
                "subject=",
            ),
        ]
    found.append(Check("journal", f'python3 -c "{_JOURNAL}"', "True"))
    if facts["terms_sha256"]:
        found.append(
            Check("terms", f'python3 -c "{_TERMS}"', facts["terms_sha256"]),
        )
    return found


def journal(events) -> list[dict]:
    """Return the lines of a journal as they stand in ``evidence.json``.

    :param events: ``(number, previous hash or empty, canonical JSON text, hash)``, as
        ``ged_archive.lib.hashing.link`` made them
    """
    return [
        {
            "number": number,
            "hashed": f"{previous or _GENESIS}\n{text}",
            "sha256": digest,
        }
        for number, previous, text, digest in events
    ]


def dump(evidence: Mapping) -> bytes:
    """Write ``evidence.json``: UTF-8, to be read by people too."""
    data = {"format": FORMAT, **evidence}
    return (
        json.dumps(data, ensure_ascii=False, indent=1, default=_text).encode() + b"\n"
    )


def _text(value):
    """Times are naive UTC, as the host stores them."""
    return f"{value.isoformat()}Z" if hasattr(value, "hour") else value.isoformat()
