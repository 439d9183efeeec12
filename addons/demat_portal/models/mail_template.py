# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

#: The host's mails that belong to the dematerialisation: the invitation to the portal.
HOST_TEMPLATES = ("auth_signup.portal_set_password_email",)
#: Whoever writes these puts his mail in the place of one of the house.
_PLACE = {"demat_company_id", "demat_origin_id"}
#: Addons whose mails are listed.
ADDONS = ("demat_%", "ged_archive", "chorus_edi")


class MailTemplate(models.Model):
    """Each company may have its own words for each mail of the dematerialisation.

    A copy for a company takes the place of the delivered mail wherever that one is
    written: the code goes on naming the delivered one.
    """

    _inherit = "mail.template"

    demat_origin_id = fields.Many2one(
        "mail.template",
        string="In Place of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="The delivered mail whose place this one takes for the company.",
    )
    demat_company_id = fields.Many2one(
        "res.company",
        string="Only for",
        readonly=True,
        copy=False,
        ondelete="cascade",
        help="Empty: the delivered mail, for all companies without one of their own.",
    )

    _demat_once_uniq = models.UniqueIndex(
        "(demat_origin_id, demat_company_id) "
        "WHERE active AND demat_origin_id IS NOT NULL",
        "This company has its own version of this mail already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        # afterwards: the place may come from the context, too
        if templates.demat_origin_id or templates.demat_company_id:
            self._demat_check_editor()
        return templates

    def write(self, vals):
        if _PLACE & vals.keys():
            self._demat_check_editor()
        return super().write(vals)

    # -- which one is written ---------------------------------------------------------

    def _generate_template(self, res_ids, render_fields, *args, **kwargs):
        # EXTENDS mail: the company's own words, where it has some
        own = self._demat_own_versions(res_ids)
        if not own:
            return super()._generate_template(res_ids, render_fields, *args, **kwargs)
        result = {}
        left = [res_id for res_id in res_ids if res_id not in own]
        if left:
            result.update(
                super()._generate_template(left, render_fields, *args, **kwargs)
            )
        for template in set(own.values()):
            ids = [res_id for res_id in res_ids if own.get(res_id) == template]
            result.update(
                template._generate_template(ids, render_fields, *args, **kwargs)
            )
        return result

    def _demat_own_versions(self, res_ids):
        """{id of a record: the version of its company}, for those that have one."""
        self.ensure_one()
        if not self._origin.id or self.demat_origin_id:
            return {}
        versions = self.sudo().search([("demat_origin_id", "=", self._origin.id)])
        if not versions:
            return {}
        by_company = {
            version.demat_company_id.id: version.with_env(self.env)
            for version in versions
        }
        records = self.env[self.model].sudo().browse(res_ids).exists()
        return {
            record.id: by_company[company]
            for record in records
            if (company := self._demat_company_of(record).id) in by_company
        }

    @api.model
    def _demat_company_of(self, record):
        """The company in whose name a record writes."""
        company = record["company_id"] if "company_id" in record._fields else False
        return company or self.env.company

    # -- the list in the Settings -----------------------------------------------------

    @api.model
    def _demat_mail_domain(self):
        """All mails of the dematerialisation; of versions, those of the company."""
        data = self.env["ir.model.data"].sudo()
        rows = data.search(
            Domain("model", "=", self._name)
            & Domain.OR(Domain("module", "=like", name) for name in ADDONS)
        )
        hosts = [
            self.env.ref(name, raise_if_not_found=False) for name in HOST_TEMPLATES
        ]
        ids = rows.mapped("res_id") + [one.id for one in hosts if one]
        delivered = Domain("id", "in", ids)
        own = Domain("demat_origin_id", "in", ids) & Domain(
            "demat_company_id", "=", self.env.company.id
        )
        return delivered | own

    @api.model
    def action_demat_mails(self):
        """The list of the mails, for the current company.

        :raise AccessError: no administrator
        """
        self._demat_check_editor()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "demat_portal.mail_template_action"
        )
        action["domain"] = list(self._demat_mail_domain())
        return action

    @api.model
    def _demat_check_editor(self):
        if not self.env.su and not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only administrators change these mails."))

    def action_demat_customise(self):
        """Open the company's own version of this mail, made if there is none."""
        self.ensure_one()
        self._demat_check_editor()
        company = self.env.company
        origin = self.demat_origin_id or self
        version = self.search(
            [
                ("demat_origin_id", "=", origin.id),
                ("demat_company_id", "=", company.id),
            ]
        )
        if not version:
            version = origin.copy(
                {
                    "name": self.env._(
                        "%(mail)s – %(company)s", mail=origin.name, company=company.name
                    )
                }
            )
            version.write(
                {
                    "demat_origin_id": origin.id,
                    "demat_company_id": company.id,
                    "email_layout_xmlid": origin.email_layout_xmlid,
                }
            )
        return {
            "type": "ir.actions.act_window",
            "name": version.name,
            "res_model": self._name,
            "res_id": version.id,
            "view_mode": "form",
        }

    def action_demat_standard(self):
        """Go back to the delivered mail: the company's version is archived."""
        self._demat_check_editor()
        self.filtered("demat_origin_id").active = False
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # -- preview ----------------------------------------------------------------------

    def action_demat_preview(self):
        """The host's preview, on the latest real document of the company."""
        self.ensure_one()
        action = self.action_open_mail_preview()
        record = self._demat_preview_record()
        action["context"] = {
            "default_mail_template_id": self.id,
            "default_lang": self.env.lang,
            **(
                {"default_resource_ref": f"{record._name},{record.id}"}
                if record
                else {}
            ),
        }
        return action

    def _demat_preview_record(self):
        """The latest record of the company that this mail could be about."""
        self.ensure_one()
        if not self.model:
            return None
        model = self.env[self.model]
        domain = Domain.TRUE
        if "company_id" in model._fields:
            domain &= Domain("company_id", "=", self.env.company.id)
        wanted = {
            "account.move": Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "posted"),
            "res.users": Domain("share", "=", True),
        }
        domain &= wanted.get(self.model, Domain.TRUE)
        return model.search(domain, order="id desc", limit=1)
