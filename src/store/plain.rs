//! Values as the JSON in which they are kept, and the error that tells what cannot be read.

use crate::pipeline::ports::StoreError;
use serde::{Serialize, de::DeserializeOwned};

pub fn corrupt(what: &str, why: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt {
        what: what.to_owned(),
        why: why.to_string(),
    }
}

pub fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| corrupt("a value being stored", e))
}

pub fn read_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| corrupt(what, e))
}
