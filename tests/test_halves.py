# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""All the tests in two halves: which choice is split, what is said at the end."""

import os
import signal
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from demat_cli import halves
from tests.support.files import ROOT

#: Stands for ./demat in a folder of its own: it "runs" the half that it is given.
FAKE = """
import sys
name = sys.argv[-1]
report = [part for part in sys.argv if part.startswith("--junitxml=")][-1][11:]
made = ("--junitxml=", "--basetemp=", "--ignore=", "tests/")
print(f"in {name}: {[part for part in sys.argv[1:-1] if not part.startswith(made)]}")
[place] = [part[11:] for part in sys.argv if part.startswith("--basetemp=")]
print(f"{name} has a place of its own: {place.endswith(name)}")
if name == "dies":
    sys.exit(3)
failed = name == "tests"
case = '<testcase classname="tests.test_x" name="test_y"><failure message="no&#10;z"/>'
shown = case + "</testcase>" if failed else ""
with open(report, "w") as stream:
    stream.write(
        f'<testsuites><testsuite tests="5" failures="{int(failed)}" errors="0"'
        f' skipped="1">{shown}</testsuite></testsuites>'
    )
sys.exit(failed)
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "demat").write_text(FAKE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "split"),
    [
        ([], True),
        (["-q", "--long"], True),
        (["tests/test_lint.py"], False),
        (["-k", "consent"], False),
    ],
)
def test_only_the_whole_is_split(monkeypatch, arguments, split):
    monkeypatch.setenv(halves.JOBS_VARIABLE, "2")
    assert halves.wanted(arguments) is split


def test_one_at_a_time_on_demand(monkeypatch):
    monkeypatch.setenv(halves.JOBS_VARIABLE, "1")
    assert not halves.wanted([])


def test_one_summary_line(root, capfd):
    """Both outputs, each in one piece; failures and numbers of both at the end."""
    report = root / "reports" / "all.xml"
    options = Namespace(odoo="/an odoo", arguments=["-q", f"--junitxml={report}"])
    assert halves.run(root, options) == 1
    shown = capfd.readouterr().out.splitlines()
    for half in halves.HALVES:
        assert f"======== {half} ========" in shown
        assert f"in {half}: ['--odoo', '/an odoo', 'test', '-q']" in shown
        assert f"{half} has a place of its own: True" in shown
    assert shown[-2] == "FAILED tests.test_x::test_y - no"
    assert shown[-1].startswith("===== 1 failed, 7 passed, 2 skipped in ")
    assert len(ElementTree.parse(report).getroot().findall("testsuite")) == 2  # noqa: S314


def test_what_is_moved_is_run_once():
    """Each moved file exists, is run by the first half and left out by the second."""
    first, second = (halves._choice(half) for half in halves.HALVES)
    for path in halves.MOVED:
        assert (ROOT / path).is_file()
        assert path in first
        assert f"--ignore={path}" in second


def test_a_half_that_dies_is_an_error(root, capfd, monkeypatch):
    monkeypatch.setattr(halves, "HALVES", ("addons", "dies"))
    assert halves.run(root, Namespace(odoo=None, arguments=[])) == 3
    shown = capfd.readouterr().out.splitlines()
    assert shown[-2] == "ERROR dies - the run ended without a report"
    assert shown[-1].startswith("===== 4 passed, 1 skipped, 1 error in ")


def test_no_report_at_all(tmp_path):
    said = halves.summary([tmp_path / "addons.xml", tmp_path / "tests.xml"], 3671)
    assert said.splitlines()[-1] == "===== 2 errors in 3671.00s (1:01:11) ====="


#: Says who it is, and when it was interrupted.
SLEEPER = """
import os, time
from pathlib import Path
Path(f"{os.getpid()}.started").touch()
try:
    time.sleep(600)
except KeyboardInterrupt:
    Path(f"{os.getpid()}.interrupted").touch()
"""
PARENT = """
import sys
from argparse import Namespace
from pathlib import Path
from demat_cli import halves
sys.exit(halves.run(Path(sys.argv[1]), Namespace(odoo=None, arguments=[])))
"""


@pytest.mark.parametrize("means", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("deaf", [False, True])
def test_an_interruption_ends_both(root, means, deaf):
    """Nothing is left running: nor where a script started it in the background."""
    (root / "demat").write_text(SLEEPER, encoding="utf-8")
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if deaf else None
    try:
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, str(root)], cwd=ROOT, start_new_session=True
        )
    finally:
        if deaf:
            signal.signal(signal.SIGINT, before)
    try:
        deadline = time.monotonic() + 60
        while len(list(root.glob("*.started"))) < 2:
            assert time.monotonic() < deadline, "the halves do not start"
            time.sleep(0.05)
        parent.send_signal(means)
        assert parent.wait(100) == 130
    finally:
        parent.kill()
    started = {path.stem for path in root.glob("*.started")}
    assert {path.stem for path in root.glob("*.interrupted")} == started
    assert not [one for one in started if Path("/proc", one).exists()]


#: Puts away what it started, which takes a second.
TIDY = """
import os, time
from pathlib import Path
Path("started").touch()
try:
    time.sleep(600)
except KeyboardInterrupt:
    time.sleep(1)
    Path("tidy").touch()
"""
ATTENDS = """
import sys
from demat_cli import testing
sys.exit(testing.attend([sys.executable, "-c", sys.argv[1]], cwd=sys.argv[2]))
"""


def test_an_interrupted_run_stops_its_servers(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", ATTENDS, TIDY, tmp_path],
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "started").exists():
            assert time.monotonic() < deadline, "it does not start"
            time.sleep(0.05)
        os.killpg(parent.pid, signal.SIGINT)
        assert parent.wait(60) == 130
    finally:
        parent.kill()
    assert (tmp_path / "tidy").exists()
