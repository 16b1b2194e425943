//! The manifests that are part of the program.

use super::build::parse;
use super::system::Described;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/mappings/connectors"]
struct EmbeddedManifests;

/// The systems that the program's own manifests describe, in the order of their words. A test reads each of them: one that
/// had a mistake would be left out here.
pub fn shipped() -> Vec<Described> {
    let mut paths: Vec<_> = EmbeddedManifests::iter().collect();
    paths.sort_unstable();
    let read = |path: &std::borrow::Cow<'_, str>| {
        let file = EmbeddedManifests::get(path)?;
        let text = String::from_utf8_lossy(&file.data);
        parse(&format!("connectors/{path}"), &text).0
    };
    paths.iter().filter_map(read).map(Described::new).collect()
}
