# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Our client against the qualification platform of Chorus Pro (docs/chorus-live.md).

The same tests run against the simulator each time, so that they are known to work on
the day when somebody has an account.
"""

import time

import pytest

from tests.support.chorus_live import (
    live_site,
    missing_variables,
    simulated_site,
)
from tests.support.cii import BUYER, SUPPLIER, make_pdf, make_xml

FACTURX = "IN_DP_E2_CII_FACTURX"
FINAL = ("IN_INTEGRE", "IN_INTEGRE_PARTIEL", "IN_REJETE", "IN_INCIDENTE")
ASKED = 60


@pytest.fixture(
    params=["simulator", pytest.param("live", marks=pytest.mark.chorus_live)]
)
def site(request):
    """The simulator, or the real platform for qualification."""
    if request.param == "live":
        missing = missing_variables()
        if missing:
            pytest.skip(f"no account at Chorus Pro: {', '.join(missing)}")
        return live_site()
    return simulated_site(request.getfixturevalue("chorus"), SUPPLIER, BUYER)


def send(site, number, **values):
    """Deposit an invoice and follow its flow: the last report."""
    xml = make_xml(
        number,
        supplier=site.supplier,
        buyer=site.buyer,
        **{
            "service": site.service,
            "engagement": site.engagement,
            "iban": site.iban,
            **values,
        },
    )
    receipt = site.client.deposit_flow(f"{number}.pdf", FACTURX, make_pdf(xml))
    for _question in range(ASKED):
        report = site.client.flow_report(receipt.number)
        if report.state in FINAL:
            return report
        time.sleep(site.patience)
    raise AssertionError(f"{receipt.number} is still {report.state}")


def new_number(prefix):
    """A number that no test used before."""
    return f"{prefix}{time.time_ns() // 10**6 % 10**10}"


def test_access(site):
    results = site.client.check()
    assert [result for result in results if result.ok is not True] == []


def test_directory(site):
    (found,) = site.client.structures(siret=site.buyer)
    assert found.siret == site.buyer
    structure = site.client.structure(found.id)
    assert structure.name
    services = list(site.client.services(found.id))
    codes = {service.code for service in services}
    assert "FACTURES_PUBLIQUES" not in codes
    if site.service:
        assert site.service in codes


def test_an_invoice_is_integrated(site):
    number = new_number("DEMAT")
    report = send(site, number)
    assert (report.state, report.errors) == ("IN_INTEGRE", ()), report
    for _question in range(ASKED):
        found = list(site.client.search_invoices(number=number))
        if found:
            break
        time.sleep(site.patience)
    (invoice,) = found
    assert (invoice.number, invoice.flow) == (number, report.number)
    history = site.client.history(invoice.id)
    assert history.number == number
    assert "DEPOSEE" in [step.code for step in history.steps]


def test_an_invoice_is_refused(site):
    """Without a means of payment: the report names the field."""
    number = new_number("DEMATX")
    report = send(site, number, means="")
    assert report.state == "IN_REJETE"
    (error,) = report.errors
    assert error.number == number
    assert any("TypeCode" in message for message in error.messages)


def test_nobody_has_that_number(site):
    assert list(site.client.search_invoices(number=new_number("NONE"))) == []
