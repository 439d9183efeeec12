# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import hashlib
from datetime import UTC, datetime, timedelta

import ged_pki
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID
from demat_lib_ged_archive.certificate import load_pkcs12
from demat_lib_ged_archive.errors import CertificateError, SealError


def reason_of(data, password=ged_pki.PASSWORD):
    with pytest.raises(CertificateError) as caught:
        load_pkcs12(data, password)
    assert isinstance(caught.value, SealError)
    assert str(caught.value).endswith(".")
    return caught.value.reason


def test_what_is_read(pki):
    material = load_pkcs12(pki.pkcs12("signer"), ged_pki.PASSWORD)
    info = material.info
    assert info.subject == "CN=Charpentes du Val Clair - sceau d’essai,C=FR"
    assert info.issuer == "CN=Autorité d’essai\\, intermédiaire,C=FR"
    assert info.common_name == "Charpentes du Val Clair - sceau d’essai"
    assert info.fingerprint_sha256 == hashlib.sha256(pki.der("signer")).hexdigest()
    assert info.not_before == datetime(2020, 1, 1, tzinfo=UTC)
    assert info.not_after.tzinfo is not None
    info.check()


def test_chain_is_ordered_without_root_and_strangers(pki):
    stranger = ged_pki.self_signed(ged_pki.ec_key(), name="Étranger")
    data = ged_pki.make_pkcs12(
        pki.key("signer"),
        pki.x509("signer"),
        [stranger, pki.x509("root"), pki.x509("tsa"), pki.x509("interm")],
    )
    assert load_pkcs12(data, ged_pki.PASSWORD).chain == (pki.x509("interm"),)


def test_same_name_with_another_key_is_not_the_issuer(pki):
    impostor = ged_pki.self_signed(ged_pki.ec_key(), name="x")
    leaf = ged_pki.self_signed(ged_pki.ec_key(), name="x")
    data = ged_pki.make_pkcs12(pki.key("signer"), pki.x509("signer"), [impostor, leaf])
    assert load_pkcs12(data, ged_pki.PASSWORD).chain == ()


@pytest.mark.parametrize("given", [None, ""])
def test_file_without_password(pki, given):
    assert load_pkcs12(pki.pkcs12("signer", password=None), given).info.serial


def test_wrong_password(pki):
    data = pki.pkcs12("signer")
    assert reason_of(data, "autre") == "bad_password"
    assert reason_of(data, None) == "bad_password"
    assert reason_of(data, "") == "bad_password"


@pytest.mark.parametrize("data", [b"", b"hello", b"\x30\x03\x02\x01\x03", bytes(1000)])
def test_not_a_certificate_file(data):
    assert reason_of(data) == "unreadable"


def test_damaged_file(pki):
    assert reason_of(pki.pkcs12("signer")[:-400]) == "unreadable"


def test_pem_instead_of_pkcs12(pki):
    assert (
        reason_of(pki.x509("signer").public_bytes(serialization.Encoding.PEM))
        == "unreadable"
    )


def test_certificates_without_key(pki):
    data = pkcs12.serialize_key_and_certificates(
        b"x",
        None,
        pki.x509("signer"),
        None,
        serialization.BestAvailableEncryption(ged_pki.PASSWORD.encode()),
    )
    assert reason_of(data) == "no_key"


def test_key_without_certificate(pki):
    data = pkcs12.serialize_key_and_certificates(
        b"x",
        pki.key("signer"),
        None,
        [pki.x509("root")],
        serialization.BestAvailableEncryption(ged_pki.PASSWORD.encode()),
    )
    assert reason_of(data) == "no_key"


def test_weak_and_strange_keys():
    for key in (ged_pki.rsa_key(1024), ed25519.Ed25519PrivateKey.generate()):
        data = ged_pki.make_pkcs12(key, ged_pki.self_signed(key))
        assert reason_of(data) == "not_for_signing"


@pytest.mark.parametrize("curve", [ec.SECP256R1, ec.SECP384R1, ec.SECP521R1])
def test_curves(curve):
    key = ged_pki.ec_key(curve())
    assert load_pkcs12(
        ged_pki.make_pkcs12(key, ged_pki.self_signed(key)), ged_pki.PASSWORD
    )


def _usage(**given):
    names = (
        "digital_signature content_commitment key_encipherment data_encipherment "
        "key_agreement key_cert_sign crl_sign encipher_only decipher_only"
    ).split()
    return x509.KeyUsage(**{name: given.get(name, False) for name in names})


@pytest.mark.parametrize(
    "extension",
    [
        _usage(key_encipherment=True),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]),
    ],
)
def test_certificates_for_something_else(extension):
    key = ged_pki.ec_key()
    data = ged_pki.make_pkcs12(key, ged_pki.self_signed(key, extensions=[extension]))
    assert reason_of(data) == "not_for_signing"


@pytest.mark.parametrize(
    "extension",
    [
        _usage(content_commitment=True),
        _usage(digital_signature=True),
        x509.ExtendedKeyUsage(
            [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]
        ),
    ],
)
def test_certificates_for_signatures(extension):
    key = ged_pki.ec_key()
    data = ged_pki.make_pkcs12(key, ged_pki.self_signed(key, extensions=[extension]))
    assert load_pkcs12(data, ged_pki.PASSWORD)


@pytest.mark.parametrize(
    ("start", "end", "reason"), [(-10, -1, "expired"), (1, 10, "not_yet_valid")]
)
def test_validity(start, end, reason):
    key = ged_pki.ec_key()
    certificate = ged_pki.self_signed(key, start=start, end=end)
    info = load_pkcs12(ged_pki.make_pkcs12(key, certificate), ged_pki.PASSWORD).info
    with pytest.raises(CertificateError, match="Sceau d’essai") as caught:
        info.check()
    assert caught.value.reason == reason
    inside = info.not_before + timedelta(hours=1)
    info.check(inside)
    info.check(inside.replace(tzinfo=None))


def test_unknown_reasons_are_a_mistake_of_ours():
    with pytest.raises(ValueError, match="unknown reason"):
        CertificateError("x", "other")
