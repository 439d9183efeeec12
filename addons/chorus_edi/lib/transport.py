# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""HTTP with Chorus Pro: token, technical account, and what an answer means.

Sources: the official description of the API « AIFE - Chorus Pro - Factures » (every
operation is a POST of a JSON object) and published traces of its gateway: an expired
token is HTTP 400 with ``WWW-Authenticate: Bearer``, a wrong technical account 401, an
operation that is not subscribed an empty 403.
"""

import base64
import json
import logging
import time
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests

from . import errors

__all__ = ["Answer", "Credentials", "Transport"]

_logger = logging.getLogger(__name__)

#: The token is renewed that many seconds before its end.
TOKEN_MARGIN = 60
#: Largest answer that is read: a report or a directory in base64.
MAX_ANSWER = 160 * 1024 * 1024
#: The timeout of ``requests`` is per packet: an answer may take that many times it.
SLOWEST = 5


@dataclass(frozen=True)
class Credentials:
    """Of the PISTE application and of the technical account; never shown."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    login: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def account(self) -> str:
        """What the header ``cpro-account`` holds."""
        return base64.b64encode(f"{self.login}:{self.password}".encode()).decode()

    def hide(self, text: str) -> str:
        """``text`` without any of the secrets, should a server repeat one."""
        for secret in (self.client_secret, self.password, self.account):
            if len(secret) >= 4:
                text = text.replace(secret, "***")
        return text


@dataclass(frozen=True)
class Answer:
    """``code``/``label``: ``codeRetour`` (0: done) and ``libelle``."""

    code: int
    label: str
    data: dict = field(repr=False)


class _Body:
    """A body that knows whether all of it was handed to the connection.

    A server acts on a request only once it has all of it; so a failure before that
    has changed nothing, whatever the reason.
    """

    def __init__(self, pieces):
        self._rest = [memoryview(piece) for piece in pieces if piece]

    def __len__(self):
        return sum(map(len, self._rest))

    def __iter__(self):  # tells requests to stream
        return iter(self.read, b"")

    def read(self, size=-1):  # pylint: disable=method-required-super
        if not self._rest:
            return b""
        first = self._rest[0]
        size = len(first) if size is None or size < 0 else size
        piece, rest = first[:size], first[size:]
        self._rest[:1] = [rest] if rest else []
        return bytes(piece)

    @property
    def is_sent(self):
        return not self._rest


class Transport:
    """See :class:`client.Client` for the parameters."""

    def __init__(self, platform, credentials, timeout, session=None, calls=None):
        self.platform = platform
        self.calls = {} if calls is None else calls
        self._credentials = credentials
        self._timeout = timeout
        self._session = session or _new_session()
        self._token = ""
        self._token_end = 0.0

    def call(
        self, operation: str, body: dict, *, writes=False, file=("", b"")
    ) -> Answer:
        """Post to ``/cpro/<operation>``; any ``codeRetour`` is an answer.

        :param operation: ``factures/v1/deposer/flux``
        :param file: name of a field and bytes that go there in base64, without the
            copies that a JSON text of 40 MB would need
        :param writes: it changes something (decides how a failure is reported)
        :raises ChorusError: see :mod:`errors`
        """
        content = _pieces(body, *file)
        for attempt in (1, 2):
            is_new = self._ensure_token()
            status, headers, text = self._post(operation, content, writes)
            if not _is_token_refused(status, headers) or is_new or attempt == 2:
                break
            # Refused by the gateway, so nothing was done: once more with a new token.
            self._token = ""
        return self._read(operation, status, headers, text, writes)

    def token(self) -> None:
        """Ask for a token, if there is none in force."""
        self._ensure_token()

    def _ensure_token(self) -> bool:
        if self._token and time.monotonic() < self._token_end:
            return False
        body = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
            "scope": "openid",
        }
        self._count("token")
        status, headers, text = self._send(
            self.platform.token_url, {"data": body}, "the token server", writes=False
        )
        self._keep_token(status, headers, _json(text))
        return True

    def _keep_token(self, status, headers, data):
        if status == 429 or status >= 500:
            raise errors.RetryLater(
                f"The token server of PISTE answered HTTP {status}.",
                code=status,
                retry_after=_retry_after(headers),
            )
        if status in (400, 401, 403):
            reason = str((data or {}).get("error") or "")
            raise errors.FixCredentials(
                "PISTE refuses the client id or the client secret of the application.",
                "token",
                code=status,
                label=reason if reason.replace("_", "").isalpha() else "",
            )
        token = (data or {}).get("access_token")
        if status != 200 or not isinstance(token, str) or not _is_header_safe(token):
            raise errors.UnreadableAnswer(
                f"The token server of PISTE gave no token (HTTP {status}).", code=status
            )
        lasts = _number(data.get("expires_in"), 300)
        self._token = token
        self._token_end = time.monotonic() + lasts - min(TOKEN_MARGIN, lasts / 2)

    def _post(self, operation, content, writes):
        self._count(operation.split("/v1/")[-1])
        headers = {
            "Authorization": f"Bearer {self._token}",
            "cpro-account": self._credentials.account,
            "Content-Type": "application/json;charset=utf-8",
            "Accept": "application/json;charset=utf-8",
        }
        url = f"{self.platform.api_url}/cpro/{operation}"
        options = {"data": _Body(content), "headers": headers}
        return self._send(url, options, "Chorus Pro", writes)

    def _send(self, url, options, who, writes):
        """Return the HTTP status, the headers and the body of the answer."""
        body = options["data"]
        begin = time.monotonic()
        try:
            with self._session.post(
                url,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
                **options,
            ) as reply:
                limit = begin + SLOWEST * _read_timeout(self._timeout)
                return reply.status_code, reply.headers, _content(reply, limit)
        except (requests.RequestException, _TooSlow, _TooLong) as exc:
            # Their texts may hold the address: name the kind only. ``from None``, as
            # a traceback of urllib3 shows what it was given.
            reason = _reason(exc)
            sent = getattr(body, "is_sent", True)
        except ValueError as exc:
            reason, sent = f"the request failed ({type(exc).__name__})", True
        host = urlsplit(url).hostname
        _logger.info("%s (%s): %s", who, host, reason)
        if writes and sent:
            raise errors.OutcomeUnknown(
                f"The request left for {who} ({host}), but its answer did not arrive: "
                f"{reason}."
            ) from None
        raise errors.RetryLater(f"{who} ({host}): {reason}.") from None

    def _read(self, operation, status, headers, text, writes) -> Answer:
        data = _json(text)
        if status in (200, 201) and isinstance(data, dict):
            return self._answer(data)
        if status in (400, 403) and isinstance(data, dict) and "codeRetour" in data:
            answer = self._answer(data)
            # A refusal that calls itself done would be taken for done.
            code = answer.code or status
            return Answer(code, answer.label, data)
        self._refuse(operation, status, headers)
        if writes and (status >= 500 or status in (200, 201)):
            raise errors.UnreadableOutcome(
                f"Chorus Pro answered {operation} with HTTP {status} and nothing that "
                f"can be read.",
                code=status,
            )
        raise errors.UnreadableAnswer(
            f"Chorus Pro answered {operation} with HTTP {status} and nothing that can "
            f"be read.",
            code=status,
        )

    def _refuse(self, operation, status, headers):
        """Raise what an answer of the gateway means, if it means something."""
        if status == 429:
            raise errors.RetryLater(
                "Chorus Pro wants fewer requests.",
                code=status,
                retry_after=_retry_after(headers),
            )
        if status == 401:
            raise errors.FixCredentials(
                "Chorus Pro refuses the login or the password of the technical "
                "account: it may have been changed, or have expired.",
                "account",
                code=status,
            )
        if status == 400 and _is_token_refused(status, headers):
            raise errors.FixCredentials(
                "Chorus Pro refuses the token that PISTE has just given.",
                "token",
                code=status,
            )
        if status == 403:
            raise errors.FixCredentials(
                f"The PISTE application may not use {operation}: its API is not "
                f"ticked in the application, or its terms are not accepted.",
                "subscription",
                code=status,
            )
        if status == 413:
            raise errors.Rejected("Too large for Chorus Pro.", code=status)
        if status in (400, 404, 405, 415):
            raise errors.Rejected(
                f"Chorus Pro refuses {operation} with HTTP {status}.", code=status
            )

    def _answer(self, data) -> Answer:
        label = str(data.get("libelle") or "")
        code = data.get("codeRetour")
        # A few answers have no code; they carry what was asked for.
        number = 0 if code is None else _number(code, -1)
        return Answer(int(number), self._credentials.hide(label)[:500], data)

    def _count(self, operation):
        self.calls[operation] = self.calls.get(operation, 0) + 1


def _pieces(body, name, content):
    """The bytes of a JSON object, of which one member may be a file."""
    text = json.dumps(body, ensure_ascii=False).encode()
    if not name:
        return [text]
    begin = f'{{{json.dumps(name)}: "'.encode()
    end = b", " + text[1:] if body else text[1:]
    return [begin, base64.b64encode(content), b'"', end]


class _TooLong(Exception):
    """The answer has too many bytes."""


class _TooSlow(Exception):
    """The answer drips."""


def _new_session():
    session = requests.Session()
    # Without this, a .netrc of the server would replace the token.
    session.auth = _no_other_password
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _no_other_password(request):
    return request


def _content(reply, limit) -> bytes:
    content = bytearray()
    for piece in reply.iter_content(65536):
        content += piece
        if len(content) > MAX_ANSWER:
            raise _TooLong
        if time.monotonic() > limit:
            raise _TooSlow
    return bytes(content)


def _read_timeout(timeout):
    return timeout[1] if isinstance(timeout, tuple) else timeout


def _reason(exc):
    if isinstance(exc, _TooLong):
        return "its answer is too long"
    if isinstance(exc, requests.ConnectTimeout):
        return "no connection in time"
    if isinstance(exc, requests.Timeout | _TooSlow):
        return "no answer in time"
    if isinstance(exc, requests.exceptions.SSLError):
        return "its TLS certificate or connection is not trusted"
    if isinstance(exc, requests.ConnectionError):
        return "no connection, or it was cut"
    return f"the request failed ({type(exc).__name__})"


def _is_token_refused(status, headers):
    if status == 401:
        return True
    challenge = headers.get("WWW-Authenticate", "")
    return status == 400 and challenge.lower().startswith("bearer")


def _is_header_safe(token):
    return 0 < len(token) <= 8192 and token.isascii() and token.isprintable()


def _json(text: bytes):
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _number(value, default):
    try:
        return float(value) if 0 <= float(value) < 1e9 else default
    except (TypeError, ValueError):
        return default


def _retry_after(headers):
    """Seconds; a date is not worth its parsing: ``None``."""
    return _number(headers.get("Retry-After"), None)
