//! Memory: what a compiled tenant takes, and ten thousand tenants of whom at most 300 are compiled at once.
//!
//! `cargo bench --bench tenants [-- known=10000 compiled=300 sample=1000]`. Memory is what the operating system
//! counts for this process (`VmRSS` and its peak `VmHWM` of /proc/self/status; Linux only), so whatever the
//! allocator keeps for itself is counted too.

#[path = "common/mod.rs"]
mod common;
#[path = "common/papers.rs"]
mod papers;

use common::{goal, option, timed};
use crossfoot::model::TenantId;
use crossfoot::service::{TenantCache, Workspace};
use std::hint::black_box;
use std::path::Path;

/// A line of /proc/self/status, in kB.
fn status(name: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix(name));
    let number = line.and_then(|l| l.trim_start_matches(':').split_whitespace().next());
    number.and_then(|n| n.parse().ok()).unwrap_or(f64::NAN)
}

/// Each tenant has a file and rules of its own.
fn workspace(folder: &Path, known: usize) -> std::io::Result<()> {
    for part in ["mappings", "rules"] {
        std::fs::create_dir_all(folder.join(part))?;
    }
    let connections = "acme: { system: keap }\nacme-books: { system: xero }\n";
    std::fs::write(folder.join("connections.yaml"), connections)?;
    for n in 0..known {
        let name = format!("tenant-{n}");
        let text = papers::TENANT.replace("tenant: acme", &format!("tenant: {name}"));
        let text = format!("{text}rules: [rules/{name}.rhai]\n");
        std::fs::write(folder.join(format!("mappings/{name}.yaml")), text)?;
        let rules = format!("{}\n// {name}\n", papers::RULES);
        std::fs::write(folder.join(format!("rules/{name}.rhai")), rules)?;
    }
    Ok(())
}

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let (known, kept) = (option("known", 10_000), option("compiled", 300));
    let sample = option("sample", 1_000);
    if std::env::args().any(|a| a == "sizes") {
        sizes(sample);
        return;
    }
    println!(
        "tenants: {known} known, at most {kept} compiled; each with tables and three hooks of its own"
    );
    // In a process of its own, so that what it held does not count here.
    let own = std::env::current_exe().map(std::process::Command::new);
    match own.and_then(|mut c| c.arg("sizes").arg(format!("sample={sample}")).status()) {
        Ok(done) if done.success() => {}
        other => panic!("{other:?}"),
    }
    let begun = status("VmRSS");
    let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
    workspace(folder.path(), known).unwrap_or_else(|e| panic!("{e}"));
    let open = Workspace::open(folder.path()).unwrap_or_else(|e| panic!("{e}"));
    let tenants: Vec<TenantId> = open.tenants().unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(tenants.len(), known);
    let compiled = TenantCache::new(kept);
    let took = timed(|| {
        for tenant in &tenants {
            match compiled.get(&open, tenant) {
                Ok(loaded) => drop(black_box(loaded)),
                Err(e) => panic!("{e}: {e:#?}"),
            }
            assert!(compiled.len() <= kept);
        }
    });
    println!(
        "  {known} tenants compiled one after the other: {:.0} us each, files read from the disk",
        took.as_micros() as f64 / known as f64
    );
    let again = timed(|| {
        for tenant in tenants.iter().rev().take(kept) {
            black_box(compiled.get(&open, tenant).is_ok());
        }
    });
    println!(
        "  {} of them kept: {:.1} us to be given one of these",
        compiled.len(),
        again.as_nanos() as f64 / 1000.0 / kept as f64
    );
    println!(
        "  memory before: {:.1} MB, after: {:.1} MB",
        begun / 1024.0,
        status("VmRSS") / 1024.0
    );
    let peak = status("VmHWM") / 1024.0;
    goal("MB at the peak", peak, 300.0, true);
}

fn sizes(sample: usize) {
    each("a compiled file (mapping)", sample, || {
        papers::mapping(papers::TENANT)
    });
    each("compiled rules (three hooks)", sample, papers::rules);
}

/// What one of something takes, from many of them held at once.
fn each<T>(what: &str, count: usize, make: impl Fn() -> T) {
    // Whatever is made once for all is not counted.
    black_box(make());
    let before = status("VmRSS");
    let all: Vec<T> = (0..count).map(|_| make()).collect();
    let kb = (status("VmRSS") - before) / count as f64;
    println!("  {what}: {kb:.1} kB");
    drop(black_box(all));
}
