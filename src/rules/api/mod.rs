//! What a rule can see and do: the one list from which the engine, the lint, the editor's definition files
//! and the reference page are all made, so that none can disagree with another.
//!
//! Flows in: an engine, or none when only the list is wanted. Flows out: a [`Catalog`].

mod builder;
pub mod catalog;
mod convert;
mod dates;
mod draftish;
mod drafts;
mod lists;
mod money;
pub mod ops;
mod sides;
mod source;
mod text;
mod values;
mod verdicts;
mod ways;
mod world;

use builder::Build;
pub use catalog::{Catalog, Func, Prop, Ty};
pub(crate) use convert::{Trouble, kind as kind_of, number};
pub(crate) use drafts::{ContactHandle, InvoiceHandle, LineHandle, PaymentHandle};
pub(crate) use sides::SideRef;
pub(crate) use source::{Doc, Money as PaymentRef};
pub(crate) use text::{nth, part_of};
pub(crate) use values::print;
pub(crate) use verdicts::{HookAnswer, Say};
pub(crate) use ways::{ByType, Get, Has, Set, Ways};
pub(crate) use world::{Call, CallRef, FoundList, PaidRef, ParamsRef, look_up};

use rhai::Engine;
use std::sync::OnceLock;

/// The list, made once: it is the same for everyone.
pub fn shared_catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(catalog)
}

impl Ways {
    /// The ways, made once: they are the same for everyone.
    pub(crate) fn shared() -> &'static Ways {
        static WAYS: OnceLock<Ways> = OnceLock::new();
        WAYS.get_or_init(|| describe(None).1)
    }
}

/// Gives an engine everything a rule may use, and lists it.
pub(crate) fn install(engine: &mut Engine) -> Catalog {
    describe(Some(engine)).0
}

/// The list alone.
pub fn catalog() -> Catalog {
    describe(None).0
}

fn describe(engine: Option<&mut Engine>) -> (Catalog, Ways) {
    let mut b = Build::new(engine);
    verdicts::add(&mut b);
    source::add(&mut b);
    drafts::add(&mut b);
    world::add(&mut b);
    sides::add(&mut b);
    money::add(&mut b);
    text::add(&mut b);
    dates::add(&mut b);
    lists::add(&mut b);
    values::add(&mut b);
    if let Some(engine) = b.engine() {
        ops::add(engine);
    }
    (b.catalog, b.ways)
}
