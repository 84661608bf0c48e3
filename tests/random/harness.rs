//! The modules of a program: in each spelling the items, and functions that make inputs, call the
//! function and list the numbers of what comes out.

use crate::code;
use crate::code::{Code, separated};
use crate::print::{Spelling, print};
use crate::program::{Access, Failure, Function, Program, Type};

const HEADER: &str = "#![allow(unused, clippy::all)]\nuse crate::numbers::*;\n";

/// The module with `f64`.
pub fn differentiable(program: &Program) -> String {
    let fields = "fields!(f64: Point { x, y } PointTangent { x, y } Bag { w, v, p } BagTangent { w, v, p });\n";
    let source = source(program, Spelling::Differentiable);
    let call = print(&call(&program.entry), Spelling::Differentiable);
    let pulled = pulled(&program.entry);
    let import = "use micrograd_core::Differentiable as _;\nuse crate::fields;\n";
    format!("{HEADER}{import}{fields}{source}\n{call}\n{pulled}")
}

/// The module with dual numbers.
pub fn dual(program: &Program) -> String {
    let fields = "fields!(D: Point { x, y } Bag { w, v, p });\n";
    let source = source(program, Spelling::Dual);
    let call = print(&call(&program.entry), Spelling::Dual);
    format!("{HEADER}use crate::dual::Real as _;\nuse crate::fields;\n{fields}{source}\n{call}")
}

/// The items of the program.
pub fn source(program: &Program, spelling: Spelling) -> String {
    let items = program.items.iter().map(|item| print(item, spelling));
    items.collect::<Vec<_>>().join("\n\n")
}

/// An input of a type; each number is had from `next`.
fn input(ty: Type) -> Code {
    let next = "next()";
    match ty {
        Type::Real => next.into(),
        Type::Count => "1 + point".into(),
        Type::Pair => "(next(), next())".into(),
        Type::Array(n) => code!("[{}]", separated(vec![next.into(); n], ", ")),
        Type::Matrix(rows, n) => {
            code!("[{}]", separated(vec![input(Type::Array(n)); rows], ", "))
        }
        Type::Vector(n) | Type::Slice(n) => {
            let more = code!("; if point > 1 { v.push(next()) }; v }");
            code!("{ let mut v = vec![{}]{}", separated(vec![next.into(); n], ", "), more)
        }
        Type::Point => "Point { x: next(), y: next() }".into(),
        Type::Bag => "Bag { w: next(), v: vec![next(), next()], p: Point { x: next(), y: next() } }".into(),
        Type::Maybe => "if point == 1 { None } else { Some(next()) }".into(),
        Type::Shape => {
            "match point { 0 => Shape::Dot, 1 => Shape::Disc(next()), _ => Shape::Rect { w: next(), h: next() } }"
                .into()
        }
        Type::Unit | Type::Closure(_) => unreachable!("not a parameter"),
    }
}

/// `let mut x0 = …;`
fn inputs(function: &Function) -> Code {
    let inputs = function.parameters.iter().enumerate();
    let inputs = inputs.map(|(index, (ty, _))| {
        let ty_code = match ty {
            Type::Slice(_) => Type::Vector(2).code(),
            ty => ty.code(),
        };
        code!("    let mut x{}: {} = {};\n", index, ty_code, input(*ty))
    });
    separated(inputs.collect(), "")
}

fn arguments(function: &Function) -> String {
    let arguments = function.parameters.iter().enumerate();
    let arguments = arguments.map(|(index, (_, access))| format!("{}x{index}", access.prefix()));
    arguments.collect::<Vec<_>>().join(", ")
}

fn changed(function: &Function) -> impl Iterator<Item = usize> + '_ {
    let parameters = function.parameters.iter().enumerate();
    parameters.filter_map(|(index, (_, access))| (*access == Access::Exclusive).then_some(index))
}

/// What makes an `Option` of a call.
fn as_option(function: &Function, call: &str) -> String {
    match function.failure {
        Failure::Never => format!("Some({call})"),
        Failure::Missing => call.to_owned(),
        Failure::Error => format!("{call}.ok()"),
    }
}

/// The function and the numbers that come out.
fn call(function: &Function) -> Code {
    let call = as_option(
        function,
        &format!("{}({})", function.name, arguments(function)),
    );
    let extend: String = changed(function)
        .map(|index| format!("    all.extend(numbers(&mut x{index}));\n"))
        .collect();
    let text = "    let (success, mut all) = match result { Some(mut value) => (true, numbers(&mut value)), None => (false, vec![]) };\n";
    let opening = "pub fn call(next: &mut dyn FnMut() -> {}, point: usize) -> Outcome<{}> {\n{}";
    let opening = code!(opening, Code::Real, Code::Real, inputs(function));
    code!(
        "{}    let result = {};\n{}{}    (success, all)\n}\n",
        opening,
        call,
        text,
        extend
    )
}

/// The pullback, the numbers that come with it, and the gradient.
fn pulled(function: &Function) -> String {
    let call = as_option(
        function,
        &format!("pullback_{}({})", function.name, arguments(function)),
    );
    let inputs = print(&inputs(function), Spelling::Differentiable);
    let extend: String = changed(function)
        .map(|index| format!("    all.extend(numbers(&mut x{index}));\n"))
        .collect();
    // The pullback of a function that only changes its parameters gives no value.
    let is_unit = function.result == Type::Unit && function.failure == Failure::Never;
    let mut cotangents: Vec<String> = Vec::new();
    if function.result != Type::Unit {
        cotangents.push("weighted(value.zero_tangent(), &mut count)".into());
    }
    for index in changed(function) {
        cotangents.push(format!("weighted(x{index}.zero_tangent(), &mut count)"));
    }
    let names: Vec<String> = (0..cotangents.len())
        .map(|index| format!("d{index}"))
        .collect();
    let lets: String = (names.iter().zip(&cotangents))
        .map(|(name, cotangent)| format!("    let {name} = {cotangent};\n"))
        .collect();
    let (known, compared) = known(function);
    let clones: Vec<String> = names.iter().map(|name| format!("{name}.clone()")).collect();
    let value = if is_unit { "_" } else { "mut value" };
    let take = if is_unit {
        "vec![]"
    } else {
        "numbers(&mut value)"
    };
    format!(
        "pub fn pulled(next: &mut dyn FnMut() -> f64, point: usize) -> Pulled {{
{inputs}{known}    let Some(({value}, back)) = {call} else {{
    let mut all: Vec<f64> = vec![];
{extend}    return Pulled {{ success: false, numbers: all, gradient: vec![], again: vec![] }};
    }};
    let mut all: Vec<f64> = {take};
{extend}    let mut count = 0;
{lets}    let (gradient, again) = (numbers(&mut back({})), numbers(&mut back({})));
{compared}    Pulled {{ success: true, numbers: all, gradient, again }}
}}
",
        clones.join(", "),
        names.join(", "),
    )
}

/// What `gradient!` gives of a function whose value is a number, or `jacobian!` of one whose value is several, and its
/// comparison with the pullback.
fn known(function: &Function) -> (String, &'static str) {
    let never = function.failure == Failure::Never;
    let (what, compared) = match function.result {
        Type::Real if never => ("gradient", OF_GRADIENT),
        Type::Pair | Type::Array(_) | Type::Matrix(..) | Type::Vector(_) => ("jacobian", OF_ROWS),
        _ => return (String::new(), ""),
    };
    if changed(function).next().is_some() {
        return (String::new(), "");
    }
    let arguments = function.parameters.iter().enumerate();
    let arguments = arguments.map(|(index, (_, access))| match access {
        Access::Owned => format!("x{index}.clone()"),
        access => format!("{}x{index}", access.prefix()),
    });
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    let call = format!("micrograd_core::{what}!({}, {arguments})", function.name);
    let known = format!(
        "    let known = {}.map(|(mut value, mut known)| (numbers(&mut value), numbers(&mut known)));
",
        as_option(function, &call)
    );
    (known, compared)
}

const OF_GRADIENT: &str = "    let (known_value, known) = known.expect(\"it succeeds as well\");
    assert_eq!(bits(&known_value), bits(&all), \"of `gradient!`\");
    assert_same_gradient(&gradient, &known.iter().map(|slope| weight(0) * slope).collect::<Vec<f64>>());
";

const OF_ROWS: &str = "    let (known_value, rows) = known.expect(\"it succeeds as well\");
    assert_eq!(bits(&known_value), bits(&all), \"of `jacobian!`\");
    assert_same_gradient(&gradient, &weighted_sum(&rows, gradient.len()));
";
