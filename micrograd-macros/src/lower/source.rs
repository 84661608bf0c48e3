//! Where the items of an iterator chain come from: ranges, sequences and parts of them.

use super::item::Item;
use super::iter::{Body, Driver, Stream};
use super::Lowering;
use crate::ir::{Kind, Mode, Operand, Value};
use proc_macro2::Span;
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprMethodCall, Token};

impl Lowering<'_> {
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
                if self.ranges.contains_key(&operand.value) {
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
