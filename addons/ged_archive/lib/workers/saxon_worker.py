# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Process that applies XSLT 2 rule sheets to invoices; started by ``schematron.py``.

Reads requests from standard input: one line of JSON ``{"sheet": path, "size": n}``,
then n bytes of XML. Answers each on standard output: one line ``{"ok": true|false,
"size": n}``, then n bytes of SVRL, or of an error text. Ends when its input is closed,
when nothing was asked for a while, or after many documents (to give memory back).

It stands alone in this folder, which Python puts first on the path of a script.
"""

import json
import os
import re
import select
import sys

#: A table of codes that a sheet reads, as it names it.
_TABLE = re.compile(r"document\('([\w.-]+\.xml)'\)")
_HEAD = re.compile(r"<xsl:(?:stylesheet|transform)\b[^>]*>")


def lift_memory_limit():
    """The host limits the address space of its workers; SaxonC reserves much, uses
    little."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


class Rules:
    """Compiles each sheet once."""

    def __init__(self):
        from saxonche import PySaxonProcessor

        self._processor = PySaxonProcessor(license=False)
        self._xslt = self._processor.new_xslt30_processor()
        self._sheets = {}

    def apply(self, sheet, xml):
        if sheet not in self._sheets:
            self._sheets[sheet] = self._compile(sheet)
        node = self._processor.parse_xml(xml_text=xml)
        return self._sheets[sheet].transform_to_string(xdm_node=node)

    def _compile(self, sheet):
        """Compile a sheet so that the tables that it reads are read once.

        Saxon parses what ``document()`` names again for each invoice, a third of the
        time. A table that lies beside the sheet becomes a parameter of it.
        """
        with open(sheet, encoding="utf-8") as file:
            text = file.read()
        folder = os.path.dirname(sheet)
        names = [
            name
            for name in dict.fromkeys(_TABLE.findall(text))
            if os.path.isfile(os.path.join(folder, name))
        ]
        parts = any(f"<xsl:{word} " in text for word in ("import", "include"))
        if not names or parts or not _HEAD.search(text):
            return self._xslt.compile_stylesheet(stylesheet_file=sheet)
        head = _HEAD.search(text).end()
        start, rest = text[:head], text[head:]
        for number, name in enumerate(names):
            start += f'<xsl:param name="demat_table_{number}"/>'
            rest = rest.replace(f"document('{name}')", f"$demat_table_{number}")
        rules = self._xslt.compile_stylesheet(stylesheet_text=start + rest)
        for number, name in enumerate(names):
            table = self._processor.parse_xml(xml_file_name=os.path.join(folder, name))
            rules.set_parameter(f"demat_table_{number}", table)
        return rules


def serve(source, sink, idle_seconds, max_documents):
    rules = None
    for _count in range(max_documents):
        if not select.select([source], [], [], idle_seconds)[0]:
            return
        line = source.readline()
        if not line:
            return
        request = json.loads(line)
        xml = source.read(request["size"])
        try:
            rules = rules or Rules()
            content = rules.apply(request["sheet"], xml.decode("utf-8-sig"))
            ok, answer = True, content.encode()
        except Exception as error:  # whatever it is, the asker has to be told
            ok, answer = False, f"{type(error).__name__}: {error}".encode()
        sink.write(
            json.dumps({"ok": ok, "size": len(answer)}).encode() + b"\n" + answer
        )
        sink.flush()


def main():
    lift_memory_limit()
    # The answers get a channel of their own: anything printed by libraries goes to
    # stderr.
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    source = os.fdopen(os.dup(0), "rb", buffering=0)
    source = Unbuffered(source)
    serve(source, sink, float(sys.argv[1]), int(sys.argv[2]))


class Unbuffered:
    """Reads lines and blocks without reading ahead, so that ``select`` sees what is
    left."""

    def __init__(self, raw):
        self._raw = raw

    def fileno(self):
        return self._raw.fileno()

    def readline(self):
        return self._raw.readline()

    def read(self, size):
        parts = []
        while size:
            part = self._raw.read(min(size, 1 << 20))
            if not part:
                break
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


if __name__ == "__main__":
    main()
