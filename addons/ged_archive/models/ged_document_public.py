# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import hashlib
import re

from odoo import api, fields, models
from odoo.http import request
from odoo.tools import SQL, consteq

from ..lib import qr
from ..lib.codes import new_code, normalise, pretty
from .ged_throttle import network_of

VERIFY_PATH = "/ged/verify"
#: Documents told of when the same file was archived several times.
MOST = 5
_SHA256 = re.compile(r"[0-9a-f]{64}")
#: Longer than any way to write a code or a fingerprint.
_LONGEST = 200


class GedDocument(models.Model):
    """What the public may learn of a document: only who holds its code or its file."""

    _inherit = "ged.document"

    verify_code_shown = fields.Char(
        string="Code to print",
        compute="_compute_verify_code_shown",
        help="The verification code as it is printed.",
    )
    verify_url = fields.Char(
        string="Public page",
        compute="_compute_verify_code_shown",
        help="Address of the public page with the code of this document.",
    )

    # The plain code is in no index: what is looked up is its hash, so the time that the
    # search takes says nothing about codes that look alike. "escape" decodes the plain
    # ASCII of a code into itself, and is immutable as an index wants it.
    _verify_code_uniq = models.UniqueIndex(
        "(sha256(decode(verify_code, 'escape'))) WHERE verify_code IS NOT NULL"
    )
    _seal_fingerprint_idx = models.Index(
        "(seal_fingerprint) WHERE seal_fingerprint IS NOT NULL"
    )

    @api.depends("verify_code", "company_id")
    def _compute_verify_code_shown(self):
        for document in self:
            code = document.verify_code
            document.verify_code_shown = code and pretty(code)
            document.verify_url = code and document._verify_url(
                document.sudo().company_id, code
            )

    @api.model
    def _verify_url(self, company, code=None):
        """Return the address of the public page, as for a QR when ``code`` is given.

        The code stands behind a ``#``: browsers, of telephones too, keep that part for
        themselves. So it reaches no log of a server or proxy, no "Referer" and no
        preview robot, as it would from a path. A script of the page moves it into the
        form and out of the address bar, and sends it in the body of a request.
        """
        url = company.get_base_url() + VERIFY_PATH
        return f"{url}#{code}" if code else url

    @api.model
    def _verify_mark(self, company, code):
        """Return what a visible seal shows of a document with this code, for
        ``lib.seal.Sealer.seal``.
        """
        # slow to import: only processes that seal pay for it
        from ..lib.seal_settings import VerifyMark

        return VerifyMark(
            self.env._("Verification code: %(code)s", code=pretty(code)),
            self._verify_url(company, code),
        )

    @api.model
    def _seal_with_code(self, sealer, content, company):
        """Seal a PDF under a new verification code, which a visible seal shows; return
        the values for ``_archive``.
        """
        code = new_code()
        seal = sealer.seal(content, mark=self._verify_mark(company, code))
        return {"seal": seal, "verify_code": code}

    @api.model
    def _verify_qr(self, company, code, size=200):
        """Return the QR of the public page with this code as PNG bytes, without
        margin.

        :param size: least width in pixels
        """
        return qr.png(self._verify_url(company, code), size)

    @api.model
    def _verify_qr_uri(self, company, code, size=200):
        """Return the same as an address that holds the image itself, for reports."""
        image = base64.b64encode(self._verify_qr(company, code, size)).decode()
        return f"data:image/png;base64,{image}"

    # -- questions --------------------------------------------------------------------

    @api.model
    def _public_find(self, text):
        """Return the documents (as superuser) that a code or a SHA-256 stands for.

        The same steps are taken for what is unknown and for what can be no code.
        """
        text = (text or "").strip()[:_LONGEST]
        digest = text.lower()
        if _SHA256.fullmatch(digest):
            return self._public_find_file(digest)
        return self._public_find_code(normalise(text))

    @api.model
    def _public_find_code(self, code):
        wanted = code or new_code()  # nobody's: looked up all the same
        self.env.cr.execute(
            SQL(
                "SELECT id, verify_code FROM ged_document"
                " WHERE verify_code IS NOT NULL"
                " AND sha256(decode(verify_code, 'escape')) = %s",
                hashlib.sha256(wanted.encode()).digest(),
            )
        )
        found = [
            document_id
            for document_id, stored in self.env.cr.fetchall()
            if consteq(stored, wanted)
        ]
        return self.sudo().browse(found if code else [])

    @api.model
    def _public_find_file(self, digest):
        return self.sudo().search(
            [("sha256", "=", digest)], order="id desc", limit=MOST
        )

    @api.model
    def _public_knows_certificate(self, fingerprint):
        """Return the companies that have sealed with the certificate, as superuser."""
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT company_id FROM (SELECT company_id FROM ged_document"
                " WHERE seal_fingerprint = %s LIMIT 1000) AS recent",
                fingerprint,
            )
        )
        return (
            self.env["res.company"]
            .sudo()
            .browse(row[0] for row in self.env.cr.fetchall())
        )

    def _public_facts(self):
        """Return what the page tells about one document, as a dictionary.

        No customer, no amount, no name of a person or a file. ``state`` is one of
        ``unchanged``, ``destroyed`` (at the end of its retention), ``problem`` (the
        archive's own copy is not what was archived).
        """
        self.ensure_one()
        destroyed = self._is_destroyed()
        if destroyed:
            state = "destroyed"
        else:
            state = "problem" if self._public_problem() else "unchanged"
        return {
            "id": self.id,
            "state": state,
            "kind": self.kind_id.name,
            "number": self.name,
            "version": self.version,
            "company": self.company_id.name,
            "date": self.document_date,
            "archived_at": self.archived_at,
            "destroyed_at": destroyed and self.destroyed_at,
            "sealed": self.seal_level != "none",
            "signer": self.seal_signer_name,
            "sealed_at": self.sealed_at,
            "level": self._public_level(),
            "newer_at": self.successor_ids[:1].archived_at,
            "sha256": self.sha256,
            "tz": self.company_id.partner_id.tz or "Europe/Paris",
        }

    def _public_problem(self):
        """Say whether the archive's copy is no longer what was archived."""
        return not self._verify_report()["ok"]

    def _public_level(self):
        """Return the level of the seal, with what later evidence adds to it."""
        return self._level_now()

    def _public_record(self, how, facts):
        """Write the question into the journal: once per document, address and hour, as
        a flood must not fill what is kept for ever.

        :param how: ``code`` or ``file``
        """
        self.ensure_one()
        address = request.httprequest.remote_addr if request else ""
        hour = fields.Datetime.now().strftime("%Y%m%d%H")
        # whoever has an IPv6 line has 2⁶⁴ addresses
        key = f"verified:{self.id}:{network_of(address)}:{hour}"
        if not self.env["ged.throttle"].sudo()._first_time("journal", key):
            return
        # in the language of those who read the journal, not of the visitor
        env = self.with_context(lang=self.company_id.partner_id.lang).env
        texts = {
            "unchanged": env._("unchanged"),
            "destroyed": env._("content destroyed"),
            "problem": env._("not what was archived"),
        }
        detail = (
            env._("public page, by code: %(result)s", result=texts[facts["state"]])
            if how == "code"
            else env._("public page, by file: %(result)s", result=texts[facts["state"]])
        )
        self._record_event("verified", detail=detail)
