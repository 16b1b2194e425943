//! Scenes of doubt, as one table: what a person does in the ledger while nobody knows whether ours arrived, or in the second
//! in which it did. Each says what the ledger ends with, made once, or with which code it is held; and of what is held each
//! printed cure is carried out, by pasting it, until nothing waits.

use super::cure::{books, commands, edit_order, id_of, items, order, sync, verb, write_file};
use super::town::Town;
use serde_json::{Value, json};

/// A scene: an invoice 1041 over 110.00 on its way, what befalls it, and how that ends.
struct Scene {
    name: &'static str,
    /// What befalls the answer to our write: `drop_before`, `drop_after`; empty where it comes.
    fault: &'static str,
    /// What happens then, before anybody looks.
    happens: fn(&Town),
    /// The code with which it is held; empty where it goes by itself.
    code: &'static str,
    /// Each cure that ends it; one without a command where it goes by itself.
    ends: &'static [End],
}

/// One way for a scene to end.
struct End {
    /// The command of the printed cure; empty where nothing is held.
    verb: &'static str,
    /// What the cure says to do by hand first, with its text.
    by_hand: fn(&Town, &str),
    /// What the ledger has in the end.
    books: &'static [&'static str],
}

impl End {
    const fn by_itself(books: &'static [&'static str]) -> Self {
        Self {
            verb: "",
            by_hand: |_, _| {},
            books,
        }
    }

    const fn by(verb: &'static str, books: &'static [&'static str]) -> Self {
        Self {
            verb,
            by_hand: |_, _| {},
            books,
        }
    }
}

/// A person changes the ledger's copy of ours, under whatever number it stands.
fn edits(town: &Town, number: &str, change: Value) {
    let id = id_of(town, "invoices", "InvoiceNumber", number, "InvoiceID");
    town.person("POST", &format!("Invoices/{id}"), &change);
}

/// The stamp that a cure names is put back where it says.
fn put_back(town: &Town, number: &str, told: &str) {
    let stamp = told.split('[').nth(1).and_then(|t| t.split(']').next());
    let reference = format!("paid by Jo [{}]", stamp.unwrap());
    edits(town, number, json!({ "Reference": reference }));
}

fn suppliers_bill(town: &Town) {
    let line = json!({"Description": "Rope", "Quantity": "1", "UnitAmount": "80.00", "AccountCode": "400", "TaxType": "INPUT"});
    let bill = json!({"Type": "ACCPAY", "InvoiceNumber": "1041", "Contact": {"Name": "Rope Supplies"}, "Date": "2026-07-11",
        "DueDate": "2026-07-30", "LineAmountTypes": "Inclusive", "LineItems": [line], "Status": "AUTHORISED"});
    town.person("PUT", "Invoices", &bill);
}

/// A person copies ours with the ledger's own button, which takes the reference along or not.
fn copies(town: &Town, reference: &str) {
    let switch = json!({ "copied_reference": reference });
    town.plane.switch("xero", &switch).unwrap();
    let copy = json!({"duplicate_invoice": {"invoice": "1041", "number": "C-1"}});
    town.xero(json!({ "tamper": copy }));
}

/// As a person does it in the very second of our post: the ledger's clock has not moved on.
fn in_the_same_second(town: &Town) {
    let change = json!({"invoice_total": {"invoice": "1041", "by": "7.00"}});
    town.xero(json!({ "tamper": change }));
}

fn in_the_same_second_and_then_the_source(town: &Town) {
    in_the_same_second(town);
    edit_order(town, json!({"items": items(2)}));
}

const SCENES: &[Scene] = &[
    Scene {
        name: "its number is changed in the ledger while its write is in doubt",
        fault: "drop_after",
        happens: |town| edits(town, "1041", json!({"InvoiceNumber": "B-77"})),
        code: "",
        ends: &[End::by_itself(&["B-77 AUTHORISED 110.00"])],
    },
    Scene {
        name: "its reference is changed while its write is in doubt, and the stamp with it",
        fault: "drop_after",
        happens: |town| edits(town, "1041", json!({"Reference": "paid by Jo"})),
        code: "stamp.missing",
        ends: &[
            End {
                by_hand: |town, told| put_back(town, "1041", told),
                ..End::by("retry", &["1041 AUTHORISED 110.00"])
            },
            // A person who takes it for somebody else's gives it its own number first, as the ledger wants it.
            End {
                by_hand: |town, _| edits(town, "1041", json!({"InvoiceNumber": "H-7"})),
                ..End::by(
                    "unlink",
                    &["1041 AUTHORISED 110.00", "H-7 AUTHORISED 110.00"],
                )
            },
        ],
    },
    Scene {
        name: "its number and its reference are changed while its write is in doubt",
        fault: "drop_after",
        happens: |town| {
            let change = json!({"InvoiceNumber": "B-77", "Reference": "paid by Jo"});
            edits(town, "1041", change);
        },
        code: "stamp.missing",
        ends: &[End {
            by_hand: |town, told| put_back(town, "B-77", told),
            ..End::by("retry", &["B-77 AUTHORISED 110.00"])
        }],
    },
    Scene {
        name: "its reference is changed and the stamp left in it",
        fault: "drop_after",
        happens: |town| {
            let stamp = id_of(town, "invoices", "InvoiceNumber", "1041", "Reference");
            edits(town, "1041", json!({"Reference": format!("PO 5 {stamp}")}));
        },
        code: "",
        ends: &[End::by_itself(&["1041 AUTHORISED 110.00"])],
    },
    Scene {
        name: "a supplier's bill of its number comes up, and ours did not arrive",
        fault: "drop_before",
        happens: suppliers_bill,
        code: "",
        ends: &[End::by_itself(&[
            "1041 AUTHORISED 110.00",
            "1041 AUTHORISED 80.00",
        ])],
    },
    Scene {
        name: "a supplier's bill of its number comes up, and ours did arrive",
        fault: "drop_after",
        happens: suppliers_bill,
        code: "",
        ends: &[End::by_itself(&[
            "1041 AUTHORISED 110.00",
            "1041 AUTHORISED 80.00",
        ])],
    },
    Scene {
        name: "it is copied in the ledger while its write is in doubt, and the copy keeps the reference",
        fault: "drop_after",
        happens: |town| copies(town, "kept"),
        code: "",
        ends: &[End::by_itself(&[
            "1041 AUTHORISED 110.00",
            "C-1 AUTHORISED 110.00",
        ])],
    },
    Scene {
        name: "it is copied in the ledger while its write is in doubt, and the copy drops the reference",
        fault: "drop_after",
        happens: |town| copies(town, "dropped"),
        code: "",
        ends: &[End::by_itself(&[
            "1041 AUTHORISED 110.00",
            "C-1 AUTHORISED 110.00",
        ])],
    },
    Scene {
        name: "it is copied in the ledger and renumbered itself while its write is in doubt",
        fault: "drop_after",
        happens: |town| {
            copies(town, "kept");
            edits(town, "1041", json!({"InvoiceNumber": "B-77"}));
        },
        code: "",
        ends: &[End::by_itself(&[
            "B-77 AUTHORISED 110.00",
            "C-1 AUTHORISED 110.00",
        ])],
    },
    Scene {
        name: "it is edited in the second of our post, and the source changes it later",
        fault: "",
        happens: in_the_same_second_and_then_the_source,
        code: "update.conflict",
        ends: &[
            End::by("retry", &["1041 AUTHORISED 220.00"]),
            End::by("skip", &["1041 AUTHORISED 117.00"]),
        ],
    },
    Scene {
        name: "it is edited in the second of our post, of which no answer came",
        fault: "drop_after",
        happens: in_the_same_second,
        code: "update.conflict",
        ends: &[End::by("retry", &["1041 AUTHORISED 110.00"])],
    },
];

fn town() -> Town {
    let contact = json!({"id": "7", "given_name": "Jo", "family_name": "Harbour",
        "email_addresses": [{"field": "EMAIL1", "email": "jo@harbour.example"}]});
    let hire =
        json!({"id": "1", "name": "Crane hire", "sku": "HIRE", "price": "100.00", "taxable": true});
    let shop = json!({"contacts": [contact], "products": [hire], "orders": [order(1, 1041)]});
    let town = Town::selling(shop).connected().switched_on();
    let updates = ("sync", "{ first_run: post, updates: { invoices: true } }");
    write_file(&town, &[updates]);
    town
}

/// The first cure that is printed, with the code it is printed for.
fn printed(town: &Town) -> Option<(String, String)> {
    let errors = town.run(&["errors", "acme"]);
    if errors.code == 0 {
        return None;
    }
    let mut lines = errors.out.lines();
    let head = lines.find(|l| l.contains('[')).unwrap_or_default();
    let code = head.split(['[', ']']).nth(1).unwrap_or_default().to_owned();
    let fix = lines.find_map(|l| l.split_once("= fix: "));
    let fix = fix.unwrap_or_else(|| panic!("nothing to do is told:\n{}", errors.out));
    Some((code, fix.1.to_owned()))
}

fn played(scene: &Scene, end: &End) {
    let name = scene.name;
    let town = town();
    if !scene.fault.is_empty() {
        let rule = json!([{"system": "xero", "method": "PUT", "path_contains": "Invoices", "times": 4, "fault": scene.fault}]);
        town.plane.faults(&rule).unwrap();
    }
    town.run(&["sync", "acme"]);
    (scene.happens)(&town);
    town.minutes(20);
    sync(&town);
    let told = printed(&town);
    let code = told.as_ref().map_or("", |(code, _)| code.as_str());
    assert_eq!(code, scene.code, "{name}: {told:?}");
    // What is held holds until a person does something about it, and nothing is made meanwhile.
    let held = books(&town);
    sync(&town);
    assert_eq!(books(&town), held, "{name}");
    let mut done = Vec::new();
    for _ in 0..4 {
        let Some((code, fix)) = printed(&town) else {
            break;
        };
        let asked = commands(&fix);
        // The end's own cure first; of what comes after it the first that there is.
        let command = (asked.iter())
            .find(|c| done.is_empty() && verb(c) == end.verb)
            .or(asked.first().filter(|_| !done.is_empty()));
        let command = command.unwrap_or_else(|| panic!("{name}: {code}: no {}: {fix}", end.verb));
        if done.is_empty() {
            (end.by_hand)(&town, &fix);
            town.minutes(10);
        }
        let ended = town.pasted(command);
        assert!([0, 1].contains(&ended.code), "{command}: {ended:#?}");
        done.push(format!("$ {command}\n{}{}", ended.out, ended.err));
        sync(&town);
    }
    let done = done.join("\n");
    let left = town.run(&["errors", "acme"]);
    assert_eq!(left.code, 0, "{name}\n{done}\nleft:\n{}", left.out);
    assert_eq!(books(&town), end.books, "{name}\n{done}");
    // It stays so.
    sync(&town);
    assert_eq!(books(&town), end.books, "{name}");
    town.run(&["audit", "verify"]).code(0);
}

#[test]
fn each_scene_ends_as_the_table_says() {
    for scene in SCENES {
        for end in scene.ends {
            played(scene, end);
        }
    }
}
