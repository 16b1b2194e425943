//! The merged tree as typed values.
//!
//! Flows in: a tree in which no mistake was found. Flows out: a [`Mapping`]. It is total: should the checks have let something
//! pass that cannot be read, the answer is the key's path, never a panic and never a value nobody wrote.

mod back;
mod papers;
mod rows;

pub(super) use papers::COUNTED;
pub use papers::series_key;
pub(super) use rows::Unread;

use super::check::is_method_table;
use super::config::*;
use super::keys::{self, KnownKey, MATCH_ITEMS};
use super::layers::fragment;
use super::scalars;
use super::words::switch;
use super::yaml::Node;
use super::zones;
use crate::model::{ConnectionName, DocStatus, Kind, Start, TaxMode, TenantId};
use rows::{Built, account_row, answer, bank, table, unmarked};
use std::collections::BTreeMap;
use std::sync::Arc;

struct Tree<'a>(&'a Node);

pub(super) fn build(root: &Node, files: Vec<Arc<str>>) -> Built<Mapping> {
    let tree = Tree(root);
    Ok(Mapping {
        tenant: tree.tenant()?,
        preset: tree.0.get("preset").and_then(Node::text).map(Into::into),
        from: tree.end("from")?,
        to: tree.end("to")?,
        currency: tree.scalar(&["currency"], |t| scalars::currency(t).ok())?,
        sync: tree.sync()?,
        back: tree.back()?,
        match_contacts: tree.match_contacts()?,
        match_items: tree.match_items()?,
        contacts: tree.contacts()?,
        accounts: tree.accounts()?,
        lines: tree.lines(),
        numbers: tree.numbers()?,
        payments_account: tree.payments_account(&["payments_account"])?,
        status: (tree.status("invoices", Kind::Invoice)?).unwrap_or_else(StatusTable::none),
        statuses: tree.statuses()?,
        tax: tree.tax()?,
        finance_charges: tree.word(&["finance_charges"], FinanceCharges::parse)?,
        due: tree.due()?,
        skip: Skip {
            already_synced: tree.scalar(&["skip", "already_synced"], switch)?,
            zero_total: tree.scalar(&["skip", "zero_total"], switch)?,
            made_by_integration: tree.scalar(&["skip", "made_by_integration"], switch)?,
            drafts: tree.scalar(&["skip", "drafts"], switch)?,
        },
        overpayment: tree.word(&["overpayment"], Overpayment::parse)?,
        refunds: tree.word(&["refunds"], Refunds::parse)?,
        guard: tree.guard()?,
        tables: tree.tables()?,
        rules: tree.texts(&["rules"]),
        notify: tree.notify()?,
        files: files.into_boxed_slice(),
    })
}

fn unread<T>(path: &[&str]) -> Built<T> {
    Err(Unread(path.join(".")))
}

impl Tree<'_> {
    fn node(&self, path: &[&str]) -> Built<&Node> {
        self.0.path(path).ok_or_else(|| Unread(path.join(".")))
    }

    fn scalar<T>(&self, path: &[&str], read: impl Fn(&str) -> Option<T>) -> Built<Located<T>> {
        let node = self.node(path)?;
        match node.text().and_then(read) {
            Some(value) => Ok(Located::new(value, node.at)),
            None => unread(path),
        }
    }

    /// A word; `off` may have been written as `false`, and `on` as `true`.
    fn word<T>(&self, path: &[&str], parse: impl Fn(&str) -> Option<T>) -> Built<Located<T>> {
        self.scalar(path, |text| {
            let switched = |on: bool| if on { parse("on") } else { parse("off") };
            parse(text).or_else(|| switched(switch(text)?))
        })
    }

    fn tenant(&self) -> Built<TenantId> {
        let read = self.scalar(&["tenant"], |t| TenantId::new(t).ok())?;
        Ok(read.value)
    }

    fn end(&self, side: &str) -> Built<Located<End>> {
        let node = self.node(&[side])?;
        let pair = node.entries().first();
        let read = pair.and_then(|(key, value)| {
            Some(End {
                system: key.text.as_str().into(),
                connection: ConnectionName::new(value.text()?).ok()?,
            })
        });
        match read {
            Some(end) => Ok(Located::new(end, node.at)),
            None => unread(&[side]),
        }
    }

    fn sync(&self) -> Built<Sync> {
        Ok(Sync {
            invoices: self.word(&["sync", "invoices"], InvoiceMode::parse)?,
            payments: self.word(&["sync", "payments"], PaymentMode::parse)?,
            contacts: self.word(&["sync", "contacts"], ContactMode::parse)?,
            estimates: self.word(&["sync", "estimates"], EstimateMode::parse)?,
            purchase_orders: self.word(&["sync", "purchase_orders"], OrderMode::parse)?,
            update_invoices: self.scalar(&["sync", "updates", "invoices"], switch)?,
            update_contacts: self.scalar(&["sync", "updates", "contacts"], switch)?,
            start: self.start()?,
            trigger: self.trigger()?,
            conflict: self.word(&["sync", "conflict"], OnConflict::parse)?,
            approval: self.word(&["sync", "approval"], Approval::parse)?,
            first_run: self.word(&["sync", "first_run"], FirstRun::parse)?,
            history_days: self.scalar(&["sync", "history_days"], |t| scalars::count(t).ok())?,
        })
    }

    fn start(&self) -> Built<Located<Start>> {
        let path = ["sync", "start"];
        let node = self.node(&path)?;
        let invoice = node.get("invoice").and_then(Node::text);
        let date = node.get("invoice_date").and_then(Node::text);
        let start = match (node.text(), invoice, date) {
            (Some("beginning"), None, None) => Start::Beginning,
            (None, Some(id), None) => Start::Invoice(id.to_owned()),
            (None, None, Some(day)) => match scalars::date(day) {
                Ok(day) => Start::InvoiceDate(day),
                Err(_) => return unread(&path),
            },
            _ => return unread(&path),
        };
        Ok(Located::new(start, node.at))
    }

    fn trigger(&self) -> Built<Located<Trigger>> {
        let path = ["sync", "trigger"];
        let node = self.node(&path)?;
        let every = node.get("every").and_then(Node::text);
        let cron = node.get("cron").and_then(Node::text);
        let zone = node.get("zone").and_then(Node::text).unwrap_or("UTC");
        let trigger = match (node.text(), every, cron) {
            (Some("manual"), _, _) => Trigger::Manual,
            (None, Some(every), None) => match scalars::interval(every) {
                Ok(seconds) => Trigger::Every(seconds),
                Err(_) => return unread(&path),
            },
            (None, None, Some(expression)) => match zones::zone(zone) {
                Ok(zone) => Trigger::Cron {
                    expression: expression.into(),
                    zone,
                },
                Err(_) => return unread(&path),
            },
            _ => return unread(&path),
        };
        Ok(Located::new(trigger, node.at))
    }

    fn notify(&self) -> Built<Notify> {
        let of = |path: &[&str]| {
            let text = self.0.path(path).and_then(Node::text);
            text.and_then(|zone| zones::zone(zone).ok())
        };
        let own = of(&["notify", "zone"]).or_else(|| of(&["sync", "trigger", "zone"]));
        let email = self.texts(&["notify", "email"]).into_iter();
        let at = self.scalar(&["notify", "at"], |t| scalars::time_of_day(t).ok())?;
        Ok(Notify {
            email: email.map(|l| l.value).collect(),
            when: self.word(&["notify", "when"], NotifyWhen::parse)?,
            manual: self.scalar(&["notify", "manual"], switch)?.value,
            at: at.value,
            zone: own.unwrap_or(chrono_tz::UTC),
            quiet_days: (self.word(&["notify", "quiet_days"], QuietDays::parse)?).value,
        })
    }

    fn match_contacts(&self) -> Built<MatchContacts> {
        let by = self.node(&["match", "contacts", "by"])?;
        let keys: Option<Box<[MatchBy]>> = (by.items().iter())
            .map(|n| n.text().and_then(MatchBy::parse))
            .collect();
        let Some(keys) = keys else {
            return unread(&["match", "contacts", "by"]);
        };
        Ok(MatchContacts {
            by: Located::new(keys, by.at),
            none: self.word(&["match", "contacts", "none"], WhenNone::parse)?,
            many: self.word(&["match", "contacts", "many"], WhenMany::parse)?,
        })
    }

    fn match_items(&self) -> Built<Option<MatchItems>> {
        let node = self.node(&["match", "items"])?;
        if node.text().is_some() {
            return Ok(None);
        }
        Ok(Some(MatchItems {
            take: inner(node, "use", ItemUse::parse)?,
            none: inner(node, "none", WhenNoItem::parse)?,
            many: inner(node, "many", WhenMany::parse)?,
        }))
    }

    fn contacts(&self) -> Built<Contacts> {
        let node = self.node(&["contacts", "site_name"])?;
        let Ok(template) = scalars::site_name(node.text().unwrap_or_default()) else {
            return unread(&["contacts", "site_name"]);
        };
        let unique = |field| self.word(&["contacts", "unique", field], Clash::parse);
        Ok(Contacts {
            namesakes: self.word(&["contacts", "namesakes"], Namesakes::parse)?,
            site_name: template.map(|t| Located::new(t.into(), node.at)),
            unique_name: unique("name")?,
            unique_phone: unique("phone")?,
            unique_mobile: unique("mobile")?,
            unique_email: unique("email")?,
        })
    }

    fn accounts(&self) -> Built<Box<[AccountRow]>> {
        let Some(table) = self.0.get("accounts") else {
            return Ok(Box::default());
        };
        let rows = table.items().iter().enumerate();
        rows.map(|(n, row)| account_row(row).ok_or_else(|| Unread(format!("accounts[{n}]"))))
            .collect()
    }

    fn payments_account(&self, path: &[&str]) -> Built<Option<PaymentsAccount>> {
        let Some(node) = self.0.path(path) else {
            return Ok(None);
        };
        if !is_method_table(node) {
            let Some(other) = bank(node) else {
                return unread(path);
            };
            return Ok(Some(PaymentsAccount {
                by_method: Box::default(),
                other,
            }));
        }
        let rows = node.entries().iter().filter(|(k, _)| k.text != "else");
        let by_method: Option<Vec<_>> = rows
            .map(|(k, v)| Some((k.text.as_str().into(), bank(v)?)))
            .collect();
        let other = node.get("else").and_then(bank);
        match (by_method, other) {
            (Some(rows), Some(other)) => Ok(Some(PaymentsAccount {
                by_method: rows.into_boxed_slice(),
                other,
            })),
            _ => unread(path),
        }
    }

    fn status(&self, name: &str, kind: Kind) -> Built<Option<StatusTable>> {
        // A ledger without words for a status wants no table: a document is made, and that is all.
        let Some(table) = self.0.path(&["status", name]) else {
            return Ok(None);
        };
        let unread = || Unread(keys::join("status", name));
        let own = |s: &DocStatus| Some((*s, table.get(s.as_str())?));
        let rows = DocStatus::of(kind).iter().filter_map(own);
        let rows: Option<Vec<_>> = rows.map(|(s, n)| Some((s, answer(n)?))).collect();
        let hold = Located::new(Answer::Hold, table.at);
        let other = table.get("else").map_or(Some(hold), answer);
        Ok(Some(StatusTable {
            rows: rows.ok_or_else(unread)?.into(),
            other: other.ok_or_else(unread)?,
        }))
    }

    /// Those of the other kinds of documents.
    fn statuses(&self) -> Built<BTreeMap<Kind, StatusTable>> {
        let mut all = BTreeMap::new();
        for (name, kind) in [
            ("estimates", Kind::Estimate),
            ("purchase_orders", Kind::PurchaseOrder),
        ] {
            all.extend(self.status(name, kind)?.map(|table| (kind, table)));
        }
        Ok(all)
    }

    fn tax(&self) -> Built<Tax> {
        let codes = self.node(&["tax", "codes"])?;
        Ok(Tax {
            without_tax: self.word(&["tax", "without_tax"], TaxMode::parse)?,
            zero_tax: self.word(&["tax", "zero_tax"], ZeroTax::parse)?,
            unmarked: unmarked(self.node(&["tax", "unmarked"])?)?,
            taxable: codes.get("taxable").and_then(answer),
            zero: codes.get("zero").and_then(answer),
            by_rate: table(codes, &["taxable", "zero"], "tax.codes")?,
        })
    }

    fn due(&self) -> Built<Due> {
        let rule = |key| self.scalar(&["due", key], |t| scalars::due(t).ok());
        Ok(Due {
            paid_at_creation: rule("paid_at_creation")?,
            payment_plan: rule("payment_plan")?,
            given: self.word(&["due", "given"], GivenDue::parse)?,
            other: rule("else")?,
        })
    }

    fn guard(&self) -> Built<Guard> {
        let per_run = self.0.path(&["guard", "per_run"]);
        let documents = per_run.and_then(|n| n.get("documents"));
        let documents = documents.map(|n| match n.text().map(scalars::count) {
            Some(Ok(count)) => Ok(Located::new(count, n.at)),
            _ => unread(&["guard", "per_run", "documents"]),
        });
        let totals = per_run.and_then(|n| n.get("total"));
        let totals_per_run = totals
            .map_or(&[][..], Node::entries)
            .iter()
            .map(|(key, value)| {
                let amount = value.text().and_then(|t| scalars::amount(t).ok());
                match (scalars::currency(&key.text), amount) {
                    (Ok(currency), Some(amount)) => Ok((currency, Located::new(amount, value.at))),
                    _ => unread(&["guard", "per_run", "total"]),
                }
            });
        Ok(Guard {
            totals: self.totals()?,
            zero_total: self.word(&["guard", "zero_total"], ZeroTotal::parse)?,
            locked_period: self.word(&["guard", "locked_period"], LockedPeriod::parse)?,
            documents: documents.transpose()?,
            totals_per_run: totals_per_run.collect::<Built<BTreeMap<_, _>>>()?,
        })
    }

    fn totals(&self) -> Built<Located<Totals>> {
        let path = ["guard", "totals"];
        let node = self.node(&path)?;
        let account = node.get("rounding_account").and_then(Node::text);
        let at_most = node.get("at_most").and_then(Node::text);
        let at_most = at_most.and_then(|t| scalars::amount(t).ok());
        let totals = match (node.text(), account, at_most) {
            (Some("exact"), _, _) => Totals::Exact,
            (Some("ledger"), _, _) => Totals::Ledger,
            (None, Some(account), Some(at_most)) => Totals::Rounding {
                account: account.into(),
                at_most,
            },
            _ => return unread(&path),
        };
        Ok(Located::new(totals, node.at))
    }

    fn tables(&self) -> Built<BTreeMap<Box<str>, LookupTable>> {
        let entries = self.0.get("tables").map_or(&[][..], Node::entries);
        (entries.iter())
            .map(|(key, node)| Ok((key.text.as_str().into(), table(node, &[], &key.text)?)))
            .collect()
    }

    fn texts(&self, path: &[&str]) -> Box<[Located<Box<str>>]> {
        let items = self.0.path(path).map_or(&[][..], Node::items);
        (items.iter())
            .filter_map(|n| Some(Located::new(n.text()?.into(), n.at)))
            .collect()
    }
}

/// A key of `match.items`, or its default when the group does not name it.
fn inner<T>(node: &Node, name: &str, parse: fn(&str) -> Option<T>) -> Built<Located<T>> {
    let default = || {
        let key: Option<&KnownKey> = MATCH_ITEMS.iter().find(|k| k.name == name);
        key.and_then(|k| fragment(k.default))
    };
    // A default inside a group that the tenant wrote is told of at the group.
    let (found, at) = match node.get(name) {
        Some(given) => (Some(given.clone()), given.at),
        None => (default(), node.at),
    };
    let read = found.and_then(|n| Some(Located::new(parse(n.text()?)?, at)));
    read.ok_or_else(|| Unread(keys::join("match.items", name)))
}
