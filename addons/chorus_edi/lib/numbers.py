# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Numbers: SIRET, invoice number; names of flows and their files."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FlowName:
    """``<interface>_<application>_<flow id>[.<extension>]`` taken to pieces."""

    interface: str
    application: str
    flow: str
    extension: str = ""


def siret_problem(value: str, *, luhn: bool = True) -> str:
    """``""`` for a SIRET in order, else ``empty``, ``characters``, ``length`` or
    ``checksum``. ``luhn=False`` for the fictitious ones of the qualification. The
    establishments of La Poste (356000000) follow a rule of their own."""
    raise NotImplementedError


def number_problem(value: str) -> str:
    """``""`` for an invoice number that Chorus Pro takes, else ``empty``, ``length``
    (more than 20) or ``characters``."""
    raise NotImplementedError


def flow_id(application: str, interface: str, counter: int) -> str:
    """25 characters: application code (6), digits of the interface (4), counter."""
    raise NotImplementedError


def flow_name(
    interface: str, application: str, counter: int, extension: str = "tar.gz"
) -> str:
    """Name of the file of an EDI flow."""
    raise NotImplementedError


def split_flow_name(name: str) -> FlowName | None:
    """The parts of a flow's name, or ``None``; no path is taken for a name."""
    raise NotImplementedError


def return_interface(interface: str) -> str:
    """``FSO1117A`` → ``CSO1117A``: the interface code of the answer."""
    raise NotImplementedError


def invoice_file_name(number: str, extension: str = "pdf", prefix: str = "") -> str:
    """Name of one invoice's file; only letters, digits, ``-``, ``_`` and ``.``."""
    raise NotImplementedError
