//! Which file names which file of `src`, and the circles among them.
//!
//! The rule:
//!
//! - A file *names* another when a path in its code leads there: one that begins with `crate`, `self` or `super`, or with a
//!   name that the file brought in with `use`, or with a module it declares. Arguments of macros are read too.
//! - A path leads to the file that *defines* its item. What a file only passes on (`pub use`, of names or of all) is
//!   followed to where it is defined; where that cannot be seen, the path leads to the file of its last module.
//! - `mod x;` and `pub use` alone name nothing: they are the door of a room, not a use of it. Methods name nothing, and
//!   neither does what stands under `#[cfg(test)]`.
//! - A circle is a set of more than one file in which each leads to each.

use crate::source::File;
use proc_macro2::{TokenStream, TokenTree};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};

type Segments = Vec<String>;

/// What a module says of its names.
#[derive(Default)]
struct Module {
    /// The index of its file.
    file: usize,
    /// Names it brings in, and the path they stand for, as written.
    brought: BTreeMap<String, Segments>,
    /// Modules of which it brings in all.
    all: Vec<Segments>,
    /// Names it defines.
    defined: BTreeSet<String>,
}

/// The modules of a tree of files.
struct Tree {
    modules: BTreeMap<Segments, Module>,
    /// What names were found to mean; while one is looked for, it means nothing, so that no search runs in a ring.
    known: RefCell<BTreeMap<(Segments, String), Option<Segments>>>,
}

/// `src/a/b.rs` and `src/a/b/mod.rs` are `a::b`; `src/lib.rs` is the root.
fn module_of(path: &str) -> Segments {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut parts: Segments = inside.split('/').map(str::to_string).collect();
    if parts.last().is_some_and(|l| l == "mod") || parts == ["lib"] {
        parts.pop();
    }
    parts
}

/// A `use`: the name it gives (none for all), the path it stands for, and whether it passes the name on.
fn uses(tree: &syn::UseTree, before: &Segments, each: &mut impl FnMut(Option<String>, Segments)) {
    let with = |name: &syn::Ident| {
        let mut path = before.clone();
        path.push(name.to_string());
        path
    };
    match tree {
        syn::UseTree::Path(p) => uses(&p.tree, &with(&p.ident), each),
        syn::UseTree::Name(n) if n.ident == "self" => each(before.last().cloned(), before.clone()),
        syn::UseTree::Name(n) => each(Some(n.ident.to_string()), with(&n.ident)),
        syn::UseTree::Rename(r) if r.ident == "self" => {
            each(Some(r.rename.to_string()), before.clone());
        }
        syn::UseTree::Rename(r) => each(Some(r.rename.to_string()), with(&r.ident)),
        syn::UseTree::Glob(_) => each(None, before.clone()),
        syn::UseTree::Group(g) => g.items.iter().for_each(|t| uses(t, before, each)),
    }
}

fn defined(item: &syn::Item) -> Option<String> {
    let name = match item {
        syn::Item::Const(i) => &i.ident,
        syn::Item::Enum(i) => &i.ident,
        syn::Item::Fn(i) => &i.sig.ident,
        syn::Item::Macro(i) => i.ident.as_ref()?,
        syn::Item::Mod(i) if i.content.is_some() => &i.ident,
        syn::Item::Static(i) => &i.ident,
        syn::Item::Struct(i) => &i.ident,
        syn::Item::Trait(i) => &i.ident,
        syn::Item::Type(i) => &i.ident,
        _ => return None,
    };
    Some(name.to_string())
}

impl Tree {
    fn new(files: &[File]) -> Tree {
        let mut modules = BTreeMap::new();
        for (at, file) in files.iter().enumerate() {
            let mut module = Module {
                file: at,
                ..Module::default()
            };
            for item in &file.syntax.items {
                module.defined.extend(defined(item));
                let syn::Item::Use(u) = item else { continue };
                uses(&u.tree, &Segments::new(), &mut |name, path| match name {
                    Some(name) => drop(module.brought.insert(name, path)),
                    None => module.all.push(path),
                });
            }
            modules.insert(module_of(&file.path), module);
        }
        Tree {
            modules,
            known: RefCell::default(),
        }
    }

    /// The module and, below it, the item that a path written in `here` leads to.
    fn resolve(&self, here: &Segments, path: &[String]) -> Option<Segments> {
        let first = path.first()?;
        let (mut at, rest) = match first.as_str() {
            "crate" | "crossfoot" => (Segments::new(), &path[1..]),
            "self" => (here.clone(), &path[1..]),
            "super" => (here[..here.len().checked_sub(1)?].to_vec(), &path[1..]),
            _ => (self.below(here, first)?, &path[1..]),
        };
        for segment in rest {
            if segment == "super" {
                at.pop()?;
                continue;
            }
            match self.below(&at, segment) {
                Some(next) => at = next,
                // An item of that module, or something of an item: the path has arrived.
                None => break,
            }
        }
        Some(at)
    }

    /// What a name means in a module: a module below it, or the module that defines the item.
    fn below(&self, at: &Segments, name: &str) -> Option<Segments> {
        let module = self.modules.get(at)?;
        let mut child = at.clone();
        child.push(name.to_string());
        if self.modules.contains_key(&child) {
            return Some(child);
        }
        if module.defined.contains(name) {
            return Some(at.clone());
        }
        let asked = (at.clone(), name.to_string());
        if let Some(known) = self.known.borrow().get(&asked) {
            return known.clone();
        }
        self.known.borrow_mut().insert(asked.clone(), None);
        let found = self.brought(at, module, name);
        self.known.borrow_mut().insert(asked, found.clone());
        found
    }

    /// What a name means that a module brings in.
    fn brought(&self, at: &Segments, module: &Module, name: &str) -> Option<Segments> {
        if let Some(path) = module.brought.get(name) {
            // `use name::..` of a library leads nowhere here.
            let outside = path.first().is_some_and(|f| f == name);
            return (!outside).then(|| self.resolve(at, path))?;
        }
        module.all.iter().find_map(|path| {
            let from = self.resolve(at, path)?;
            (from != *at).then(|| self.below(&from, name))?
        })
    }

    /// The file a path leads to. A lone name of a module beside it is a variable's.
    fn leads(&self, here: &Segments, path: &[String]) -> Option<usize> {
        let at = self.resolve(here, path)?;
        if path.len() == 1 && at.strip_prefix(&here[..]) == Some(path) {
            return None;
        }
        self.modules.get(&at).map(|m| m.file)
    }
}

/// The paths of a file's code, each as it is written, with the number of inline modules around it.
#[derive(Default)]
struct Paths {
    found: Vec<(usize, Segments)>,
    inside: usize,
}

impl Paths {
    /// `a::b::c` among the tokens of a macro.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Segments::new();
        let (mut colons, mut dot) = (0, false);
        for token in tokens {
            let after_dot = std::mem::take(&mut dot);
            match token {
                TokenTree::Ident(i) if colons == 2 => path.push(i.to_string()),
                TokenTree::Ident(_) if after_dot => {}
                TokenTree::Ident(i) => {
                    self.found.push((self.inside, std::mem::take(&mut path)));
                    path.push(i.to_string());
                }
                TokenTree::Punct(p) if p.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(g) => self.tokens(g.stream()),
                TokenTree::Punct(p) => dot = p.as_char() == '.',
                TokenTree::Literal(_) => {}
            }
            colons = 0;
        }
        self.found.push((self.inside, path));
    }
}

impl<'a> Visit<'a> for Paths {
    fn visit_path(&mut self, path: &'a syn::Path) {
        let segments = path.segments.iter().map(|s| s.ident.to_string());
        self.found.push((self.inside, segments.collect()));
        visit::visit_path(self, path);
    }
    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        // What is passed on is no use of it; where its name is used, the name's own path counts.
        if matches!(item.vis, syn::Visibility::Inherited) {
            uses(&item.tree, &Segments::new(), &mut |_, path| {
                self.found.push((self.inside, path));
            });
        }
    }
    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        self.inside += 1;
        visit::visit_item_mod(self, item);
        self.inside -= 1;
    }
    fn visit_macro(&mut self, called: &'a syn::Macro) {
        self.visit_path(&called.path);
        self.tokens(called.tokens.clone());
    }
    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}
    fn visit_visibility(&mut self, _: &'a syn::Visibility) {}
}

/// Which file names which, by their places in the list.
fn arrows(files: &[File]) -> Vec<BTreeSet<usize>> {
    let tree = Tree::new(files);
    let of = |(at, file): (usize, &File)| {
        let here = module_of(&file.path);
        let mut paths = Paths::default();
        paths.visit_file(&file.syntax);
        let mut to: BTreeSet<usize> = paths
            .found
            .iter()
            .filter_map(|(inside, path)| {
                // Inside `mod x { .. }` a `super` leads back to the file itself.
                let ups = path.iter().take_while(|s| *s == "super").count();
                tree.leads(&here, &path[ups.min(*inside)..])
            })
            .collect();
        to.remove(&at);
        to
    };
    files.iter().enumerate().map(of).collect()
}

/// The files that a file leads to, by any number of steps.
fn reach(arrows: &[BTreeSet<usize>], from: usize) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        let next = arrows[at].iter().filter(|n| seen.insert(**n));
        open.extend(next);
    }
    seen
}

/// The circles, each as the paths of its files.
pub fn circles(files: &[File]) -> Vec<BTreeSet<String>> {
    let arrows = arrows(files);
    let reached: Vec<_> = (0..files.len()).map(|f| reach(&arrows, f)).collect();
    let circle = |at: usize| -> BTreeSet<usize> {
        let back = reached[at].iter().filter(|to| reached[**to].contains(&at));
        back.copied().collect()
    };
    let found: BTreeSet<_> = (0..files.len())
        .map(circle)
        .filter(|c| c.len() > 1)
        .collect();
    let name = |at: usize| files[at].path.clone();
    found
        .into_iter()
        .map(|c| c.into_iter().map(name).collect())
        .collect()
}

/// The arrows among these files, for a message: who names whom.
pub fn among(files: &[File], circle: &BTreeSet<String>) -> Vec<String> {
    let arrows = arrows(files);
    let mut lines = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let named = |to: &usize| circle.contains(&files[*to].path);
        if circle.contains(&file.path) {
            let to: Vec<&str> = arrows[at]
                .iter()
                .filter(|t| named(t))
                .map(|t| &*files[*t].path)
                .collect();
            lines.push(format!("    {} names {}", file.path, to.join(", ")));
        }
    }
    lines
}
