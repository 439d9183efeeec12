# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Style sheets of the host in the tests: the same text is compiled once in a run."""

import functools
import hashlib
import itertools
import re

#: The mark before each file in what the compiler gets; another one each time.
_MARK = re.compile(r"/\*! ([a-f0-9-]+) \*/")
#: Sheets kept, of some 600 kB each.
MOST = 32


def remember():
    """Let the host's compiler of SCSS remember what it has made of a text.

    Every test rolls back the file that the host keeps of it, and the next one compiled
    it anew: a quarter of the time of the tests inside Odoo.
    """
    from odoo.addons.base.models.assetsbundle import ScssStylesheetAsset

    ScssStylesheetAsset.compile = remembering(ScssStylesheetAsset.compile)


def remembering(compiler):
    """Wrap ``compiler(asset, source)``, whose answer depends on the source alone."""
    kept = {}

    @functools.wraps(compiler)
    def compile_once(asset, source):
        marks = _MARK.findall(source)
        number = itertools.count()
        plain = _MARK.sub(lambda _match: f"/*! {next(number)} */", source)
        key = type(asset), hashlib.sha256(plain.encode()).digest()
        if key not in kept:
            while len(kept) >= MOST:
                kept.pop(next(iter(kept)))
            kept[key] = compiler(asset, plain)
        return _MARK.sub(lambda match: f"/*! {marks[int(match[1])]} */", kept[key])

    return compile_once
