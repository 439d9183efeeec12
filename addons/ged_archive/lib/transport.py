# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""HTTP with a deadline for everything, for servers that may be dead, slow or lying."""

import os
import threading
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests

__all__ = ["Refused", "Transport", "host"]


class Refused(Exception):
    """One server gave no usable answer; the text says what happened."""


class Transport:
    """Posts and gets; may be shared by threads and kept across forks.

    ``timeout`` (seconds) is for the whole call to one server, name resolution included.
    Redirections are not followed: these protocols have none, and an address inside a
    certificate must not lead elsewhere.
    """

    def __init__(self, timeout: float, name: str = "fetch"):
        self.timeout = timeout
        self._name = name
        self._session: requests.Session | None = None
        self._session_pid = 0

    def fetch(
        self,
        url: str,
        *,
        max_size: int,
        body: bytes | None = None,
        headers: dict | None = None,
        kind: str | None = None,
        what: str = "",
    ) -> bytes:
        """Return the body of the answer; raise :class:`Refused` with the reason.

        :param body: sent with POST; ``None`` for a GET
        :param kind: media type that the answer must have
        :param what: its name in words, for the reason

        The timeouts of ``requests`` are per address and per packet and do not cover the
        name resolution, so the call runs in a thread that is abandoned when the time is
        over.
        """
        outcome: list = []

        def exchange():
            return self._exchange(url, max_size, body, headers, kind, what)

        thread = threading.Thread(
            target=self._run, args=(exchange, outcome), name=self._name, daemon=True
        )
        thread.start()
        thread.join(self.timeout)
        if not outcome:
            raise Refused(f"no answer within {self.timeout:g} s")
        if isinstance(outcome[0], Refused):
            raise outcome[0]
        return outcome[0]

    def _run(self, exchange, outcome):
        try:
            outcome.append(exchange())
        except Refused as refusal:
            outcome.append(refusal)
        except requests.Timeout:
            outcome.append(Refused(f"no answer within {self.timeout:g} s"))
        except requests.exceptions.SSLError:
            outcome.append(Refused("its TLS certificate is not trusted"))
        except requests.ConnectionError:
            outcome.append(Refused("no connection"))
        except (requests.RequestException, ValueError) as exc:
            # The text of these may hold the address with its password: name the kind
            # only.
            outcome.append(Refused(f"the request failed ({type(exc).__name__})"))

    def _exchange(self, url, max_size, body, headers, kind, what) -> bytes:
        with self._get_session().request(
            "GET" if body is None else "POST",
            url,
            data=body,
            headers=headers,
            timeout=self.timeout,
            allow_redirects=False,
            stream=True,
        ) as reply:
            if reply.status_code != 200:
                raise Refused(f"it answered HTTP {reply.status_code}")
            got = (
                reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            )
            if kind and got != kind:
                raise Refused(f"it answered “{got[:60]}” instead of {what}")
            content = bytearray()
            for piece in reply.iter_content(16384):
                content += piece
                if len(content) > max_size:
                    raise Refused("its answer is too long")
            return bytes(content)

    def _get_session(self) -> requests.Session:
        # A forked child must not write into the sockets of its parent.
        if self._session is None or self._session_pid != os.getpid():
            session = requests.Session()
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            self._session, self._session_pid = session, os.getpid()
        return self._session


def host(url: str) -> str:
    """The address without user name, password and path, fit for a message."""
    parts = urlsplit(url)
    return (
        parts.hostname + (f":{parts.port}" if parts.port else "")
        if parts.hostname
        else "?"
    )
