# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``./demat demo``: the product on a real Odoo, made once, started in seconds.

The content comes from ``demo/build.py``, function ``build(env, context)``, run once in
Odoo with the server and the mail catcher up; see :mod:`demat_cli.demo_inside` for what
it gets and answers.
"""

import json
import subprocess
from pathlib import Path

from . import console, database, processes, templates
from .context import (
    HOST_MODULES,
    LANGUAGE,
    locked,
    our_addons,
    prepare,
    tree_digest,
)

DATABASE = "demat_demo"
KIND = "demo"
MAIL_PORT = 8025
SMTP_PORT = 2525
CHORUS_PORT = 8990
BUILD = "demo/build.py"
REBUILD = "./demat demo --fresh"
# of chorus_sim, which needs packages that this command does without
TOKEN_PATH = "/api/oauth/token"
ROLES = {
    "admin": "administrator",
    "clerk": "invoicing clerk",
    "auditor": "accountant (archive)",
    "site_manager": "site manager",
    "portal": "customer (portal)",
}
TRY_FIRST = (
    "Open Odoo as the administrator: Invoicing › Dematerialisation.",
    "Post an invoice, prepare it, send it; then read the mail it made.",
)


class Demo:
    """The demo of one checkout: its database, its processes, what is known of them."""

    def __init__(self, context):
        self.context = context
        self.folder = context.paths.state / "demo"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.facts_file = self.folder / "demo.json"
        self.log = context.paths.logs / "demo-server.log"
        self.server = self.folder / "server.pid"
        self.catcher = self.folder / "catcher.pid"
        self.chorus = self.folder / "chorus.pid"

    # -- what is known ----------------------------------------------------------------

    @property
    def facts(self):
        """What the last successful construction left, {} if there is none."""
        try:
            return json.loads(self.facts_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}

    def _write_facts(self, **changes):
        self.facts_file.touch(mode=0o600)
        facts = {**self.facts, **changes}
        self.facts_file.write_text(json.dumps(facts, indent=1), encoding="utf-8")

    def _version(self):
        paths = self.context.paths
        return f"{self.context.host.version}-{tree_digest(paths, our_addons(paths))}"

    def _choose_database(self):
        """``demat_demo``, unless another checkout that still exists has it."""
        cluster = self.context.cluster
        mark = cluster.databases().get(DATABASE)
        if mark in (None, cluster.mark(KIND), cluster.mark("unfinished")):
            return DATABASE
        owner = mark.split()[-1] if mark else ""
        checkout = self.context.paths.cache / "state" / owner / "checkout"
        if owner and checkout.is_file():
            folder = checkout.read_text(encoding="utf-8").strip()
            if not Path(folder, "demat").exists():
                return DATABASE
        return f"{DATABASE}_{cluster.owner}"

    def is_made(self):
        """True if the database is there, complete."""
        name = self.facts.get("database")
        mark = self.context.cluster.databases().get(name)
        return bool(name) and mark == self.context.cluster.mark(KIND)

    def is_running(self):
        """True if all processes live and answer."""
        facts = self.facts
        return bool(
            processes.recall(self.server)
            and processes.recall(self.catcher)
            and processes.recall(self.chorus)
            and processes.is_up(f"{facts.get('base_url')}/web/health")
            and processes.is_up(f"{facts.get('mail_url')}/health")
            and processes.is_up(f"{facts.get('chorus_url')}/health")
        )

    # -- processes --------------------------------------------------------------------

    def start(self, database_name, port):
        """Start mail catcher, simulated platform and server; answers once they do."""
        facts = self.facts
        mail_port = processes.free_port(facts.get("mail_port", MAIL_PORT))
        smtp_port = processes.free_port(facts.get("smtp_port", SMTP_PORT))
        http_port = processes.free_port(facts.get("http_port") or port)
        mail_url = self._start_catcher(smtp_port, mail_port)
        chorus_port = processes.free_port(facts.get("chorus_port", CHORUS_PORT))
        chorus_url = self._start_chorus(chorus_port)
        base_url = f"http://127.0.0.1:{http_port}"
        config = self.context.write_config(
            self.folder / "odoo.conf",
            database_name,
            http_port=http_port,
            gevent_port=processes.free_port(http_port + 1),
            max_cron_threads=1,
            smtp_server="127.0.0.1",
            smtp_port=smtp_port,
        )
        self._tell_database(database_name, base_url, smtp_port, chorus_url)
        with console.step("Starting Odoo"):
            command = self.context.odoo("-c", config)
            env = self.context.environment()
            server = processes.spawn(command, log=self.log, env=env)
            processes.remember(self.server, server.pid)
            processes.wait_http(f"{base_url}/web/health", server.pid, self.log)
            # The first page loads the registry: not to be waited for by the user.
            processes.is_up(f"{base_url}/web/login", seconds=60)
        self._write_facts(
            mail_port=mail_port,
            smtp_port=smtp_port,
            http_port=http_port,
            mail_url=mail_url,
            base_url=base_url,
            chorus_port=chorus_port,
            chorus_url=chorus_url,
        )
        return config

    def _start_catcher(self, smtp_port, port):
        """Start the mail server that keeps everything; address of its pages."""
        python, env = self.context.python, self.context.environment()
        mails = self.folder / "mails"
        with console.step("Starting the mail catcher"):
            command = [python, "-m", "demat_cli.mailcatcher", mails, smtp_port, port]
            log = self.context.paths.logs / "demo-mails.log"
            catcher = processes.spawn(command, log=log, env=env)
            processes.remember(self.catcher, catcher.pid)
            url = f"http://127.0.0.1:{port}"
            processes.wait_http(f"{url}/health", catcher.pid, log)
        return url

    def _start_chorus(self, port):
        """Start the simulated Chorus Pro; its address."""
        python, env = self.context.python, self.context.environment()
        state = self.folder / "chorus.json"
        command = [python, "-m", "chorus_sim", "--port", port, "--state", state]
        log = self.context.paths.logs / "demo-chorus.log"
        url = f"http://127.0.0.1:{port}"
        with console.step("Starting the simulated Chorus Pro"):
            simulator = processes.spawn(command, log=log, env=env)
            processes.remember(self.chorus, simulator.pid)
            processes.wait_http(f"{url}/health", simulator.pid, log)
        return url

    def _tell_database(self, name, base_url, smtp_port, chorus_url):
        """Write the addresses of this start where Odoo reads them."""
        parameters = {
            "web.base.url": base_url,
            "web.base.url.freeze": "True",
            "report.url": base_url,
        }
        statements = [
            (
                "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s) "
                "ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
                pair,
            )
            for pair in parameters.items()
        ]
        port = "UPDATE ir_mail_server SET smtp_port = %s WHERE smtp_host = '127.0.0.1'"
        chorus = (
            "UPDATE chorus_account SET api_url = %s, token_url = %s || %s "
            "WHERE platform = 'other' AND api_url LIKE 'http://127.0.0.1:%%'",
            [chorus_url, chorus_url, TOKEN_PATH],
        )
        self.context.cluster.execute(
            *statements, (port, [smtp_port]), chorus, dbname=name
        )

    def stop(self):
        """Stop all processes; True if one was running."""
        files = (self.server, self.catcher, self.chorus)
        return any([processes.stop(path) for path in files])

    # -- making -----------------------------------------------------------------------

    def discard(self):
        """Forget the database, its files, its mails and its passwords."""
        cluster = self.context.cluster
        known = cluster.databases()
        for name in {self.facts.get("database"), self._choose_database()} - {None}:
            if known.get(name) in (cluster.mark(KIND), cluster.mark("unfinished")):
                cluster.drop(name)
                database.drop_filestore(self.context.data_dir, name)
        for path in sorted(self.folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()

    def _create(self):
        """Create the database: from the host's template if the tests made one."""
        context, cluster = self.context, self.context.cluster
        name = self._choose_database()
        cluster.drop(name)
        database.drop_filestore(context.data_dir, name)
        base = templates.made_host_template(context)
        cluster.create(name, "unfinished", base)
        if base:
            database.copy_filestore(context.data_dir, base, name)
        return name

    def make(self, port):
        """Create the database, install the addons, run ``demo/build.py``."""
        self.stop()
        self.discard()
        self.log.unlink(missing_ok=True)
        paths, cluster, version = (
            self.context.paths,
            self.context.cluster,
            self._version(),
        )
        name = self._create()
        config = self.context.write_config(self.folder / "odoo.conf", name)
        addons = our_addons(paths)
        with console.step(f"Installing Odoo and {len(addons)} addons in {name}"):
            self._install(config, name, ["-i", ",".join([*HOST_MODULES, *addons])])
        config = self.start(name, port)
        with console.step("Making the demo company, its customers and its documents"):
            answer = self.context.inside(
                config,
                "demat_cli.demo_inside:build",
                {
                    "language": LANGUAGE,
                    "folder": str(self.folder),
                    "base_url": self.facts["base_url"],
                    "mail_url": self.facts["mail_url"],
                    "smtp_port": self.facts["smtp_port"],
                    "chorus_url": self.facts["chorus_url"],
                    "has_content": (paths.root / BUILD).is_file(),
                },
                log=paths.logs / "demo-build.log",
                failure="the demo content could not be made",
            )
        self._write_facts(database=name, version=version, **answer)
        cluster.execute(f"COMMENT ON DATABASE \"{name}\" IS '{cluster.mark(KIND)}'")

    def update(self):
        """Bring the database to the addons of the tree."""
        self.stop()
        name, version = self.facts["database"], self._version()
        config = self.context.write_config(self.folder / "odoo.conf", name)
        addons = ",".join(our_addons(self.context.paths))
        with console.step("Updating the addons of the demo"):
            self._install(config, name, ["-i", addons, "-u", addons], REBUILD)
        self._write_facts(version=version)

    def _install(self, config, name, options, remedy=None):
        console.run(
            self.context.odoo(
                *["-c", config, "-d", name, *options, f"--load-language={LANGUAGE}"],
                *["--stop-after-init", "--no-http"],
            ),
            log=self.context.paths.logs / "demo-install.log",
            failure="the addons could not be installed",
            remedy=remedy,
            env=self.context.environment(),
        )

    def is_outdated(self):
        """True if the addons changed since the database was made or updated."""
        return self.facts.get("version") != self._version()

    # -- words ------------------------------------------------------------------------

    def describe(self):
        """Print addresses, users, and what to try first."""
        facts = self.facts
        console.say()
        console.say(f"  Odoo              {facts['base_url']}")
        console.say(f"  received mails    {facts['mail_url']}")
        console.say(f"  Chorus Pro        {facts['chorus_url']}/control (simulated)")
        console.say(f"  log               {self.log}")
        console.say()
        rows = [
            [ROLES.get(user["role"], user["role"]), user["login"], user["password"]]
            for user in facts.get("users", [])
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            console.say("  " + "   ".join(cells).rstrip())
        console.say("\n  Try first:")
        for number, line in enumerate(facts.get("first_steps") or TRY_FIRST, 1):
            console.say(f"  {number}. {line}")
        console.say("\n  ./demat stop ends it, ./demat demo --fresh makes it again.")


def run(options):
    """Start the demo, making it first if need be."""
    context = prepare(options.odoo)
    demo = Demo(context)
    with locked(context.paths.state / "demo.lock", "working on the demo"):
        if options.fresh or not demo.is_made():
            demo.make(options.port)
        elif demo.is_outdated():
            demo.update()
        if not demo.is_running():
            demo.stop()
            demo.start(demo.facts["database"], options.port)
        demo.describe()


def shell(options):
    """An Odoo shell in the demo database."""
    context = prepare(options.odoo)
    demo = Demo(context)
    if not demo.is_made():
        raise console.Failure("there is no demo database yet", "./demat demo")
    command = context.odoo("shell", "-c", demo.folder / "odoo.conf", "--no-http")
    command += options.arguments
    return subprocess.run(
        [str(part) for part in command], env=context.environment(), check=False
    ).returncode
