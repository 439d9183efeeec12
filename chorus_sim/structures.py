# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The operations of ``structures`` and of ``engagementsJuridiques``."""

from .answers import DONE, Refusal, found, paged
from .times import minute


def search(platform, account, body):
    """``structures/rechercher``: by SIRET or by a part of the name."""
    criteria = body.get("structure") or {}
    siret = str(criteria.get("identifiantStructure") or "")
    # how the request calls the name is not published
    words = ("raisonSociale", "designation", "nom", "libelle")
    names = [
        str(value) for key, value in criteria.items() if value and key.startswith(words)
    ]
    name = names[0] if names else ""
    if not (siret or name):
        raise Refusal("Au moins un critère de recherche est obligatoire.")
    private = body.get("restreindreStructuresPrivees") is False
    rows = [
        structure
        for structure in platform.directory.all()
        if (structure.public or private or _own(structure, account))
        and (not siret or structure.siret == siret)
        and (not name or name.lower() in structure.name.lower())
    ]
    rows, facts = paged(rows, body.get("parametres") or {})
    listed = [
        {
            "idStructureCPP": structure.id,
            "identifiantStructure": structure.siret,
            "typeIdentifiantStructure": structure.kind,
            "designationStructure": structure.name,
            "statut": _status(structure),
        }
        for structure in rows
    ]
    return found(platform, "listeStructures", listed, facts)


def _own(structure, account):
    return not account.sirets or structure.siret in account.sirets


def _status(structure):
    return "ACTIVE" if structure.active else "INACTIVE"


def _find(platform, body):
    """:raise Refusal: no structure has the id of the request"""
    number = body.get("idStructureCPP", body.get("idStructure"))
    try:
        structure = platform.directory.get(int(number))
    except (TypeError, ValueError):
        structure = None
    if structure is None:
        raise Refusal("La structure est inconnue.")
    return structure


def consult(platform, account, body):
    """``structures/consulter``: what a structure demands."""
    structure = _find(platform, body)
    return {
        **DONE,
        "idStructureCPP": structure.id,
        "informationGenerales": {
            "identifiantStructure": structure.siret,
            "typeIdentifiantStructure": structure.kind,
            "designationStructure": structure.name,
            "statut": _status(structure),
        },
        "adressePostaleDuSiege": {
            "adresse": "1 place du jeu d’essai",
            "codePostal": "75000",
            "ville": "Paris",
            "codePays": "FR",
        },
        "parametres": {
            "gestionNumeroEJOuCodeService": structure.either,
            "codeServiceDoitEtreRenseigne": structure.service,
            "numeroEJDoitEtreRenseigne": structure.engagement,
            "estMoaUniquement": False,
            "statutMiseEnPaiementNestPasRemonte": not structure.reports_payment,
            "recevoirDonneesViaEDI": False,
            "connexionEDI": False,
            "dateExpirationMotPasseCompteTech": structure.password_expires or None,
        },
    }


def services(platform, account, body):
    """``rechercher/services``: all of them, the closed ones too."""
    structure = _find(platform, body)
    parameters = body.get("parametresRechercherServicesStructure") or {}
    rows, facts = paged(structure.services, parameters)
    listed = [
        {
            "idService": service.id,
            "codeService": service.code,
            "libelleService": service.name,
            "dateDbtService": minute(service.since),
            "dateFinService": service.until and minute(service.until),
            "estActif": service.active,
        }
        for service in rows
    ]
    return found(platform, "listeServices", listed, facts)


def service(platform, account, body):
    """``consulter/service``: whether a service demands an engagement by itself."""
    structure = _find(platform, body)
    wanted = str(body.get("idService"))
    for item in structure.services:
        if str(item.id) == wanted:
            return {
                **DONE,
                "idStructure": structure.id,
                "informationsGenerales": {
                    "codeService": item.code,
                    "nomService": item.name,
                    "descriptionService": item.name,
                },
                "parametres": {
                    "numeroEngagement": item.engagement,
                    "miseEnPaiement": structure.reports_payment,
                    "dateDebutValidite": minute(item.since),
                    "dateFinValidite": item.until and minute(item.until),
                    "dateCreation": minute(item.since),
                    "dateModification": minute(item.since),
                },
                "adressePostale": {},
                "pageCourante": 1,
                "pages": 1,
                "nbResultatsParPage": 10,
                "total": 1,
            }
    raise Refusal("Le service est inconnu.")


def engagement(platform, account, body):
    """``engagementsJuridiques/rechercher``: the engagements that are published.

    The request names the supplier's own structure, as text.
    """
    own = body.get("structureReceptriceEngagementJuridique")
    if not isinstance(own, str) or not own.isdigit():
        raise Refusal("structureReceptriceEngagementJuridique : texte attendu.")
    number = str(body.get("numeroEngagementJuridique") or "")
    known = [
        {
            "numeroEngagementJuridique": number,
            "etatCourantEngagementJuridique": "COMMANDE",
        }
        for structure in platform.directory.all()
        if number and number in structure.engagements
    ]
    return {**DONE, "listeEngagementJuridique": known}


OPERATIONS = {
    "structures/v1/rechercher": search,
    "structures/v1/consulter": consult,
    "structures/v1/rechercher/services": services,
    "structures/v1/consulter/service": service,
    "engagementsJuridiques/v1/rechercher": engagement,
}
