//! What kind of document a row of files is: read where it says so, and never changed in the ledger without a person's word.

use super::bed::{Bed, doc, end, file, held, retried, synced, tenant, verified};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Records as _;
use crossfoot::service::Engine;
use crossfoot::service::desk::settle::{WordAsk, skip};
use serde_json::{Value, json};

const HEAD: &str =
    "number,id,kind,date,contact.name,currency,total,line.name,line.unit_amount,line.taxable\n";
const ON: &str = "estimates: as_draft_invoice, purchase_orders: on";
const QUOTES: &str = "estimates: as_quote, purchase_orders: on";

fn row(number: &str, id: &str, kind: &str) -> String {
    format!("{number},{id},{kind},2026-07-01,Ann Wharf,AUD,110.00,Work,110.00,no\n")
}

struct Yard {
    bed: Bed,
    engine: Engine,
}

impl Yard {
    /// With what the tenant's file says of kinds, what the connection says beside its folder, and the rows of its file.
    async fn begun(kinds: &str, more: &str, rows: &[String]) -> Self {
        let sync = format!("{{ first_run: post, updates: {{ invoices: true }}, {kinds} }}");
        let mut statuses = Vec::new();
        if kinds.contains("as_quote") {
            statuses.push("estimates: { else: DRAFT }");
        }
        if kinds.contains("purchase_orders: on") {
            statuses.push("purchase_orders: { else: AUTHORISED }");
        }
        let status = format!("{{ {} }}", statuses.join(", "));
        let bed = Bed::new(&file(&[
            ("preset", "files-xero"),
            ("from", "{ files: files }"),
            ("sync", &sync),
            ("status", if statuses.is_empty() { "" } else { &status }),
        ]));
        let path = bed.folder.path().join("connections.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let own = format!("files: {{ system: files, folder: data{more} }}");
        std::fs::write(&path, format!("{text}{own}\n")).unwrap();
        std::fs::create_dir_all(bed.folder.path().join("data")).unwrap();
        put(&bed, rows);
        let engine = bed.engine().await;
        synced(&engine).await;
        Self { bed, engine }
    }

    async fn says(&self, rows: &[String]) {
        put(&self.bed, rows);
        self.later().await;
    }

    async fn later(&self) {
        self.bed.minutes(60);
        synced(&self.engine).await;
    }

    async fn told(&self) -> String {
        let bad = self.engine.store().bad_records(&tenant()).await.unwrap();
        let all: Vec<String> = (bad.into_iter())
            .map(|b| format!("{} {} {}", b.of, b.what, b.fix))
            .collect();
        all.join("\n")
    }

    fn all(&self, list: &str) -> Vec<Value> {
        let books = self.bed.books();
        books[list].as_array().cloned().unwrap_or_default()
    }

    fn status(&self, number: &str) -> String {
        let made = self.bed.invoice(number).expect("an invoice");
        made["Status"].as_str().unwrap().to_owned()
    }

    async fn is_kind(&self, number: &str, says: &str, fix: &str) {
        held(&self.engine, number, "source.kind", says, fix).await;
    }

    /// A person leaves a document as it is in the ledger.
    async fn skips(&self, number: &str) {
        let loaded = self.engine.workspace().load(&tenant()).unwrap();
        let ask = WordAsk::document(number, "it is right there", "jo@acme.example");
        skip(&self.engine, &loaded, ask).await.unwrap();
    }

    async fn voids(&self, number: &str) {
        self.bed.minutes(10);
        let path = self.bed.path_of(number);
        self.bed
            .person("POST", &path, json!({"Status": "VOIDED"}))
            .await;
        self.later().await;
    }
}

fn put(bed: &Bed, rows: &[String]) {
    let text = format!("{HEAD}{}", rows.concat());
    std::fs::write(bed.folder.path().join("data/a.csv"), text).unwrap();
}

#[tokio::test]
async fn a_column_kind_is_read_by_its_name_and_a_word_that_is_none_is_told() {
    let rows = [
        row("I-1", "i1", "Invoice"),
        row("I-2", "i2", ""),
        row("Q-9", "q9", "estimate"),
        row("PO-9", "p9", "Purchase Order"),
        row("CN-9", "c9", "credit_note"),
        row("X-9", "x9", "pro forma"),
        row("N-9", "n9", "ignore"),
    ];
    let yard = Yard::begun(ON, "", &rows).await;
    for number in ["I-1", "I-2"] {
        verified(&yard.engine, number).await;
        assert_eq!(yard.status(number), "AUTHORISED");
    }
    assert_eq!(yard.status("Q-9"), "DRAFT");
    let orders = yard.all("purchase_orders");
    assert_eq!(orders.len(), 1, "{orders:#?}");
    assert_eq!(orders[0]["PurchaseOrderNumber"], json!("PO-9"));
    assert_eq!(yard.bed.invoices(), 3);
    let told = yard.told().await;
    for words in [
        "CN-9 `kind` is `credit_note`, a credit note",
        "X-9 `kind` is `pro forma`, which is none of invoice, estimate",
    ] {
        assert!(told.contains(words), "{told}");
    }
}

#[tokio::test]
async fn where_columns_are_named_a_kind_that_is_not_read_leaves_its_file_out() {
    let columns = ", columns: { number: number, id: id, date: date, contact.name: contact.name, currency: currency, total: total, line.name: line.name, line.unit_amount: line.unit_amount, line.taxable: line.taxable }";
    let rows = [row("T-1", "t1", "purchase_order")];
    let yard = Yard::begun(ON, columns, &rows).await;
    let told = yard.told().await;
    assert!(
        told.contains("the column `kind` is neither read nor ignored"),
        "{told}"
    );
    assert_eq!(yard.bed.invoices(), 0);
    // Of JSON too, in a list and line by line.
    let one =
        json!({"number": "T-2", "kind": "purchase_order", "date": "2026-07-01", "total": "1.00"});
    let data = yard.bed.folder.path().join("data");
    std::fs::remove_file(data.join("a.csv")).unwrap();
    for (name, text) in [
        ("b.json", json!([one]).to_string()),
        ("c.jsonl", one.to_string()),
    ] {
        std::fs::write(data.join(name), text).unwrap();
        yard.later().await;
        let told = yard.told().await;
        assert!(told.contains("the column `kind` is neither"), "{told}");
        std::fs::remove_file(data.join(name)).unwrap();
    }
    assert_eq!(yard.bed.invoices(), 0);
}

#[tokio::test]
async fn an_invoice_that_is_an_estimate_again_or_an_order_is_held_and_the_cures_end_it() {
    let rows = |first: &str, second: &str| [row("N-81", "n81", first), row("N-82", "n82", second)];
    let yard = Yard::begun(ON, "", &rows("invoice", "invoice")).await;
    verified(&yard.engine, "N-81").await;
    yard.says(&rows("estimate", "purchase_order")).await;
    let cure = "void it there; then, or to leave it as it is, `crossfoot skip TENANT NUMBER";
    yard.is_kind("N-81", "calls it an estimate again", cure)
        .await;
    yard.is_kind(
        "invoice:N-82",
        "knows N-82 as the purchase order",
        "void it",
    )
    .await;
    let order = "purchase_order:N-82";
    let cure = "`crossfoot retry TENANT purchase_order:N-82`";
    yard.is_kind(order, "was posted as the invoice N-82", cure)
        .await;
    assert_eq!(
        (yard.status("N-81"), yard.status("N-82")),
        ("AUTHORISED".to_owned(), "AUTHORISED".to_owned())
    );
    assert!(yard.all("purchase_orders").is_empty());
    // Another run changes nothing of it; and set right at the source it is over.
    yard.later().await;
    yard.is_kind("N-81", "calls it an estimate again", "").await;
    yard.says(&rows("invoice", "purchase_order")).await;
    verified(&yard.engine, "N-81").await;
    yard.says(&rows("estimate", "purchase_order")).await;
    // Voided in the ledger, the order goes as what it is; and what a person leaves is done with.
    yard.voids("N-82").await;
    assert_eq!(end(&yard.engine, "invoice:N-82").await.0, DocState::Skipped);
    yard.voids("N-81").await;
    yard.skips("N-81").await;
    retried(&yard.engine).await;
    verified(&yard.engine, order).await;
    assert_eq!(yard.all("purchase_orders").len(), 1);
    assert_eq!(end(&yard.engine, "N-81").await.0, DocState::Skipped);
    assert_eq!(yard.bed.invoices(), 2);
}

#[tokio::test]
async fn an_invoice_taken_back_may_be_left_as_it_is() {
    let yard = Yard::begun(ON, "", &[row("N-83", "n83", "invoice")]).await;
    yard.says(&[row("N-83", "n83", "estimate")]).await;
    yard.is_kind("N-83", "calls it an estimate again", "").await;
    yard.skips("N-83").await;
    yard.later().await;
    assert_eq!(end(&yard.engine, "N-83").await.0, DocState::Skipped);
    assert_eq!(yard.status("N-83"), "AUTHORISED");
}

#[tokio::test]
async fn with_quotes_an_invoice_taken_back_is_held_and_no_quote_is_made_beside_it() {
    let rows = |kind: &str| [row("Q5", "q5", kind), row("Q6", "Q6", kind)];
    let yard = Yard::begun(QUOTES, "", &rows("invoice")).await;
    yard.says(&rows("estimate")).await;
    for number in ["Q5", "Q6"] {
        let invoice = format!("invoice:{number}");
        yard.is_kind(&invoice, "as the estimate now", "void it")
            .await;
        let estimate = format!("estimate:{number}");
        yard.is_kind(&estimate, "was posted as the invoice", "crossfoot retry")
            .await;
        assert_eq!(yard.status(number), "AUTHORISED");
    }
    assert!(yard.all("quotes").is_empty());
    // The other way a quote stays, and the invoice is made.
    yard.says(&[row("Q7", "q7", "estimate")]).await;
    yard.says(&[row("Q7", "q7", "invoice")]).await;
    verified(&yard.engine, "invoice:Q7").await;
    verified(&yard.engine, "estimate:Q7").await;
}

#[tokio::test]
async fn where_estimates_and_orders_are_off_what_is_no_invoice_any_more_is_held() {
    let rows = |a: &str, b: &str| [row("N-1", "n1", a), row("N-2", "n2", b)];
    let yard = Yard::begun("estimates: off", "", &rows("invoice", "invoice")).await;
    yard.says(&rows("estimate", "purchase_order")).await;
    for number in ["N-1", "N-2"] {
        held(&yard.engine, number, "source.deleted", number, "void it").await;
        assert_eq!(yard.status(number), "AUTHORISED");
    }
    // What cannot be read is not said to be gone.
    yard.says(&rows("invoice", "invoice")).await;
    verified(&yard.engine, "N-1").await;
    let bad = row("N-1", "n1", "invoice").replace("110.00,no", "odd,no");
    yard.says(&[
        bad,
        row("N-1", "n1", "estimate"),
        row("N-2", "n2", "invoice"),
    ])
    .await;
    verified(&yard.engine, "N-1").await;
}

#[tokio::test]
async fn an_order_that_is_an_invoice_now_is_held_with_it() {
    let yard = Yard::begun(ON, "", &[row("79", "p79", "purchase_order")]).await;
    verified(&yard.engine, "79").await;
    yard.says(&[row("79", "p79", "invoice")]).await;
    yard.is_kind("purchase_order:79", "as the invoice now", "void it")
        .await;
    yard.is_kind("invoice:79", "was posted as the purchase order 79", "")
        .await;
    assert_eq!(yard.bed.invoices(), 0);
    // The printed cure: the order is left as it is, and the invoice goes.
    yard.skips("purchase_order:79").await;
    retried(&yard.engine).await;
    verified(&yard.engine, "invoice:79").await;
    assert_eq!(yard.bed.invoices(), 1);
}

#[tokio::test]
async fn what_was_posted_while_its_kind_was_ignored_is_not_posted_a_second_time() {
    for (number, id) in [("79", "p79"), ("80", "")] {
        let rows = [row(number, id, "purchase_order")];
        let yard = Yard::begun(ON, ", ignore: [kind], columns: { number: number, id: id, date: date, contact.name: contact.name, currency: currency, total: total, line.name: line.name, line.unit_amount: line.unit_amount, line.taxable: line.taxable }", &rows).await;
        verified(&yard.engine, number).await;
        assert_eq!(yard.status(number), "AUTHORISED");
        let Yard { bed, engine } = yard;
        drop(engine);
        let path = bed.folder.path().join("connections.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.replace("ignore: [kind], columns: {", "columns: { kind: kind,");
        std::fs::write(&path, text).unwrap();
        let engine = bed.engine().await;
        bed.minutes(60);
        synced(&engine).await;
        let yard = Yard { bed, engine };
        let order = format!("purchase_order:{number}");
        yard.is_kind(&order, "was posted as the invoice", "crossfoot retry")
            .await;
        assert!(yard.all("purchase_orders").is_empty());
        let row = doc(&yard.engine, &format!("invoice:{number}")).await;
        // Known by its number alone the order may be of another series: it alone is held, and names the invoice.
        assert_eq!(row.state == DocState::Held, !id.is_empty());
    }
}
