"""Keap's own Python client against the fake Keap.

    pip install keap-core-v2-sdk==2.0.26
    CROSSFOOT_SANDBOX=http://127.0.0.1:4600/keap python tests/sdk/keap_story.py

The client is generated from the vendor's document and refuses answers that do not fit it: integer ids, unknown
enum words, fractional smallest units, wrong dates. Each step prints one line; the last line counts them; the exit
code is 1 when anything was a surprise. The story seeds an application of its own, so it can run twice.
"""

import json
import os
import sys
import traceback
import urllib.request
import uuid
from datetime import datetime, timezone

import keap_core_v2_client as keap
from keap_core_v2_client.exceptions import ApiException, BadRequestException, NotFoundException, UnauthorizedException

BASE = os.environ.get("CROSSFOOT_SANDBOX", "http://127.0.0.1:4600/keap").rstrip("/")
ROOT, SYSTEM = BASE.rsplit("/", 1)
NAME = "story-" + uuid.uuid4().hex[:8]
KEY = "KeapAK-" + NAME
DAY = datetime(2026, 7, 21, 14, 30, tzinfo=timezone.utc)


def control(path, body, method="POST"):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{ROOT}/_sandbox/{path}", data=data, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def order(n):
    return {
        "title": f"Job {n}",
        "contact_id": "1",
        "order_time": f"2026-07-{n:02d}T08:00:00Z",
        "creation_time": f"2026-07-{n:02d}T08:00:00Z",
        "items": [
            {"sku": "TIL", "quantity": n},
            {"type": "SHIPPING", "name": "Freight", "price": "15.00"},
            {"type": "DISCOUNT", "name": "Friend", "price": "2.50"},
            {"type": "FINANCE_CHARGE", "name": "Late", "price": "1.00"},
            {"type": "TAX", "name": "GST", "price": "1.35"},
        ],
        "payments": [{"amount": "5.00", "type": "Check", "time": f"2026-07-{n:02d}T09:00:00Z"}] if n % 2 else [],
        "payment_plan": {"plan_start_date": "2026-07-01", "number_of_payments": 2, "days_between_payments": 30,
                         "items": [{"due_date": "2026-07-01", "amount_due": "10.00"}]},
        "custom_fields": [{"id": "7", "content": f"n{n}"}],
        "due_time": "2026-08-01T00:00:00Z",
        "shipping": {"given_name": "Jo", "address": {"line1": "1 Quay", "country_code": "AUS", "field": "SHIPPING"}},
    }


SEED = {
    "name": NAME, "currency": "AUD", "time_zone": "Australia/Sydney", "payment_types": ["Check", "Cash"],
    "keys": [{"key": KEY, "kind": "sak"}],
    "order_fields": [{"id": "7", "field_name": "_XeroId"}],
    "companies": [{"company_name": "Harbour Cranes"}],
    "contacts": [{"given_name": "Jo", "family_name": "Smith", "company": {"id": "1"},
                  "email_addresses": [{"email": "jo@harbour.example", "field": "EMAIL1"}],
                  "addresses": [{"field": "BILLING", "line1": "1 Quay", "locality": "Sydney", "country_code": "AUS"}]}],
    "products": [{"name": "Tilt tray", "sku": "TIL", "price": "99.95", "short_description": "tray"}],
    "orders": [order(n) for n in range(1, 8)],
}

STEPS = []


def step(text):
    def keep(function):
        STEPS.append((text, function))
        return function
    return keep


def client(key=KEY):
    return keap.ApiClient(keap.Configuration(host=f"{BASE}/crm", access_token=key))


api = client()
orders, sales = keap.OrdersApi(api), keap.SalesApi(api)
contacts, companies, products = keap.ContactApi(api), keap.CompanyApi(api), keap.ProductsApi(api)


def refused(kind, function, *words):
    try:
        function()
    except kind as error:
        for word in words:
            assert word in (error.body or ""), f"{word!r} is not in {error.body}"
        return error
    raise AssertionError(f"{kind.__name__} was expected")


@step("seed an application through the control plane")
def _():
    made = control(f"{SYSTEM}/seed", {"applications": [SEED]})
    assert len(made["applications"][0]["orders"]) == 7, made


@step("userinfo names the tenant")
def _():
    info = keap.UsersApi(api).get_user_info()
    assert info.tenant_id == NAME, info


@step("business profile and configuration give the one currency")
def _():
    assert keap.BusinessProfileApi(api).get_business_profile().currency_code == "AUD"
    settings = keap.SettingsApi(api).get_application_configurations(fields=["ECOMMERCE", "INVOICE"])
    assert settings.ecommerce.currency == "AUD" and "Check" in settings.ecommerce.payment_types, settings


@step("a wrong key is 401 in the gateway's form")
def _():
    refused(UnauthorizedException, lambda: keap.OrdersApi(client("nobody")).list_orders(), "invalid_access_token")


@step("orders come in pages, by order time, each once")
def _():
    seen, token = [], None
    while True:
        page = orders.list_orders(page_size=3, order_by="order_time desc", page_token=token)
        seen += [o.id for o in page.orders]
        token = page.next_page_token
        if not token:
            break
    assert seen == ["7", "6", "5", "4", "3", "2", "1"], seen


@step("filters: ids, paid, modified since, invoice id, custom field, title")
def _():
    def found(text):
        return [o.id for o in orders.list_orders(filter=text).orders]
    assert found("ids==1,3") == ["1", "3"]
    assert found("invoice_id==12") == ["2"]
    assert found("id>=6;paid==false") == ["6", "7"]
    assert found("modified_since_time==2026-07-06T00:00:00.000Z") == ["6", "7"]
    assert found("_XeroId==n4") == ["4"]
    assert found("title==job 5*") == ["5"]


@step("one order: smallest units, invoice id of its own, lines, plan")
def _():
    one = orders.get_order("3")
    assert (one.total.amount, one.total.currency_code) == (31470, "AUD"), one.total
    assert (one.total_paid.amount, one.total_due.amount) == (500, 31470)
    assert one.invoice_id == "13" and one.contact.given_name == "Jo"
    kinds = [i.item_type for i in one.order_items]
    assert kinds == ["PRODUCT", "SHIPPING", "DISCOUNT", "FINANCE_CHARGE", "TAX"], kinds
    assert one.order_items[0].product.sku == "TIL"
    assert one.payment_plan.payment_plan_items[0].amount_due.amount == 1000


@step("payments of an order, sales payments, transactions")
def _():
    rows = orders.list_order_payments("3").invoice_order_payments
    assert [(float(r.amount), r.pay_status, r.invoice_id) for r in rows] == [(5.0, "MANUAL_PAID", "13")], rows
    listed = sales.list_payments(filter="order_ids==1,3", order_by="payment_time desc").payments
    assert [p.order_ids for p in listed] == [["3"], ["1"]], listed
    moves = sales.list_transactions(filter="order_id==3").transactions
    assert moves[0].transaction_method == "MANUAL" and moves[0].is_successful, moves


@step("products by SKU; a product is made with its price in the smallest unit")
def _():
    assert [p.name for p in products.list_products(filter="sku==ti*").products] == ["Tilt tray"]
    made = products.create_product(keap.CreateProductRequestDetail(name="Hook", price=1250, short_description="h", sku="HK"))
    assert made.price.amount == 1250 and products.get_product(made.id).sku == "HK", made


@step("companies, with and without fields")
def _():
    assert companies.list_companies().companies[0].company_name == "Harbour Cranes"


@step("a contact is found, made, and made again as the same one")
def _():
    found = contacts.list_contacts(filter="email==jo@*", fields=["given_name", "company", "addresses"]).contacts
    assert found[0].company.company_name == "Harbour Cranes", found
    new = keap.CreateUpdateContactRequest(
        given_name="Zoe", email_addresses=[keap.EmailAddressRequest(email="zoe@x.example", var_field="EMAIL1")])
    made = contacts.create_contact(new)
    again = contacts.create_contact(new, duplicate_option="Email")
    assert made.id == again.id and contacts.get_contact(made.id).given_name == "Zoe"
    refused(BadRequestException, lambda: contacts.create_contact(keap.CreateUpdateContactRequest(given_name="No")),
            "At least one email")


@step("an order is made in major units and read back in smallest ones")
def _():
    item = keap.CreateOrderItemRequest(quantity=2, product_id="1")
    fee = keap.CreateOrderItemRequest(quantity=1, item_type="FEE", name="Call-out", price_per_unit=80.05)
    request = keap.RestCreateOrderRequest(contact_id="1", order_title="New", order_time=DAY, order_type="OFFLINE",
                                          order_items=[item, fee], external_create_user="crossfoot")
    made = orders.create_order(request)
    assert (made.total.amount, made.status) == (27995, "DRAFT"), made
    assert made.order_time == DAY and orders.get_order(made.id).external_create_user == "crossfoot"
    request.contact_id = "999"
    refused(BadRequestException, lambda: orders.create_order(request), "contact_id 999")


@step("a payment is recorded; too much or an unknown type is 400")
def _():
    def pay(amount, kind):
        request = keap.RestCreatePaymentRequest(payment_amount=amount, payment_method_type=kind,
                                                apply_to_commissions=False, payment_time=DAY)
        return orders.create_payment_for_an_order("2", request)
    made = pay(100.5, "Cash")
    assert float(made.payment_amount) == 100.5, made
    assert orders.get_order("2").total_paid.amount == 10050
    refused(BadRequestException, lambda: pay(9999.0, "Cash"), "must not exceed")
    refused(BadRequestException, lambda: pay(1.0, "Bitcoin"), "Bitcoin")
    rest = orders.get_order("2")
    pay((rest.total_due.amount - rest.total_paid.amount) / 100, "Cash")
    assert orders.get_order("2").status == "PAID"


@step("bad filters are 400, an unknown order 404")
def _():
    refused(BadRequestException, lambda: orders.list_orders(filter="colour==red"), "Invalid filter field")
    refused(BadRequestException, lambda: orders.list_orders(filter="modified_since_time==2026-07-01"), "Invalid filter")
    error = refused(NotFoundException, lambda: orders.get_order("98765"))
    assert json.loads(error.body)["code"] == 404, error.body


@step("an order is deleted unless it has payments")
def _():
    orders.delete_order("4")
    refused(NotFoundException, lambda: orders.get_order("4"))
    assert refused(ApiException, lambda: orders.delete_order("1")).status == 409


@step("429 on demand; with Retry-After the client itself waits and comes again")
def _():
    control("faults", [{"system": SYSTEM, "path_contains": "/orders", "fault": "429"}])
    error = refused(ApiException, lambda: orders.list_orders(), "Quota")
    assert error.status == 429 and "Retry-After" not in error.headers, error
    before = control("requests?counts=only", None, "GET")["total"]
    control("faults", [{"system": SYSTEM, "path_contains": "/orders", "fault": {"429": {"retry_after": 1}}}])
    orders.list_orders()
    seen = [r["status"] for r in control(f"requests?since={before}", None, "GET")["requests"]]
    assert seen == [429, 200], seen


@step("429 from the key's own limit of ten a second")
def _():
    statuses = []
    for _ in range(40):
        try:
            answer = orders.list_orders_with_http_info(page_size=1)
            statuses.append(200)
            assert answer.headers["x-keap-tenant-throttle-limit"] == "10000|250000", answer.headers
        except ApiException as error:
            statuses.append(error.status)
    assert 429 in statuses and set(statuses) == {200, 429}, statuses


def main():
    passed = failed = 0
    for text, function in STEPS:
        try:
            if passed:
                # The limits are the vendor's: the story keeps below ten calls a second by moving the clock.
                control("clock", {"advance_seconds": 2})
            function()
            passed += 1
            print(f"ok      {text}")
        except Exception:  # noqa: BLE001 - any surprise is a failure of the story
            failed += 1
            print(f"FAILED  {text}")
            traceback.print_exc()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
