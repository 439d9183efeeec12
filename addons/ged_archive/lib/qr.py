# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""QR codes as pictures that print sharp: each module is a whole number of pixels."""

import functools
import io

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

__all__ = ["png"]

#: Readers take any of the eight masks of ISO/IEC 18004. To draw all of them and judge
#: which looks best takes ten times as long as the code itself.
_MASK = 3


@functools.lru_cache(maxsize=64)
def png(text: str, size: int = 200) -> bytes:
    """Return ``text`` as a QR (level M) in a square PNG of at least ``size`` pixels.

    There is no margin: the caller leaves white around it, four modules as ISO/IEC 18004
    wants.
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    side = len(matrix)
    image = Image.new("L", (side, side))
    image.putdata([0 if dark else 255 for row in matrix for dark in row])
    scale = -(-size // side)
    output = io.BytesIO()
    image.resize((side * scale, side * scale), Image.Resampling.NEAREST).save(
        output, "PNG"
    )
    return output.getvalue()
