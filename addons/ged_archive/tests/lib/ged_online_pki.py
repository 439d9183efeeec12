# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The same public key infrastructure with its services on the loopback: OCSP
responders, revocation lists, certificates of issuers; and signers of several kinds."""

import datetime
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import ged_pki
import yaml
from asn1crypto import ocsp, tsp
from certomancer.registry import (
    ArchLabel,
    CertLabel,
    CertomancerConfig,
    ServiceLabel,
)
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

UTC = datetime.UTC

_SIGNERS = {
    # label: (key, addresses in the certificate, more)
    "signer": (ged_pki.rsa_key, ("ocsp", "crl"), {}),
    "signer-ec": (ged_pki.ec_key, ("ocsp", "crl"), {}),
    "signer-384": (lambda: ged_pki.ec_key(ec.SECP384R1()), ("ocsp", "crl"), {}),
    "crl-only": (ged_pki.ec_key, ("crl",), {}),
    "ocsp-only": (ged_pki.ec_key, ("ocsp",), {}),
    "silent": (ged_pki.ec_key, (), {}),
    "revoked": (
        ged_pki.ec_key,
        ("ocsp", "crl"),
        {
            "revocation": {
                "revoked-since": "2024-01-01T00:00:00+0000",
                "reason": "key_compromise",
            }
        },
    ),
    "revoked-crl": (
        ged_pki.ec_key,
        ("crl",),
        {"revocation": {"revoked-since": "2024-01-01T00:00:00+0000"}},
    ),
    "expired": (
        ged_pki.ec_key,
        ("ocsp", "crl"),
        {
            "validity": {
                "valid-from": "2020-01-01T00:00:00+0000",
                "valid-to": "2021-01-01T00:00:00+0000",
            }
        },
    ),
}
_LINKS = {
    "ocsp": {
        "id": "authority_information_access",
        "smart-value": {
            "schema": "aia-urls",
            "params": {
                "ocsp-responder-names": ["interm"],
                "ca-issuer-links": [{"repo": "interm"}],
            },
        },
    },
    "crl": {
        "id": "crl_distribution_points",
        "smart-value": {
            "schema": "crl-dist-url",
            "params": {"crl-repo-names": ["interm"]},
        },
    },
}
_ROOT_CRL = {
    "id": "crl_distribution_points",
    "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": ["root"]}},
}


class OnlinePki(ged_pki.Pki):
    """Root → ``interm`` → the signers above; root → ``tsa``. Call :meth:`close`.

    ``modes`` tells how ``ocsp``, ``crl`` and ``certs`` behave (see :meth:`_answer`);
    ``requests`` counts what was asked. ``offset`` moves the clock of the services.
    """

    def __init__(self, folder):
        self.modes = {"ocsp": "good", "crl": "good", "certs": "good"}
        self.requests = dict.fromkeys(self.modes, 0)
        self.offset = datetime.timedelta()
        self._closing = threading.Event()
        self._start()
        self._keys = {label: make() for label, (make, _to, _more) in _SIGNERS.items()}
        self._keys |= {
            "root": ged_pki.ec_key(),
            "interm": ged_pki.rsa_key(),
            "ocsp": ged_pki.ec_key(),
            "tsa": ged_pki.ec_key(),
        }
        for label, key in self._keys.items():
            (folder / f"{label}.pem").write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
        self._arch = CertomancerConfig.from_yaml(
            yaml.safe_dump(self._config()), key_search_dir=str(folder)
        ).get_pki_arch(ArchLabel("test"))

    def _config(self):
        make, extensions = ged_pki._certificate, ged_pki._extensions
        authority = extensions(ca=True, usage=ged_pki._CA)
        certs = {
            "root": make("root", "root", authority),
            "interm": make("interm", "root", [*authority, _ROOT_CRL]),
            "ocsp": make(
                "ocsp",
                "interm",
                [
                    *extensions(usage=("digital_signature",), extended="ocsp_signing"),
                    {"id": "ocsp_no_check"},
                ],
            ),
            **ged_pki._tsa_certificates(_ROOT_CRL),
        }
        for label, (_key, links, more) in _SIGNERS.items():
            used = [*extensions(usage=ged_pki._SIGN), *(_LINKS[one] for one in links)]
            certs[label] = make(label, "interm", used) | more
        names = {label: f"Essai {label}" for label in self._keys}
        return {
            "external-url-prefix": self.url,
            "keysets": {
                "keys": {"keys": {key: {"path": f"{key}.pem"} for key in self._keys}}
            },
            "pki-architectures": {
                "test": {
                    "keyset": "keys",
                    "entity-defaults": {"country-name": "FR"},
                    "entities": {
                        label: {"common-name": name} for label, name in names.items()
                    },
                    "certs": certs,
                    "services": {
                        "ocsp": {
                            "interm": {"for-issuer": "interm", "responder-cert": "ocsp"}
                        },
                        "crl-repo": {
                            name: {
                                "for-issuer": name,
                                "signing-key": name,
                                "simulated-update-schedule": "P30D",
                            }
                            for name in ("root", "interm")
                        },
                        "cert-repo": {
                            "interm": {
                                "for-issuer": "interm",
                                "publish-issued-certs": True,
                            }
                        },
                        "time-stamping": ged_pki._tsa_services(),
                    },
                }
            },
        }

    def reset(self):
        self.tsa = "tsa"
        self.modes = dict.fromkeys(self.modes, "good")
        self.requests = dict.fromkeys(self.modes, 0)
        self.offset = datetime.timedelta()

    def close(self):
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # ----------------------------------------------------------------- services

    def _start(self):
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                owner._serve(self, b"")

            def do_POST(self):
                owner._serve(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_arguments):
                """Keep the test output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def _serve(self, handler, body):
        service, name = handler.path.strip("/").split("/")[1:3]
        service = {"crls": "crl"}.get(service, service)
        if service == "tsa":
            self._send(
                handler,
                200,
                "application/timestamp-reply",
                self.time_stamp(body).dump(),
            )
            return
        self.requests[service] += 1
        mode = self.modes[service]
        if mode == "hang":
            self._closing.wait(30)
            return
        if mode == "drip":
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            for _index in range(200):
                if self._closing.is_set():
                    return
                handler.wfile.write(b"0")
                time.sleep(0.05)
            return
        kinds = {
            "ocsp": "application/ocsp-response",
            "crl": "application/pkix-crl",
            "certs": "application/pkix-cert",
        }
        status, kind = 200, kinds[service]
        if mode == "error":
            status, content = 503, b""
        elif mode == "html":
            kind, content = "text/html", b"<html>Bienvenue</html>"
        elif mode == "garbage":
            content = b"\x30\x82\x10\x00 nothing"
        elif mode == "endless":
            content = b"\x30" * (5 << 20)
        else:
            content = self._answer(service, name, body, mode)
        self._send(handler, status, kind, content)

    @staticmethod
    def _send(handler, status, kind, content):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _answer(self, service, name, body, mode):
        """``good``; ``old`` (outdated), ``other`` (about another certificate or of
        another issuer), ``forged`` (signature changed), ``refuse``, ``unknown``."""
        # DER has no fractions of a second
        now = datetime.datetime.now(UTC).replace(microsecond=0) + self.offset
        services = self._arch.service_registry
        if mode == "old":
            now -= datetime.timedelta(days=90)
        if service == "certs":
            label = "tsa" if mode == "other" else name
            return self._arch.get_cert(CertLabel(label)).dump()
        if service == "crl":
            if mode == "other":
                name = "root" if name == "interm" else "interm"
            found = services.get_crl(ServiceLabel(name), now)
            content = found.dump()
        else:
            request = ocsp.OCSPRequest.load(body)
            if mode == "refuse":
                return ocsp.OCSPResponse({"response_status": "try_later"}).dump()
            if mode == "other":
                item = request["tbs_request"]["request_list"][0]
                item["req_cert"]["serial_number"] = self._arch.get_cert(
                    CertLabel("silent")
                ).serial_number
                request = ocsp.OCSPRequest.load(request.dump(force=True))
            responder = services.summon_responder(ServiceLabel(name), now)
            content = responder.build_ocsp_response(request).dump()
        if mode == "forged":
            signature = (
                self._signature_place(content) if service == "ocsp" else len(content)
            )
            content = (
                content[: signature - 1]
                + bytes([content[signature - 1] ^ 1])
                + content[signature:]
            )
        return content

    @staticmethod
    def _signature_place(content):
        response = ocsp.OCSPResponse.load(content)["response_bytes"]["response"].parsed
        signature = response["signature"].native
        return content.index(signature) + len(signature)

    def tsa_url(self):
        return f"{self.url}/test/tsa/tsa"

    def time_stamp(self, request: bytes, moment=None) -> tsp.TimeStampResp:
        return super().time_stamp(
            request, moment or datetime.datetime.now(UTC) + self.offset
        )

    def x509(self, label):
        return x509.load_der_x509_certificate(self.der(label))
