# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import functools
import mimetypes
import re
import shutil
import subprocess

from markupsafe import Markup

from odoo import SUPERUSER_ID, models
from odoo.tools import file_open

from odoo.addons.ged_archive.lib.text import drawable

from ..lib import stylesheet

_LINK = re.compile(r'<link\b[^>]*\bhref="/web/assets/([^/"]+)/([^/"]+\.css)"[^>]*>')
_STATIC_URL = re.compile(r"url\(\s*[\"']?(/(\w+)/static/[^\"')?#]+)[^)]*\)")


#: The renderer cuts a table row at the end of a page and draws the repeated heading
#: over the rest of it.
_OWN_RULES = "tr{page-break-inside:avoid}"


class IrActionsReport(models.Model):
    """Drawing of the documents that we seal (context ``demat_drawing``).

    The same pages as the host's, drawn without waiting for scripts and with the part of
    the style sheet that they use, inside of the page: nothing is fetched, so nothing
    can come late or be missing.
    """

    _inherit = "ir.actions.report"

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        # EXTENDS base: the host waits a second for scripts (report.print_delay); an
        # invoice has none, and the wait costs more than the drawing.
        command = super()._build_wkhtmltopdf_args(*args, **kwargs)
        if self.env.context.get("demat_drawing") and "--javascript-delay" in command:
            command[command.index("--javascript-delay") + 1] = "0"
        return command

    def _run_wkhtmltopdf(self, bodies, *args, **kwargs):
        # EXTENDS base
        if self.env.context.get("demat_drawing"):
            # a character that no font draws makes the file no PDF/A (ISO 19005-3,
            # 6.2.11.8)
            bodies = [drawable(body) for body in bodies]
            parts = {
                name: drawable(kwargs[name])
                for name in ("header", "footer")
                if kwargs.get(name)
            }
            texts = self._demat_inline_styles([*bodies, *parts.values()])
            bodies = texts[: len(bodies)]
            kwargs.update(zip(parts, texts[len(bodies) :], strict=True))
        return super()._run_wkhtmltopdf(bodies, *args, **kwargs)

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
