//! The one test binary: a module a behaviour.

mod bed;
mod connectors_keap;
mod connectors_xero;
mod first_invoice;
mod mapping;
mod rules;
mod sandbox_demo;
mod sandbox_keap;
mod sandbox_plane;
mod sandbox_xero;
mod simulation;
mod storm;
mod story_accounts_tax;
mod story_dates;
mod story_items;
mod story_modes;
mod story_skips;
mod support;
