# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""PostgreSQL: the server that the environment names, else the embedded one."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from .console import Failure, clean_environment, step
from .paths import ROOT

PG_VARIABLES = {
    "PGHOST": "host",
    "PGPORT": "port",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGSSLMODE": "sslmode",
}
MAINTENANCE = "postgres"
COMMENT = "demat"


@dataclass
class Cluster:
    """A PostgreSQL server on which we may create databases.

    ``dsn`` has libpq's keyword names. ``started_pid``: the embedded server's process
    when this run started it.
    """

    python: Path
    dsn: dict
    owner: str
    embedded: bool = False
    pid: int | None = None
    started: bool = False
    maintenance: str = MAINTENANCE
    _names: dict = field(default_factory=dict)

    def execute(self, *statements, dbname=None):
        """Rows of the last statement. A statement is a text or (text, parameters)."""
        wanted = [
            [s, []] if isinstance(s, str) else [s[0], list(s[1])] for s in statements
        ]
        answer = pgtool(
            self.python,
            "sql",
            {
                "dsn": {**self.dsn, "dbname": dbname or self.maintenance},
                "statements": wanted,
            },
        )
        if "error" in answer:
            raise Failure("PostgreSQL refused", "read the message", answer["error"])
        return answer["rows"]

    def databases(self):
        """{name: mark} of the databases of the server; a mark is our comment or ''."""
        rows = self.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
        )
        return {name: mark or "" for name, mark in rows}

    def mark(self, kind):
        """Comment by which a database of this checkout is known."""
        return f"{COMMENT} {kind} {self.owner}"

    def create(self, name, kind, template=None, *, fast=False):
        """Create a database, from a template or empty.

        :param fast: do not wait for the disk at each commit (tests).
        """
        source = f'"{template}"' if template else "template0"
        encoding = "" if template else " ENCODING 'unicode' LC_COLLATE 'C'"
        # Copying files beats replaying them through the journal by far here.
        strategy = " STRATEGY file_copy" if template and self._has_strategy() else ""
        statements = [
            f'CREATE DATABASE "{name}" TEMPLATE {source}{encoding}{strategy}',
            f"COMMENT ON DATABASE \"{name}\" IS '{self.mark(kind)}'",
        ]
        if fast:
            statements.append(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        self.execute(*statements)

    def _has_strategy(self):
        if "strategy" not in self._names:
            [[version]] = self.execute("SHOW server_version_num")
            self._names["strategy"] = int(version) >= 150000
        return self._names["strategy"]

    def drop(self, name):
        """Drop a database, closing what is still connected to it."""
        self.execute(
            (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = %s AND pid <> pg_backend_pid()",
                [name],
            ),
            f'DROP DATABASE IF EXISTS "{name}"',
        )

    def options(self):
        """Lines of an Odoo configuration file."""
        names = {"host": "db_host", "port": "db_port", "user": "db_user"}
        names |= {"password": "db_password", "sslmode": "db_sslmode"}
        return {names[key]: str(value) for key, value in self.dsn.items() if value}


def pgtool(python, verb, request):
    """Run :mod:`demat_cli.pgtool` with the environment's Python."""
    done = subprocess.run(
        [str(python), "-m", "demat_cli.pgtool", verb],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        env=clean_environment(PYTHONPATH=ROOT),
        check=False,
    )
    if done.returncode:
        raise Failure("PostgreSQL cannot be driven", None, done.stderr[-2000:])
    return json.loads(done.stdout)


def embedded(paths, **facts):
    """The request of :mod:`demat_cli.pgtool` for the embedded server."""
    folders = {"folder": str(paths.cluster), "runtime": str(runtime_folder())}
    return {**folders, **facts}


def runtime_folder():
    """A folder of this user for the embedded server's lock (and socket, if need be)."""
    folder = Path(tempfile.gettempdir()) / f"demat-{os.geteuid()}"
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        remedy = "export TMPDIR=<a folder of yours>"
        raise Failure(f"{folder} belongs to somebody else", remedy)
    return folder


def parse_url(url):
    """libpq keywords of a ``postgresql://`` address; ``dbname`` included if given."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise Failure(
            "DATABASE_URL is not a PostgreSQL address",
            "export DATABASE_URL=postgresql://user:password@host:5432/",
        )
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    found = {
        "host": unquote(parts.hostname or "") or query.get("host"),
        "port": parts.port or query.get("port"),
        "user": unquote(parts.username or "") or query.get("user"),
        "password": unquote(parts.password or "") or query.get("password"),
        "sslmode": query.get("sslmode"),
        "dbname": parts.path.strip("/"),
    }
    return {key: value for key, value in found.items() if value}


def named_server(environ):
    """libpq keywords of the server that the environment names, or None."""
    if environ.get("DATABASE_URL"):
        return parse_url(environ["DATABASE_URL"])
    found = {k: environ[name] for name, k in PG_VARIABLES.items() if environ.get(name)}
    if not found:
        return None
    if environ.get("PGDATABASE"):
        found["dbname"] = environ["PGDATABASE"]
    return found


def obtain(paths, python, owner):
    """The cluster to use, reachable and able to create databases."""
    named = named_server(os.environ)
    if named is not None:
        return _named(python, named, owner)
    if shutil.which("sw_vers"):
        raise Failure("no database is named", "export DATABASE_URL=postgresql://…")
    running = (paths.cluster / "postmaster.pid").exists()
    with contextlib.nullcontext() if running else step("Starting the database server"):
        answer = pgtool(python, "start", embedded(paths))
    if "error" in answer:
        raise Failure(
            "the embedded PostgreSQL does not start",
            "export DATABASE_URL=postgresql://… to use a server of yours, "
            f"or read {paths.cluster / 'log'}",
            answer["error"],
        )
    dsn = {"host": answer["host"], "user": "odoo"}
    started = {"pid": answer["pid"], "started": answer["started"]}
    return Cluster(python, dsn, owner, embedded=True, **started)


def _named(python, named, owner):
    maintenance = named.pop("dbname", MAINTENANCE)
    named.setdefault("user", os.environ.get("USER") or "odoo")
    cluster = Cluster(python, named, owner, maintenance=maintenance)
    if named["user"] == "postgres":
        raise Failure(
            "Odoo refuses to work as the database user 'postgres'",
            "createuser -U postgres --createdb --pwprompt odoo "
            "# then name 'odoo' in DATABASE_URL or PGUSER",
        )
    try:
        rows = cluster.execute(
            "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
    except Failure as failure:
        raise Failure(
            "the database server named by DATABASE_URL or PG* does not answer",
            "check the address, or unset these variables to use the embedded server",
            failure.detail,
        ) from failure
    if not rows[0][0]:
        raise Failure(
            f"the database user {named['user']} may not create databases",
            f"psql -c 'ALTER ROLE {named['user']} CREATEDB'",
        )
    return cluster


def copy_filestore(data_dir, source, target):
    """Give a cloned database its files (real copies: tests tamper with some)."""
    origin = Path(data_dir) / "filestore" / source
    copy = Path(data_dir) / "filestore" / target
    shutil.rmtree(copy, ignore_errors=True)
    if origin.is_dir():
        shutil.copytree(origin, copy)


def drop_filestore(data_dir, name):
    """Remove the files of a dropped database."""
    shutil.rmtree(Path(data_dir) / "filestore" / name, ignore_errors=True)


def is_ours(name):
    """True for a database name that only ``./demat`` makes."""
    return bool(re.match(r"^demat_(demo|host|tpl|test|srv|bench)(_|$)", name))
