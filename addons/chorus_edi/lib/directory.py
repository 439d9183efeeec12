# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The operations on structures, services and engagements."""

from . import errors, parsing
from .answers import ServiceDetail, Structure
from .operations import Operations, filled, int_id, page_of
from .paging import read_all, rows_of

__all__ = ["DirectoryOperations"]

#: Of public-to-public invoices; no supplier may use it.
RESERVED_SERVICE = "FACTURES_PUBLIQUES"
PAGE_SIZE = 100
#: Services come in larger pages in every known client.
SERVICE_PAGE_SIZE = 1000


class DirectoryOperations(Operations):
    """Read only."""

    def structures(self, siret=None, name=None):
        """Yield every :class:`Structure` of a search, all pages.

        :raises ValueError: neither of the criteria
        """
        if not siret and not name:
            raise ValueError("search by SIRET or by name")
        wanted = {}
        if siret:
            wanted["identifiantStructure"] = filled(siret, "siret")
            wanted["typeIdentifiantStructure"] = "SIRET"
        if name:
            wanted["raisonSocialeStructure"] = filled(name, "name")

        def ask(page):
            body = {
                "structure": wanted,
                "restreindreStructuresPrivees": False,
                "parametres": page_of(page, PAGE_SIZE),
            }
            return self._call("structures/v1/rechercher", body)

        for row in read_all(ask, "listeStructures", parsing.structure_key):
            yield parsing.structure_row(row)

    def structure(self, structure_id) -> Structure:
        """A structure with what it demands."""
        ident = int_id(structure_id)
        body = {"idStructureCPP": ident, "codeLangue": "fr"}
        return parsing.structure(ident, self._ask("structures/v1/consulter", body))

    def services(self, structure_id):
        """Yield every :class:`Service`, all pages, inactive ones too, but never
        ``FACTURES_PUBLIQUES``."""
        ident = int_id(structure_id)

        def ask(page):
            body = {
                "idStructure": ident,
                "parametresRechercherServicesStructure": page_of(
                    page, SERVICE_PAGE_SIZE
                ),
            }
            return self._call("structures/v1/rechercher/services", body)

        for row in read_all(ask, "listeServices", parsing.service_key):
            found = parsing.service(row)
            if found.code.upper() != RESERVED_SERVICE:
                yield found

    def service(self, structure_id, service_id) -> ServiceDetail:
        body = {
            "idStructure": int_id(structure_id),
            "idService": int_id(service_id),
            "codeLangue": "fr",
        }
        return parsing.service_detail(
            self._ask("structures/v1/consulter/service", body)
        )

    def engagement_exists(self, structure_id, number) -> bool | None:
        """Whether an engagement is known; ``None`` when Chorus Pro does not tell.

        :param structure_id: the supplier's own. Only the State publishes its
            engagements: ``False`` about another buyer means nothing.
        """
        body = {
            "structureReceptriceEngagementJuridique": str(int_id(structure_id)),
            "numeroEngagementJuridique": filled(number, "number"),
            "etatCourantEngagementJuridique": "COMMANDE",
        }
        answer = self._call("engagementsJuridiques/v1/rechercher", body)
        try:
            return bool(rows_of(answer, "listeEngagementJuridique"))
        except errors.Rejected:
            return None
