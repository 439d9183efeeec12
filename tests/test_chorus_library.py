# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The client without Odoo against the simulated Chorus Pro: lost answers, pages, acts.

What a caller may rely on when something goes wrong: nothing is sent twice by the
client, and what arrived is found.
"""

import time
from datetime import UTC, datetime, timedelta

import demat_lib_chorus_edi.client as chorus_client
import pytest
from demat_lib_chorus_edi import checks, codes, errors, packages
from demat_lib_chorus_edi.platforms import Platform

from tests.support.chorus_live import simulated_site
from tests.support.cii import BUYER, SUPPLIER, make_pdf, make_xml

CII = "IN_DP_E1_CII_16B"
SERVICE_BUYER = "12345678200028"
ENGAGEMENT_BUYER = "12345678200036"


@pytest.fixture
def client(chorus):
    return simulated_site(chorus, SUPPLIER, BUYER).client


def integrate(client, files, syntax=CII):
    """Deposit files and wait for the end of their flow: its last report."""
    content = packages.tar_gz(files) if len(files) > 1 else files[0][1]
    receipt = client.deposit_flow("lot.tar.gz", syntax, content)
    for _question in range(10):
        report = client.flow_report(receipt.number)
        if codes.flow_state(report.state).final:
            return report
    raise AssertionError(report)


def one(client, number, **values):
    """An integrated invoice, as a search finds it."""
    report = integrate(client, [("f.xml", make_xml(number, **values))])
    assert report.state == "IN_INTEGRE", report
    (found,) = client.search_invoices(number=number)
    return found


def test_a_flow_of_many_is_found_in_small_pages(client):
    files = [(f"{number}.xml", make_xml(f"L-{number}")) for number in range(23)]
    report = integrate(client, files)
    assert codes.flow_state(report.state).outcome == "integrated"
    found = list(client.search_invoices(flow=report.number, page_size=5))
    assert sorted(one.number for one in found) == sorted(f"L-{n}" for n in range(23))
    assert client.calls["rechercher/fournisseur"] == 5
    state, pdf = client.flow_report_file(report.number)
    assert (state, pdf[:4]) == ("IN_INTEGRE", b"%PDF")


def test_a_part_of_a_flow_is_refused(client):
    files = [("a.xml", make_xml("P-1")), ("b.xml", make_xml("P-2", means=""))]
    report = integrate(client, files)
    assert codes.flow_state(report.state).outcome == "partial"
    (refused,) = report.errors
    assert (refused.number, refused.supplier) == ("P-2", SUPPLIER)
    assert any("TypeCode" in message for message in refused.messages)
    assert [found.number for found in client.search_invoices(flow=report.number)] == [
        "P-1"
    ]


@pytest.mark.parametrize(
    "fault, arrived",
    [
        ({"kind": "drop"}, True),
        ({"kind": "garbage"}, True),
        ({"kind": "slow", "seconds": 1.5}, True),
        ({"kind": "lose"}, False),
        ({"kind": "status", "status": 504}, False),
    ],
)
def test_a_lost_answer_is_settled_by_asking(chorus, fault, arrived):
    """The caller cannot tell the two apart: only the platform can."""
    platform = Platform(chorus.token_url, chorus.api_url)
    site = simulated_site(chorus, SUPPLIER, BUYER)
    credentials = site.client._transport._credentials
    client = chorus_client.Client(platform, credentials, timeout=(5, 0.5))
    chorus.control(fault={"operation": "deposer/flux", **fault})
    with pytest.raises(errors.OutcomeUnknown):
        client.deposit_flow("f.xml", CII, make_xml("U-1"))
    assert client.calls["deposer/flux"] == 1
    for flow in chorus.control()["flows"]:
        chorus.control(finish=flow["number"])
    found = list(client.search_invoices(number="U-1"))
    assert bool(found) is arrived


@pytest.mark.parametrize(
    "fault, error",
    [
        ({"kind": "status", "status": 429, "retry_after": 7}, errors.RetryLater),
        ({"kind": "status", "status": 403}, errors.FixCredentials),
        ({"kind": "code", "code": 20001, "label": "X"}, errors.Rejected),
    ],
)
def test_what_was_refused_was_not_done(chorus, client, fault, error):
    chorus.control(fault={"operation": "deposer/flux", **fault})
    with pytest.raises(error):
        client.deposit_flow("f.xml", CII, make_xml("R-1"))
    assert chorus.control()["flows"] == []
    assert integrate(client, [("f.xml", make_xml("R-1"))]).state == "IN_INTEGRE"


def test_a_token_that_ends_in_between(chorus, client):
    one(client, "T-1")
    for form in ("400", "401"):
        chorus.control(settings={"expired_token": form}, forget_tokens=True)
        assert [found.number for found in client.search_invoices(number="T-1")] == [
            "T-1"
        ]
    assert client.calls["token"] == 3


def test_suspended_completed_paid(chorus, client):
    invoice = one(client, "S-1")
    chorus.control(
        act={"invoice": "S-1", "status": "SUSPENDUE", "comment": "Manque le RIB"}
    )
    (changed,) = client.search_invoices(changed_from=invoice.changed_at)
    assert (changed.status, changed.id) == ("SUSPENDUE", invoice.id)
    file_id = client.add_file("rib.pdf", "application/pdf", b"%PDF-1.4")
    client.complete(invoice.id, "Voici le RIB", [(file_id, "RIB")])
    with pytest.raises(errors.Rejected) as caught:
        client.complete(invoice.id, "Encore")
    assert caught.value.label == "GDP_MSG_11.033"
    chorus.control(act={"invoice": "S-1", "status": "MISE_EN_PAIEMENT"})
    history = client.history(invoice.id)
    assert history.current == "MISE_EN_PAIEMENT"
    named = [step.code for step in history.steps]
    assert named[0] == "DEPOSEE"
    assert named[-3:] == ["SUSPENDUE", "COMPLETEE", "MISE_EN_PAIEMENT"]
    assert "Manque le RIB" in [step.comment for step in history.steps]
    assert codes.status(history.current).final


def test_a_long_history_in_pages(chorus, client):
    invoice = one(client, "H-1")
    for number in range(60):
        for status in ("SUSPENDUE", "MISE_A_DISPOSITION"):
            chorus.control(
                act={"invoice": "H-1", "status": status, "comment": str(number)}
            )
    history = client.history(invoice.id)
    assert client.calls["consulter/historique"] == 2
    asked = [step.comment for step in history.steps if step.code == "SUSPENDUE"]
    assert asked == [str(number) for number in range(60)]


def test_rejected_handled_and_recycled(chorus, client):
    rejected, recycled = one(client, "A-1"), one(client, "A-2")
    chorus.control(
        acts=[
            {"invoice": "A-1", "status": "REJETEE", "comment": "DOUBLON"},
            {"invoice": "A-2", "status": "A_RECYCLER", "comment": "CODE_ROUTAGE_ERR"},
        ]
    )
    client.handle_rejection([rejected.id])
    (handled,) = client.search_invoices(rejection_handled=True)
    assert handled.number == "A-1"
    assert [one.code for one in codes.reasons_in(handled.comment)] == ["DOUBLON"]
    with pytest.raises(errors.Rejected):
        client.recycle(rejected.id, BUYER)
    client.recycle(recycled.id, SERVICE_BUYER, "SERVICE_DEST_SERV_OBL")
    (sent,) = client.search_invoices(number="A-2")
    assert (sent.recipient, sent.service) == (SERVICE_BUYER, "SERVICE_DEST_SERV_OBL")


def test_the_directory(client):
    (found,) = client.structures(siret=SERVICE_BUYER)
    structure = client.structure(found.id)
    assert structure.service_required and not structure.engagement_required
    services = list(client.services(found.id))
    assert "FACTURES_PUBLIQUES" not in {service.code for service in services}
    for service in services:
        detail = client.service(found.id, service.id)
        assert detail.code == service.code
    (supplier,) = client.structures(siret=SUPPLIER)
    assert client.engagement_exists(supplier.id, "NOT THERE") is False


def test_nothing_changed_since(client):
    one(client, "N-1")
    later = datetime.now(UTC) + timedelta(minutes=5)
    assert list(client.search_invoices(changed_from=later)) == []


BROKEN = [
    {"means": ""},
    {"cadre": "B1"},
    {"number": "F" * 21},
    {"supplier": SUPPLIER[:9]},
    {"kind": "389"},
    {"gross": True},
    {"buyer": SERVICE_BUYER},
    {"buyer": ENGAGEMENT_BUYER},
]


@pytest.mark.parametrize("values", [{}, *BROKEN])
def test_our_rules_say_what_the_platform_says(client, values):
    """What the simulator refuses is found before, and the other way round."""
    values = {"number": f"C{time.time_ns() % 10**12}", **values}
    xml = make_xml(**values)
    (found,) = client.structures(siret=values.get("buyer", BUYER))
    demands = client.structure(found.id)
    problems = checks.check_invoice_xml(
        xml,
        luhn=False,
        service_required=demands.service_required,
        engagement_required=demands.engagement_required,
        either_required=demands.either_required,
    )
    report = integrate(client, [("f.pdf", make_pdf(xml))], codes.FACTURX)
    refused = codes.flow_state(report.state).outcome != "integrated"
    assert refused is any(problem.severity == "error" for problem in problems), (
        problems,
        report,
    )
