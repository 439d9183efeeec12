# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import mimetypes

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

from ..lib import errors
from ..lib.checks import check_attachments
from ..lib.rules import RULES

#: Of a comment at Chorus Pro (chorus_pro.md 2.8).
MAX_COMMENT = 2000


class ChorusCompleteWizard(models.TransientModel):
    """The answer to a suspension: words, and the documents that are asked for."""

    _name = "chorus.complete.wizard"
    _inherit = "chorus.act.wizard"
    _description = "Complete a Suspended Invoice"

    reason = fields.Html(
        string="What is asked for", related="move_id.chorus_html", readonly=True
    )
    comment = fields.Text(required=True)
    document_ids = fields.One2many(
        "chorus.complete.document", "wizard_id", string="Documents"
    )

    def action_complete(self):
        """Send the answer, then ask what Chorus Pro makes of it."""
        self.ensure_one()
        self.check_access("write")
        move = self.move_id
        move._chorus_check_state("suspended")
        comment = (self.comment or "").strip()
        if not comment or len(comment) > MAX_COMMENT:
            raise UserError(
                self.env._(
                    "Write what you answer, in %(count)s characters at most.",
                    count=MAX_COMMENT,
                )
            )
        documents = self.document_ids._files(move.sudo().demat_document_id.size)

        def complete(client, row):
            files = [
                (client.add_file(*document), document[0]) for document in documents
            ]
            client.complete(row.external_id, comment, files)

        client, row = self._act(
            complete,
            "suspended",
            self.env._(
                "Chorus Pro did not answer: it is not known whether yours arrived. "
                "Press “Ask Chorus now” in a moment; answer again only if the "
                "invoice is still suspended."
            ),
            self.env._(
                "Chorus Pro did not answer, and the invoice is still suspended: "
                "try again."
            ),
        )
        move.sudo().message_post(
            body=self.env._("Completed at Chorus Pro: %(words)s", words=comment)
        )
        move._chorus_todo_done()
        self._read_again(row, client)
        return {"type": "ir.actions.act_window_close"}

    def _read_again(self, row, client):
        """Show the new status at once, if the platform has it already."""
        try:
            row._read_history(client)
        except errors.ChorusError:
            row.history_due = True


class ChorusCompleteDocument(models.TransientModel):
    """One document of the answer."""

    _name = "chorus.complete.document"
    _description = "Document for a Suspended Invoice"

    wizard_id = fields.Many2one(
        "chorus.complete.wizard", required=True, ondelete="cascade"
    )
    name = fields.Char(string="File")
    content = fields.Binary(required=True, attachment=False)

    def _files(self, invoice_size):
        """``[(name, mimetype, bytes)]``, all of them checked before any leaves.

        :param invoice_size: bytes of the invoice, which count for the total
        :raises UserError: Chorus Pro would not take them; all reasons at once
        """
        files = [
            (document.name or "", base64.b64decode(document.content))
            for document in self
        ]
        sizes = [(name, len(content)) for name, content in files]
        problems = check_attachments(sizes, invoice_size=invoice_size)
        if problems:
            raise UserError("\n".join(self._words(problem) for problem in problems))
        return [(name, guess(name, content), content) for name, content in files]

    def _words(self, problem):
        if not (self.env.lang or "").startswith("fr"):
            return problem.message
        return RULES[problem.rule].message_fr.format_map(problem.values)


def guess(name, content):
    """The MIME type, by the name first: the platform goes by the name too."""
    return mimetypes.guess_type(name)[0] or guess_mimetype(content)
