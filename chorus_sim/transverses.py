# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The operations of ``transverses`` and the deposit: flows, files, reference lists."""

import base64
import binascii

from . import codes
from .answers import DONE, GatewayError, Refusal
from .documents import MAX_FILE, MAX_FLOW
from .times import stamp

MAX_NAME = 200
MAX_FILE_NAME = 50
TAX_RATES = (
    ("TVA1", "Article 293 B du CGI", 0),
    ("TVA2", "Taux réduit", 5.5),
    ("TVA3", "Taux intermédiaire", 10),
    ("TVA5", "Taux normal", 20),
)
PDF_FORMATS = ("PDF_NON_SIGNE", "PDF_SIGNE_PADES", "PDF_SIGNE_XADES")


def decode(text, label):
    """The bytes of a base64 text.

    :raise Refusal: it is missing, or no base64
    """
    try:
        content = base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError, TypeError):
        content = b""
    if not content:
        raise Refusal(f"{label} : contenu absent ou illisible.")
    return content


def deposit(platform, account, body):
    """``deposer/flux``: take a flow."""
    name = str(body.get("nomFichier") or "")
    syntax = str(body.get("syntaxeFlux") or "")
    if not name or len(name) > MAX_NAME:
        raise Refusal("nomFichier : 1 à 200 caractères.")
    if syntax not in codes.SYNTAXES:
        raise Refusal(f"syntaxeFlux : la valeur {syntax} est inconnue.")
    content = decode(body.get("fichierFlux"), "fichierFlux")
    if len(content) > MAX_FLOW:
        raise Refusal("GDP_MSG_11.022", 20001)
    flow = platform.deposit(account, name, syntax, content)
    return {
        **DONE,
        "numeroFluxDepot": flow.number,
        "dateDepot": stamp(flow.at)[:10],
        "syntaxeFlux": syntax,
    }


def deposit_pdf(platform, account, body):
    """``deposer/pdf``: keep a PDF; what its recognition would guess is left empty."""
    if body.get("formatDepot") not in PDF_FORMATS:
        raise Refusal("formatDepot : valeur inconnue.")
    content = decode(body.get("fichierFacture"), "fichierFacture")
    if len(content) > MAX_FILE:
        raise GatewayError(413)
    number = _keep(platform, str(body.get("nomFichier") or ""), content)
    guesses = ("numeroFacture", "dateFacture", "codeDestinataire", "codeFournisseur")
    return {**DONE, "pieceJointeId": number, **dict.fromkeys(guesses, "")}


def add_file(platform, account, body):
    """``ajouter/fichier``: keep a complementary document."""
    name = str(body.get("pieceJointeNom") or "")
    extension = str(body.get("pieceJointeExtension") or name.rpartition(".")[2])
    if not name or len(name) > MAX_FILE_NAME:
        raise Refusal("pieceJointeNom : 1 à 50 caractères.")
    if extension.lower().lstrip(".") not in codes.EXTENSIONS:
        raise Refusal(f"pieceJointeExtension : {extension} n’est pas permis.")
    content = decode(body.get("pieceJointeFichier"), "pieceJointeFichier")
    if len(content) > MAX_FILE:
        raise Refusal("La pièce jointe dépasse 10 Mo.", 20003)
    return {**DONE, "pieceJointeId": _keep(platform, name, content)}


def _keep(platform, name, content):
    number = platform.draw()
    platform.files[number] = {"name": name, "size": len(content)}
    platform.changed()
    return number


def report_details(platform, account, body):
    """``consulterCRDetaille``: the state of a flow, with what is wrong in it."""
    flow, state, at = _report(platform, account, body)
    answer = {
        **DONE,
        "etatCourantDepotFlux": state,
        "codeInterfaceDepotFlux": flow.interface,
        "dateDepotFlux": stamp(flow.at),
        "dateHeureEtatCourantFlux": stamp(at),
        "nomFichier": f"{flow.interface}_CPP001_{flow.number}",
    }
    final = state == flow.path[-1]
    errors = [
        {
            "identifiantFournisseur": supplier,
            "identifiantDestinataire": recipient,
            "numeroDP": number,
            "libelleErreurDP": text,
        }
        for supplier, recipient, number, text in (flow.errors if final else ())
    ]
    answer["listeErreurTechnique"] = [
        {"codeErreur": code, "libelleErreur": label, "natureErreur": nature}
        for code, label, nature in (flow.technical if final else ())
    ]
    answer["listeErreurDP"] = _shape(errors, platform.settings.errors_as)
    if platform.settings.errors_as == "missing" and not errors:
        del answer["listeErreurDP"]
    return answer


def _shape(errors, kind):
    """The shapes seen: a list, a bare object for one error, null for none."""
    if kind == "object" and len(errors) == 1:
        return errors[0]
    if kind == "null" and not errors:
        return None
    return errors


def report_file(platform, account, body):
    """``consulterCR``: the state of a flow, and its report as a file."""
    flow, state, at = _report(platform, account, body)
    return {
        **DONE,
        "etatCourantFlux": state,
        "codeInterfaceFlux": flow.interface,
        "codeAppliPartenaire": "CPP001",
        "designationPartenaire": "Dépôt par API",
        "nomFichierFlux": f"{flow.interface}_CPP001_{flow.number}",
        "dateDepotFlux": stamp(flow.at)[:10],
        "dateHeureEtatCourantFlux": stamp(at),
        "fichierCR": base64.b64encode(_pdf(flow, state)).decode(),
    }


def _report(platform, account, body):
    """The flow and its state at this moment; then time passes for it."""
    platform.tick()
    flow = platform.flows.get(str(body.get("numeroFluxDepot") or ""))
    if flow is None or flow.account != account.login:
        raise Refusal("Le flux demandé est inconnu.")
    if flow.unknown:
        flow.unknown -= 1
        raise Refusal("Le flux demandé est inconnu.")
    state, at = flow.state, flow.changed_at
    platform.advance(flow)
    return flow, state, at


def _pdf(flow, state):
    """A PDF of one page with the state as its title: enough for a file to be shown."""
    text = f"{flow.number} {state}".encode("ascii", "replace")
    stream = b"BT /F1 12 Tf 50 780 Td (" + text + b") Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        out
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    )


def tax_rates(platform, account, body):
    """``recuperer/tauxtva``: a cheap reading, good to test the access."""
    names = ("codeTauxTva", "libelleTauxTva", "valeurTauxTva")
    rates = [dict(zip(names, rate, strict=True)) for rate in TAX_RATES]
    return {**DONE, "listeTauxTva": rates}


def my_suppliers(platform, account, body):
    """``recuperer/structures/actives/fournisseur``: those the account acts for."""
    rows = [
        {
            "idStructureCPP": structure.id,
            "identifiantStructure": structure.siret,
            "designationStructure": structure.name,
        }
        for structure in platform.directory.all()
        if not structure.public
        and structure.active
        and (not account.sirets or structure.siret in account.sirets)
    ]
    return {**DONE, "listeStructures": rows}


OPERATIONS = {
    "factures/v1/deposer/flux": deposit,
    "factures/v1/deposer/pdf": deposit_pdf,
    "transverses/v1/ajouter/fichier": add_file,
    "transverses/v1/consulterCR": report_file,
    "transverses/v1/consulterCRDetaille": report_details,
    "transverses/v1/recuperer/tauxtva": tax_rates,
    "transverses/v1/recuperer/structures/actives/fournisseur": my_suppliers,
}
