# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    test_access,
    test_archive,
    test_attachment,
    test_chain,
    test_controller,
    test_destruction,
    test_evidence_sheet,
    test_expiry,
    test_export,
    test_folder,
    test_fulltext,
    test_kind,
    test_preservation,
    test_rights,
    test_public_page,
    test_seal_profile,
    test_settings,
    test_tampering,
    test_triggers,
    test_uninstall,
)
