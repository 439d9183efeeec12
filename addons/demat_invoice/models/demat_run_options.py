# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

#: Options of a run and what they are by default.
OPTIONS = {
    "notify": True,
    "attach_pdf": None,
    "create_portal": False,
    "portal_function": "",
    "portal_main_only": False,
}
#: ``attach_pdf`` as it is stored.
_ATTACH = {None: "default", True: "yes", False: "no"}


class DematRun(models.Model):
    """How a run sends (seed 003, "Diffusion"); kept, so that a resumed run knows.

    - ``notify``: False archives and publishes, and tells nobody by mail;
    - ``attach_pdf``: None as the site or the customer wants it, True or False for all
      invoices of this run;
    - ``create_portal``: invite the customers who have no account on the portal;
    - ``portal_function``, ``portal_main_only``: whom to invite of a customer: the
      contacts whose function contains this, the main contact.
    """

    _inherit = "demat.run"

    notify = fields.Boolean(
        string="Notify the customers",
        readonly=True,
        default=True,
        help="Without it the invoices are archived and published on the portal, and "
        "nobody receives a mail. Paper remains to be printed.",
    )
    attach_pdf = fields.Selection(
        [
            ("default", "As the customer or the site wants it"),
            ("yes", "Attached to each mail"),
            ("no", "Link only"),
        ],
        string="PDF in the mails",
        required=True,
        readonly=True,
        default="default",
    )
    create_portal = fields.Boolean(
        string="Create the missing portal accounts",
        readonly=True,
        help="Customers of the run without an account are invited to the portal.",
    )
    portal_function = fields.Char(string="Invited contacts: function", readonly=True)
    portal_main_only = fields.Boolean(
        string="Invited contacts: main contact only", readonly=True
    )

    @api.model
    def _prepare_option_vals(self, options):
        """Return the values of a run with these options.

        :param options: dict with some of the keys of ``OPTIONS``, or None
        :raises UserError: an option that does not exist, or a wrong value of it
        """
        chosen = {**OPTIONS, **(options or {})}
        unknown = sorted(chosen.keys() - OPTIONS.keys())
        if unknown:
            raise UserError(
                self.env._("%(names)s: no option of a run.", names=", ".join(unknown))
            )
        if chosen["attach_pdf"] not in _ATTACH:
            raise UserError(
                self.env._(
                    "%(value)s: the PDF is attached, not attached, or as the customer "
                    "wants it.",
                    value=chosen["attach_pdf"],
                )
            )
        return {
            "notify": bool(chosen["notify"]),
            "attach_pdf": _ATTACH[chosen["attach_pdf"]],
            "create_portal": bool(chosen["create_portal"]),
            "portal_function": str(chosen["portal_function"] or "").strip(),
            "portal_main_only": bool(chosen["portal_main_only"]),
        }

    def _get_options(self):
        """Return the options of this run, as :meth:`_launch` takes them."""
        self.ensure_one()
        attach = {stored: given for given, stored in _ATTACH.items()}
        return {
            "notify": self.notify,
            "attach_pdf": attach[self.attach_pdf],
            "create_portal": self.create_portal,
            "portal_function": self.portal_function or "",
            "portal_main_only": self.portal_main_only,
        }
