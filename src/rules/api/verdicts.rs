//! The answers a hook can give. An answer remembers the line that gave it.

use super::builder::{Build, Res};
use super::catalog::Ty;
use super::convert::{trouble, whole};
use crate::model::codes;
use rhai::{Dynamic, ImmutableString, NativeCallContext, Position};

/// An answer of a hook.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HookAnswer {
    /// What it says.
    pub say: Say,
    /// The line that said it.
    pub place: Position,
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Say {
    Keep,
    Skip(ImmutableString),
    Hold(ImmutableString),
    Review(ImmutableString),
    Fail(ImmutableString),
    Use(usize),
    Create,
    None,
    KeepSource,
    KeepLedger,
}

impl Say {
    /// The function of a rule that says it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Say::Keep => "keep",
            Say::Skip(_) => "skip",
            Say::Hold(_) => "hold",
            Say::Review(_) => "review",
            Say::Fail(_) => "fail",
            Say::Use(_) => "use",
            Say::Create => "create",
            Say::None => "none",
            Say::KeepSource => "keep_source",
            Say::KeepLedger => "keep_ledger",
        }
    }
}

fn because(
    ctx: &NativeCallContext,
    why: ImmutableString,
    word: &str,
    say: fn(ImmutableString) -> Say,
) -> Res<HookAnswer> {
    if why.trim().is_empty() {
        return Err(trouble(
            codes::RULE_NO_REASON,
            format!("{word}(..) was given an empty reason"),
            "say why, so that whoever reads it need not open the rule",
            ctx.call_position(),
        ));
    }
    Ok(HookAnswer {
        say: say(why),
        place: ctx.call_position(),
    })
}

/// Adds the answers.
pub(crate) fn add(b: &mut Build) {
    list(b);
    let Some(e) = b.engine() else { return };
    say(e);
}

fn list(b: &mut Build) {
    b.named::<HookAnswer>(Ty::Answer);
    b.func("keep", &[], Ty::Answer, "Go on.");
    b.func(
        "skip",
        &[("why", Ty::Text)],
        Ty::Answer,
        "Not wanted: nothing is posted and nobody need act.",
    );
    b.func(
        "hold",
        &[("why", Ty::Text)],
        Ty::Answer,
        "A person must act first.",
    );
    b.func(
        "review",
        &[("why", Ty::Text)],
        Ty::Answer,
        "It is ready, and waits until a person approves it.",
    );
    b.func(
        "fail",
        &[("why", Ty::Text)],
        Ty::Answer,
        "It cannot go on until the document, the mapping or a rule changes.",
    );
    b.func(
        "use",
        &[("index", Ty::Number)],
        Ty::Answer,
        "In a match hook: the candidate with this index, from 0.",
    );
    b.func(
        "create",
        &[],
        Ty::Answer,
        "In a match hook: make a new one.",
    );
    b.func(
        "none",
        &[],
        Ty::Answer,
        "In a match hook: none of them, and make none.",
    );
    b.func(
        "keep_source",
        &[],
        Ty::Answer,
        "In `on_conflict`: the source's value goes over the ledger's.",
    );
    b.func(
        "keep_ledger",
        &[],
        Ty::Answer,
        "In `on_conflict`: the ledger's value stays, and is what both agree on from then on. Never of what the document comes to, nor of whom it is for.",
    );
}

fn say(e: &mut rhai::Engine) {
    let plain = |say: Say| {
        move |ctx: NativeCallContext| HookAnswer {
            say: say.clone(),
            place: ctx.call_position(),
        }
    };
    e.register_fn("keep", plain(Say::Keep));
    e.register_fn("create", plain(Say::Create));
    e.register_fn("none", plain(Say::None));
    e.register_fn("keep_source", plain(Say::KeepSource));
    e.register_fn("keep_ledger", plain(Say::KeepLedger));
    e.register_fn("skip", |c: NativeCallContext, w: ImmutableString| {
        because(&c, w, "skip", Say::Skip)
    });
    e.register_fn("hold", |c: NativeCallContext, w: ImmutableString| {
        because(&c, w, "hold", Say::Hold)
    });
    e.register_fn("review", |c: NativeCallContext, w: ImmutableString| {
        because(&c, w, "review", Say::Review)
    });
    e.register_fn("fail", |c: NativeCallContext, w: ImmutableString| {
        because(&c, w, "fail", Say::Fail)
    });
    e.register_fn(
        "use",
        |c: NativeCallContext, i: Dynamic| -> Res<HookAnswer> {
            let place = c.call_position();
            let at = whole(&i).and_then(|i| usize::try_from(i).ok());
            let at = at.ok_or_else(|| {
                trouble(
                    codes::RULE_BAD_INDEX,
                    "use(..) takes the index of a candidate, from 0",
                    "write use(0) for the first",
                    place,
                )
            })?;
            Ok(HookAnswer {
                say: Say::Use(at),
                place,
            })
        },
    );
}
