# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An sRGB colour profile, computed from the definition in IEC 61966-2-1.

PDF/A wants a profile for device colours. Making it here (ICC version 2, matrix and tone
curve) spares a binary file of somebody else's and gives the same bytes on every
machine.
"""

import functools
import struct

__all__ = ["srgb_profile"]

# Primaries of sRGB adapted to the white point D50 of the profile connection space
# (Bradford).
_WHITE_D50 = (0.9642, 1.0, 0.8249)
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_CURVE_POINTS = 1024
_DESCRIPTION = b"sRGB IEC61966-2.1 compatible"
_COPYRIGHT = b"No copyright, use freely"


def _linear(value: float) -> float:
    """Undo the sRGB transfer function, both in 0..1."""
    if value <= 0.04045:
        return value / 12.92
    return ((value + 0.055) / 1.055) ** 2.4


def _fixed(*numbers: float) -> bytes:
    """Encode as s15Fixed16Number."""
    return struct.pack(
        f">{len(numbers)}i", *(round(number * 65536) for number in numbers)
    )


def _tags() -> dict[bytes, bytes]:
    text = _DESCRIPTION + b"\0"
    description = (
        b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(8 + 3 + 67)
    )
    points = (
        round(65535 * _linear(index / (_CURVE_POINTS - 1)))
        for index in range(_CURVE_POINTS)
    )
    curve = struct.pack(f">4sII{_CURVE_POINTS}H", b"curv", 0, _CURVE_POINTS, *points)
    tags = {
        b"desc": description,
        b"cprt": b"text\0\0\0\0" + _COPYRIGHT + b"\0",
        b"wtpt": b"XYZ \0\0\0\0" + _fixed(*_WHITE_D50),
    }
    for name, colour in _PRIMARIES.items():
        tags[name] = b"XYZ \0\0\0\0" + _fixed(*colour)
    tags.update({b"rTRC": curve, b"gTRC": curve, b"bTRC": curve})
    return tags


@functools.cache
def srgb_profile() -> bytes:
    """Return the profile (about 3 kB)."""
    tags = _tags()
    table, body, places = b"", b"", {}
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        if content not in places:  # the three curves are one
            places[content] = (start + len(body), len(content))
            body += content + bytes(-len(content) % 4)
        table += name + struct.pack(">II", *places[content])
    header = struct.pack(
        ">I4sI4s4s4s6H4s4sI4s4sQI12s4s44x",
        start + len(body),
        b"\0\0\0\0",  # no colour management module preferred
        0x02100000,  # version 2.1
        b"mntr",
        b"RGB ",
        b"XYZ ",
        *(2020, 1, 1, 0, 0, 0),  # a fixed date keeps the bytes the same
        b"acsp",
        b"\0\0\0\0",
        0,
        b"\0\0\0\0",
        b"\0\0\0\0",
        0,
        0,  # perceptual
        _fixed(*_WHITE_D50),
        b"\0\0\0\0",
    )
    return header + struct.pack(">I", len(tags)) + table + body
