# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import contextmanager

from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from odoo.tools import SQL


@contextmanager
def session_lock(env, lock_class, number):
    """Hold the advisory lock of a living worker; yields whether we got it.

    The lock belongs to the database session, not to the transaction: it survives the
    commits of the work and disappears with the process. It is given back in any case,
    or a pooled connection would keep it.

    :param lock_class: first key, one for each kind of work
    :param number: second key, the id of the row
    """
    [[got]] = env.execute_query(
        SQL("SELECT pg_try_advisory_lock(%s, %s)", lock_class, number)
    )
    try:
        yield got
    finally:
        if got:
            cr = env.cr
            if cr._cnx.info.transaction_status == TRANSACTION_STATUS_INERROR:
                cr.rollback()
            cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", lock_class, number))
