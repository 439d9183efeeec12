# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""All the tests in two halves side by side: the addons, and the product.

A half is an ordinary ``./demat test`` of a folder, so each has a
database, a log and a list of servers of its own. What it prints comes out in one piece
when it is over; one summary line in pytest's words ends the whole.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from xml.etree import ElementTree

from .console import say

#: Folders of the two halves.
HALVES = ("addons", "tests")
#: Tests of the second folder that go with the first: both then take as long.
MOVED = (
    "tests/test_lint.py",
    "tests/test_drawing_compared.py",
    "tests/test_install_uninstall.py",
    "tests/test_chorus_journey.py",
    "tests/test_archive_papers.py",
)
JOBS_VARIABLE = "DEMAT_TEST_JOBS"
_REPORT = "--junitxml"
#: Words of pytest for the numbers of its reports.
_WORDS = (("failures", "failed"), ("passed", "passed"), ("skipped", "skipped"))
#: Seconds that a half has to put away what it started, once it is interrupted.
_GRACE = 60
#: Seconds between two signs of life.
_PATIENCE = 120


def wanted(arguments):
    """Say whether these arguments of pytest ask for all tests, and two may run at once.

    Whoever names a test, or gives an option with a word of its own, gets one run;
    ``DEMAT_TEST_JOBS=1`` asks for it as well.
    """
    jobs = os.environ.get(JOBS_VARIABLE) or os.cpu_count() or 1
    return int(jobs) > 1 and all(part.startswith("-") for part in arguments)


def run(root, options):
    """Run both halves; the exit status of the worse one.

    :param root: folder of the project
    :param options: the options of ``./demat test``
    """
    started = time.monotonic()
    report, arguments = _split_report(options.arguments)
    host = ["--odoo", options.odoo] if options.odoo else []
    with tempfile.TemporaryDirectory(
        prefix="demat-test-", ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        running = []
        with _interruptible():
            try:
                for half in HALVES:
                    command = [sys.executable, root / "demat", *host, "test"]
                    # pytest shuts its common folder to other users whenever a run
                    # begins, and a database server of the other half may be one
                    own = (
                        f"{_REPORT}={folder / half}.xml",
                        f"--basetemp={folder / half}",
                    )
                    command += [*arguments, *own, *_choice(half)]
                    running.append(_Half(half, command, folder, root))
                statuses = _wait(running)
            except KeyboardInterrupt:
                _interrupt(running)
                return 130
        reports = [folder / f"{half}.xml" for half in HALVES]
        if report:
            merge(reports, Path(report))
        say(summary(reports, time.monotonic() - started))
    return max(statuses, key=bool)


def _choice(half):
    """The arguments of pytest that choose the tests of a half."""
    if half == HALVES[0]:
        return [*MOVED, half]
    return [*(f"--ignore={path}" for path in MOVED), half]


def _split_report(arguments):
    """The file that the caller wants the report in, and the other arguments."""
    wanted_files = [part for part in arguments if part.startswith(f"{_REPORT}=")]
    rest = [part for part in arguments if part not in wanted_files]
    return wanted_files[-1].partition("=")[2] if wanted_files else None, rest


@contextlib.contextmanager
def _interruptible():
    """Ctrl-C and the wish of a system to end this are heard, here and in the halves.

    What a script starts in the background is deaf to the first, with its children.
    """
    means = signal.SIGINT, signal.SIGTERM
    before = {one: signal.signal(one, signal.default_int_handler) for one in means}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler or signal.SIG_DFL)


def _interrupt(running):
    """End the halves as Ctrl-C would, both at once; then less gently."""
    for means in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        for half in running:
            half.tell(means)
        over = [half.ends() for half in running]
        if all(over):
            return


class _Half:
    """One of the two runs."""

    def __init__(self, name, command, folder, root):
        self.name = name
        self.output = folder / f"{name}.txt"
        with open(self.output, "wb") as stream:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                cwd=root,
                # an interruption reaches it once, from here
                start_new_session=True,
            )

    def tell(self, means):
        """Send a signal to it and to what it started."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, means)

    def ends(self):
        """Wait a while; whether it is over."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_GRACE)
        return self.process.returncode is not None

    def progress(self):
        """Where it is: the share of its last line."""
        text = self.output.read_text(encoding="utf-8", errors="replace")
        share = text.rpartition("%]")[0].rpartition("[")[2].strip()
        return f"{self.name} {share or 0} %"


def _wait(running):
    """Print the output of each half when it is over; their exit statuses."""
    printed = threading.Lock()
    over = threading.Event()

    def finish(half):
        half.process.wait()
        with printed:
            say(f"\n======== {half.name} ========")
            sys.stdout.flush()
            sys.stdout.buffer.write(half.output.read_bytes())
            sys.stdout.flush()

    def tell():
        while not over.wait(_PATIENCE):
            alive = [half for half in running if half.process.poll() is None]
            with printed:
                say("… " + ", ".join(half.progress() for half in alive))

    threads = [threading.Thread(target=finish, args=(half,)) for half in running]
    for thread in [*threads, threading.Thread(target=tell, daemon=True)]:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    finally:
        over.set()
    return [half.process.returncode for half in running]


def merge(reports, target):
    """Write the reports (JUnit) of the halves into one file."""
    suites = ElementTree.Element("testsuites")
    for report in filter(Path.exists, reports):
        suites.extend(ElementTree.parse(report).getroot())  # noqa: S314 - our own
    target.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(suites).write(target, encoding="utf-8")


def summary(reports, seconds):
    """The line that pytest would have ended with, all failures named before it.

    A half without a report died; its own output says why.
    """
    counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    lines, dead = [], 0
    for report in reports:
        if not report.exists():
            dead += 1
            lines.append(f"ERROR {report.stem} - the run ended without a report")
            continue
        for suite in ElementTree.parse(report).getroot():  # noqa: S314 - our own
            for key in counts:
                counts[key] += int(suite.get(key, 0))
            lines += _named(suite)
    counts["passed"] = max(
        counts["tests"] - sum(counts[key] for key in ("failures", "errors", "skipped")),
        0,
    )
    counts["errors"] += dead
    said = [f"{counts[key]} {word}" for key, word in _WORDS if counts[key]]
    if counts["errors"]:
        said.append(f"{counts['errors']} error{'s' * (counts['errors'] > 1)}")
    minutes, rest = divmod(int(seconds), 60)
    words = f"{', '.join(said) or 'no tests ran'} in {seconds:.2f}s"
    lines.append(f"===== {words} ({minutes // 60}:{minutes % 60:02}:{rest:02}) =====")
    return "\n".join(lines)


def _named(suite):
    """One line for each test of a report that failed, as pytest writes it."""
    for case in suite.iter("testcase"):
        for kind, word in (("failure", "FAILED"), ("error", "ERROR")):
            for problem in case.iter(kind):
                first = (problem.get("message") or "").partition("\n")[0]
                name = f"{case.get('classname')}::{case.get('name')}"
                yield f"{word} {name} - {first}"
