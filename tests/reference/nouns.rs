//! What the second mind is told and what it answers: nouns without a law in them.

/// One millionth is 1.
pub type Millionths = i128;
pub const ONE: Millionths = 1_000_000;
pub const CENT: Millionths = 10_000;

#[derive(Debug, Clone, Default)]
pub struct Line {
    pub kind: &'static str,
    pub quantity: Millionths,
    pub price: Millionths,
    pub amount: Option<Millionths>,
    pub taxable: Option<bool>,
    pub rate: &'static str,
    pub account: &'static str,
}

#[derive(Debug, Clone)]
pub struct Money {
    pub day: i64,
    pub amount: Millionths,
    pub back: bool,
    pub settled: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Doc {
    pub day: i64,
    pub due: Option<i64>,
    pub plan: Vec<i64>,
    pub lines: Vec<Line>,
    pub tax: Option<Millionths>,
    pub inside: Option<bool>,
    pub subtotal: Option<Millionths>,
    pub total: Option<Millionths>,
    pub paid: Option<Millionths>,
    pub balance: Option<Millionths>,
    pub status: Option<&'static str>,
    pub money: Vec<Money>,
    /// Decimal places of its currency.
    pub places: u32,
}

/// What a tenant's file says. A code or account that is empty is `hold`.
#[derive(Debug, Clone, Default)]
pub struct Words {
    pub without_tax: &'static str,
    pub zero_tax: &'static str,
    /// A word for a kind; the last row is `else`.
    pub unmarked: Vec<(&'static str, &'static str)>,
    pub taxable: Option<&'static str>,
    pub zero: Option<&'static str>,
    pub rates: Vec<(&'static str, &'static str)>,
    pub other_code: &'static str,
    pub leave_out: bool,
    pub at_most: Millionths,
    /// Rows of kind and account; `*` is any kind.
    pub accounts: Vec<(&'static str, &'static str)>,
    pub due: [&'static str; 4],
    pub payments: bool,
    pub refunds: &'static str,
    pub overpayment: &'static str,
    pub when_paid: bool,
}

macro_rules! laws {
    ($($name:ident),+ $(,)?) => {
        /// A law that can be broken on purpose.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Law { $($name),+ }

        /// Every law.
        pub const LAWS: &[Law] = &[$(Law::$name),+];
    };
}
laws! {
    Sums, OnTop, Inside, Rates, ZeroTax, Unmarked, Proof, LeftOut, Rounding, StatedTax, LineAmounts, Paid, Due, FromSource,
    WhenPaid, Pairs, Charge, Waits, Beyond, PartRefund, Overpaid, Received,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub account: String,
    pub code: String,
    pub amount: Millionths,
    pub tax: Millionths,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub mode: &'static str,
    pub rows: Vec<Row>,
    pub subtotal: Millionths,
    pub tax: Millionths,
    pub total: Millionths,
    pub due: i64,
    pub owed: Owed,
}

/// What becomes of its payments and refunds, in order, and what the ledger says is owed after them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owed {
    /// `goes`, `credit`, or why not; how much goes.
    pub money: Vec<(&'static str, Millionths)>,
    pub open: Millionths,
    /// Whether something of the difference of both books is not explained.
    pub rest: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Held(&'static str),
    Goes(Paper),
}

impl End {
    pub fn word(&self) -> &'static str {
        match self {
            End::Held(code) => code,
            End::Goes(_) => "goes",
        }
    }
}
