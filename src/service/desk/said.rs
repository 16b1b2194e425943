//! Values that programs are told by their sentence: data inside, words at the door.

/// How a time stands in a sentence: in UTC, to the second.
pub const TIME: &str = "%Y-%m-%d %H:%M:%SZ";

/// Makes a type that can be shown stand in JSON as its sentence.
macro_rules! said {
    ($ty:ident) => {
        impl serde::Serialize for $ty {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
        impl schemars::JsonSchema for $ty {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($ty).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string"})
            }
        }
    };
}

pub(super) use said;
