# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""HTTP: the token service, the gateway, the operations, the control page."""

import base64
import binascii
import contextlib
import json
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from . import control, invoices, structures, transverses
from .answers import GatewayError, Refusal
from .platform import Platform

TOKEN_PATH = "/api/oauth/token"
API_PATH = "/cpro/"
HEALTH = "transverses/v1/health-check"
MAX_BODY = 60_000_000
OPERATIONS = {
    **invoices.OPERATIONS,
    **structures.OPERATIONS,
    **transverses.OPERATIONS,
}


def short_name(path):
    """The name by which calls are counted: deposer/flux, structures/rechercher."""
    api, _version, name = path.split("/", 2)
    return name if api in ("factures", "transverses") else f"{api}/{name}"


class Handler(BaseHTTPRequestHandler):
    """One connection. ``platform`` is set on a subclass by the server."""

    platform = None
    protocol_version = "HTTP/1.1"
    timeout = 120
    # two packets for an answer would wait for each other (Nagle, delayed ACK)
    disable_nagle_algorithm = True

    def log_message(self, format, *args):
        """Keep quiet: what was called is on the control page."""

    def do_GET(self):
        path = urlsplit(self.path).path
        if path == f"{API_PATH}{HEALTH}":
            facts = {"body": "OK", "statusCode": "OK", "statusCodeValue": 200}
            return self._json(facts)
        if path == "/health":
            return self._send(200, b"ok", "text/plain")
        return self._control("GET", path, b"")

    def do_POST(self):
        path = urlsplit(self.path).path
        size = int(self.headers.get("Content-Length") or 0)
        if size > MAX_BODY:
            self.close_connection = True
            return self._send(413, b"", "text/plain")
        body = self.rfile.read(size)
        if path == TOKEN_PATH:
            return self._guard("token", lambda: self._token(body))
        if path.startswith(API_PATH):
            return self._api(path.removeprefix(API_PATH), body)
        return self._control("POST", path, body)

    # -- access ------------------------------------------------------------------------

    def _token(self, body):
        fields = {key: value[0] for key, value in parse_qs(body.decode()).items()}
        basic = self._basic(self.headers.get("Authorization"), "Basic ")
        client = basic or (fields.get("client_id"), fields.get("client_secret"))
        platform = self.platform
        if fields.get("grant_type") != "client_credentials":
            return 400, {"error": "unsupported_grant_type"}
        token = platform.give_token(*client)
        if not token:
            return 400, {"error": "invalid_client", "error_description": "invalid"}
        return 200, {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": platform.settings.token_seconds,
            "scope": "openid",
        }

    def _basic(self, value, prefix=""):
        """``(name, secret)`` of a base64 header, None without a good one."""
        if not value or not value.startswith(prefix):
            return None
        try:
            text = base64.b64decode(value[len(prefix) :], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        name, separator, secret = text.partition(":")
        return (name, secret) if separator else None

    def _api(self, path, body):
        operation = OPERATIONS.get(path)
        name = short_name(path) if path.count("/") > 1 else path
        self._guard(name, lambda: self._answer(operation, path, body))

    def _answer(self, operation, path, body):
        """``(HTTP status, answer)`` of an operation, in the order of the gateway."""
        platform = self.platform
        bearer = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        client_id = platform.client_of(bearer)
        if client_id is None:
            raise GatewayError(int(platform.settings.expired_token))
        application = platform.application(client_id)
        if operation is None or path.split("/")[0] not in application.apis:
            raise GatewayError(403)
        login = self._basic(self.headers.get("cpro-account"))
        account = platform.account(*login) if login else None
        if account is None or account.client_id != client_id:
            raise GatewayError(401)
        if "json" not in (self.headers.get("Content-Type") or ""):
            raise GatewayError(415)
        try:
            values = json.loads(body or b"{}")
        except ValueError as error:
            raise GatewayError(400) from error
        if not isinstance(values, dict):
            raise GatewayError(400)
        try:
            return 200, operation(platform, account, values)
        except Refusal as refusal:
            status = 400 if platform.settings.business_errors == "http400" else 200
            return status, {"codeRetour": refusal.code, "libelle": refusal.label}

    # -- faults ------------------------------------------------------------------------

    def _guard(self, name, answer):
        """Count the call, apply the fault planned for it, answer."""
        platform = self.platform
        with platform.lock:
            platform.calls[name] += 1
        fault = platform.faults.take(name)
        kind = fault.kind if fault else ""
        if kind == "lose":
            return self._cut()
        if kind == "status":
            retry = {"Retry-After": fault.retry_after} if fault.retry_after else {}
            return self._send(fault.status, b"", "text/plain", retry)
        if kind == "code":
            return self._json({"codeRetour": fault.code, "libelle": fault.label})
        try:
            with platform.lock:
                status, values = answer()
        except GatewayError as error:
            return self._gateway_error(error.status)
        if kind == "drop":
            return self._cut()
        if kind == "slow":
            time.sleep(fault.seconds)
        if kind == "garbage":
            return self._send(200, b"<html>maintenance</html>", "text/html")
        return self._json(values, status)

    def _gateway_error(self, status):
        headers = {}
        if status == 400:
            realm = 'Bearer realm="DefaultRealm", error="invalid_request"'
            headers["WWW-Authenticate"] = realm
        self._send(status, b"", "text/plain", headers)

    def _cut(self):
        """End the connection without an answer."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    # -- answers -----------------------------------------------------------------------

    def _control(self, method, path, body):
        status, data, mimetype, headers = control.answer(
            self.platform, method, path, body, self.headers
        )
        self._send(status, data, mimetype, headers)

    def _json(self, values, status=200):
        data = json.dumps(values, ensure_ascii=False).encode()
        self._send(status, data, "application/json;charset=utf-8")

    def _send(self, status, data, mimetype, headers=None):
        try:
            self.send_response(status)
            self.send_header("Content-Type", mimetype)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("X-Content-Type-Options", "nosniff")
            for name, value in (headers or {}).items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            # who asked did not wait for the answer
            self.close_connection = True


class SimulatorServer(ThreadingHTTPServer):
    """The simulator on a port of the loopback interface (0: a free one)."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, platform=None, host="127.0.0.1", port=0):
        self.platform = platform or Platform()
        handler = type("PlatformHandler", (Handler,), {"platform": self.platform})
        super().__init__((host, port), handler)

    def handle_error(self, request, client_address):
        """A connection that the other side cut is no error of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self):
        host, port = self.server_address[:2]
        return f"http://{host}:{port}"

    def start(self):
        """Answer in a thread of this process."""
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def close(self):
        self.shutdown()
        self.server_close()
