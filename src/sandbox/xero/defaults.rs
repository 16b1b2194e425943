//! The tax rates and the chart that an organisation of a country starts with.
//!
//! Followed: the vendor's tax-type tables (which rate may stand with which class of account) and its standard chart.

use rust_decimal::Decimal;

use super::books::{TaxPart, TaxRate};

/// The account types there are.
pub(super) const ACCOUNT_TYPES: &[&str] = &[
    "BANK",
    "CURRENT",
    "CURRLIAB",
    "DEPRECIATN",
    "DIRECTCOSTS",
    "EQUITY",
    "EXPENSE",
    "FIXED",
    "INVENTORY",
    "LIABILITY",
    "NONCURRENT",
    "OTHERINCOME",
    "OVERHEADS",
    "PREPAYMENT",
    "REVENUE",
    "SALES",
    "TERMLIAB",
    "PAYG",
];

/// Tax type, name, percent, classes it applies to, type in tax reports.
type Row = (&'static str, &'static str, i64, &'static str, &'static str);

// The classes are written as in the vendor's table: assets, equity, expenses, liabilities, revenue.
const OUT: &str = "11011";
const IN: &str = "11110";
const ALL: &str = "11111";
const LIAB: &str = "00010";

const AU: &[Row] = &[
    ("OUTPUT", "GST on Income", 10, OUT, "OUTPUT"),
    ("INPUT", "GST on Expenses", 10, IN, "INPUT"),
    ("EXEMPTOUTPUT", "GST Free Income", 0, OUT, "EXEMPTOUTPUT"),
    (
        "EXEMPTEXPENSES",
        "GST Free Expenses",
        0,
        IN,
        "EXEMPTEXPENSES",
    ),
    ("BASEXCLUDED", "BAS Excluded", 0, ALL, "BASEXCLUDED"),
    ("INPUTTAXED", "Input Taxed", 0, ALL, "INPUTTAXED"),
    ("EXEMPTEXPORT", "GST Free Exports", 0, OUT, "EXEMPTEXPORT"),
    ("EXEMPTCAPITAL", "GST Free Capital", 0, IN, "EXEMPTCAPITAL"),
    ("CAPEXINPUT", "GST on Capital", 10, IN, "CAPITALEXINPUT"),
    ("GSTONIMPORTS", "GST on Imports", 0, LIAB, "GSTONIMPORTS"),
    (
        "GSTONCAPIMPORTS",
        "GST on Capital Imports",
        0,
        LIAB,
        "GSTONCAPIMPORTS",
    ),
];
const NZ: &[Row] = &[
    ("OUTPUT2", "15% GST on Income", 15, OUT, "OUTPUT"),
    ("INPUT2", "15% GST on Expenses", 15, IN, "INPUT"),
    ("ZERORATED", "Zero Rated", 0, "00011", "NONE"),
    ("NONE", "No GST", 0, ALL, "NONE"),
    ("GSTONIMPORTS", "GST on Imports", 0, LIAB, "GSTONIMPORTS"),
];
const UK: &[Row] = &[
    ("OUTPUT2", "20% (VAT on Income)", 20, OUT, "OUTPUT"),
    ("INPUT2", "20% (VAT on Expenses)", 20, IN, "INPUT"),
    ("RROUTPUT", "5% (VAT on Income)", 5, OUT, "OUTPUT"),
    ("RRINPUT", "5% (VAT on Expenses)", 5, IN, "INPUT"),
    ("ZERORATEDOUTPUT", "Zero Rated Income", 0, OUT, "OUTPUT"),
    ("ZERORATEDINPUT", "Zero Rated Expenses", 0, IN, "INPUT"),
    ("EXEMPTOUTPUT", "Exempt Income", 0, OUT, "EXEMPTOUTPUT"),
    ("EXEMPTINPUT", "Exempt Expenses", 0, IN, "EXEMPTINPUT"),
    (
        "ECZROUTPUT",
        "Zero Rated EC Goods Income",
        0,
        OUT,
        "ECOUTPUT",
    ),
    (
        "ECZROUTPUTSERVICES",
        "Zero Rated EC Services",
        0,
        OUT,
        "ECOUTPUTSERVICES",
    ),
    ("ECZRINPUT", "Zero Rated EC Expenses", 0, IN, "ECINPUT"),
    (
        "CAPEXOUTPUT2",
        "20% (VAT on Capital Sales)",
        20,
        OUT,
        "CAPITALSALESOUTPUT",
    ),
    (
        "CAPEXINPUT2",
        "20% (VAT on Capital Purchases)",
        20,
        IN,
        "CAPITALEXPENSESINPUT",
    ),
    ("NONE", "No VAT", 0, ALL, "NONE"),
];
const GLOBAL: &[Row] = &[
    ("OUTPUT", "Tax on Sales", 0, OUT, "OUTPUT"),
    ("INPUT", "Tax on Purchases", 0, IN, "INPUT"),
    ("NONE", "Tax Exempt", 0, ALL, "NONE"),
    (
        "GSTONIMPORTS",
        "Sales Tax on Imports",
        0,
        LIAB,
        "GSTONIMPORTS",
    ),
];

/// The edition of the ledger for a country.
pub(super) fn version(country: &str) -> &'static str {
    match country {
        "AU" => "AU",
        "NZ" => "NZ",
        "GB" | "UK" => "UK",
        "US" => "US",
        _ => "GLOBAL",
    }
}

/// The base currency and time zone of an edition.
pub(super) fn base(version: &str) -> (&'static str, &'static str) {
    match version {
        "AU" => ("AUD", "AUSEASTERNSTANDARDTIME"),
        "NZ" => ("NZD", "NEWZEALANDSTANDARDTIME"),
        "UK" => ("GBP", "GMTSTANDARDTIME"),
        _ => ("USD", "EASTERNSTANDARDTIME"),
    }
}

/// The tax rates of an edition.
pub(super) fn tax_rates(version: &str) -> Vec<TaxRate> {
    let rows = match version {
        "AU" => AU,
        "NZ" => NZ,
        "UK" => UK,
        _ => GLOBAL,
    };
    let part = match version {
        "UK" => "VAT",
        "AU" | "NZ" => "GST",
        _ => "Tax",
    };
    rows.iter().map(|row| tax_rate(row, part)).collect()
}

fn tax_rate((tax_type, name, percent, classes, report): &Row, part: &str) -> TaxRate {
    let mut bits = classes.chars().map(|c| c == '1');
    let rate = Decimal::from(*percent);
    TaxRate {
        tax_type: (*tax_type).into(),
        name: (*name).into(),
        status: "ACTIVE".into(),
        report: Some((*report).into()),
        applies: std::array::from_fn(|_| bits.next().unwrap_or(false)),
        components: vec![TaxPart {
            name: part.into(),
            rate,
            compound: false,
            non_recoverable: false,
        }],
        effective: rate,
        system: true,
    }
}

/// One account of the standard chart: code, name, type, what its tax is, system account, payments enabled, archived.
pub(super) struct Row2 {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) tax: Tax,
    pub(super) system: &'static str,
    pub(super) payments: bool,
    pub(super) archived: bool,
}

/// Which of an edition's tax types an account defaults to.
#[derive(Clone, Copy)]
pub(super) enum Tax {
    Sale,
    Purchase,
    Free,
}

/// The tax type that stands for one of the three in an edition.
pub(super) fn tax_for(version: &str, tax: Tax) -> &'static str {
    match (version, tax) {
        ("NZ" | "UK", Tax::Sale) => "OUTPUT2",
        ("NZ" | "UK", Tax::Purchase) => "INPUT2",
        ("AU", Tax::Free) => "BASEXCLUDED",
        (_, Tax::Sale) => "OUTPUT",
        (_, Tax::Purchase) => "INPUT",
        (_, Tax::Free) => "NONE",
    }
}

const fn row(code: &'static str, name: &'static str, kind: &'static str, tax: Tax) -> Row2 {
    Row2 {
        code,
        name,
        kind,
        tax,
        system: "",
        payments: false,
        archived: false,
    }
}

const fn system(
    code: &'static str,
    name: &'static str,
    kind: &'static str,
    system: &'static str,
) -> Row2 {
    Row2 {
        code,
        name,
        kind,
        tax: Tax::Free,
        system,
        payments: false,
        archived: false,
    }
}

/// The standard chart.
pub(super) const CHART: &[Row2] = &[
    row("090", "Business Bank Account", "BANK", Tax::Free),
    row("091", "Business Savings Account", "BANK", Tax::Free),
    row("200", "Sales", "REVENUE", Tax::Sale),
    row("201", "Service Fees", "REVENUE", Tax::Sale),
    row("202", "Membership Income", "REVENUE", Tax::Sale),
    row("203", "Shipping Income", "REVENUE", Tax::Sale),
    row("260", "Other Revenue", "REVENUE", Tax::Sale),
    row("270", "Interest Income", "OTHERINCOME", Tax::Free),
    Row2 {
        code: "299",
        name: "Old Sales",
        kind: "REVENUE",
        tax: Tax::Sale,
        system: "",
        payments: false,
        archived: true,
    },
    row("300", "Purchases", "DIRECTCOSTS", Tax::Purchase),
    row("310", "Cost of Goods Sold", "DIRECTCOSTS", Tax::Purchase),
    row("400", "Advertising", "EXPENSE", Tax::Purchase),
    row("404", "Bank Fees", "EXPENSE", Tax::Free),
    row("412", "Consulting & Accounting", "EXPENSE", Tax::Purchase),
    row("429", "General Expenses", "EXPENSE", Tax::Purchase),
    row("453", "Office Expenses", "EXPENSE", Tax::Purchase),
    row("461", "Printing & Stationery", "EXPENSE", Tax::Purchase),
    row("477", "Wages and Salaries", "EXPENSE", Tax::Free),
    system("610", "Accounts Receivable", "CURRENT", "DEBTORS"),
    row("620", "Prepayments", "CURRENT", Tax::Free),
    row("630", "Inventory", "INVENTORY", Tax::Free),
    row("710", "Office Equipment", "FIXED", Tax::Purchase),
    system("800", "Accounts Payable", "CURRLIAB", "CREDITORS"),
    system("820", "Sales Tax", "CURRLIAB", "GST"),
    row("835", "Customer Deposits", "CURRLIAB", Tax::Free),
    system("840", "Historical Adjustment", "CURRLIAB", "HISTORICAL"),
    system("860", "Rounding", "CURRLIAB", "ROUNDING"),
    Row2 {
        code: "880",
        name: "Owner Drawings",
        kind: "EQUITY",
        tax: Tax::Free,
        system: "",
        payments: true,
        archived: false,
    },
    system("960", "Retained Earnings", "EQUITY", "RETAINEDEARNINGS"),
    Row2 {
        code: "970",
        name: "Owner Funds Introduced",
        kind: "EQUITY",
        tax: Tax::Free,
        system: "",
        payments: true,
        archived: false,
    },
];
