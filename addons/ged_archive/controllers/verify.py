# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re
import secrets

from odoo import http
from odoo.http import request
from odoo.tools import format_date, format_datetime

from ..lib.errors import InvalidDocumentError, WorkerError
from ..lib.hashing import sha256
from ..lib.judge import MAX_BYTES, judge
from ..models.ged_document import _common_name
from ..models.ged_document_public import VERIFY_PATH
from ..models.ir_attachment import StorageUnavailable

#: Room for the frame of a form around a file.
MAX_REQUEST = MAX_BYTES + 64 * 1024
MAX_QUESTION = 16 * 1024
_BUSY_SECONDS = 5
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

#: One for all routes of the page: no cookie is set (nobody logs in here, and no session
#: piles up on the server), and no token against forged forms is asked for: the page
#: changes nothing, and answers only what the request itself proves to hold.
_PUBLIC = {"type": "http", "auth": "public", "csrf": False, "save_session": False}


class GedVerifyController(http.Controller):
    """The public page where a document is verified.

    Whoever holds the code or the file of a document learns of it; all others get one
    same answer, whatever they ask. Questions travel in the body of a POST, never in an
    address, so that neither codes nor fingerprints reach logs, histories or "Referer"
    headers (how a QR carries the code: ``ged.document._verify_url``).
    """

    @http.route(
        VERIFY_PATH,
        methods=["GET", "POST"],
        max_content_length=MAX_QUESTION,
        **_PUBLIC,
    )
    def verify(self, code=None, sha256=None, **_kwargs):
        """Show the page; with ``code`` or ``sha256`` in the body, the answer in it.

        The field for the code takes a fingerprint too, so the page works by hand.
        """
        self._choose_language()
        if request.httprequest.method != "POST":
            return self._page({})
        wait = self._throttle()._admit("ask", request.httprequest.remote_addr)
        if wait:
            return self._come_back(wait)
        question = sha256 or code
        answer = self._answer(question if isinstance(question, str) else "")
        return self._page(answer) if answer else self._come_back(_BUSY_SECONDS)

    @http.route(
        f"{VERIFY_PATH}/seal",
        methods=["POST"],
        max_content_length=MAX_REQUEST,
        **_PUBLIC,
    )
    def verify_seal(self, file=None, **_kwargs):
        """Judge the seals of a PDF that is the body itself, or the field ``file`` of a
        form. It is read in memory, by a process with limits, and kept nowhere.
        """
        self._choose_language()
        throttle = self._throttle()
        wait = throttle._admit("seal", request.httprequest.remote_addr)
        if not wait and not throttle._take_slot():
            wait = _BUSY_SECONDS
        if wait:
            return self._come_back(wait)
        content = file.read() if hasattr(file, "read") else self._body()
        answer = self._answer(sha256(content))
        if not answer:
            return self._come_back(_BUSY_SECONDS)
        return self._page({**answer, "seal": self._judge(content)})

    @http.route(
        "/ged/document/<int:document_id>/qr",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def document_qr(self, document_id, **_kwargs):
        """Send the QR of the public page with the code, to readers of the document."""
        document = request.env["ged.document"].browse(document_id)
        if (
            not document.exists()
            or not document.has_access("read")
            or not document.verify_code
        ):
            raise request.not_found()
        image = document._verify_qr(
            document.sudo().company_id, document.verify_code, size=400
        )
        return request.make_response(
            image,
            headers=[
                ("Content-Type", "image/png"),
                ("Cache-Control", "private, no-store"),
            ],
        )

    # -- answers ----------------------------------------------------------------------

    def _answer(self, question):
        """Return the values of the page, ``None`` while the storage does not answer."""
        documents = request.env["ged.document"]._public_find(question)
        by_code = bool(documents) and documents[:1].sha256 != question.strip().lower()
        found = []
        for document in documents:
            try:
                facts = document._public_facts()
            except StorageUnavailable:
                return None
            document._public_record("code" if by_code else "file", facts)
            found.append(self._in_words(facts))
        return {"asked": True, "found": found, "by_code": by_code}

    def _in_words(self, facts):
        env = request.env

        def moment(value):
            return value and format_datetime(
                env, value, tz=facts["tz"], dt_format="d MMMM yyyy, HH:mm:ss z"
            )

        words = {name: moment(facts[name]) for name in facts if name.endswith("_at")}
        return {**facts, **words, "date": format_date(env, facts["date"])}

    def _judge(self, content):
        """Return what to say of the seals of a file: ``state`` and ``seals``."""
        try:
            seals = judge(content)
        except InvalidDocumentError:
            return {"state": "no_pdf", "seals": []}
        except WorkerError:
            return {"state": "given_up", "seals": []}
        Document = request.env["ged.document"]
        told = []
        for one in seals:
            companies = Document._public_knows_certificate(one.fingerprint)
            told.append(
                {
                    "state": "intact"
                    if one.intact
                    else "appended"
                    if one.appended
                    else "broken",
                    "signer": _common_name(one.signer),
                    "level": one.level,
                    "unjudged": one.unjudged,
                    "signed_at": one.signed_at
                    and format_datetime(
                        request.env,
                        one.signed_at.replace(tzinfo=None),
                        tz="UTC",
                        dt_format="d MMMM yyyy, HH:mm:ss z",
                    ),
                    # A name in a certificate can be anybody's: only the certificate
                    # itself says who sealed.
                    "company": ", ".join(companies.mapped("name")),
                }
            )
        return {"state": "seals" if told else "no_seal", "seals": told}

    def _body(self):
        return request.httprequest.get_data(cache=False)

    # -- frame ------------------------------------------------------------------------

    def _throttle(self):
        return request.env["ged.throttle"].sudo()

    def _choose_language(self):
        """Take the best installed language for the browser: French for ``fr-BE``."""
        installed = dict(request.env["res.lang"].get_installed())
        for tag in request.httprequest.accept_languages.values():
            wanted = tag.replace("-", "_")
            near = [
                code
                for code in installed
                if code.partition("_")[0].lower() == wanted.partition("_")[0].lower()
            ]
            if near:
                exact = [code for code in near if code.lower() == wanted.lower()]
                request.update_context(lang=(exact or near)[0])
                return
        request.update_context(lang="en_US")

    def _come_back(self, seconds):
        response = self._page({"wait": seconds})
        response.status_code = 429
        response.headers["Retry-After"] = str(seconds)
        return response

    def _page(self, values):
        """Render the page, or only the answer when the page's own script asks."""
        nonce = secrets.token_urlsafe(16)
        part = request.httprequest.headers.get("X-Requested-With") == "fetch"
        company = request.env.company.sudo()
        colour = company.primary_color or ""
        body = request.env["ir.qweb"]._render(
            "ged_archive.verify_answer" if part else "ged_archive.verify_page",
            {
                "asked": False,
                "found": [],
                "by_code": False,
                "seal": None,
                "wait": 0,
                **values,
                "company": company,
                "colour": colour if _COLOUR.fullmatch(colour) else "",
                "nonce": nonce,
                "tongue": (request.env.context.get("lang") or "en").partition("_")[0],
                "path": VERIFY_PATH,
                "max_bytes": MAX_BYTES,
                "max_megabytes": MAX_BYTES >> 20,
            },
        )
        text = body if part else f"<!DOCTYPE html>\n{body}"
        return request.make_response(text, headers=_headers(nonce))


def _headers(nonce):
    return [
        ("Content-Type", "text/html; charset=utf-8"),
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; connect-src 'self'; "
            f"img-src 'self'; style-src 'self' 'nonce-{nonce}'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'",
        ),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
        ("X-Robots-Tag", "noindex, nofollow, noarchive"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        ("Vary", "Accept-Language, X-Requested-With"),
    ]
