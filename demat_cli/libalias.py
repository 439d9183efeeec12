# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Import the Odoo-free ``lib/`` of an addon without its addon.

``import demat_lib_ged_archive`` is the package ``addons/ged_archive/lib``: the addon's
own package cannot be imported without Odoo.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types

PREFIX = "demat_lib_"


class LibFinder(importlib.abc.MetaPathFinder):
    """Finds ``demat_lib_<addon>`` in a folder of addons."""

    def __init__(self, addons):
        self.addons = addons

    def find_spec(self, fullname, path=None, target=None):
        if "." in fullname or not fullname.startswith(PREFIX):
            return None
        folder = self.addons / fullname.removeprefix(PREFIX) / "lib"
        init = folder / "__init__.py"
        if not init.is_file():
            return None
        return importlib.util.spec_from_file_location(
            fullname, init, submodule_search_locations=[str(folder)]
        )


def install(addons):
    """Make the ``lib/`` packages of a folder of addons importable."""
    if not any(
        isinstance(finder, LibFinder) and finder.addons == addons
        for finder in sys.meta_path
    ):
        sys.meta_path.append(LibFinder(addons))


def give_resources_back(name):
    """Let ``importlib.resources`` read the files of a package that the host patches.

    The host's import hook leaves a loader without resources on the packages it patches
    (seen with stdnum, whose IBAN data factur-x reads when it is imported).
    """
    spec = importlib.import_module(name).__spec__
    if not hasattr(spec.loader, "get_resource_reader"):
        spec.loader = importlib.machinery.SourceFileLoader(name, spec.origin)


def shelter_tests(addons):
    """Let pytest import ``addons/<addon>/tests/lib/*.py`` without the addon's package.

    pytest imports the parents of a test module; empty modules in their place keep it
    from importing the addon, which is only possible as ``odoo.addons.<addon>``.
    """
    for folder in sorted(addons.glob("*/tests/lib")):
        parts = folder.relative_to(addons.parent).parts
        for length in range(1, len(parts) + 1):
            name = ".".join(parts[:length])
            if name not in sys.modules:
                module = types.ModuleType(name)
                module.__path__ = [str(addons.parent.joinpath(*parts[:length]))]
                sys.modules[name] = module
