# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Process that looks at the seals of one PDF; started by ``judge.py``.

Arguments: seconds of processor time, bytes of memory. Reads the PDF from standard
input, writes one JSON object ``{"problem": text or null, "seals": [...]}`` to standard
output, and ends. When it exceeds a limit it dies, which the caller notices.
"""

import importlib.util
import json
import sys
from pathlib import Path

#: Seals told of: a file with more was made to be tiresome.
MOST = 20
LONGEST = 300


def limit(seconds, memory):
    """Let the system end this process when it takes more than its share."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for what, wanted in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
        resource.setrlimit(what, (wanted, wanted))


def load_verify():
    """Import ``verify`` of the library around this script, without its addon."""
    folder = Path(__file__).resolve().parents[1]
    spec = importlib.util.spec_from_file_location(
        "ged_lib", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules["ged_lib"] = package
    spec.loader.exec_module(package)
    return importlib.import_module("ged_lib.verify")


def look(verify, pdf):
    reports = verify.inspect_seals(pdf)
    return [
        {
            "signer": report.signer[:LONGEST],
            "signed_at": report.signed_at and report.signed_at.isoformat(),
            "level": report.level,
            "intact": report.ok,
            "appended": report.intact and report.modification_ok and not report.ok,
            "fingerprint": report.fingerprint,
            "unjudged": verify.UNJUDGED_ARCHIVE_STAMP in report.remarks,
        }
        for report in reports[:MOST]
    ]


def main(seconds, memory):
    verify = load_verify()
    limit(seconds, memory)
    pdf = sys.stdin.buffer.read()
    answer = {"problem": None, "seals": []}
    try:
        answer["seals"] = look(verify, pdf)
    except verify.InvalidDocumentError as error:
        answer["problem"] = str(error)[:LONGEST]
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
