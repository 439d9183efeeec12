# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The operations that change something.

Each raises ``OutcomeUnknown`` once its request may have left.
"""

from pathlib import PurePath

from . import errors
from .answers import Deposit
from .operations import Operations, comment_of, filled, int_id
from .reading import as_date, text

__all__ = ["ChangingOperations"]


class ChangingOperations(Operations):
    """Nothing is sent twice by itself."""

    def deposit_flow(self, name, syntax, content: bytes) -> Deposit:
        """Deposit a flow: one file, or a tar.gz of many.

        :param name: at most 200 characters
        :raises OutcomeUnknown: it may have arrived: search by invoice number, more than
            once with growing delays, before it is sent again
        """
        if not 0 < len(name) <= 200:
            raise ValueError("the name of a flow has 1 to 200 characters")
        body = {
            "nomFichier": name,
            "syntaxeFlux": syntax,
            "avecSignature": False,
        }
        data = self._do("factures/v1/deposer/flux", body, ("fichierFlux", content))
        number = text(data, "numeroFluxDepot")
        if not number:
            raise errors.UnreadableOutcome("Chorus Pro gave no number of the flow.")
        return Deposit(number, as_date(data.get("dateDepot")))

    def complete(self, invoice_id, comment, attachments=()) -> dict:
        """Answer a suspension (SUSPENDUE only): the answer as it came.

        :param attachments: of ``(file_id, designation)`` or
            ``(file_id, designation, type)``, ids of :meth:`add_file`. Which types the
            platform takes is told by its list ``recuperer/typespj`` only; without one
            "02" is sent, the type of a complementary document in its files.
        """
        body = {
            "identifiantFactureCPP": int_id(invoice_id),
            "commentaire": comment_of(comment),
        }
        if attachments:
            body["pieceJointeComplementaire"] = [
                {
                    "pieceJointeComplementaireId": int_id(file_id),
                    "pieceJointeComplementaireDesignation": designation[:100],
                    "pieceJointeComplementaireType": kind[0] if kind else "02",
                }
                for file_id, designation, *kind in attachments
            ]
        return self._do("factures/v1/completer", body)

    def recycle(
        self, invoice_id, recipient, service="", engagement="", comment=""
    ) -> dict:
        """Send to another recipient (A_RECYCLER only): the answer as it came.

        The platform is withdrawing this operation; what it answers then is not known.
        """
        target = {"codeDestinataire": filled(recipient, "recipient")}
        if service:
            target["codeServiceExecutant"] = service
        body = {
            "identifiantFactureCPP": int_id(invoice_id),
            "destinataire": target,
            "reference": {"numeroBonCommande": engagement} if engagement else {},
            "commentaire": comment_of(comment),
        }
        return self._do("factures/v1/recycler", body)

    def handle_rejection(self, invoice_ids, comment="") -> None:
        """Mark rejected invoices as handled."""
        listed = [{"idDemandePaiement": int_id(ident)} for ident in invoice_ids]
        if not listed:
            raise ValueError("no invoice")
        body = {"listeDemandePaiement": listed, "cpltInfos": comment_of(comment)}
        self._do("factures/v1/traiterRejet", body)

    def add_file(self, name, mimetype, content: bytes) -> str:
        """Leave a complementary document (10 MB at most): its id.

        :param name: at most 50 characters, with an extension
        """
        extension = PurePath(name).suffix.lstrip(".")
        if not extension or len(name) > 50:
            raise ValueError("a document has an extension and at most 50 characters")
        body = {
            "pieceJointeNom": name,
            "pieceJointeTypeMime": mimetype[:255],
            "pieceJointeExtension": extension.upper(),
        }
        data = self._do(
            "transverses/v1/ajouter/fichier", body, ("pieceJointeFichier", content)
        )
        ident = text(data, "pieceJointeId", "pieceJointeIdFichier")
        if not ident:
            raise errors.UnreadableOutcome("Chorus Pro gave no number of the document.")
        return ident
