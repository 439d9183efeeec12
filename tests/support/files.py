# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Small helpers on files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def write(path, text=""):
    """Write a text file with its folders; returns the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
