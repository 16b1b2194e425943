//! One test binary; one module a behaviour.
mod rules;
mod rules_attacks;
mod rules_lint;
mod rules_meaning;
