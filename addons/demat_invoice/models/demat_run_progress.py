# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class DematRun(models.Model):
    """What the browser is told of a run: that it moved, and that it ended.

    The messages are part of the transaction of the step that they tell of. They hold
    no figures: who watches reads them with his own rights.
    """

    _name = "demat.run"
    _inherit = ["demat.run", "bus.listener.mixin"]

    seconds_left = fields.Integer(compute="_compute_seconds_left")

    @api.depends("started_at", "state")
    def _compute_seconds_left(self):
        """At the pace since the start; zero as long as nobody can tell."""
        now = fields.Datetime.now()
        for run in self:
            left = run.waiting_count + run.started_count
            finished = run.line_count - left
            run.seconds_left = 0
            if run.state == "running" and run.started_at and finished:
                passed = (now - run.started_at).total_seconds()
                run.seconds_left = round(passed * left / finished)

    def _tell_progress(self):
        """Have the forms that show this run read it again."""
        for run in self:
            run._bus_send("demat.run/progress", {"id": run.id})

    def _tell_end(self):
        """Tell who launched the run how it ended, wherever he is in the web client."""
        self.ensure_one()
        self.invalidate_recordset()
        self._tell_progress()
        env = self.with_context(lang=self.user_id.lang).env
        run = self.with_env(env)
        if run.failed_count:
            kind = "warning"
            text = env._(
                "%(done)s done, %(failed)s failed.",
                done=run.done_count,
                failed=run.failed_count,
            )
        else:
            kind = "info" if run.state == "cancelled" else "success"
            text = env._("%(done)s done, none failed.", done=run.done_count)
        others = run.skipped_count + run.cancelled_count
        if others:
            text += " " + env._("%(count)s skipped or cancelled.", count=others)
        self.user_id._bus_send(
            "demat.run/ended",
            {
                "id": run.id,
                "title": run.display_name,
                "message": text,
                "type": kind,
                "link": env._("See the treatment"),
            },
        )
