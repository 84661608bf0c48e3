//! Iterator chains before they are run: what a loop does for each index, so that a chain costs what
//! the loop over indices costs. Sources are in `source.rs`, adaptors in `adaptor.rs`, what consumes a chain in
//! `consume.rs` and `search.rs`.
//!
// In:   x.iter().zip(y).map(|(a, b)| a * b).sum::<f64>()
// Out:  for k in 0..min(len(x), len(y)), s = -0.0 { yield s + x[k] * y[k] }

use super::item::Item;
use super::{Lowering, Scope, Variable};
use crate::ir::{Call, Callee, Effect, Kind, Operand, Value};
use proc_macro2::{Ident, Literal, Span};
use std::cell::RefCell;
use std::rc::Rc;
use syn::{BinOp, Token};

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
    /// Its closures change something, so that each runs once, and only for the items asked for.
    pub(super) effects: bool,
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
            effects,
        } = self.traits;
        !(uneven || ordered || branches || ends || nested || effects) && self.states.is_empty()
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

    /// A call whose result has no tangent.
    pub(super) fn inert(&mut self, callee: Callee, args: Vec<Operand>, span: Span) -> Operand {
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
}
