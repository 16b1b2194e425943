//! A contact as the ledger has it, and in which of its lists it stands.
//!
//! Flows in: a connector fills it in. Flows out: [`LedgerContact`]. A document is only for one of the customers; those of the
//! other lists are known for their names alone.

use super::draft::ContactDraft;
use serde::{Deserialize, Serialize};

/// In which of the ledger's lists a party stands: a document is for a customer, and a name may be one's alone among them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyList {
    /// Whom documents are for.
    #[default]
    Customer,
    /// From whom the business buys.
    Vendor,
    /// Who works for it.
    Employee,
}

impl PartyList {
    /// What one of the list is called.
    pub fn word(self) -> &'static str {
        match self {
            PartyList::Customer => "customer",
            PartyList::Vendor => "vendor",
            PartyList::Employee => "employee",
        }
    }

    fn is_of_customers(&self) -> bool {
        *self == PartyList::Customer
    }
}

/// A contact the ledger has.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LedgerContact {
    /// The ledger's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its e-mail address.
    pub email: String,
    /// The number an integration gave it, or empty.
    pub number: String,
    /// Its telephone number.
    pub phone: String,
    /// Its mobile number.
    pub mobile: String,
    /// Whether it is archived: no document may use it.
    pub archived: bool,
    /// The contact it was merged into, or empty.
    pub merged_into: String,
    /// What changes when it changes: the version an update must be based on, where the ledger asks for one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The mark of ours that it carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// In which list it stands, where the ledger keeps several.
    #[serde(skip_serializing_if = "PartyList::is_of_customers")]
    pub list: PartyList,
    /// The one currency of its documents, where the ledger fixes one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub currency: String,
}

impl LedgerContact {
    /// One of another list than the customers': of it the name alone counts, and its id says of which list it is, since each
    /// list may count for itself.
    pub fn of_list(list: PartyList, id: &str, name: String, archived: bool) -> Self {
        Self {
            id: format!("{}:{id}", list.word()),
            name,
            archived,
            list,
            ..Self::default()
        }
    }

    /// Its id within its list, as people see it.
    pub fn own_id(&self) -> &str {
        let word = self.list.word();
        let of_list = self.id.strip_prefix(word);
        of_list
            .and_then(|id| id.strip_prefix(':'))
            .unwrap_or(&self.id)
    }

    /// Whether a document can be for it.
    pub fn is_customer(&self) -> bool {
        self.list.is_of_customers()
    }

    /// What the ledger holds, or is about to hold, of a contact that is posted as drafted.
    pub fn drafted(id: String, draft: &ContactDraft, number: &str) -> Self {
        Self {
            id,
            name: draft.name.clone(),
            email: draft.email.clone(),
            number: number.to_owned(),
            phone: draft.phones.default.clone(),
            mobile: draft.phones.mobile.clone(),
            ..Self::default()
        }
    }
}
