//! Calls of functions, methods and macros.

use super::callee::{callee, is_constructor, is_float_from, is_variant, INERT};
use super::item::Item;
use super::Lowering;
use crate::ir::{Call, Callee, Effect, Failure, Kind, Mode, Operand, Value};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Ident, Index, Member, Type};

impl Lowering<'_> {
    pub(super) fn call(&mut self, call: &syn::ExprCall) -> Operand {
        let item = self.call_item(call);
        self.single(item, call.span())
    }

    /// A call, whose value may be a pair or a closure.
    pub(super) fn call_item(&mut self, call: &syn::ExprCall) -> Item {
        if let Some(closure) = self.called_closure(&call.func) {
            let args = call.args.iter().map(|arg| self.item_of(arg)).collect();
            let result = self.inline(&closure, args, call.span());
            return result.unwrap_or_else(|| Item::One(self.nothing(call.span())));
        }
        Item::One(self.plain_call(call))
    }

    /// The closure that is called.
    fn called_closure(&mut self, function: &Expr) -> Option<std::rc::Rc<super::Closure>> {
        match function {
            Expr::Paren(paren) => self.called_closure(&paren.expr),
            Expr::Path(path) => self.lookup_closure(&path.path.get_ident()?.to_string()),
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => {
                self.called_closure(&unary.expr)
            }
            Expr::Closure(_) | Expr::Call(_) | Expr::Index(_) => match self.item_of(function) {
                Item::Closure(closure) => Some(closure),
                _ => None,
            },
            _ => None,
        }
    }

    fn plain_call(&mut self, call: &syn::ExprCall) -> Operand {
        let mut called = &*call.func;
        while let Expr::Paren(paren) = called {
            called = &paren.expr;
        }
        let Expr::Path(function) = called else {
            return self.function_value(called, call);
        };
        if let Some(qself) = &function.qself {
            let message = "qualified paths are not supported in differentiable code yet; call the method on the value";
            self.errors.push(&qself.ty, message);
        }
        let path = function.path.clone();
        if path
            .get_ident()
            .is_some_and(|ident| self.lookup(&ident.to_string()).is_some())
        {
            return self.function_value(called, call);
        }
        if path
            .segments
            .last()
            .is_some_and(|last| last.ident == "from_bits")
        {
            let message = "the bits of a number carry no derivative; write the arithmetic, or give the function a rule with `#[differentiable(rule = …)]`";
            self.errors.push(&path, message);
        }
        let filled = self.matrix_from_fn(call, &path);
        if let Some(operand) = filled.or_else(|| self.array_from_fn(call, &path)) {
            return operand;
        }
        let callee = (!is_constructor(&path)).then(|| callee(&path));
        let args = self.arguments(None, call.args.iter(), callee.as_ref());
        if path.segments.len() > 1
            && path
                .segments
                .iter()
                .rev()
                .nth(1)
                .is_some_and(|owner| owner.ident == "mem")
        {
            if let Some(operand) = self.memory_function(&path, &args, call.span()) {
                return operand;
            }
        }
        self.call_function(&path, args, call.span())
    }

    /// A call of a function that is a value: a parameter, a field. What it takes by reference it is
    /// handed a copy of.
    // In:   f(a, &b)
    // Out:  f.call((a, b.to_owned()))
    fn function_value(&mut self, function: &Expr, call: &syn::ExprCall) -> Operand {
        let span = function.span();
        let place = self.place(function);
        let inputs = self.functions.get(&place).cloned().unwrap_or_default();
        let receiver = self.frozen(place, span);
        let mut args = Vec::new();
        for (index, arg) in call.args.iter().enumerate() {
            let operand = self.expr(arg);
            let refers =
                operand.mode == Mode::Reference || self.definitions[operand.value.0].reference;
            let copy = match inputs.get(index) {
                Some(syn::Type::Reference(input)) => match &*input.elem {
                    syn::Type::Slice(_) => Some("to_vec"),
                    _ => Some("to_owned"),
                },
                Some(_) => None,
                None => refers.then_some("to_owned"),
            };
            args.push(match copy {
                Some(copy) => Operand::by_value(self.method(
                    copy,
                    Operand::by_reference(operand.value),
                    arg.span(),
                )),
                None => operand,
            });
        }
        if args.len() != 1 {
            args = vec![Operand::by_value(self.push(Kind::Tuple(args), span))];
        }
        args.insert(0, Operand::by_reference(receiver));
        let kind = Kind::Call(Call {
            callee: Callee::Method(Ident::new("call", span), None),
            args,
            effect: Effect::Rule,
            failure: Failure::Never,
            changes: None,
        });
        Operand::by_value(self.push(kind, span))
    }

    /// A call of what a path names: a function, a struct or variant, or a conversion.
    pub(super) fn call_function(
        &mut self,
        path: &syn::Path,
        args: Vec<Operand>,
        span: Span,
    ) -> Operand {
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        let last = names.last().expect("a path has a segment");
        let owner = names
            .len()
            .checked_sub(2)
            .map(|index| names[index].as_str());
        if let ("Some", [operand], None) = (last.as_str(), args.as_slice(), owner) {
            return Operand::by_value(self.push(Kind::Present(*operand), span));
        }
        // `T::PI()`: a function of a trait such as `FloatConst`; a variant would have a field.
        let is_constant = args.is_empty() && owner.is_some();
        if is_constructor(path) && !is_constant {
            self.refuse_borrowing(path);
            let variant = is_variant(path);
            let fields = (args.iter().enumerate())
                .map(|(index, arg)| {
                    let index = Index {
                        index: index as u32,
                        span: path.span(),
                    };
                    (Member::Unnamed(index), *arg)
                })
                .collect();
            let kind = Kind::Struct {
                path: path.clone(),
                fields,
                tuple: true,
                variant,
                rest: None,
            };
            return Operand::by_value(self.push(kind, span));
        }
        if let ([operand], true) = (args.as_slice(), is_float_from(path)) {
            let float = &path.segments[0].ident;
            let ty: syn::Type = syn::parse_quote!(#float);
            return Operand::by_value(self.push(Kind::Cast(*operand, Box::new(ty)), span));
        }
        self.call_path(path, args, span)
    }

    /// A call of a function by its path.
    pub(super) fn call_path(
        &mut self,
        path: &syn::Path,
        args: Vec<Operand>,
        span: Span,
    ) -> Operand {
        let is_view = path
            .segments
            .last()
            .is_some_and(|last| last.ident == "broadcasted");
        let effect = if is_view { Effect::View } else { Effect::Rule };
        let callee = callee(path);
        Operand::by_value(self.push(
            Kind::Call(Call {
                callee,
                args,
                effect,
                failure: Failure::Never,
                changes: None,
            }),
            span,
        ))
    }

    pub(super) fn method_call(&mut self, call: &syn::ExprMethodCall) -> Operand {
        if call.method == "as_slice" && self.is_sequence(&call.receiver) {
            let receiver = &call.receiver;
            return self.expr(&syn::parse_quote!(&#receiver[..]));
        }
        if let Some(item) = self.split(call).or_else(|| self.option_call(call)) {
            return self.single(item, call.method.span());
        }
        if let Some(operand) = self.iterator_call(call) {
            return operand;
        }
        if let Some(operand) = self.changing_method(call) {
            return operand;
        }
        if let Some(operand) = self.option_method(call) {
            return operand;
        }
        if let Some(operand) = self.map_elements(call) {
            return operand;
        }
        let name = call.method.to_string();
        let effect = if INERT.contains(&name.as_str()) {
            Effect::Inert
        } else {
            Effect::Rule
        };
        let place = self.place(&call.receiver);
        let receiver = match effect {
            Effect::Inert => place,
            Effect::Rule | Effect::View => self.frozen(place, call.method.span()),
        };
        let receiver = Operand::by_reference(receiver);
        if let Some(copy) = self.cloned_parameter(call, receiver) {
            return copy;
        }
        let callee = Callee::Method(call.method.clone(), call.turbofish.clone());
        let args = self.arguments(Some(receiver), call.args.iter(), Some(&callee));
        let may_change = self.is_memory(place) && super::memory::may_change(&name);
        let call_kind = Kind::Call(Call {
            callee,
            args,
            effect,
            failure: Failure::Never,
            changes: may_change.then_some(place),
        });
        let value = self.push(call_kind, call.method.span());
        self.note_given(call, value);
        self.definitions[value.0].copy |= effect == Effect::Inert;
        Operand::by_value(value)
    }

    /// `x.clone()` where `x` is of a type parameter: only a function has a rule for all types.
    fn cloned_parameter(
        &mut self,
        call: &syn::ExprMethodCall,
        receiver: Operand,
    ) -> Option<Operand> {
        let definition = &self.definitions[receiver.value.0];
        let is_clone = call.method == "clone" && call.args.is_empty();
        let Some(Type::Path(ty)) = definition.ty.clone().filter(|_| is_clone) else {
            return None;
        };
        let is_parameter = self.type_params.contains(&ty.path.get_ident()?.to_string());
        if !is_parameter || definition.copy && !definition.reference || definition.function {
            return None;
        }
        let span = call.method.span();
        let clone = syn::parse_quote_spanned!(span=> ::micrograd_core::rules::slice::clone);
        let copy = self.call_path(&clone, vec![receiver], span);
        self.definitions[copy.value.0].ty = Some(Type::Path(ty));
        Some(copy)
    }

    /// A method call without arguments that the user did not write.
    pub(super) fn method(&mut self, name: &str, receiver: Operand, span: Span) -> Value {
        let callee = Callee::Method(Ident::new(name, span), None);
        let effect = if INERT.contains(&name) {
            Effect::Inert
        } else {
            Effect::Rule
        };
        let value = self.push(
            Kind::Call(Call {
                callee,
                args: vec![receiver],
                effect,
                failure: Failure::Never,
                changes: None,
            }),
            span,
        );
        self.definitions[value.0].copy |= effect == Effect::Inert;
        value
    }
}
