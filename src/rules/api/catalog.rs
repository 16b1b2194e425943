//! The list of what a rule can see and do, as data.

/// The type of a value, as the lint and the reference know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ty {
    /// Not known before the rule runs.
    Any,
    /// Nothing: `()`.
    Unit,
    /// Text.
    Text,
    /// An exact decimal or a whole number.
    Number,
    /// True or false.
    Bool,
    /// A calendar day.
    Day,
    /// A source invoice or credit note.
    Invoice,
    /// A source contact.
    Contact,
    /// A source line.
    Line,
    /// A source payment.
    Payment,
    /// An address; of a draft it may be changed.
    Address,
    /// One part of a payment plan.
    Instalment,
    /// Custom fields by name.
    Fields,
    /// A contact as it will be posted.
    ContactDraft,
    /// An invoice as it will be posted.
    InvoiceDraft,
    /// A line as it will be posted.
    LineDraft,
    /// A payment as it will be posted.
    PaymentDraft,
    /// Tracking categories with their options.
    Tracking,
    /// The ledger's invoice that a payment is for.
    PaidDocument,
    /// A contact of the ledger.
    LedgerContact,
    /// An item of the ledger.
    LedgerItem,
    /// The ledger's contacts that may be meant.
    ContactsFound,
    /// The ledger's items that may be meant.
    ItemsFound,
    /// What one side says of a field that both changed.
    Side,
    /// Tenant, run, today.
    Ctx,
    /// The rule's parameters from the tenant's file.
    Params,
    /// What a hook returns.
    Answer,
    /// A function value: `|x| ...`.
    Function,
    /// A list of texts.
    Texts,
    /// A list of source lines.
    Lines,
    /// A list of source payments.
    Payments,
    /// A list of draft lines.
    LineDrafts,
    /// A payment plan.
    Plan,
    /// Any list.
    List,
    /// A map written in the rule.
    Map,
}

impl Ty {
    /// The name scripts and people see.
    pub fn name(self) -> &'static str {
        match self {
            Ty::Any => "any",
            Ty::Unit => "()",
            Ty::Text => "text",
            Ty::Number => "number",
            Ty::Bool => "bool",
            Ty::Day => "Date",
            Ty::Invoice => "Invoice",
            Ty::Contact => "Contact",
            Ty::Line => "Line",
            Ty::Payment => "Payment",
            Ty::Address => "Address",
            Ty::Instalment => "Instalment",
            Ty::Fields => "Fields",
            Ty::ContactDraft => "ContactDraft",
            Ty::InvoiceDraft => "InvoiceDraft",
            Ty::LineDraft => "LineDraft",
            Ty::PaymentDraft => "PaymentDraft",
            Ty::Tracking => "Tracking",
            Ty::PaidDocument => "PostedInvoice",
            Ty::LedgerContact => "LedgerContact",
            Ty::LedgerItem => "LedgerItem",
            Ty::ContactsFound => "list of LedgerContact",
            Ty::ItemsFound => "list of LedgerItem",
            Ty::Side => "Side",
            Ty::Ctx => "Context",
            Ty::Params => "Params",
            Ty::Answer => "Answer",
            Ty::Function => "function",
            Ty::Texts => "list of text",
            Ty::Lines => "list of Line",
            Ty::Payments => "list of Payment",
            Ty::LineDrafts => "list of LineDraft",
            Ty::Plan => "list of Instalment",
            Ty::List => "list",
            Ty::Map => "map",
        }
    }

    /// The type with a name, the scripts' own names of values included.
    pub fn by_name(name: &str) -> Option<Ty> {
        const NAMED: [Ty; 21] = [
            Ty::Day,
            Ty::Invoice,
            Ty::Contact,
            Ty::Line,
            Ty::Payment,
            Ty::Address,
            Ty::Instalment,
            Ty::Fields,
            Ty::ContactDraft,
            Ty::InvoiceDraft,
            Ty::LineDraft,
            Ty::PaymentDraft,
            Ty::PaidDocument,
            Ty::LedgerContact,
            Ty::LedgerItem,
            Ty::Side,
            Ty::Ctx,
            Ty::Params,
            Ty::Answer,
            Ty::Text,
            Ty::Number,
        ];
        match name {
            "string" => Some(Ty::Text),
            "i64" | "decimal" => Some(Ty::Number),
            "array" => Some(Ty::List),
            _ => NAMED.into_iter().find(|t| t.name() == name),
        }
    }

    /// What one element is, of a list.
    pub fn element(self) -> Option<Ty> {
        Some(match self {
            Ty::Texts => Ty::Text,
            Ty::Lines => Ty::Line,
            Ty::Payments => Ty::Payment,
            Ty::LineDrafts => Ty::LineDraft,
            Ty::Plan => Ty::Instalment,
            Ty::ContactsFound => Ty::LedgerContact,
            Ty::ItemsFound => Ty::LedgerItem,
            Ty::List => Ty::Any,
            _ => return None,
        })
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        self.element().is_some()
    }

    /// Whether a value of one type may be given where the other is wanted.
    pub fn fits(self, wanted: Ty) -> bool {
        self == wanted
            || self == Ty::Any
            || wanted == Ty::Any
            || (wanted == Ty::List && self.is_list())
            || (self == Ty::List && wanted.is_list())
    }

    /// Whether its properties are all known, so that another is a mistake.
    pub fn has_known_properties(self) -> bool {
        !matches!(
            self,
            Ty::Any | Ty::Params | Ty::Fields | Ty::Map | Ty::Tracking
        )
    }
}

/// A property of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prop {
    /// The type that has it.
    pub on: Ty,
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Ty,
    /// Whether it may be `()`.
    pub optional: bool,
    /// Whether a rule may set it.
    pub settable: bool,
    /// What it is.
    pub doc: &'static str,
}

/// A function. Where its first parameter's type allows, it may be written `x.name(..)` as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Func {
    /// Its name.
    pub name: &'static str,
    /// Its parameters.
    pub params: &'static [(&'static str, Ty)],
    /// What it returns.
    pub returns: Ty,
    /// What it does.
    pub doc: &'static str,
}

impl Func {
    /// How it is written, for showing.
    pub fn signature(&self) -> String {
        let params: Vec<_> = self
            .params
            .iter()
            .map(|(n, t)| format!("{n}: {}", t.name()))
            .collect();
        let back = match self.returns {
            Ty::Unit => String::new(),
            t => format!(" -> {}", t.name()),
        };
        format!("{}({}){back}", self.name, params.join(", "))
    }
}

/// Everything a rule can see and do.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Properties.
    pub props: Vec<Prop>,
    /// Functions.
    pub funcs: Vec<Func>,
}

impl Catalog {
    /// A property of a type.
    pub fn prop(&self, on: Ty, name: &str) -> Option<&Prop> {
        self.props.iter().find(|p| p.on == on && p.name == name)
    }

    /// The properties of a type.
    pub fn props_of(&self, on: Ty) -> impl Iterator<Item = &Prop> {
        self.props.iter().filter(move |p| p.on == on)
    }

    /// The property of a type whose name is nearest to a mistyped one.
    pub fn nearest_prop(&self, on: Ty, name: &str, settable: bool) -> Option<&'static str> {
        let names = self.props_of(on).filter(|p| p.settable || !settable);
        nearest(name, names.map(|p| p.name))
    }

    /// The function whose name is nearest to a mistyped one.
    pub fn nearest_func(&self, name: &str) -> Option<&'static str> {
        nearest(name, self.funcs.iter().map(|f| f.name))
    }

    /// The functions of a name.
    pub fn funcs_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Func> {
        self.funcs.iter().filter(move |f| f.name == name)
    }
}

/// The nearest of some names, when one is near enough to be meant.
pub fn nearest<'a>(name: &str, among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    among
        .map(|n| (strsim::damerau_levenshtein(name, n), n))
        .filter(|(d, n)| *d <= 1 + n.len() / 4)
        .min()
        .map(|(_, n)| n)
}
