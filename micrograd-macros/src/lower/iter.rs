//! Iterator chains before they are run: what a loop does for each index, so that a chain costs what
//! the loop over indices costs. The adaptors are in `adaptor.rs`, what consumes a chain in
//! `consume.rs` and `search.rs`.
//!
// In:   x.iter().zip(y).map(|(a, b)| a * b).sum::<f64>()
// Out:  for k in 0..min(len(x), len(y)), s = -0.0 { yield s + x[k] * y[k] }

use super::closure::Item;
use super::{Lowering, Scope, Variable};
use crate::ir::{Call, Callee, Effect, Kind, Mode, Operand, Value};
use proc_macro2::{Ident, Literal, Span};
use std::cell::RefCell;
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprMethodCall, Token};

/// An iterator chain before it is run.
#[derive(Clone)]
pub(super) struct Stream {
    pub(super) driver: Driver,
    pub(super) visit: Rc<Visit>,
    pub(super) traits: Traits,
    /// What it carries from one item to the next.
    pub(super) states: Vec<Rc<State>>,
    /// The variables that its closures assign.
    pub(super) assigned: Vec<Variable>,
    /// The two chains it runs after one another, if it is a `chain`.
    pub(super) chained: Option<Rc<[Stream; 2]>>,
}

/// What the loop of a chain runs over.
#[derive(Clone, Copy)]
pub(super) enum Driver {
    /// A range as it is, or backwards.
    Range { range: Operand, reversed: bool },
    /// The indices below a length; without a length, all of them.
    Indices(Option<Operand>),
}

/// Runs a body on the item at an index: what it yields, or what an iteration without an item does.
pub(super) type Visit = dyn Fn(&mut Lowering<'_>, Operand, &mut Body<'_>) -> Vec<Operand>;

/// The rest of an iteration, for its item.
pub(super) type Body<'b> = dyn FnMut(&mut Lowering<'_>, Item) -> Vec<Operand> + 'b;

/// What an adaptor does with each item.
pub(super) type Stage = dyn Fn(&mut Lowering<'_>, Item, &mut Body<'_>) -> Vec<Operand>;

/// What is known of the items of a chain.
#[derive(Clone, Copy, Default)]
pub(super) struct Traits {
    /// An index may have no item or many, so that an index is no position.
    pub(super) uneven: bool,
    /// The indices must be visited from the first one on.
    pub(super) ordered: bool,
    /// The rest of an iteration may stand in a branch.
    pub(super) branches: bool,
    /// An iteration may end the loop.
    pub(super) ends: bool,
    /// The rest of an iteration stands in a loop of its own.
    pub(super) nested: bool,
}

/// A value that is carried from one item to the next: the state of `scan`, a count.
pub(super) struct State {
    init: Operand,
    /// Whether closures change it through a reference.
    in_memory: bool,
    /// Where it lives in the loops that are being built, innermost last.
    places: RefCell<Vec<Place>>,
}

#[derive(Clone)]
enum Place {
    Variable(Variable),
    Slot(Value),
}

/// The variable that a chain or its consumer carries; a reserved word, which no user can write.
pub(super) const CARRIED: &str = "final";

impl Stream {
    pub(super) fn new(driver: Driver, visit: Rc<Visit>) -> Self {
        Stream {
            driver,
            visit,
            traits: Traits::default(),
            states: Vec::new(),
            assigned: Vec::new(),
            chained: None,
        }
    }

    /// The items at the indices below a length.
    pub(super) fn of_items(
        length: Operand,
        at: impl Fn(&mut Lowering<'_>, Operand) -> Item + 'static,
    ) -> Self {
        let visit = move |this: &mut Lowering<'_>, k: Operand, body: &mut Body<'_>| {
            let item = at(this, k);
            body(this, item)
        };
        Stream::new(Driver::Indices(Some(length)), Rc::new(visit))
    }

    /// The numbers of a range.
    pub(super) fn of_range(range: Operand) -> Self {
        let driver = Driver::Range {
            range,
            reversed: false,
        };
        Stream::new(driver, Rc::new(|this, i, body| body(this, Item::One(i))))
    }

    /// No items, in place of a chain that was reported.
    pub(super) fn empty(lowering: &mut Lowering<'_>, span: Span) -> Self {
        let length = lowering.usize(0, span);
        Stream::of_items(length, move |this, _| Item::One(this.nothing(span)))
    }

    /// The iterator that the loop runs over.
    pub(super) fn driver(&self, lowering: &mut Lowering<'_>, span: Span) -> Operand {
        match self.driver {
            Driver::Range {
                range,
                reversed: false,
            } => range,
            Driver::Range { range, .. } => Operand::by_value(lowering.method("rev", range, span)),
            Driver::Indices(Some(length)) => lowering.indices(length, span),
            Driver::Indices(None) => {
                let length = lowering.constant(quote::quote!(::core::primitive::usize::MAX), span);
                lowering.definitions[length.value.0].copy = false;
                lowering.indices(length, span)
            }
        }
    }

    /// Runs `body` on the item of one iteration; what it yields, or what an iteration yields that
    /// has no item.
    pub(super) fn visit(
        &self,
        lowering: &mut Lowering<'_>,
        driven: Operand,
        body: &mut Body<'_>,
    ) -> Vec<Operand> {
        (self.visit)(lowering, driven, body)
    }

    /// Declares what the chain carries; the variables that its loop carries.
    pub(super) fn open(&self, lowering: &mut Lowering<'_>, span: Span) -> Vec<Variable> {
        let mut names = self.assigned.clone();
        for state in &self.states {
            let place = if state.in_memory {
                let slot = lowering.push(Kind::Slot(state.init), span);
                lowering.definitions[slot.0].hint = "state".to_string();
                lowering.memory.insert(slot);
                Place::Slot(slot)
            } else {
                let variable = lowering.carry(state.init);
                names.push(variable.clone());
                Place::Variable(variable)
            };
            state.places.borrow_mut().push(place);
        }
        names
    }

    /// Takes back what [`Stream::open`] declared.
    pub(super) fn close(&self, lowering: &mut Lowering<'_>) {
        for state in &self.states {
            state.places.borrow_mut().pop();
            if !state.in_memory {
                lowering.scopes.pop();
            }
        }
    }

    /// Whether there is one item at each index, which can be had at any time and in one place.
    pub(super) fn is_random(&self) -> bool {
        let Traits {
            uneven,
            ordered,
            branches,
            ends,
            nested,
        } = self.traits;
        !(uneven || ordered || branches || ends || nested) && self.states.is_empty()
    }

    /// The loops that run it one after the other.
    pub(super) fn parts(&self) -> Vec<&Stream> {
        match &self.chained {
            Some(parts) => parts.iter().flat_map(Stream::parts).collect(),
            None => vec![self],
        }
    }

    /// Whether the chain may end before its length.
    pub(super) fn exits(&self) -> bool {
        self.traits.ends || matches!(self.driver, Driver::Indices(None))
    }

    /// How many items there are, of a chain that is indexed and not uneven.
    pub(super) fn length(&self) -> Option<Operand> {
        match self.driver {
            Driver::Indices(length) => length,
            Driver::Range { .. } => unreachable!("the chain is indexed"),
        }
    }

    /// Adds what an adaptor does with each item.
    pub(super) fn staged(self, stage: Rc<Stage>, change: fn(&mut Traits)) -> Self {
        let chained = self.chained.as_ref().map(|parts| {
            let parts = (**parts).clone();
            Rc::new(parts.map(|part| part.staged(Rc::clone(&stage), change)))
        });
        let visit = self.visit;
        let staged = move |this: &mut Lowering<'_>, k: Operand, body: &mut Body<'_>| {
            visit(this, k, &mut |this, item| stage(this, item, body))
        };
        let mut traits = self.traits;
        change(&mut traits);
        Stream {
            visit: Rc::new(staged),
            traits,
            chained,
            ..self
        }
    }

    /// Lets an adaptor carry something from one item to the next.
    pub(super) fn carrying(mut self, state: &Rc<State>) -> Self {
        self.states.push(Rc::clone(state));
        self.traits.ordered = true;
        self.chained = None;
        self
    }

    /// The item at an index of a random chain.
    pub(super) fn at(&self, lowering: &mut Lowering<'_>, k: Operand) -> Item {
        let mut found = None;
        self.visit(lowering, k, &mut |_, item| {
            found = Some(item);
            Vec::new()
        });
        found.expect("a random chain has one item at each index")
    }
}

impl State {
    pub(super) fn new(init: Operand, in_memory: bool) -> Rc<Self> {
        Rc::new(State {
            init,
            in_memory,
            places: RefCell::default(),
        })
    }

    fn place(&self) -> Place {
        let places = self.places.borrow();
        places.last().expect("the chain is open").clone()
    }

    /// Its present value.
    pub(super) fn get(&self, lowering: &Lowering<'_>) -> Operand {
        match self.place() {
            Place::Variable(variable) => lowering.value_of(&variable).expect("it has a value"),
            Place::Slot(slot) => Operand::by_value(slot),
        }
    }

    pub(super) fn set(&self, lowering: &mut Lowering<'_>, operand: Operand) {
        match self.place() {
            Place::Variable(variable) => lowering.set(&variable, operand),
            Place::Slot(_) => unreachable!("memory is changed by the closure"),
        }
    }
}

impl Lowering<'_> {
    pub(super) fn usize(&mut self, number: usize, span: Span) -> Operand {
        self.constant(Literal::usize_unsuffixed(number), span)
    }

    /// Declares a variable that no user can name, in a scope of its own.
    pub(super) fn carry(&mut self, init: Operand) -> Variable {
        self.scopes.push(Scope::new());
        self.declare(CARRIED, Some(init));
        self.variable(CARRIED).expect("declared above")
    }

    pub(super) fn arithmetic(
        &mut self,
        operator: BinOp,
        a: Operand,
        b: Operand,
        span: Span,
    ) -> Operand {
        Operand::by_value(self.push(Kind::Binary(operator, a, b), span))
    }

    pub(super) fn plus(&mut self, a: Operand, b: Operand, span: Span) -> Operand {
        self.arithmetic(BinOp::Add(Token![+](span)), a, b, span)
    }

    pub(super) fn minus(&mut self, a: Operand, b: Operand, span: Span) -> Operand {
        self.arithmetic(BinOp::Sub(Token![-](span)), a, b, span)
    }

    pub(super) fn times(&mut self, a: Operand, b: Operand, span: Span) -> Operand {
        self.arithmetic(BinOp::Mul(Token![*](span)), a, b, span)
    }

    pub(super) fn less(&mut self, a: Operand, b: Operand, span: Span) -> Operand {
        self.arithmetic(BinOp::Lt(Token![<](span)), a, b, span)
    }

    /// A method of integers.
    pub(super) fn integer_method(
        &mut self,
        name: &str,
        a: Operand,
        b: Operand,
        span: Span,
    ) -> Operand {
        let callee = Callee::Method(Ident::new(name, span), None);
        self.inert(callee, vec![Operand::by_reference(a.value), b], span)
    }

    /// A function of `emitted` that gives an integer.
    pub(super) fn helper(&mut self, name: &str, args: Vec<Operand>, span: Span) -> Operand {
        let path = super::expr::core_path(&format!("emitted::{name}"), span);
        self.inert(Callee::Function(path), args, span)
    }

    fn inert(&mut self, callee: Callee, args: Vec<Operand>, span: Span) -> Operand {
        let call = Call {
            callee,
            args,
            effect: Effect::Inert,
            failure: crate::ir::Failure::Never,
            changes: None,
        };
        let value = self.push(Kind::Call(call), span);
        self.definitions[value.0].copy = true;
        Operand::by_value(value)
    }

    pub(super) fn minimum(&mut self, a: Operand, b: Operand, span: Span) -> Operand {
        self.integer_method("min", a, b, span)
    }

    /// `0..length`
    pub(super) fn indices(&mut self, length: Operand, span: Span) -> Operand {
        let start = self.usize(0, span);
        self.range(start, length, span)
    }

    pub(super) fn range(&mut self, start: Operand, end: Operand, span: Span) -> Operand {
        let limits = syn::RangeLimits::HalfOpen(Token![..](span));
        Operand::by_value(self.push(Kind::Range(start, end, limits), span))
    }

    /// The stream of an expression that is iterated over; anything else is reported.
    pub(super) fn stream_or_error(&mut self, expr: &Expr) -> Option<Stream> {
        let stream = self.stream(expr);
        if stream.is_none() {
            let message = "the loop cannot see what this iterates over; use a range, `&…`, `….iter()` and the adaptors of iterators, or collect it into a `Vec` in a `let` before";
            self.errors.push(expr, message);
        }
        stream
    }

    /// The stream of an iterator expression, if it is one that is known.
    pub(super) fn stream(&mut self, expr: &Expr) -> Option<Stream> {
        match expr {
            Expr::Paren(paren) => self.stream(&paren.expr),
            Expr::Range(range) => match (&range.start, &range.end) {
                (Some(_), Some(_)) => Some(Stream::of_range(self.expr(expr))),
                (Some(start), None) => Some(self.endless_range(start, expr.span())),
                _ => None,
            },
            Expr::Reference(reference) if self.is_list(&reference.expr) => {
                self.stream(&reference.expr)
            }
            Expr::Reference(reference) => {
                let place = self.place(&reference.expr);
                let mode = match reference.mutability {
                    Some(_) => Mode::Exclusive,
                    None => Mode::Reference,
                };
                Some(self.elements_of(place, mode, &reference.expr, expr.span()))
            }
            Expr::MethodCall(call) => self.adaptor(call),
            Expr::Call(call) => self.source_function(call),
            Expr::Path(path) => {
                let ident = path.path.get_ident().map(ToString::to_string);
                let local = ident.filter(|name| self.is_local(name));
                let Some(ident) = local else {
                    let table = self.constant(path, expr.span());
                    return Some(self.elements(table, expr.span()));
                };
                if let Some(stream) = self.lookup_stream(&ident) {
                    return Some((*stream).clone());
                }
                if let Some(Item::List(items)) = self.lookup_item(&ident) {
                    return Some(self.closures(items, expr.span()));
                }
                if let Some(slot) = self.lookup_slot(&ident) {
                    let mode = if self.is_exclusive_param(slot) {
                        Mode::Exclusive
                    } else {
                        Mode::Value
                    };
                    return Some(self.elements(Operand { value: slot, mode }, expr.span()));
                }
                let operand = self.lookup(&ident)??;
                if self.ranges.contains(&operand.value) {
                    return Some(Stream::of_range(operand));
                }
                let borrowed = self.definitions[operand.value.0].reference;
                let mode = if borrowed {
                    Mode::Reference
                } else {
                    operand.mode
                };
                let value = operand.value;
                Some(self.elements(Operand { value, mode }, expr.span()))
            }
            Expr::Field(_) | Expr::Index(_) | Expr::Array(_) | Expr::Macro(_) => {
                let value = self.place(expr);
                Some(self.elements(Operand::by_value(value), expr.span()))
            }
            _ => None,
        }
    }

    /// Whether a name stands for an array of closures.
    pub(super) fn is_list(&self, expr: &Expr) -> bool {
        let Expr::Path(path) = expr else {
            return false;
        };
        let item = path
            .path
            .get_ident()
            .and_then(|ident| self.lookup_item(&ident.to_string()));
        matches!(item, Some(Item::List(_)))
    }

    /// The elements of a place that is borrowed by the user's own `&`, `iter` or `iter_mut`.
    pub(super) fn elements_of(
        &mut self,
        place: Value,
        mode: Mode,
        expr: &Expr,
        span: Span,
    ) -> Stream {
        if mode == Mode::Exclusive && !self.is_memory(place) {
            self.not_memory(expr);
            return Stream::empty(self, span);
        }
        self.elements(Operand { value: place, mode }, span)
    }

    /// The elements of a place, borrowed if the place is.
    pub(super) fn elements(&mut self, place: Operand, span: Span) -> Stream {
        let length = self.method("len", Operand::by_reference(place.value), span);
        Stream::of_items(Operand::by_value(length), move |this, k| {
            let element = this.push(Kind::Index(place.value, k), span);
            let element = match place.mode {
                Mode::Reference => this.frozen(element, span),
                Mode::Value | Mode::Exclusive => element,
            };
            Item::One(Operand {
                value: element,
                mode: place.mode,
            })
        })
    }

    /// `start..`
    fn endless_range(&mut self, start: &Expr, span: Span) -> Stream {
        let start = self.expr(start);
        let visit = move |this: &mut Lowering<'_>, k: Operand, body: &mut Body<'_>| {
            let item = this.helper("advanced", vec![start, k], span);
            body(this, Item::One(item))
        };
        Stream::new(Driver::Indices(None), Rc::new(visit))
    }

    /// `x.windows(w)`, `x.chunks(c)`, `x.chunks_exact(c)` and `x.chunks_mut(c)`.
    pub(super) fn slices(&mut self, call: &ExprMethodCall) -> Stream {
        let span = call.method.span();
        let name = call.method.to_string();
        let place = self.place(&call.receiver);
        let size = self.expr(&call.args[0]);
        let exclusive = name.ends_with("_mut");
        if exclusive && !self.is_memory(place) {
            self.not_memory(&call.receiver);
            return Stream::empty(self, span);
        }
        let total = Operand::by_value(self.method("len", Operand::by_reference(place), span));
        let one = self.usize(1, span);
        let windows = name == "windows";
        let length = if windows {
            let more = self.plus(total, one, span);
            self.integer_method("saturating_sub", more, size, span)
        } else if name.starts_with("chunks_exact") {
            self.arithmetic(BinOp::Div(Token![/](span)), total, size, span)
        } else {
            self.integer_method("div_ceil", total, size, span)
        };
        Stream::of_items(length, move |this, k| {
            let start = if windows {
                k
            } else {
                this.times(k, size, span)
            };
            let end = this.plus(start, size, span);
            let end = if windows {
                end
            } else {
                this.minimum(end, total, span)
            };
            let range = this.range(start, end, span);
            let part = this.push(Kind::Index(place, range), span);
            if exclusive {
                return Item::One(Operand {
                    value: part,
                    mode: Mode::Exclusive,
                });
            }
            Item::One(Operand::by_reference(this.frozen(part, span)))
        })
    }
}
