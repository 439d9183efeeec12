# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Fixtures of the tests of ``chorus_edi/lib``: a server that answers what it is told.

The simulator of the project (``chorus_sim``) behaves; this one misbehaves on demand,
one answer at a time.
"""

import json
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from demat_lib_chorus_edi.client import Client, Credentials
from demat_lib_chorus_edi.platforms import Platform

SECRETS = ("s3cret-of-the-application", "pàssword-of-the-account")


@dataclass
class Reply:
    """``cut``: the connection is reset instead of an answer; ``wait``: seconds before;
    ``short``: fewer bytes than announced."""

    data: object = None
    status: int = 200
    headers: dict = field(default_factory=dict)
    cut: bool = False
    wait: float = 0
    short: bool = False


class ScriptedServer:
    """Replies in the order given, for each operation; keeps what was asked."""

    def __init__(self):
        self.asked = []
        self.expires_in = 3600
        self._replies = {}
        self._tokens = 0
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                owner._answer(self)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reply(self, operation, *replies):
        """Add answers; the last one is repeated. ``operation``: end of the path."""
        listed = self._replies.setdefault(operation, deque())
        for reply in replies:
            listed.append(reply if isinstance(reply, Reply) else Reply(reply))

    def bodies(self, operation):
        return [body for path, body, _headers in self.asked if path.endswith(operation)]

    def _answer(self, handler):
        length = int(handler.headers["Content-Length"])
        content = handler.rfile.read(length)
        if "form" in handler.headers["Content-Type"]:
            body = {
                name: value[0] for name, value in parse_qs(content.decode()).items()
            }
        else:
            body = json.loads(content)
        self.asked.append((handler.path, body, dict(handler.headers)))
        reply = self._next(handler.path)
        time.sleep(reply.wait)
        if reply.cut:
            linger = struct.pack("ii", 1, 0)  # a reset, not an orderly end
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            handler.connection.close()
            handler.close_connection = True
            return
        self._write(handler, reply)

    def _write(self, handler, reply):
        text = reply.data
        if not isinstance(text, bytes):
            text = b"" if text is None else json.dumps(text).encode()
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text[: len(text) // 2] if reply.short else text)
        if reply.short:
            handler.close_connection = True

    def _next(self, path):
        for operation, replies in self._replies.items():
            if path.endswith(operation):
                return replies.popleft() if len(replies) > 1 else replies[0]
        if path.endswith("/token"):
            self._tokens += 1
            return Reply(
                {
                    "access_token": f"token-{self._tokens}",
                    "token_type": "Bearer",
                    "expires_in": self.expires_in,
                    "scope": "openid",
                }
            )
        return Reply(status=403)


@pytest.fixture
def server():
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


@pytest.fixture
def make_client(server):
    """Build a client of the server; other addresses and a timeout on demand."""

    def make(*, token_url=None, api_url=None, **options):
        platform = Platform(
            token_url=token_url or f"{server.url}/token", api_url=api_url or server.url
        )
        secrets = Credentials("application", SECRETS[0], "TECH_1@cpro.fr", SECRETS[1])
        return Client(platform, secrets, **options)

    return make


@pytest.fixture
def client(make_client):
    return make_client()


@pytest.fixture
def reply():
    return Reply
