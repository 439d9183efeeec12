# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Run one function inside Odoo, outside of any test mode.

``python -m demat_cli.inside CONFIG TARGET ANSWER``: TARGET is ``module:function`` or
``path/of/file.py:function``; the function gets ``(env, payload)``, payload being the
JSON object of the standard input. The transaction is committed and the function's
answer is written to the file ANSWER as JSON.

``python -m demat_cli.inside CONFIG DESCRIPTOR`` carries out many: the standard input
has a JSON object ``{"target", "payload"}`` in each line, its answer is a line of JSON
written to the open file DESCRIPTOR.
"""

import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path

from .paths import ROOT


def resolve(target):
    """The function that a target names."""
    place, _colon, name = target.rpartition(":")
    if not place.endswith(".py"):
        return getattr(importlib.import_module(place), name)
    path = ROOT / place
    spec = importlib.util.spec_from_file_location(f"demat_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return getattr(module, name)


def execute(env, payload):
    """Run the Python text ``payload["code"]``; answers its variable ``result``."""
    scope = {"env": env, "result": None, **payload.get("values", {})}
    exec(compile(payload["code"], "<code of a test>", "exec"), scope)  # noqa: S102
    return scope["result"]


def finish_template(env, payload):
    """Prepare a database that will be cloned: web assets made once for all clones."""
    env["ir.qweb"]._pregenerate_assets_bundles()
    env["res.users"].search([]).lang = payload["language"]
    return True


def main():
    config, *one = sys.argv[1:]
    registry = _load(config)
    if len(one) == 2:
        target, answer = one
        result = _carry_out(registry, target, json.load(sys.stdin))
        Path(answer).write_text(json.dumps(result, default=str), encoding="utf-8")
    else:
        _serve(registry, int(one[0]))


def _load(config):
    """The registry of the database that a configuration file names."""
    from odoo.modules.registry import Registry
    from odoo.service import server
    from odoo.tools import config as odoo_config

    odoo_config.parse_config(["-c", config], setup_logging=True)
    server.load_server_wide_modules()
    return Registry(odoo_config["db_name"][0])


def _carry_out(registry, target, payload):
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        return resolve(target)(api.Environment(cr, SUPERUSER_ID, {}), payload)


def _serve(registry, descriptor):
    """Carry out request after request; a failure ends the process.

    Each sees the database as a new process would, and leaves no connection open.

    :param descriptor: where the answers go, a line of JSON each
    """
    from odoo import sql_db

    for line in sys.stdin:
        request = json.loads(line)
        registry = registry.check_signaling()
        # nobody signals what a test writes with SQL
        registry.clear_all_caches()
        registry.reset_changes()
        result = _carry_out(registry, request["target"], request["payload"])
        registry.signal_changes()
        sql_db.close_all()
        os.write(descriptor, (json.dumps(result, default=str) + "\n").encode())


if __name__ == "__main__":
    main()
