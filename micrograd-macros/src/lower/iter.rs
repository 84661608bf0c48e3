//! Iterator chains before they are run: a length and the item at an index, so that a chain costs
//! what the loop over indices costs.
//!
// In:   x.iter().zip(y).map(|(a, b)| a * b).sum::<f64>()
// Out:  for k in 0..min(len(x), len(y)), s = -0.0 { yield s + x[k] * y[k] }

use super::closure::{Callback, Item};
use super::Lowering;
use crate::ir::{Kind, Mode, Operand};
use proc_macro2::{Literal, Span};
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprMethodCall, Token};

/// An iterator chain before it is run.
#[derive(Clone)]
pub(super) struct Stream {
    source: Source,
    stages: Vec<Stage>,
}

/// Where the items come from.
#[derive(Clone)]
enum Source {
    /// A range that is run as it is.
    Range(Operand),
    /// The items at the indices below a length.
    Indexed(Operand, Rc<ItemAt>),
}

/// The item at an index.
type ItemAt = dyn Fn(&mut Lowering<'_>, Operand) -> Item;

/// What happens to each item.
#[derive(Clone)]
enum Stage {
    Map(Callback),
    Filter(Callback),
    /// `copied` and `cloned`.
    Copy,
}

impl Stream {
    /// The iterator that the loop runs over.
    pub(super) fn driver(&self, lowering: &mut Lowering<'_>, span: Span) -> Operand {
        match &self.source {
            Source::Range(range) => *range,
            Source::Indexed(length, _) => lowering.indices(*length, span),
        }
    }

    /// Runs `body` on the item of one iteration; what it yields, or what an iteration yields that
    /// a filter passes over.
    pub(super) fn visit(
        &self,
        lowering: &mut Lowering<'_>,
        driven: Operand,
        span: Span,
        body: &mut dyn FnMut(&mut Lowering<'_>, Item) -> Vec<Operand>,
    ) -> Vec<Operand> {
        let item = match &self.source {
            Source::Range(_) => Item::One(driven),
            Source::Indexed(_, at) => at(lowering, driven),
        };
        run_stages(lowering, &self.stages, item, span, body)
    }

    /// Whether the source cannot be run backwards for every type of number, so that the items are
    /// recorded.
    pub(super) fn is_stepped(&self, lowering: &Lowering<'_>) -> bool {
        match &self.source {
            Source::Range(range) => {
                !lowering.ranges.contains(&range.value) && !lowering.reversed.contains(&range.value)
            }
            Source::Indexed(..) => false,
        }
    }

    pub(super) fn filters(&self) -> bool {
        self.stages
            .iter()
            .any(|stage| matches!(stage, Stage::Filter(_)))
    }
}

fn run_stages(
    lowering: &mut Lowering<'_>,
    stages: &[Stage],
    item: Item,
    span: Span,
    body: &mut dyn FnMut(&mut Lowering<'_>, Item) -> Vec<Operand>,
) -> Vec<Operand> {
    let Some((stage, rest)) = stages.split_first() else {
        return body(lowering, item);
    };
    match stage {
        Stage::Map(callback) => {
            let mapped = lowering.apply(callback, vec![item], span);
            run_stages(lowering, rest, mapped, span, body)
        }
        Stage::Copy => run_stages(lowering, rest, lowering.copied(item), span, body),
        Stage::Filter(callback) => {
            let borrowed = lowering.borrowed(item.clone());
            let condition = lowering.apply(callback, vec![borrowed], span);
            let condition = lowering.single(condition, span);
            lowering.either(
                condition,
                |this| run_stages(this, rest, item, span, body),
                |this| this.next_iteration(span),
                span,
            )
        }
    }
}

impl Lowering<'_> {
    fn usize(&mut self, number: usize, span: Span) -> Operand {
        self.constant(Literal::usize_unsuffixed(number), span)
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

    /// A method of integers.
    fn integer_method(&mut self, name: &str, a: Operand, b: Operand, span: Span) -> Operand {
        let callee = crate::ir::Callee::Method(proc_macro2::Ident::new(name, span), None);
        let args = vec![Operand::by_reference(a.value), b];
        let effect = crate::ir::Effect::Inert;
        let call = crate::ir::Call {
            callee,
            args,
            effect,
            failure: crate::ir::Failure::Never,
            changes: None,
        };
        let value = self.push(Kind::Call(call), span);
        self.definitions[value.0].copy = true;
        Operand::by_value(value)
    }

    fn minimum(&mut self, a: Operand, b: Operand, span: Span) -> Operand {
        self.integer_method("min", a, b, span)
    }

    /// `0..length`
    pub(super) fn indices(&mut self, length: Operand, span: Span) -> Operand {
        let start = self.usize(0, span);
        self.range(start, length, span)
    }

    fn range(&mut self, start: Operand, end: Operand, span: Span) -> Operand {
        let limits = syn::RangeLimits::HalfOpen(Token![..](span));
        Operand::by_value(self.push(Kind::Range(start, end, limits), span))
    }

    /// The stream of an expression that is iterated over; anything else is reported.
    pub(super) fn stream_or_error(&mut self, expr: &Expr) -> Option<Stream> {
        let stream = self.stream(expr);
        if stream.is_none() {
            let message = "the loop cannot see what this iterates over; use a range, `&…`, `….iter()` and the adaptors `map zip enumerate rev skip take step_by windows chunks filter copied`";
            self.errors.push(expr, message);
        }
        stream
    }

    /// The stream of an iterator expression, if it is one that is known.
    pub(super) fn stream(&mut self, expr: &Expr) -> Option<Stream> {
        match expr {
            Expr::Paren(paren) => self.stream(&paren.expr),
            Expr::Range(range) if range.start.is_some() && range.end.is_some() => Some(Stream {
                source: Source::Range(self.expr(expr)),
                stages: Vec::new(),
            }),
            Expr::Reference(reference) if reference.mutability.is_none() => {
                let place = self.place(&reference.expr);
                Some(self.elements(Operand::by_reference(place), expr.span()))
            }
            Expr::MethodCall(call) => self.adaptor(call),
            Expr::Path(path) => {
                let ident = path.path.get_ident()?.to_string();
                if let Some(slot) = self.lookup_slot(&ident) {
                    return Some(self.elements(Operand::by_value(slot), expr.span()));
                }
                let operand = self.lookup(&ident)??;
                if self.ranges.contains(&operand.value) {
                    return Some(Stream {
                        source: Source::Range(operand),
                        stages: Vec::new(),
                    });
                }
                let borrowed = self.definitions[operand.value.0].reference;
                let mode = if borrowed {
                    Mode::Reference
                } else {
                    operand.mode
                };
                Some(self.elements(
                    Operand {
                        value: operand.value,
                        mode,
                    },
                    expr.span(),
                ))
            }
            Expr::Field(_) | Expr::Index(_) | Expr::Array(_) => {
                let value = self.place(expr);
                Some(self.elements(Operand::by_value(value), expr.span()))
            }
            _ => None,
        }
    }

    /// The elements of a place, borrowed if the place is.
    fn elements(&mut self, place: Operand, span: Span) -> Stream {
        let length = Operand::by_value(self.method("len", place, span));
        let at = move |this: &mut Lowering<'_>, k: Operand| {
            let element = this.push(Kind::Index(place.value, k), span);
            let element = match place.mode {
                Mode::Reference => this.frozen(element, span),
                Mode::Value | Mode::Exclusive => element,
            };
            Item::One(Operand {
                value: element,
                mode: place.mode,
            })
        };
        Stream {
            source: Source::Indexed(length, Rc::new(at)),
            stages: Vec::new(),
        }
    }

    /// `receiver.adaptor(…)`
    pub(super) fn adaptor(&mut self, call: &ExprMethodCall) -> Option<Stream> {
        let span = call.method.span();
        let name = call.method.to_string();
        match (name.as_str(), call.args.len()) {
            ("iter", 0) => {
                let place = self.place(&call.receiver);
                Some(self.elements(Operand::by_reference(place), span))
            }
            ("into_iter", 0) => self.stream(&call.receiver),
            ("windows" | "chunks" | "chunks_exact", 1) => Some(self.slices(call)),
            ("map", 1) => self.staged(call, Stage::Map),
            ("filter", 1) => self.staged(call, Stage::Filter),
            ("copied" | "cloned", 0) => {
                let mut stream = self.receiver_stream(call)?;
                stream.stages.push(Stage::Copy);
                Some(stream)
            }
            ("rev", 0) => {
                let stream = self.receiver_stream(call)?;
                if let (Source::Range(range), true) = (&stream.source, stream.stages.is_empty()) {
                    let reversed = self.method("rev", *range, span);
                    if self.ranges.contains(&range.value) {
                        self.reversed.insert(reversed);
                    }
                    return Some(Stream {
                        source: Source::Range(Operand::by_value(reversed)),
                        stages: Vec::new(),
                    });
                }
                let (length, at) = self.indexed(stream, call)?;
                self.reindexed(length, move |this, k| {
                    let one = this.usize(1, span);
                    let last = this.arithmetic(BinOp::Sub(Token![-](span)), length, one, span);
                    let k = this.arithmetic(BinOp::Sub(Token![-](span)), last, k, span);
                    at(this, k)
                })
            }
            ("step_by", 1) => {
                let stream = self.receiver_stream(call)?;
                let step = self.expr(&call.args[0]);
                if let (Source::Range(range), true) = (&stream.source, stream.stages.is_empty()) {
                    let callee = crate::ir::Callee::Method(call.method.clone(), None);
                    let args = vec![Operand::by_reference(range.value), step];
                    let effect = crate::ir::Effect::Rule;
                    let stepped = Kind::Call(crate::ir::Call {
                        callee,
                        args,
                        effect,
                        failure: crate::ir::Failure::Never,
                        changes: None,
                    });
                    let stepped = self.push(stepped, span);
                    return Some(Stream {
                        source: Source::Range(Operand::by_value(stepped)),
                        stages: Vec::new(),
                    });
                }
                let (length, at) = self.indexed(stream, call)?;
                let length = self.integer_method("div_ceil", length, step, span);
                self.reindexed(length, move |this, k| {
                    let k = this.arithmetic(BinOp::Mul(Token![*](span)), k, step, span);
                    at(this, k)
                })
            }
            ("skip", 1) => {
                let stream = self.receiver_stream(call)?;
                let (length, at) = self.indexed(stream, call)?;
                let count = self.expr(&call.args[0]);
                let length = self.integer_method("saturating_sub", length, count, span);
                self.reindexed(length, move |this, k| {
                    let k = this.arithmetic(BinOp::Add(Token![+](span)), k, count, span);
                    at(this, k)
                })
            }
            ("take", 1) => {
                let stream = self.receiver_stream(call)?;
                let (length, at) = self.indexed(stream, call)?;
                let count = self.expr(&call.args[0]);
                let length = self.minimum(length, count, span);
                self.reindexed(length, move |this, k| at(this, k))
            }
            ("enumerate", 0) => {
                let stream = self.receiver_stream(call)?;
                let (length, at) = self.indexed(stream, call)?;
                self.reindexed(length, move |this, k| {
                    Item::Pair(Box::new(Item::One(k)), Box::new(at(this, k)))
                })
            }
            ("zip", 1) => {
                let left = self.receiver_stream(call)?;
                let (left_length, left_at) = self.indexed(left, call)?;
                let right = self.stream_or_error(&call.args[0])?;
                let (right_length, right_at) = self.indexed(right, call)?;
                let length = self.minimum(left_length, right_length, span);
                self.reindexed(length, move |this, k| {
                    Item::Pair(Box::new(left_at(this, k)), Box::new(right_at(this, k)))
                })
            }
            _ => None,
        }
    }

    /// The stream of an adaptor's receiver. A place is no iterator there.
    fn receiver_stream(&mut self, call: &ExprMethodCall) -> Option<Stream> {
        match &*call.receiver {
            Expr::MethodCall(_) => self.stream(&call.receiver),
            Expr::Paren(paren)
                if matches!(
                    &*paren.expr,
                    Expr::Range(_) | Expr::MethodCall(_) | Expr::Paren(_)
                ) =>
            {
                self.stream(&paren.expr)
            }
            _ => None,
        }
    }

    fn staged(&mut self, call: &ExprMethodCall, stage: fn(Callback) -> Stage) -> Option<Stream> {
        let mut stream = self.receiver_stream(call)?;
        let callback = self.callback(&call.args[0])?;
        stream.stages.push(stage(callback));
        Some(stream)
    }

    fn reindexed(
        &mut self,
        length: Operand,
        at: impl Fn(&mut Lowering<'_>, Operand) -> Item + 'static,
    ) -> Option<Stream> {
        Some(Stream {
            source: Source::Indexed(length, Rc::new(at)),
            stages: Vec::new(),
        })
    }

    /// A stream as a length and the item at an index, all stages included.
    fn indexed(&mut self, stream: Stream, call: &ExprMethodCall) -> Option<(Operand, Rc<ItemAt>)> {
        let span = call.method.span();
        if stream.filters() {
            let message = "this adaptor is not supported after `filter` in differentiable code yet; filter last";
            self.errors.push(&call.method, message);
            return None;
        }
        let (length, at): (Operand, Rc<ItemAt>) = match stream.source {
            Source::Indexed(length, at) => (length, at),
            Source::Range(range) => {
                let length =
                    Operand::by_value(self.method("len", Operand::by_reference(range.value), span));
                let start = self.push(Kind::Field(range.value, syn::parse_quote!(start)), span);
                self.definitions[start.0].copy = true;
                let at = move |this: &mut Lowering<'_>, k: Operand| {
                    let plus = BinOp::Add(Token![+](span));
                    Item::One(this.arithmetic(plus, Operand::by_value(start), k, span))
                };
                (length, Rc::new(at))
            }
        };
        let stages = stream.stages;
        if stages.is_empty() {
            return Some((length, at));
        }
        let staged = move |this: &mut Lowering<'_>, k: Operand| {
            let mut item = at(this, k);
            for stage in &stages {
                item = match stage {
                    Stage::Map(callback) => this.apply(callback, vec![item], span),
                    Stage::Copy => this.copied(item),
                    Stage::Filter(_) => unreachable!("reported above"),
                };
            }
            item
        };
        Some((length, Rc::new(staged)))
    }

    /// `x.windows(w)`, `x.chunks(c)` and `x.chunks_exact(c)`.
    fn slices(&mut self, call: &ExprMethodCall) -> Stream {
        let span = call.method.span();
        let place = self.place(&call.receiver);
        let size = self.expr(&call.args[0]);
        let total = Operand::by_value(self.method("len", Operand::by_reference(place), span));
        let one = self.usize(1, span);
        let windows = call.method == "windows";
        let length = if windows {
            let more = self.arithmetic(BinOp::Add(Token![+](span)), total, one, span);
            self.integer_method("saturating_sub", more, size, span)
        } else if call.method == "chunks" {
            self.integer_method("div_ceil", total, size, span)
        } else {
            self.arithmetic(BinOp::Div(Token![/](span)), total, size, span)
        };
        let at = move |this: &mut Lowering<'_>, k: Operand| {
            let start = if windows {
                k
            } else {
                this.arithmetic(BinOp::Mul(Token![*](span)), k, size, span)
            };
            let end = this.arithmetic(BinOp::Add(Token![+](span)), start, size, span);
            let end = if windows {
                end
            } else {
                this.minimum(end, total, span)
            };
            let range = this.range(start, end, span);
            let part = this.push(Kind::Index(place, range), span);
            Item::One(Operand::by_reference(this.frozen(part, span)))
        };
        Stream {
            source: Source::Indexed(length, Rc::new(at)),
            stages: Vec::new(),
        }
    }
}
