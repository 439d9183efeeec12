# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The lock that a living worker holds on its job."""

from contextlib import contextmanager

from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from odoo.tools import SQL


@contextmanager
def alive(cr, lock_class, job_id):
    """Hold the lock of a living worker on a job; yields whether we got it.

    It belongs to the database session: a crash gives it back, a commit does not.

    :param lock_class: first key of the advisory lock, one for each kind of jobs
    """
    cr.execute(SQL("SELECT pg_try_advisory_lock(%s, %s)", lock_class, job_id))
    [got] = cr.fetchone()
    try:
        yield got
    finally:
        if got:
            if cr._cnx.info.transaction_status == TRANSACTION_STATUS_INERROR:
                cr.rollback()
            cr.execute(SQL("SELECT pg_advisory_unlock(%s, %s)", lock_class, job_id))
