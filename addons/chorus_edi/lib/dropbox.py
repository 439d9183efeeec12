# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where flow files are dropped and return files collected: a folder, or SFTP.

Both have ``check()``, ``put(name, content)``, ``fetch()`` and ``acknowledge(name)``,
and raise

* ``RetryLater``: not reachable, disk full; nothing was dropped;
* ``OutcomeUnknown``: the connection broke while the file got its name;
* ``FixCredentials`` (layer ``account``): login, key of the server, rights or a folder;
* ``Rejected``: a bad name, another file of this name; ``TooLarge``: files to collect.

A ``put`` may be repeated while the file is there: the same name with the same content
is done already. Once the other side has taken the file away, it would be dropped again:
the caller keeps in mind what it has dropped. The name of a flow is unique, so that the
other side can tell, too.
"""

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

from . import errors
from .sftp import Sftp
from .sftp_names import MAX_FILE, check_name, is_waiting, other_name

__all__ = ["Folder", "Sftp"]


class Folder:
    """Directories of this machine or of a mount.

    :param path: holds ``out``, ``in`` and ``done``; or each of them by its own path.
        Without ``done``, what is acknowledged is removed.
    """

    def __init__(self, path="", *, out="", inbox="", done=""):
        if not path and not (out and inbox):
            raise ValueError("a folder needs a path, or one to put and one to collect")
        self._out = Path(out or Path(path) / "out")
        self._in = Path(inbox or Path(path) / "in")
        self._done = Path(done or Path(path) / "done") if done or path else None

    def check(self) -> None:
        """Raise when a directory is missing or not writable."""
        for folder in filter(None, (self._out, self._in, self._done)):
            with _told(folder):
                if not folder.is_dir():
                    raise FileNotFoundError(errno.ENOENT, "missing")
                probe = folder / _temporary("check")
                probe.write_bytes(b"")
                probe.unlink()

    def put(self, name: str, content: bytes) -> None:
        """Drop a file: under a temporary name first, then by its own, never over
        another."""
        check_name(name)
        with _told(self._out):
            temporary = self._out / _temporary(name)
            try:
                _write(temporary, content)
                _name(temporary, self._out / name, content)
            finally:
                temporary.unlink(missing_ok=True)

    def fetch(self, max_bytes=MAX_FILE):
        """Yield ``(name, bytes)`` of what waits, by name. Links are left alone.

        :raises TooLarge: after the last file, when some were
        """
        with _told(self._in):
            names = sorted(entry.name for entry in os.scandir(self._in))
        too_large = []
        for name in filter(is_waiting, names):
            with _told(self._in):
                content = _read(self._in / name, max_bytes)
            if content is False:
                too_large.append(name)
            elif content is not None:
                yield name, content
        if too_large:
            raise errors.TooLarge(too_large)

    def acknowledge(self, name: str) -> None:
        """Move a collected file to ``done``; one that is not there any more is done."""
        check_name(name)
        with _told(self._done or self._in):
            source = self._in / name
            if self._done is None:
                source.unlink(missing_ok=True)
                return
            if source.exists():
                target = other_name(name, lambda other: (self._done / other).exists())
                os.rename(source, self._done / target)


def _temporary(name):
    return f".{name[:200]}.{secrets.token_hex(4)}.part"


def _write(path, content):
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _name(temporary, target, content):
    """A link fails when the name is taken, which a rename does not."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        if target.is_symlink() or target.read_bytes() != content:
            raise errors.Rejected(
                f"Another file is called {target.name} already."
            ) from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        # A mount without hard links: the name is looked at just before.
        if target.exists():
            if target.read_bytes() == content:
                return
            raise errors.Rejected(
                f"Another file is called {target.name} already."
            ) from None
        os.rename(temporary, target)


def _read(path, max_bytes):
    """``None`` for what is no plain file, ``False`` for one that is too large."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        number = os.open(path, flags)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOENT, errno.ENXIO):
            return None
        raise
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        return None
    with open(number, "rb") as file:
        if os.fstat(number).st_size > max_bytes:
            return False
        content = file.read(max_bytes + 1)
    return content if len(content) <= max_bytes else False


@contextlib.contextmanager
def _told(folder):
    """Say in the errors of :mod:`errors` what the system says."""
    try:
        yield
    except (PermissionError, FileNotFoundError, NotADirectoryError) as error:
        reason = error.strerror or type(error).__name__
        raise errors.FixCredentials(
            f"The folder {folder} cannot be used: {reason}", "account"
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise errors.RetryLater(
            f"The folder {folder} cannot be used now: {reason}"
        ) from None
