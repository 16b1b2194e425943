//! Whether a call's templates hold a name.

use super::request::CallSpec;
use super::template::TemplateName;

/// Whether one of them is such a name.
pub(super) fn uses(call: &CallSpec, is: impl Fn(&TemplateName) -> bool) -> bool {
    call.templates().iter().any(|t| t.names().any(&is))
}
