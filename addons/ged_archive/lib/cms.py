# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The CMS signature (CAdES attributes of PAdES baseline B, ETSI EN 319 142-1) of a
digest.

All but 32 bytes of what is signed is the same for every document of a key, so it is
encoded once. A general ASN.1 library would spend ten times the private key operation on
it.
"""

import hashlib

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from .certificate import KeyMaterial, der

__all__ = ["CmsSigner", "tlv"]

_SEQUENCE, _SET, _OCTETS = 0x30, 0x31, 0x04
_CONTEXT_0, _CONTEXT_1 = 0xA0, 0xA1

_ID_SIGNED_DATA = core.ObjectIdentifier("1.2.840.113549.1.7.2").dump()
_ID_DATA = core.ObjectIdentifier("1.2.840.113549.1.7.1").dump()
_ID_MESSAGE_DIGEST = core.ObjectIdentifier("1.2.840.113549.1.9.4").dump()
_ID_TIME_STAMP_TOKEN = core.ObjectIdentifier("1.2.840.113549.1.9.16.2.14").dump()
_VERSION_1 = core.Integer(1).dump()
_SHA256 = algos.DigestAlgorithm({"algorithm": "sha256"})


def tlv(tag: int, *parts: bytes) -> bytes:
    """Encode one DER value: tag, shortest length, the parts joined."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


class CmsSigner:
    """Signs SHA-256 digests with one key. Has no changing state: safe in threads and
    forks."""

    def __init__(self, material: KeyMaterial):
        self._key = material.key
        self._public_key = material.certificate.public_key()
        certificates = [der(cert) for cert in (material.certificate, *material.chain)]
        leaf = asn1_x509.Certificate.load(certificates[0])
        if isinstance(self._public_key, rsa.RSAPublicKey):
            algorithm = algos.SignedDigestAlgorithm(
                {"algorithm": "sha256_rsa", "parameters": core.Null()}
            )
            signature_size = self._public_key.key_size // 8
        else:
            algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
            signature_size = 2 * ((self._public_key.key_size + 7) // 8) + 9
        self._algorithm = algorithm.dump()
        self._attributes = self._constant_attributes(leaf, certificates[0], algorithm)
        self._signer_head = (
            _VERSION_1
            + tlv(
                _SEQUENCE,
                leaf.issuer.dump(),
                leaf["tbs_certificate"]["serial_number"].dump(),
            )
            + _SHA256.dump()
        )
        self._data_head = (
            _VERSION_1
            + tlv(_SET, _SHA256.dump())
            + tlv(_SEQUENCE, _ID_DATA)
            + tlv(_CONTEXT_0, *sorted(certificates))
        )
        #: Upper bound of the encoded size without time stamp, in bytes.
        self.size = len(self.build(bytes(32), bytes(signature_size)))

    @staticmethod
    def _constant_attributes(leaf, leaf_der, algorithm) -> list[bytes]:
        # PAdES forbids the signing-time attribute: the time is /M of the PDF
        # dictionary. The algorithms are repeated under signature (RFC 6211) against
        # substitution.
        serial = leaf["tbs_certificate"]["serial_number"]
        issuer = asn1_x509.GeneralName({"directory_name": leaf.issuer})
        signing_certificate = tsp.SigningCertificateV2(
            {
                "certs": [
                    {
                        "hash_algorithm": {"algorithm": "sha256"},
                        "cert_hash": hashlib.sha256(leaf_der).digest(),
                        "issuer_serial": {"issuer": [issuer], "serial_number": serial},
                    }
                ]
            }
        )
        protection = cms.CMSAlgorithmProtection(
            {"digest_algorithm": _SHA256, "signature_algorithm": algorithm}
        )
        values = (
            ("content_type", "data"),
            ("signing_certificate_v2", signing_certificate),
            ("cms_algorithm_protection", protection),
        )
        return [
            cms.CMSAttribute({"type": kind, "values": [value]}).dump()
            for kind, value in values
        ]

    def sign(self, digest: bytes) -> tuple[bytes, bytes]:
        """Sign a SHA-256 ``digest``; return the complete CMS and the bare signature
        value."""
        signed = self._signed_attributes(digest)
        payload = tlv(_SET, *signed)
        if isinstance(self._key, rsa.RSAPrivateKey):
            signature = self._key.sign(payload, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(self._key, ec.EllipticCurvePrivateKey):
            signature = self._key.sign(payload, ec.ECDSA(hashes.SHA256()))
        else:  # a key in a token
            signature = self._key.sign(payload, self._public_key)
        return self.build(digest, signature), signature

    def build(self, digest: bytes, signature: bytes, token: bytes = b"") -> bytes:
        """Encode the CMS, with the time-stamp ``token`` (DER) as unsigned attribute if
        given."""
        unsigned = b""
        if token:
            unsigned = tlv(
                _CONTEXT_1, tlv(_SEQUENCE, _ID_TIME_STAMP_TOKEN, tlv(_SET, token))
            )
        signer_info = tlv(
            _SEQUENCE,
            self._signer_head,
            tlv(_CONTEXT_0, *self._signed_attributes(digest)),
            self._algorithm,
            tlv(_OCTETS, signature),
            unsigned,
        )
        signed_data = tlv(_SEQUENCE, self._data_head, tlv(_SET, signer_info))
        return tlv(_SEQUENCE, _ID_SIGNED_DATA, tlv(_CONTEXT_0, signed_data))

    def _signed_attributes(self, digest: bytes) -> list[bytes]:
        # DER wants the members of a SET in the order of their encodings.
        changing = tlv(_SEQUENCE, _ID_MESSAGE_DIGEST, tlv(_SET, tlv(_OCTETS, digest)))
        return sorted([*self._attributes, changing])
