# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How the page of signatures looks: its head, a box for each signatory, what shows in
a box before and after the signature.

The strips at the top and at the bottom where a visible seal may go stay free.
"""

from dataclasses import dataclass

from .drawing import INK, PALE, SOFT, Canvas, faces_for

__all__ = ["Box", "PageText", "draw_empty", "draw_pages", "draw_signed"]

#: Margins; between the columns; below and above what a visible seal may cover.
_SIDE, _GUTTER, _BOTTOM, _TOP = 51.0, 19.0, 104.0, 96.0
_LABEL, _HEIGHT, _GAP = 30.0, 118.0, 20.0
_COLUMNS = 2


@dataclass(frozen=True)
class Box:
    """Where one person signs.

    :param field_name: of the signature field in the PDF
    :param role: in which capacity; shown above the name
    """

    field_name: str
    name: str
    role: str = ""

    @property
    def spoken(self) -> str:
        return f"{self.name} ({self.role})" if self.role else self.name


@dataclass(frozen=True)
class PageText:
    """The words of the page, in the language of the document.

    :param facts: ``(label, value)``: number, customer, amount …
    :param intro: what signing means
    :param waiting: shown in a box as long as it is empty
    :param notes: small print at the foot of the boxes
    :param accent: colour of the rule below the title, ``#rrggbb``
    """

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    intro: str = ""
    waiting: str = ""
    notes: tuple[str, ...] = ()
    accent: str = "#2f5d7c"

    def texts(self):
        yield from (self.title, self.intro, self.waiting, *self.notes)
        for pair in self.facts:
            yield from pair


def draw_pages(boxes, text: PageText, size):
    """Yield ``(canvas, [(box, (x, y, width, height))])`` for each page needed.

    :param size: width and height of the pages, in points
    """
    faces = faces_for(*text.texts(), *(box.spoken for box in boxes))
    left, canvas = list(boxes), None
    while left:
        first = canvas is None
        canvas = Canvas(faces)
        y = _draw_head(canvas, text, size, short=not first)
        rows = max(1, int((y - _BOTTOM + _GAP) // (_LABEL + _HEIGHT + _GAP)))
        now, left = left[: rows * _COLUMNS], left[rows * _COLUMNS :]
        placed = _draw_boxes(canvas, now, y, size[0])
        lowest = min(place[1] for _box, place in placed)
        if not left:
            _draw_notes(canvas, text, lowest - 18, size[0])
        yield canvas, placed


def draw_empty(canvas, text: PageText, width, height):
    """Draw a box that waits for its signature."""
    canvas.box(0.5, 0.5, width - 1, height - 1, line=PALE, fill=(0.985,) * 3, dash=True)
    canvas.text(width / 2, height / 2 - 3, 8, text.waiting, colour=SOFT, align="middle")


def draw_signed(canvas, what, image, width, height):
    """Draw a box that was signed: picture, below a rule the lines of ``what``."""
    colour = _rgb(what.accent)
    canvas.box(0.5, 0.5, width - 1, height - 1, line=PALE, fill=(1.0, 1.0, 1.0))
    canvas.box(0.5, 0.5, 3, height - 1, fill=colour)
    size, step, edge = 7.0, 9.2, 11.0
    room = width - edge - 8
    lines = [
        canvas.faces.cut(line, size, room, bold=not index)
        for index, line in enumerate(what.lines)
    ]
    y = 7.5 + step * (len(lines) - 1)
    if image is not None:
        canvas.picture(image, edge, y + 14, room, height - y - 20)
    canvas.rule(edge, y + 10.5, width - 8, y + 10.5)
    for index, line in enumerate(lines):
        ink = INK if index < 2 else SOFT
        canvas.text(edge, y - step * index, size, line, bold=not index, colour=ink)


def _draw_head(canvas, text, size, *, short) -> float:
    """Draw title, facts and introduction; return where the boxes may begin."""
    width, height = size
    y = height - _TOP
    canvas.text(
        _SIDE,
        y,
        20,
        canvas.faces.cut(text.title, 20, width - 2 * _SIDE, bold=True),
        bold=True,
    )
    canvas.box(_SIDE, y - 12, 46, 2.2, fill=_rgb(text.accent))
    canvas.rule(_SIDE + 46, y - 11, width - _SIDE, y - 11)
    y -= 32
    if short:
        return y + 6
    wide = max((canvas.faces.width(label, 9) for label, _ in text.facts), default=0)
    wide = min(wide + 18, 180)
    for label, value in text.facts:
        canvas.text(_SIDE, y, 9, label, colour=SOFT)
        room = width - 2 * _SIDE - wide
        for line in canvas.faces.wrap(value, 9, room, most=2) or [""]:
            canvas.text(_SIDE + wide, y, 9, line)
            y -= 14
    y -= 4
    for line in canvas.faces.wrap(text.intro, 9, width - 2 * _SIDE, most=8):
        canvas.text(_SIDE, y, 9, line)
        y -= 13
    return y - 8


def _draw_boxes(canvas, boxes, y, page_width):
    width = (page_width - 2 * _SIDE - _GUTTER) / _COLUMNS
    placed = []
    for index, box in enumerate(boxes):
        row, column = divmod(index, _COLUMNS)
        x = _SIDE + column * (width + _GUTTER)
        top = y - row * (_LABEL + _HEIGHT + _GAP)
        faces = canvas.faces
        canvas.text(x, top - 9, 7.5, faces.cut(box.role, 7.5, width), colour=SOFT)
        name = faces.cut(box.name, 10.5, width, bold=True)
        canvas.text(x, top - 22, 10.5, name, bold=True)
        placed.append((box, (x, top - _LABEL - _HEIGHT, width, _HEIGHT)))
    return placed


def _draw_notes(canvas, text, y, page_width):
    for note in text.notes:
        for line in canvas.faces.wrap(note, 7, page_width - 2 * _SIDE, most=3):
            if y < 20:
                return
            canvas.text(_SIDE, y, 7, line, colour=SOFT)
            y -= 9.5


def _rgb(colour: str):
    """``#rrggbb`` as three numbers; INK for anything else."""
    try:
        return tuple(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    except (TypeError, ValueError):
        return INK
