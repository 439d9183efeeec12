# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..lib.dropbox import Folder, Sftp
from ..lib.numbers import APPLICATION, INTERFACE
from .chorus_account import SECRET


class ChorusAccount(models.Model):
    """Where EDI files are dropped and their returns collected."""

    _inherit = "chorus.account"

    edi_interface = fields.Char(
        string="Interface code",
        default="FSO1117A",
        help="As agreed with Chorus Pro. FSO1117A is that of Factur-X.",
    )
    edi_application = fields.Char(
        string="Application code", help="Six characters, given with the EDI agreement."
    )
    drop_kind = fields.Selection(
        [("folder", "A folder of the server"), ("sftp", "An SFTP server")],
        string="Files are put on",
        default="folder",
        required=True,
    )
    drop_folder = fields.Char(
        string="Folder",
        groups=SECRET,
        help="Absolute path; it holds the folders out, in and done.",
    )
    sftp_host = fields.Char(string="SFTP server", groups=SECRET)
    sftp_port = fields.Integer(string="Port", default=22, groups=SECRET)
    sftp_user = fields.Char(string="SFTP user", groups=SECRET)
    sftp_password = fields.Char(
        string="SFTP password", groups=SECRET, copy=False, exportable=False
    )
    sftp_key = fields.Text(
        string="SFTP private key", groups=SECRET, copy=False, exportable=False
    )
    sftp_host_key = fields.Char(
        string="Key of the SFTP server",
        groups=SECRET,
        help="As in known_hosts (ssh-ed25519 AAAA…) or its print (SHA256:…). A server "
        "that shows another key is refused.",
    )
    sftp_folder_out = fields.Char(
        string="Folder of what leaves", groups=SECRET, default="out"
    )
    sftp_folder_in = fields.Char(
        string="Folder of the returns", groups=SECRET, default="in"
    )
    sftp_folder_done = fields.Char(
        string="Folder of what was read", groups=SECRET, default="done"
    )

    @api.constrains("mode", "edi_interface", "edi_application")
    def _check_edi(self):
        for account in self.filtered(lambda account: account.mode == "edi"):
            if not APPLICATION.fullmatch(account.edi_application or ""):
                raise ValidationError(
                    self.env._(
                        "The application code of %(company)s has six capitals or "
                        "digits; Chorus Pro gives it with the EDI agreement.",
                        company=account.company_id.name,
                    )
                )
            if not INTERFACE.fullmatch(account.edi_interface or ""):
                raise ValidationError(
                    self.env._(
                        "The interface code of %(company)s looks like FSO1117A; Chorus "
                        "Pro gives it with the EDI agreement.",
                        company=account.company_id.name,
                    )
                )

    def _chorus_dropbox(self):
        """Return where the files go: ``lib.dropbox.Folder`` or ``Sftp``.

        An ``Sftp`` is used in a ``with`` block.

        :raises UserError: folder or server are not given
        """
        self.ensure_one()
        account = self.sudo()
        if account.drop_kind == "folder":
            if not account.drop_folder:
                raise UserError(self._edi_incomplete("drop_folder"))
            return Folder(account.drop_folder)
        for name in ("sftp_host", "sftp_user", "sftp_host_key"):
            if not account[name]:
                raise UserError(self._edi_incomplete(name))
        return Sftp(
            account.sftp_host,
            account.sftp_port or 22,
            account.sftp_user,
            key=self._chorus_secret("sftp_key")[0],
            password=self._chorus_secret("sftp_password")[0],
            host_key=account.sftp_host_key,
            folders={
                "out": account.sftp_folder_out or "out",
                "in": account.sftp_folder_in or "in",
                "done": account.sftp_folder_done or "done",
            },
        )

    def _edi_incomplete(self, name):
        labels = self.sudo().fields_get([name], ["string"])
        return self.env._(
            "The EDI way of %(company)s is not complete: %(missing)s. Ask an "
            "administrator to fill it in (Settings, Accounting, Chorus Pro).",
            company=self.company_id.name,
            missing=labels[name]["string"],
        )
