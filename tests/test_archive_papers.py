# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The papers that the archive draws are PDF/A-3 before and after each seal level.

Evidence sheet, verification report, certificate of destruction and the PDFs of an
export, drawn by a real server, judged by veraPDF. The archive seals them with keys and
services of a test authority.
"""

import base64

import pytest

from tests.support.pki import load, pem

LEVELS = ("none", "B-B", "B-T", "B-LT", "B-LTA")
LANGUAGES = ("fr_FR", "en_US")

DRAW = """
import base64, io, zipfile
from datetime import date, timedelta
from odoo.addons.ged_archive.tests.common import make_pdf

company = env.company
company.partner_id.lang = lang
company.email = "archive@papiers.example"
env = env(context={**env.context, "lang": lang, "allowed_company_ids": company.ids})
company = env.company
company.ged_seal_profile_id = level != "none" and env["ged.seal.profile"].create({
    "name": level, "company_id": company.id, "password": password, "level": level,
    "pkcs12": pkcs12, "tsa_url": level != "B-B" and tsa_url, "trust_roots": roots,
})
env.cr.commit()
sealer = company._ged_get_sealer()
customer = env["res.partner"].create({"name": "Menuiserie Œuvre & Façade — Łódź"})

def archive(name, **values):
    pdf = make_pdf(name)
    seal = {"seal": sealer.seal(pdf)} if sealer else {"content": pdf}
    return env["ged.document"]._archive([{
        "name": name, "filename": f"{name}.pdf", "company_id": company.id,
        "partner_id": customer.id, "site_name": "Résidence des Tilleuls",
        **seal, **values,
    }])

kinds = env["ged.kind"].search([]).mapped("code")
kept = env["ged.document"]
for code in kinds:
    kept |= archive(f"{level}-{code}", kind=code)
yesterday = date.today() - timedelta(days=1)
ended = archive(f"{level}-ended", kind="invoice", retention_until=yesterday)
env.cr.commit()
env["ged.chain"]._cron_chain_pending()
papers = {"sheet": kept._render_evidence_sheet()}

people = [
    env["res.users"].create({
        "name": f"{level} {number}", "login": f"{level}-{number}", "lang": lang,
        # they are told of the list of destruction, by each other
        "email": f"{level}-{number}@papiers.example",
        "group_ids": [
            (4, env.ref("base.group_user").id),
            (4, env.ref("ged_archive.group_ged_manager").id),
        ],
        "company_id": company.id, "company_ids": [(6, 0, company.ids)],
    })
    for number in range(2)
]
one = env["ged.destruction"].with_user(people[0])._new_list(ended.with_user(people[0]))
one._decide("propose")
one._decide("approve", "read")
one.with_user(people[1])._decide("approve")
one.action_execute()
papers["certificate"] = one.sudo().certificate_id._get_content()
assert not ended.attachment_id, "the content is destroyed"

env["ged.verification"]._request(company)
env.cr.commit()
env["ged.verification"]._cron_verify()
found = env["ged.verification"].search([], limit=1)
messages = found.line_ids.mapped("message")
assert (found.state, found.problem_count) == ("done", 0), messages
assert found.report_id.mimetype == "application/pdf"
papers["report"] = found.report_id._get_content()
assert found.report_id.seal_level == level, found.report_id.seal_note

exported = kept[:2] | found.report_id
export = env["ged.export"].create({
    "company_id": company.id, "with_sheets": True,
    "document_ids": [(6, 0, exported.ids)],
})
file = io.BytesIO()
export._write_zip(file)
with zipfile.ZipFile(file) as opened:
    for name in opened.namelist():
        if name.endswith(".pdf") and name.startswith("evidence_sheets/"):
            papers[name] = opened.read(name)
env.cr.commit()
result = {name: base64.b64encode(data).decode() for name, data in papers.items()}
"""


@pytest.fixture(scope="module")
def server(make_server, demat_template):
    return make_server(demat_template)


@pytest.mark.conformance
@pytest.mark.parametrize("level", LEVELS)
def test_papers(server, online_pki, verapdf, level):
    turn = LEVELS.index(level)
    papers = server.run(
        DRAW,
        level=level,
        lang=LANGUAGES[turn % 2],
        pkcs12=base64.b64encode(
            online_pki.pkcs12("signer-ec" if turn % 2 else "signer")
        ).decode(),
        password=load("ged_pki").PASSWORD,
        tsa_url=online_pki.tsa_url(),
        roots=base64.b64encode(pem(online_pki, "root", "interm")).decode(),
    )
    assert len(papers) == 3 + 3
    broken = {}
    for name, data in papers.items():
        pdf = base64.b64decode(data)
        assert pdf.startswith(b"%PDF"), name
        assert (b"/ByteRange" in pdf) == (level != "none"), name
        if rules := verapdf.check(pdf):
            broken[name] = rules
    assert broken == {}
