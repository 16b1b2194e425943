//! What a verb asks of the database follows what it says, and not what the book holds: counted in statements, never in time.

use super::verbs::{By, Cost, costs, no_look};

/// Statements that a document may take, by verb; and commits.
const EACH: [(&str, f64, f64); 3] = [
    ("sync: decide", 60.0, 0.2),
    ("approve --all", 12.0, 0.1),
    ("sync: post", 40.0, 0.3),
];

/// What an unchanged sync takes at most.
const UNCHANGED: u64 = 60;

fn told(all: &[Cost]) -> String {
    let line = |c: &Cost| {
        format!(
            "{:<20} {:>5} documents: {:>6} statements ({:.1} each), {} commits, {} calls\n",
            c.verb,
            c.documents,
            c.statements,
            c.each(c.statements),
            c.commits,
            c.calls
        )
    };
    all.iter().map(line).collect()
}

#[tokio::test]
async fn a_verb_asks_as_much_as_it_is_about_and_not_what_the_book_holds() {
    let (small, large) = (costs(20, no_look).await, costs(400, no_look).await);
    let table = format!("{}{}", told(&small), told(&large));
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
                let Some((_, statements, commits)) = bounds else {
                    wrong.push(format!("{verb} has no bounds"));
                    continue;
                };
                if many.each(many.statements) > *statements || many.each(many.commits) > *commits {
                    wrong.push(format!("{verb} takes more a document"));
                }
            }
        }
        if verb == "sync, unchanged" && many.statements > UNCHANGED {
            wrong.push(format!("{verb} takes more than {UNCHANGED} statements"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}\n{table}");
}
