# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Message-ID (RFC 5322 §3.6.4) that is the same for each attempt of one exchange.

A mail sent twice because the first outcome was unknown keeps its identity, so
that receiving servers drop the copy, and a late bounce of any attempt is found.
"""

import hashlib
import re

__all__ = ["find_message_ids", "message_id"]

_OURS = re.compile(r"<[0-9a-f]{40}\.demat@[A-Za-z0-9.-]+>")


def message_id(idempotency_key, database_uuid, domain):
    """``<hash.demat@domain>``; ``domain`` falls back to ``localhost``."""
    digest = hashlib.sha256(f"{database_uuid}\n{idempotency_key}".encode()).hexdigest()
    host = domain if re.fullmatch(r"[A-Za-z0-9.-]+", domain or "") else "localhost"
    return f"<{digest[:40]}.demat@{host}>"


def find_message_ids(text):
    """Our Message-IDs quoted anywhere in ``text``, each once, in order."""
    return list(dict.fromkeys(_OURS.findall(text or "")))
