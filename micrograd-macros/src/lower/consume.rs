//! What consumes an iterator chain to the end: `sum`, `product`, `fold`, `for_each`, `collect` and the
//! like. What looks for an item is in `search.rs`.

use super::assigned::Assigned;
use super::control::Context;
use super::expr::core_path;
use super::item::Item;
use super::iter::{Driver, Stream};
use super::{Lowering, Variable};
use crate::ir::{Kind, Mode, Op, Operand};
use proc_macro2::{Literal, Span};
use quote::ToTokens;
use syn::{BinOp, Expr, ExprMethodCall, Token};

impl Lowering<'_> {
    /// Whether a range holds a number.
    // In:   (a..b).contains(&x)
    // Out:  (a <= x) & (x < b)
    fn contained(&mut self, call: &ExprMethodCall) -> Option<Operand> {
        let Expr::Paren(paren) = &*call.receiver else {
            return None;
        };
        let (Expr::Range(range), Some(sought)) = (&*paren.expr, call.args.first()) else {
            return None;
        };
        let span = call.method.span();
        let sought = match sought {
            Expr::Reference(reference) => self.expr(&reference.expr),
            other => self.expr(&syn::parse_quote!(*#other)),
        };
        let below = match range.limits {
            syn::RangeLimits::HalfOpen(_) => BinOp::Lt(Token![<](span)),
            syn::RangeLimits::Closed(_) => BinOp::Le(Token![<=](span)),
        };
        let start = range.start.as_ref().map(|start| {
            let start = self.expr(start);
            Kind::Binary(BinOp::Le(Token![<=](span)), start, sought)
        });
        let end = range.end.as_ref().map(|end| {
            let end = self.expr(end);
            Kind::Binary(below, sought, end)
        });
        let tests = [start, end].into_iter().flatten();
        let tests = tests.map(|test| Operand::by_value(self.push(test, span)));
        let tests: Vec<Operand> = tests.collect();
        let both = tests.into_iter().reduce(|all, test| {
            let both = Kind::Binary(BinOp::BitAnd(Token![&](span)), all, test);
            Operand::by_value(self.push(both, span))
        });
        Some(both.unwrap_or_else(|| self.truth(true, span)))
    }

    /// The end of an iterator chain: what consumes it.
    pub(super) fn iterator_call(&mut self, call: &ExprMethodCall) -> Option<Operand> {
        if !self.is_chain(&call.receiver) {
            return None;
        }
        if call.method == "contains" {
            return self.contained(call);
        }
        let name = call.method.to_string();
        let span = call.method.span();
        self.check_advances(call);
        let integral = self.expects_integer || is_integral(call);
        let Some(stream) = self.stream_or_error(&call.receiver) else {
            return Some(self.nothing(span));
        };
        let arguments: Vec<&Expr> = call.args.iter().collect();
        Some(match (name.as_str(), arguments.as_slice()) {
            ("sum" | "product", []) if !integral && self.is_reduced_by_type(call) => {
                self.reduce_by_type(&stream, call, span)
            }
            ("sum", []) => {
                let start = if integral { "0" } else { "-0.0" };
                self.reduce(&stream, start, BinOp::Add(Token![+](span)), span)
            }
            ("product", []) => {
                let start = if integral { "1" } else { "1.0" };
                self.reduce(&stream, start, BinOp::Mul(Token![*](span)), span)
            }
            ("fold", [init, function]) => {
                let init = self.expr(init);
                let Some(callback) = self.callback(function) else {
                    return Some(self.nothing(span));
                };
                self.accumulate(
                    &stream,
                    init,
                    &[function],
                    span,
                    &mut |this, so_far, item| {
                        let next = this.apply(&callback, vec![Item::One(so_far), item], span);
                        this.single(next, span)
                    },
                )
            }
            ("for_each", [function]) => {
                let Some(callback) = self.callback(function) else {
                    return Some(self.nothing(span));
                };
                self.run(&stream, &[], &[function], span, &mut |this, item| {
                    this.apply(&callback, vec![item], span);
                    this.next_iteration(span)
                });
                self.nothing(span)
            }
            ("collect", []) => self.collected(&stream, &[], span, &mut |this, item| {
                this.single(item, span)
            }),
            ("unzip", []) => self.unzipped(&stream, span),
            ("count", []) => self.count(stream, span),
            ("any" | "all", [function]) => self.any(stream, function, name == "all", span),
            _ => {
                let message = "this iterator method is not supported in differentiable code yet; write the loop";
                self.errors.push(&call.method, message);
                self.nothing(span)
            }
        })
    }

    fn reduce(&mut self, stream: &Stream, start: &str, operator: BinOp, span: Span) -> Operand {
        let start: Expr = syn::parse_str(start).expect("a literal");
        let init = self.constant(start, span);
        self.accumulate(stream, init, &[], span, &mut |this, so_far, item| {
            let item = this.single(item, span);
            let item = this.read(item, span);
            this.arithmetic(operator, so_far, item, span)
        })
    }

    /// Whether only types tell what a sum or product begins with.
    fn is_reduced_by_type(&self, call: &ExprMethodCall) -> bool {
        match reduced_type(call) {
            Some(ty) => !super::is_number(&crate::source::expanded(ty)),
            None => !self.type_params.is_empty(),
        }
    }

    /// A sum or product in generic code, or of a type of the user's.
    fn reduce_by_type(&mut self, stream: &Stream, call: &ExprMethodCall, span: Span) -> Operand {
        let ty = reduced_type(call);
        let named = ty.filter(|ty| {
            let name = ty.to_token_stream().to_string();
            !self.type_params.contains(&name) && name != "_"
        });
        let sum = call.method == "sum";
        let (start, step) = match (sum, named.is_some()) {
            (true, false) => ("start_of_sum", "plus"),
            (true, true) => ("empty_sum", "plus"),
            (false, false) => ("start_of_product", "times"),
            (false, true) => ("empty_product", "times"),
        };
        let reduction = |name: &str| core_path(&format!("rules::reduction::{name}"), span);
        let mut start = reduction(start);
        if let Some(ty) = ty {
            let last = start.segments.last_mut().expect("a path has a segment");
            last.arguments = syn::PathArguments::AngleBracketed(syn::parse_quote!(::<#ty>));
        }
        let init = self.call_path(&start, Vec::new(), span);
        let step = reduction(step);
        self.accumulate(stream, init, &[], span, &mut |this, so_far, item| {
            let item = this.single(item, span);
            let item = this.read(item, span);
            this.call_path(&step, vec![so_far, item], span)
        })
    }

    /// An item by value; memory is read now.
    pub(super) fn read(&mut self, operand: Operand, span: Span) -> Operand {
        if operand.mode == Mode::Exclusive {
            return self.load(operand.value, span);
        }
        Operand::by_value(operand.value)
    }

    /// How many items there are.
    fn count(&mut self, stream: Stream, span: Span) -> Operand {
        if stream.is_random() {
            let indexed = self.indexed(stream.clone(), span);
            if let Some(length) = indexed.length() {
                return length;
            }
        }
        let zero = self.constant(Literal::usize_suffixed(0), span);
        self.accumulate(&stream, zero, &[], span, &mut |this, so_far, _| {
            let one = this.usize(1, span);
            this.plus(so_far, one, span)
        })
    }

    /// A loop that carries one value of its own.
    pub(super) fn accumulate(
        &mut self,
        stream: &Stream,
        init: Operand,
        callbacks: &[&Expr],
        span: Span,
        next: &mut dyn FnMut(&mut Lowering<'_>, Operand, Item) -> Operand,
    ) -> Operand {
        let variable = self.carry(init);
        let own = [variable.clone()];
        self.run(stream, &own, callbacks, span, &mut |this, item| {
            let so_far = this.value_of(&variable).expect("it starts with a value");
            let next = next(this, so_far, item);
            this.set(&variable, next);
            this.next_iteration(span)
        });
        let result = self.value_of(&variable).expect("it starts with a value");
        self.scopes.pop();
        result
    }

    /// Loops over a stream; one over each of two chained streams.
    pub(super) fn run(
        &mut self,
        stream: &Stream,
        own: &[Variable],
        callbacks: &[&Expr],
        span: Span,
        body: &mut dyn FnMut(&mut Lowering<'_>, Item) -> Vec<Operand>,
    ) {
        if stream.exits() {
            return self.run_until(stream, true, own, callbacks, span, body);
        }
        for part in stream.parts() {
            self.run_until(part, false, own, callbacks, span, body);
        }
    }

    /// A loop over a stream, which the body may end if the loop `exits`.
    pub(super) fn run_until(
        &mut self,
        stream: &Stream,
        exits: bool,
        own: &[Variable],
        callbacks: &[&Expr],
        span: Span,
        body: &mut dyn FnMut(&mut Lowering<'_>, Item) -> Vec<Operand>,
    ) {
        let mut names = self.assigned_by(callbacks);
        names.extend_from_slice(own);
        let names = self.opened(stream, names, span);
        let iterator = stream.driver(self, span);
        let context = Context::plain_loop(&names, exits);
        self.build_loop(Some(iterator), &names, exits, false, span, |this, item| {
            this.contexts.push(context);
            let yields = stream.visit(this, item, body);
            this.contexts.pop();
            yields
        });
        stream.close(self);
    }

    /// The variables that callbacks assign.
    fn assigned_by(&self, callbacks: &[&Expr]) -> Vec<Variable> {
        let mut assigned = Assigned::default();
        callbacks
            .iter()
            .for_each(|callback| assigned.expr(callback));
        let mut names = self.bound(assigned);
        names.retain(|name| self.value_of(name).is_some());
        names
    }

    /// Opens a stream; the variables that its loop carries.
    pub(super) fn opened(
        &mut self,
        stream: &Stream,
        mut names: Vec<Variable>,
        span: Span,
    ) -> Vec<Variable> {
        for name in stream.open(self, span) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The vector of the items of a stream.
    // In:   x.iter().map(f).collect()
    // Out:  for k in 0..len(x) collect { yield f(x[k]) }
    // In:   x.iter().filter(p).collect()
    // Out:  slot(Vec::new());  for k in 0..len(x) { if p(x[k]) { push(slot, x[k]) } };  load(slot)
    pub(super) fn collected(
        &mut self,
        stream: &Stream,
        callbacks: &[&Expr],
        span: Span,
        element: &mut dyn FnMut(&mut Lowering<'_>, Item) -> Operand,
    ) -> Operand {
        let traits = stream.traits;
        if matches!(stream.driver, Driver::Indices(None)) && !traits.ends {
            let message = "this iterator never ends; add `take` or `take_while` to it";
            self.errors.add(syn::Error::new(span, message));
            return self.nothing(span);
        }
        let mut depth = None;
        let mut element = |this: &mut Lowering<'_>, item: Item| {
            let operand = element(this, item);
            depth = this.depth_of_numbers(&operand);
            operand
        };
        let vector = if traits.uneven || traits.branches || traits.nested || stream.exits() {
            let slot = self.empty_slot(span);
            self.run(stream, &[], callbacks, span, &mut |this, item| {
                let operand = element(this, item);
                this.push_into(slot, operand, span);
                this.next_iteration(span)
            });
            self.load(slot, span)
        } else {
            let names = self.assigned_by(callbacks);
            let names = self.opened(stream, names, span);
            let iterator = stream.driver(self, span);
            let vector = self.build_loop(Some(iterator), &names, false, true, span, |this, k| {
                stream.visit(this, k, &mut |this, item| {
                    let operand = element(this, item);
                    let mut yields = this.yields(None, &names);
                    yields.push(operand);
                    yields
                })
            });
            stream.close(self);
            vector.expect("a collecting loop gives a vector")
        };
        if let Some(depth) = depth {
            self.note_depth(vector.value, depth + 1);
        }
        vector
    }

    /// Memory that starts as an empty vector.
    pub(super) fn empty_slot(&mut self, span: Span) -> crate::ir::Value {
        let path: syn::Path = syn::parse_quote!(::std::vec::Vec::new);
        let empty = self.call_path(&path, Vec::new(), span);
        let slot = self.push(Kind::Slot(empty), span);
        self.memory.insert(slot);
        slot
    }

    /// `place.push(operand)`
    pub(super) fn push_into(&mut self, place: crate::ir::Value, operand: Operand, span: Span) {
        if let Some(depth) = self.depth_of_numbers(&operand) {
            self.note_depth(place, depth + 1);
        }
        self.ops.push(Op {
            results: Vec::new(),
            kind: Kind::Push(place, operand),
            span,
        });
    }

    /// `unzip`: two vectors.
    fn unzipped(&mut self, stream: &Stream, span: Span) -> Operand {
        let slots = [self.empty_slot(span), self.empty_slot(span)];
        self.run(stream, &[], &[], span, &mut |this, item| {
            let (left, right) = this.halves(item, span);
            for (slot, half) in slots.into_iter().zip([left, right]) {
                let half = this.single(half, span);
                this.push_into(slot, half, span);
            }
            this.next_iteration(span)
        });
        let parts = slots.map(|slot| self.load(slot, span));
        Operand::by_value(self.push(Kind::Tuple(parts.to_vec()), span))
    }

    /// `m.map(f)` and `a.zip_map(&b, f)` of arrays and matrices: a loop over the elements, whose
    /// results get the shape back.
    pub(super) fn map_elements(&mut self, call: &ExprMethodCall) -> Option<Operand> {
        let name = call.method.to_string();
        let span = call.method.span();
        let (other, function) = match (name.as_str(), call.args.len()) {
            ("map", 1) => (None, &call.args[0]),
            ("zip_map", 2) => (Some(&call.args[0]), &call.args[1]),
            _ => return None,
        };
        let places: Vec<_> = std::iter::once(&*call.receiver)
            .chain(other.map(|other| match other {
                Expr::Reference(reference) => &*reference.expr,
                other => other,
            }))
            .map(|expr| {
                let place = self.place(expr);
                self.frozen(place, span)
            })
            .collect();
        let callback = self.callback(function)?;
        let shape = places[0];
        let length = Operand::by_value(self.method("len", Operand::by_reference(shape), span));
        let indices = Stream::new(
            Driver::Indices(Some(length)),
            std::rc::Rc::new(|this, k, body| body(this, Item::One(k))),
        );
        let vector = self.collected(&indices, &[function], span, &mut |this, k| {
            let k = this.single(k, span);
            let items = places
                .iter()
                .map(|place| Item::One(Operand::by_value(this.push(Kind::Index(*place, k), span))));
            let items = items.collect();
            let element = this.apply(&callback, items, span);
            this.single(element, span)
        });
        let args = vec![Operand::by_reference(shape), vector];
        let path = core_path("rules::map::shaped_like", span);
        Some(self.call_path(&path, args, span))
    }
}

/// The type that `sum::<T>()` names.
fn reduced_type(call: &ExprMethodCall) -> Option<&syn::Type> {
    match call.turbofish.as_ref()?.args.first()? {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

/// Whether `sum::<T>()` names an integer.
fn is_integral(call: &ExprMethodCall) -> bool {
    let Some(turbofish) = &call.turbofish else {
        return false;
    };
    turbofish.args.iter().any(|argument| match argument {
        syn::GenericArgument::Type(ty) => is_integer(ty),
        _ => false,
    })
}

/// Whether a type is written as an integer.
pub(super) fn is_integer(ty: &syn::Type) -> bool {
    let name = ty.to_token_stream().to_string();
    super::is_number(ty) && !matches!(name.as_str(), "f32" | "f64" | "bool" | "char")
}
