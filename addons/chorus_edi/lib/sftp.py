# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Flow files over SFTP, on a server whose key must be the expected one."""

import base64
import contextlib
import errno
import hashlib
import hmac
import io
import logging
import secrets
import socket
import stat

from . import errors
from .sftp_names import MAX_FILE, check_name, is_waiting, other_name

__all__ = ["Sftp", "fingerprint_of", "server_key"]

# What goes wrong is told by our errors; paramiko would log a traceback for each server
# that hangs up.
_LOG = f"{__name__}.paramiko"
logging.getLogger(_LOG).setLevel(logging.CRITICAL + 1)

_RSA = ("rsa-sha2-512", "rsa-sha2-256")


class Sftp:
    """A server. Use it in a ``with`` for several calls over one connection.

    :param key: private key as text (OpenSSH or PEM), with ``key_password``; else
    :param password: of the user
    :param host_key: ``ssh-ed25519 AAAA…`` as in known_hosts (without the host), or the
        fingerprint ``SHA256:…``; there is no trust at first sight
    :param folders: ``{"out": …, "in": …, "done": …}`` on the server; without ``done``,
        what is acknowledged is removed
    :param timeout: seconds for each step
    """

    def __init__(
        self,
        host,
        port=22,
        user="",
        *,
        key="",
        key_password="",  # noqa: S107
        password="",  # noqa: S107
        host_key="",
        folders=None,
        timeout=30,
    ):
        if not host_key.strip():
            raise ValueError("the key of the server must be known")
        folders = {"out": "out", "in": "in", "done": "done", **(folders or {})}
        self._address = (host, int(port or 22))
        self._user, self._password = user, password
        self._key, self._key_password = key, key_password
        self._host_key = host_key.strip()
        self._out, self._in = folders["out"], folders["in"]
        self._done = folders["done"]
        self._timeout = timeout
        self._transport = self._client = None

    def __enter__(self):
        with self._told("connect"):
            self._connect()
        return self

    def __exit__(self, *exc):
        self._close()

    def check(self) -> None:
        """Log in and look at the folders; raise when something is refused."""
        with self._session() as client, self._told("look at the folders"):
            for folder in filter(None, (self._out, self._in, self._done)):
                if not stat.S_ISDIR(client.stat(folder).st_mode):
                    raise OSError(errno.ENOENT, f"{folder} is no folder")

    def put(self, name: str, content: bytes) -> None:
        """Drop a file: under a temporary name first, then by its own, never over
        another."""
        check_name(name)
        target = f"{self._out}/{name}"
        temporary = f"{self._out}/.{name[:150]}.{secrets.token_hex(4)}.part"
        with self._session() as client:
            with self._told(f"put {name}"):
                if self._is_there(client, target, content):
                    return
                with client.open(temporary, "wxb") as file:
                    file.write(content)
                if client.stat(temporary).st_size != len(content):
                    raise OSError(errno.EIO, "the file arrived cut")
            with self._told(f"name {name}", sent=True):
                try:
                    client.rename(temporary, target)
                except OSError as error:
                    if not _is_refusal(error) or not (
                        self._is_there(client, target, content)
                    ):
                        raise
                    client.remove(temporary)

    def _is_there(self, client, path, content):
        """Whether this very file is there.

        :raises Rejected: another one is
        """
        try:
            if client.stat(path).st_size == len(content):
                with client.open(path, "rb") as file:
                    file.prefetch(len(content))
                    if file.read(len(content) + 1) == content:
                        return True
        except FileNotFoundError:
            return False
        name = path.rpartition("/")[2]
        raise errors.Rejected(f"Another file is called {name} already.")

    def fetch(self, max_bytes=MAX_FILE):
        """Yield ``(name, bytes)`` of what waits, by name. Links are left alone.

        :raises TooLarge: after the last file, when some were
        """
        too_large = []
        with self._session() as client:
            with self._told("list the returns"):
                listed = client.listdir_attr(self._in)
            waiting = sorted(
                (entry.filename, entry.st_size)
                for entry in listed
                if is_waiting(entry.filename) and stat.S_ISREG(entry.st_mode or 0)
            )
            for name, size in waiting:
                if size > max_bytes:
                    too_large.append(name)
                    continue
                with self._told(f"read {name}"):
                    with client.open(f"{self._in}/{name}", "rb") as file:
                        file.prefetch(size)
                        content = file.read(max_bytes + 1)
                if len(content) > max_bytes:
                    too_large.append(name)
                else:
                    yield name, content
        if too_large:
            raise errors.TooLarge(too_large)

    def acknowledge(self, name: str) -> None:
        """Move a collected file to ``done``; one that is not there any more (a server
        may give each file once) is done."""
        check_name(name)
        source = f"{self._in}/{name}"
        with self._session() as client, self._told(f"put {name} aside"):
            if not _exists(client, source):
                return
            if not self._done:
                client.remove(source)
                return
            target = other_name(
                name, lambda other: _exists(client, f"{self._done}/{other}")
            )
            client.rename(source, f"{self._done}/{target}")

    @contextlib.contextmanager
    def _session(self):
        if self._client is not None:
            yield self._client
            return
        with self:
            yield self._client

    def _connect(self):
        import paramiko  # slow to load, and only this mode needs it

        private = _private_key(paramiko, self._key, self._key_password)
        self._transport = _open_transport(
            paramiko, self._address, self._timeout, self._host_key
        )
        try:
            _check_host_key(self._transport.get_remote_server_key(), self._host_key)
            if private is not None:
                self._transport.auth_publickey(self._user, private)
            else:
                self._transport.auth_password(self._user, self._password)
            self._client = paramiko.SFTPClient.from_transport(self._transport)
            self._client.get_channel().settimeout(self._timeout)
        except BaseException:
            self._close()
            raise

    def _close(self):
        transport, self._transport, self._client = self._transport, None, None
        if transport is not None:
            transport.close()

    @contextlib.contextmanager
    def _told(self, what, *, sent=False):
        """Say in the errors of :mod:`errors` what paramiko and the server say.

        :param sent: a broken connection may have done what was asked
        """
        import paramiko

        try:
            yield
        except errors.ChorusError:
            raise
        except paramiko.AuthenticationException:
            raise self._refused(what, "the login or the key is refused") from None
        except (PermissionError, FileNotFoundError) as error:
            reason = error.strerror or "no right, or no such folder"
            raise self._refused(what, reason) from None
        except (paramiko.SSHException, OSError, EOFError) as error:
            reason = type(error).__name__
            message = f"SFTP {self._address[0]}: {what}: {reason}"
            if sent and not _is_refusal(error):
                raise errors.OutcomeUnknown(message) from None
            raise errors.RetryLater(message) from None

    def _refused(self, what, reason):
        return errors.FixCredentials(
            f"SFTP {self._address[0]}: {what}: {reason}", "account"
        )


def fingerprint_of(key) -> str:
    """``SHA256:…`` of a paramiko key, as ``ssh-keygen -l`` prints it."""
    digest = hashlib.sha256(key.asbytes()).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def server_key(host, port=22, timeout=30) -> tuple[str, str]:
    """The key that a server shows and its fingerprint, for an administrator to compare
    with what the operator of the server has told.

    :raises RetryLater: not reachable, or no SSH server
    """
    import paramiko

    try:
        transport = _open_transport(paramiko, (host, int(port)), timeout, "")
        try:
            key = transport.get_remote_server_key()
        finally:
            transport.close()
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise errors.RetryLater(f"SFTP {host}: {type(error).__name__}") from None
    return f"{key.get_name()} {key.get_base64()}", fingerprint_of(key)


def _open_transport(paramiko, address, timeout, host_key):
    connection = socket.create_connection(address, timeout)
    try:
        transport = paramiko.Transport(connection)
        transport.set_log_channel(_LOG)
        transport.banner_timeout = transport.auth_timeout = timeout
        kind = host_key.partition(" ")[0]
        wanted = _RSA if kind == "ssh-rsa" else (kind,)
        options = transport.get_security_options()
        if set(wanted) <= set(options.key_types):
            # The server may have several keys: ask for the one that is known.
            options.key_types = wanted
        transport.start_client(timeout=timeout)
    except BaseException:
        connection.close()
        raise
    return transport


def _check_host_key(key, expected):
    if expected.startswith("SHA256:"):
        shown, known = fingerprint_of(key), expected.rstrip("=")
    else:
        shown = f"{key.get_name()} {key.get_base64()}"
        known = " ".join(expected.split()[:2])
    if not hmac.compare_digest(shown.encode(), known.encode()):
        raise errors.FixCredentials(
            "The server shows another key than the expected one: "
            f"{fingerprint_of(key)}. Ask its operator before you change it.",
            "account",
        )


def _private_key(paramiko, text, password):
    if not text.strip():
        return None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(
                io.StringIO(text.strip() + "\n"), password or None
            )
        except (paramiko.SSHException, ValueError, IndexError):
            continue
    raise errors.FixCredentials(
        "The private key is not read: not an Ed25519, ECDSA or RSA key, or its "
        "password is wrong.",
        "account",
    )


def _is_refusal(error):
    """The server said no: paramiko raises it with a text and no number of the system,
    unlike a cut connection or a timeout."""
    return type(error) is OSError and error.errno is None


def _exists(client, path):
    try:
        client.stat(path)
    except FileNotFoundError:
        return False
    return True
