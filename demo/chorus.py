# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The firm at the simulated Chorus Pro, with a public customer and its services."""

import json
import time
import urllib.request

TOKEN_PATH = "/api/oauth/token"
CREDENTIALS = {
    "login": "TECH_1_9973104200012@cpro.fr",
    "password": "simulateur",
    "client_id": "valcombe",
    "client_secret": "simulateur",
}
SERVICES = (
    {"code": "VOIRIE", "name": "Voirie et bâtiments", "engagement": True},
    {"code": "ECOLES", "name": "Affaires scolaires"},
    {"code": "CULTURE", "name": "Culture et patrimoine", "active": False},
)
REASON = "Merci de joindre le procès-verbal de réception signé."
QUESTIONS = 30
ENGAGEMENTS = ("EJ2026-0418", "EJ2026-0502")


def set_up(env, company, customer, url):
    """Connect the company and make the customer a public entity, as Chorus Pro has it.

    :param url: address of the simulator, without a path
    :return: ``chorus.account``
    """
    supplier = company.company_registry
    tell(url, account={**CREDENTIALS, "sirets": [supplier]})
    tell(url, structure={"siret": supplier, "name": company.name, "public": False})
    tell(
        url,
        structure={
            "siret": customer.company_registry,
            "name": customer.name,
            "service": True,
            "services": SERVICES,
            "engagements": ENGAGEMENTS,
        },
    )
    account = env["chorus.account"].create(
        {
            "company_id": company.id,
            "platform": "other",
            "token_url": f"{url}{TOKEN_PATH}",
            "api_url": url,
            **CREDENTIALS,
        }
    )
    client = account._chorus_client()
    structure = env["chorus.structure"]._bring(customer.company_registry, client)
    customer._chorus_become_public(structure)
    customer.chorus_service_id = structure.service_ids.filtered(
        lambda service: service.code == "ECOLES"
    )
    return account


def live_on(env, url, clerk, move):
    """An invoice is taken in, then its recipient suspends it; the clerk knows why.

    :raise RuntimeError: Chorus Pro does not have it after all these questions
    """
    env["chorus.flow"]._cron_deposit()
    _ask_until(env, clerk, move, "with_recipient")
    suspend(url, move.name, REASON)
    _ask_until(env, clerk, move, "suspended")


def _ask_until(env, clerk, move, state):
    """Ask as the clerk's button does; each question brings the simulator on a step."""
    for _question in range(QUESTIONS):
        # the job of the running server may be depositing it at this moment
        time.sleep(1)
        env.cr.commit()
        env.invalidate_all()
        move.with_user(clerk).action_chorus_ask()
        if move.sudo().chorus_invoice_ids.state == state:
            return
    found = move.sudo().chorus_invoice_ids.state
    raise RuntimeError(f"the demo invoice {move.name} is {found}, not {state}")


def suspend(url, number, reason):
    """The recipient asks for something."""
    tell(url, act={"invoice": number, "status": "SUSPENDUE", "comment": reason})


def tell(url, **commands):
    """Send commands to the control side of the simulator."""
    request = urllib.request.Request(
        f"{url}/control",
        json.dumps(commands).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()
