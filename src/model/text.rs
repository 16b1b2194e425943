//! Which characters of a text could harm whoever shows it.

/// Whether a character could move a cursor, change colours, turn text around, or hide.
pub fn dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{2028}'..='\u{202e}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// A name or address as it is compared: case and runs of white space do not count.
pub fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// A telephone number as it is compared: its digits alone.
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// A word in brackets behind what it explains; nothing where there is none.
pub fn bracketed(word: &str) -> String {
    match word {
        "" => String::new(),
        word => format!(" ({word})"),
    }
}
