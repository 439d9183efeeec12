# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from urllib.parse import urlsplit

from markupsafe import Markup

from odoo import models

from ..lib import addresses
from ..lib.message_id import message_id

# RFC 3834: no out-of-office reply to a machine; the second for Exchange servers.
_HEADERS = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "OOF, AutoReply",
}

# What a new attempt needs and the message of the document does not hold.
_KEPT = ("email_cc", "email_from", "reply_to", "author_id", "headers", "lang", "layout")

# State of an exchange → state of its mail that the host did not finish (None: as it
# was), status of its notifications, and in which status those are then found.
_NEWS = {
    "done": ("sent", "sent", ("ready", "exception")),
    "unknown": (None, "exception", ("ready",)),
    "cancelled": ("cancel", "canceled", ("ready",)),
}


class DematExchange(models.Model):
    """What the host keeps of a mail: message, notifications, the mail itself."""

    _inherit = "demat.exchange"

    def _address_problem(self, values):
        """Return in words which address of a mail cannot be read, or ``None``.

        :param values: see :meth:`_deliver_mail`
        """
        if values.get("mail_id"):
            return None
        try:
            _recipients(values)
        except addresses.AddressError as error:
            return self.env["demat.notified.mixin"]._demat_address_error(error)
        return None

    def _take_mail(self, values):
        """Return the mail to send now, in the state in which the host sends it.

        :param values: see :meth:`_deliver_mail`
        """
        if values.get("mail_id"):
            mail = self.env["mail.mail"].browse(values["mail_id"])
        else:
            mail = self._create_mails({self.id: values})[self.id]
        mail.state = "outgoing"
        return mail

    def _read_ahead(self):
        """Read what these mails and their outcomes need, in a few queries.

        The host reads it mail by mail, and part by part.
        """
        for model, rows in self.grouped("res_model").items():
            _fetch_whole(self.env[model].browse(rows.mapped("res_id")))
        mails = self.mail_mail_id
        messages = mails.mail_message_id
        for records, relations in (
            (mails, ["recipient_ids"]),
            (messages, ["attachment_ids", "mail_ids"]),
            (self, ["attachment_ids"]),
        ):
            _fetch_whole(records)
            records.fetch(relations)
        _fetch_whole(messages.attachment_ids)

    def _create_mails(self, values_by_id):
        """Messages on the documents, notifications for the chatter, and the mails.

        Made in sets. The mails are *cancelled* until their turn comes: what a crash
        leaves must never be sent by the queue of the host.

        :param values_by_id: {exchange id: values of :meth:`_deliver_mail`}
        :return: {exchange id: ``mail.mail``}
        :raises AddressError: an address cannot be read
        """
        # the mail of a try that never began is replaced
        self.mail_mail_id.filtered(lambda mail: mail.state == "cancel").unlink()
        files = {
            row.id: row._get_mail_files(
                values_by_id[row.id].get("attachment_ids") or ()
            ).ids
            for row in self
        }
        messages = self._write_messages(values_by_id, files)
        created = self.env["mail.mail"].create(
            [row._prepare_mail(values_by_id[row.id], messages[row.id]) for row in self]
        )
        mails = dict(zip(self.ids, created, strict=True))
        self.fetch(["attachment_ids"])  # the host would ask for each row
        for row in self:
            values = values_by_id[row.id]
            row.write(
                {
                    "mail_mail_id": mails[row.id].id,
                    "mail_message_id": messages[row.id].id,
                    "recipients": addresses.join(_recipients(values)),
                    "attachment_ids": [(6, 0, files[row.id])],
                    "mail_payload": {
                        key: values[key] for key in _KEPT if key in values
                    },
                }
            )
        self._write_notifications(values_by_id)
        return mails

    def _write_notifications(self, values_by_id):
        """One notification in the chatter for each recipient of these new mails."""
        self.env["mail.notification"].create(
            [
                {
                    "author_id": row.mail_message_id.author_id.id,
                    "is_read": True,
                    "mail_mail_id": row.mail_mail_id.id,
                    "mail_message_id": row.mail_message_id.id,
                    "notification_type": "email",
                    "notification_status": "ready",
                    "mail_email_address": address,
                }
                for row in self
                for address in _recipients(values_by_id[row.id])
            ]
        )

    def _transition(self, state, vals, *, log=False, text=None):
        # the chatter says the same as the exchange, also of a mail that the host never
        # finished: nobody told it how the sending ended
        exchanges = super()._transition(state, vals, log=log, text=text)
        if state in _NEWS:
            exchanges._tell_mails(state)
        return exchanges

    def _tell_mails(self, state):
        """Bring the news of an exchange to its mail and its notifications.

        :param state: new state of these exchanges, a key of ``_NEWS``
        """
        mail_state, status, found = _NEWS[state]
        mails = self.mail_mail_id.filtered(
            lambda mail: mail.state in ("cancel", "exception")
        )
        apart = self.with_context(demat_outcome_apart=True).env
        failure = "unknown" if status == "exception" else False
        if mail_state:
            mails.filtered(lambda mail: mail.state != mail_state).write(
                {"state": mail_state, "failure_type": False, "failure_reason": False}
            )
        mails.mail_message_id.notification_ids.with_env(apart).filtered(
            lambda notification: notification.notification_status in found
        ).write(
            {
                "notification_status": status,
                "failure_type": failure,
                "failure_reason": False,
            }
        )

    def _write_messages(self, values_by_id, files):
        """Create the messages on the documents; an earlier attempt's is used again.

        :param values_by_id: {exchange id: values of :meth:`_deliver_mail`}
        :param files: {exchange id: ids of attachments}
        :return: {exchange id: ``mail.message``}
        """
        again = self.filtered("mail_message_id")
        for row in again:
            message = row.mail_message_id
            message.notification_ids.unlink()
            message.write(row._prepare_message(values_by_id[row.id], files[row.id]))
        fresh = self - again
        created = self.env["mail.message"].create(
            [row._prepare_message(values_by_id[row.id], files[row.id]) for row in fresh]
        )
        return dict(zip(fresh.ids, created, strict=True)) | {
            row.id: row.mail_message_id for row in again
        }

    def _prepare_message(self, values, attachment_ids):
        """Values of the ``mail.message`` of one exchange."""
        company = self.company_id
        vals = {
            "model": self.res_model,
            "res_id": self.res_id,
            "record_name": self.res_name,
            "message_type": "email_outgoing",
            # an internal note: the customer's portal does not show our mails
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
            "is_internal": True,
            "subject": values["subject"],
            "body": Markup(values["body_html"]),  # noqa: S704 our own rendered template
            "attachment_ids": [(6, 0, attachment_ids)],
            "message_id": self._get_message_id(),
            "author_id": values.get("author_id") or self.env.user.partner_id.id,
            "email_from": values.get("email_from") or company.email_formatted,
            "record_company_id": company.id,
            "record_alias_domain_id": company.alias_domain_id.id,
        }
        if values.get("reply_to"):
            vals["reply_to"] = values["reply_to"]
        return vals

    def _prepare_mail(self, values, message):
        """Values of the ``mail.mail`` of one exchange."""
        body = Markup(values["body_html"])  # noqa: S704 our own rendered template
        if values.get("layout", True):
            body = self._render_layout(body, values["subject"], values.get("lang"))
        return {
            "mail_message_id": message.id,
            "is_notification": True,
            "auto_delete": False,
            "state": "cancel",
            "email_to": addresses.join(addresses.parse(values["email_to"])),
            "email_cc": addresses.join(addresses.parse(values.get("email_cc"))),
            "body_html": body,
            "headers": repr({**_HEADERS, **(values.get("headers") or {})}),
        }

    def _get_mail_files(self, attachment_ids):
        """The files that go with the mail; archived ones as copies.

        The archive refuses its own files on a message, which could be deleted; the
        copy costs a row only, the filestore keeps equal contents once.
        """
        files = self.env["ir.attachment"].browse(attachment_ids)
        archived = files.filtered(lambda file: file.res_model == "ged.document")
        copies = self.env["ir.attachment"].create(
            [
                {
                    "name": file.name,
                    "raw": file.raw,
                    "mimetype": file.mimetype,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for file in archived
            ]
        )
        return (files - archived) + copies

    def _get_message_id(self):
        """Message-ID of the mail: the same for each attempt of this exchange."""
        company = self.company_id
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        domain = (
            company.alias_domain_id.name or urlsplit(company.get_base_url()).hostname
        )
        return message_id(self.idempotency_key, uuid, domain)

    def _render_layout(self, body, subject, lang):
        """``body`` inside the mail layout chosen by the company."""
        company = self.company_id
        lang = lang or self.partner_id.lang or self.env.lang
        return self.env["ir.qweb"]._render(
            "demat_base.mail_layout",
            {
                "body": body,
                "company": company,
                "lang": (lang or "en_US").replace("_", "-"),
                "letter": company.demat_mail_layout == "letter",
                "subject": subject,
            },
            lang=lang,
            minimal_qcontext=True,
        )


def _recipients(values):
    """All addresses of a mail, each once, those in copy last.

    :param values: values of ``_deliver_mail``
    :raises AddressError: an address cannot be read
    """
    found = addresses.parse(values["email_to"]), addresses.parse(values.get("email_cc"))
    return tuple(dict.fromkeys(found[0] + found[1]))


def _fetch_whole(records):
    """Read all columns of these records at once."""
    records.fetch(
        [
            name
            for name, field in records._fields.items()
            if field.store and field.column_type and field.prefetch
        ]
    )
