# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A small public key infrastructure for tests: root, intermediate, signers, time-stamp
server.

All keys are made when the tests run. The chain and the time stamps come from
certomancer.
"""

import datetime
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml
from asn1crypto import cms, tsp
from certomancer.registry import (
    ArchLabel,
    CertLabel,
    CertomancerConfig,
    KeyLabel,
    ServiceLabel,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PASSWORD = "mot de passe d’essai"
UTC = datetime.UTC


def rsa_key(bits=2048):
    return rsa.generate_private_key(65537, bits)


def ec_key(curve=None):
    return ec.generate_private_key(curve or ec.SECP256R1())


def _extensions(*, ca=False, usage=(), extended=None):
    found = []
    if ca:
        found.append(
            {"id": "basic_constraints", "critical": True, "value": {"ca": True}}
        )
    found.append(
        {
            "id": "key_usage",
            "critical": True,
            "smart-value": {"schema": "key-usage", "params": list(usage)},
        }
    )
    if extended:
        found.append(
            {"id": "extended_key_usage", "critical": True, "value": [extended]}
        )
    return found


_SIGN = ("digital_signature", "non_repudiation")
_CA = ("digital_signature", "key_cert_sign", "crl_sign")
_LONG = {
    "valid-from": "2020-01-01T00:00:00+0000",
    "valid-to": "2060-01-01T00:00:00+0000",
}


def _certificate(subject, issuer, extensions):
    return {
        "subject": subject,
        "issuer": issuer,
        "validity": _LONG,
        "extensions": extensions,
    }


#: The certificates of the time-stamp server, each one ends later than the one before.
_TSA = {"tsa": 2060, "tsa-2": 2061, "tsa-3": 2062, "tsa-4": 2063}


def _tsa_certificates(*more):
    """All with the same name and key, as a provider renews them."""
    extensions = _extensions(usage=("digital_signature",), extended="time_stamping")
    made = _certificate("tsa", "root", [*extensions, *more])
    return {
        label: made | {"validity": {**_LONG, "valid-to": f"{year}-01-01T00:00:00+0000"}}
        for label, year in _TSA.items()
    }


def _tsa_services():
    return {
        label: {
            "signing-cert": label,
            "signing-key": "tsa",
            "certs-to-embed": ["root"],
        }
        for label in _TSA
    }


class Pki:
    """Root → intermediate → ``signer`` (RSA), ``signer-ec``; root → ``tsa``.

    ``tsa`` tells which certificate the time-stamp server uses.
    """

    tsa = "tsa"

    def renew_tsa(self):
        """The server has a new certificate, which ends a year later."""
        labels = list(_TSA)
        self.tsa = labels[labels.index(self.tsa) + 1]

    def __init__(self, folder):
        keys = {
            "root": ec_key(),
            "interm": rsa_key(),
            "signer": rsa_key(),
            "signer-ec": ec_key(),
            "tsa": ec_key(),
        }
        for label, key in keys.items():
            (folder / f"{label}.pem").write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
        self._keys = keys
        names = {
            "root": "Autorité d’essai, racine",
            "interm": "Autorité d’essai, intermédiaire",
            "signer": "Charpentes du Val Clair - sceau d’essai",
            "signer-ec": "Charpentes du Val Clair - sceau d’essai ECDSA",
            "tsa": "Horodatage d’essai",
        }
        config = {
            "keysets": {
                "keys": {"keys": {key: {"path": f"{key}.pem"} for key in keys}}
            },
            "pki-architectures": {
                "test": {
                    "keyset": "keys",
                    "entity-defaults": {"country-name": "FR"},
                    "entities": {
                        label: {"common-name": name} for label, name in names.items()
                    },
                    "certs": {
                        "root": _certificate(
                            "root", "root", _extensions(ca=True, usage=_CA)
                        ),
                        "interm": _certificate(
                            "interm", "root", _extensions(ca=True, usage=_CA)
                        ),
                        "signer": _certificate(
                            "signer", "interm", _extensions(usage=_SIGN)
                        ),
                        "signer-ec": _certificate(
                            "signer-ec", "interm", _extensions(usage=_SIGN)
                        ),
                        **_tsa_certificates(),
                    },
                    "services": {"time-stamping": _tsa_services()},
                }
            },
        }
        self._arch = CertomancerConfig.from_yaml(
            yaml.safe_dump(config), key_search_dir=str(folder)
        ).get_pki_arch(ArchLabel("test"))

    def der(self, label) -> bytes:
        return self._arch.get_cert(CertLabel(label)).dump()

    def x509(self, label):
        return x509.load_der_x509_certificate(self.der(label))

    def key(self, label):
        assert KeyLabel(label) in self._keys
        return self._keys[label]

    def pkcs12(self, label, password=PASSWORD, others=("interm", "root")) -> bytes:
        return make_pkcs12(
            self.key(label),
            self.x509(label),
            [self.x509(other) for other in others],
            password,
        )

    def time_stamp(self, request: bytes, moment=None) -> tsp.TimeStampResp:
        stamper = self._arch.service_registry.summon_timestamper(
            ServiceLabel(self.tsa), moment or datetime.datetime.now(UTC)
        )
        return stamper.request_tsa_response(tsp.TimeStampReq.load(request))


def make_pkcs12(key, certificate, others=(), password=PASSWORD) -> bytes:
    encryption = (
        serialization.BestAvailableEncryption(password.encode())
        if password
        else serialization.NoEncryption()
    )
    return pkcs12.serialize_key_and_certificates(
        b"sceau", key, certificate, list(others), encryption
    )


def self_signed(key, *, name="Sceau d’essai", start=-1, end=365, extensions=()):
    """A certificate that signs itself, valid from ``start`` to ``end`` days from
    now."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=start))
        .not_valid_after(now + datetime.timedelta(days=end))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    algorithm = (
        hashes.SHA256()
        if isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey))
        else None
    )
    return builder.sign(key, algorithm)


class TimeStampServer:
    """A time-stamp server on the loopback that behaves as ``mode`` says.

    ``good``; ``hang`` (no answer), ``drip`` (one byte now and then), ``error`` (HTTP
    503), ``html``, ``garbage``, ``refuse`` (status of the protocol), ``other`` (stamp
    for other bytes), ``replay`` (an old answer), ``forged`` (signature changed),
    ``redirect``, ``endless``, ``large`` (many certificates).
    """

    def __init__(self, pki):
        self.pki = pki
        self.mode = "good"
        self.requests = 0
        self.connections = 0
        self._first = None
        self._closing = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                owner.connections += 1

            def do_POST(self):
                owner.requests += 1
                owner.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_arguments):
                """Keep the test output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/tsa"

    def close(self):
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, handler, request):
        mode = self.mode
        if mode == "hang":
            self._closing.wait(30)
            return
        status, kind, body = 200, "application/timestamp-reply", b""
        if mode == "error":
            status, kind = 503, "text/plain"
        elif mode == "redirect":
            status = 302
        elif mode == "html":
            kind, body = "text/html", b"<html>Bienvenue</html>"
        elif mode == "garbage":
            body = b"\x30\x82\x10\x00 not a time stamp"
        elif mode == "endless":
            body = b"\x30" * (1 << 20)
        else:
            body = self._stamp(mode, request)
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        if mode == "redirect":
            handler.send_header("Location", "http://127.0.0.1:1/")
        handler.end_headers()
        if mode == "drip":
            for index in range(len(body)):
                if self._closing.is_set():
                    return
                handler.wfile.write(body[index : index + 1])
                time.sleep(0.05)
            return
        handler.wfile.write(body)

    def _stamp(self, mode, request) -> bytes:
        if mode == "refuse":
            status = {"status": "rejection", "status_string": ["quota épuisé"]}
            body = tsp.PKIStatusInfo(status).dump()
            return b"\x30" + bytes((len(body),)) + body  # a refusal holds no token
        if mode == "other":
            changed = tsp.TimeStampReq.load(request)
            changed["message_imprint"]["hashed_message"] = bytes(32)
            return self.pki.time_stamp(changed.dump()).dump()
        body = self.pki.time_stamp(request)
        if mode == "forged":
            signer = body["time_stamp_token"]["content"]["signer_infos"][0]
            signature = bytearray(signer["signature"].native)
            signature[-1] ^= 1
            signer["signature"] = bytes(signature)
            return body.dump(force=True)
        if mode == "large":
            certificates = body["time_stamp_token"]["content"]["certificates"]
            extra = cms.CertificateChoices.load(self.pki.der("interm"))
            for _index in range(12):
                certificates.append(extra)
            return body.dump(force=True)
        if mode == "replay":
            self._first = self._first or body.dump()
            return self._first
        return body.dump()
