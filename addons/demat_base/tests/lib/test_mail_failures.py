# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Words of mail servers, as they were written by real ones, and what they mean."""

import pytest
from demat_lib_demat_base.mail_failures import CODES, classify, enhanced_status

SMTP = "Mail delivery failed via SMTP server 'mail.example'.\n"


@pytest.mark.parametrize(
    ("failure_type", "text", "expected"),
    [
        ("mail_smtp", "[Errno 111] Connection refused", "server_unreachable"),
        ("mail_smtp", "timed out", "server_unreachable"),
        ("mail_smtp", None, "server_unreachable"),
        (
            "mail_smtp",
            "(535, b'5.7.8 Error') SMTPAuthenticationError",
            "server_login",
        ),
        ("mail_email_invalid", "No valid recipient", "address_invalid"),
        ("mail_email_missing", "", "address_missing"),
        ("mail_from_missing", "", "sender_refused"),
        ("mail_spam", "OutboundSpamException", "refused_policy"),
        (
            "unknown",
            SMTP + "SMTPRecipientsRefused: {'a@x.fr': (550, b'5.1.1 <a@x.fr>: "
            "Recipient address rejected: User unknown in virtual mailbox table')}",
            "address_unknown",
        ),
        (
            "unknown",
            SMTP + "SMTPRecipientsRefused: {'a@x.fr': (550, b'no such user here')}",
            "address_unknown",
        ),
        (
            "unknown",
            SMTP + "SMTPDataError: (552, b'5.3.4 Message size exceeds fixed limit')",
            "too_big",
        ),
        (
            "unknown",
            SMTP + "SMTPDataError: (554, b'5.7.1 Message rejected as spam')",
            "refused_policy",
        ),
        (
            "unknown",
            SMTP + "SMTPRecipientsRefused: {'a@x.fr': (450, b'4.2.0 Greylisted')}",
            "temporary",
        ),
        ("unknown", SMTP + "SMTPDataError: (451, b'try later')", "temporary"),
        ("unknown", SMTP + "SMTPDataError: (571, b'go away')", "refused"),
        ("mail_bounce", "a@x.fr: 5.2.2 mailbox full", "mailbox_full"),
        (None, "Status: 5.4.4 (unable to route: no mail hosts)", "domain_unknown"),
        (
            None,
            "quoted 2.0.0 OK then 5.1.10 RESOLVER.ADR.RecipientNotFound",
            "address_unknown",
        ),
        (None, "I am sorry to have to tell you", "refused"),
        (None, "", "refused"),
    ],
)
def test_classify(failure_type, text, expected):
    assert classify(failure_type, text) == expected
    assert expected in CODES


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("5.0.0", "refused"),
        ("4.4.7", "temporary"),
        ("5.7.26", "refused_policy"),
        ("5.7.8", "server_login"),
        ("5.1.8", "sender_refused"),
    ],
)
def test_status_of_a_report_wins(status, expected):
    assert classify(None, "550 whatever", status) == expected


def test_addresses_and_versions_are_no_status():
    assert enhanced_status("from mail 10.5.1.1 with Postfix 3.5.18") is None
    assert enhanced_status("4.2.0 then 5.1.1") == "5.1.1"
