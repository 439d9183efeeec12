# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What happens in Odoo while a batch of mails leaves (see tests/test_mail_batch.py)."""

from unittest.mock import patch

from odoo.modules.registry import Registry
from odoo.sql_db import Cursor


def _pending(env, run):
    moves = env["demat.run"].browse(run).line_ids.move_id
    batch = moves._demat_exchanges("mail").sorted("id")
    assert len(batch) == len(moves)
    return batch


def make_documents(env, run):
    """Make and archive the invoices of a run; their mails stay pending."""
    with patch.object(type(env["demat.exchange"]), "_dispatch_mail", lambda self: None):
        env["demat.run"].browse(run)._process()


def count_queries(env, run):
    """Send the mails of a run: how many queries for each after the first."""
    batch = _pending(env, run)
    exchange = type(batch)
    execute, carry_out = Cursor.execute, exchange._carry_out_mail
    counts = []

    def counting_execute(cursor, *args, **kwargs):
        if counts:
            counts[-1] += 1
        return execute(cursor, *args, **kwargs)

    def counting_carry_out(self, *args, **kwargs):
        counts.append(0)
        return carry_out(self, *args, **kwargs)

    with (
        patch.object(Cursor, "execute", counting_execute),
        patch.object(exchange, "_carry_out_mail", counting_carry_out),
    ):
        batch._dispatch_mail()
    # the last one has what follows the batch in it
    return counts[1:-1]


def disturb(env, run):
    """While the first mail leaves, somebody gives the third up and renames a customer.

    :return: states of the mails, and the name that this process reads afterwards
    """
    batch = _pending(env, run)
    exchange = type(batch)
    deliver = exchange._deliver_mail
    partner = batch[0].partner_id
    assert partner.name

    def disturbed(self, values):
        if self == batch[0]:
            with Registry(env.cr.dbname).cursor() as other:
                elsewhere = batch[2].with_env(env(cr=other))
                elsewhere._mark_cancelled("given up meanwhile")
                elsewhere.partner_id.comment = "written meanwhile"
        return deliver(self, values)

    partner.comment  # noqa: B018 read before, so that it could be kept
    with patch.object(exchange, "_deliver_mail", disturbed):
        batch._dispatch_mail()
    return {"states": batch.mapped("state"), "comment": str(partner.comment)}
