# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The demo's mail server: nothing leaves the machine, a small page shows what came.

``python -m demat_cli.mailcatcher FOLDER SMTP_PORT HTTP_PORT``; each mail is one
``.eml`` file of the folder.
"""

import email
import email.policy
import html
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"
NAME = re.compile(r"^\d+-\d+$")
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;
color:#222}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem;
border-bottom:1px solid #ddd;vertical-align:top}a{color:#1a5276}
iframe{width:100%;height:32rem;border:1px solid #ddd}dt{font-weight:600}
dd{margin:0 0 .5rem}
"""
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<style>{style}</style></head><body><h1>{title}</h1>{body}</body></html>"""


class Store:
    """The folder of received mails."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server, session, envelope):
        """Keep a mail (called by the SMTP server)."""
        name = f"{time.time_ns()}-{len(envelope.content)}"
        recipients = ", ".join(envelope.rcpt_tos)
        header = f"X-Envelope-To: {recipients}\r\n".encode()
        part = self.folder / f"{name}.part"
        part.write_bytes(header + envelope.content)
        part.rename(self.folder / f"{name}.eml")
        return "250 OK"

    def names(self):
        """Names of the mails, newest first."""
        return sorted((path.stem for path in self.folder.glob("*.eml")), reverse=True)

    def read(self, name):
        """The parsed mail, or None."""
        path = self.folder / f"{name}.eml"
        if not NAME.match(name) or not path.is_file():
            return None
        return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def header(message, name):
    """A header as safe HTML."""
    return html.escape(str(message[name] or ""))


def listing(store):
    """The page with all mails."""
    rows = []
    for name in store.names():
        message = store.read(name)
        files = len(list(message.iter_attachments()))
        subject = header(message, "Subject") or "(no subject)"
        rows.append(
            f"<tr><td>{header(message, 'Date')}</td>"
            f"<td>{header(message, 'X-Envelope-To')}</td>"
            f'<td><a href="/{name}">{subject}</a></td>'
            f"<td>{files or ''}</td></tr>"
        )
    if not rows:
        return "Received mails", "<p>No mail yet. Send an invoice, then reload.</p>"
    head = "<tr><th>Date</th><th>To</th><th>Subject</th><th>Files</th></tr>"
    return "Received mails", f"<table>{head}{''.join(rows)}</table>"


def detail(name, message):
    """The page of one mail."""
    facts = "".join(
        f"<dt>{label}</dt><dd>{header(message, label)}</dd>"
        for label in ("From", "To", "Cc", "Date")
        if message[label]
    )
    files = "".join(
        f'<li><a href="/{name}/file/{number}/{quote(filename(part, number))}">'
        f"{html.escape(filename(part, number))}</a></li>"
        for number, part in enumerate(message.iter_attachments())
    )
    files = f"<p>Attached files:</p><ul>{files}</ul>" if files else ""
    body = (
        f'<p><a href="/">All mails</a></p><dl>{facts}</dl>{files}'
        '<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" '
        f'title="content" src="/{name}/body"></iframe>'
        f'<p><a href="/{name}/source">Source</a></p>'
    )
    return header(message, "Subject") or "(no subject)", body


def filename(part, number):
    """Name under which an attached file is offered."""
    return (part.get_filename() or f"file-{number}").replace("/", "_")


def content(message):
    """The readable content as an HTML document."""
    body = message.get_body(preferencelist=("html", "plain"))
    if body is None:
        return "<p>(empty)</p>"
    text = body.get_content()
    if body.get_content_type() == "text/plain":
        text = f"<pre>{html.escape(text)}</pre>"
    return f'<base target="_blank">{text}'


class Handler(BaseHTTPRequestHandler):
    """The web page; ``store`` is set on the class by :func:`main`."""

    store = None

    def do_GET(self):
        parts = [unquote(part) for part in self.path.split("?")[0].split("/") if part]
        if parts == ["health"]:
            return self._send(b"ok", "text/plain")
        if not parts:
            return self._page(*listing(self.store))
        message = self.store.read(parts[0])
        if message is None:
            return self.send_error(404)
        if len(parts) == 1:
            return self._page(*detail(parts[0], message))
        if parts[1] == "body":
            return self._send(content(message).encode(), "text/html; charset=utf-8")
        if parts[1] == "source":
            return self._send(message.as_bytes(), "text/plain; charset=utf-8")
        if parts[1] == "file" and len(parts) > 2:
            return self._file(message, parts[2])
        return self.send_error(404)

    def _file(self, message, number):
        files = list(message.iter_attachments())
        if not number.isdigit() or int(number) >= len(files):
            return self.send_error(404)
        part = files[int(number)]
        name = quote(filename(part, int(number)))
        return self._send(
            part.get_payload(decode=True) or b"",
            part.get_content_type(),
            {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )

    def _page(self, title, body):
        page = PAGE.format(title=title, style=STYLE, body=body)
        self._send(page.encode(), "text/html; charset=utf-8")

    def _send(self, data, mimetype, headers=None):
        self.send_response(200)
        self.send_header("Content-Type", mimetype)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format, *args):
        """Keep quiet: the demo's log is for what went wrong."""


def main():
    folder, smtp_port, http_port = sys.argv[1:4]
    Handler.store = Store(Path(folder))
    Controller(Handler.store, hostname=HOST, port=int(smtp_port)).start()
    ThreadingHTTPServer((HOST, int(http_port)), Handler).serve_forever()


if __name__ == "__main__":
    main()
