# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import gc
import importlib.util
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import psutil
import pytest
from demat_lib_ged_archive import facturx, schematron
from demat_lib_ged_archive.cii import PROFILES, package_file
from demat_lib_ged_archive.errors import WorkerError
from demat_lib_ged_archive.schematron import SchematronWorker, check_rules
from ged_samples import Invoice

XML = Invoice().xml()
WRONG = Invoice(grand_total=Decimal("9.00")).xml()
SHEET = str(package_file(PROFILES["en16931"].rules))


@pytest.fixture
def worker():
    worker = SchematronWorker(timeout=30)
    yield worker
    worker.stop()


def gone(pid):
    return (
        not psutil.pid_exists(pid)
        or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    )


def wait_until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_one_process_of_its_own(worker):
    assert worker.pid is None
    assert check_rules(XML, "en16931", worker) == []
    first = worker.pid
    assert first not in (None, os.getpid())
    assert [one.rule for one in check_rules(WRONG, "en16931", worker)][:1] == [
        "BR-CO-15"
    ]
    assert worker.pid == first
    assert "saxonche" not in sys.modules
    worker.stop()
    assert worker.pid is None and gone(first)


def test_killed_while_idle(worker):
    check_rules(XML, "en16931", worker)
    first = worker.pid
    os.kill(first, signal.SIGKILL)
    assert check_rules(WRONG, "en16931", worker)
    assert worker.pid != first


def test_killed_while_it_works(worker):
    check_rules(XML, "en16931", worker)
    first = worker.pid
    os.kill(first, signal.SIGSTOP)
    threading.Timer(0.3, os.kill, (first, signal.SIGKILL)).start()
    assert check_rules(WRONG, "en16931", worker)
    assert worker.pid != first


def test_hanging_process():
    worker = SchematronWorker(timeout=1.5)
    try:
        worker._timeout = 30
        check_rules(XML, "en16931", worker)
        worker._timeout = 0.5
        first = worker.pid
        os.kill(first, signal.SIGSTOP)
        with pytest.raises(WorkerError, match="did not answer within 0.5 s"):
            check_rules(XML, "en16931", worker)
        wait_until(lambda: gone(first))
        worker._timeout = 30
        assert check_rules(XML, "en16931", worker) == []
    finally:
        worker.stop()


def test_refused_document_is_told_and_the_next_one_works(worker):
    with pytest.raises(WorkerError, match="failed"):
        worker.transform(SHEET, b"<broken")
    with pytest.raises(WorkerError, match="failed"):
        worker.transform("/no/such/sheet.xslt", XML)
    assert check_rules(XML, "en16931", worker) == []


def test_process_that_cannot_start(worker, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(WorkerError, match="cannot start"):
        check_rules(XML, "en16931", worker)


def test_process_that_dies_at_once(worker, monkeypatch, tmp_path):
    script = tmp_path / "dies.py"
    script.write_text("import sys; sys.exit('no Java today')")
    monkeypatch.setattr(schematron, "_SCRIPT", script)
    with pytest.raises(WorkerError, match="died. no Java today"):
        check_rules(XML, "en16931", worker)


def test_ends_when_idle():
    worker = SchematronWorker(timeout=30, idle=0.3)
    check_rules(XML, "en16931", worker)
    first = worker.pid
    wait_until(lambda: worker.pid is None)
    assert check_rules(XML, "en16931", worker) == []
    assert worker.pid != first
    worker.stop()


def test_ends_after_many_documents():
    worker = SchematronWorker(timeout=30, max_documents=2)
    pids = set()
    for _index in range(4):
        assert check_rules(XML, "en16931", worker) == []
        pids.add(worker._process.pid)
    assert len(pids) == 2
    worker.stop()


def test_threads_share_it(worker):
    with ThreadPoolExecutor(8) as pool:
        results = list(
            pool.map(
                lambda index: check_rules(
                    WRONG if index % 2 else XML, "en16931", worker
                ),
                range(24),
            )
        )
    assert [bool(result) for result in results] == [False, True] * 12


def test_large_documents_do_not_block(worker):
    """More than a pipe holds, in both directions."""
    note = f"<ram:Content>{'x' * 900_000}</ram:Content>".encode()
    xml = XML.replace(b"<ram:Content>", note + b"<!-- ", 1).replace(
        b"</ram:Content>\n      <ram:SubjectCode>", b" --><ram:SubjectCode>", 1
    )
    assert isinstance(check_rules(xml, "en16931", worker), list)


def test_forked_child_has_its_own(worker):
    check_rules(XML, "en16931", worker)
    first = worker.pid
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        answer = b"failed"
        try:
            inherited = worker.pid
            problems = check_rules(WRONG, "en16931", worker)
            answer = f"{inherited} {worker.pid} {len(problems)}".encode()
            worker.stop()
        finally:
            os.write(writer, answer)
            os._exit(0)
    os.close(writer)
    assert check_rules(XML, "en16931", worker) == []
    os.waitpid(child, 0)
    inherited, own, problems = os.read(reader, 100).decode().split()
    os.close(reader)
    assert (inherited, problems) == ("None", "2")
    assert int(own) != first == worker.pid
    assert check_rules(XML, "en16931", worker) == []


def test_ends_with_its_parent(tmp_path):
    code = (
        "import os, sys\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "import demat_lib_ged_archive.schematron as s\n"
        f"xml = open({str(tmp_path / 'x.xml')!r}, 'rb').read()\n"
        f"s.shared_worker().transform({SHEET!r}, xml)\n"
        "print(s.shared_worker().pid, flush=True)\n"
        "os._exit(0)\n"  # no clean-up of any kind
    )
    (tmp_path / "x.xml").write_bytes(XML)
    package = next(
        iter(
            importlib.util.find_spec("demat_lib_ged_archive").submodule_search_locations
        )
    )
    os.symlink(package, tmp_path / "demat_lib_ged_archive")
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    wait_until(lambda: gone(int(done.stdout)))


def test_under_the_memory_limit_of_the_host(worker):
    """Odoo sets a soft limit of 2.5 GB on the address space of its workers."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (2560 * 1024 * 1024, hard))
    try:
        assert check_rules(XML, "en16931", worker) == []
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def test_nothing_leaks(worker):
    check_rules(XML, "en16931", worker)
    process = psutil.Process()
    before = process.num_fds()
    for _index in range(3):
        worker.stop()
        check_rules(XML, "en16931", worker)
    gc.collect()
    assert process.num_fds() <= before + 1


def test_without_the_package(monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *a: None if name == "saxonche" else real(name, *a),
    )
    assert schematron.available() is False
    with pytest.raises(WorkerError, match="saxonche is not installed"):
        facturx.check_cii(XML, schematron=True)
    assert facturx.check_cii(XML, schematron=False) == []


def test_available():
    assert schematron.available() is True


PLAIN_SAXON = """
import sys
from saxonche import PySaxonProcessor
processor = PySaxonProcessor(license=False)
sheet = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=sys.argv[1])
node = processor.parse_xml(xml_text=sys.stdin.read())
sys.stdout.write(sheet.transform_to_string(xdm_node=node))
"""


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_tables_of_codes_read_once_give_the_same_report(worker, profile):
    sheet = str(package_file(PROFILES[profile].rules))
    wrong = XML.replace(b">FR<", b">FX<").replace(b'"EUR"', b'"EUX"')
    for xml in (XML, wrong):
        plain = subprocess.run(
            [sys.executable, "-c", PLAIN_SAXON, sheet],
            input=xml,
            capture_output=True,
            check=True,
        ).stdout
        report = worker.transform(sheet, xml)
        assert table_named(report) == table_named(plain)
    if profile in ("basic", "en16931", "extended"):
        assert b"demat_table_0" in report, "the codes came from the parameter"


def table_named(report):
    return re.sub(rb"\$demat_table_\d+|document\('[^']+'\)", b"TABLE", report)
