# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Template databases: the host alone, then the host with our addons.

The first is made once per host, the second once per change of the addons; a test run
only clones. Each has its installation log beside it: a warning written while
installing fails every run that uses that template, not just the first.
"""

from pathlib import Path

from . import console, database, processes
from .context import (
    HOST_MODULES,
    LANGUAGE,
    locked,
    our_addons,
    read_manifest,
    tree_digest,
)
from .paths import digest

FINISH = "demat_cli.inside:finish_template"
COMPANY_MAKER = "tests/support/french_company.py:make"


def _host_name(context):
    owner = context.cluster.owner
    return f"demat_host_{digest(context.host.version, *HOST_MODULES, owner)}"


def made_host_template(context):
    """Name of the template with the host's modules if the tests made it, else None."""
    name = _host_name(context)
    mark = context.cluster.databases().get(name)
    return name if mark == context.cluster.mark("host") else None


def host_template(context):
    """Name of the database with the host's modules only; made if it is missing."""
    name = _host_name(context)
    with locked(context.paths.state / "template.lock", "making a template database"):
        if made_host_template(context):
            return name
        _drop_others(context, "host", keep=name)
        with console.step("Installing the host's modules into a template database"):
            _build(context, name, "host", None, HOST_MODULES, ["-i", "base"])
    return name


def template(context, only=()):
    """Name of the database with the host's modules and our addons.

    :param only: names of the addons to install (with those they need); all if empty.
    """
    addons = our_addons(context.paths, only)
    tree = tree_digest(context.paths, addons) + (context.foreign or Path()).name
    name = f"demat_tpl_{digest(context.host.version, tree, context.cluster.owner)}"
    base = host_template(context)
    with locked(context.paths.state / "template.lock", "making a template database"):
        known = context.cluster.databases()
        if name in known and known[name] == context.cluster.mark("tpl"):
            return name
        _drop_others(context, "tpl", keep=name)
        with console.step(f"Installing {len(addons)} addons into a template database"):
            _build(context, name, "tpl", base, _asked_for(context, addons), [])
    return name


def company_template(context, base):
    """Name of the database for tests inside Odoo: ``base`` with a French company.

    Most of their classes begin with one, and its chart of accounts takes seconds.
    """
    maker = context.paths.root / COMPANY_MAKER.partition(":")[0]
    name = f"demat_cpy_{digest(base, maker.read_text(encoding='utf-8'))}"
    with locked(context.paths.state / "template.lock", "making a template database"):
        if context.cluster.databases().get(name) == context.cluster.mark("cpy"):
            return name
        _drop_others(context, "cpy", keep=name)
        _build(context, name, "cpy", base, [], [], COMPANY_MAKER)
    return name


def _asked_for(context, addons):
    """The modules to install: a glue addon must come by itself with what it joins."""
    asked = []
    for name in addons:
        manifest = read_manifest(context.paths.addons / name)
        asked += manifest["depends"] if manifest.get("auto_install") else [name]
    return list(dict.fromkeys(asked))


def _build(context, name, kind, base, modules, options, finish=FINISH):
    log = install_log(context, name)
    log.unlink(missing_ok=True)
    config = context.write_config(context.paths.state / "template.conf", name)
    context.cluster.drop(name)
    # Under another mark until it is complete: an interrupted one is made again.
    context.cluster.create(name, "unfinished", base, fast=True)
    if base:
        database.copy_filestore(context.data_dir, base, name)
    else:
        database.drop_filestore(context.data_dir, name)
    if modules:
        console.run(
            context.odoo(
                *["-c", config, "-d", name, *options, "-i", ",".join(modules)],
                *[f"--load-language={LANGUAGE}", "--stop-after-init", "--no-http"],
            ),
            log=log,
            failure=f"{', '.join(modules)}: the installation failed",
            env=context.environment(),
        )
    context.inside(
        config,
        finish,
        {"language": LANGUAGE},
        log=log,
        failure="the template database could not be finished",
    )
    context.cluster.execute(
        f"COMMENT ON DATABASE \"{name}\" IS '{context.cluster.mark(kind)}'"
    )


def install_log(context, name):
    """Log of the installation of a template."""
    return context.paths.logs / f"install-{name}.log"


def hold(context, names, pid):
    """Keep templates while a run lives: it may clone them at any time."""
    path = context.paths.state / "test" / f"run-{pid}.templates"
    path.write_text("\n".join(names), encoding="utf-8")


def _held(context):
    """Names of the templates of the runs that live."""
    names = set()
    for path in (context.paths.state / "test").glob("run-*.templates"):
        if processes.recall(path.with_suffix(".pid")):
            names.update(path.read_text(encoding="utf-8").splitlines())
    return names


def _drop_others(context, kind, keep):
    held = _held(context)
    for name, mark in context.cluster.databases().items():
        stale = mark in (context.cluster.mark(kind), context.cluster.mark("unfinished"))
        ours = name.startswith(f"demat_{kind}_") and name not in held
        if stale and ours and name != keep:
            discard(context, name)


def clone(context, source, name, kind):
    """A fresh database made from a template, with its files."""
    context.cluster.drop(name)
    context.cluster.create(name, kind, source, fast=True)
    database.copy_filestore(context.data_dir, source, name)
    return name


def discard(context, name):
    """Drop a database, its files and its installation log."""
    context.cluster.drop(name)
    database.drop_filestore(context.data_dir, name)
    install_log(context, name).unlink(missing_ok=True)
