# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo.tools import mute_logger

from ..models import ged_seal_profile_key
from .common import make_pdf
from .common_pki import PkiCommon

TSA_LOG = "odoo.addons.ged_archive.lib.tsa"
OTHER_LOGS = "odoo.addons.ged_archive.models.ged_document_check"


class PreservationCommon(PkiCommon):
    def setUp(self):
        super().setUp()
        self.profile = self._profile(
            pkcs12=base64.b64encode(self.pki.pkcs12("signer-ec")),
            password=self.pki_password,
            tsa_url=self.tsa.url,
            tsa_timeout=2,
        )
        self.company.ged_seal_profile_id = self.profile
        self.Queue = self.env["ged.preservation.queue"]

    def _forget_servers(self):
        """A server that failed is left alone for a minute: not in tests."""
        ged_seal_profile_key._SEALERS.clear()
        ged_seal_profile_key._CLIENTS.clear()

    def _sealed(self, count=1, **values):
        sealer = self.company._ged_get_sealer()
        return self.Document._archive(
            [
                self._vals(
                    number, content=None, seal=sealer.seal(make_pdf(str(number)))
                )
                | values
                for number in range(1, count + 1)
            ]
        )

    @mute_logger(TSA_LOG)  # the server fails on purpose
    def _degraded(self, count=1, **values):
        self.tsa.mode = "error"
        documents = self._sealed(count, **values)
        self._forget_servers()
        return documents

    def _run(self):
        self.Queue._cron_preserve()

    def _queue(self):
        return self.Queue._of(self.company)
