# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import os
import shutil

from odoo.tools import SQL, config

from .models.ged_triggers import drop_guards


def uninstall_hook(env):
    """Give the files back to the records they came from, then let the tables go.

    Files whose origin is unknown or gone stay in the database as unbound attachments,
    which administrators find under Settings › Technical › Attachments. The journal and
    the chains go with their tables: make an export first (see the readme).
    """
    cr = env.cr
    env.flush_all()
    drop_guards(cr)
    cr.execute(
        "SELECT DISTINCT res_model FROM ged_document WHERE res_model IS NOT NULL"
    )
    for (model,) in cr.fetchall():
        if model in env and env[model]._auto and not env[model]._abstract:
            cr.execute(
                SQL(
                    """
                    UPDATE ir_attachment a
                       SET res_model = d.res_model, res_id = d.res_id
                      FROM ged_document d
                      JOIN %(origin)s o ON o.id = d.res_id
                     WHERE d.attachment_id = a.id
                       AND a.res_model = 'ged.document'
                       AND d.res_model = %(model)s
                    """,
                    origin=SQL.identifier(env[model]._table),
                    model=model,
                )
            )
    cr.execute(
        "UPDATE ir_attachment SET res_model = NULL, res_id = NULL"
        " WHERE res_model = 'ged.document'"
    )
    folder = os.path.join(config.filestore(cr.dbname), "ged_export")
    shutil.rmtree(folder, ignore_errors=True)
    # The host deletes the kinds, then drops the tables: it would stumble over the
    # reference.
    cr.execute(
        "ALTER TABLE ged_document DROP CONSTRAINT IF EXISTS ged_document_kind_id_fkey"
    )
    env.invalidate_all()
