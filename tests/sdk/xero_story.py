"""The vendor's own client, xero-python, against the fake Xero.

    pip install xero-python==15.2.0
    CROSSFOOT_SANDBOX=http://127.0.0.1:4600/xero python tests/sdk/xero_story.py

The story seeds an app and two organisations of its own through the control plane (`POST <root>/_sandbox/xero/seed`),
signs in with that app's client id and secret through the consent page, and then uses nothing but the client. Each step
prints one line; the last line is `N passed, 0 failed`; the exit code is not zero when anything was a surprise.
The names are made fresh on each run, so the story can be told twice to the same sandbox.
"""

import base64
import json
import os
import sys
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
import uuid
from datetime import date

from xero_python.accounting import (
    AccountingApi, Account, Allocation, Allocations, BankTransaction, BankTransactions, Contact, Contacts, CreditNote,
    CreditNotes, HistoryRecord, HistoryRecords, Invoice, Invoices, Item, Items, LineItem, Payment, PaymentDelete, Payments,
    Phone,
)
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.exceptions import AccountingBadRequestException, HTTPStatusException
from xero_python.identity import IdentityApi

BASE = os.environ.get("CROSSFOOT_SANDBOX", "http://127.0.0.1:4600/xero").rstrip("/")
ROOT = BASE.rsplit("/", 1)[0]
RUN = uuid.uuid4().hex[:8]
CLIENT_ID, SECRET = f"story-{RUN}", f"secret-{RUN}"
CALLBACK = "http://localhost:9/callback"
SCOPES = [
    "offline_access", "accounting.invoices", "accounting.payments", "accounting.banktransactions", "accounting.contacts",
    "accounting.settings",
]
TokenApi.refresh_token_url = f"{BASE}/connect/token"
TokenApi.revoke_token_url = f"{BASE}/connect/revocation"

passed = failed = 0
told = {}


def step(name):
    def run(function):
        global passed, failed
        try:
            said = function()
            passed += 1
            print(f"ok    {name}" + (f": {said}" if said else ""))
        except Exception as error:  # a surprise of any kind
            failed += 1
            print(f"FAIL  {name}: {type(error).__name__}: {error}")
            traceback.print_exc(limit=4)
        return function

    return run


def post(url, body, headers):
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def control(path, body):
    return post(f"{ROOT}/_sandbox/xero/{path}", json.dumps(body).encode(), {"content-type": "application/json"})


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def seen_messages(error):
    told_errors = json.loads(error.body)["Elements"][0]["ValidationErrors"]
    assert error.reason, "the client found no message of its own"
    return " ".join(e["Message"] for e in told_errors)


def line(description, quantity, amount, **more):
    more.setdefault("account_code", "200")
    more.setdefault("tax_type", "OUTPUT2")
    return LineItem(description=description, quantity=quantity, unit_amount=amount, **more)


def invoice(number, lines=None, **more):
    more.setdefault("contact", Contact(contact_id=told["contact"]))
    return Invoice(type="ACCREC", invoice_number=f"{number}-{RUN}", date=date(2026, 6, 30), due_date=date(2026, 7, 30),
                   status="AUTHORISED", line_items=lines or [line("Work", 1, 100)], **more)


def refused(call, *parts):
    try:
        call()
    except AccountingBadRequestException as error:
        text = seen_messages(error)
        assert all(p in text for p in parts), text
        return text
    raise AssertionError("it was not refused")


@step("seed an app and two organisations")
def _():
    made = control("seed", {
        "apps": [{"client_id": CLIENT_ID, "client_secret": SECRET, "redirect_uris": [CALLBACK], "name": "Story"}],
        "organisations": [{"name": f"Story NZ {RUN}", "country": "NZ", "items": [{"Code": "TEE", "SalesDetails": {"UnitPrice": 12.5, "AccountCode": "200"}}]},
                          {"name": f"Story AU {RUN}", "country": "AU"}],
    })
    told["nz"], told["au"] = (o["tenant_id"] for o in made["organisations"])


@step("consent sends a code to the callback")
def _():
    query = urllib.parse.urlencode({"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": CALLBACK,
                                    "scope": " ".join(SCOPES), "state": "s"})
    try:
        urllib.request.build_opener(NoRedirect).open(f"{BASE}/identity/connect/authorize?{query}")
        raise AssertionError("no redirect")
    except urllib.error.HTTPError as answer:
        assert answer.code == 302, answer.code
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.headers["location"]).query))
    assert back["state"] == "s"
    told["code"] = back["code"]


@step("the code becomes tokens")
def _():
    body = urllib.parse.urlencode({"grant_type": "authorization_code", "code": told["code"], "redirect_uri": CALLBACK}).encode()
    basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
    told["token"] = post(f"{BASE}/connect/token", body, {
        "authorization": f"Basic {basic}", "content-type": "application/x-www-form-urlencoded"})
    assert told["token"]["expires_in"] == 1800


class Store:
    token = None


client = ApiClient(
    Configuration(oauth2_token=OAuth2Token(client_id=CLIENT_ID, client_secret=SECRET)),
    oauth2_token_getter=lambda: Store.token,
    oauth2_token_saver=lambda token: setattr(Store, "token", token),
)
api = AccountingApi(client, base_url=f"{BASE}/api.xro/2.0")


def keep(token):
    token["scope"] = SCOPES
    token["expires_at"] = time.time() + token["expires_in"]
    client.set_oauth2_token(token)
    return token


@step("the client refreshes and the token rotates")
def _():
    keep(told["token"])
    token_api = TokenApi(client, CLIENT_ID, SECRET)
    fresh = token_api.refresh_token(told["token"]["refresh_token"], SCOPES)
    assert fresh["refresh_token"] != told["token"]["refresh_token"]
    keep(fresh)


@step("connections list both organisations")
def _():
    found = IdentityApi(client, base_url=BASE).get_connections()
    names = {c.tenant_id: c.tenant_name for c in found}
    assert names[told["nz"]] == f"Story NZ {RUN}" and names[told["au"]] == f"Story AU {RUN}", names
    assert all(c.tenant_type == "ORGANISATION" for c in found)


@step("the organisation, its accounts, tax rates, items and currencies")
def _():
    org = api.get_organisations(told["nz"]).organisations[0]
    assert org.base_currency.value == "NZD" and org.name == f"Story NZ {RUN}"
    accounts = api.get_accounts(told["nz"], where='SystemAccount=="ROUNDING"').accounts
    assert [a.code for a in accounts] == ["860"]
    told["bank"] = api.get_accounts(told["nz"], where='Code=="090"').accounts[0].account_id
    rates = {t.tax_type: t.effective_rate for t in api.get_tax_rates(told["nz"]).tax_rates}
    assert rates["OUTPUT2"] == 15
    assert api.get_items(told["nz"]).items[0].code == "TEE"
    assert [c.code.value for c in api.get_currencies(told["nz"]).currencies] == ["NZD"]
    assert api.get_organisations(told["au"]).organisations[0].base_currency.value == "AUD"
    actions = {a.name: a.status for a in api.get_organisation_actions(told["nz"]).actions}
    assert actions["CreateApprovedInvoice"] == "ALLOWED"


@step("contacts are created, refused when doubled, updated")
def _():
    body = Contacts(contacts=[Contact(name=f"Ann {RUN}", contact_number=f"K-{RUN}", email_address="ann@example.com",
                                      phones=[Phone(phone_type="MOBILE", phone_number="555")])])
    made = api.create_contacts(told["nz"], body, idempotency_key=f"c-{RUN}")
    told["contact"] = made.contacts[0].contact_id
    again = api.create_contacts(told["nz"], body, idempotency_key=f"c-{RUN}")
    assert again.contacts[0].contact_id == told["contact"], "the key gives the first answer"
    refused(lambda: api.create_contacts(told["nz"], body), "is already assigned to another contact")
    found = api.get_contacts(told["nz"], where=f'Name=="ann {RUN}"').contacts
    assert [c.contact_id for c in found] == [told["contact"]]
    api.update_contact(told["nz"], told["contact"], Contacts(contacts=[Contact(first_name="Ann")]))
    shown = api.get_contact_by_contact_number(told["nz"], f"K-{RUN}").contacts[0]
    assert shown.first_name == "Ann" and len(shown.phones) == 4


@step("an invoice by the vendor's rounding")
def _():
    lines = [line("x", 1, amount) for amount in ("25.06", "25.61", "25.63")]
    made = api.create_invoices(told["nz"], Invoices(invoices=[invoice("R", lines)])).invoices[0]
    assert str(made.total_tax) == "11.44", made.total_tax
    assert made.date == date(2026, 6, 30) and made.due_date == date(2026, 7, 30)
    assert made.status == "AUTHORISED" and made.updated_date_utc is not None
    return f"tax {made.total_tax}"


@step("a batch with one bad element, all or nothing")
def _():
    bad = invoice("B2", [line("x", 1, 1, account_code="999")])
    body = Invoices(invoices=[invoice("B1"), bad])
    made = api.create_invoices(told["nz"], body, summarize_errors=False).invoices
    assert [i.status_attribute_string for i in made] == ["OK", "ERROR"]
    assert "'999' is not a valid code" in made[1].validation_errors[0].message
    body = Invoices(invoices=[invoice("B3"), bad])
    refused(lambda: api.create_invoices(told["nz"], body, summarize_errors=True), "'999' is not a valid code")
    assert not api.get_invoices(told["nz"], invoice_numbers=[f"B3-{RUN}"]).invoices
    refused(lambda: api.create_invoices(told["nz"], Invoices(invoices=[invoice("B1")]), summarize_errors=True), "Invoice # must be unique.")


@step("pages have lines, plain lists have not")
def _():
    page = api.get_invoices(told["nz"], page=1, page_size=1, where='Status=="AUTHORISED"', order="InvoiceNumber ASC")
    assert page.pagination.item_count == 2 and page.pagination.page_count == 2
    assert page.invoices[0].line_items
    assert not api.get_invoices(told["nz"]).invoices[0].line_items
    assert api.get_invoices(told["nz"], summary_only=True).invoices[0].line_items is None
    assert api.get_invoice(told["nz"], f"B1-{RUN}").invoices[0].line_items[0].line_item_id


@step("a payment, an edit refused, the payment reversed, the invoice voided")
def _():
    made = api.create_invoices(told["nz"], Invoices(invoices=[invoice("P")])).invoices[0]
    pay = lambda amount: api.create_payments(told["nz"], Payments(payments=[Payment(
        invoice=Invoice(invoice_id=made.invoice_id), account=Account(account_id=told["bank"]), date=date(2026, 7, 1), amount=amount)]))
    refused(lambda: pay("115.01"), "Payment amount exceeds the amount outstanding on this document")
    paid = pay("115.00").payments[0]
    assert paid.invoice.status == "PAID" and paid.payment_type == "ACCRECPAYMENT"
    refused(lambda: pay("1"), "Payments can only be made against Authorised documents")
    void = Invoices(invoices=[Invoice(invoice_id=made.invoice_id, status="VOIDED")])
    refused(lambda: api.update_invoice(told["nz"], made.invoice_id, void),
            "Invoice not of valid status for modification", "This document cannot be edited")
    gone = api.delete_payment(told["nz"], paid.payment_id, PaymentDelete(status="DELETED")).payments[0]
    assert gone.status == "DELETED"
    assert api.update_invoice(told["nz"], made.invoice_id, void).invoices[0].status == "VOIDED"
    assert api.get_payments(told["nz"], where='Status=="DELETED"').payments[0].payment_id == paid.payment_id


@step("a credit note and an overpayment are allocated")
def _():
    made = api.create_invoices(told["nz"], Invoices(invoices=[invoice("C")])).invoices[0]
    note = api.create_credit_notes(told["nz"], CreditNotes(credit_notes=[CreditNote(
        type="ACCRECCREDIT", status="AUTHORISED", contact=Contact(contact_id=told["contact"]), date=date(2026, 7, 1),
        line_items=[line("back", 1, 10)])])).credit_notes[0]
    part = Allocations(allocations=[Allocation(amount="11.50", date=date(2026, 7, 1), invoice=Invoice(invoice_id=made.invoice_id))])
    api.create_credit_note_allocation(told["nz"], note.credit_note_id, part)
    assert api.get_credit_note(told["nz"], note.credit_note_id).credit_notes[0].status == "PAID"
    bank = api.create_bank_transactions(told["nz"], BankTransactions(bank_transactions=[BankTransaction(
        type="RECEIVE-OVERPAYMENT", contact=Contact(contact_id=told["contact"]), bank_account=Account(code="090"),
        line_items=[LineItem(description="over", quantity=1, unit_amount="103.50", account_code="610")])])).bank_transactions[0]
    part.allocations[0].amount = "103.50"
    api.create_overpayment_allocations(told["nz"], bank.overpayment_id, part)
    done = api.get_invoice(told["nz"], made.invoice_id).invoices[0]
    assert done.status == "PAID" and str(done.amount_credited) == "115.00", done
    assert api.get_overpayment(told["nz"], bank.overpayment_id).overpayments[0].status == "PAID"


@step("items, history, and nothing where nothing is")
def _():
    refused(lambda: api.create_items(told["nz"], Items(items=[Item(code="TEE")])), "Price List Item with Code 'TEE' already exists")
    target = api.get_invoice(told["nz"], f"R-{RUN}").invoices[0].invoice_id
    api.create_invoice_history(told["nz"], target, HistoryRecords(history_records=[HistoryRecord(details="told by a story")]))
    assert "told by a story" in [h.details for h in api.get_invoice_history(told["nz"], target).history_records]
    try:
        api.get_invoice(told["nz"], str(uuid.uuid4()))
        raise AssertionError("found")
    except HTTPStatusException as error:
        assert error.status == 404


@step("the other organisation's books are its own")
def _():
    assert not api.get_invoices(told["au"]).invoices
    assert api.get_tax_rate_by_tax_type(told["au"], "OUTPUT").tax_rates[0].effective_rate == 10


@step("too many calls are a 429 with the minute named")
def _():
    control("switches", {"minute_limit": 3, "throttle_body": "text"})
    try:
        body = Contacts(contacts=[Contact(name=f"More {RUN}")])
        api.update_or_create_contacts(told["au"], body, summarize_errors=False)
        api.update_or_create_contacts(told["au"], body, summarize_errors=False)
        raise AssertionError("not throttled")
    except HTTPStatusException as error:
        assert error.status == 429, error.status
        assert error.headers["x-rate-limit-problem"] == "minute" and int(error.headers["retry-after"]) > 0
    finally:
        control("switches", {"minute_limit": 60, "throttle_body": "empty"})


@step("revocation ends it")
def _():
    TokenApi(client, CLIENT_ID, SECRET).revoke_token(Store.token["refresh_token"])
    try:
        api.get_organisations(told["nz"])
        raise AssertionError("still in")
    except HTTPStatusException as error:
        assert error.status == 401


print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
