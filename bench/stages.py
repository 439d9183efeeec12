# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where the time goes: a clock around functions of the host and of the addons.

The addons know nothing of it. A stage is charged with its own time only, what it calls
in another stage is charged there; what no stage covers is "other".
"""

import functools
import threading
import time
from collections import defaultdict
from contextlib import contextmanager

OTHER = "other"

#: Stages in the order of the table: key, words.
STAGES = (
    ("start", "settings, recipients, checks, start"),
    ("html", "page in HTML (QWeb)"),
    ("render", "drawing (wkhtmltopdf)"),
    ("split", "one file for each invoice"),
    ("xml", "electronic invoice (CII XML)"),
    ("rules", "rules of EN 16931 (XSD, Schematron)"),
    ("facturx", "Factur-X, PDF/A-3"),
    ("seal", "seal (PAdES)"),
    ("archive", "archive, journal, chain"),
    ("store", "storing the file on the invoice"),
    ("state", "send state, exchanges"),
    ("mail", "mail: text, message, chatter"),
    ("smtp", "mail: handing over (SMTP)"),
    ("commit", "commit"),
    (OTHER, "other"),
)

#: (model, method, stage): methods of models, whatever class defines them.
MODEL_METHODS = (
    ("account.move.send", "_check_sending_data", "start"),
    ("account.move.send", "_get_default_sending_settings", "start"),
    ("account.move.send", "_hook_invoice_document_after_pdf_report_render", "facturx"),
    ("account.move.send", "_link_invoice_documents", "store"),
    ("account.move.send", "_send_mails", "mail"),
    ("account.edi.xml.cii", "_export_invoice", "xml"),
    ("ir.actions.report", "_render_qweb_pdf_prepare_streams", "split"),
    ("ir.actions.report", "_get_splitted_report", "split"),
    ("ir.actions.report", "_render_qweb_html", "html"),
    ("ir.actions.report", "_prepare_html", "html"),
    ("ir.actions.report", "_run_wkhtmltopdf", "render"),
    ("ir.mail_server", "send_email", "smtp"),
    ("ir.mail_server", "_connect__", "smtp"),
    ("mail.mail", "send", "mail"),
    ("demat.run", "_launch", "start"),
    ("demat.run", "_start_batch", "start"),
    ("account.move", "_demat_attach", "store"),
    ("account.move", "_demat_publish_together", "state"),
    ("account.move", "_demat_move_to", "state"),
    ("demat.exchange", "_dispatch_mail", "mail"),
    ("ged.document", "_archive", "archive"),
    ("ged.document", "_record_events", "archive"),
    ("ged.chain", "_chain_pending", "archive"),
)


def _plain_functions():
    """(owner, name, stage) of functions and methods outside of the models."""
    from odoo.sql_db import Cursor

    from odoo.addons.ged_archive.lib import facturx
    from odoo.addons.ged_archive.lib.seal import Sealer

    return (
        (facturx, "check_cii", "rules"),
        (facturx, "embed", "facturx"),
        (facturx, "convert_with_xml", "facturx"),
        (Sealer, "seal", "seal"),
        (Cursor, "commit", "commit"),
    )


class Clock:
    """Seconds by stage of the thread that sends; what other threads do at the same time
    is kept apart (``beside``), for it costs no waiting.
    """

    def __init__(self):
        self.seconds = defaultdict(float)
        self.beside = defaultdict(float)
        self._stack = []
        self._mark = 0.0
        self._thread = None
        self._lock = threading.Lock()
        self._other = threading.local()

    def _charge(self):
        now = time.perf_counter()
        if self._stack:
            self.seconds[self._stack[-1]] += now - self._mark
        self._mark = now

    @contextmanager
    def stage(self, name):
        """Charge the time of the block to a stage."""
        self._charge()
        self._stack.append(name)
        try:
            yield
        finally:
            self._charge()
            self._stack.pop()

    @contextmanager
    def measured(self):
        """The block is what is measured; returns nothing, see ``seconds``."""
        if self._stack:
            raise RuntimeError("the clock runs already")
        self._thread = threading.get_ident()
        with self.stage(OTHER):
            yield

    @contextmanager
    def stage_beside(self, name):
        """Charge the block to a stage of the other threads, the outermost one only."""
        if getattr(self._other, "busy", False):
            yield
            return
        self._other.busy = True
        started = time.perf_counter()
        try:
            yield
        finally:
            self._other.busy = False
            with self._lock:
                self.beside[name] += time.perf_counter() - started

    def wrap(self, function, name):
        """``function`` with its time charged to a stage while the clock runs."""

        @functools.wraps(function)
        def timed(*args, **kwargs):
            if not self._stack:
                return function(*args, **kwargs)
            same = threading.get_ident() == self._thread
            with (self.stage if same else self.stage_beside)(name):
                return function(*args, **kwargs)

        return timed


@contextmanager
def watched(env, clock):
    """Put the clock around the functions of all stages while the block runs.

    :raise AttributeError: a function is gone: the table of stages must follow the code
    """
    targets = [(type(env[model]), name, stage) for model, name, stage in MODEL_METHODS]
    undo = []
    try:
        for owner, name, stage in (*targets, *_plain_functions()):
            inherited = name not in vars(owner)
            original = getattr(owner, name)
            setattr(owner, name, clock.wrap(original, stage))
            undo.append((owner, name, original, inherited))
        yield
    finally:
        for owner, name, original, inherited in reversed(undo):
            if inherited:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
