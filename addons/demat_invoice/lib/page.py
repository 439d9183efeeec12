# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a page that goes to the renderer holds: scripts, and pictures more than once."""

import re

from lxml import html as lxml_html

__all__ = ["scripts_of", "share_pictures"]

#: Without one of these a text is not worth parsing.
_HINT = re.compile(r"<script|javascript:|\son[a-z]+\s*=", re.IGNORECASE)
_PICTURE = re.compile(r'(<img\b[^>]*?\s)src="(data:image/[^"]{1000,})"')
#: Calls the host's script, which leaves the header of one document only.
_HOOK = 'onload="subst()"'
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


def share_pictures(text):
    """Return the headers of a batch with each large picture once, not once a document.

    The renderer reads all of them again for each page. The pictures lie at the end of
    the page, hidden, so they are there before the host's script runs; a script puts
    them into their places. A text without a picture that occurs twice, or without the
    call of the host's script, is returned as it is.
    """
    sources = [match[2] for match in _PICTURE.finditer(text)]
    numbers = {source: place for place, source in enumerate(dict.fromkeys(sources))}
    if len(numbers) == len(sources) or text.count(_HOOK) != 1 or "</body>" not in text:
        return text
    text = _PICTURE.sub(
        lambda match: f'{match[1]}data-demat-picture="{numbers[match[2]]}"', text
    )
    kept = "".join(f'<img src="{source}"/>' for source in numbers)
    head, _end, tail = text.rpartition("</body>")
    body = f'{head}<div id="demat_pictures" style="display:none">{kept}</div>'
    text = f"{body}</body>{tail}"
    text = text.replace(_HOOK, 'onload="subst();demat_pictures()"')
    return text.replace("</head>", f"{_SHOW}</head>", 1)
