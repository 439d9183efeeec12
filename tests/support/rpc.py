# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A client with a session, calling what the web client calls."""

import http.cookiejar
import json
import urllib.error
import urllib.request

TIMEOUT = 300


class RpcError(Exception):
    """The server answered with an exception; ``name`` is its class."""

    def __init__(self, error):
        data = error.get("data") or {}
        self.name = data.get("name", "")
        self.debug = data.get("debug", "")
        super().__init__(data.get("message") or error.get("message"))


class Rpc:
    """Session of one user, or of an anonymous visitor when no login is given."""

    def __init__(self, base_url, database, login=None, password=None):
        self.base_url = base_url
        self.database = database
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(jar)
        )
        self.uid = None
        if login:
            answer = self.jsonrpc(
                "/web/session/authenticate",
                {"db": database, "login": login, "password": password},
            )
            self.uid = answer["uid"]

    def jsonrpc(self, path, params):
        """Result of a JSON-RPC route.

        :raise RpcError: with the message and the class of the server's exception.
        """
        request = urllib.request.Request(
            self.base_url + path,
            json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self._opener.open(request, timeout=TIMEOUT) as answer:
            body = json.load(answer)
        if "error" in body:
            raise RpcError(body["error"])
        return body.get("result")

    def call(self, model, method, *args, **kwargs):
        """Call a public method as the web client does."""
        return self.jsonrpc(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    def get(self, path):
        """(status, headers, body) of a page; a refusal is a status, no exception."""
        try:
            with self._opener.open(self.base_url + path, timeout=TIMEOUT) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()
