//! The source as the fences see it: parsed files, their code without comments and tests, functions and type names.
//!
//! A part under `#[cfg(test)]` is not the program, and no fence but the two lengths reads it.

use proc_macro2::{LineColumn, Span, TokenStream, TokenTree};
use std::path::{Path, PathBuf};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// One parsed file.
pub struct File {
    /// Its path from the root, as `src/model/ids.rs`.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Its syntax, without what stands under `#[cfg(test)]`.
    pub syntax: syn::File,
    /// Its syntax, tests and all.
    pub whole: syn::File,
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("src can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// Every file of `src`, in the order of its path.
pub fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    sources(&root.join("src"), &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("text");
        let inside = path.strip_prefix(root).expect("inside");
        let path = inside.to_string_lossy().replace('\\', "/");
        file(&path, &text)
    };
    paths.iter().map(read).collect()
}

/// A file of this path and text.
pub fn file(path: &str, text: &str) -> File {
    let whole = syn::parse_file(text).unwrap_or_else(|e| panic!("{path}: {e}"));
    let mut syntax = whole.clone();
    without_tests(&mut syntax.items);
    File {
        path: path.to_string(),
        text: text.to_string(),
        syntax,
        whole,
    }
}

fn for_tests(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|a| {
        let syn::Meta::List(list) = &a.meta else {
            return false;
        };
        list.path.is_ident("cfg") && list.tokens.to_string() == "test"
    })
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(i) => &i.attrs,
        syn::Item::Enum(i) => &i.attrs,
        syn::Item::Fn(i) => &i.attrs,
        syn::Item::Impl(i) => &i.attrs,
        syn::Item::Macro(i) => &i.attrs,
        syn::Item::Mod(i) => &i.attrs,
        syn::Item::Static(i) => &i.attrs,
        syn::Item::Struct(i) => &i.attrs,
        syn::Item::Trait(i) => &i.attrs,
        syn::Item::Type(i) => &i.attrs,
        syn::Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

fn without_tests(items: &mut Vec<syn::Item>) {
    items.retain(|i| !for_tests(attributes(i)));
    for item in items {
        match item {
            syn::Item::Mod(m) => {
                if let Some((_, inner)) = &mut m.content {
                    without_tests(inner);
                }
            }
            syn::Item::Impl(i) => i.items.retain(|i| match i {
                syn::ImplItem::Fn(f) => !for_tests(&f.attrs),
                syn::ImplItem::Const(c) => !for_tests(&c.attrs),
                _ => true,
            }),
            _ => {}
        }
    }
}

/// The lines of a file that are code, each at its place: comments, pages and tests are blank.
pub fn code(file: &File) -> Vec<String> {
    let from: Vec<Vec<char>> = file.text.lines().map(|l| l.chars().collect()).collect();
    let mut to: Vec<Vec<char>> = from.iter().map(|l| vec![' '; l.len()]).collect();
    let mut copy = |start: LineColumn, end: LineColumn| {
        for line in start.line..=end.line {
            let (Some(from), Some(to)) = (from.get(line - 1), to.get_mut(line - 1)) else {
                continue;
            };
            let first = if line == start.line { start.column } else { 0 };
            let last = if line == end.line {
                end.column
            } else {
                from.len()
            };
            to[first..last].copy_from_slice(&from[first..last]);
        }
    };
    for item in &file.syntax.items {
        let tokens = quote::ToTokens::to_token_stream(item);
        leaves(tokens, &mut |span| copy(span.start(), span.end()));
    }
    to.into_iter().map(|l| l.into_iter().collect()).collect()
}

/// Every token that is no doc comment.
fn leaves(tokens: TokenStream, each: &mut impl FnMut(Span)) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(p) if p.as_char() == '#' => {
                let doc = |t: &TokenTree| {
                    matches!(t, TokenTree::Group(g) if g.stream().into_iter().next()
                        .is_some_and(|t| t.to_string() == "doc"))
                };
                if tokens.next_if(|t| doc(t)).is_none() {
                    each(p.span());
                }
            }
            TokenTree::Group(g) => {
                each(g.span_open());
                leaves(g.stream(), each);
                each(g.span_close());
            }
            leaf => each(leaf.span()),
        }
    }
}

/// How many lines each function has, from the line of its `fn` to its closing brace.
pub fn functions(file: &File) -> Vec<(String, usize)> {
    struct Found(Vec<(String, usize)>);
    impl Found {
        fn note(&mut self, sig: &syn::Signature, block: &syn::Block) {
            let first = sig.fn_token.span().start().line;
            let last = block.brace_token.span.close().end().line;
            self.0.push((sig.ident.to_string(), last + 1 - first));
        }
    }
    impl<'a> Visit<'a> for Found {
        fn visit_item_fn(&mut self, f: &'a syn::ItemFn) {
            self.note(&f.sig, &f.block);
            visit::visit_item_fn(self, f);
        }
        fn visit_impl_item_fn(&mut self, f: &'a syn::ImplItemFn) {
            self.note(&f.sig, &f.block);
            visit::visit_impl_item_fn(self, f);
        }
        fn visit_trait_item_fn(&mut self, f: &'a syn::TraitItemFn) {
            if let Some(block) = &f.default {
                self.note(&f.sig, block);
            }
            visit::visit_trait_item_fn(self, f);
        }
    }
    let mut found = Found(Vec::new());
    found.visit_file(&file.whole);
    found.0
}

/// The names of the structs, enums, traits and type aliases that a file defines, but for those inside a function.
pub fn types(file: &File) -> Vec<String> {
    struct Found(Vec<String>);
    impl<'a> Visit<'a> for Found {
        fn visit_block(&mut self, _: &'a syn::Block) {}
        fn visit_item_struct(&mut self, i: &'a syn::ItemStruct) {
            self.0.push(i.ident.to_string());
        }
        fn visit_item_enum(&mut self, i: &'a syn::ItemEnum) {
            self.0.push(i.ident.to_string());
        }
        fn visit_item_trait(&mut self, i: &'a syn::ItemTrait) {
            self.0.push(i.ident.to_string());
            visit::visit_item_trait(self, i);
        }
        fn visit_item_type(&mut self, i: &'a syn::ItemType) {
            self.0.push(i.ident.to_string());
        }
    }
    let mut found = Found(Vec::new());
    found.visit_file(&file.syntax);
    found.0
}
