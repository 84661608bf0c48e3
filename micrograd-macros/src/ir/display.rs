//! The text of the IR: `%1, %2, …` in order of definition, one operation a line.
//!
//! Constants have no number, they stand where they are used.

use super::*;
use quote::ToTokens;
use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};

/// The printed names of a function's values.
pub struct Names(HashMap<Value, String>);

impl Names {
    /// Numbers the values of `function` in order of definition.
    pub fn of(function: &Function) -> Self {
        let mut names = Names(HashMap::new());
        let mut next = 1;
        for param in &function.params {
            names.number(param.value, &mut next);
        }
        names.region(&function.body, &mut next);
        names
    }

    fn number(&mut self, value: Value, next: &mut usize) {
        self.0.insert(value, format!("%{next}"));
        *next += 1;
    }

    fn region(&mut self, region: &Region, next: &mut usize) {
        for arg in &region.args {
            self.number(*arg, next);
        }
        for op in &region.ops {
            if let Kind::Constant(tokens) = &op.kind {
                self.0.insert(op.results[0], constant(tokens));
                continue;
            }
            for region in op.kind.regions() {
                self.region(region, next);
            }
            for result in &op.results {
                self.number(*result, next);
            }
        }
    }

    /// The printed name of `value`.
    pub fn name(&self, value: Value) -> &str {
        self.0.get(&value).map_or("%?", String::as_str)
    }

    /// The names of several values, separated by commas.
    pub fn list(&self, values: impl IntoIterator<Item = Value>) -> String {
        let names: Vec<&str> = values.into_iter().map(|value| self.name(value)).collect();
        names.join(", ")
    }
}

/// A constant as the user wrote it; the operators of a broadcast as their symbols.
fn constant(tokens: &TokenStream) -> String {
    let text = compact(tokens);
    match text.rsplit("broadcast::").next() {
        Some("Add") if text.contains("broadcast::") => "+".into(),
        Some("Sub") if text.contains("broadcast::") => "-".into(),
        Some("Mul") if text.contains("broadcast::") => "*".into(),
        Some("Div") if text.contains("broadcast::") => "/".into(),
        _ => text,
    }
}

/// Tokens without the spaces that `TokenStream`'s own text puts around punctuation.
fn compact(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}

fn last_segment(path: &Path) -> String {
    path.segments
        .last()
        .map_or_else(String::new, |segment| segment.ident.to_string())
}

impl Display for Function {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let names = Names::of(self);
        writeln!(
            f,
            "1: ({})",
            names.list(self.params.iter().map(|param| param.value))
        )?;
        region(f, &self.body, &names, 1)?;
        match self.body.yields.first() {
            Some(result) => writeln!(f, "  return {}", names.name(result.value)),
            None => writeln!(f, "  return"),
        }
    }
}

fn region(f: &mut Formatter<'_>, region: &Region, names: &Names, depth: usize) -> fmt::Result {
    for op in &region.ops {
        if !matches!(op.kind, Kind::Constant(_)) {
            operation(f, op, names, depth)?;
        }
    }
    Ok(())
}

fn operation(f: &mut Formatter<'_>, op: &Op, names: &Names, depth: usize) -> fmt::Result {
    let indent = "  ".repeat(depth);
    write!(f, "{indent}")?;
    if !op.results.is_empty() {
        write!(f, "{} = ", names.list(op.results.iter().copied()))?;
    }
    match &op.kind {
        Kind::If {
            condition,
            then,
            otherwise,
        } => {
            writeln!(f, "if {}", names.name(condition.value))?;
            branch(f, then, names, depth)?;
            writeln!(f, "{indent}else")?;
            branch(f, otherwise, names, depth)?;
            writeln!(f, "{indent}end")
        }
        Kind::For {
            iterator,
            inits,
            body,
            exits,
            collects,
            checkpoint,
        } => {
            match iterator {
                Some(iterator) => write!(
                    f,
                    "for {} in {}",
                    body.args.first().map_or("%?", |item| names.name(*item)),
                    names.name(iterator.value)
                )?,
                None => write!(f, "loop")?,
            }
            if *exits {
                write!(f, " while")?;
            }
            if *collects {
                write!(f, " collect")?;
            }
            if *checkpoint {
                write!(f, " checkpoint")?;
            }
            for (arg, init) in body.args.iter().skip(1).zip(inits) {
                write!(f, ", {} = {}", names.name(*arg), names.name(init.value))?;
            }
            writeln!(f)?;
            branch(f, body, names, depth)?;
            writeln!(f, "{indent}end")
        }
        Kind::Lambda(lambda) => {
            writeln!(f, "closure {}", names.name(lambda.captures.value))?;
            let body = lambda.function.to_string();
            (body.lines()).try_for_each(|line| writeln!(f, "{indent}  {line}"))?;
            writeln!(f, "{indent}end")
        }
        kind => writeln!(f, "{}", expression(kind, names)),
    }
}

fn branch(f: &mut Formatter<'_>, body: &Region, names: &Names, depth: usize) -> fmt::Result {
    region(f, body, names, depth + 1)?;
    if body.yields.is_empty() || body.diverges {
        return Ok(());
    }
    let yields = names.list(body.yields.iter().map(|operand| operand.value));
    writeln!(f, "{}yield {yields}", "  ".repeat(depth + 1))
}

/// The right-hand side of an operation without regions.
fn expression(kind: &Kind, names: &Names) -> String {
    let name = |operand: &Operand| names.name(operand.value).to_string();
    let list = |operands: &[Operand]| names.list(operands.iter().map(|operand| operand.value));
    match kind {
        Kind::Constant(tokens) => constant(tokens),
        Kind::Neg(a) => format!("-{}", name(a)),
        Kind::Not(a) => format!("!{}", name(a)),
        Kind::Binary(operator, a, b) => format!("{} {} {}", name(a), compact(operator), name(b)),
        Kind::Cast(a, ty) => format!("{} as {}", name(a), compact(ty)),
        Kind::Field(base, Member::Named(field)) => {
            format!("getfield({}, {field})", names.name(*base))
        }
        Kind::Field(base, Member::Unnamed(index)) => {
            format!("getindex({}, {})", names.name(*base), index.index)
        }
        Kind::Index(base, index) => format!("getindex({}, {})", names.name(*base), name(index)),
        Kind::Deref(base) => format!("*{}", names.name(*base)),
        Kind::Payload(base, variant) => {
            format!("payload({}, {})", names.name(*base), variant.name())
        }
        Kind::Slot(a) => format!("slot({})", name(a)),
        Kind::Load(base) => format!("load({})", names.name(*base)),
        Kind::Snapshot(base) => format!("snapshot({})", names.name(*base)),
        Kind::Settled {
            memory,
            copied: false,
        } => format!("settled({})", names.name(*memory)),
        Kind::Settled { memory, .. } => format!("copy({})", names.name(*memory)),
        Kind::Store(place, a) => format!("store({}, {})", names.name(*place), name(a)),
        Kind::Push(place, a) => format!("push({}, {})", names.name(*place), name(a)),
        Kind::Pop(place) => format!("pop({})", names.name(*place)),
        Kind::Truncate(place, n) => format!("truncate({}, {})", names.name(*place), name(n)),
        Kind::Swap(a, b) => format!("swap({}, {})", names.name(*a), names.name(*b)),
        Kind::Rearrange(place, rearrangement) => {
            let place = names.name(*place);
            match rearrangement {
                Rearrangement::Reverse => format!("reverse({place})"),
                Rearrangement::RotateLeft(n) => format!("rotate_left({place}, {})", name(n)),
                Rearrangement::RotateRight(n) => format!("rotate_right({place}, {})", name(n)),
                Rearrangement::Order(order) => format!("rearrange({place}, {})", name(order)),
            }
        }
        Kind::Tuple(elements) => format!("tuple({})", list(elements)),
        Kind::Array(elements, _) => format!("[{}]", list(elements)),
        Kind::Repeat(element, length, _) => format!("[{}; {}]", name(element), name(length)),
        Kind::Struct {
            path, fields, rest, ..
        } => {
            let mut fields: Vec<String> = fields
                .iter()
                .map(|(member, operand)| match member {
                    Member::Named(field) => format!("{field}: {}", name(operand)),
                    Member::Unnamed(_) => name(operand),
                })
                .collect();
            fields.extend(rest.map(|rest| format!("..{}", name(&rest))));
            format!("new {}({})", compact(path), fields.join(", "))
        }
        Kind::Range(start, end, limits) => {
            format!("{}{}{}", name(start), compact(limits), name(end))
        }
        Kind::Call(call) if !matches!(call.failure, Failure::Never) => {
            let plain = Call {
                callee: call.callee.clone(),
                args: call.args.clone(),
                failure: Failure::Never,
                ..*call
            };
            let plain = expression(&Kind::Call(plain), names);
            match &call.failure {
                Failure::Question => format!("{plain}?"),
                Failure::Panic(method) => format!("{plain}{}", compact(method)),
                Failure::Kept => format!("kept({plain})"),
                Failure::Never => plain,
            }
        }
        Kind::Call(Call {
            callee: Callee::Function(path),
            args,
            ..
        }) => {
            format!("{}({})", last_segment(path), list(args))
        }
        Kind::Call(Call {
            callee: Callee::Associated(path),
            args,
            ..
        }) => {
            format!("{}({})", compact(path), list(args))
        }
        Kind::Call(Call {
            callee: Callee::Method(method, _),
            args,
            ..
        }) if method == "call" => {
            format!("({})({})", name(&args[0]), list(&args[1..]))
        }
        Kind::Call(Call {
            callee: Callee::Method(method, _),
            args,
            ..
        }) => {
            format!("{method}({})", list(args))
        }
        Kind::Plain(plain) | Kind::PlainValue(plain) => plain.tokens.to_string(),
        Kind::Matches(a, pat) => format!("{} matches {}", name(a), pat.to_token_stream()),
        Kind::Present(a) => format!("some({})", name(a)),
        Kind::Unwrap(a, Failure::Question) => format!("{}?", name(a)),
        Kind::Unwrap(a, _) => format!("unwrap({})", name(a)),
        Kind::If { .. } | Kind::For { .. } | Kind::Lambda(_) => {
            unreachable!("printed with what they own")
        }
    }
}
