//! Registers a property or function with the engine and writes it into the catalog, in one stroke.

pub(crate) use super::convert::Res;
pub(crate) use super::draftish::Draftish;

use super::catalog::{Catalog, Func, Prop, Ty};
use super::convert::{refused_set, to_value};
use super::ways::Ways;
use crate::rules::cell::Swap;
use rhai::{Dynamic, Engine, NativeCallContext};

/// Builds the catalog and, when there is one, the engine.
pub(crate) struct Build<'e> {
    engine: Option<&'e mut Engine>,
    /// The list so far.
    pub catalog: Catalog,
    /// How properties are reached without the engine; filled when there is none.
    pub ways: Ways,
}

impl<'e> Build<'e> {
    /// An empty list.
    pub(crate) fn new(engine: Option<&'e mut Engine>) -> Self {
        Self {
            engine,
            catalog: Catalog::default(),
            ways: Ways::default(),
        }
    }

    /// The engine, when there is one.
    pub(crate) fn engine(&mut self) -> Option<&mut Engine> {
        self.engine.as_deref_mut()
    }

    /// Names a type for messages.
    pub(crate) fn named<H: rhai::Variant + Clone>(&mut self, ty: Ty) {
        if let Some(e) = self.engine() {
            e.register_type_with_name::<H>(ty.name());
        }
    }

    fn list(&mut self, on: Ty, name: &'static str, ty: Ty, doc: &'static str) -> &mut Prop {
        let at = self.catalog.props.len();
        self.catalog.props.push(Prop {
            on,
            name,
            ty,
            optional: doc.ends_with("or `()`."),
            settable: false,
            doc,
        });
        &mut self.catalog.props[at]
    }

    /// A property to read. Its description ends in "or `()`." when it may be missing.
    pub(crate) fn get<H: rhai::Variant + Clone>(
        &mut self,
        on: Ty,
        name: &'static str,
        ty: Ty,
        doc: &'static str,
        get: fn(&H) -> Dynamic,
    ) {
        self.list(on, name, ty, doc);
        match self.engine() {
            Some(e) => {
                e.register_get(name, move |h: &mut H| get(h));
            }
            None => self.ways.get(name, get),
        }
    }

    /// A property of a draft to read.
    pub(crate) fn look<H: Draftish>(
        &mut self,
        on: Ty,
        name: &'static str,
        ty: Ty,
        doc: &'static str,
        get: fn(&H::D, usize) -> Dynamic,
    ) {
        self.list(on, name, ty, doc);
        match self.engine() {
            Some(e) => {
                e.register_get(name, move |h: &mut H| get(&h.cell().lock().draft, h.at()));
            }
            None => self.ways.look::<H>(name, get),
        }
    }

    /// A property of a draft to read and set.
    pub(crate) fn field<H: Draftish>(
        &mut self,
        on: Ty,
        name: &'static str,
        ty: Ty,
        doc: &'static str,
        get: fn(&H::D, usize) -> Dynamic,
        swap: Swap<H::D>,
    ) {
        self.look::<H>(on, name, ty, doc, get);
        if let Some(p) = self.catalog.props.last_mut() {
            p.settable = true;
        }
        let Some(e) = self.engine() else {
            return self.ways.set::<H>(name, ty, swap);
        };
        e.register_set(
            name,
            move |ctx: NativeCallContext, h: &mut H, v: Dynamic| -> Res<()> {
                let place = ctx.call_position();
                let value = to_value(ty, name, v, place)?;
                h.cell()
                    .lock()
                    .set(h.at(), name, swap, value, place)
                    .map_err(|takes| refused_set(name, takes, place))
            },
        );
    }

    /// A property that is listed and registered elsewhere.
    pub(crate) fn way<H: rhai::Variant + Clone>(
        &mut self,
        name: &'static str,
        get: fn(&H) -> Dynamic,
    ) {
        if self.engine.is_none() {
            self.ways.get(name, get);
        }
    }

    /// A list of texts that can be searched without being made.
    pub(crate) fn searched<H: rhai::Variant + Clone>(
        &mut self,
        name: &'static str,
        list: fn(&H) -> &[String],
    ) {
        if self.engine.is_none() {
            self.ways.texts(name, list);
        }
    }

    /// Entries by name, registered elsewhere as an indexer.
    pub(crate) fn entry<H: rhai::Variant + Clone>(&mut self, get: fn(&H, &str) -> Option<Dynamic>) {
        if self.engine.is_none() {
            self.ways.entry(get);
        }
    }

    /// Lists a function; the caller registers it.
    pub(crate) fn func(
        &mut self,
        name: &'static str,
        params: &'static [(&'static str, Ty)],
        returns: Ty,
        doc: &'static str,
    ) {
        self.catalog.funcs.push(Func {
            name,
            params,
            returns,
            doc,
        });
    }
}
