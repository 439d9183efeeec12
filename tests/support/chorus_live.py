# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the tests need to know of an account at the real qualification platform."""

import os
from dataclasses import dataclass

import demat_lib_chorus_edi.client as chorus_client
from demat_lib_chorus_edi.platforms import PLATFORMS, Platform

from .cii import IBAN

PREFIX = "DEMAT_CHORUS_LIVE_"
NEEDED = ("CLIENT_ID", "CLIENT_SECRET", "LOGIN", "PASSWORD", "SUPPLIER", "BUYER")
OPTIONAL = ("SERVICE", "ENGAGEMENT", "IBAN")


@dataclass(frozen=True)
class Site:
    """A platform to try: a client of it, and who sends what to whom."""

    client: object
    supplier: str
    buyer: str
    service: str = ""
    engagement: str = ""
    iban: str = IBAN
    patience: float = 0.0


def missing_variables():
    """Names of the variables without which nothing can be tried."""
    return [PREFIX + name for name in NEEDED if not os.environ.get(PREFIX + name)]


def live_site():
    """The qualification platform, never production, with what the environment says."""
    values = {name: os.environ.get(PREFIX + name, "") for name in NEEDED + OPTIONAL}
    credentials = chorus_client.Credentials(
        *(values[name] for name in ("CLIENT_ID", "CLIENT_SECRET", "LOGIN", "PASSWORD"))
    )
    return Site(
        chorus_client.Client(PLATFORMS["qualification"], credentials),
        supplier=values["SUPPLIER"],
        buyer=values["BUYER"],
        service=values["SERVICE"],
        engagement=values["ENGAGEMENT"],
        iban=values["IBAN"] or IBAN,
        patience=20.0,
    )


def simulated_site(simulator, supplier, buyer):
    """The same of a :class:`tests.support.chorus.Simulator`."""
    platform = Platform(token_url=simulator.token_url, api_url=simulator.api_url)
    credentials = chorus_client.Credentials(
        simulator.client_id,
        simulator.client_secret,
        simulator.login,
        simulator.password,
    )
    return Site(chorus_client.Client(platform, credentials), supplier, buyer)
