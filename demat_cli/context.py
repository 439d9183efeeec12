# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""All that a verb needs to start Odoo: host, packages, wkhtmltopdf, database server."""

import ast
import contextlib
import fcntl
import json
import os
import secrets
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from . import console, database, host, packages, processes, system, wkhtml
from .paths import ROOT, Paths, digest, locate

HOST_MODULES = (
    "account",
    "account_edi_ubl_cii",
    "account_payment",
    "l10n_fr_account",
    "payment_demo",
    "portal",
    "project",
    "sale_management",
    "sale_project",
)
LANGUAGE = "fr_FR"
IGNORED_FOLDERS = {"__pycache__", "tests", "readme"}
PYTHON_OPTIONS = ("-W", "ignore")


@dataclass(frozen=True)
class Context:
    """What :func:`prepare` found or fetched.

    ``foreign``: folder with addons of others, for the databases that have them.
    """

    paths: Paths
    host: host.Host
    python: Path
    wkhtml: Path
    cluster: database.Cluster
    foreign: Path | None = None

    @property
    def data_dir(self):
        return self.paths.state / "data"

    def environment(self, **extra):
        """Environment of an Odoo process."""
        path = os.pathsep.join(
            [str(self.wkhtml), str(self.python.parent), os.environ.get("PATH", "")]
        )
        folders = [self.host.python_path, ROOT, *filter(None, [self.foreign])]
        python_path = os.pathsep.join(map(str, folders))
        env = console.clean_environment(
            PATH=path, PYTHONPATH=python_path, PYTHONUNBUFFERED=1, **extra
        )
        # Odoo would read these before its configuration file.
        for name in ("ODOO_RC", "OPENERP_SERVER", *database.PG_VARIABLES):
            env.pop(name, None)
        return env

    def odoo(self, *arguments):
        """Command line of the host."""
        return [self.python, *PYTHON_OPTIONS, "-m", "odoo", *arguments]

    def write_config(self, path, dbname, **options):
        """Write an Odoo configuration file for one database; returns its path.

        :param options: more lines of the file, with the host's names.
        """
        addons = [*map(str, self.host.addons), str(self.paths.addons)]
        if self.foreign:
            addons.append(str(self.foreign / "odoo/addons"))
        lines = {
            "addons_path": ",".join(addons),
            "data_dir": str(self.data_dir),
            "db_name": dbname,
            "dbfilter": f"^{dbname}$",
            "list_db": "False",
            "without_demo": "True",
            "http_interface": "127.0.0.1",
            "admin_passwd": secrets.token_urlsafe(24),
            "workers": "0",
            "max_cron_threads": "0",
            # the limit is inherited by what the tests start, a Java machine among them
            "limit_memory_hard": "0",
            **self.cluster.options(),
            **{name: str(value) for name, value in options.items()},
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(
            "[options]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items()),
            encoding="utf-8",
        )
        return path

    def inside(self, config, target, payload=None, *, log, failure):
        """Run ``target`` ("module:function" or "file.py:function") in Odoo; its answer.

        The function gets ``(env, payload)``; what it does is committed.
        """
        answer = self.paths.state / f"answer-{secrets.token_hex(6)}.json"
        try:
            console.run(
                self.inside_command(config, target, answer),
                log=log,
                failure=failure,
                env=self.environment(),
                stdin=json.dumps(payload or {}),
            )
            return json.loads(answer.read_text(encoding="utf-8"))
        finally:
            answer.unlink(missing_ok=True)

    def start_inside(self, config, target, payload, *, log):
        """Start what :meth:`inside` runs, without waiting for it: a Popen."""
        with open(log, "ab") as stream:
            process = subprocess.Popen(
                self.inside_command(config, target, os.devnull),
                stdin=subprocess.PIPE,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=self.environment(),
            )
        process.stdin.write(json.dumps(payload).encode())
        process.stdin.close()
        return process

    def inside_live(self, config, target, payload, *, log):
        """Run ``target`` as :meth:`inside` does, what it prints going to the user.

        :return: the exit status; the host's log goes to the file ``log``.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "ab") as stream:
            return subprocess.run(
                self.inside_command(config, target, os.devnull),
                input=json.dumps(payload).encode(),
                stderr=stream,
                env=self.environment(),
                check=False,
            ).returncode

    def inside_command(self, config, *arguments):
        """The command that runs :mod:`demat_cli.inside`, in pieces."""
        module = ["-m", "demat_cli.inside"]
        command = [self.python, *PYTHON_OPTIONS, *module, config, *arguments]
        return [str(part) for part in command]

    def dump(self, path):
        """Write down this context for a child process."""
        facts = {
            "cache": str(self.paths.cache),
            "root": str(self.paths.root),
            "home": str(self.host.home),
            "python_path": str(self.host.python_path),
            "addons": [str(folder) for folder in self.host.addons],
            "version": self.host.version,
            "python": str(self.python),
            "wkhtml": str(self.wkhtml),
            "dsn": self.cluster.dsn,
            "owner": self.cluster.owner,
            "embedded": self.cluster.embedded,
            "maintenance": self.cluster.maintenance,
            "foreign": self.foreign and str(self.foreign),
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(facts), encoding="utf-8")


def load(path):
    """The context that :meth:`Context.dump` wrote."""
    facts = json.loads(Path(path).read_text(encoding="utf-8"))
    python = Path(facts["python"])
    return Context(
        Paths(Path(facts["cache"]), Path(facts["root"])),
        host.Host(
            Path(facts["home"]),
            Path(facts["python_path"]),
            tuple(map(Path, facts["addons"])),
            facts["version"],
        ),
        python,
        Path(facts["wkhtml"]),
        database.Cluster(
            python,
            facts["dsn"],
            facts["owner"],
            embedded=facts["embedded"],
            maintenance=facts["maintenance"],
        ),
        facts["foreign"] and Path(facts["foreign"]),
    )


@contextlib.contextmanager
def locked(path, what):
    """Hold a lock between processes, telling when another one has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.say(f"… waiting for another ./demat that is {what}")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def prepare(odoo=None, *, tests=False):
    """Find or fetch everything; the same call is quick when it is there already."""
    paths = locate()
    with locked(paths.cache / "fetch.lock", "fetching what Odoo needs"):
        needs = list(system.RUNTIME)
        if not (odoo or os.environ.get("ODOO_HOME") or paths.odoo.exists()):
            needs.append(system.GIT)
        system.ensure(needs, paths)
        if tests:
            system.ensure(system.TESTS, paths, fatal=False)
        python = packages.obtain(paths, tests=tests)
        found = host.obtain(paths, odoo)
        wkhtmltopdf = wkhtml.obtain(paths, python)
        cluster = database.obtain(paths, python, digest(paths.root))
        if cluster.started:
            processes.remember(paths.state / "pg.json", cluster.pid)
    return Context(paths, found, python, wkhtmltopdf, cluster)


def with_addons(context, folder):
    """The same context with another folder of addons (used by tests)."""
    paths = replace(context.paths, root=Path(folder))
    return replace(context, paths=paths)


def read_manifest(folder):
    """The manifest of an addon as a dictionary."""
    text = (Path(folder) / "__manifest__.py").read_text(encoding="utf-8")
    return ast.literal_eval(text)


def our_addons(paths, only=()):
    """Names of the installable addons of the tree, dependencies first.

    :param only: only these, with those of the tree that they need; if empty all but
        those that need an addon of others.
    """
    manifests = {
        path.parent.name: read_manifest(path.parent)
        for path in sorted(paths.addons.glob("*/__manifest__.py"))
    }
    ordered = []

    def visit(name):
        manifest = manifests.get(name)
        if manifest is None or name in ordered or not manifest.get("installable", True):
            return
        for dependency in manifest.get("depends", ()):
            visit(dependency)
        ordered.append(name)

    glue = () if only else foreign_glue(paths)
    for name in only or (name for name in manifests if name not in glue):
        visit(name)
    return ordered


def foreign_glue(paths):
    """Names of the addons of the tree that need an addon of others, sorted."""
    foreign = packages.foreign_modules(paths)
    return sorted(
        path.parent.name
        for path in paths.addons.glob("*/__manifest__.py")
        if foreign & set(read_manifest(path.parent).get("depends", ()))
    )


def with_foreign(context, addons):
    """The same context with the addons of others, if one of ``addons`` needs them."""
    if not set(addons) & set(foreign_glue(context.paths)):
        return context
    folder = packages.obtain_foreign(context.paths, context.python)
    return replace(context, foreign=folder)


def tree_digest(paths, addons):
    """Hash of what decides the content of a database with these addons of the tree."""
    parts = []
    for addon in addons:
        for folder, folders, names in os.walk(paths.addons / addon):
            folders[:] = sorted(set(folders) - IGNORED_FOLDERS)
            for name in sorted(names):
                file = Path(folder) / name
                if file.suffix not in (".pyc", ".md") and file.is_file():
                    content = digest(file.read_bytes().hex())
                    parts += [str(file.relative_to(paths.addons)), content]
    return digest(*parts)
