# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A listening server for the style sheets of the reports.

wkhtmltopdf fetches them over HTTP: without a server the invoices come out unstyled.
When none listens at the address of the reports, this process answers by itself.
"""

import contextlib
import threading
import urllib.error
import urllib.request

from werkzeug.serving import make_server

PARAMETER = "report.url"
PROBE = "/web/health"


def answers(url, seconds=3):
    """True if an Odoo server answers at ``url``."""
    try:
        with urllib.request.urlopen(url + PROBE, timeout=seconds) as answer:  # noqa: S310
            return answer.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        return False


@contextlib.contextmanager
def listening(env):
    """Make sure that the reports find their style sheets while the block runs.

    The cursor is committed: wkhtmltopdf comes back through another connection.
    """
    parameters = env["ir.config_parameter"]
    before = parameters.get_param(PARAMETER)
    known = before or parameters.get_param("web.base.url")
    if known and answers(known):
        yield known
        return
    with _serving() as url:
        parameters.set_param(PARAMETER, url)
        env.cr.commit()
        try:
            yield url
        finally:
            env.cr.rollback()
            parameters.set_param(PARAMETER, before)
            env.cr.commit()


@contextlib.contextmanager
def _serving():
    """The host's own application in a thread of this process; yields its address."""
    from odoo.http import root

    server = make_server(
        "127.0.0.1", 0, root, threaded=True, request_handler=_handler()
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler():
    from odoo.service.server import RequestHandler

    class QuietHandler(RequestHandler):
        """No line per request in the log of the build."""

        def log_request(self, code="-", size="-"):
            if str(code)[:1] in "45":
                super().log_request(code, size)

    return QuietHandler
