# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where flow files are dropped and return files collected: a folder, or SFTP.

Both have ``put(name, content)``, ``fetch()`` and ``acknowledge(name)``, and raise
``RetryLater`` (not reachable), ``FixCredentials`` (layer ``account``), ``Rejected``
(refused: another file of that name, a bad name). A ``put`` is safe to repeat: the same
name with the same content is done already.
"""


class Folder:
    """Directories of this machine or a mount.

    :param path: holds ``out``, ``in`` and ``done``; or each of them by its own path
    """

    def __init__(self, path="", *, out="", inbox="", done=""):
        raise NotImplementedError

    def check(self) -> None:
        """Raise when a directory is missing or not writable."""
        raise NotImplementedError

    def put(self, name: str, content: bytes) -> None:
        """Drop a file: under a temporary name first, then by its own."""
        raise NotImplementedError

    def fetch(self):
        """Yield ``(name, bytes)`` of what waits, by name."""
        raise NotImplementedError

    def acknowledge(self, name: str) -> None:
        """Move a collected file to ``done``."""
        raise NotImplementedError


class Sftp:
    """The same on a server, whose key must be the expected one.

    :param key: private key as text (OpenSSH or PEM), with ``key_password``
    :param host_key: ``ssh-ed25519 AAAA…`` as in known_hosts, or ``SHA256:…``
    :param folders: ``{"out": …, "in": …, "done": …}``
    """

    def __init__(
        self,
        host,
        port=22,
        user="",
        *,
        key="",
        key_password="",
        password="",
        host_key="",
        folders=None,
        timeout=30,
    ):
        raise NotImplementedError

    def __enter__(self):
        raise NotImplementedError

    def __exit__(self, *exc):
        raise NotImplementedError

    def check(self) -> None:
        raise NotImplementedError

    def put(self, name: str, content: bytes) -> None:
        raise NotImplementedError

    def fetch(self):
        raise NotImplementedError

    def acknowledge(self, name: str) -> None:
        raise NotImplementedError
