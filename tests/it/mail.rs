//! A mail server that keeps what it is given.

use crossfoot::model::{Became, DocState, Kind};
use crossfoot::pipeline::ports::RunRow;
use crossfoot::service::notify::{LetterFacts, compose};
use crossfoot::service::{Cause, KeptBack};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Speaks SMTP as far as one letter needs it.
pub struct Sink {
    port: u16,
    letters: Receiver<String>,
}

impl Sink {
    /// On a free port.
    pub fn new() -> Self {
        Self::on(0)
    }

    /// A port on which nobody listens.
    pub fn free() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    }

    /// On a port, which is free.
    pub fn on(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (give, letters) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if let Some(letter) = receive(stream)
                    && give.send(letter).is_err()
                {
                    return;
                }
            }
        });
        Self { port, letters }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The next letter, as it came over the wire.
    pub fn next(&self) -> String {
        self.letters
            .recv_timeout(Duration::from_secs(60))
            .expect("a letter")
    }

    /// Whether no other letter has come.
    pub fn none_left(&self) -> bool {
        self.letters.try_recv().is_err()
    }
}

fn receive(mut stream: TcpStream) -> Option<String> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let mut letter = None;
    stream.write_all(b"220 sink\r\n").ok()?;
    while let Some(Ok(line)) = lines.next() {
        let word = line.split(' ').next().unwrap_or_default().to_uppercase();
        let answer = match word.as_str() {
            "EHLO" => "250-sink\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n",
            "AUTH" => "235 welcome\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").ok()?;
                let body = lines
                    .by_ref()
                    .map_while(Result::ok)
                    .take_while(|l| l != ".");
                letter = Some(body.collect::<Vec<_>>().join("\n"));
                "250 kept\r\n"
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").ok()?;
                break;
            }
            _ => "250 ok\r\n",
        };
        stream.write_all(answer.as_bytes()).ok()?;
        if letter.is_some() && word == "DATA" {
            // The sender may keep the connection for later letters; the test does not wait for that.
            break;
        }
    }
    letter
}

#[test]
fn a_letter_counts_groups_and_names_nobody() {
    let run = |created, held| RunRow {
        id: "20260715T020000-0a0b0c0d".into(),
        counts: [
            (Kind::Invoice, Became::Created, created),
            (Kind::Invoice, Became::Held, held),
        ]
        .into_iter()
        .collect(),
        ..RunRow::default()
    };
    let cause = Cause {
        state: DocState::Held,
        code: "account.unknown".into(),
        what: "line 1 (Ms Secret's crane) would go to account 2000".into(),
        such_as: None,
        fix: "correct the code in `accounts:`".into(),
        place: None,
        documents: vec!["1041".into(), "1042\r\nBcc: x@y.example".into()],
        each: [("1041", "110.00"), ("1042\r\nBcc: x@y.example", "0.5")]
            .map(|(number, total)| KeptBack {
                number: number.into(),
                contact: "Ms Secret".into(),
                date: None,
                currency: "AUD".into(),
                total: Some(total.parse().unwrap()),
                since: chrono::DateTime::UNIX_EPOCH,
            })
            .into(),
        sums: BTreeMap::new(),
    };
    let letter = compose(&LetterFacts {
        tenant: "acme",
        runs: &[run(12, 2), run(3, 0)],
        trouble: None,
        causes: &[cause],
        checked: 1,
        payments: 3,
        doubtful: 1,
        ..LetterFacts::default()
    });
    for part in [&letter.text, &letter.html] {
        assert!(!part.contains("Secret") && !part.contains('\r'), "{part}");
    }
    insta::assert_snapshot!("letter_html", letter.html);
    insta::assert_snapshot!(format!("{}\n\n{}", letter.subject, letter.text), @r"
    Crossfoot: acme, 2 waiting for a person

    acme: 2 runs

         15  created
          2  held

    2 waiting for a person:

    - held [account.unknown]: 1041 (110.00 AUD), 1042  Bcc: x@y.example (0.50 AUD)
      A line would go to an account that the ledger does not have.
      What to do: correct the code in `accounts:`

    1 checked and waiting for approval.

    3 payments and refunds of posted documents wait: crossfoot release acme --payments

    1 in doubt; they are looked up before anything is sent again.

    More: crossfoot errors acme, crossfoot explain acme NUMBER
    ");
}
