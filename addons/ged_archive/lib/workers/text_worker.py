# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Process that takes the text out of files; started by ``fulltext.py``.

Reads requests from standard input: one line of JSON ``{"kind": pdf|xml|html|text,
"size": n}``, then n bytes. Answers each on standard output: one line ``{"ok":
true|false, "size": n}``, then n bytes of UTF-8 text, or of an error text. Its memory is
limited, and the seconds of processor that one file may take.

It stands alone in this folder, which Python puts first on the path of a script.
"""

import io
import json
import os
import sys

#: Characters beyond which reading stops; the caller keeps fewer.
MAX_CHARACTERS = 1_000_000
MAX_PAGES = 2000


def limit_memory(size):
    try:
        import resource
    except ImportError:  # not on Windows
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        size = min(size, hard)
    resource.setrlimit(resource.RLIMIT_AS, (size, hard))


def allow_seconds(seconds):
    """Let this process use so many more seconds of processor; then it is ended."""
    try:
        import resource
    except ImportError:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))


def text_of_pdf(content):
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("it is protected by a password")
    parts, size = [], 0
    for number, page in enumerate(reader.pages):
        if number >= MAX_PAGES or size > MAX_CHARACTERS:
            break
        parts.append(page.extract_text())
        size += len(parts[-1])
    return "\n".join(parts)


def text_of_xml(content):
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    root = etree.fromstring(content, parser)
    return " ".join(root.itertext("*"))


def text_of_html(content):
    from lxml import html

    root = html.fromstring(content)
    for element in root.xpath("//script | //style"):
        element.drop_tree()
    return " ".join(root.itertext())


def text_of_text(content):
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


READERS = {
    "pdf": text_of_pdf,
    "xml": text_of_xml,
    "html": text_of_html,
    "text": text_of_text,
}


def serve(source, sink, seconds):
    while line := source.readline():
        request = json.loads(line)
        content = source.read(request["size"])
        allow_seconds(seconds)
        try:
            answer = READERS[request["kind"]](content)[:MAX_CHARACTERS]
            ok = True
        except Exception as error:  # whatever it is, the asker has to be told
            ok, answer = False, str(error) or type(error).__name__
        data = answer.encode("utf-8", "replace")
        sink.write(json.dumps({"ok": ok, "size": len(data)}).encode() + b"\n" + data)
        sink.flush()


def main():
    limit_memory(int(sys.argv[1]))
    # The answers get a channel of their own: what libraries print goes to stderr.
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    source = os.fdopen(os.dup(0), "rb")
    serve(source, sink, int(sys.argv[2]))


if __name__ == "__main__":
    main()
