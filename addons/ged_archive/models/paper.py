# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The papers that the archive itself draws: PDF/A-3, like what it keeps."""

import logging
from datetime import UTC, datetime

from ..lib.pdfa import convert
from ..lib.xmp import DocumentInfo

_logger = logging.getLogger(__name__)


def as_pdfa3(pdf, *, title, subject, company, lang=None, attachment=None, others=()):
    """Return a drawn PDF as PDF/A-3 bytes.

    :param lang: code of the host, as ``fr_FR``
    :param attachment: ``lib.attachments.Attachment`` to embed
    :param others: more of them

    What cannot be made conformant is said in the log of the server; the paper is worth
    more than its format.
    """
    conversion = convert(
        pdf,
        DocumentInfo(
            title=title,
            author=company.sudo().name,
            subject=subject,
            lang=(lang or "en_US").replace("_", "-"),
            created=datetime.now(UTC),
        ),
        *([attachment] if attachment else ()),
        others=tuple(others),
    )
    for obstacle in conversion.obstacles:
        _logger.info("%s is not PDF/A-3: %s", title, obstacle)
    return conversion.data
