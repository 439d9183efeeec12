# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a mail failure means, read from the words of mail servers.

A reason is one of the codes of :data:`CODES`; the sentences for the clerk are in
the model ``demat.exchange``, in one translated table.
"""

import re

__all__ = ["CODES", "classify", "enhanced_status"]

CODES = (
    "server_unreachable",
    "server_login",
    "address_unknown",
    "address_invalid",
    "address_missing",
    "domain_unknown",
    "mailbox_full",
    "too_big",
    "refused_policy",
    "sender_refused",
    "temporary",
    "not_sent",
    "refused",
)

# Failure types of the host (field failure_type of mail.mail, mail.notification).
_HOST_TYPES = {
    "mail_smtp": "server_unreachable",
    "mail_spam": "refused_policy",
    "mail_email_invalid": "address_invalid",
    "mail_email_missing": "address_missing",
    "mail_from_invalid": "sender_refused",
    "mail_from_missing": "sender_refused",
    "mail_bl": "refused_policy",
}

# RFC 3463 subject.detail (first digit 4 or 5 left out).
_ENHANCED = {
    "1.0": "address_unknown",
    "1.1": "address_unknown",
    "1.2": "domain_unknown",
    "1.3": "address_invalid",
    "1.6": "address_unknown",
    "1.7": "sender_refused",
    "1.8": "sender_refused",
    "1.10": "address_unknown",
    "2.0": "address_unknown",
    "2.1": "address_unknown",
    "2.2": "mailbox_full",
    "2.3": "too_big",
    "3.4": "too_big",
    "4.1": "domain_unknown",
    "4.4": "domain_unknown",
}
# Causes that say more than "later" although the server keeps trying.
_KEPT_WHEN_TEMPORARY = ("mailbox_full", "too_big")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_BASIC = re.compile(r"(?<![\d.])([45]\d\d)(?=[\s,)-])")
# Replies without an enhanced status (RFC 5321 §4.2.3).
_BASIC_CODES = {
    "530": "server_login",
    "535": "server_login",
    "550": "address_unknown",
    "551": "address_unknown",
    "552": "mailbox_full",
    "553": "address_invalid",
    "554": "refused_policy",
}
_WORDS = (
    ("SMTPAuthenticationError", "server_login"),
    ("SMTPSenderRefused", "sender_refused"),
    ("Name or service not known", "server_unreachable"),
    ("Connection refused", "server_unreachable"),
    ("Missing SMTP Server", "server_unreachable"),
    ("timed out", "server_unreachable"),
)


def enhanced_status(text):
    """First permanent, else first temporary status ``x.y.z`` of ``text``, or ``None``.

    ``2.x.x`` (success, quoted in some reports) is no status of a failure.
    """
    found = [match.group(0) for match in _STATUS.finditer(text or "")]
    for digit in "54":
        for status in found:
            if status.startswith(digit):
                return status
    return None


def classify(failure_type, text, status=None):
    """Code of :data:`CODES` for a failure reported by the host or a bounce.

    :param failure_type: the host's ``failure_type`` or a false value
    :param text: technical text: exception of the SMTP dialogue, or bounce body
    :param status: RFC 3463 status when it is known apart (delivery report)
    """
    if failure_type in _HOST_TYPES:
        # the host says "invalid" for what the server merely refused: the
        # server's own words are more exact when there are any
        return _from_words(text) or _HOST_TYPES[failure_type]
    status = status or enhanced_status(text)
    if status:
        return _from_status(status)
    basic = _BASIC.search(text or "")
    if basic:
        fallback = "temporary" if basic.group(1)[0] == "4" else "refused"
        return _from_words(text) or _BASIC_CODES.get(basic.group(1), fallback)
    return _from_words(text) or "refused"


def _from_status(status):
    kind, _dot, detail = status.partition(".")
    code = _ENHANCED.get(detail)
    if code and (kind == "5" or code in _KEPT_WHEN_TEMPORARY):
        return code
    if kind == "4":
        return "temporary"
    if detail.startswith("7."):
        return "server_login" if detail in ("7.8", "7.9") else "refused_policy"
    return "refused"


def _from_words(text):
    for words, code in _WORDS:
        if words.lower() in (text or "").lower():
            return code
    return None
