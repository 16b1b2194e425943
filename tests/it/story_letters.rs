//! The e-mail about a tenant, through a mail server, with the clock in the test's hand.

use super::bed::{Bed, file, order, shop, tenant, with};
use super::mail::Sink;
use super::story_schedule::{round, words};
use crossfoot::service::notify::Mailer;
use crossfoot::service::{Worker, mail_note};
use serde_json::{Value, json};

/// Somebody whose name would move a terminal, and a line without an account.
fn orders() -> Value {
    let manual =
        json!({"items": [{"type": "PRODUCT", "product_id": "2", "quantity": 1, "price": "30.00"}]});
    let mut shop = shop(vec![
        order(1, 1041, "2026-07-10"),
        with(order(2, 1042, "2026-07-10"), manual),
    ]);
    shop["contacts"][0]["family_name"] = json!("Canary\u{202e}");
    shop
}

fn wanting(notify: &str, every: &str) -> String {
    file(&[
        (
            "sync",
            &format!("{{ first_run: post, trigger: {{ every: {every} }} }}"),
        ),
        ("accounts", "[{ sku: HIRE, use: \"200\" }, { else: hold }]"),
        ("notify", notify),
    ])
}

async fn worker(bed: &Bed, url: &str) -> Worker {
    let mailer = Mailer::new(url, "books@acme.example").unwrap();
    Worker::new(bed.engine().await, Vec::new(), Some(mailer))
}

/// Lets hours go by with a look at each quarter.
async fn hours(bed: &Bed, worker: &mut Worker, n: i64) -> Vec<String> {
    let mut all = Vec::new();
    for _ in 0..n * 4 {
        bed.minutes(15);
        all.extend(round(worker).await.1);
    }
    all
}

fn private(letter: &str) {
    for word in ["Canary", "harbour.example", "Manual"] {
        assert!(!letter.contains(word), "{word} in {letter}");
    }
}

#[tokio::test]
async fn a_day_has_one_letter_at_its_hour_and_a_quiet_day_none() {
    let daily = "{ email: [jo@acme.example], when: daily, at: \"07:00\", zone: Australia/Sydney }";
    let bed = Bed::new(&wanting(daily, "2h"));
    bed.keap(orders());
    let sink = Sink::new();
    let mut running = worker(&bed, &sink.url()).await;
    // Noon in Sydney; seven o'clock is 19 hours away.
    round(&mut running).await;
    hours(&bed, &mut running, 18).await;
    assert!(sink.none_left());
    hours(&bed, &mut running, 1).await;
    let letter = sink.next();
    assert!(letter.contains("acme: 10 runs"), "{letter}");
    assert!(
        letter.contains("1  created") && letter.contains("1042"),
        "{letter}"
    );
    private(&letter);

    // Not again that day, nor after a restart, nor on a day on which nothing happened.
    hours(&bed, &mut running, 1).await;
    drop(running);
    let mut again = worker(&bed, &sink.url()).await;
    round(&mut again).await;
    hours(&bed, &mut again, 30).await;
    assert!(sink.none_left());

    // What happens then is told the next morning.
    bed.keap(json!({"orders": [order(3, 1043, "2026-07-10")]}));
    hours(&bed, &mut again, 24).await;
    let letter = sink.next();
    assert!(letter.contains("1  created"), "{letter}");
    assert!(sink.none_left());

    // A letter on quiet days too, for those who ask for it; and the hour moves with the clocks.
    let asked = daily.replace(" }", ", quiet_days: send }");
    bed.tenant(&wanting(&asked, "2h"));
    hours(&bed, &mut again, 24).await;
    assert!(sink.next().contains("Nothing was done."));
    assert!(sink.none_left());
}

#[tokio::test]
async fn days_without_the_process_are_told_in_one_letter() {
    let daily = "{ email: [jo@acme.example], when: daily }";
    let bed = Bed::new(&wanting(daily, "2h"));
    bed.keap(orders());
    let sink = Sink::new();
    let mut running = worker(&bed, &sink.url()).await;
    round(&mut running).await;
    drop(running);
    bed.minutes(4 * 24 * 60);
    let mut again = worker(&bed, &sink.url()).await;
    round(&mut again).await;
    let letter = sink.next();
    assert!(letter.contains("1  created"), "{letter}");
    hours(&bed, &mut again, 3).await;
    assert!(sink.none_left());
}

#[tokio::test]
async fn issues_are_told_after_the_run_that_met_them_and_only_then() {
    let bed = Bed::new(&wanting(
        "{ email: [jo@acme.example, sam@acme.example] }",
        "1h",
    ));
    let mut all = orders();
    let later = all["orders"].as_array_mut().unwrap().pop().unwrap();
    bed.keap(all);
    let sink = Sink::new();
    let mut running = worker(&bed, &sink.url()).await;
    // All went well: nobody is told.
    round(&mut running).await;
    hours(&bed, &mut running, 2).await;
    assert!(sink.none_left());
    assert_eq!(bed.invoices(), 1);

    bed.keap(json!({"orders": [later]}));
    hours(&bed, &mut running, 1).await;
    let letter = sink.next();
    assert!(
        letter.contains("To: jo@acme.example, sam@acme.example"),
        "{letter}"
    );
    assert!(
        letter.contains("Subject: Crossfoot: acme, 1 waiting for a person"),
        "{letter}"
    );
    assert!(letter.contains("1042"), "{letter}");
    private(&letter);
    drop(running);
    let mut running = worker(&bed, &sink.url()).await;
    hours(&bed, &mut running, 3).await;
    assert!(sink.none_left());

    // A ledger that cannot be reached is told once a day, not at every try.
    bed.fault(json!([{"system": "xero", "times": 100_000, "fault": "drop_before"}]));
    bed.keap(json!({"orders": [order(5, 1045, "2026-07-10")]}));
    let seen = hours(&bed, &mut running, 12).await;
    assert!(seen.len() > 5, "{seen:#?}");
    let letter = sink.next();
    assert!(
        letter.contains("Stopped early") || letter.contains("does not run"),
        "{letter}"
    );
    assert!(sink.none_left());
}

#[tokio::test]
async fn a_mail_server_that_is_down_is_tried_again_and_said() {
    let bed = Bed::new(&wanting("{ email: [jo@acme.example] }", "1h"));
    bed.keap(orders());
    let port = Sink::free();
    let mut running = worker(&bed, &format!("smtp://jo:hush-canary@127.0.0.1:{port}")).await;
    let (_, seen) = round(&mut running).await;
    assert!(seen[1].starts_with("acme no letter"), "{seen:?}");
    let note = |worker: &Worker| {
        let store = worker.engine().store().clone();
        async move { store.note(&mail_note(&tenant())).await.unwrap().unwrap() }
    };
    let said = note(&running).await;
    assert!(said.starts_with("2026-07-15T02:00:00"), "{said}");
    assert!(
        !format!("{said}{seen:?}").contains("canary"),
        "{said} {seen:?}"
    );
    // It rests longer each time: a server that is down is not asked at every look.
    let seen = hours(&bed, &mut running, 6).await;
    let tries = seen.iter().filter(|e| e.contains("no letter")).count();
    assert!((5..=11).contains(&tries), "{seen:#?}");
    assert!(note(&running).await.starts_with("2026-07-15T02:00:00"));

    let sink = Sink::on(port);
    hours(&bed, &mut running, 1).await;
    assert!(sink.next().contains("1042"));
    assert_eq!(note(&running).await, "");
    hours(&bed, &mut running, 3).await;
    assert!(sink.none_left());
}

#[tokio::test]
async fn a_mail_server_that_does_not_answer_keeps_no_tenant_from_its_run() {
    let bed = Bed::new(&wanting("{ email: [jo@acme.example] }", "30m"));
    bed.keap(orders());
    // Calls lie in its backlog: it takes them, and says nothing.
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", deaf.local_addr().unwrap());
    let mut running = worker(&bed, &url).await;
    let seen = std::sync::Mutex::new(Vec::new());
    let tell = |event: crossfoot::service::Event<'_>| seen.lock().unwrap().push(words(event));
    for runs in 1..=3 {
        running.begin(&|| false, &tell).await;
        let ended = running.ended().await.unwrap();
        running.take(ended, &tell).await;
        let told = seen.lock().unwrap().clone();
        assert_eq!(told.len(), runs, "{told:?}");
        assert!(told[runs - 1].starts_with("acme ran"), "{told:?}");
        bed.minutes(30);
    }
}

#[tokio::test]
async fn a_process_that_is_asked_to_end_makes_no_alarm_of_it() {
    let bed = Bed::new(&wanting("{ email: [jo@acme.example] }", "30m"));
    let mut shop = orders();
    shop["orders"].as_array_mut().unwrap().pop();
    bed.keap(shop);
    let sink = Sink::new();
    let (ask, asked) = tokio::sync::watch::channel(false);
    let ending = crossfoot::service::Ending::when(asked);
    let engine = bed.engine().await.ending(ending.clone());
    let mailer = Mailer::new(&sink.url(), "books@acme.example").unwrap();
    let mut running = Worker::new(engine, Vec::new(), Some(mailer));
    // Asked with the first call of a run.
    bed.transport.before(move |_| {
        ask.send_replace(true);
    });
    let seen = std::sync::Mutex::new(Vec::new());
    let tell = |event: crossfoot::service::Event<'_>| seen.lock().unwrap().push(words(event));
    running.begin(&|| ending.is_asked(), &tell).await;
    running.finish(&tell).await;
    assert!(seen.lock().unwrap().is_empty(), "{seen:?}");
    assert_eq!(bed.invoices(), 0);
    drop(running);

    // The next one goes on where it was, at once, and nobody gets a letter.
    bed.transport.before(|_| {});
    let mut running = worker(&bed, &sink.url()).await;
    let (_, seen) = round(&mut running).await;
    assert!(
        seen[0].starts_with("acme ran") && seen[0].contains("created"),
        "{seen:?}"
    );
    hours(&bed, &mut running, 2).await;
    assert!(sink.none_left());
    assert_eq!(bed.invoices(), 1);
}
