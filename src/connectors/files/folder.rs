//! The files of a folder, as text.
//!
//! Only files that lie in the folder itself are read: a name with a slash cannot be given, and a link that
//! leads elsewhere is refused. Other kinds of files are left alone.

use super::lines::LineStarts;
use crate::connectors::Settings;
use std::path::PathBuf;
use std::time::SystemTime;

/// Files in a folder.
pub const MOST_FILES: usize = 1000;
/// Bytes of all files together.
pub const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, without the folder.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// When it was last written, as its folder tells it.
    pub written: Option<SystemTime>,
}

impl File {
    /// Whether each of its lines is an invoice in JSON, told after the one above.
    pub fn is_lines(&self) -> bool {
        self.name.to_lowercase().ends_with(".jsonl")
    }
}

/// Reads every CSV and JSON file, in the order of their names.
///
/// # Errors
/// A sentence: the folder or a file cannot be read, or there is too much.
pub async fn files(settings: &Settings) -> Result<Vec<File>, String> {
    let given = settings.get("folder", "");
    let (root, paths) = listed(settings).await?;
    let mut all = Vec::with_capacity(paths.len());
    let mut left = MOST_BYTES;
    for (name, path) in paths {
        let cannot = |e: std::io::Error| format!("{name} cannot be read: {e}");
        let real = tokio::fs::canonicalize(&path).await.map_err(cannot)?;
        if real.parent() != Some(root.as_path()) {
            return Err(format!(
                "{name} leads out of the folder: put the file itself there"
            ));
        }
        let size = tokio::fs::metadata(&real).await.map_err(cannot)?;
        if !size.is_file() {
            continue;
        }
        left = left.checked_sub(size.len()).ok_or_else(|| {
            format!("{given} holds more than {MOST_BYTES} bytes: move old files away")
        })?;
        let bytes = tokio::fs::read(&real).await.map_err(cannot)?;
        let written = size.modified().ok();
        all.push(File {
            name,
            bytes,
            written,
        });
    }
    Ok(all)
}

/// The folder, and its files by name, in their order.
async fn listed(settings: &Settings) -> Result<(PathBuf, Vec<(String, PathBuf)>), String> {
    let given = settings.get("folder", "");
    if given.is_empty() {
        return Err("the connection names no `folder`: add one to connections.yaml".to_owned());
    }
    let cannot = |e: std::io::Error| format!("the folder {given} cannot be read: {e}");
    let root = tokio::fs::canonicalize(given).await.map_err(cannot)?;
    let mut entries = tokio::fs::read_dir(&root).await.map_err(cannot)?;
    let mut paths: Vec<(String, PathBuf)> = Vec::new();
    while let Some(entry) = entries.next_entry().await.map_err(cannot)? {
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let lower = name.to_lowercase();
        // A name that begins with a dot is someone's half-written file.
        let ends = [".csv", ".json", ".jsonl"];
        if !name.starts_with('.') && ends.iter().any(|e| lower.ends_with(e)) {
            paths.push((name, entry.path()));
        }
        if paths.len() > MOST_FILES {
            return Err(format!(
                "{given} holds more than {MOST_FILES} files: move old ones away"
            ));
        }
    }
    paths.sort();
    Ok((root, paths))
}

/// The sizes of its files.
///
/// # Errors
/// A sentence: the folder cannot be read.
pub async fn sizes(settings: &Settings) -> Result<Vec<u64>, String> {
    let mut all = Vec::new();
    for (name, path) in listed(settings).await?.1 {
        let size = tokio::fs::metadata(&path).await;
        all.push(
            size.map_err(|e| format!("{name} cannot be read: {e}"))?
                .len(),
        );
    }
    Ok(all)
}

/// What the bytes from 0x80 to 0x9F are in Windows-1252; the rest are as in Unicode.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// A file as text.
///
/// # Errors
/// The line where it is not text, and what to do.
pub fn text(settings: &Settings, bytes: &[u8]) -> Result<String, (u64, String, String)> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        let fix = "save it again as \"CSV UTF-8\"".to_owned();
        return Err((1, "the file is UTF-16".to_owned(), fix));
    }
    if settings
        .get("encoding", "utf-8")
        .eq_ignore_ascii_case("windows-1252")
    {
        return Ok(bytes.iter().map(|b| windows(*b)).collect());
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|e| {
        let before = bytes.get(..e.valid_up_to()).unwrap_or_default();
        (
            LineStarts::of(before).line(before.len()),
            "the file is not UTF-8 from here on".to_owned(),
            "save it as \"CSV UTF-8\", or set `encoding: windows-1252` on the connection if an old program wrote it".to_owned(),
        )
    })
}

fn windows(byte: u8) -> char {
    match byte {
        0x80..=0x9F => WINDOWS
            .get(usize::from(byte - 0x80))
            .copied()
            .unwrap_or('\u{fffd}'),
        other => char::from(other),
    }
}
