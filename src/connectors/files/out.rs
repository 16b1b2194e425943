//! Cells of CSV files that we write, which a spreadsheet must not take for a formula.

/// A cell's text. What a spreadsheet would compute (`=`, `+`, `-`, `@`, tab, return) gets an apostrophe in front; a
/// plain number stays a number.
pub fn cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let number = text
        .strip_prefix(['-', '+'])
        .unwrap_or(text)
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b'.');
    if risky && !number {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_formula_is_text_and_a_number_is_a_number() {
        assert_eq!(cell("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(cell("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(cell("-2+3"), "'-2+3");
        assert_eq!(cell("-12.50"), "-12.50");
        assert_eq!(cell("O'Neill"), "O'Neill");
    }
}
