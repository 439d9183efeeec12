# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    test_access,
    test_attacks,
    test_ceremony,
    test_ceremony_code,
    test_ceremony_sms,
    test_changed_later,
    test_event,
    test_evidence_facts,
    test_install,
    test_life,
    test_options,
    test_overview,
    test_provider,
    test_result,
    test_send,
    test_status,
    test_terms,
    test_void,
)
