# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import functools
import logging
import mimetypes
import re
import shutil
import subprocess

from lxml import etree
from markupsafe import Markup

from odoo import SUPERUSER_ID, models
from odoo.tools import file_open

from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.addons.ged_archive.lib.text import drawable
from odoo.addons.ged_archive.models.ir_actions_report import without_wait

from ..lib import page, stylesheet

_logger = logging.getLogger(__name__)

_LINK = re.compile(r'<link\b[^>]*\bhref="/web/assets/([^/"]+)/([^/"]+\.css)"[^>]*>')
_STATIC_URL = re.compile(r"url\(\s*[\"']?(/(\w+)/static/[^\"')?#]+)[^)]*\)")


#: The renderer cuts a table row at the end of a page and draws the repeated heading
#: over the rest of it.
_OWN_RULES = "tr{page-break-inside:avoid}"
#: Switches of the renderer with which a page may depend on scripts, or on sheets that
#: we do not see.
_UNKNOWN_SWITCHES = {
    "--debug-javascript",
    "--enable-plugins",
    "--print-media-type",
    "--run-script",
    "--user-style-sheet",
    "--window-status",
}


class IrActionsReport(models.Model):
    """Drawing of the documents that we seal (context ``demat_drawing``).

    The same pages as the host's, drawn without waiting for scripts and with the part of
    the style sheet that they use, inside of the page: nothing is fetched, so nothing
    can come late or be missing. What could then look different is drawn as the host
    does it, see :meth:`_demat_obstacle`.
    """

    _inherit = "ir.actions.report"

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        # EXTENDS base: an invoice has no scripts, and the wait for them costs more than
        # the drawing.
        command = super()._build_wkhtmltopdf_args(*args, **kwargs)
        context = self.env.context
        fast = context.get("demat_drawing") and not context.get("demat_slow")
        return without_wait(command) if fast else command

    def _run_wkhtmltopdf(self, bodies, *args, **kwargs):
        # EXTENDS base
        if not self.env.context.get("demat_drawing"):
            return super()._run_wkhtmltopdf(bodies, *args, **kwargs)
        # a character that no font draws makes the file no PDF/A (ISO 19005-3,
        # 6.2.11.8)
        bodies = [drawable(body) for body in bodies]
        parts = {
            name: drawable(kwargs[name])
            for name in ("header", "footer")
            if kwargs.get(name)
        }
        obstacle = self._demat_obstacle(bodies, parts, args, kwargs)
        if obstacle:
            _logger.info(
                "%s is drawn the slow way: %s",
                kwargs.get("report_ref") or self.report_name,
                obstacle,
            )
            rules = f"<style>{_OWN_RULES}</style></head>"
            bodies = [Markup(body.replace("</head>", rules, 1)) for body in bodies]  # noqa: S704
            slow = super(IrActionsReport, self.with_context(demat_slow=True))
            return slow._run_wkhtmltopdf(bodies, *args, **{**kwargs, **parts})
        texts = self._demat_inline_styles([*bodies, *parts.values()])
        bodies = texts[: len(bodies)]
        shared = [Markup(page.share(text)) for text in texts[len(bodies) :]]  # noqa: S704
        kwargs.update(zip(parts, shared, strict=True))
        return super()._run_wkhtmltopdf(bodies, *args, **kwargs)

    def _demat_obstacle(self, bodies, parts, args, kwargs):
        """Return in words why these pages could look different when drawn the fast way,
        or None.

        :param bodies: HTML texts, one for each document
        :param parts: ``{"header": HTML text, "footer": …}``, those that there are
        :param args: the other arguments of ``_run_wkhtmltopdf``, by place …
        :param kwargs: … and by name
        """
        if not _wkhtml().is_patched_qt:
            return "wkhtmltopdf is a build without the patched Qt"
        if args:
            return "it is called in a way that is not known"
        if any(page.scripts_of(body) for body in bodies):
            return "its template has scripts"
        known = {_words(_host_script()), "subst()"}
        if any(
            _words(script) not in known
            for text in parts.values()
            for script in page.scripts_of(text)
        ):
            return "its header or footer has a script that is not the host's"
        return self._demat_unknown_switch(kwargs)

    def _demat_unknown_switch(self, kwargs):
        report_ref = kwargs.get("report_ref")
        report = self._get_report(report_ref) if report_ref else self
        command = self._build_wkhtmltopdf_args(
            report.get_paperformat(),
            kwargs.get("landscape", False),
            specific_paperformat_args=kwargs.get("specific_paperformat_args"),
            set_viewport_size=kwargs.get("set_viewport_size", False),
        )
        unknown = sorted(_UNKNOWN_SWITCHES.intersection(command))
        return f"switch {unknown[0]} of wkhtmltopdf" if unknown else None

    def _demat_inline_styles(self, texts):
        """Put the rules in use into the pages, in the place of the links to the sheets.

        :param texts: HTML texts that are drawn together
        :return: the same texts as ``Markup``; a link whose sheet cannot be made stays
        """
        vocabulary = functools.reduce(
            stylesheet.Vocabulary.__or__, map(stylesheet.vocabulary_of, texts)
        )
        sheets = {}

        def replace(match):
            name = match[2]
            if name not in sheets:
                css = self._demat_get_bundle_css(name)
                sheets[name] = css and _embed_files(
                    stylesheet.reduce_css(css, vocabulary, system_fonts=_system_fonts())
                )
            if not sheets[name]:
                return match[0]
            return f"<style>{sheets[name]}{_OWN_RULES}</style>"

        return [Markup(_LINK.sub(replace, text)) for text in texts]

    def _demat_get_bundle_css(self, filename):
        """Return the text of a style sheet of the host, or an empty text.

        :param filename: as in its address, ``web.report_assets_common.min.css``
        """
        name, rtl, kind, autoprefix = self.env["ir.asset"]._parse_bundle_name(
            filename, ".min." not in filename
        )
        if kind != "css":
            return ""
        bundle = self.env(user=SUPERUSER_ID)["ir.qweb"]._get_asset_bundle(
            name, css=True, js=False, rtl=rtl, autoprefix=autoprefix
        )
        if not bundle.stylesheets:
            return ""
        return bundle.css().raw.decode()


def _words(script):
    """A script without its spaces."""
    return "".join(script.split())


@functools.cache
def _host_script():
    """The script of the host that picks the header of a document, as its file has it:
    one that was changed in the database is not it.
    """
    with file_open("web/views/report_templates.xml", "rb") as file:
        tree = etree.parse(file)
    [script] = tree.xpath("//template[@id='minimal_layout']//script")
    return script.text


@functools.cache
def _system_fonts():
    """Return the font families that the machine has, in lower case."""
    program = shutil.which("fc-list")
    if not program:
        return frozenset()
    answer = subprocess.run(
        [program, ":", "family"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return frozenset(
        family.strip().lower()
        for line in answer.stdout.splitlines()
        for family in line.split(",")
    )


@functools.lru_cache(maxsize=32)
def _embed_files(css):
    """Put fonts and pictures that lie in an addon into the style sheet itself."""

    def replace(match):
        try:
            with file_open(match[1].lstrip("/"), "rb") as file:
                data = base64.b64encode(file.read()).decode()
        except FileNotFoundError:
            return match[0]
        kind = mimetypes.guess_type(match[1])[0] or "application/octet-stream"
        return f"url(data:{kind};base64,{data})"

    return _STATIC_URL.sub(replace, css)
