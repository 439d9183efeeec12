# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Data of the tests: users of every role, files, and a certificate made on the spot."""

import base64
import io
from datetime import UTC, datetime, timedelta

import pikepdf
import pypdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    NoEncryption,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from pypdf.generic import DecodedStreamObject, NameObject

from odoo.tests import TransactionCase, new_test_user

PASSWORD = "made for this test"


def make_pdf(text="Invoice"):
    """Return a one-page PDF that shows ``text``."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
    )
    page.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(F1=pdf.make_indirect(font))
    )
    page.Contents = pdf.make_stream(
        f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    )
    buffer = io.BytesIO()
    # the same text gives the same bytes
    pdf.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def seal_text(pdf):
    """Return the lines of text that the visible seal on the last page shows."""
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[-1]
    # a printed code is a link, and has no look of its own
    marks = [one.get_object() for one in page["/Annots"]]
    form = [one for one in marks if "/AP" in one][-1]["/AP"]["/N"].get_object()
    writer = pypdf.PdfWriter()
    paper = writer.add_blank_page(*(float(one) for one in form["/BBox"][2:]))
    paper[NameObject("/Resources")] = form["/Resources"].clone(writer)
    content = DecodedStreamObject()
    content.set_data(form.get_data())
    paper[NameObject("/Contents")] = writer._add_object(content)
    return paper.extract_text()


def make_pkcs12(
    password=PASSWORD, start=-1, end=365, name="Test company seal", usage=True
):
    """Return a PKCS#12 file with a fresh P-256 key.

    :param start: first day of validity, in days from now
    :param end: last day of validity, in days from now
    :param usage: whether the certificate may sign documents
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test company"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=start))
        .not_valid_after(now + timedelta(days=end))
        .add_extension(
            x509.KeyUsage(
                digital_signature=usage,
                content_commitment=usage,
                key_encipherment=not usage,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    encryption = (
        BestAvailableEncryption(password.encode()) if password else NoEncryption()
    )
    return pkcs12.serialize_key_and_certificates(
        name.encode(), key, certificate, None, encryption
    )


def create_user(env, login, groups, company, *, prefix):
    """Return a user of one company; his login, with its prefix, is his password.

    :param groups: names of groups, ``addon.name``
    """
    return env["res.users"].create(
        {
            "name": login.capitalize(),
            "login": prefix + login,
            "password": prefix + login,
            "email": f"{login}@batitest.example",
            "lang": "en_US",
            "company_id": company.id,
            "company_ids": [(6, 0, company.ids)],
            "group_ids": [(6, 0, [env.ref(name).id for name in groups])],
        }
    )


class ArchiveCommon(TransactionCase):
    """Two companies, a customer with a site manager, a user of every role.

    Helpers archive small documents and link the chain on the test's own cursor: nothing
    is committed, so the callback after the commit never runs here.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the messages are compared with their English texts, whatever the language here
        cls.env.user.lang = "en_US"
        cls.env = cls.env(
            context={**cls.env.context, "tracking_disable": True, "lang": "en_US"}
        )
        cls.company = cls.env["res.company"].create({"name": "Archive Ltd"})
        cls.other_company = cls.env["res.company"].create({"name": "Other Ltd"})
        cls.customer = cls.env["res.partner"].create(
            {"name": "Dupont SARL", "is_company": True}
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Anne Dupont", "parent_id": cls.customer.id}
        )
        cls.stranger = cls.env["res.partner"].create(
            {"name": "Martin SA", "is_company": True}
        )
        cls.reader = cls._new_user("reader", "ged_archive.group_ged_user")
        cls.auditor = cls._new_user("auditor", "ged_archive.group_ged_auditor")
        cls.archivist = cls._new_user("archivist", "ged_archive.group_ged_archivist")
        cls.manager = cls._new_user("manager", "ged_archive.group_ged_manager")
        cls.system = cls._new_user(
            "system", "base.group_system,ged_archive.group_ged_manager"
        )
        cls.employee = cls._new_user("employee", "base.group_user")
        cls.portal = cls._new_user("portal", "base.group_portal", partner=cls.contact)
        cls.portal_stranger = cls._new_user(
            "stranger", "base.group_portal", partner=cls.stranger
        )
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.Document = cls.env["ged.document"]

    @classmethod
    def _new_user(cls, login, groups, partner=None):
        # the host writes the user's name on the partner
        values = {"partner_id": partner.id, "name": partner.name} if partner else {}
        return new_test_user(
            cls.env,
            login=f"ged_{login}",
            lang="en_US",
            groups=groups,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
            **values,
        )

    def _vals(self, number=1, **values):
        return {
            "kind": "invoice",
            "name": f"F/2026/{number:04}",
            "filename": f"F_2026_{number:04}.pdf",
            "content": make_pdf(f"F/2026/{number:04}"),
            "company_id": self.company.id,
            "partner_id": self.customer.id,
            "document_date": "2026-03-31",
            **values,
        }

    def _archive(self, count=1, **values):
        return self.Document._archive(
            [self._vals(number, **values) for number in range(1, count + 1)]
        )

    def _link(self):
        return self.env["ged.chain"]._chain_pending(self.company)

    def _problems(self, company=None):
        return self.env["ged.chain"]._verify_chain(company or self.company)

    def _profile(self, **values):
        return self.env["ged.seal.profile"].create(
            {
                "name": "Company seal",
                "company_id": self.company.id,
                "pkcs12": base64.b64encode(make_pkcs12()),
                "password": PASSWORD,
                **values,
            }
        )
