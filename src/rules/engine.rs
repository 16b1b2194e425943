//! The engine before it has any function: the language and its limits, alike wherever a rule is parsed or run.

use super::api::ops;
use super::limits;
use rhai::Engine;

/// An engine that can parse rules and run nothing.
pub(super) fn parser() -> Engine {
    let mut engine = Engine::new_raw();
    configure(&mut engine);
    engine
}

/// The language and the limits, alike for parsing and running.
pub(super) fn configure(engine: &mut Engine) {
    ops::language(engine);
    engine
        .set_max_operations(limits::OPERATIONS)
        .set_max_call_levels(limits::CALL_LEVELS)
        .set_max_expr_depths(limits::EXPRESSION_DEPTH, limits::EXPRESSION_DEPTH)
        .set_max_string_size(limits::TEXT_BYTES)
        .set_max_array_size(limits::LIST_ELEMENTS)
        .set_max_map_size(limits::MAP_ENTRIES)
        .set_max_variables(limits::VARIABLES)
        .set_max_functions(limits::FUNCTIONS)
        .set_max_modules(0)
        .set_fail_on_invalid_map_property(true)
        .set_fast_operators(true);
}
