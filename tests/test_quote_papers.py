# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The papers of a signed quote, at each seal level: PDF/A-3, and worth what they say.

Frozen quote, signed quote and evidence file are made by a real server, sealed with keys
and services of a test authority, judged by veraPDF and pyHanko. An auditor who has
nothing but the evidence file re-does its checks with public tools, as it tells him to.
"""

import base64
import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.pki import load, pem

LEVELS = ("none", "B-B", "B-T", "B-LTA")
LANGUAGES = ("fr_FR", "en_US")

SIGN = """
import base64, io
from PIL import Image, ImageDraw
from odoo.fields import Command, Datetime

company = env.company
company.write({
    "name": "Charpentes du Val Clair", "email": "devis@valclair.example",
    "demat_sign_code": "never", "demat_sign_bon_pour_accord": True,
})
env["ir.config_parameter"].set_param("report.print_delay", "0")
company.ged_seal_profile_id = level != "none" and env["ged.seal.profile"].create({
    "name": level, "company_id": company.id, "password": password, "level": level,
    "pkcs12": pkcs12, "tsa_url": level not in ("none", "B-B") and tsa_url,
    "trust_roots": roots, "visible": level == "B-T",
})
company.demat_sign_terms_id = env["demat.sign.terms"].create({
    "name": "Conditions générales de vente", "company_id": company.id,
    "body": "<h3>1. Prix</h3><p>Les prix sont fermes pendant 30 jours — “nets”.</p>",
})
customer = env["res.partner"].create({
    "name": "Mairie de Saint-Aubin & Œuvres", "is_company": True, "lang": lang,
    "email": "mairie@saint-aubin.example", "street": "1 place de l’Église",
})
site = env["project.project"].create({
    "name": "École <b>Ferry</b>", "allow_billable": True, "company_id": company.id,
})
product = env["product.product"].create({"name": "Charpente en douglas"})
order = env["sale.order"].create({
    "partner_id": customer.id, "company_id": company.id, "project_id": site.id,
    "order_line": [
        Command.create({
            "product_id": product.id, "name": f"Ferme n° {number}",
            "product_uom_qty": number, "price_unit": 480.5,
        })
        for number in range(1, 9)
    ],
})
env["demat.consent"]._record(
    customer, kinds=["quote"], action="given", means="contract", company=company
)
env.cr.commit()
requests = env["demat.sign.request"]
deal = requests._prepare(
    order,
    [
        {"name": "Claire Fontaine", "email": "maire@saint-aubin.example",
         "email_origin": "contact", "role": "Maire", "phone": "+33 6 12 34 56 78",
         "sequence": 1},
        {"name": "Jean-Baptiste <i>Œuvrard</i>", "email": "jb@saint-aubin.example",
         "email_origin": "site", "role": "Directeur des services", "sequence": 2},
    ],
    terms_id=company.demat_sign_terms_id.id,
    bon_pour_accord=True,
    in_order=True,
    expires_on="2099-12-31 22:00:00",
)
deal._send()
env.cr.commit()

image = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
ImageDraw.Draw(image).line(
    [(20, 150), (90, 40), (130, 160), (220, 60), (300, 140), (580, 90)],
    fill=(10, 30, 120, 255), width=6, joint="curve",
)
picture = io.BytesIO()
image.save(picture, "PNG")
for signatory, method in zip(deal.signatory_ids, ("draw", "type")):
    signatory.terms_accepted_at = Datetime.now()
    deal._record_event("terms_accepted", signatory=signatory, ip="2001:db8::7")
    deal._sign(
        signatory, image=picture.getvalue(), method=method, ip="2001:db8::7",
        agent="Mozilla/5.0 (Linux; Android 16) Mobile", approval="Bon pour accord",
        shown_sha256=deal.frozen_sha256,
    )
    env.cr.commit()
assert deal.state == "signed" and order.state == "sale", (deal.state, order.state)
assert env["demat.sign.event"]._verify(deal) == []
papers = {
    "frozen": deal.document_id, "signed": deal.signed_document_id,
    "evidence": deal.evidence_document_id,
}
result = {
    "papers": {
        name: base64.b64encode(one._get_content()).decode()
        for name, one in papers.items()
    },
    "problems": [one._seal_problem() for one in papers.values()],
    "levels": [one.seal_level for one in papers.values()],
    "name": deal.evidence_document_id.filename,
    "checks": deal._evidence_checks(sealed=level != "none"),
    "sha256": {name: one.sha256 for name, one in papers.items()},
}
"""


@pytest.fixture(scope="module")
def server(make_server, demat_template):
    return make_server(demat_template)


@pytest.fixture(scope="module")
def made(server, online_pki):
    """What was made at a level, once for all tests."""
    found = {}

    def make(level):
        if level not in found:
            turn = LEVELS.index(level)
            found[level] = server.run(
                SIGN,
                level=level,
                lang=LANGUAGES[turn % 2],
                pkcs12=base64.b64encode(online_pki.pkcs12("signer-ec")).decode(),
                password=load("ged_pki").PASSWORD,
                tsa_url=online_pki.tsa_url(),
                roots=base64.b64encode(pem(online_pki, "root", "interm")).decode(),
            )
            keep(level, found[level])
        return found[level]

    return make


def keep(level, result):
    """For looking at them."""
    folder = os.environ.get("DEMAT_SCREENSHOTS")
    for name, data in result["papers"].items() if folder else ():
        path = Path(folder) / f"quote-{name}-{level}.pdf"
        path.write_bytes(base64.b64decode(data))


def bytes_of(result):
    return {name: base64.b64decode(data) for name, data in result["papers"].items()}


@pytest.mark.conformance
@pytest.mark.parametrize("level", LEVELS)
def test_pdfa(made, verapdf, level):
    broken = {
        name: rules
        for name, pdf in bytes_of(made(level)).items()
        if (rules := verapdf.check(pdf))
    }
    assert broken == {}


@pytest.mark.parametrize("level", LEVELS)
def test_seals(made, online_pki, level):
    from demat_lib_ged_archive.verify import inspect_seals

    result = made(level)
    assert result["problems"] == [False] * 3
    assert result["levels"] == [level] * 3
    files = bytes_of(result)
    assert files["signed"].startswith(files["frozen"])
    reports = {
        name: inspect_seals(pdf, (online_pki.der("root"),))
        for name, pdf in files.items()
    }
    fields = {name: [one.field for one in found] for name, found in reports.items()}
    if level == "none":
        assert not any(fields.values())
        return
    assert fields == {
        "frozen": ["Seal"],
        "signed": ["Seal", "Signatory1", "Signatory2"],
        "evidence": ["Seal"],
    }
    for one in (one for found in reports.values() for one in found):
        assert (one.ok, one.trusted, one.level, one.errors) == (True, True, level, ())


@pytest.mark.parametrize("level", LEVELS)
def test_auditor_has_only_the_evidence_file(made, tmp_path, level):
    """He does what the file says, and finds what it says."""
    result = made(level)
    (tmp_path / result["name"]).write_bytes(bytes_of(result)["evidence"])
    checks = result["checks"]
    assert len(checks) == (5 if level == "none" else 8)
    for words, command, expected in checks:
        done = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, (words, done.stderr)
        assert expected in done.stdout, (words, command)
    read = json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8"))
    assert read["signed"]["sha256"] == result["sha256"]["signed"]
    assert [one["name"] for one in read["signatories"]] == [
        "Claire Fontaine",
        "Jean-Baptiste <i>Œuvrard</i>",
    ]
    types = [json.loads(one["hashed"].split("\n", 1)[1]) for one in read["journal"]]
    assert [one["type"] for one in types][-2:] == ["signed", "completed"]


def test_auditor_finds_a_changed_file(made, tmp_path):
    """The same checks, of an evidence file whose parts somebody changed."""
    result = made("B-B")
    (tmp_path / result["name"]).write_bytes(bytes_of(result)["evidence"])
    checks = {
        command.split()[0]: (command, want) for _, command, want in result["checks"]
    }

    def finds(command, expected):
        done = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True
        )
        return expected not in done.stdout

    subprocess.run(["sh", "-c", checks["pdfdetach"][0]], cwd=tmp_path, check=True)
    (signed,) = tmp_path.glob("*-sign*.pdf")
    content = signed.read_bytes()
    place = content.index(b"stream") + 40
    signed.write_bytes(content[:place] + b"\0" + content[place + 1 :])
    assert finds(*checks["sha256sum"])
    assert finds(*checks["head"])
    journal = tmp_path / "evidence.json"
    text = journal.read_text(encoding="utf-8")
    python = [
        (command, want) for _, command, want in result["checks"] if "journal" in command
    ]
    journal.write_text(text.replace("2001:db8::7", "2001:db8::8"), encoding="utf-8")
    assert finds(*python[0])
    without = json.loads(text)
    del without["journal"][2]
    journal.write_text(json.dumps(without), encoding="utf-8")
    assert finds(*python[0])


def test_nothing_is_run_of_what_people_wrote(made, tmp_path):
    """Names and sites with HTML show as text."""
    path = tmp_path / "evidence.pdf"
    path.write_bytes(bytes_of(made("B-B"))["evidence"])
    text = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Jean-Baptiste <i>Œuvrard</i>" in text
    assert "École <b>Ferry</b>" in text
