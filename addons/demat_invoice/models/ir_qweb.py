# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from lxml import etree

from odoo import models


class IrQweb(models.AbstractModel):
    """Templates that are given as a text, compiled once for a batch.

    The host compiles the text of a mail template again for each document, which costs
    more than the rendering.
    """

    _inherit = "ir.qweb"

    def _compile(self, template):
        # EXTENDS base: only with a ``Memory`` in the context, which lives as long as
        # the batch
        compiled = self.env.context.get("demat_compiled")
        if compiled is None or not isinstance(template, etree._Element):
            return super()._compile(template)
        names = (*self._get_template_cache_keys(), "raise_on_forbidden_code_for_model")
        key = (
            etree.tostring(template),
            tuple(str(self.env.context.get(name)) for name in names),
        )
        if key not in compiled:
            compiled[key] = super()._compile(template)
        return compiled[key]
