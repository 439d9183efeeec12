# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``README.md`` of an addon, put together from its ``readme/`` fragments.

``python -m demat_cli.readmes`` writes them all; a test compares.
"""

import ast
from pathlib import Path

ADDONS = Path(__file__).resolve().parent.parent / "addons"
SECTIONS = {
    "DESCRIPTION": None,
    "INSTALL": "Installation",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known limits",
    "CONTRIBUTORS": "Contributors",
}


def compose(addon):
    """Return the text of the README of an addon.

    :param addon: folder (:class:`pathlib.Path`) of the addon
    """
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))
    parts = [
        "<!-- Made from readme/ by: python -m demat_cli.readmes -->",
        f"# {manifest['name']}",
    ]
    for name, title in SECTIONS.items():
        fragment = addon / "readme" / f"{name}.md"
        if fragment.exists():
            if title:
                parts.append(f"## {title}")
            parts.append(fragment.read_text(encoding="utf-8").strip())
    return "\n\n".join(parts) + "\n"


def main():
    """Write the README of each addon."""
    for manifest in sorted(ADDONS.glob("*/__manifest__.py")):
        addon = manifest.parent
        (addon / "README.md").write_text(compose(addon), encoding="utf-8")


if __name__ == "__main__":
    main()
