# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The part of ``./demat demo`` that runs in Odoo (see :mod:`demat_cli.inside`).

``demo/build.py`` has a function ``build(env, context)``. ``context`` is a dictionary:
``base_url`` (the running Odoo), ``mail_url`` (the page of the mails), ``smtp_host`` and
``smtp_port`` (the mail catcher), ``chorus_url`` (the simulated Chorus Pro),
``language``, ``folder`` (a private folder outside of the tree) and ``passwords``
({role: password}, drawn once). It answers ``users`` (role, name, login, password) and
``first_steps`` (sentences), printed at each start.
"""

import importlib
import json
import secrets
from pathlib import Path

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
PASSWORD_LENGTH = 10
ROLES = ("admin", "clerk", "auditor", "site_manager", "portal")
SMTP_HOST = "127.0.0.1"


def build(env, payload):
    """Make the demo content; answers what is printed to the user."""
    context = {
        "base_url": payload["base_url"],
        "mail_url": payload["mail_url"],
        "smtp_host": SMTP_HOST,
        "smtp_port": payload["smtp_port"],
        "chorus_url": payload["chorus_url"],
        "language": payload["language"],
        "folder": payload["folder"],
        "passwords": draw_passwords(Path(payload["folder"]) / "passwords.json"),
    }
    if payload["has_content"]:
        answer = importlib.import_module("demo.build").build(env, context)
    else:
        answer = _minimum(env, context)
    return {key: answer.get(key) or [] for key in ("users", "first_steps")}


def draw_passwords(file):
    """{role: password}, drawn at the first call and kept in a private file."""
    if not file.exists():
        drawn = {
            role: "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH))
            for role in ROLES
        }
        file.touch(mode=0o600)
        file.write_text(json.dumps(drawn), encoding="utf-8")
    return json.loads(file.read_text(encoding="utf-8"))


def _minimum(env, context):
    """Without demo content: a French company, a mail server, the administrator."""
    company = env.ref("base.main_company")
    company.partner_id.country_id = env.ref("base.fr")
    company.currency_id = env.ref("base.EUR")
    if not company.chart_template:
        env["account.chart.template"].try_loading("fr", company, install_demo=False)
    env["res.partner"].with_context(active_test=False).search([]).lang = context[
        "language"
    ]
    env["ir.mail_server"].create(
        {
            "name": "./demat demo",
            "smtp_host": context["smtp_host"],
            "smtp_port": context["smtp_port"],
            "smtp_encryption": "none",
        }
    )
    admin = env.ref("base.user_admin")
    admin.password = context["passwords"]["admin"]
    return {
        "users": [
            {
                "role": "admin",
                "name": admin.name,
                "login": admin.login,
                "password": context["passwords"]["admin"],
            }
        ]
    }
