# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import models

_CHANNEL = re.compile(r"demat\.run_(\d+)")


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        # EXTENDS bus: whoever may read a run may watch it, and nobody else
        wanted = {channel: _CHANNEL.fullmatch(channel) for channel in channels}
        others = [channel for channel, match in wanted.items() if not match]
        ids = [int(match.group(1)) for match in wanted.values() if match]
        runs = self.env["demat.run"]
        if ids and runs.has_access("read"):
            others.extend(runs.search([("id", "in", ids)]))
        return super()._build_bus_channel_list(others)
