//! What is known of a document's customer beside its draft: which contacts are surely its own, which are another's, and who
//! else of the source has its values.

use super::super::ports::{
    Alike, AlikeCustomer, ContactKeys, CustomerBy, CustomerKeys, KnownCustomer, StoreError,
};
use super::super::write::PLANNED;
use super::ahead::Near;
use super::sought::Customer;
use crate::model::{ContactDraft, Evidence, LedgerContact, folded};

/// Whose a contact is where what it carries does not say more.
const ANOTHER: &str = "another customer";

impl Customer {
    /// Adds the contact that is planned for it, where it cannot be found by a number.
    pub(super) async fn planned(
        &self,
        t: &Near<'_>,
        contacts: &mut Vec<LedgerContact>,
    ) -> Result<(), StoreError> {
        if !self.marks.number.is_empty() {
            return Ok(());
        }
        let id = self.planned_id();
        let keys = ContactKeys {
            id: &id,
            ..ContactKeys::default()
        };
        let found = t.contacts(keys).await?;
        let known = |c: &LedgerContact| contacts.iter().any(|o| o.id == c.id);
        let fresh: Vec<_> = found.contacts.into_iter().filter(|c| !known(c)).collect();
        contacts.extend(fresh);
        Ok(())
    }

    fn is_own(&self, c: &LedgerContact) -> bool {
        let numbered = !c.number.is_empty() && c.number == self.marks.number;
        numbered || c.mark.as_deref() == Some(self.marks.mark.as_str()) || c.id == self.planned_id()
    }

    /// Whose a contact is by what it carries, where it is not this customer's.
    async fn of_another(
        &self,
        t: &Near<'_>,
        c: &LedgerContact,
    ) -> Result<Option<String>, StoreError> {
        if self.marks.other_id(&t.books.source, &c.number).is_some() {
            return self.of_number(t, &c.number).await;
        }
        let another = self.marks.is_anothers(&c.number) || c.mark.is_some();
        let another = another || c.id.starts_with(PLANNED);
        Ok(another.then(|| ANOTHER.to_owned()))
    }

    /// Which other customer a number of ours is given to.
    async fn of_number(&self, t: &Near<'_>, number: &str) -> Result<Option<String>, StoreError> {
        let source = &t.books.source;
        let Some(id) = self.marks.other_id(source, number) else {
            return Ok((self.marks.is_anothers(number)).then(|| ANOTHER.to_owned()));
        };
        let party = match t.customers(CustomerBy::Id, id) {
            Some(known) => (known.first()).map_or_else(|| id.to_owned(), |c| c.party.clone()),
            None => t.memory.party(t.tenant(), source, id).await?,
        };
        let same = party == self.party;
        Ok((!same).then(|| format!("customer {id}")))
    }
}

/// Whose number the linked contact carries, where it is another customer's. Looked at before anything else is: a link says
/// which contact it was, and a person may have given that contact to another customer since.
pub(super) async fn turned(
    t: &Near<'_>,
    who: &Customer,
    linked: Option<&LedgerContact>,
) -> Result<Option<String>, StoreError> {
    // Whom a contact was merged into is a person's word that the two are one.
    match linked.filter(|c| c.merged_into.is_empty() && !c.number.is_empty()) {
        Some(c) if !who.is_own(c) => who.of_number(t, &c.number).await,
        _ => Ok(None),
    }
}

/// What is known of a customer and the contacts that may be its own.
pub(super) async fn evidence(
    t: &Near<'_>,
    who: &Customer,
    draft: &ContactDraft,
    contacts: &[LedgerContact],
) -> Result<Evidence, StoreError> {
    let mut out = Evidence::default();
    for c in contacts {
        if who.is_own(c) {
            out.own.insert(c.id.clone());
        } else if let Some(whose) = who.of_another(t, c).await? {
            out.others.insert(c.id.clone(), whose);
        }
    }
    let open: Vec<&str> = (contacts.iter())
        .filter(|c| !out.others.contains_key(&c.id) && !c.id.starts_with(PLANNED))
        .map(|c| c.id.as_str())
        .collect();
    let source = (&t.books.source, who.party.as_str());
    let owners = (t.memory)
        .owners(t.tenant(), source, &t.books.ledger, &open)
        .await?;
    let owner = |(contact, id): (String, String)| (contact, format!("customer {id}"));
    out.others.extend(owners.into_iter().map(owner));
    // Sites of different clients have different names where they bear the client's.
    let sites = t.mapping.contacts.site_name.is_some();
    let parent = draft.source.parent.as_ref().map_or("", |p| p.name.as_str());
    let raw = draft.source.shown().0;
    let keys = CustomerKeys {
        book: &t.books.source,
        id: &who.id,
        party: &who.party,
        name: &raw,
        email: &draft.email,
        parent: sites.then_some(parent),
    };
    let alike = match alike(t, &keys) {
        Some(known) => known,
        None => t.memory.alike(t.tenant(), keys).await?,
    };
    let told = |c: AlikeCustomer| match c.email.as_str() {
        "" => format!("customer {} ({})", c.id, c.name),
        email => format!("customer {} ({} <{email}>)", c.id, c.name),
    };
    out.email = alike.email.map(told);
    out.name = alike.name.map(told);
    out.both = alike.both.map(told);
    out.several = alike.several && draft.source.is_known_by_name();
    Ok(out)
}

/// Who else has a customer's values, of what was asked for ahead; nothing where that is not all.
fn alike(t: &Near<'_>, keys: &CustomerKeys<'_>) -> Option<Alike> {
    let (name, email) = (folded(keys.name), folded(keys.email));
    let parent = keys.parent.map(folded);
    let under = |by, value: &str| match value {
        "" => Some(&[][..]),
        value => t.customers(by, value),
    };
    let first = |all: &[KnownCustomer], fits: &dyn Fn(&KnownCustomer) -> bool| {
        let others = all.iter().filter(|c| c.party != keys.party && fits(c));
        let first = others.min_by(|a, b| a.id.cmp(&b.id));
        first.map(|c| AlikeCustomer {
            id: c.id.clone(),
            name: c.name.clone(),
            email: c.email.clone(),
        })
    };
    let named = under(CustomerBy::Name, &name)?;
    let of_parent = |c: &KnownCustomer| parent.as_ref().is_none_or(|p| c.parent == *p);
    let both = |c: &KnownCustomer| !email.is_empty() && c.email == email && of_parent(c);
    let own = t.customers(CustomerBy::Id, &keys.id.0)?;
    Some(Alike {
        email: first(under(CustomerBy::Email, &email)?, &|_| true),
        name: first(named, &of_parent),
        both: first(named, &both),
        several: own.first().is_some_and(|c| c.several),
    })
}
