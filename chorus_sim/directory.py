# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Public structures with their services, and the suppliers: the data set of the tests.

The SIRETs are those of the qualification platform that clients published: they are not
all valid by the formula of Luhn.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

NOT_FOR_SUPPLIERS = "FACTURES_PUBLIQUES"
SINCE = datetime(2017, 1, 1, tzinfo=UTC)


@dataclass
class Service:
    """A service of a structure; ``engagement``: it demands one by itself."""

    id: int
    code: str
    name: str
    active: bool = True
    engagement: bool = False
    since: datetime = SINCE
    until: datetime | None = None


@dataclass
class Structure:
    """A structure of the directory, with what it demands of an invoice."""

    id: int
    siret: str
    name: str
    service: bool = False
    engagement: bool = False
    either: bool = False
    reports_payment: bool = True
    active: bool = True
    public: bool = True
    services: list = field(default_factory=list)
    engagements: list = field(default_factory=list)
    kind: str = "SIRET"
    password_expires: str = ""

    def find(self, code):
        """The service of that code, or None."""
        return next((item for item in self.services if item.code == code), None)


class Directory:
    """All structures, by their internal id."""

    def __init__(self):
        self._by_id = {}
        self._next = 25000000
        for values in DATA_SET:
            self.add(**values)

    def add(self, siret, name, services=(), **values):
        """Add a structure, or replace the one with that SIRET.

        :param services: of ``{"code", "name", …}``: see :class:`Service`
        :raise ValueError: the structure has a field that does not exist
        """
        known = self.by_siret(siret)
        number = known.id if known else self._number()
        try:
            made = [Service(id=self._number(), **dict(item)) for item in services]
            structure = Structure(number, siret, name, services=made, **values)
        except TypeError as error:
            raise ValueError(str(error)) from error
        self.put(structure)
        return structure

    def put(self, structure):
        """Keep a structure under its own id, instead of the one with that SIRET."""
        known = self.by_siret(structure.siret)
        if known:
            del self._by_id[known.id]
        self._by_id[structure.id] = structure
        numbers = [structure.id, *(service.id for service in structure.services)]
        self._next = max(self._next, *numbers)

    def _number(self):
        self._next += 1
        return self._next

    def all(self):
        return list(self._by_id.values())

    def by_siret(self, siret):
        """The structure of a SIRET, or None."""
        found = (item for item in self._by_id.values() if item.siret == siret)
        return next(found, None)

    def get(self, number):
        """The structure of an internal id, or None."""
        return self._by_id.get(number)

    def change(self, siret, **values):
        """Change fields of a structure."""
        structure = replace(self.by_siret(siret), **values)
        self._by_id[structure.id] = structure
        return structure


def _many(count):
    return [
        {"code": f"SERVICE_{number:02d}", "name": f"Service n° {number}"}
        for number in range(1, count + 1)
    ]


DATA_SET = (
    {"siret": "33254021516357", "name": "Fournisseur du jeu d’essai", "public": False},
    {"siret": "26073617692140", "name": "Second fournisseur", "public": False},
    {
        "siret": "12345678200051",
        "name": "Destinataire sans exigence",
        "services": [
            {"code": NOT_FOR_SUPPLIERS, "name": "Factures entre entités publiques"},
            {"code": "ACCUEIL", "name": "Accueil"},
        ],
    },
    {
        "siret": "12345678200036",
        "name": "Destinataire à engagement",
        "engagement": True,
        "engagements": ["EJ-2026-0001", "1234567890"],
    },
    {
        "siret": "12345678200028",
        "name": "Destinataire à service",
        "service": True,
        "services": [
            {"code": "SERVICE_DEST_SERV_OBL", "name": "Service destinataire"},
            {
                "code": "SERVICE_EJ_OBL",
                "name": "Service qui demande un engagement",
                "engagement": True,
            },
            {"code": "SERVICE_FERME", "name": "Service fermé", "active": False},
            {"code": NOT_FOR_SUPPLIERS, "name": "Factures entre entités publiques"},
        ],
    },
    {
        "siret": "12345678200044",
        "name": "Destinataire à service et engagement",
        "service": True,
        "engagement": True,
        "services": [{"code": "SERVICE_DEST_TOUT", "name": "Service destinataire"}],
        "engagements": ["EJ-2026-0002"],
    },
    {
        "siret": "99986401570264",
        "name": "Destinataire à service ou engagement",
        "either": True,
        "services": _many(37),
    },
    {
        "siret": "11000201100044",
        "name": "État – destinataire du jeu d’essai",
        "service": True,
        "services": [
            {"code": f"FAC{number:04d}075", "name": f"Service exécutant {number}"}
            for number in range(1, 13)
        ],
        "engagements": ["1300000001"],
    },
    {
        "siret": "12345678200069",
        "name": "Destinataire fermé",
        "active": False,
    },
    {
        "siret": "12345678200077",
        "name": "Destinataire qui ne dit pas le paiement",
        "reports_payment": False,
    },
)
