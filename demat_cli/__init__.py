# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The ``./demat`` command: fetch a host, run a demo, run the tests.

Everything imported by ``main`` is Python standard library, so that a fresh checkout
starts with nothing but ``python3``. The few modules that need the product's Python
packages (``pgtool``, ``inside``, ``mailcatcher``) are run with the interpreter of the
virtual environment and are never imported by the others.
"""
