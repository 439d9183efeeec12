# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import binascii
import contextlib
import functools
import re

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..lib import signature_image
from . import frame

BASE = "/my/sign/<int:signatory_id>/<string:token>"
#: Room for a drawing in base64, or an uploaded picture, and its form.
MAX_SIGN = 3 * signature_image.MAX_BYTES
MAX_FORM = 64 * 1024
_DRAWING = re.compile(r"data:(image/png);base64,([0-9A-Za-z+/]+=*)")

#: The token against forged forms is checked in :func:`_step`, which leads back to the
#: page with a word instead of the host's bare error page.
_PUBLIC = {"type": "http", "auth": "public", "csrf": False, "sitemap": False}
_POST = {**_PUBLIC, "methods": ["POST"], "max_content_length": MAX_FORM}
_GET = {**_PUBLIC, "methods": ["GET"]}


def _step(scope="sign_post"):
    """Decorator of the routes that change something.

    Lets in the signatory of the link only, brings the request up to date, takes the
    answer of one step and leads back to the page: a reload never sends it twice. What
    the step refuses is said on that page, and undone but for what was counted.
    """

    def decorate(method):
        @functools.wraps(method)
        def wrapper(self, signatory_id, token, **post):
            signatory = frame.enter(signatory_id, token)
            if not signatory:
                return frame.nothing_here()
            wait = frame.admit(scope)
            if wait:
                return frame.come_back(wait, signatory)
            if not request.validate_csrf(post.pop("csrf_token", None)):
                frame.say(
                    request.env._("The page was open for too long: please do it again.")
                )
            elif signatory.request_id._settle() == "sent":
                # the server's word: what a browser sends under that name is dropped
                post["way"] = signatory._way_in(token)
                _take(method, self, signatory, post)
            if not signatory._find_by_token(signatory_id, token):
                return _end_on_site(signatory)
            return request.redirect(frame.path_of(signatory_id, token), code=303)

        return wrapper

    return decorate


def _look(method):
    """Decorator of the routes that show something: lets in the signatory of the link
    only, and not without end.
    """

    @functools.wraps(method)
    def wrapper(self, signatory_id, token, **kwargs):
        signatory = frame.enter(signatory_id, token)
        if not signatory:
            return frame.nothing_here()
        wait = frame.admit("sign_get")
        if wait:
            return frame.come_back(wait, signatory)
        return method(self, signatory, token, **kwargs)

    return wrapper


def _take(method, controller, signatory, post):
    """Run one step in a savepoint; a refusal becomes a word on the next page."""
    try:
        with request.env.cr.savepoint():
            signatory.request_id._check_current(signatory)
            method(controller, signatory, **post)
    except UserError as error:
        signatory.invalidate_recordset()
        signatory.request_id.invalidate_recordset()
        frame.say(str(error.args[0]))


class DematSignController(http.Controller):
    """The ceremony: a signatory reads the frozen quote, answers, and signs.

    Whoever holds the link of the mail is that signatory; all others get one same
    answer. Nothing that a browser sends is a price, a name, an address or a state.
    """

    @http.route(BASE, **_GET)
    @_look
    def sign_page(self, signatory, token, step=None, **_kwargs):
        """Show the step that comes next, or a former one that ``step`` names."""
        deal = signatory.request_id
        deal._settle()
        path = frame.path_of(signatory.id, token)
        if signatory.state == "signed":
            return frame.page("sign_done", signatory, path=path)
        try:
            deal._check_current(signatory)
        except UserError as error:
            words = str(error.args[0])
            return frame.page("sign_closed", signatory, path=path, words=words)
        signatory._visit()
        return frame.page("sign_page", signatory, path=path, **_shown(signatory, step))

    @http.route(f"{BASE}/pdf", **_GET)
    @_look
    def sign_pdf(self, signatory, _token, download=None, **_kwargs):
        """Send the frozen quote: the archived bytes, compared with their fingerprint,
        as long as this signatory may read them.
        """
        deal = signatory.request_id
        try:
            if signatory.state != "signed" or deal.state != "sent":
                deal._check_current(signatory)
            content = frame.archived_bytes(deal.document_id, deal.frozen_sha256)
        except UserError as error:
            return _refusal(signatory, error)
        if download:
            signatory._note("downloaded")
        name = deal.document_id.filename
        return frame.pdf_response(content, name, download=bool(download))

    @http.route(f"{BASE}/file/<any(signed,evidence):which>", **_GET)
    @_look
    def sign_result(self, signatory, _token, which, **_kwargs):
        """Send what was made of the signatures: ``signed`` or ``evidence``."""
        deal = signatory.request_id
        documents = {
            "signed": deal.signed_document_id,
            "evidence": deal.evidence_document_id,
        }
        document = documents.get(which)
        if deal.state != "signed" or signatory.state != "signed" or not document:
            return frame.nothing_here()
        try:
            content = frame.archived_bytes(document, document.sha256)
        except UserError as error:
            return _refusal(signatory, error)
        signatory._note("downloaded", document.filename)
        return frame.pdf_response(content, document.filename, download=True)

    # -- steps ------------------------------------------------------------------------

    @http.route(f"{BASE}/read", **_POST)
    @_step()
    def sign_read(self, signatory, shown="", seen="", pages="", read="", **_post):
        if not read:
            raise UserError(request.env._("Please tick the box: it says you read it."))
        deal = signatory.request_id
        frame.archived_bytes(deal.document_id, deal.frozen_sha256)
        signatory._read_document(shown, seen, pages)

    @http.route(f"{BASE}/options", **_POST)
    @_step("sign_options")
    def sign_options(self, signatory, **post):
        signatory._check_steps_before("options", frame.browser_secret())
        quantities = {
            int(name.removeprefix("quantity_")): str(value).strip().replace(",", ".")
            for name, value in post.items()
            if re.fullmatch(r"quantity_\d{1,9}", name)
        }
        variants = {
            int(name.removeprefix("variant_")): _line_id(value)
            for name, value in post.items()
            if re.fullmatch(r"variant_\d{1,9}", name)
        }
        if signatory.request_id._choose_options(signatory, quantities, variants):
            frame.say(
                request.env._(
                    "Your choice is in a new version of the quote: please read it."
                ),
                "good",
            )

    @http.route(f"{BASE}/terms", **_POST)
    @_step()
    def sign_terms(self, signatory, accepted="", approval="", **_post):
        signatory._check_steps_before("terms", frame.browser_secret())
        signatory._accept(bool(accepted), approval)

    @http.route(f"{BASE}/code", **_POST)
    @_step("sign_code")
    def sign_code(self, signatory, channel="email", **_post):
        signatory._check_steps_before("code", frame.browser_secret())
        verdict = signatory._send_code(channel)
        env = request.env
        words = {
            "ok": env._(
                "A code is on its way to %(address)s.",
                address=signatory._masked_address(channel),
            ),
            "locked": _locked_words(env),
            "too_many": env._("Too many codes were sent. Try again in an hour."),
            "failed": env._(
                "The code could not be sent. Try again in a minute, or call "
                "%(company)s.",
                company=signatory.company_id.name,
            ),
        }
        frame.say(words[verdict], "good" if verdict == "ok" else "bad")

    @http.route(f"{BASE}/code/check", **_POST)
    @_step("sign_check")
    def sign_code_check(self, signatory, code="", **_post):
        secret = frame.browser_secret()
        signatory._check_steps_before("code", secret)
        verdict = signatory._check_code(code, secret)
        env = request.env
        words = {
            "wrong": env._("This is not the code that was sent."),
            "too_fast": env._("Please wait some seconds, then enter the code again."),
            "expired": env._("This code is too old: have a new one sent."),
            "none": env._("No code waits to be entered: have one sent."),
            "locked": _locked_words(env),
        }
        if verdict in words:
            frame.say(words[verdict])

    @http.route(f"{BASE}/sign", **{**_POST, "max_content_length": MAX_SIGN})
    @_step()
    def sign_sign(
        self, signatory, way, method="", drawing="", upload=None, shown="", **_post
    ):
        signatory._check_steps_before("sign", frame.browser_secret())
        image, image_type = _picture(method, drawing, upload)
        http_request = request.httprequest
        signatory.request_id._sign(
            signatory,
            image=image,
            image_type=image_type,
            method=method,
            approval=signatory.typed_approval or False,
            ip=http_request.remote_addr,
            agent=http_request.user_agent.string,
            shown_sha256=shown,
            way=way,
        )

    @http.route(f"{BASE}/decline", **_POST)
    @_step()
    def sign_decline(self, signatory, reason="", **_post):
        signatory.request_id._decline(signatory, reason)

    @http.route(f"{BASE}/question", **_POST)
    @_step("sign_word")
    def sign_question(self, signatory, question="", **_post):
        signatory._ask_question(question)
        frame.say(
            request.env._(
                "Your question was sent. The answer comes by mail; nothing is signed."
            ),
            "good",
        )


def _end_on_site(signatory):
    """The last page on the device of the sales person, whose link works once: signed,
    or why nothing can be signed any more.
    """
    if signatory.state == "signed":
        return frame.page("sign_done", signatory, path=None)
    words = signatory.request_id._closed_problem()
    if not words:
        # the time of the link was over, or it was opened again
        return frame.nothing_here()
    return frame.page("sign_closed", signatory, path=None, words=words)


def _shown(signatory, step):
    """Values of the page: the steps, and the one that is shown."""
    secret = frame.browser_secret()
    steps = signatory._ceremony_steps()
    done = {name: signatory._is_step_done(name, secret) for name in steps}
    now = next(name for name in steps if not done[name])
    if step in steps and (done[step] or step == now):
        now = step
    return {"steps": steps, "done": done, "step": now}


def _line_id(value):
    """The number of a line out of a form; 0, which none has, if it is no number."""
    return int(value) if re.fullmatch(r"\d{1,9}", str(value)) else 0


def _refusal(signatory, error):
    """The page with the words of ``error``, instead of a file."""
    path = frame.path_of(signatory.id, signatory.access_token)
    words = str(error.args[0])
    return frame.page("sign_closed", signatory, status=409, path=path, words=words)


def _locked_words(env):
    return env._(
        "Too many wrong codes. For your protection nothing can be entered for 15 "
        "minutes."
    )


def _picture(method, drawing, upload):
    """Return what the browser sent as signature: ``(bytes, declared type)``.

    It is decoded, within limits, by ``_sign`` only.
    """
    if method == "upload" and hasattr(upload, "read"):
        return upload.read(signature_image.MAX_BYTES + 1), upload.mimetype
    if method == "draw" and isinstance(drawing, str):
        match = _DRAWING.fullmatch(drawing)
        if match:
            with contextlib.suppress(binascii.Error):
                return base64.b64decode(match[2], validate=True), match[1]
    return b"", ""
