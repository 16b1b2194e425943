//! What a verb asks of the database follows what it says, and not what the book holds: counted in statements, never in time.

use super::bed::tenant;
use super::book;
use super::verbs::{By, Cost, costs, no_look, waiting_for_a_word};
use crossfoot::model::{DocState, Fingerprint, Kind, WriteState};
use crossfoot::pipeline::ports::{Documents as _, Moved, Written as _};
use crossfoot::store::verify_audit;

/// Statements that a document may take, by verb; how often the database may be handed some; and commits.
const EACH: [(&str, f64, f64, f64); 3] = [
    ("sync: decide", 3.8, 2.8, 0.2),
    ("approve --all", 0.5, 0.3, 0.01),
    ("sync: post", 13.5, 4.6, 0.3),
];

/// Bytes that a database keeps of a document that is posted with its payment: record, decision, trace, writes, links, the audit
/// chain, the mirror of its paper and all indexes.
const KEPT: u64 = 9_000;

/// What an unchanged sync takes at most.
const UNCHANGED: u64 = 60;

fn told(all: &[Cost]) -> String {
    let line = |c: &Cost| {
        format!(
            "{:<20} {:>5} documents: {:>6} statements ({:.1} each) in {:.1} hops each, {} commits, {} calls\n",
            c.verb,
            c.documents,
            c.statements,
            c.each(c.statements),
            c.each(c.hops),
            c.commits,
            c.calls
        )
    };
    all.iter().map(line).collect()
}

#[tokio::test]
async fn a_verb_asks_as_much_as_it_is_about_and_not_what_the_book_holds() {
    let (small, few_bytes) = costs(20, no_look).await;
    let (large, bytes) = costs(400, no_look).await;
    let each = (bytes - few_bytes) / 380;
    let kept = format!("{few_bytes} and {bytes} bytes are kept: {each} for each document more");
    let table = format!("{}{}{kept}", told(&small), told(&large));
    println!("{table}");
    let mut wrong = Vec::new();
    for (few, many) in small.iter().zip(&large) {
        let verb = many.verb;
        println!("{verb}\n{}", many.most_said(45));
        match many.by {
            // A book of more may have a page more of something.
            By::Nothing if many.statements > few.statements => wrong.push(format!("{verb} grows")),
            By::Nothing => {}
            By::Documents => {
                let bounds = EACH.iter().find(|(v, ..)| *v == verb);
                let Some((_, statements, hops, commits)) = bounds else {
                    wrong.push(format!("{verb} has no bounds"));
                    continue;
                };
                let each = [
                    (many.statements, statements),
                    (many.hops, hops),
                    (many.commits, commits),
                ];
                if each.iter().any(|(of, most)| many.each(*of) > **most) {
                    wrong.push(format!("{verb} takes more a document"));
                }
                // Whatever a verb takes once: a chunk of so many more takes no more than so many times that.
                let more = (many.documents - few.documents) as f64;
                let grown = many.statements.saturating_sub(few.statements) as f64;
                if grown > *statements * more {
                    wrong.push(format!("{verb} takes more for each document more"));
                }
            }
        }
        if verb == "sync, unchanged" && many.statements > UNCHANGED {
            wrong.push(format!("{verb} takes more than {UNCHANGED} statements"));
        }
    }
    if each > KEPT {
        wrong.push(format!("more than {KEPT} bytes are kept of a document"));
    }
    assert!(wrong.is_empty(), "{wrong:?}\n{table}");
}

#[tokio::test]
async fn an_approval_of_many_is_one_commit_and_each_is_about_what_was_shown() {
    let bed = waiting_for_a_word(5);
    let engine = bed.engine().await;
    book::sync(&engine).await;
    let (store, acme) = (engine.store(), tenant());
    let waits = [DocState::Checked];
    let rows = store.all_documents(&acme, &waits).await.unwrap();
    let mut shown = rows.clone();
    // One was decided on otherwise since it was shown, and one is named twice.
    shown[1].drafts = Some(Fingerprint::of(b"another"));
    shown.push(rows[0].clone());
    let before = store.committed();
    let moved = store.approve(&acme, &shown, "jo", bed.now()).await.unwrap();
    let (done, decided) = (Moved::Done, Moved::Decided);
    assert_eq!(moved, [done, decided, done, done, done, decided]);
    assert_eq!(store.committed() - before, 1);
    let left = store.all_documents(&acme, &waits).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].key, shown[1].key);
    for row in &rows {
        let state = match row.key == left[0].key {
            true => WriteState::Planned,
            false => WriteState::Ready,
        };
        let writes = store.writes(&acme, &row.key).await.unwrap();
        let own = writes.iter().filter(|w| w.kind != Kind::Contact);
        assert!(own.clone().count() > 0 && own.clone().all(|w| w.state == state));
    }
    assert!(verify_audit(store).await.unwrap().is_ok());
}
