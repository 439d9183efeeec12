# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io
import re

from PIL import Image, ImageDraw

from odoo.tests import HttpCase

from .common import SignCommon

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def drawing():
    """A drawn signature, PNG."""
    image = Image.new("RGB", (600, 200), "white")
    ImageDraw.Draw(image).line([(40, 150), (200, 40), (320, 160), (560, 60)], 0, 6)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def data_url(data, kind="image/png"):
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


class CeremonyCase(SignCommon, HttpCase):
    """A signatory with a browser; :meth:`new_browser` is another one."""

    def setUp(self):
        super().setUp()
        self.deal = self.send(self.make_quote(), require_code=True)
        self.signatory = self.deal.signatory_ids
        self.path = self.signatory._get_sign_path()
        self.env.flush_all()
        self.new_browser()

    def make_quote(self):
        """The quote that is signed."""
        return self.quote()

    def new_browser(self):
        self.authenticate(None, None)
        self.token = None

    def get(self, step="", path=None):
        """Open a page; the answer."""
        return self.url_open((path or self.path) + step, allow_redirects=False)

    def csrf(self, path=None):
        """The token of the page; of an earlier one where there is no form any more."""
        if found := _TOKEN.search(self.get(path=path).text):
            self.token = found[1]
        return self.token

    def post(self, step, path=None, files=None, **data):
        """Answer a step, as the form of the page does; the page that follows."""
        path = path or self.path
        data.setdefault("csrf_token", self.csrf(path))
        answer = self.url_open(f"{path}/{step}", data=data, files=files)
        self.env.invalidate_all()
        return answer

    def read_quote(self, path=None):
        return self.post("read", path, shown=self.deal.frozen_sha256, read="1")

    def send_code(self, path=None):
        """Have a code sent; return it, out of the mail."""
        with self.mock_mail_gateway():
            self.post("code", path, channel="email")
            [mail] = self._mails
        return re.search(r">(\d{6})<", mail["body"])[1]

    def confirm(self):
        self.read_quote()
        return self.post("code/check", code=self.send_code())

    def sign(self, path=None, **data):
        values = {
            "method": "draw",
            "drawing": data_url(drawing()),
            "shown": self.deal.frozen_sha256,
            **data,
        }
        return self.post("sign", path, **values)

    def assertSigned(self, signed=True):  # noqa: N802 - as its siblings
        self.assertEqual(self.signatory.state == "signed", signed)
