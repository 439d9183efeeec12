#!/usr/bin/env python3
# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Start Odoo in a container: wait for the database, install our addons once, serve.

Environment: ``HOST``, ``PORT``, ``USER``, ``PASSWORD`` (database, the names that the
image of Odoo uses), ``DEMAT_DATABASE``, ``DEMAT_LANGUAGE``, ``DEMAT_ADDONS`` (comma
separated, all by default), ``DEMAT_ADDONS_PATH``, ``DEMAT_SMTP_HOST`` and
``DEMAT_SMTP_PORT``, ``DEMAT_DATA_DIR``, ``DEMAT_WAIT`` (seconds).

The addons are installed in a database that lacks one of them, and updated in one that
has an older version of one; another command than ``odoo`` is run as it is.
"""

import ast
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import psycopg2

ADDONS_PATH = "/mnt/demat-addons"
DATA_DIR = "/var/lib/odoo"
LOCALIZATION = "l10n_fr_account"
BAD = "0.0"


def log(text):
    print(f"demat: {text}", file=sys.stderr, flush=True)


def settings(environ):
    """What the environment says, with the defaults of the compose file."""
    return {
        "host": environ.get("HOST", "db"),
        "port": environ.get("PORT", "5432"),
        "user": environ.get("USER", "odoo"),
        "password": environ.get("PASSWORD", "odoo"),
        "database": environ.get("DEMAT_DATABASE", "demat"),
        "language": environ.get("DEMAT_LANGUAGE", "fr_FR"),
        "addons": [name for name in environ.get("DEMAT_ADDONS", "").split(",") if name],
        "addons_path": Path(environ.get("DEMAT_ADDONS_PATH", ADDONS_PATH)),
        "data_dir": environ.get("DEMAT_DATA_DIR", DATA_DIR),
        "smtp_host": environ.get("DEMAT_SMTP_HOST", ""),
        "smtp_port": environ.get("DEMAT_SMTP_PORT", "25"),
        "wait": float(environ.get("DEMAT_WAIT", "60")),
        "odoo": shlex.split(environ.get("DEMAT_ODOO", "odoo")),
    }


def connect(found, dbname):
    return psycopg2.connect(
        host=found["host"],
        port=found["port"],
        user=found["user"],
        password=found["password"],
        dbname=dbname,
        connect_timeout=5,
    )


def wait_for_server(found):
    """Until the database server answers; exits with a clear word if it does not."""
    deadline = time.monotonic() + found["wait"]
    while True:
        try:
            connect(found, "postgres").close()
            return
        except psycopg2.OperationalError as error:
            if time.monotonic() > deadline:
                log(f"no database server at {found['host']}:{found['port']}: {error}")
                sys.exit(1)
            time.sleep(1)


def read_manifest(folder):
    text = (folder / "__manifest__.py").read_text(encoding="utf-8")
    return ast.literal_eval(text)


def wanted(found):
    """{addon: version} of the addons to have in the database."""
    versions = {}
    for path in sorted(found["addons_path"].glob("*/__manifest__.py")):
        manifest = read_manifest(path.parent)
        name = path.parent.name
        # glue comes by itself, where all that it joins is there
        alone = not manifest.get("auto_install")
        chosen = name in found["addons"] if found["addons"] else alone
        if chosen and manifest.get("installable", True):
            versions[name] = manifest["version"]
    unknown = set(found["addons"]) - set(versions)
    if unknown:
        log(f"no such addon: {', '.join(sorted(unknown))}")
        sys.exit(1)
    return versions


def installed(found):
    """{addon: version} of the database, None where there is no Odoo database."""
    try:
        connection = connect(found, found["database"])
    except psycopg2.OperationalError:
        return None
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('ir_module_module') IS NOT NULL")
            if not cursor.fetchone()[0]:
                return None
            cursor.execute(
                "SELECT name, latest_version FROM ir_module_module "
                "WHERE state = 'installed'"
            )
            return dict(cursor.fetchall())
    finally:
        connection.close()


def as_numbers(version):
    """A version as a tuple, so that 19.0.1.10.0 comes after 19.0.1.9.0."""
    return tuple(int(part) for part in (version or BAD).split("."))


def plan(found):
    """(to install, to update, is the database new)."""
    present = installed(found)
    expected = wanted(found)
    if present is None:
        return [LOCALIZATION, *expected], [], True
    missing = [name for name in expected if name not in present]
    older = [
        name
        for name, version in expected.items()
        if name in present and as_numbers(present[name]) < as_numbers(version)
    ]
    return missing, older, False


def options(found):
    """Options of every start of Odoo."""
    given = [
        f"--db_host={found['host']}",
        f"--db_port={found['port']}",
        f"--db_user={found['user']}",
        f"--database={found['database']}",
        f"--db-filter=^{found['database']}$",
        f"--data-dir={found['data_dir']}",
        f"--addons-path={found['addons_path']}",
        "--no-database-list",
    ]
    if found["smtp_host"]:
        given.append(f"--smtp-server={found['smtp_host']}")
        given.append(f"--smtp-port={found['smtp_port']}")
    return given


def prepare(found):
    """Install or update what the database lacks."""
    missing, older, new = plan(found)
    if not missing and not older:
        log("the database has the addons of this image")
        return
    command = [*found["odoo"], *options(found), "--stop-after-init", "--no-http"]
    if missing:
        command += ["-i", ",".join(missing)]
    if older:
        command += ["-u", ",".join(older)]
    if new:
        command.append(f"--load-language={found['language']}")
    log(f"installing {', '.join(missing) or 'nothing'}, updating {', '.join(older)}")
    done = subprocess.run(command, check=False)
    if done.returncode:
        log("the addons could not be installed, see above")
        sys.exit(done.returncode)


def main(arguments):
    if arguments and arguments[0] != "odoo" and not arguments[0].startswith("-"):
        os.execvp(arguments[0], arguments)
    extra = arguments[1:] if arguments[:1] == ["odoo"] else arguments
    found = settings(os.environ)
    # Not on a command line, where every process of the machine could read it.
    os.environ["PGPASSWORD"] = found["password"]
    wait_for_server(found)
    prepare(found)
    command = [*found["odoo"], *options(found), *extra]
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
