//! What is told as a likely double, and what is not: each shape, and no paper for two documents.

use super::*;
use crate::model::Standing;
use proptest::prelude::*;

fn day(n: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2026, 7, n)
}

fn wanted(number: &str, contact: &str, n: u32, total: i64) -> WantedPaper {
    WantedPaper {
        kind: Kind::Invoice,
        number: number.to_owned(),
        contact_id: String::new(),
        contact: contact.to_owned(),
        date: day(n),
        currency: "AUD".to_owned(),
        total: Decimal::new(total, 2),
        mark: format!("M{number}"),
    }
}

fn paper(number: &str, reference: &str, contact: &str, (n, total): (u32, i64)) -> LedgerInvoice {
    let text = serde_json::json!({
        "id": format!("id of {number}"), "number": number, "reference": reference, "status": "open",
        "contact_id": "", "contact_name": contact, "date": day(n), "due": null, "currency": "AUD",
        "total": Decimal::new(total, 2), "amount_due": "0", "amount_paid": "0", "tax_mode": null, "lines": [],
        "payments": [], "version": "1", "editable": true, "payable": true,
    });
    serde_json::from_value(text).unwrap()
}

/// What is found, as texts.
fn found(wanted: Vec<WantedPaper>, papers: &[LedgerInvoice]) -> Vec<(String, String, LikeBy, i64)> {
    let mut doubles = Doubles::of(wanted);
    for p in papers {
        doubles.look(p);
    }
    let told = |d: &&LikelyDouble| {
        let (number, paper) = (d.document.number.clone(), d.paper.number.clone());
        (number, paper, d.by, d.days)
    };
    doubles.found().iter().map(told).collect()
}

#[test]
fn a_paper_is_like_a_document_by_number_by_number_inside_and_by_contact_sum_and_day() {
    let one = || vec![wanted("1041", "Jo Harbour", 10, 11000)];
    let is = |p: LedgerInvoice| found(one(), &[p]).first().map(|f| (f.2, f.3));
    // Its number says enough, whatever it comes to.
    assert_eq!(
        is(paper("1041", "", "Else", (1, 1))),
        Some((LikeBy::Number, 9))
    );
    let inside = Some((LikeBy::NumberInside, 0));
    assert_eq!(is(paper("INV-1041", "", "Else", (10, 11000))), inside);
    assert_eq!(is(paper("INV-001041", "", "Else", (10, 11000))), inside);
    assert_eq!(is(paper("77", "Order 1041", "Else", (10, 11000))), inside);
    assert_eq!(
        is(paper("77", "", "jo  harbour", (17, 11000))),
        Some((LikeBy::ContactTotalDate, 7))
    );
    // A day too far off, another sum, another contact, a longer number, one that is cancelled.
    assert_eq!(is(paper("77", "", "Jo Harbour", (18, 11000))), None);
    assert_eq!(is(paper("INV-1041", "", "Jo Harbour", (10, 11001))), None);
    assert_eq!(is(paper("77", "", "Else", (10, 11000))), None);
    assert_eq!(is(paper("110415", "", "Else", (10, 11000))), None);
    let mut over = paper("1041", "", "Jo Harbour", (10, 11000));
    over.standing = Standing::Cancelled;
    assert_eq!(is(over), None);
    // Under its own stamp it is adopted; under another's it is a double.
    let mut ours = paper("1041", "", "Jo Harbour", (10, 11000));
    ours.mark = Some("M1041".into());
    assert_eq!(is(ours.clone()), None);
    ours.mark = Some("OTHER".into());
    assert_eq!(is(ours), Some((LikeBy::Number, 0)));
}

#[test]
fn of_several_papers_the_nearest_is_named() {
    let weekly = vec![wanted("1", "Jo", 6, 5000), wanted("2", "Jo", 13, 5000)];
    let papers = [
        paper("A", "", "Jo", (12, 5000)),
        paper("B", "", "Jo", (6, 5000)),
    ];
    let told = found(weekly, &papers);
    let told: Vec<_> = told
        .iter()
        .map(|t| (t.0.as_str(), t.1.as_str(), t.3))
        .collect();
    assert_eq!(told, [("1", "B", 0), ("2", "A", 1)]);
}

#[test]
fn three_that_are_numbered_alike_are_no_chance() {
    let many = |n: u32| wanted(&format!("104{n}"), "Jo", n, 5000 + i64::from(n));
    let like = |n: u32| paper(&format!("K/104{n}-A"), "", "Jo", (n, 5000 + i64::from(n)));
    for (count, ways) in [(2, 0), (3, 1)] {
        let mut doubles = Doubles::of((1..=5).map(many).collect());
        (1..=count).for_each(|n| doubles.look(&like(n)));
        let told = doubles.other_ways();
        assert_eq!(told.len(), ways);
        if let Some(way) = told.first() {
            assert_eq!(
                (way.way.as_str(), way.in_reference, way.documents),
                ("K/{number}-A", false, 3)
            );
            assert_eq!(way.latest, day(3));
        }
    }
}

proptest! {
    /// Whatever is written on papers nothing breaks, the order in which they are seen does not count, and what is found is like.
    #[test]
    fn the_order_of_papers_does_not_count(
        texts in proptest::collection::vec(("[A-Z0№-]{0,4}[0-9]{0,3}", "[a-z #]{0,5}[0-9]{0,3}", "[ab]", 1u32..28, 1i64..4), 0..12),
        of in proptest::collection::vec(("[A-Z-]{0,3}[0-9]{0,3}", "[ab]", 1u32..28, 1i64..4), 0..8),
    ) {
        let mut papers: Vec<LedgerInvoice> = Vec::new();
        for (n, (number, reference, whom, day, total)) in texts.iter().enumerate() {
            let mut one = paper(number, reference, whom, (*day, *total));
            one.id = format!("{n}");
            papers.push(one);
        }
        let wanted: Vec<WantedPaper> = of.iter().map(|(n, whom, day, total)| wanted(n, whom, *day, *total)).collect();
        let one = found(wanted.clone(), &papers);
        papers.reverse();
        prop_assert_eq!(&one, &found(wanted.clone(), &papers));
        // No paper stands for two, and a document whose number is its alone finds a paper of that number.
        prop_assert!(one.len() <= papers.len());
        for w in wanted.iter().filter(|w| !w.number.is_empty()) {
            let same = papers.iter().any(|p| folded(&p.number) == folded(&w.number));
            let alone = wanted.iter().filter(|o| folded(&o.number) == folded(&w.number)).count() == 1;
            if same && alone {
                let by = one.iter().any(|f| f.0 == w.number && f.2 == LikeBy::Number);
                prop_assert!(by, "{} in {:?}", w.number, one);
            }
        }
    }
}
