# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo.tools import mute_logger

from ..models import ged_seal_profile_key
from .common import make_pdf
from .common_pki import OnlinePkiCommon, PkiCommon, pem

TSA_LOG = "odoo.addons.ged_archive.lib.tsa"
SILENT = (TSA_LOG, "odoo.addons.ged_archive.lib.revocation_client")
OTHER_LOGS = "odoo.addons.ged_archive.models.ged_document_check"


#: Days: the authority of the tests lasts until 2060, so all is renewed at once.
FAR = 365 * 60


class RenewalCommon:
    """For tests with an authority and ``company``."""

    def _renew_all(self, company=None):
        """Everything is due, and the authority has a certificate that ends later."""
        (company or self.company).ged_renew_days = FAR
        self.pki.renew_tsa()


class PreservationCommon(RenewalCommon, PkiCommon):
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


class LongTermCommon(RenewalCommon, OnlinePkiCommon):
    """Documents that are raised to B-LT when the authority answers again."""

    def setUp(self):
        super().setUp()
        self.Queue = self.env["ged.preservation.queue"]

    def _sealed_while_silent(self, label="signer-ec", level="B-LT", count=1):
        """Documents sealed while no revocation service answers."""
        self._services("error")
        self.company.ged_seal_profile_id = self._profile(
            pkcs12=base64.b64encode(self.pki.pkcs12(label)),
            password=self.pki_password,
            level=level,
            tsa_url=self.pki.tsa_url(),
            tsa_timeout=5,
            trust_roots=pem(self.pki.x509("root")),
        )
        sealer = self.company._ged_get_sealer()
        with mute_logger(*SILENT):
            seals = [sealer.seal(make_pdf(str(number))) for number in range(count)]
        return self.Document._archive(
            [
                self._vals(number, content=None, seal=one)
                for number, one in enumerate(seals)
            ]
        )

    def _services(self, mode):
        self.pki.modes.update(ocsp=mode, crl=mode, certs=mode)
        ged_seal_profile_key._SEALERS.clear()
        ged_seal_profile_key._CLIENTS.clear()

    @mute_logger(*SILENT)
    def _run(self):
        queue = self.Queue._of(self.company)
        queue.retry_at = False
        self.Queue._cron_preserve()
        return queue
