//! What a new company has: accounts, items, terms, payment methods, tax codes, preferences.
//!
//! Ids are those of the vendor's sample company where that is known: item 1 is `Services`, account 4 the undeposited funds.

use serde_json::{Map, Value, json};

use super::kinds::Kind;

/// Accounts: id, name, type, sub type.
const ACCOUNTS: &[(u64, &str, &str, &str)] = &[
    (1, "Services", "Income", "ServiceFeeIncome"),
    (
        4,
        "Undeposited Funds",
        "Other Current Asset",
        "UndepositedFunds",
    ),
    (
        7,
        "Office Expenses",
        "Expense",
        "OfficeGeneralAdministrativeExpenses",
    ),
    (
        33,
        "Accounts Payable (A/P)",
        "Accounts Payable",
        "AccountsPayable",
    ),
    (35, "Checking", "Bank", "Checking"),
    (
        79,
        "Sales of Product Income",
        "Income",
        "SalesOfProductIncome",
    ),
    (
        80,
        "Cost of Goods Sold",
        "Cost of Goods Sold",
        "SuppliesMaterialsCogs",
    ),
    (81, "Inventory Asset", "Other Current Asset", "Inventory"),
    (82, "Shipping Income", "Income", "OtherPrimaryIncome"),
    (
        84,
        "Accounts Receivable (A/R)",
        "Accounts Receivable",
        "AccountsReceivable",
    ),
    (86, "Discounts given", "Income", "DiscountsRefundsGiven"),
];

const TERMS: &[(u64, &str, u64)] = &[
    (1, "Due on receipt", 0),
    (2, "Net 15", 15),
    (3, "Net 30", 30),
    (4, "Net 60", 60),
];

const METHODS: &[(u64, &str, &str)] = &[
    (1, "Cash", "NON_CREDIT_CARD"),
    (2, "Check", "NON_CREDIT_CARD"),
    (3, "Visa", "CREDIT_CARD"),
    (4, "MasterCard", "CREDIT_CARD"),
];

/// The rows of a new company, each with its kind, id and body.
pub(super) fn rows() -> Vec<(Kind, u64, Map<String, Value>)> {
    let mut all = Vec::new();
    let mut add = |kind: Kind, id: u64, body: Value| {
        if let Value::Object(body) = body {
            all.push((kind, id, body));
        }
    };
    for (id, name, kind, sub) in ACCOUNTS {
        add(
            Kind::Account,
            *id,
            json!({"Name": name, "AccountType": kind, "AccountSubType": sub}),
        );
    }
    for (id, name) in [(1, "Services"), (2, "Hours")] {
        add(
            Kind::Item,
            id,
            json!({"Name": name, "Type": "Service", "IncomeAccountRef": {"value": "1"}}),
        );
    }
    for (id, name, days) in TERMS {
        add(Kind::Term, *id, json!({"Name": name, "DueDays": days}));
    }
    for (id, name, kind) in METHODS {
        add(
            Kind::PaymentMethod,
            *id,
            json!({"Name": name, "Type": kind}),
        );
    }
    all
}

/// A code of a country: its name, and its rates by name and percent.
pub(super) type Code = (&'static str, &'static [(&'static str, &'static str)]);

/// The tax codes of a new company.
pub(super) fn codes(country: &str) -> &'static [Code] {
    match country {
        "US" => &[
            ("California", &[("California", "8")]),
            ("Tucson", &[("AZ State tax", "7.1"), ("Tucson City", "2")]),
        ],
        "AU" => &[
            ("GST", &[("GST", "10")]),
            ("GST free", &[("GST free", "0")]),
        ],
        "NZ" => &[("GST", &[("GST", "15")]), ("Zero", &[("Zero", "0")])],
        "CA" => &[
            ("GST", &[("GST", "5")]),
            ("HST ON", &[("HST (ON)", "13")]),
            ("GST/PST BC", &[("GST/PST BC: GST", "5"), ("PST (BC)", "7")]),
            ("Exempt", &[("Exempt", "0")]),
        ],
        _ => &[
            ("20.0% S", &[("20.0% S", "20")]),
            ("5.0% R", &[("5.0% R", "5")]),
            ("0.0% Z", &[("0.0% Z", "0")]),
            ("Exempt", &[("Exempt", "0")]),
        ],
    }
}

/// The name of a currency.
pub(super) fn currency(code: &str) -> &str {
    match code {
        "USD" => "United States Dollar",
        "AUD" => "Australian Dollar",
        "NZD" => "New Zealand Dollar",
        "CAD" => "Canadian Dollar",
        "GBP" => "British Pound Sterling",
        "EUR" => "Euro",
        "JPY" => "Japanese Yen",
        other => other,
    }
}

/// The currency of a country.
pub(super) fn home(country: &str) -> &'static str {
    match country {
        "US" => "USD",
        "AU" => "AUD",
        "NZ" => "NZD",
        "CA" => "CAD",
        "JP" => "JPY",
        "GB" => "GBP",
        _ => "EUR",
    }
}

/// A country as addresses of the company have it since 2025.
pub(super) fn long_country(country: &str) -> &str {
    match country {
        "US" => "USA",
        "AU" => "AUS",
        "NZ" => "NZL",
        "CA" => "CAN",
        "GB" => "GBR",
        "JP" => "JPN",
        other => other,
    }
}

/// The preferences of a new company.
pub(super) fn preferences(country: &str, home: &str, automated: bool) -> Map<String, Value> {
    let mut tax = json!({"UsingSalesTax": true, "PartnerTaxEnabled": automated});
    if country == "US" && !automated {
        tax["TaxGroupCodeRef"] = json!({"value": "2"});
    }
    let all = json!({
        "AccountingInfoPrefs": {
            "FirstMonthOfFiscalYear": "January",
            "UseAccountNumbers": false,
            "ClassTrackingPerTxn": false,
            "ClassTrackingPerTxnLine": true,
            "TrackDepartments": true,
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {"ForSales": true, "ForPurchase": true, "QuantityWithPriceAndRate": true, "QuantityOnHand": true},
        "SalesFormsPrefs": {
            "CustomTxnNumbers": false,
            "AllowDeposit": true,
            "AllowDiscount": true,
            "DefaultDiscountAccount": "86",
            "AllowEstimates": true,
            "AllowServiceDate": false,
            "AllowShipping": false,
            "DefaultTerms": {"value": "3"},
            "AutoApplyCredit": false,
            "AutoApplyPayments": false,
        },
        "EmailMessagesPrefs": {},
        "VendorAndPurchasesPrefs": {"BillableExpenseTracking": true, "TrackingByCustomer": true},
        "TimeTrackingPrefs": {"UseServices": true, "WorkWeekStartDate": "Monday"},
        "TaxPrefs": tax,
        "CurrencyPrefs": {"MultiCurrencyEnabled": false, "HomeCurrency": {"value": home}},
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": false},
        "OtherPrefs": {"NameValue": [{"Name": "SalesFormsPrefs.DefaultItem", "Value": "1"}]},
    });
    match all {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
