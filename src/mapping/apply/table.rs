//! `lookup(table, key)`: the tables of a tenant's file, for its rules.

use crate::mapping::config::{Answer, Mapping};
use crate::model::Reason;
use crate::model::codes;

impl Mapping {
    /// What a table says of a key, exactly as written.
    ///
    /// # Errors
    /// There is no such table (a mistake in the rule), or it says `hold`.
    pub fn lookup(&self, table: &str, key: &str) -> Result<&str, Reason> {
        let Some(rows) = self.tables.get(table) else {
            let names: Vec<&str> = self.tables.keys().map(AsRef::as_ref).collect();
            let fix = match crate::mapping::nearest(table, names.iter().copied()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None if names.is_empty() => "Add it under `tables`.".to_owned(),
                None => format!("The tables are: {}.", names.join(", ")),
            };
            return Err(Reason::new(
                codes::TABLE_UNKNOWN,
                format!("There is no table `{table}`"),
                fix,
            ));
        };
        let row = rows.answer(key);
        match &row.value {
            Answer::Use(text) => Ok(text),
            Answer::Hold => Err(Reason::new(
                codes::TABLE_HOLD,
                format!("The table `{table}` has no row for `{key}`, and its else says hold"),
                format!("Add `\"{key}\": ...` to `tables.{table}`, then `crossfoot retry TENANT NUMBER`."),
            )
            .at(self.place(row.at))),
        }
    }

    /// Whether the file has a table of this name, for checking rules before they run.
    pub fn has_table(&self, table: &str) -> bool {
        self.tables.contains_key(table)
    }
}
