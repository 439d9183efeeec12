# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where things are: the checkout, the shared cache, the state of one checkout."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .console import Failure

ROOT = Path(__file__).resolve().parent.parent
SERIES = "19.0"


def cache_folder():
    """``$XDG_CACHE_HOME/demat``, or ``~/.cache/demat``."""
    base = os.environ.get("XDG_CACHE_HOME")
    if not base:
        home = os.environ.get("HOME")
        if not home:
            raise Failure("neither HOME nor XDG_CACHE_HOME is set", "export HOME=…")
        base = Path(home) / ".cache"
    return Path(base).absolute() / "demat"


def digest(*parts, size=12):
    """Short stable hexadecimal name of some texts."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:size]


@dataclass(frozen=True)
class Paths:
    """Folders of one checkout."""

    cache: Path
    root: Path

    @property
    def addons(self):
        return self.root / "addons"

    @property
    def state(self):
        return self.cache / "state" / digest(self.root)

    @property
    def odoo(self):
        return self.cache / f"odoo-{SERIES}"

    @property
    def apt(self):
        return self.cache / "apt"

    @property
    def debs(self):
        return self.cache / "debs"

    @property
    def wkhtmltox(self):
        return self.cache / "wkhtmltox"

    @property
    def cluster(self):
        return self.cache / "pg"

    @property
    def logs(self):
        return self.state / "logs"


def locate():
    """The folders of this checkout; creates cache and state, tells if it cannot."""
    paths = Paths(cache=cache_folder(), root=ROOT)
    try:
        paths.logs.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=paths.cache):
            pass
    except OSError as error:
        raise Failure(
            f"the cache folder {paths.cache} cannot be written ({error.strerror})",
            "export XDG_CACHE_HOME=<a folder you may write to>",
        ) from error
    (paths.state / "checkout").write_text(f"{paths.root}\n", encoding="utf-8")
    return paths
