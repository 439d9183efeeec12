# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import inspect
import logging
from contextlib import contextmanager

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common_flow import ChorusFlowCommon

#: model → who may do what: letters of read, write, create, unlink.
MATRIX = {
    "chorus.account": {"clerk": "r", "manager": "r", "system": "rwcu"},
    "chorus.structure": {
        "employee": "r",
        "clerk": "r",
        "manager": "rwcu",
        "accountant": "r",
        "auditor": "r",
        "system": "r",
    },
    "chorus.service": {
        "employee": "r",
        "clerk": "r",
        "manager": "rwcu",
        "accountant": "r",
        "auditor": "r",
        "system": "r",
    },
    "chorus.flow": {"clerk": "r", "manager": "r", "auditor": "r"},
    "chorus.invoice": {"clerk": "r", "manager": "r", "accountant": "r", "auditor": "r"},
    "chorus.status": {"clerk": "r", "manager": "r", "accountant": "r", "auditor": "r"},
    "chorus.return": {"clerk": "r", "manager": "r"},
    "chorus.search": {"clerk": "rwc", "manager": "rwc"},
    "chorus.search.line": {"clerk": "r", "manager": "r"},
    "chorus.check.wizard": {"clerk": "r", "manager": "r"},
    "chorus.check.line": {"clerk": "r", "manager": "r"},
    "chorus.complete.wizard": {"clerk": "rwcu", "manager": "rwcu"},
    "chorus.complete.document": {"clerk": "rwcu", "manager": "rwcu"},
    "chorus.recycle.wizard": {"clerk": "rwcu", "manager": "rwcu"},
    "chorus.tell.wizard": {"clerk": "rwcu", "manager": "rwcu"},
    "vies.check": {"clerk": "r", "manager": "r", "auditor": "r"},
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
GROUPS = {
    "portal": "base.group_portal",
    "employee": "base.group_user",
    "accountant": "account.group_account_readonly",
    "auditor": "ged_archive.group_ged_auditor",
    "system": "base.group_system",
}
SECRET = "A-secret-that-nobody-sees"
#: All that RPC may call on our models: the buttons, and what the host calls itself.
PUBLIC = {
    "account.move": {
        "action_chorus_ask",
        "action_chorus_check",
        "action_chorus_complete",
        "action_chorus_correct",
        "action_chorus_deposit",
        "action_chorus_recycle",
        "action_chorus_tell",
        "action_vies_check",
    },
    "chorus.account": {"action_test_connection"},
    "chorus.check.line": {"action_fix"},
    "chorus.check.wizard": {"action_again"},
    "chorus.complete.wizard": {"action_complete"},
    "chorus.flow": {"action_arrived", "action_ask_now", "action_send_again"},
    "chorus.invoice": {"action_open_move"},
    "chorus.recycle.wizard": {"action_recycle"},
    "chorus.search": {"action_search"},
    "chorus.search.line": {"action_bring"},
    "chorus.structure": {"action_refresh"},
    "chorus.tell.wizard": {"action_tell"},
    "res.config.settings": {"action_open_chorus_account"},
    "res.partner": {"action_chorus_search", "action_vies_check"},
}


@tagged("post_install", "-at_install")
class TestChorusRights(ChorusFlowCommon):
    """Who sees and does what, through RPC too; what another company has is hidden."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {"clerk": cls.clerk, "manager": cls.manager}
        for name, group in GROUPS.items():
            cls.users[name] = cls._make_user(f"rights_{name}", group)
        cls.other = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.stranger = new_test_user(
            cls.env,
            "rights_stranger",
            groups="account.group_account_manager,demat_base.group_demat_manager",
            company_id=cls.other.id,
            company_ids=[(6, 0, cls.other.ids)],
        )

    def test_matrix(self):
        """Each role and each model, as the access list says and not one right more."""
        ours = {
            name
            for name in self.env
            if name.startswith(("chorus.", "vies.")) and not self.env[name]._abstract
        }
        self.assertEqual(ours, set(MATRIX), "a model that nobody thought about")
        for model, rights in MATRIX.items():
            for role, user in self.users.items():
                records = self.env[model].with_user(user)
                found = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if records.has_access(operation)
                )
                self.assertEqual(found, rights.get(role, ""), f"{role} on {model}")

    def test_what_rpc_may_call(self):
        """A public name can be called by everybody who is logged in."""
        found = {}
        for name in self.env:
            for cls in type(self.env[name]).__mro__:
                if not cls.__module__.startswith("odoo.addons.chorus_edi."):
                    continue
                for method, function in vars(cls).items():
                    if (
                        inspect.isfunction(function)
                        and not method.startswith("_")
                        and self._is_new(name, cls, method)
                        and not getattr(function, "_api_private", False)
                    ):
                        found.setdefault(name, set()).add(method)
        self.assertEqual(found, PUBLIC)

    def _is_new(self, name, cls, method):
        """Whether no class behind ours, of the host or of another addon, has it."""
        mro = type(self.env[name]).__mro__
        behind = [
            one
            for one in mro[mro.index(cls) + 1 :]
            if not one.__module__.startswith("odoo.addons.chorus_edi.")
        ]
        return not any(method in vars(one) for one in behind)

    def test_buttons_are_for_clerks(self):
        """Whoever reads an invoice may still not act at Chorus Pro."""
        self.chorus.configure(polls=0)
        moves = self._send_public()
        self._integrate(moves)
        self.chorus.set_status(moves.name, "SUSPENDUE", "Bordereau ?")
        self.chorus.forget_calls()
        flow = moves.chorus_invoice_ids.flow_id
        calls = {
            "ask": lambda user: moves.with_user(user).action_chorus_ask(),
            "check": lambda user: moves.with_user(user).action_chorus_check(),
            "tell": lambda user: moves.with_user(user).action_chorus_tell(),
            "complete": lambda user: moves.with_user(user).action_chorus_complete(),
            "correct": lambda user: moves.with_user(user).action_chorus_correct(),
            "deposit": lambda user: moves.with_user(user).action_chorus_deposit(),
            "recycle": lambda user: moves.with_user(user).action_chorus_recycle(),
            "flow ask": lambda user: flow.with_user(user).action_ask_now(),
            "flow arrived": lambda user: flow.with_user(user).action_arrived(),
            "flow again": lambda user: flow.with_user(user).action_send_again(),
            "refresh": lambda user: self.town.chorus_structure_id.with_user(
                user
            ).action_refresh(),
            "test": lambda user: self.account.with_user(user).action_test_connection(),
            "window": lambda user: (
                self.env["chorus.complete.wizard"]
                .with_user(user)
                .create({"move_id": moves.id, "comment": "x"})
                .action_complete()
            ),
            "search": lambda user: (
                self.env["chorus.search"]
                .with_user(user)
                .create({"query": "12345678200051"})
                .action_search()
            ),
        }
        nobody = [self.users[role] for role in ("portal", "employee", "accountant")]
        for name, call in calls.items():
            for user in [*nobody, self.users["auditor"], self.stranger]:
                with self.subTest(call=name, user=user.login):
                    if name in ("refresh", "search") and user == self.stranger:
                        # public data; his company has no account to ask with
                        with self.assertRaises(UserError):
                            call(user)
                        continue
                    with self.assertRaises(AccessError):
                        call(user)
        self.assertFalse(self.chorus.calls, "nothing was asked of Chorus Pro")

    def test_forged_ids(self):
        """A window for the invoice of another company does nothing."""
        self.chorus.configure(polls=0)
        moves = self._send_public()
        self._integrate(moves)
        self.chorus.set_status(moves.name, "SUSPENDUE", "Bordereau ?")
        moves.action_chorus_ask()
        self.chorus.forget_calls()
        for model, method in (
            ("chorus.complete.wizard", "action_complete"),
            ("chorus.recycle.wizard", "action_recycle"),
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                wizard = (
                    self.env[model]
                    .with_user(self.stranger)
                    .create({"move_id": moves.id, "comment": "forged"})
                )
                getattr(wizard, method)()
        window = (
            self.env["chorus.complete.wizard"]
            .with_user(self.clerk)
            .create({"move_id": moves.id, "comment": "ours"})
        )
        with self.assertRaises(AccessError):
            window.with_user(self.manager).action_complete()
        self.assertFalse(self.chorus.calls)
        self.assertEqual(self.chorus.invoice(moves.name)["status"], "SUSPENDUE")

    def test_other_company(self):
        self.chorus.configure(polls=0)
        moves = self._send_public()
        self._integrate(moves)
        row = moves.chorus_invoice_ids
        records = (self.account, row.flow_id, row, row.status_ids)
        for record in records:
            with self.subTest(model=record._name):
                self.assertTrue(record)
                theirs = self.env[record._name].with_user(self.stranger)
                self.assertFalse(theirs.search([]))
                with self.assertRaises(AccessError):
                    record.with_user(self.stranger).read(["company_id"])

    def test_secrets(self):
        """Not in a form, an export, a search, a list of fields, a message, a log."""
        names = (
            "client_id",
            "client_secret",
            "login",
            "password",
            "sftp_password",
            "sftp_key",
            "token_url",
            "api_url",
            "drop_folder",
            "sftp_host",
        )
        self.account.sudo().write({"password": SECRET, "client_secret": SECRET + "2"})
        for role in ("clerk", "manager"):
            self.users[role].group_ids += self.env.ref("base.group_allow_export")
            account = self.account.with_user(self.users[role])
            self.assertFalse(set(names) & set(account.fields_get()))
            self.assertNotIn(SECRET, str(account.read()))
            for name in names:
                with self.assertRaises(AccessError):
                    account.read([name])
                with self.assertRaises(AccessError):
                    account.search([(name, "=like", "A%")])
                with self.assertRaises(AccessError):
                    account._read_group([], [name])
                with self.assertRaises(AccessError):
                    account.export_data([name])
        admin = self.account.with_user(self.users["system"])
        exported = admin.fields_get(names[:6], ["exportable"])
        self.assertFalse([n for n in exported if exported[n].get("exportable", True)])
        notes = str(self.account.message_ids.mapped("body"))
        values = self.account.message_ids.sudo().tracking_value_ids
        self.assertNotIn(SECRET, notes + str(values.read()))

    def test_secrets_are_not_logged(self):
        """With the logs of the client at their loudest, and in what users read."""
        moves = self._send_public()
        self.account.sudo().client_secret = SECRET
        self.account.flush_recordset()
        with self._all_logs() as lines:
            self.account.with_user(self.users["system"]).action_test_connection()
            self._deposit()
            self.account.sudo().client_secret = self.chorus.client_secret
            self.account.sudo().password = SECRET
            self.account.flush_recordset()
            self._deposit()
        self.assertTrue(lines, "the client of HTTP says something at its loudest")
        flow = self._out(moves).chorus_flow_id
        self.assertTrue(flow.error_text)
        told = [*lines, self.account.sudo().check_report, flow.error_text]
        told += moves.message_ids.mapped("body") + self._out(moves).mapped("error_text")
        self.assertNotIn(SECRET, "\n".join(str(text) for text in told))
        self.assertFalse([line for line in told if "Bearer " in str(line)])

    @contextmanager
    def _all_logs(self):
        """Give the lines that our code and its libraries log meanwhile."""
        lines = []
        handler = logging.Handler(logging.DEBUG)
        handler.emit = lambda record: lines.append(record.getMessage())
        loggers = [
            logging.getLogger(name)
            for name in ("odoo.addons.chorus_edi", "urllib3", "requests", "zeep")
        ]
        before = [(logger, logger.level, logger.propagate) for logger in loggers]
        for logger in loggers:
            logger.addHandler(handler)
            logger.setLevel(logging.DEBUG)
            logger.propagate = False
        try:
            yield lines
        finally:
            for logger, level, propagate in before:
                logger.removeHandler(handler)
                logger.setLevel(level)
                logger.propagate = propagate
