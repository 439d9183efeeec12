# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Delivery reports: RFC 3464 samples, complete and damaged."""

from email import message_from_string, policy

from demat_lib_demat_base.dsn import is_delay_only, read_report

REPORT = """\
From: MAILER-DAEMON@mx.example
To: bounce@us.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="B"
MIME-Version: 1.0

--B
Content-Type: text/plain

Your mail could not be delivered.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{recipients}
--B
Content-Type: text/rfc822-headers

Message-ID: <x@y>
--B--
"""
FAILED = """\
Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} {address}:
 no such user
"""


def report(*recipients):
    blocks = "\n".join(
        FAILED.format(address=address, action=action, status=status)
        for address, action, status in recipients
    )
    text = REPORT.format(recipients=blocks)
    return read_report(message_from_string(text, policy=policy.SMTP))


def test_every_recipient_is_read():
    found = report(("A@x.fr", "failed", "5.1.1"), ("b@y.fr", "failed", "5.2.2"))
    assert [(row.address, row.action, row.status) for row in found] == [
        ("a@x.fr", "failed", "5.1.1"),
        ("b@y.fr", "failed", "5.2.2"),
    ]
    assert found[0].diagnostic == "550 5.1.1 A@x.fr: no such user"
    assert not is_delay_only(found)


def test_delay_is_not_failure():
    assert is_delay_only(report(("a@x.fr", "delayed", "4.4.1")))
    assert not is_delay_only(
        report(("a@x.fr", "delayed", "4.4.1"), ("b@y.fr", "failed", "5.1.1"))
    )


def test_report_without_machine_part_names_nobody():
    message = message_from_string("From: x@y.z\n\nsorry", policy=policy.SMTP)
    assert read_report(message) == ()
    assert not is_delay_only(())


def test_block_without_recipient_is_left_out():
    text = REPORT.format(recipients="Action: failed\nStatus: 5.0.0\n")
    assert read_report(message_from_string(text, policy=policy.SMTP)) == ()


def test_missing_action_counts_as_failure():
    text = REPORT.format(recipients="Original-Recipient: rfc822;a@x.fr\n")
    (found,) = read_report(message_from_string(text, policy=policy.SMTP))
    assert (found.address, found.action, found.status) == ("a@x.fr", "failed", "")
