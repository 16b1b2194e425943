//! Where a value of a tenant's file is written.

/// Where a value is written: an index into the mapping's files, a line and a column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct At {
    /// Which file: 0 the built-in defaults, then the preset, then the tenant's.
    pub file: u8,
    /// The column, from 1; 0 where there is none.
    pub column: u16,
    /// The line, from 1; 0 where there is none.
    pub line: u32,
}

/// A value and where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub at: At,
}

impl<T> Located<T> {
    /// A value with its place.
    pub fn new(value: T, at: At) -> Self {
        Self { value, at }
    }
}
