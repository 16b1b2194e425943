//! The functions and signs of the short way. Each does what the one of the same name in [`crate::rules::api`]
//! does with values of the right kind, and says nothing about any others.

use super::size::TEXT;
use crate::rules::api::ops::{compare, equal};
use crate::rules::api::{CallRef, HookAnswer, Say, look_up, nth, number, part_of};
use rhai::{Array, Dynamic, INT, ImmutableString, Position};
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::ops::Deref;

/// What a function or sign is given, and where it stands.
struct Given<'g> {
    call: &'g CallRef,
    values: &'g [Dynamic; 3],
    at: Position,
}

/// A function or a sign.
#[derive(Clone, Copy)]
pub(super) struct ShortWord(fn(&Given<'_>) -> Option<Dynamic>);

impl ShortWord {
    /// The one of this name that takes so many values.
    pub(super) fn of(name: &str, takes: usize) -> Option<Self> {
        let does: fn(&Given<'_>) -> Option<Dynamic> = match (name, takes) {
            ("keep", 0) => |g| g.answer(Say::Keep),
            ("create", 0) => |g| g.answer(Say::Create),
            ("none", 0) => |g| g.answer(Say::None),
            ("keep_source", 0) => |g| g.answer(Say::KeepSource),
            ("keep_ledger", 0) => |g| g.answer(Say::KeepLedger),
            ("skip", 1) => |g| g.because(Say::Skip),
            ("hold", 1) => |g| g.because(Say::Hold),
            ("review", 1) => |g| g.because(Say::Review),
            ("fail", 1) => |g| g.because(Say::Fail),
            ("lookup", 2) => |g| {
                let (table, key) = (g.text(0)?, g.text(1)?);
                let found = look_up(&g.call.0.tables, &table, &key, g.at);
                found.ok().map(Dynamic::from)
            },
            ("==", 2) => |g| g.equal().map(Dynamic::from),
            ("!=", 2) => |g| g.equal().map(|e| (!e).into()),
            ("<", 2) => |g| g.order().map(|o| (o == Ordering::Less).into()),
            ("<=", 2) => |g| g.order().map(|o| (o != Ordering::Greater).into()),
            (">", 2) => |g| g.order().map(|o| (o == Ordering::Greater).into()),
            (">=", 2) => |g| g.order().map(|o| (o != Ordering::Less).into()),
            ("+", 2) => |g| g.sum(),
            ("-", 2) => |g| g.reckon(Decimal::checked_sub, INT::checked_sub),
            ("*", 2) => |g| g.reckon(Decimal::checked_mul, INT::checked_mul),
            ("contains", 2) => |g| g.contains(),
            ("starts_with", 2) => |g| Some(g.text(0)?.starts_with(g.text(1)?.as_str()).into()),
            ("ends_with", 2) => |g| Some(g.text(0)?.ends_with(g.text(1)?.as_str()).into()),
            ("part", 3) => |g| Some(nth(&g.text(0)?, &g.text(1)?, g.whole(2)?)),
            ("sub_string", 2) => |g| Some(part_of(&g.text(0)?, g.whole(1)?, None).into()),
            ("sub_string", 3) => |g| {
                let (start, length) = (g.whole(1)?, g.whole(2)?);
                Some(part_of(&g.text(0)?, start, Some(length)).into())
            },
            ("trim", 1) => |g| Some(ImmutableString::from(g.text(0)?.trim()).into()),
            ("to_upper", 1) => |g| Some(g.text(0)?.to_uppercase().into()),
            ("to_lower", 1) => |g| Some(g.text(0)?.to_lowercase().into()),
            ("len", 1) => |g| Some((g.text(0)?.chars().count() as INT).into()),
            ("is_empty", 1) => |g| Some(g.text(0)?.is_empty().into()),
            _ => return None,
        };
        Some(Self(does))
    }

    /// What it gives; nothing when that is for Rhai to say.
    pub(super) fn say(
        self,
        call: &CallRef,
        values: &[Dynamic; 3],
        at: Position,
    ) -> Option<Dynamic> {
        (self.0)(&Given { call, values, at })
    }
}

impl Given<'_> {
    fn text(&self, n: usize) -> Option<impl Deref<Target = ImmutableString> + '_> {
        self.values.get(n)?.as_immutable_string_ref().ok()
    }

    fn whole(&self, n: usize) -> Option<INT> {
        self.values.get(n)?.as_int().ok()
    }

    fn answer(&self, say: Say) -> Option<Dynamic> {
        let place = self.at;
        Some(Dynamic::from(HookAnswer { say, place }))
    }

    fn because(&self, say: fn(ImmutableString) -> Say) -> Option<Dynamic> {
        let [why, ..] = self.values;
        let why = why.as_immutable_string_ref().ok()?.clone();
        if why.trim().is_empty() {
            return None;
        }
        self.answer(say(why))
    }

    fn equal(&self) -> Option<bool> {
        let [a, b, _] = self.values;
        equal(a, b, self.at).ok()
    }

    fn order(&self) -> Option<Ordering> {
        let [a, b, _] = self.values;
        compare(a, b)
    }

    fn sum(&self) -> Option<Dynamic> {
        let [a, b, _] = self.values;
        if !a.is_string() || !b.is_string() {
            return self.reckon(Decimal::checked_add, INT::checked_add);
        }
        let text = format!("{}{}", *self.text(0)?, *self.text(1)?);
        (text.len() <= TEXT).then(|| text.into())
    }

    fn reckon(
        &self,
        exact: fn(Decimal, Decimal) -> Option<Decimal>,
        whole: fn(INT, INT) -> Option<INT>,
    ) -> Option<Dynamic> {
        let [a, b, _] = self.values;
        if let (Ok(a), Ok(b)) = (a.as_int(), b.as_int()) {
            return whole(a, b).map(Dynamic::from);
        }
        exact(number(a)?, number(b)?).map(Dynamic::from)
    }

    fn contains(&self) -> Option<Dynamic> {
        let [on, wanted, _] = self.values;
        if let Some(list) = on.read_lock::<Array>() {
            for item in list.iter() {
                if equal(item, wanted, self.at).ok()? {
                    return Some(Dynamic::TRUE);
                }
            }
            return Some(Dynamic::FALSE);
        }
        Some(self.text(0)?.contains(self.text(1)?.as_str()).into())
    }
}
