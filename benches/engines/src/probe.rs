//! What each engine makes of money, mistakes, and scripts that do not end: printed, to be read by people.

use crate::cel_hooks;
use crate::js_hooks;
use crate::vrl_hooks;
use crate::zen_hooks;
use rquickjs::{CatchResultExt as _, Context, Value};
use vrl::compiler::runtime::Runtime;
use vrl::value::{Kind, value::Value as VrlValue};

/// Everything.
pub fn all() {
    cel();
    js();
    vrl();
    zen();
    rhai();
}

fn show(engine: &str, script: &str, answer: &str) {
    let script: Vec<_> = script.split_whitespace().collect();
    println!(
        "{engine:<8} {}\n         => {}",
        script.join(" "),
        answer.replace('\n', "\n            ")
    );
}

fn cel() {
    let env = cel_hooks::env();
    for source in [
        "0.1 + 0.2 == 0.3",
        "1 + 1.5",
        "{'a': 1}.b",
        "[1, 2, 3].map(x, x * 2)",
        "lookup('division', 'MARS')",
        "1 +",
        "'1' == 1",
    ] {
        let answer = match env.compile(source) {
            Err(e) => format!("does not compile: {e}"),
            Ok(program) => match program.execute(&cel::Context::with_env(env.clone())) {
                Ok(value) => format!("{value:?}"),
                Err(e) => format!("error: {e}"),
            },
        };
        show("CEL", source, &answer);
    }
}

fn js() {
    let (runtime, asked) = js_hooks::runtime();
    let Ok(context) = Context::full(&runtime) else {
        return;
    };
    for source in [
        "0.1 + 0.2 === 0.3",
        "'1' == 1",
        "({a: 1}).b",
        "({a: 1}).b.c",
        "[1, 2, 3].map(x => x * 2).join()",
        "for (;;) {}",
        "let all = []; for (;;) all.push(new Array(100000).fill(7))",
        "function f() { return f() + 1 } f()",
        "let x = ;",
    ] {
        asked.store(0, std::sync::atomic::Ordering::Relaxed);
        let answer = context.with(|ctx| match ctx.eval::<Value, _>(source).catch(&ctx) {
            Ok(value) => format!("{value:?}"),
            Err(e) => format!("error: {e}"),
        });
        show("QuickJS", source, &answer);
    }
}

fn vrl() {
    for source in [
        "0.1 + 0.2 == 0.3",
        "\"1\" == 1",
        "x = {\"a\": 1}\nx.b",
        "map_values([1, 2, 3]) -> |x| { x * 2 }",
        "lookup(\"division\", \"MARS\")",
        "lookup!(\"division\", \"MARS\")",
        "x = 1 + parse_int!(\"a\")",
        "while true { 1 }",
        "f = |x| { x }",
    ] {
        let answer = match vrl_hooks::compiled(source, Kind::any_object(), Kind::any_object()) {
            Err(told) => format!("does not compile: {told}"),
            Ok(program) => {
                let empty = || VrlValue::Object(Default::default());
                let (mut target, mut metadata) = (empty(), empty());
                let mut runtime = Runtime::default();
                match vrl_hooks::run(&program, &mut runtime, &mut target, &mut metadata) {
                    Ok(value) => value.to_string(),
                    Err(e) => format!("error: {e}: {e:?}"),
                }
            }
        };
        show("VRL", source, &answer);
    }
}

fn zen() {
    for source in [
        "0.1 + 0.2 == 0.3",
        "1 / 3",
        "'1' == 1",
        "a.b.c",
        "map([1, 2, 3], # * 2)",
        "null + '-' + 'x'",
        "x = 1",
        "1 +",
        "len(1)",
        "sum(map([0..100000], # * 2))",
    ] {
        show("ZEN", source, &zen_hooks::shown(source));
    }
}

fn rhai() {
    let mut engine = ::rhai::Engine::new();
    engine.set_max_operations(50_000).set_max_array_size(1_000);
    for source in [
        "\"1\" == 1",
        "1 / 3",
        "#{a: 1}.b",
        "loop {}",
        "fn f() { f() + 1 } f()",
        "let x = ;",
    ] {
        let answer = match engine.eval::<::rhai::Dynamic>(source) {
            Ok(value) => format!("{value:?}"),
            Err(e) => format!("error: {e}"),
        };
        show("Rhai", source, &answer);
    }
}
