# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An SFTP server on this machine for the tests: paramiko's own, over a folder.

Keys and password are made for each server. Knobs: ``cut_on_rename`` (the connection
breaks ``before`` or ``after`` the rename), ``overwrite`` (a rename replaces, as some
servers do).
"""

import os
import secrets
import socket
import threading

import paramiko


class _Login(paramiko.ServerInterface):
    def __init__(self, owner):
        self.owner = owner

    def check_auth_password(self, username, password):
        right = (username, password) == (self.owner.user, self.owner.password)
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username, key):
        right = username == self.owner.user and key in self.owner.client_keys
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED


def _answer(function, *args):
    """The SFTP code of what a function of the system does."""
    try:
        function(*args)
    except OSError as error:
        return paramiko.SFTPServer.convert_errno(error.errno)
    return paramiko.SFTP_OK


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, login, *args, **kwargs):
        super().__init__(login, *args, **kwargs)
        self.owner = login.owner

    def _path(self, path):
        return os.path.join(self.owner.root, self.canonicalize(path).lstrip("/"))

    def list_folder(self, path):
        try:
            return [
                paramiko.SFTPAttributes.from_stat(entry.stat(), entry.name)
                if not entry.is_symlink()
                else paramiko.SFTPAttributes.from_stat(
                    entry.stat(follow_symlinks=False), entry.name
                )
                for entry in os.scandir(self._path(path))
            ]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def stat(self, path):
        try:
            return paramiko.SFTPAttributes.from_stat(os.stat(self._path(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    lstat = stat

    def open(self, path, flags, attr):
        try:
            number = os.open(self._path(path), flags, 0o600)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        handle = paramiko.SFTPHandle(flags)
        mode = "r+b" if flags & (os.O_WRONLY | os.O_RDWR) else "rb"
        if flags & os.O_WRONLY:
            mode = "wb"
        handle.filename = path
        handle.readfile = handle.writefile = os.fdopen(number, mode)
        return handle

    def remove(self, path):
        return _answer(os.remove, self._path(path))

    def rename(self, oldpath, newpath):
        cut = self.owner.cut_on_rename
        if cut == "before":
            self.owner.hang_up()
            return paramiko.SFTP_FAILURE
        if os.path.exists(self._path(newpath)) and not self.owner.overwrite:
            return paramiko.SFTP_FAILURE
        answer = _answer(os.rename, self._path(oldpath), self._path(newpath))
        if cut == "after":
            self.owner.hang_up()
        return answer


class SftpServer:
    """``root``: a folder in which ``out``, ``in`` and ``done`` are made."""

    def __init__(self, root):
        self.root = str(root)
        for name in ("out", "in", "done"):
            os.makedirs(os.path.join(self.root, name), exist_ok=True)
        self.user, self.password = "demat", secrets.token_urlsafe(12)
        self.host_key = paramiko.ECDSAKey.generate()
        self.client_keys = []
        self.cut_on_rename, self.overwrite = "", False
        self.logins = 0
        self._transports = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def host_key_line(self):
        return f"{self.host_key.get_name()} {self.host_key.get_base64()}"

    def _serve(self):
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(self.host_key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
            self._transports.append(transport)
            try:
                transport.start_server(server=_Login(self))
                self.logins += 1
            except (paramiko.SSHException, EOFError, OSError):
                # A client that looked at the key only, or hung up.
                transport.close()

    def hang_up(self):
        for transport in self._transports:
            transport.close()

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.hang_up()
        self._thread.join(5)
