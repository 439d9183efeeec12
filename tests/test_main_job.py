# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The main job, from the clerk's screen to the customer's file.

One customer, one site, one invoice: sealed, archived, published, announced. The story
is played once in a browser; each test looks at one of its outcomes.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support import pdf_checks
from tests.support.rpc import RpcError
from tests.support.web import Clerk, Visitor, visiting
from tests.verapdf import VeraPdf, missing_parts

SITE_ADDRESS = "tilleuls@chantier.example"
CUSTOMERS_ACTION = "action-account.res_partner_action_customer"
INVOICES_ACTION = "action-account.action_move_out_invoice"


@dataclass(frozen=True)
class Story:
    """What the clerk left behind: the invoice, and the mails that arrived."""

    id: int
    name: str
    total: float
    mails: list
    errors: list


@pytest.fixture(scope="module")
def story(firm, browser):
    smtp = firm.server.smtp
    smtp.clear()
    with visiting(Clerk, browser, firm.server.base_url) as clerk:
        clerk.login("clerk", firm.passwords["clerk"])
        record_consent(clerk, firm)
        give_site_an_address(clerk, firm)
        invoice = post_invoice(clerk)
        send(clerk)
        look_at_traces(clerk, invoice)
        mails = smtp.wait(1, seconds=60)
        errors = list(clerk.errors)
        clerk.page.set_content(mails[0].html)
        clerk.picture("main-13-mail")
    facts = firm.rpc("clerk").call(
        "account.move", "read", [invoice], ["name", "amount_total", "demat_state"]
    )[0]
    assert facts["demat_state"] == "sent"
    return Story(invoice, facts["name"], facts["amount_total"], mails, errors)


def record_consent(clerk, firm):
    clerk.open(CUSTOMERS_ACTION, firm.customers["noyers"])
    clerk.tab("accounting")
    clerk.press("action_demat_consent_record")
    expect(clerk.dialog).to_be_visible()

    def reopen():
        clerk.tab("accounting")
        clerk.press("action_demat_consent_record")

    clerk.picture("main-01-consent-dialog", reopen)
    clerk.press("action_record", clerk.dialog)
    clerk.expect_closed()
    state = clerk.page.locator("[name='demat_consent_state']")
    expect(state).to_contain_text("Acceptée depuis le")
    clerk.picture("main-02-customer", lambda: clerk.tab("accounting"))


def give_site_an_address(clerk, firm):
    clerk.open("demat-sites", firm.site)
    clerk.tab("technical")
    clerk.press("action_demat_notification")
    clerk.fill("demat_email", SITE_ADDRESS, clerk.dialog)
    clerk.picture("main-03-site-dialog")
    clerk.press("action_apply", clerk.dialog)
    clerk.expect_closed()
    expect(clerk.page.locator("[name='demat_email']")).to_contain_text(SITE_ADDRESS)
    clerk.picture("main-04-site", lambda: clerk.tab("technical"))


def post_invoice(clerk):
    """A new invoice of one line for the site, validated; its id."""
    clerk.open(INVOICES_ACTION)
    clerk.choose("partner_id", "Foncière des Noyers")
    clerk.choose("project_id", "Résidence Les Tilleuls")
    clerk.page.locator(".o_field_x2many_list_row_add a").first.click()
    clerk.choose("product_id", "Pose de carrelage")
    clerk.press("action_post")
    clerk.expect_state("waiting")
    clerk.picture("main-05-invoice-waiting", lambda: clerk.expect_state("waiting"))
    return clerk.record_id()


def send(clerk):
    """Prepare, read who will be told, send, confirm."""
    clerk.press("action_demat_prepare")
    clerk.expect_state("ready")
    clerk.tab("dematerialisation")
    told = clerk.page.locator("[name='demat_notification_html']")
    expect(told).to_contain_text(SITE_ADDRESS)
    expect(told).to_contain_text("Résidence Les Tilleuls")
    clerk.picture("main-06-invoice-ready", lambda: clerk.tab("dematerialisation"))
    clerk.press("action_demat_send")
    expect(clerk.dialog).to_contain_text(SITE_ADDRESS)
    expect(clerk.dialog).to_contain_text(
        "Il ne sera plus possible de modifier la facture après envoi"
    )
    clerk.picture("main-07-send-dialog", lambda: clerk.press("action_demat_send"))
    clerk.press("action_send", clerk.dialog)
    clerk.expect_closed()
    clerk.expect_state("sent")
    clerk.picture("main-08-invoice-sent", lambda: clerk.expect_state("sent"))


def look_at_traces(clerk, invoice):
    """The journal, the exchanges and the archive of the invoice, on the screen."""
    clerk.open(INVOICES_ACTION, invoice)
    clerk.tab("dematerialisation")
    events = clerk.page.locator("[name='demat_timeline_ids']")
    for words in ("Validée", "Préparée", "Envoyée"):
        expect(events).to_contain_text(words)
    clerk.picture("main-09-who-and-when", lambda: clerk.tab("dematerialisation"))
    clerk.press("action_view_demat_exchanges")
    expect(clerk.page.locator(".o_list_view .o_data_row")).to_have_count(2)
    clerk.picture("main-10-exchanges", clerk.settle)
    clerk.open(INVOICES_ACTION, invoice)
    clerk.press("action_view_demat_document")
    expect(clerk.page.locator(".o_form_view [name='sha256']")).to_be_visible()
    clerk.picture("main-11-archive", clerk.settle)
    clerk.goto("/odoo/demat-invoices")
    clerk.page.wait_for_selector(".o_list_view, .o_kanban_view")
    clerk.picture("main-12-to-process", clerk.settle)


@pytest.fixture(scope="module")
def archived(firm, story):
    """(row of the archive, its file as it lies in the storage)."""
    [row] = firm.server.sql(
        "SELECT d.id, d.version, d.sha256, d.seal_level, a.store_fname "
        "FROM ged_document d JOIN ir_attachment a ON a.id = d.attachment_id "
        "WHERE d.res_model = 'account.move' AND d.res_id = %s",
        story.id,
    )
    store = Path(firm.server.data_dir) / "filestore" / firm.server.database
    return row, (store / row[-1]).read_bytes()


@pytest.fixture(scope="module")
def sent_file(archived, tmp_path_factory):
    path = tmp_path_factory.mktemp("sent") / "facture.pdf"
    path.write_bytes(archived[1])
    return path


@pytest.fixture(scope="module")
def downloaded(firm, story, browser):
    """The customer follows the link of his mail, logs in, finds and downloads it."""
    with visiting(Visitor, browser, firm.server.base_url) as customer:
        customer.login("noyers", firm.passwords["noyers"])
        customer.goto("/my")
        customer.page.wait_for_load_state("networkidle")
        customer.picture("portal-01-home")
        customer.goto("/my/invoices")
        row = customer.page.locator("tr", has_text=story.name)
        expect(row).to_have_count(1)
        customer.picture("portal-02-list")
        row.locator("a").first.click()
        customer.page.wait_for_url(re.compile(rf"/my/invoices/{story.id}\b"))
        expect(customer.page.locator("body")).to_contain_text(story.name)
        customer.page.wait_for_load_state("networkidle")
        customer.picture("portal-03-invoice")
        link = customer.page.locator("a[href*='type=pdf'][href*='download']:visible")
        with customer.page.expect_download() as download:
            link.first.click()
        errors = list(customer.errors)
        content = Path(download.value.path()).read_bytes()
    assert not errors
    return content


def test_no_script_of_the_page_failed(story):
    assert story.errors == []


def test_one_mail_arrives_at_the_site_and_nowhere_else(story):
    [mail] = story.mails
    assert mail.recipients == (SITE_ADDRESS,)
    assert str(mail.message["to"]) == SITE_ADDRESS
    assert mail.message["cc"] is None
    assert mail.sender == "facturation@valcombe-batiment.example"


def test_the_mail_says_what_it_is_about(firm, story):
    """Sender, recipient, number, date and portal address, in the words of the firm."""
    [mail] = story.mails
    text = re.sub(r"\s+", " ", mail.text)
    assert story.name in mail.subject
    assert "Valcombe Bâtiment" in mail.subject
    assert "Émetteur : *Valcombe Bâtiment*" in text
    assert "Destinataire : *Foncière des Noyers SAS*" in text
    assert f"La facture n° *{story.name}* émise le " in text
    assert "est disponible sur votre espace client" in text
    assert f"{firm.server.base_url}/my/invoices/{story.id}?access_token=" in mail.html
    assert "Ce mail est généré par un serveur. Merci de ne pas y répondre." in text


def test_the_mail_has_no_attachment_because_the_site_wants_none(story):
    assert story.mails[0].attachments == {}


def test_the_link_of_the_mail_opens_the_invoice(firm, story):
    link = re.search(r"/my/invoices/\d+\?access_token=[\w-]+", story.mails[0].html)
    status, _headers, body = firm.server.rpc().get(link.group())
    assert status == 200
    assert story.name.encode() in body


def test_the_customer_gets_the_archived_bytes(archived, downloaded):
    row, content = archived
    assert downloaded == content
    assert hashlib.sha256(content).hexdigest() == row[2]
    assert (row[1], row[3]) == (1, "B-B")


def test_the_archive_gives_the_same_bytes_and_writes_it_down(firm, archived):
    row, content = archived
    clerk = firm.rpc("clerk")
    status, _headers, body = clerk.get(f"/ged/document/{row[0]}/content?download=1")
    assert (status, body) == (200, content)
    events = firm.server.sql(
        "SELECT event_type FROM ged_event WHERE document_id = %s ORDER BY id", row[0]
    )
    kinds = [kind for [kind] in events]
    assert kinds[:2] == ["archived", "sent"]
    assert "downloaded" in kinds


def test_the_signature_verifies_with_pyhanko(archived):
    signature = pdf_checks.pyhanko_signature(archived[1])
    assert signature == pdf_checks.Signature(
        intact=True,
        whole_file=True,
        unmodified=True,
        certified=True,
        signer="CERTIFICAT DE DEMONSTRATION - SANS VALEUR",
    )


def test_a_changed_byte_breaks_the_signature(archived):
    broken = bytearray(archived[1])
    broken[len(broken) // 3] ^= 1
    assert not pdf_checks.pyhanko_signature(bytes(broken)).intact


def test_the_signature_verifies_with_poppler(sent_file):
    report, valid = pdf_checks.poppler_signature(sent_file)
    assert valid == 1, report
    assert "Total document signed" in report
    assert "ETSI.CAdES.detached" in report


def test_the_electronic_invoice_comes_out_and_validates(story, sent_file):
    xml, number, total = pdf_checks.embedded_invoice(sent_file)
    assert (number, total) == (story.name, story.total)
    assert pdf_checks.poppler_attachment(sent_file, "factur-x.xml") == xml


def test_the_pages_show_the_invoice(story, sent_file):
    text = pdf_checks.poppler_text(sent_file)
    assert story.name in text
    assert "Pose de carrelage" in text


def test_the_file_is_pdf_a_3(archived, tmp_path):
    missing = missing_parts()
    if missing:
        pytest.skip(missing)
    validator = VeraPdf(tmp_path)
    try:
        assert validator.check(archived[1], "3b") == []
    finally:
        validator.close()


def test_the_sent_invoice_cannot_be_changed_any_more(firm, story):
    with (
        firm.server.expect_log("was sent to its recipient"),
        pytest.raises(RpcError, match=re.escape(story.name)),
    ):
        firm.rpc("clerk").call("account.move", "write", [story.id], {"ref": "modifiée"})
