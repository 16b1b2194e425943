"""Two clients of QuickBooks Online, python-quickbooks and Intuit's own intuit-oauth, against the fake one.

    pip install python-quickbooks==0.9.12 intuit-oauth==1.2.6
    CROSSFOOT_SANDBOX=http://127.0.0.1:4600/qbo python tests/sdk/qbo_story.py

The story seeds an app and two companies of its own through the control plane (`POST <root>/_sandbox/qbo/seed`), signs in with
that app's client id and secret through the consent page, and then uses nothing but the clients. Each step prints one line; the
last line is `N passed, 0 failed`; the exit code is not zero when anything was a surprise. The names are made fresh on each run,
so the story can be told twice to the same sandbox.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
import uuid


os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

from intuitlib.client import AuthClient  # noqa: E402
from intuitlib.enums import Scopes  # noqa: E402
from intuitlib.exceptions import AuthClientError  # noqa: E402
from quickbooks import QuickBooks  # noqa: E402
from quickbooks.batch import batch_create, batch_delete, batch_update  # noqa: E402
from quickbooks.cdc import change_data_capture  # noqa: E402
from quickbooks.exceptions import (AuthorizationException, ObjectNotFoundException, QuickbooksException,  # noqa: E402
                                   ValidationException)
from quickbooks.objects import (Bill, CompanyInfo, CreditMemo, Customer, Estimate, Invoice, Item, Payment, Preferences,  # noqa: E402
                                RefundReceipt, SalesItemLine, SalesItemLineDetail, SalesReceipt, TaxCode, Term, Vendor)
from quickbooks.objects.account import Account  # noqa: E402
from quickbooks.objects.base import Ref, LinkedTxn  # noqa: E402
from quickbooks.objects.detailline import DiscountLine, DiscountLineDetail  # noqa: E402
from quickbooks.objects.payment import PaymentLine  # noqa: E402
from quickbooks.objects.tax import TxnTaxDetail  # noqa: E402

BASE = os.environ.get("CROSSFOOT_SANDBOX", "http://127.0.0.1:4600/qbo").rstrip("/")
ROOT = BASE.rsplit("/", 1)[0]
RUN = uuid.uuid4().hex[:8]
CLIENT_ID, SECRET = f"story-{RUN}", f"secret-{RUN}"
CALLBACK = "http://localhost:9/callback"
DISCOVERY = f"{BASE}/.well-known/openid_sandbox_configuration/"
QuickBooks.api_url_v3 = QuickBooks.sandbox_api_url_v3 = f"{BASE}/v3"

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
            print(f"FAIL  {name}: {type(error).__name__}: {error} {getattr(error, 'detail', '')}")
            traceback.print_exc(limit=4)
        return function

    return run


def control(path, body):
    request = urllib.request.Request(f"{ROOT}/_sandbox/{path}", data=json.dumps(body).encode(),
                                     headers={"content-type": "application/json"}, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def auth():
    return AuthClient(CLIENT_ID, SECRET, CALLBACK, DISCOVERY)


def refused(call, code):
    try:
        call()
    except QuickbooksException as error:
        assert error.error_code == code, f"{error.error_code}: {error.detail}"
        return error.detail
    raise AssertionError("it was not refused")


def ref(thing):
    made = Ref()
    made.value = thing if isinstance(thing, str) else thing.Id
    return made


def line(amount, code="NON", item="1"):
    made = SalesItemLine()
    made.Amount = amount
    made.Description = "Work"
    made.SalesItemLineDetail = SalesItemLineDetail()
    made.SalesItemLineDetail.ItemRef = ref(item)
    made.SalesItemLineDetail.TaxCodeRef = ref(code)
    return made


def invoice(customer, *lines, **more):
    made = Invoice()
    made.CustomerRef = ref(customer)
    made.Line = list(lines)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def customer(name):
    made = Customer()
    made.DisplayName = f"{name} {RUN}"
    made.save(qb=told["qb"])
    return made


@step("seed an app and two companies")
def _():
    control("qbo/switches", {"limits": "off"})
    made = control("qbo/seed", {
        "apps": [{"client_id": CLIENT_ID, "client_secret": SECRET, "redirect_uris": [CALLBACK], "name": "Story"}],
        "companies": [{"name": f"Story US {RUN}", "country": "US"}, {"name": f"Story AU {RUN}", "country": "AU"}],
    })
    told["us"], told["au"] = (c["realm"] for c in made["companies"])


@step("intuit-oauth reads the discovery document and sends a person to consent")
def _():
    told["auth"] = auth()
    url = told["auth"].get_authorization_url([Scopes.ACCOUNTING])
    assert url.startswith(f"{BASE}/connect/oauth2?"), url
    # The person picks the story's own company, whatever else the sandbox has.
    url += "&" + urllib.parse.urlencode({"_consent": "allow", "_company": told["us"]})
    try:
        urllib.request.build_opener(NoRedirect).open(url)
        raise AssertionError("no redirect")
    except urllib.error.HTTPError as error:
        assert error.code == 302, error.code
        to = urllib.parse.parse_qs(urllib.parse.urlparse(error.headers["location"]).query)
    assert to["realmId"] == [told["us"]] and to["state"] == [told["auth"].state_token], to
    told["code"] = to["code"][0]


@step("intuit-oauth exchanges the code and refreshes")
def _():
    client = told["auth"]
    client.get_bearer_token(told["code"], realm_id=told["us"])
    first = client.refresh_token
    assert client.expires_in == 3600 and client.x_refresh_token_expires_in == 8726400
    client.refresh()
    assert client.refresh_token == first, "the value changes daily, not each time"


@step("intuit-oauth is told of a dead refresh token")
def _():
    try:
        auth().refresh(refresh_token="RT1-nobody")
        raise AssertionError("it was not refused")
    except AuthClientError as error:
        assert error.status_code == 400 and "invalid_grant" in str(error.content), error.content


@step("python-quickbooks connects and reads company, preferences, lists")
def _():
    qb = told["qb"] = QuickBooks(auth_client=told["auth"], refresh_token=told["auth"].refresh_token,
                                 company_id=told["us"], minorversion=75)
    company = CompanyInfo.get(told["us"], qb=qb)
    assert company.CompanyName == f"Story US {RUN}" and company.Country == "US"
    assert Preferences.get(qb=qb).CurrencyPrefs.HomeCurrency.value == "USD"
    assert {a.Name for a in Account.all(qb=qb)} >= {"Undeposited Funds", "Checking"}
    assert {t.Name for t in Term.all(qb=qb)} >= {"Net 30"}
    assert {c.Id for c in TaxCode.all(qb=qb)} >= {"TAX", "NON", "2"}
    return f"{Item.count(qb=qb)} items"


@step("a customer is made, found by a name with an apostrophe, changed")
def _():
    qb = told["qb"]
    made = told["ann"] = customer("Ann's Birds")
    assert made.Id
    name = made.DisplayName.replace("'", "\\'")
    found = Customer.where(f"DisplayName = '{name}'", qb=qb)
    assert [c.Id for c in found] == [made.Id]
    found = found[0]
    found.Notes = "a note"
    found.save(qb=qb)
    again = Customer.get(made.Id, qb=qb)
    assert again.Notes == "a note" and again.SyncToken == "1"
    assert Customer.filter(Active=True, DisplayName=made.DisplayName, qb=qb)
    assert Customer.query(f"select * from Customer where Id = '{made.Id}'", qb=qb)[0].Id == made.Id


@step("a name that a vendor has is taken")
def _():
    qb = told["qb"]
    vendor = Vendor()
    vendor.DisplayName = f"Paper Ltd {RUN}"
    vendor.save(qb=qb)
    taken = Customer()
    taken.DisplayName = vendor.DisplayName
    refused(lambda: taken.save(qb=qb), 6240)


@step("a stale version is refused")
def _():
    old = Customer.get(told["ann"].Id, qb=told["qb"])
    old.SyncToken = "0"
    refused(lambda: old.save(qb=told["qb"]), 5010)


@step("an invoice with tax and a discount")
def _():
    qb = told["qb"]
    off = DiscountLine()
    off.DiscountLineDetail = DiscountLineDetail()
    off.DiscountLineDetail.PercentBased = True
    off.DiscountLineDetail.DiscountPercent = 10
    tax = TxnTaxDetail()
    tax.TxnTaxCodeRef = ref("2")
    made = invoice(told["ann"], line(100, "TAX"), line(50), off, TxnTaxDetail=tax)
    made.save(qb=qb)
    shown = told["invoice"] = Invoice.get(made.Id, qb=qb)
    assert shown.TxnTaxDetail.TotalTax == 8 and shown.TotalAmt == 143, (shown.TxnTaxDetail.TotalTax, shown.TotalAmt)
    assert shown.DocNumber and shown.DueDate
    return f"no. {shown.DocNumber}"


@step("a number that is taken is refused with the other's id")
def _():
    again = invoice(told["ann"], line(1), DocNumber=told["invoice"].DocNumber)
    detail = refused(lambda: again.save(qb=told["qb"]), 6140)
    assert detail.endswith(f"TxnType=Invoice with TxnId={told['invoice'].Id}"), detail


@step("a request id is answered once")
def _():
    key, count = uuid.uuid4().hex, Invoice.count(qb=told["qb"])
    first, second = (invoice(told["ann"], line(7)) for _ in range(2))
    first.save(qb=told["qb"], request_id=key)
    second.save(qb=told["qb"], request_id=key)
    assert first.Id == second.Id and Invoice.count(qb=told["qb"]) == count + 1


@step("a payment with a rest that stays unapplied, then void")
def _():
    qb = told["qb"]
    paid = Payment()
    paid.CustomerRef = ref(told["ann"])
    paid.TotalAmt = 150
    part = PaymentLine()
    part.Amount = 143
    link = LinkedTxn()
    link.TxnId, link.TxnType = told["invoice"].Id, "Invoice"
    part.LinkedTxn = [link]
    paid.Line = [part]
    paid.save(qb=qb)
    shown = Payment.get(paid.Id, qb=qb)
    assert shown.UnappliedAmt == 7, shown.UnappliedAmt
    settled = Invoice.get(told["invoice"].Id, qb=qb)
    assert settled.Balance == 0 and settled.LinkedTxn[0].TxnId == paid.Id
    refused(lambda: settled.void(qb=qb), 6000)
    shown.void(qb=qb)
    assert Invoice.get(told["invoice"].Id, qb=qb).Balance == 143
    Invoice.get(told["invoice"].Id, qb=qb).void(qb=qb)
    void = Invoice.get(told["invoice"].Id, qb=qb)
    assert void.TotalAmt == 0 and void.PrivateNote == "Voided"


@step("an invoice is deleted and is not found any more")
def _():
    made = invoice(told["ann"], line(5))
    made.save(qb=told["qb"])
    Invoice.get(made.Id, qb=told["qb"]).delete(qb=told["qb"])
    try:
        Invoice.get(made.Id, qb=told["qb"])
        raise AssertionError("it is still there")
    except ObjectNotFoundException as error:
        assert error.error_code == 610


@step("credit memo, sales receipt, refund, estimate, bill")
def _():
    qb = told["qb"]
    for kind in (CreditMemo, SalesReceipt, RefundReceipt, Estimate):
        made = kind()
        made.CustomerRef = ref(told["ann"])
        made.Line = [line(9)]
        if kind is RefundReceipt:
            made.DepositToAccountRef = ref("35")
        made.save(qb=qb)
        assert kind.get(made.Id, qb=qb).TotalAmt == 9
    assert Bill.count(qb=qb) == 0


@step("batches make, change and delete; a refused item refuses no other")
def _():
    qb = told["qb"]
    some = []
    for n in range(3):
        made = Customer()
        made.DisplayName = f"Batch {n} {RUN}" if n else told["ann"].DisplayName
        some.append(made)
    result = batch_create(some, qb=qb)
    assert len(result.successes) == 2 and len(result.faults) == 1
    assert result.faults[0].Error[0].code == "6240", result.faults[0].Error[0].code
    for made in result.successes:
        made.Notes = "changed"
    assert len(batch_update(result.successes, qb=qb).successes) == 2
    papers = [invoice(told["ann"], line(3)) for _ in range(2)]
    made = batch_create(papers, qb=qb)
    assert len(made.successes) == 2, made.faults
    assert len(batch_delete(made.successes, qb=qb).successes) == 2


@step("changes are told, deleted ones too")
def _():
    since = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - 3600))
    answer = change_data_capture([Customer, Invoice], since, qb=told["qb"])
    assert told["ann"].Id in [c.Id for c in answer.Customer]
    assert any(getattr(i, "status", None) == "Deleted" for i in answer.Invoice)


@step("statements that the language has not are refused")
def _():
    try:
        Customer.query("select * from Custmoer", qb=told["qb"])
        raise AssertionError("it was not refused")
    except ValidationException as error:
        assert error.error_code == 4001 and "Custmoer" in error.detail


@step("the client checks a signature that the sandbox made")
def _():
    body = json.dumps([{"specversion": "1.0"}])
    signature = base64.b64encode(hmac.new(b"v", body.encode(), hashlib.sha256).digest()).decode()
    assert told["qb"].validate_webhook_signature(body, signature, "v")


@step("another company's address refuses this token")
def _():
    qb, realm = told["qb"], told["qb"].company_id
    qb.company_id = told["au"]
    try:
        CompanyInfo.get(told["au"], qb=qb)
        raise AssertionError("it was not refused")
    except QuickbooksException as error:
        assert "003100" in str(error), error
    finally:
        qb.company_id = realm


@step("a revoked grant is over")
def _():
    assert told["auth"].revoke(token=told["auth"].refresh_token) is True
    try:
        CompanyInfo.get(told["us"], qb=told["qb"])
        raise AssertionError("the token still works")
    except AuthorizationException:
        pass


print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
