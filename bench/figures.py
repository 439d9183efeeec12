# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where the figures of a measure go: a file, the user."""

import json
from pathlib import Path


def tell(figures, lines, context):
    """Write the figures to the file that was asked for, and print them.

    :param lines: of text
    :param context: optional ``json`` (file to write to)
    :return: the figures
    """
    if context.get("json"):
        text = json.dumps(figures, indent=1)
        Path(context["json"]).write_text(text, encoding="utf-8")
    for line in lines:
        print(line, flush=True)
    return figures
