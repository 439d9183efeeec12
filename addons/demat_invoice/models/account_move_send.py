# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from odoo.addons.demat_base.lib.resolution import Remark
from odoo.addons.ged_archive.lib import facturx

from ..lib import states
from ..lib.memory import Memory
from .account_move_produce import Failure

#: Findings that the window of several invoices tells, at most.
ALERT_LINES = 20


class AccountMoveSend(models.AbstractModel):
    """The host's Send & Print, with the same file as ours.

    An invoice of the process that leaves through the host's wizard is sealed, archived
    and locked on the way, so that there is one file of it and no other.
    """

    _inherit = "account.move.send"

    @api.model
    def _is_applicable_to_move(self, method, move, **move_data):
        # EXTENDS account
        if method == "demat":
            return move._demat_is_in_process()
        return super()._is_applicable_to_move(method, move, **move_data)

    @api.model
    def _is_applicable_to_company(self, method, company):
        # EXTENDS account
        if method == "demat":
            return company.demat_invoicing
        return super()._is_applicable_to_company(method, company)

    @api.model
    def _get_move_constraints(self, move):
        # EXTENDS account
        constraints = super()._get_move_constraints(move)
        if move.demat_state == states.INTERNAL:
            constraints["demat_internal"] = self.env._(
                "%(name)s is kept internal. Release it before you send it.",
                name=move.display_name,
            )
        elif move.demat_state == states.SENDING:
            constraints["demat_sending"] = self.env._(
                "%(name)s is being sent right now.", name=move.display_name
            )
        return constraints

    @api.model
    def _get_alerts(self, moves, moves_data):
        # EXTENDS account: say before the click what the click means
        alerts = super()._get_alerts(moves, moves_data)
        in_process = moves.filtered(lambda move: move._demat_is_in_process())
        if in_process:
            alerts["demat_definitive"] = {
                "level": "info",
                "message": self.env._(
                    "Sending is final: the document is sealed and archived, and the "
                    "invoice can no longer be changed."
                ),
            }
            alerts.update(in_process._demat_finding_alerts())
        return alerts

    @api.model
    def _generate_invoice_documents(self, invoices_data, allow_fallback_pdf=False):
        # EXTENDS account: it checks one invoice after the other; what such a check asks
        # of others is remembered for all of them
        batch = self.with_context(demat_checks=Memory())
        return super(AccountMoveSend, batch)._generate_invoice_documents(
            invoices_data, allow_fallback_pdf=allow_fallback_pdf
        )

    @api.model
    def _hook_invoice_document_before_pdf_report_render(self, invoice, invoice_data):
        # EXTENDS account_edi_ubl_cii
        result = super()._hook_invoice_document_before_pdf_report_render(
            invoice, invoice_data
        )
        if not invoice_data.get("error") and invoice._demat_is_in_process():
            memory = self.env.context.get("demat_checks", Memory())
            checked = invoice.with_context(demat_checks=memory)
            error = checked._demat_host_obstacle()
            if error:
                invoice_data["error"] = error
        return result

    @api.model
    def _hook_invoice_document_after_pdf_report_render(self, invoice, invoice_data):
        # EXTENDS account_edi_ubl_cii
        result = super()._hook_invoice_document_after_pdf_report_render(
            invoice, invoice_data
        )
        values = invoice_data.get("pdf_attachment_values")
        if not values or invoice_data.get("error"):
            return result
        if invoice._demat_is_in_process():
            sealed = invoice._demat_seal_for_host(values["raw"])
            if isinstance(sealed, Failure):
                invoice_data["error"] = {
                    "error_title": self.env._(
                        "%(name)s could not be sealed:", name=invoice.display_name
                    ),
                    "errors": [sealed.text],
                }
            else:
                invoice_data["demat_sealed"] = sealed
        return result

    @api.model
    def _link_invoice_documents(self, invoices_data):
        # EXTENDS account_edi_ubl_cii: our archive row and attachment replace the host's
        sealed = {}
        methods = {}
        for invoice, data in invoices_data.items():
            if data.get("demat_sealed"):
                sealed[invoice] = data.pop("demat_sealed")
                methods[invoice] = data["sending_methods"]
                data.pop("pdf_attachment_values")
        result = super()._link_invoice_documents(invoices_data)
        if sealed:
            self.env["account.move"]._demat_publish_for_host(sealed, methods)
        return result


class AccountMove(models.Model):
    _inherit = "account.move"

    def _demat_is_in_process(self):
        """Say whether this invoice still has to leave."""
        self.ensure_one()
        return self.demat_state in (states.WAITING, states.READY)

    def _demat_finding_alerts(self):
        """Return what was found in these invoices as alerts of the host's window.

        Of one invoice each finding stands alone, with the way to where it is mended;
        what blocks keeps the window from sending. Of several, one alert for what
        blocks some and one for the remarks: the others leave.

        :return: ``{key: {level, message, action_text, action}}``
        """
        findings = self._demat_document_findings()
        if len(self) == 1:
            return {
                f"demat_found_{place}": self._demat_finding_alert(finding)
                for place, finding in enumerate(findings.get(self, ()))
            }
        alerts = {}
        for remarks, key in ((False, "demat_found"), (True, "demat_remarks")):
            lines = {
                move: [
                    f"{move.display_name}: {one.message}"
                    for one in found
                    if isinstance(one, Remark) == remarks
                ]
                for move, found in findings.items()
            }
            moves = self.filtered(lambda move, lines=lines: lines.get(move))
            if moves:
                texts = [text for move in moves for text in lines[move]]
                more = len(texts) - ALERT_LINES
                alerts[key] = {
                    "level": "warning",
                    "message": "\n".join(
                        [
                            self.env._("Worth a look before you send:")
                            if remarks
                            else self.env._("These cannot be sent, mend this first:"),
                            *texts[:ALERT_LINES],
                            *([f"… + {more}"] if more > 0 else ()),
                        ]
                    ),
                    "action_text": self.env._("View Invoice(s)"),
                    "action": moves._get_records_action(),
                }
        return alerts

    def _demat_finding_alert(self, finding):
        blocks = not isinstance(finding, Remark)
        alert = {"level": "danger" if blocks else "warning", "message": finding.message}
        if finding.res_id and finding.model != self._name:
            record = self.env[finding.model].browse(finding.res_id)
            alert["action_text"] = self.env._("Open %(name)s", name=record.display_name)
            alert["action"] = record._get_records_action()
        return alert

    def _demat_host_obstacle(self):
        """Return why the host may not send this invoice now, in the shape of its
        ``error`` of the sending data, or None. The row is locked from here on.

        One invoice that another worker treats keeps the others of a batch from nothing;
        the host's job comes back to it (``retry``).
        """
        self.ensure_one()
        if not self._demat_lock() or not self._demat_is_in_process():
            return {
                "error_title": self.env._(
                    "%(name)s: somebody else is treating this invoice right now.",
                    name=self.display_name,
                ),
                "errors": [self.env._("Look at its state again in a moment.")],
                "retry": True,
            }
        reasons = self._demat_document_problems(sealed_next=True).get(self)
        if not reasons:
            return None
        return {
            "error_title": self.env._(
                "%(name)s cannot be sent:", name=self.display_name
            ),
            "errors": [reason.message for reason in reasons],
        }

    def _demat_embedded_files(self):
        """Return what else travels in the PDF: tuple of ``attachments.Attachment``.

        TO EXTEND by connectors.
        """
        return ()

    def _demat_seal_for_host(self, pdf):
        """Seal a file that the host's pipeline has drawn.

        :return: ``SealResult`` or ``Failure``
        """
        self.ensure_one()
        sealer, failure = self._demat_get_sealer()
        if failure:
            return failure
        schematron = self.env["res.company"]._ged_use_schematron()

        def seal():
            xml = self._demat_export_xml()
            problems = facturx.check_cii(xml, schematron=schematron)
            return self._demat_seal(pdf, xml, problems, sealer)

        return self._demat_guarded(seal)

    def _demat_publish_for_host(self, sealed, methods):
        """Archive and mark as sent what leaves through the host's wizard.

        :param sealed: ``{move: SealResult}``
        :param methods: ``{move: set of sending methods}``; with "demat" among them we
            tell the customer, otherwise the host does
        """
        moves = self.browse([move.id for move in sealed])
        locked = moves._demat_lock()
        (moves - locked)._demat_raise_if_busy()
        for move in moves:
            channels = move._demat_host_channels(methods[move])
            move._demat_take_into_sending("start", channels=channels, schedule=False)
        moves._demat_publish_together(sealed)
        moves._demat_schedule()

    def _demat_host_channels(self, methods):
        """Return the channels of what leaves through the host's wizard, None for all.

        TO EXTEND by connectors whose deposit nothing replaces.

        :param methods: set of sending methods of the host; "demat" is ours
        """
        return None if "demat" in methods else {"ged"}
