//! Customers that could exist: names, addresses, telephone numbers of six countries.
//!
//! Flows in: a stream of numbers and a country. Flows out: people and companies. Addresses end in
//! `.example`, telephone numbers are of ranges that countries keep for fiction where they have one.

use super::dice::Dice;
use serde_json::{Value, json};

/// A customer.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// The source's id.
    pub id: u64,
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// E-mail address, or empty.
    pub email: String,
    /// Telephone number.
    pub phone: String,
    /// The company they buy for, or empty.
    pub company: String,
    /// Street, town, region, postal code, country of three letters.
    pub address: [String; 5],
}

impl Person {
    /// The person's whole name.
    pub fn name(&self) -> String {
        format!("{} {}", self.given, self.family).trim().to_owned()
    }

    /// The name a ledger would know them by: the company's where there is one.
    pub fn shown(&self) -> String {
        if self.company.is_empty() {
            self.name()
        } else {
            self.company.clone()
        }
    }

    /// The address in the source's shape.
    pub fn address_json(&self) -> Value {
        let [street, town, region, code, country] = &self.address;
        json!({"field": "BILLING", "line1": street, "locality": town, "region": region,
               "postal_code": code, "zip_code": code, "country_code": country})
    }
}

const GIVEN: &[&str] = &[
    "Amelia", "Noah", "Priya", "Liam", "Mei", "Oliver", "Aroha", "Jack", "Fatima", "Ethan",
    "Grace", "Mateo", "Isla", "Samuel", "Zoe", "Daniel", "Chloe", "Hamish", "Nadia", "Lucas",
    "Ruby", "Tariq", "Ella", "George", "Anika", "Finn", "Maria", "Tomasz", "Hannah", "Kofi",
    "Leila", "Owen", "Sofia", "Ben", "Yara", "Callum", "Ingrid", "Rafael",
];
const FAMILY: &[&str] = &[
    "Nguyen",
    "Walker",
    "Patel",
    "Murphy",
    "Chen",
    "Thompson",
    "Tamihana",
    "Rossi",
    "Khan",
    "O'Brien",
    "Wilson",
    "Garcia",
    "MacLeod",
    "Brown",
    "Petrov",
    "Lindqvist",
    "Evans",
    "Okafor",
    "Hughes",
    "Schmidt",
    "Reid",
    "Silva",
    "Kowalski",
    "Bennett",
    "D'Souza",
    "Fraser",
    "Haddad",
    "Price",
    "Larsen",
    "Moore",
    "van Dijk",
    "Sato",
];
const FIRMS: &[&str] = &[
    "Bayside",
    "Northern",
    "Corner",
    "Old Mill",
    "Redgum",
    "Harbourview",
    "Station Street",
    "Lighthouse",
    "Copper Kettle",
    "Three Rivers",
    "Summit",
    "Wharf Road",
    "Ironbark",
    "Silver Fern",
    "Kingfisher",
    "Hilltop",
    "Market Square",
];
const TRADES: &[&str] = &[
    "Dental",
    "Cafe",
    "Builders",
    "Physiotherapy",
    "Primary School",
    "Motors",
    "Bakery",
    "Real Estate",
    "Vets",
    "Community Trust",
    "Plumbing",
    "Florist",
    "Accountants",
    "Brewing Co",
    "Joinery",
    "Medical Centre",
];
const STREETS: &[&str] = &[
    "High Street",
    "Station Road",
    "Victoria Street",
    "Church Lane",
    "Beach Road",
    "Mill Lane",
    "Queen Street",
    "The Esplanade",
];

fn places(country: &str) -> &'static [(&'static str, &'static str, &'static str)] {
    match country {
        "AU" => &[
            ("Newtown", "New South Wales", "2042"),
            ("Fitzroy", "Victoria", "3065"),
            ("Fremantle", "Western Australia", "6160"),
            ("Hobart", "Tasmania", "7000"),
        ],
        "NZ" => &[
            ("Nelson", "Nelson", "7010"),
            ("Napier", "Hawke's Bay", "4110"),
            ("Dunedin", "Otago", "9016"),
        ],
        "GB" => &[
            ("Richmond", "Surrey", "TW9 1AA"),
            ("Bath", "Somerset", "BA1 1AA"),
            ("Leith", "Midlothian", "EH6 6AA"),
        ],
        "JP" => &[
            ("Kyoto", "Kyoto", "600-8001"),
            ("Kamakura", "Kanagawa", "248-0006"),
        ],
        _ => &[
            ("Portland", "Oregon", "97205"),
            ("Asheville", "North Carolina", "28801"),
        ],
    }
}

fn phone(dice: &mut Dice, country: &str) -> String {
    let n = dice.from_to(100, 999);
    match country {
        "AU" => format!("02 5550 {:04}", 1000 + n),
        "NZ" => format!("03 555 {:04}", 1000 + n),
        "GB" => format!("020 7946 0{n}"),
        "JP" => format!("075-555-{:04}", 1000 + n),
        _ => format!("(503) 555-0{n}"),
    }
}

fn three(country: &str) -> &'static str {
    match country {
        "AU" => "AUS",
        "NZ" => "NZL",
        "GB" => "GBR",
        "JP" => "JPN",
        _ => "USA",
    }
}

/// A customer's own pair of names: the first 1,216 ids give as many different ones, later ids get an initial.
fn names(id: u64) -> (String, String) {
    let (g, f) = (GIVEN.len() as u64, FAMILY.len() as u64);
    let at = |list: &[&'static str], n: u64| {
        let n = usize::try_from(n).unwrap_or(0);
        list.get(n % list.len()).copied().unwrap_or_default()
    };
    let given = at(GIVEN, id % g);
    let family = at(FAMILY, (id / g + id % g * 5) % f);
    let round = id / (g * f);
    let given = match round {
        0 => given.to_owned(),
        n => format!(
            "{given} {}.",
            char::from(b'A' + u8::try_from(n % 26).unwrap_or(0))
        ),
    };
    (given, family.to_owned())
}

/// A company's name: the first 272 ids give as many different ones.
fn firm(id: u64) -> String {
    let pick = |list: &[&'static str], n: u64| {
        let n = usize::try_from(n).unwrap_or(0);
        list.get(n % list.len()).copied().unwrap_or_default()
    };
    let n = FIRMS.len() as u64;
    if id / n >= TRADES.len() as u64 {
        return String::new();
    }
    format!(
        "{} {}",
        pick(FIRMS, id % n),
        pick(TRADES, id / n + id % n * 3)
    )
}

/// The n-th customer of a shop. No two of a shop have the same name, company or e-mail address.
pub fn customer(dice: &mut Dice, id: u64, country: &str) -> Person {
    let (given, family) = names(id);
    let (town, region, code) = dice.pick(places(country));
    let company = if dice.percent(35) {
        firm(id)
    } else {
        String::new()
    };
    let mail = format!("{given}.{family}{id}@mail.example")
        .to_lowercase()
        .replace(['\'', ' '], "");
    Person {
        id,
        given,
        family,
        email: mail.replace("..", "."),
        phone: phone(dice, country),
        company,
        address: [
            format!("{} {}", dice.from_to(1, 240), dice.pick(STREETS)),
            town.to_owned(),
            region.to_owned(),
            code.to_owned(),
            three(country).to_owned(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_customers_of_a_shop_are_mixed_up() {
        let mut dice = Dice::new(7, "people");
        let all: Vec<Person> = (1..=3000).map(|id| customer(&mut dice, id, "AU")).collect();
        let names: BTreeSet<String> = all.iter().map(Person::name).collect();
        let mails: BTreeSet<&str> = all.iter().map(|p| p.email.as_str()).collect();
        let firms: Vec<&str> = all
            .iter()
            .map(|p| p.company.as_str())
            .filter(|c| !c.is_empty())
            .collect();
        assert_eq!(names.len(), 3000);
        assert_eq!(mails.len(), 3000);
        assert_eq!(firms.iter().collect::<BTreeSet<_>>().len(), firms.len());
    }
}
