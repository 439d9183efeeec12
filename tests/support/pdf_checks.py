# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Checks of a sent file by others than our own code: pyHanko, poppler, factur-x."""

import io
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

_FACTURX = Path(sys.executable).parent
_STANDARD = "urn:un:unece:uncefact:data:standard"
NAMESPACES = {
    "rsm": f"{_STANDARD}:CrossIndustryInvoice:100",
    "ram": f"{_STANDARD}:ReusableAggregateBusinessInformationEntity:100",
}
NUMBER = "/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:ID"
TOTAL = "//ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:GrandTotalAmount"


@dataclass(frozen=True)
class Signature:
    """What pyHanko says about the one signature of a file."""

    intact: bool
    whole_file: bool
    unmodified: bool
    certified: bool
    signer: str


def pyhanko_signature(pdf):
    """Verify the only signature; its own certificate is the root of trust."""
    # in a thread of its own: the browser's event loop runs in this one
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_pyhanko_signature, pdf).result()


def _pyhanko_signature(pdf):
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.fields import MDPPerm
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    [signature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    context = ValidationContext(
        trust_roots=[signature.signer_cert], allow_fetching=False
    )
    status = validate_pdf_signature(signature, context)
    return Signature(
        intact=status.intact and status.valid and status.trusted,
        whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        unmodified=status.modification_level == ModificationLevel.NONE,
        certified=signature.docmdp_level == MDPPerm.NO_CHANGES,
        signer=signature.signer_cert.subject.native["common_name"],
    )


def poppler_signature(path):
    """(report, number of valid signatures) of poppler's ``pdfsig``."""
    report = _poppler("pdfsig", "-nocert", path)
    return report, len(re.findall(r"Signature is Valid\.", report))


def poppler_attachment(path, name):
    """Bytes of an embedded file, taken out by poppler's ``pdfdetach``."""
    target = path.with_suffix(".xml")
    _poppler("pdfdetach", "-savefile", name, "-o", target, path)
    return target.read_bytes()


def poppler_text(path):
    """Text of the pages, by poppler's ``pdftotext``."""
    return _poppler("pdftotext", "-layout", path, "-")


def embedded_invoice(path):
    """(XML, number, total) of the electronic invoice, by the factur-x library's tools.

    They run apart: what Odoo does to the import of modules breaks that library. They
    check XSD and Schematron.
    """
    from lxml import etree

    target = path.with_name("factur-x.xml")
    _run(_FACTURX / "facturx-pdfextractxml", path, target)
    _run(_FACTURX / "facturx-xmlcheck", "-f", "factur-x", "-n", "en16931", target)
    xml = target.read_bytes()
    root = etree.fromstring(xml)
    [number] = root.xpath(NUMBER, namespaces=NAMESPACES)
    [total] = root.xpath(TOTAL, namespaces=NAMESPACES)
    return xml, number.text, float(total.text)


def _poppler(tool, *arguments):
    if not shutil.which(tool):
        pytest.fail(f"no {tool}: apt-get install poppler-utils")
    return _run(tool, *arguments)


def _run(*command):
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
