//! A law: whatever the source, the file and the ledger make of a payment with two entries, in any of their states, there are never
//! two papers for one, nothing stands half without being told, and each hold has a code.

#[path = "entries_law/histories.rs"]
mod histories;

use super::bed::tenant;
use chrono::{DateTime, NaiveDate};
use crossfoot::connectors::Registry;
use crossfoot::mapping::{Input, Mapping, Presets, compile};
use crossfoot::model::{
    Account, AccountClass, Begun, BookId, Chart, Contact, Currency, DocState, Draft, EntryState,
    Fingerprint, Invoice, Key, Kind, LedgerContact, LedgerView, Line, LineKind, Link, LinkMade,
    Organisation, Payment, PaymentEntry, PaymentKind, PostedDraft, Reason, Stated, TaxRate,
};
use crossfoot::pipeline::decide::{Question, decide};
use crossfoot::pipeline::plan::{self, WritePlan};
use crossfoot::pipeline::ports::InUse;
use crossfoot::pipeline::write::paper_hash;
use crossfoot::rules::{Context, RuleSet, Runner};
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

/// What the entries come to: of a refund each, of a payment the part on its document and the credit.
const REFUND: i64 = 60;
const PARTS: (i64, i64) = (110, 40);

#[derive(Debug, Clone)]
struct Scene {
    refund: bool,
    /// The paper that is made first: the note, or the payment.
    first: Option<EntryState>,
    /// What goes after it: what pays the note out, or the credit.
    second: Option<EntryState>,
    /// What the source says of it now; nothing where it has it no more.
    now: Option<i64>,
    /// Whether the source has the money under another id.
    anew: bool,
    /// Whether the file lets it go.
    wanted: bool,
    /// Whether it is kept what the source said when a refund was decided on.
    kept: bool,
}

fn state() -> impl Strategy<Value = Option<EntryState>> {
    use EntryState::{Asked, InDoubt, Planned, Posted, Unlinked};
    let all = [
        None,
        Some(Planned),
        Some(InDoubt),
        Some(Asked),
        Some(Unlinked),
    ];
    let posted = [Some(Posted); 3];
    select([&all[..], &posted[..]].concat())
}

fn scene() -> impl Strategy<Value = Scene> {
    let now = |refund: bool| {
        let whole = if refund { REFUND } else { PARTS.0 + PARTS.1 };
        let all = [
            Some(whole),
            None,
            Some(0),
            Some(40),
            Some(75),
            Some(110),
            Some(160),
        ];
        let all = all
            .into_iter()
            .filter(move |n| !refund || n.is_none_or(|n| n < 110));
        select(all.chain([Some(whole)]).collect::<Vec<_>>())
    };
    any::<bool>().prop_flat_map(move |refund| {
        let words = (any::<bool>(), any::<bool>(), any::<bool>());
        let all = (state(), state(), now(refund), words);
        all.prop_map(move |(first, second, now, (anew, wanted, kept))| Scene {
            refund,
            first,
            // It goes once the first is there.
            second: match (first, second) {
                (Some(EntryState::Posted), second) => second,
                (_, Some(EntryState::Planned)) => second,
                _ => None,
            },
            now,
            anew: anew && now.is_none(),
            wanted,
            kept: kept || !refund,
        })
    })
}

struct World {
    systems: Registry,
    chart: Chart,
    rules: RuleSet,
    context: Arc<Context>,
    files: [Mapping; 2],
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let systems = Registry::standard();
    let files = [("credit_note", "as_overpayment"), ("skip", "skip")]
        .map(|(refunds, over)| mapping(&systems, refunds, over));
    let on = systems.target("xero").unwrap().facts.overpaid_on.clone();
    World {
        chart: chart(on.as_deref().unwrap_or_default()),
        rules: RuleSet::compile(&[], &BTreeMap::new()).unwrap().0,
        context: Arc::new(Context {
            tenant: tenant().to_string(),
            run: "one".into(),
            today: day(20),
            trace: false,
        }),
        files,
        systems,
    }
});

fn mapping(systems: &Registry, refunds: &str, over: &str) -> Mapping {
    let text = format!(
        "tenant: acme\nfrom: {{ keap: k }}\nto: {{ xero: x }}\ncurrency: AUD\n\
         sync: {{ payments: forward }}\nrefunds: {refunds}\noverpayment: {over}\n\
         accounts: [{{ else: \"200\" }}]\npayments_account: {{ code: \"090\" }}\n\
         status: {{ invoices: {{ else: AUTHORISED }} }}\n\
         tax: {{ codes: {{ else: FREE, taxable: FREE, zero: FREE }} }}\n"
    );
    let compiled = compile(&Input {
        file: "mappings/acme.yaml",
        text: &text,
        presets: &Presets::embedded(),
        connections: None,
        facts: &systems.facts(),
    });
    compiled
        .mapping
        .unwrap_or_else(|| panic!("{text}\n{:#?}", compiled.diagnostics))
}

fn chart(owed: &str) -> Chart {
    let account = |code: &str, class, bank: bool, system: &str| Account {
        id: format!("id-{code}"),
        code: code.into(),
        name: code.into(),
        class,
        tax: "FREE".into(),
        active: true,
        takes_payments: bank,
        bank,
        system: system.into(),
    };
    Chart {
        index: Default::default(),
        organisation: Organisation {
            id: "org".into(),
            name: "Acme".into(),
            country: "AU".into(),
            currency: Currency::new("AUD").unwrap(),
            currencies: BTreeSet::new(),
            period_lock: None,
            year_lock: None,
        },
        accounts: vec![
            account("200", AccountClass::Revenue, false, ""),
            account("090", AccountClass::Asset, true, ""),
            account("610", AccountClass::Asset, false, owed),
        ],
        tax_rates: vec![TaxRate {
            code: "FREE".into(),
            name: "FREE".into(),
            percent: Decimal::ZERO,
            active: true,
            applies_to: BTreeSet::from([AccountClass::Revenue]),
        }],
        items: Vec::new(),
        tracking: Vec::new(),
    }
}

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, n).unwrap()
}

fn money(id: &str, refund: bool, sum: i64) -> Payment {
    Payment {
        id: id.into(),
        kind: match refund {
            true => PaymentKind::Refund,
            false => PaymentKind::Payment,
        },
        date: day(if refund { 13 } else { 12 }),
        at: None,
        amount: Decimal::from(sum),
        method: String::new(),
        reference: String::new(),
        refunds: String::new(),
        settled: true,
    }
}

fn invoice(payments: Vec<Payment>) -> Invoice {
    let at = DateTime::UNIX_EPOCH;
    Invoice {
        kind: Kind::Invoice,
        estimate: false,
        id: "1".into(),
        order_id: String::new(),
        number: "1041".into(),
        title: String::new(),
        notes: String::new(),
        reference: String::new(),
        date: day(10),
        due: None,
        currency: Currency::new("AUD").unwrap(),
        status: Default::default(),
        contact: Contact {
            id: "C1".into(),
            name: "Ann Reed".into(),
            ..Contact::default()
        },
        lines: vec![Line {
            id: "1".into(),
            kind: LineKind::parse("product").unwrap(),
            name: "Hire".into(),
            quantity: Decimal::ONE,
            unit_amount: Decimal::from(110),
            ..Line::default()
        }],
        tax: None,
        tax_included: None,
        reckoned: Decimal::from(110),
        paid: Decimal::ZERO,
        plan: Vec::new(),
        payments,
        tags: Vec::new(),
        made_by: String::new(),
        fields: BTreeMap::new(),
        created_at: at,
        modified_at: at,
        stated: Stated {
            no_total: true,
            ..Stated::default()
        },
    }
}

fn link(kind: Kind, id: &str, sum: i64, upon: Option<(Kind, &str)>) -> Link {
    let key = |book: &str, kind, id: &str| Key::new(&BookId::stored(book), kind, &id.into());
    Link {
        thing: key("keap", kind, id),
        other: key("xero", kind, &format!("{kind}-{id}")),
        made: LinkMade::Ours,
        number: String::new(),
        version: String::new(),
        other_version: String::new(),
        draft: Fingerprint::of(b""),
        amount: Decimal::from(sum),
        upon: upon.map(|(kind, id)| key("xero", kind, &format!("{kind}-{id}"))),
    }
}

fn entry(kind: Kind, id: &str, state: EntryState, sum: i64, said: i64) -> PaymentEntry {
    let posted = state == EntryState::Posted;
    let number = match kind {
        Kind::CreditNote => format!("1041-R{id}"),
        _ => String::new(),
    };
    PaymentEntry {
        kind,
        state,
        amount: Decimal::from(sum),
        date: day(12),
        number,
        target_id: if posted {
            format!("{kind}-{id}")
        } else {
            String::new()
        },
        said: Some(Decimal::from(said)),
        said_on: None,
        numbered: String::new(),
        asked: (state == EntryState::Asked).then(|| Reason {
            code: "payment.other".into(),
            what: "somebody else put 60 to the document".into(),
            fix: "`crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`".into(),
            place: None,
        }),
    }
}

/// What is decided of a document that is in the ledger, with what was begun of its payments.
fn decided(scene: &Scene) -> WritePlan {
    let w = &*WORLD;
    let facts = w.systems.target("xero").unwrap().facts;
    let file = &w.files[usize::from(!scene.wanted)];
    let id = if scene.refund { "90" } else { "80" };
    let mut payments = Vec::new();
    if scene.refund {
        payments.push(money("80", false, 110));
    }
    match scene.now {
        Some(0) => payments.push(Payment {
            settled: false,
            ..money(id, scene.refund, if scene.refund { REFUND } else { 150 })
        }),
        Some(sum) => payments.push(money(id, scene.refund, sum)),
        None => {}
    }
    if scene.anew {
        payments.push(money(
            "91",
            scene.refund,
            if scene.refund { REFUND } else { 110 },
        ));
    }
    let invoice = Arc::new(invoice(payments));
    let mut runner = Runner::new();
    let mut view = LedgerView {
        contacts: vec![LedgerContact {
            id: "c1".into(),
            name: "Ann Reed".into(),
            ..LedgerContact::default()
        }],
        ..LedgerView::default()
    };
    let ask = |view: &LedgerView, runner: &mut Runner| {
        let question = Question {
            invoice: &invoice,
            view,
            chart: &w.chart,
            mapping: file,
            rules: &w.rules,
            facts,
            context: &w.context,
        };
        decide(&question, runner).unwrap()
    };
    let draft = ask(&view, &mut runner).invoice.expect("a draft");
    let mut own = link(Kind::Invoice, "1", 110, None);
    own.draft = paper_hash(&draft);
    own.number = "1041".into();
    view.link = Some(own);
    let mut contact = link(Kind::Contact, "C1", 0, None);
    contact.other.id = "c1".into();
    view.contact_link = Some(contact);
    view.posted = Some(PostedDraft {
        draft,
        contact_id: "c1".into(),
    });
    view.base = Some(invoice.clone());
    let on = Some((Kind::Invoice, "1"));
    if scene.refund {
        view.payment_links
            .insert("80".into(), link(Kind::Payment, "80", 110, on));
    }
    let kinds = match scene.refund {
        true => [(Kind::CreditNote, REFUND), (Kind::Payment, REFUND)],
        false => [(Kind::Payment, PARTS.0), (Kind::Overpayment, PARTS.1)],
    };
    let said = if scene.refund {
        REFUND
    } else {
        PARTS.0 + PARTS.1
    };
    let both = [scene.first, scene.second].into_iter().zip(kinds);
    let entries: Vec<PaymentEntry> = both
        .filter_map(|(state, (kind, sum))| Some(entry(kind, id, state?, sum, said)))
        .collect();
    let paid = entries
        .iter()
        .find(|e| e.kind == Kind::Payment && e.is_posted());
    if let (Some(e), Some(_)) = (paid, scene.now) {
        let sum = if scene.refund { REFUND } else { PARTS.0 };
        let on = if scene.refund {
            Some((Kind::CreditNote, "90"))
        } else {
            on
        };
        assert_eq!(e.amount, Decimal::from(sum));
        view.payment_links
            .insert(id.into(), link(Kind::Payment, id, sum, on));
    }
    let mut entries = entries;
    for e in entries.iter_mut().filter(|_| !scene.kept) {
        e.said = None;
    }
    if !entries.is_empty() {
        let kind = match scene.refund {
            true => PaymentKind::Refund,
            false => PaymentKind::Payment,
        };
        view.begun.insert(
            id.into(),
            Begun {
                kind,
                entries,
                brought: false,
            },
        );
    }
    let decision = ask(&view, &mut runner);
    let books = InUse {
        source: BookId::stored("keap"),
        ledger: BookId::stored("xero"),
        news: Vec::new(),
        renamed: Vec::new(),
    };
    plan::of(&decision, &invoice, &view, &tenant(), &books, facts)
}

fn is_there(s: Option<EntryState>) -> bool {
    s == Some(EntryState::Posted)
}

fn may_be(s: Option<EntryState>) -> bool {
    matches!(s, Some(EntryState::InDoubt | EntryState::Asked))
}

/// The money that is written: what, of which payment, how much.
fn written(plan: &WritePlan) -> Vec<(Kind, String, Decimal)> {
    let one = |w: &crossfoot::pipeline::write::NewWrite| {
        let sum = match &w.draft {
            Draft::Invoice(d) => d.total,
            Draft::Payment(p) => p.amount,
            Draft::Contact(_) => return None,
        };
        Some((w.kind, w.of.id.0.clone(), sum))
    };
    plan.writes.iter().filter_map(one).collect()
}

fn told(plan: &WritePlan) -> BTreeSet<String> {
    let own = plan.reason.iter().map(|r| r.code.clone());
    let paid = plan.payments.iter().filter_map(|p| p.reason.as_ref());
    own.chain(paid.map(|r| r.code.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]
    #[test]
    fn never_two_papers_for_one_and_nothing_half_untold(scene in scene()) {
        let plan = decided(&scene);
        let (all, codes) = (written(&plan), told(&plan));
        let id = if scene.refund { "90" } else { "80" };
        let whole = if scene.refund { REFUND } else { PARTS.0 + PARTS.1 };
        let (there, doubt) = (is_there(scene.first) || is_there(scene.second), may_be(scene.first) || may_be(scene.second));
        let held = plan.state == DocState::Held;
        let own = [codes_of("payment.half"), codes_of("payment.in_doubt"), codes_of("payment.removed"), codes_of("payment.changed")];
        let tells = own.iter().any(|c| codes.contains(*c));
        // A payment that comes to just what is on its document is whole without a credit.
        let alone = !scene.refund && is_there(scene.first) && !is_there(scene.second) && !may_be(scene.second);
        let same = scene.now == Some(whole) || (alone && scene.now == Some(PARTS.0));
        if !same && doubt {
            // Unless it is a lone payment of which a person was asked: that is compared with what the source says now.
            let lone = !scene.refund && scene.first == Some(EntryState::Asked) && scene.now.is_some();
            if !lone {
                prop_assert_eq!(&all, &[], "nothing goes beside what may have left: {:?}", codes);
                prop_assert!(held && codes.contains("payment.in_doubt"), "{:?} {:?}", plan.state, codes);
                // Where a look could not tell, what it saw is named, and a command ends it.
                let asked = [scene.first, scene.second].contains(&Some(EntryState::Asked));
                let why = plan.payments.iter().filter_map(|p| p.reason.as_ref());
                let mut why = why.filter(|r| r.code == "payment.in_doubt");
                let ends = |r: &Reason| r.what.contains("put 60 to") && r.fix.contains("`crossfoot ");
                prop_assert!(!asked || why.all(ends), "{:?}", plan.payments);
            }
        }
        if !same && there && !doubt {
            prop_assert_eq!(&all, &[], "nothing goes beside what is there: {:?}", codes);
            prop_assert!(held && tells, "{:?} {:?}", plan.state, codes);
        }
        if same && (there || doubt) {
            // What is written is what was begun, and no more.
            for (kind, of, sum) in &all {
                let want = match (scene.refund, kind) {
                    (true, _) => REFUND,
                    (false, Kind::Payment) => PARTS.0,
                    (false, _) => PARTS.1,
                };
                prop_assert_eq!((of.as_str(), *sum), (id, Decimal::from(want)));
            }
            let second = all.iter().any(|(kind, ..)| *kind == if scene.refund { Kind::Payment } else { Kind::Overpayment });
            let done = is_there(scene.second) || second || may_be(scene.second) || scene.now == Some(PARTS.0);
            if is_there(scene.first) && !done {
                prop_assert!(held && tells, "half, and untold: {:?} {:?}", plan.state, codes);
            }
        }
        if !there && !doubt {
            prop_assert!(!tells, "nothing was begun: {:?}", codes);
        }
        // What is held is told with a code.
        if held {
            prop_assert!(!codes.is_empty());
        }
    }
}

#[test]
fn what_has_not_come_in_is_not_credited() {
    for settled in [true, false] {
        let w = &*WORLD;
        let payments = vec![
            Payment {
                settled,
                ..money("80", false, 110)
            },
            money("90", true, REFUND),
        ];
        let invoice = Arc::new(invoice(payments));
        let question = Question {
            invoice: &invoice,
            view: &LedgerView::default(),
            chart: &w.chart,
            mapping: &w.files[0],
            rules: &w.rules,
            facts: w.systems.target("xero").unwrap().facts,
            context: &w.context,
        };
        let decision = decide(&question, &mut Runner::new()).unwrap();
        let why = decision.payments.iter().find(|p| p.id == "90").unwrap();
        let code = why.verdict.reason().map(|r| r.code.as_str());
        let want = (!settled).then_some("refund.not_received");
        assert_eq!((code, decision.credits.len()), (want, usize::from(settled)));
    }
}

/// A code that there is.
fn codes_of(code: &'static str) -> &'static str {
    let families = crossfoot::service::codes::families();
    let known = families
        .iter()
        .flat_map(|f| f.entries)
        .any(|e| e.code.as_str() == code);
    assert!(known, "{code}");
    code
}
