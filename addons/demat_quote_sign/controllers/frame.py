# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What all routes of the ceremony have in common: who is let in, and the frame of the
page."""

import logging
import re
import secrets

from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.ged_archive.models.ir_attachment import StorageUnavailable

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
#: In the session: the secret of this browser, and what to say on the next page.
SECRET = "demat_sign_secret"
SAID = "demat_sign_said"

_LINK = re.compile(r"(/my/sign/\d+/)[^/\s?\"]+")


class HideLinks(logging.Filter):
    """Takes the personal links out of the log of requests: who reads the log of the
    server must not be able to sign.
    """

    def filter(self, record):
        if isinstance(record.msg, str):
            record.msg = _LINK.sub(r"\1…", record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(
                _LINK.sub(r"\1…", arg) if isinstance(arg, str) else arg
                for arg in record.args
            )
        return True


logging.getLogger("werkzeug").addFilter(HideLinks())


def path_of(signatory_id, token, step=""):
    return f"/my/sign/{signatory_id}/{token}{step}"


def enter(signatory_id, token):
    """Return the signatory whose link this is, in system mode and in his language;
    empty for anybody else, who is counted.
    """
    Signatory = request.env["demat.sign.signatory"].sudo()
    signatory = Signatory._find_by_token(signatory_id, token)
    if not signatory:
        return signatory
    request.update_context(
        lang=_language(signatory),
        tz=signatory.company_id._demat_sign_zone(),
    )
    Signatory = request.env["demat.sign.signatory"].sudo()
    return Signatory.with_company(signatory.company_id).browse(signatory.id)


def _language(signatory):
    wanted = signatory.lang or signatory.request_id.lang
    installed = [code for code, _name in request.env["res.lang"].get_installed()]
    return wanted if wanted in installed else "en_US"


def admit(scope):
    """Return 0, or after how many seconds to come back."""
    throttle = request.env["ged.throttle"].sudo()
    return throttle._admit(scope, request.httprequest.remote_addr)


def browser_secret():
    """The secret of this browser; it lives in its session, on the server."""
    if SECRET not in request.session:
        request.session[SECRET] = secrets.token_hex(32)
    return request.session[SECRET]


def say(words, kind="bad"):
    """Have ``words`` shown on the next page."""
    request.session[SAID] = {"words": words, "kind": kind}


def _said():
    return request.session.pop(SAID, None)


def archived_bytes(document, sha256):
    """Content of an archived document, only if these are the very bytes of ``sha256``.

    :raise UserError: they are not, or the storage does not answer
    """
    env = request.env
    problem = env._(
        "The file of this quote is not what was archived: nothing can be signed. "
        "Please tell %(company)s.",
        company=document.sudo().company_id.name,
    )
    if document.sudo().sha256 != sha256:
        raise UserError(problem)
    try:
        return document.sudo()._get_content()
    except StorageUnavailable as error:
        raise UserError(
            env._("The archive does not answer at the moment. Try again in a minute.")
        ) from error
    except UserError as error:
        raise UserError(problem) from error


def pdf_response(content, filename, *, download):
    kind = "attachment" if download else "inline"
    safe = re.sub(r"[^0-9A-Za-z._-]", "-", filename)
    return request.make_response(
        content,
        headers=[
            ("Content-Type", "application/pdf"),
            ("Content-Length", str(len(content))),
            ("Content-Disposition", f'{kind}; filename="{safe}"'),
            *_headers("default-src 'none'; frame-ancestors 'none'"),
        ],
    )


def page(template, signatory=None, *, status=200, **values):
    """Render a page of the ceremony.

    Refusals are all alike: without a signatory nothing is said but that there is
    nothing here.
    """
    nonce = secrets.token_urlsafe(16)
    company = signatory.company_id if signatory else request.env["res.company"].sudo()
    colour = company.primary_color or ""
    body = request.env["ir.qweb"]._render(
        f"demat_quote_sign.{template}",
        {
            "said": _said() if signatory else None,
            **values,
            "signatory": signatory,
            "deal": signatory.request_id if signatory else None,
            "company": company,
            "colour": colour if _COLOUR.fullmatch(colour) else "",
            "nonce": nonce,
            "tongue": (request.env.context.get("lang") or "en").partition("_")[0],
            "csrf": request.csrf_token,
        },
    )
    response = request.make_response(
        f"<!DOCTYPE html>\n{body}",
        headers=[
            ("Content-Type", "text/html; charset=utf-8"),
            *_headers(
                "default-src 'none'; script-src 'self'; worker-src 'self'; "
                "connect-src 'self'; img-src 'self' data: blob:; font-src 'self' data:;"
                f" style-src 'self' 'nonce-{nonce}'; form-action 'self'; "
                "base-uri 'none'; frame-ancestors 'none'"
            ),
        ],
    )
    response.status_code = status
    return response


def _headers(policy):
    return [
        ("Content-Security-Policy", policy),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
        ("X-Robots-Tag", "noindex, nofollow, noarchive"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ]


def nothing_here():
    """One same answer to whoever has no link of his own."""
    wait = admit("sign_miss")
    if wait:
        return come_back(wait)
    wanted = (request.best_lang or "en_US")[:2]
    codes = [code for code, _name in request.env["res.lang"].get_installed()]
    near = [code for code in codes if code.startswith(wanted)]
    request.update_context(lang=near[0] if near else "en_US")
    return page("sign_nothing", status=404)


def come_back(seconds, signatory=None):
    response = page("sign_wait", signatory, status=429, wait=seconds)
    response.headers["Retry-After"] = str(seconds)
    return response
