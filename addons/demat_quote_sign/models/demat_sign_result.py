# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import logging
import unicodedata
from datetime import UTC

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, file_open, format_datetime

from odoo.addons.ged_archive.lib import errors as lib_errors
from odoo.addons.ged_archive.lib.hashing import sha256

from ..lib import signature_image
from .demat_sign_event import AGENT_LENGTH

_logger = logging.getLogger(__name__)

METHODS = ("draw", "type", "upload")
#: What the law has signatories write; accepted in every language.
APPROVAL = "Bon pour accord"
#: The host's own letters for typed signatures: handwriting, and one with more letters.
FONTS = (
    "web/static/fonts/sign/LaBelleAurore-Regular.ttf",
    "web/static/fonts/sign/NotoSans-Reg.ttf",
)


class DematSignRequest(models.Model):
    """The signature itself: one field of the frozen PDF is signed, nothing else."""

    _inherit = "demat.sign.request"

    def _sign(
        self,
        signatory,
        *,
        image=None,
        image_type="",
        method,
        approval=None,
        ip=None,
        agent=None,
        shown_sha256,
        way=None,
    ):
        """Sign for one signatory; with the last one the request is complete.

        All or nothing, in one transaction that holds the row of the request: a second
        tab, or a second click, is told so.

        :param image: bytes as the browser sent them; not looked at when typed
        :param image_type: what the browser says they are
        :param method: one of ``METHODS``
        :param approval: what was typed for “Bon pour accord”
        :param shown_sha256: of the document on the page from which he signs
        :param way: value of ``signed_via``, from the token that was used; None: not
            known, and nothing is said about it
        :raise UserError: what forbids it, in words for the signatory
        """
        self.ensure_one()
        request = self.sudo().with_company(self.sudo().company_id)
        signatory = signatory.sudo()
        request._lock()
        signatory.invalidate_recordset()
        request._check_current(signatory)
        request._check_ceremony(signatory, method, approval, shown_sha256)
        png = request._signature_png(signatory, image, image_type, method)
        signatory._write_signed(png, method, approval, ip, agent, shown_sha256, way)
        request._file_signature(signatory, png)
        if all(one.state == "signed" for one in request.signatory_ids):
            request._complete()
        else:
            request._invite_next()

    def _file_signature(self, signatory, png):
        """Sign the field of ``signatory`` in the document; archive, journal."""
        file = self._sign_file(signatory, png, signatory.signed_at)
        self.signed_document_id = self._archive_signed(file).id
        signed = self.signed_document_id.sudo()
        words = [f"SHA-256 {signatory.shown_sha256} → {signed.sha256}"]
        if signatory.signed_via:
            words.append(signatory._way_words())
        self._record_event(
            "signed",
            signatory=signatory,
            detail="; ".join(words),
            ip=signatory.ip,
            agent=signatory.agent,
        )

    # -- what must be true before -----------------------------------------------------

    def _check_ceremony(self, signatory, method, approval, shown_sha256):
        """:raise UserError: a step before the signature is missing"""
        problem = None
        if method not in METHODS:
            problem = self.env._("Draw, type or upload your signature.")
        elif not consteq(str(shown_sha256 or ""), self.frozen_sha256 or "-"):
            problem = self.env._(
                "The document on your screen is not the one that is to be signed now: "
                "load the page again and read it."
            )
        elif self.terms_id and not signatory.terms_accepted_at:
            problem = self.env._("Accept the general terms first.")
        elif signatory._needs_code() and not signatory.code_accepted_at:
            problem = self.env._("Confirm your address with the code first.")
        elif self.bon_pour_accord and not self._is_approval(approval):
            problem = self.env._(
                "Write “%(words)s” to sign.", words=self.env._("Bon pour accord")
            )
        if problem:
            raise UserError(problem)

    def _is_approval(self, typed):
        """Whether these are the words of approval, however they are written."""
        return _plain(typed) in {
            _plain(APPROVAL),
            _plain(self.env._("Bon pour accord")),
        }

    def _signature_png(self, signatory, image, image_type, method):
        """Return the picture of the signature as clean PNG.

        A typed one is the name that the company wrote to, whatever the browser says.

        :raise UserError: it cannot be taken
        """
        try:
            if method == "type":
                fonts = [_read_font(path) for path in FONTS]
                return signature_image.typed(signatory.name, *fonts)
            return signature_image.clean(image or b"", image_type)
        except signature_image.ImageRefused as error:
            raise UserError(self._picture_problem(error.reason)) from error

    def _picture_problem(self, reason):
        words = {
            "empty": self.env._("The signature is missing: draw it in the frame."),
            "no_ink": self.env._("The signature is empty: draw it in the frame."),
            "too_heavy": self.env._(
                "The picture of the signature is larger than 2 MB: take a smaller one."
            ),
            "too_large": self.env._(
                "The picture of the signature has more than 4 million pixels: take a "
                "smaller one."
            ),
            "svg": self.env._(
                "SVG pictures are not accepted for signatures: take a PNG or JPEG."
            ),
            "kind": self.env._("The picture of the signature must be a PNG or JPEG."),
            "damaged": self.env._(
                "The picture of the signature cannot be read: take another one."
            ),
        }
        return words[reason]

    # -- the file ---------------------------------------------------------------------

    def _sign_file(self, signatory, png, moment):
        """Return the keys ``seal`` or ``content`` of the archive: the document with one
        more signature.

        :raise UserError: the company's certificate cannot be used now
        """
        # slow to import: only processes in which somebody signs pay for it
        from odoo.addons.ged_archive.lib import sign_fields

        frozen = self._get_frozen()
        base = self.signed_document_id or self.document_id
        problem, content = base._read_content()
        if problem or not content.startswith(frozen):
            _logger.error("%s: the signed document is not the frozen one", self.name)
            raise UserError(self._seal_words())
        what = sign_fields.FieldSignature(
            field_name=signatory.field_name,
            name=signatory.name,
            reason=signatory.typed_approval or self.env._("Quote accepted online"),
            image=png,
            lines=self.with_context(lang=self.lang)._signature_lines(signatory, moment),
            accent=self._accent(),
        )
        try:
            provider = self._external_provider(signatory)
            sealer = provider or self.company_id._ged_get_sealer()
            if sealer is None and self.document_id.seal_level != "none":
                raise lib_errors.SealError("the company has no seal any more")
            if sealer is None:
                return {"content": sign_fields.stamp(content, what)}
            seal = sealer.countersign(
                content, what, signing_time=moment.replace(tzinfo=UTC)
            )
            if not seal.data.startswith(content):
                raise lib_errors.SealError("the provider changed the document")
            return {"seal": seal}
        except lib_errors.ArchiveError as error:
            _logger.error("%s cannot be signed: %s", self.name, error)
            raise UserError(self._seal_words()) from error

    def _get_frozen(self):
        """Return the bytes that everybody is shown.

        :raise UserError: the archive holds others, or none
        """
        problem, content = self.document_id._read_content()
        if problem or not consteq(sha256(content), self.frozen_sha256 or ""):
            _logger.error("%s: the frozen document is another one", self.name)
            raise UserError(self._seal_words())
        return content

    def _seal_words(self):
        return self.env._(
            "This quote cannot be signed at this moment: please tell %(company)s.",
            company=self.company_id.name,
        )

    def _signature_lines(self, signatory, moment):
        """What is written in the box: name, date and words, level."""
        when = self._local_moment(moment)
        return (
            signatory.name,
            f"{when} — {signatory.typed_approval}"
            if signatory.typed_approval
            else when,
            self.env._(
                "%(level)s · %(request)s", level=self._level_name(), request=self.name
            ),
        )

    def _level_name(self):
        return {
            "simple": self.env._("Simple electronic signature"),
            "advanced": self.env._("Advanced electronic signature"),
            "qualified": self.env._("Qualified electronic signature"),
        }[self.level]

    def _local_moment(self, moment):
        """Write a time as on the clock of the company, with its distance from UTC."""
        zone = self.order_id.user_id.tz or self.company_id.partner_id.tz
        return format_datetime(
            self.env,
            moment,
            tz=zone or "Europe/Paris",
            dt_format="d MMMM yyyy HH:mm:ss ('UTC'xxx)",
        )

    def _archive_signed(self, file):
        """File the document with one more signature; return it.

        Those who have not signed yet sign the next version: it shows on the portal when
        all have.
        """
        self.flush_recordset()
        complete = all(one.state == "signed" for one in self.signatory_ids)
        frozen, previous = self.document_id, self.signed_document_id or self.document_id
        (document,) = self.env["ged.document"]._archive(
            [
                {
                    **self._prepare_frozen_vals(file),
                    "kind": "quote_signed",
                    "filename": self._signed_filename(),
                    "predecessor_id": previous.id,
                    "portal_visible": complete,
                }
            ]
        )
        if complete:
            frozen._set_portal_visible(False, self.env._("Replaced by the signed one."))
        return document

    def _signed_filename(self):
        name = self.order_id.name.replace("/", "-")
        return self.with_context(lang=self.lang).env._(
            "%(quote)s-signed.pdf", quote=name
        )


class DematSignSignatory(models.Model):
    _inherit = "demat.sign.signatory"

    def _write_signed(self, png, method, approval, ip, agent, shown_sha256, way):
        """Keep how he signed; parameters as of ``demat.sign.request._sign``."""
        self.write(
            {
                "state": "signed",
                "signed_at": fields.Datetime.now(),
                "ip": ip or False,
                "agent": (agent or "")[:AGENT_LENGTH] or False,
                "method": method,
                "signature_image": base64.b64encode(png),
                "typed_approval": (approval or "").strip()[:80] or False,
                "shown_sha256": shown_sha256,
                "signed_via": way or False,
                "signed_user_id": self._way_user(way).id,
                "device_token": False,
                "device_expires_at": False,
            }
        )


def _plain(text):
    """Letters and digits only, without case and accents."""
    parts = unicodedata.normalize("NFKD", text or "").casefold()
    return "".join(one for one in parts if one.isalnum())


def _read_font(path):
    with file_open(path, "rb") as file:
        return file.read()
