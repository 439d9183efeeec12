# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a page that goes to the renderer holds: scripts, and what stands there again."""

import json
import re
from html.parser import HTMLParser

from lxml import html as lxml_html

__all__ = ["scripts_of", "share", "share_blocks", "share_pictures"]

#: Without one of these a text is not worth parsing.
_HINT = re.compile(r"<script|javascript:|\son[a-z]+\s*=", re.IGNORECASE)
_PICTURE = re.compile(r'(<img\b[^>]*?\s)src="(data:image/[^"]{1000,})"')
#: Calls the host's script, which leaves the header of one document only.
_HOOK = 'onload="subst()"'
_PICKED = 'onload="demat_pick();subst()"'
_SHOW = """<script>
function demat_pictures() {
    var kept = document.getElementById('demat_pictures').children, holes = [];
    var found = document.getElementsByTagName('img');
    for (var i = 0; i < found.length; ++i)
        if (found[i].getAttribute('data-demat-picture') !== null) holes.push(found[i]);
    for (var i = 0; i < holes.length; ++i) {
        var number = holes[i].getAttribute('data-demat-picture');
        var picture = kept[number].cloneNode(true), names = holes[i].attributes;
        for (var j = 0; j < names.length; ++j)
            picture.setAttribute(names[j].name, names[j].value);
        holes[i].parentNode.replaceChild(picture, holes[i]);
    }
}
</script>"""
#: Boxes in which the host puts one block for each document of a batch.
_BOXES = ("minimal_layout_report_headers", "minimal_layout_report_footers")
#: Does for these boxes what the host's script does, which then finds none of them.
_PICK = """<script>
function demat_pick() {
    var place = /[?&]webpage=([^&]*)/.exec(document.location.search);
    var index = unescape(place[1]).split('.', 4)[3], boxes = %s;
    for (var name in boxes) {
        var box = document.getElementById(name);
        var block = box.children[boxes[name][index]];
        box.textContent = '';
        box.appendChild(block);
        box.removeAttribute('id');
    }
}
</script>"""


def scripts_of(text):
    """Return the scripts of an HTML text: their words, or the address of a file.

    Attributes that react to events count, and so do ``javascript:`` addresses.
    """
    if not _HINT.search(text):
        return []
    found = []
    for element in lxml_html.document_fromstring(text).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "script":
            found.append(element.get("src") or element.text or "")
        for name, value in element.attrib.items():
            if name.startswith("on") or value.lstrip()[:11].lower() == "javascript:":
                found.append(value)
    return found


def share(text):
    """Return the headers or footers of a batch without what stands there again."""
    return share_pictures(share_blocks(text))


def share_pictures(text):
    """Return the headers of a batch with each large picture once, not once a document.

    The renderer reads all of them again for each page. The pictures lie at the end of
    the page, hidden, so they are there before the host's script runs; a script puts
    them into their places. A text without a picture that occurs twice, or without the
    call of the host's script, is returned as it is.
    """
    sources = [match[2] for match in _PICTURE.finditer(text)]
    numbers = {source: place for place, source in enumerate(dict.fromkeys(sources))}
    hook = _PICKED if _PICKED in text else _HOOK
    if len(numbers) == len(sources) or text.count(hook) != 1 or "</body>" not in text:
        return text
    text = _PICTURE.sub(
        lambda match: f'{match[1]}data-demat-picture="{numbers[match[2]]}"', text
    )
    kept = "".join(f'<img src="{source}"/>' for source in numbers)
    head, _end, tail = text.rpartition("</body>")
    body = f'{head}<div id="demat_pictures" style="display:none">{kept}</div>'
    text = f"{body}</body>{tail}"
    text = text.replace(hook, hook.replace("subst()", "subst();demat_pictures()"))
    return text.replace("</head>", f"{_SHOW}</head>", 1)


def share_blocks(text):
    """Return the headers of a batch with each of them once, not once a document.

    The renderer reads all of them again for each page, and those of one company are
    mostly the same. A text that is not as the host makes it, or where no block occurs
    twice, is returned as it is.
    """
    if text.count(_HOOK) != 1:
        return text
    text = str(text)  # a ``Markup`` would escape what is put into it
    reader = _Blocks(text)
    reader.feed(text)
    places, cuts = {}, []
    for box, spans in reader.found.items():
        blocks = [text[start:end] for start, end in spans]
        kept = list(dict.fromkeys(blocks))
        if len(kept) < len(blocks):
            places[box] = [kept.index(block) for block in blocks]
            cuts.append((spans[0][0], spans[-1][1], "".join(kept)))
    if not places:
        return text
    for start, end, kept in reversed(cuts):
        text = text[:start] + kept + text[end:]
    text = text.replace(_HOOK, _PICKED)
    return text.replace("</head>", f"{_PICK % json.dumps(places)}</head>", 1)


class _Blocks(HTMLParser):
    """Where the blocks of the host's boxes stand in a text.

    ``found`` is ``{id of the box: [(start, end), …]}``. Each block is a ``div``, and
    a ``div`` is always closed.
    """

    def __init__(self, text):
        super().__init__()
        self.found = {}
        self._lines = [0]
        for line in text.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._text = text
        self._box = None
        self._depth = 0

    def _here(self):
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag, attrs):
        if tag != "div":
            return
        if self._box is None:
            name = dict(attrs).get("id")
            if name in _BOXES:
                self._box, self._depth = name, 0
                self.found[name] = []
            return
        if not self._depth:
            self.found[self._box].append((self._here(), None))
        self._depth += 1

    def handle_endtag(self, tag):
        if tag != "div" or self._box is None:
            return
        if not self._depth:
            self._box = None
            return
        self._depth -= 1
        if not self._depth:
            start, _end = self.found[self._box].pop()
            end = self._text.index(">", self._here()) + 1
            self.found[self._box].append((start, end))
