# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The control page: plain HTML, French, for the one who plays the recipient."""

import html


def render(platform, error=""):
    """The page as text."""
    return f"<!DOCTYPE html><title>Chorus Pro simulé</title><p>{html.escape(error)}</p>"
