//! On which line of a text a place stands, as an editor counts: a line ends in LF, CR LF or CR alone.

/// Where the lines of a text begin.
pub struct LineStarts {
    starts: Vec<usize>,
}

impl LineStarts {
    /// Looks through a text.
    pub fn of(text: &[u8]) -> Self {
        let mut starts = vec![0];
        for (n, byte) in text.iter().enumerate() {
            let ends = match byte {
                b'\n' => true,
                b'\r' => text.get(n + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends {
                starts.push(n + 1);
            }
        }
        Self { starts }
    }

    /// The line of a place, from 1.
    pub fn line(&self, place: usize) -> u64 {
        let before = self.starts.partition_point(|s| *s <= place);
        u64::try_from(before).unwrap_or(u64::MAX)
    }

    /// The line of the first thing that stands at or behind a place, line ends passed over: a reader of CSV takes
    /// the rest of a line's end, and empty lines, for the beginning of the next row.
    pub fn line_of_row(&self, text: &[u8], place: u64) -> u64 {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let rest = text.get(place..).unwrap_or_default();
        let passed = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
        self.line(place.saturating_add(passed.count()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_end_a_line_is_counted_once() {
        let text = b"a\r\nb\rc\n\nd";
        let starts = LineStarts::of(text);
        let line = |c: u8| starts.line(text.iter().position(|b| *b == c).unwrap());
        assert_eq!(
            [line(b'a'), line(b'b'), line(b'c'), line(b'd')],
            [1, 2, 3, 5]
        );
        assert_eq!(starts.line_of_row(text, 2), 2);
        assert_eq!(starts.line_of_row(text, 7), 5);
    }
}
