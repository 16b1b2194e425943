//! The pages that teach are run as they stand: files are written, commands are typed, what is promised
//! must be in what they print.
//!
//! Blocks: `sh` (a command a line, `export NAME=VALUE` for all after it; `exit=N` for another exit code than 0),
//! `yaml file=..`, `rhai file=..`, `text expect` (each line must be part of a line that the commands before it printed, in
//! this order). Blocks of other kinds are for reading. Ports are put in another's place, since tests run side by side.

use std::path::Path;
use std::process::Command;

struct Block {
    line: usize,
    kind: String,
    words: Vec<String>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut out = Vec::new();
    let mut open: Option<Block> = None;
    for (n, line) in page.lines().enumerate() {
        let Some(head) = line.strip_prefix("```") else {
            if let Some(block) = &mut open {
                block.text.push_str(line);
                block.text.push('\n');
            }
            continue;
        };
        match open.take() {
            Some(block) => out.push(block),
            None => {
                let mut words = head.split_whitespace().map(str::to_owned);
                open = Some(Block {
                    line: n + 1,
                    kind: words.next().unwrap_or_default(),
                    words: words.collect(),
                    text: String::new(),
                });
            }
        }
    }
    assert!(open.is_none(), "a block is never closed");
    out
}

impl Block {
    fn word(&self, name: &str) -> Option<&str> {
        self.words
            .iter()
            .find_map(|w| w.strip_prefix(name)?.strip_prefix('='))
    }

    /// Types the commands, one after the other; answers all they printed.
    fn typed(&self, folder: &Path, exported: &mut Vec<(String, String)>) -> String {
        let wanted: i32 = self.word("exit").map_or(0, |n| n.parse().unwrap());
        let program = Path::new(env!("CARGO_BIN_EXE_crossfoot"));
        let path = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{path}", program.parent().unwrap().display());
        let mut printed = String::new();
        for command in self.text.lines().filter(|l| !l.trim().is_empty()) {
            if let Some((name, value)) = command
                .strip_prefix("export ")
                .and_then(|e| e.split_once('='))
            {
                exported.push((name.to_owned(), value.to_owned()));
                continue;
            }
            let done = Command::new("sh")
                .args(["-c", command])
                .current_dir(folder)
                .env("PATH", &path)
                .env("NO_COLOR", "1")
                .env("HOME", folder)
                .env("CROSSFOOT_STATE", folder.join("state"))
                .envs(exported.iter().cloned())
                .stdin(std::process::Stdio::null())
                .output()
                .unwrap();
            printed.push_str(&String::from_utf8_lossy(&done.stdout));
            printed.push_str(&String::from_utf8_lossy(&done.stderr));
            let line = self.line;
            assert_eq!(
                done.status.code(),
                Some(wanted),
                "line {line}: {command}\n{printed}"
            );
        }
        printed
    }
}

fn promised(block: &Block, printed: &str) {
    let mut lines = printed.lines();
    for wanted in block.text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let found = lines.any(|l| l.contains(wanted));
        assert!(
            found,
            "line {}: `{wanted}` is not in what was printed:\n{printed}",
            block.line
        );
    }
}

/// Ends what a page has started and, where it failed in the middle, not ended.
struct Started<'a>(&'a Path);

impl Drop for Started<'_> {
    fn drop(&mut self) {
        if let Ok(id) = std::fs::read_to_string(self.0.join("sandbox.pid")) {
            let quiet = std::process::Stdio::null;
            let kill = Command::new("kill").arg(id.trim()).stderr(quiet()).status();
            // It has ended already, where the page came to its end.
            drop(kill);
        }
    }
}

/// A port that nobody has.
fn free_port() -> String {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port().to_string()
}

fn walk(page: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let _started = Started(folder.path());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let mut text = std::fs::read_to_string(path).unwrap();
    for port in ["4600", "8910"] {
        text = text.replace(port, &free_port());
    }
    let mut printed = String::new();
    let mut exported = Vec::new();
    let mut steps = 0;
    for block in blocks(&text) {
        match (block.kind.as_str(), block.word("file")) {
            ("sh", _) => printed = block.typed(folder.path(), &mut exported),
            ("text", _) if block.words.iter().any(|w| w == "expect") => promised(&block, &printed),
            (_, Some(file)) => {
                let file = folder.path().join(file);
                assert!(
                    file.parent().unwrap().is_dir(),
                    "line {}: no folder for {}",
                    block.line,
                    file.display()
                );
                std::fs::write(file, &block.text).unwrap();
            }
            _ => continue,
        }
        steps += 1;
    }
    steps
}

#[test]
fn your_first_rule_works_as_it_is_told() {
    assert!(walk("docs/your-first-rule.md") >= 12);
}

#[cfg(unix)]
#[test]
fn a_rehearsal_works_as_it_is_told() {
    assert!(walk("docs/rehearsal.md") >= 20);
}
