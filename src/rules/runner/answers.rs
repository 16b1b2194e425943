//! What a hook answered: held against what it may answer, and put into the pipeline's types.

use super::{Ended, Runner};
use crate::model::codes::{self, Code};
use crate::model::{Reason, SetBy, SetName, Trace, Verdict};
use crate::rules::api::{self, HookAnswer, Say};
use crate::rules::cell::ToldChange;
use crate::rules::compile::{CompiledFile, RuleSet};
use crate::rules::given::{line_and_column, place};
use crate::rules::hook::Hook;
use crate::rules::outcome::{Choice, KeptSide};
use rhai::Dynamic;

impl Runner {
    pub(super) fn ended(&self, ended: Ended) -> Verdict {
        match ended {
            Ended::Keep => Verdict::Keep,
            Ended::Broke(why) => Verdict::Hold(why),
            Ended::Said(a, file) => self.verdict(&a, file),
        }
    }

    /// What a match hook chose among so many.
    pub(super) fn chosen(&self, ended: Ended, found: usize) -> Choice {
        let (a, file) = match ended {
            Ended::Keep => return Choice::Absent,
            Ended::Broke(why) => return Choice::Verdict(Verdict::Hold(why)),
            Ended::Said(a, file) => (a, file),
        };
        match a.say {
            Say::Use(n) if n < found => Choice::Use(n),
            Say::Use(n) => {
                let why = Reason::new(
                    codes::RULE_BAD_INDEX,
                    format!("use({n}) names no candidate: there are {found}"),
                    "test `found.len` first; the first candidate is 0",
                );
                Choice::Verdict(Verdict::Hold(why.at(place(self.file_name(file), a.place))))
            }
            Say::Create => Choice::Create,
            Say::None => Choice::None,
            _ => Choice::Verdict(self.verdict(&a, file)),
        }
    }

    /// Which side a conflict hook let count.
    pub(super) fn sided(&self, ended: Ended) -> KeptSide {
        let (a, file) = match ended {
            Ended::Keep => return KeptSide::Unsaid,
            Ended::Broke(why) => return KeptSide::Broke(why),
            Ended::Said(a, file) => (a, file),
        };
        let at = place(self.file_name(file), a.place);
        match a.say {
            Say::KeepSource => KeptSide::Source(at),
            Say::KeepLedger => KeptSide::Ledger(at),
            Say::Hold(why) => KeptSide::Held(why.chars().take(500).collect(), at),
            // It has no other answers.
            _ => KeptSide::Unsaid,
        }
    }

    fn file_name(&self, file: usize) -> &str {
        self.rules.0.files.get(file).map_or("", |f| &f.name)
    }

    fn verdict(&self, answer: &HookAnswer, file: usize) -> Verdict {
        let at = place(self.file_name(file), answer.place);
        let why = |code: Code, why: &str, fix: &str| {
            let why: String = why.chars().take(500).collect();
            Reason::new(code, why, fix).at(at.clone())
        };
        match &answer.say {
            Say::Skip(w) => Verdict::Skip(why(
                codes::RULE_SKIP,
                w,
                "nothing to do; change the rule if it is wanted after all",
            )),
            Say::Hold(w) => Verdict::Hold(why(
                codes::RULE_HOLD,
                w,
                "correct the document, or change the rule, then `crossfoot retry TENANT NUMBER`",
            )),
            Say::Fail(w) => Verdict::Refuse(why(
                codes::RULE_FAIL,
                w,
                "change the document, the mapping or the rule",
            )),
            _ => Verdict::Keep,
        }
    }
}

impl Runner {
    /// Why a hook lets the document go on only once a person has approved it, if it said so.
    pub(super) fn review_of(&self, ended: &Ended) -> Option<Reason> {
        let Ended::Said(answer, file) = ended else {
            return None;
        };
        let Say::Review(why) = &answer.say else {
            return None;
        };
        let why: String = why.chars().take(500).collect();
        let fix = "look at it, then `crossfoot approve TENANT NUMBER`; or change the rule";
        let at = place(self.file_name(*file), answer.place);
        Some(Reason::new(codes::RULE_REVIEW, why, fix).at(at))
    }
}

/// Where the body of a hook begins.
pub(super) fn begins(file: &CompiledFile, hook: Hook) -> rhai::Position {
    let f = file
        .ast
        .shared_lib()
        .get_script_fn(hook.name(), hook.params().len());
    f.map_or(rhai::Position::NONE, |f| f.body.start_position())
}

/// Checks what a hook returned against what it may answer.
pub(super) fn answered(n: usize, file: &CompiledFile, hook: Hook, value: Dynamic) -> Ended {
    let may = hook.kind().may();
    let answer = match value.try_cast_result::<HookAnswer>() {
        Ok(answer) => answer,
        Err(other) => {
            let given = api::kind_of(&other);
            let what = format!("`{}` must answer {may}; it answered {given}", hook.name());
            let fix = "end every path of the function with an answer, without a semicolon or with `return`";
            return Ended::Broke(
                Reason::new(codes::RULE_NO_VERDICT, what, fix)
                    .at(place(&file.name, begins(file, hook))),
            );
        }
    };
    if answer.say == Say::Keep {
        return Ended::Keep;
    }
    let fits = hook.kind().words().contains(&answer.say.word());
    if fits {
        return Ended::Said(answer, n);
    }
    let what = format!("`{}` cannot give this answer", hook.name());
    Ended::Broke(
        Reason::new(
            codes::RULE_WRONG_ANSWER,
            what,
            format!("it may answer {may}"),
        )
        .at(place(&file.name, answer.place)),
    )
}

/// The changes as steps of a trace. `marks` says up to which change each file went.
pub(super) fn steps(
    rules: &RuleSet,
    hook: Hook,
    told: &[ToldChange],
    marks: &[(usize, usize)],
    tell: impl Fn(&ToldChange) -> SetName<&'static str>,
) -> Trace {
    let mut trace = Trace::off();
    if !told.is_empty() {
        trace = Trace::on();
    }
    for (n, t) in told.iter().enumerate() {
        let file = marks.iter().find(|(_, upto)| n < *upto);
        let file = rules.0.files.get(file.map_or(0, |(f, _)| *f));
        let name = file.map_or("", |f| &*f.name);
        let by = SetBy::Rule(hook.name(), name, line_and_column(t.place));
        trace.set(tell(t), t.value.as_str(), by);
    }
    trace
}
