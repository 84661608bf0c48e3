//! What cannot be differentiated is an error that says what to do.

use expect_test::{expect, Expect};

/// The messages for an item with the given arguments of the attribute.
fn check_item(arguments: &str, item: &str, expected: Expect) {
    expected.assert_eq(&super::messages(super::expanded(arguments, item)));
}

/// The messages for statements in a function.
fn check(statements: &str, expected: Expect) {
    check_item(
        "",
        &format!("fn f(x: f64, n: usize) -> f64 {{ {statements} x }}"),
        expected,
    );
}

#[test]
fn every_unsupported_item_has_its_message() {
    check_item(
        "",
        "async fn f(x: f64) -> f64 { x }",
        expect![[r#"
        cannot differentiate `async` functions; compute the value before and pass it in
    "#]],
    );
    check_item(
        "",
        "unsafe fn f(x: f64) -> f64 { x }",
        expect![[r#"
        cannot see the data flow of `unsafe` code; give the function a rule with `#[differentiable(rule = …)]`
    "#]],
    );
    check_item(
        "",
        "fn f(self: Box<Self>) -> f64 { self.x }",
        expect![[r#"
        this kind of receiver is not supported in differentiable code; write `self` or `&self`
    "#]],
    );
    check_item(
        "",
        "fn f(x: f64) -> impl Fn() { x }",
        expect![[r#"
        name the result's type; `impl Trait` has no tangent type that could be named
    "#]],
    );
    check_item(
        "",
        "fn f(x: &f64) -> &f64 { x }",
        expect![[r#"
        returning a reference is not supported in differentiable code yet; return the value
    "#]],
    );
    check_item(
        "no_gradient(y)",
        "fn f(x: f64) -> f64 { x }",
        expect![[r#"
        no parameter has this name; there are `x`
    "#]],
    );
    check_item(
        "gradient",
        "fn f(x: f64) -> f64 { x }",
        expect![[r#"
            expected `no_gradient(…)`, `rule = …`, `recursive`, `checkpoint` or `skip`
        "#]],
    );
    check_item(
        "",
        "struct Point { x: f64 }",
        expect![[r#"
        `#[differentiable]` goes on functions, methods, traits and `impl` blocks; structs have `#[derive(Differentiable)]`
    "#]],
    );
}

#[test]
fn every_unsupported_statement_has_its_message() {
    check(
        "let (1 | 2) = x;",
        expect![[r#"
            this pattern is not supported in differentiable code yet; bind a name and take the parts from it
        "#]],
    );
    check(
        "for i in 0..n { for j in 0..n { break 'outer; } }",
        expect![[r#"
            there is no loop or block here that this could leave
        "#]],
    );
    check(
        "for i in 0..n { for j in 0..n { continue 'outer; } }",
        expect![[r#"
            there is no loop or block here that this could leave
        "#]],
    );
    check(
        "for v in g(x) {}",
        expect![[r#"
            the loop cannot see what this iterates over; use a range, `&…`, `….iter()` and the adaptors of iterators, or collect it into a `Vec` in a `let` before
        "#]],
    );
    check(
        "let r = 1..;",
        expect![[r#"
        give this range both ends; open ranges are not supported in differentiable code yet
    "#]],
    );
    check(
        "let y: Vec<f64> = (0..).map(|i| x).filter(|i| i > 1).collect();",
        expect![[r#"
            this iterator never ends; add `take` or `take_while` to it
        "#]],
    );
    check(
        "let mut y = (0..n).peekable();",
        expect![[r#"
            this adaptor is not supported in differentiable code yet; write the loop
        "#]],
    );
    check(
        "let y = (0..n).map(|i| x).try_fold(0.0, g);",
        expect![[r#"
        this iterator method is not supported in differentiable code yet; write the loop
    "#]],
    );
    check(
        "let mut y = (0..n).map(|i| x); let a = y.next(); let b = y.any(|v| v > x);",
        expect![[r#"
            advancing an iterator that has a name is not supported in differentiable code yet; index the sequence, or make the iterator anew
            advancing an iterator that has a name is not supported in differentiable code yet; index the sequence, or make the iterator anew
        "#]],
    );
    check(
        "let y = |v: f64| v * x; let z = (y, x); S(y);",
        expect![[r#"
        a closure can be bound, called or handed to a function in differentiable code, not stored or returned; write a `#[differentiable]` function
    "#]],
    );
    check(
        "let mut w = (vec![x], x); g(|v| { w.0.push(v); v }, x);",
        expect![[r#"
        a closure that is handed to a function cannot change what it captures in differentiable code; let it return the new value
    "#]],
    );
    check(
        "let mut s = x; let mut w = vec![x]; g(|v| { s += v; v }, x); g(|v| { w.push(v); v }, x);",
        expect![[r#"
        a closure that is handed to a function cannot change what it captures in differentiable code; let it return the new value
        a closure that is handed to a function cannot change what it captures in differentiable code; let it return the new value
    "#]],
    );
    check(
        "let y = (0..n).map(|i| x); g(y);",
        expect![[r#"
        an iterator can be consumed or looped over in differentiable code, not passed on; `collect` it and pass the `Vec`
    "#]],
    );
    check(
        "let y = (0..n).map(g(x)).sum();",
        expect![[r#"
            write a closure or the name of a function here
        "#]],
    );
    check(
        "let y = <f64 as Real>::sin(x);",
        expect![[r#"
        qualified paths are not supported in differentiable code yet; call the method on the value
    "#]],
    );
    check(
        "COUNTER = x;",
        expect![[r#"
        this is not a local variable, so the data flow of the assignment cannot be seen; pass the value in and return it
    "#]],
    );
    check(
        "g(&mut x.y);",
        expect![[r#"
        the data flow through this `&mut` cannot be seen; borrow a local variable declared with `let mut`, or a `&mut` parameter
    "#]],
    );
    check(
        "g(&mut COUNTER);",
        expect![[r#"
        the data flow through this `&mut` cannot be seen; borrow a local variable declared with `let mut`, or a `&mut` parameter
    "#]],
    );
    check(
        "let y = *(x = x);",
        expect![[r#"
        an assignment is not supported as an operand; make it a statement of its own
    "#]],
    );
    check(
        "let y = (x += x);",
        expect![[r#"
        an assignment is not supported as an operand; make it a statement of its own
    "#]],
    );
    check(
        "let y = g(x += x);",
        expect![[r#"
        an assignment is not supported as an operand; make it a statement of its own
    "#]],
    );
    check(
        "let y = while n > 0 {};",
        expect![[r#"
        a loop has no value; make it a statement of its own
    "#]],
    );
    check(
        "let y = for i in 0..n {};",
        expect![[r#"
        a loop has no value; make it a statement of its own
    "#]],
    );
    check(
        "let y = -(|v| v);",
        expect![[r#"
            a closure can be bound, called or handed to a function in differentiable code, not stored or returned; write a `#[differentiable]` function
        "#]],
    );
    check(
        "while (if n > 1 { return x } else { true }) {}",
        expect![[r#"
            `return` is not supported in the middle of an expression; make it a statement of its own
            both branches must give a value here
        "#]],
    );
    check(
        "let y = g(x).await;",
        expect![[r#"
        cannot differentiate `.await`; compute the value before and pass it in
    "#]],
    );
    check(
        "let y = async { x };",
        expect![[r#"
        cannot differentiate `async` blocks; compute the value before and pass it in
    "#]],
    );
    check(
        "let y = unsafe { x };",
        expect![[r#"
        cannot see the data flow of `unsafe` code; give the function a rule with `#[differentiable(rule = …)]`
    "#]],
    );
    check(
        "let y = &raw const x;",
        expect![[r#"
        cannot see the data flow through raw pointers; use references
    "#]],
    );
    check(
        "let y = const { 1.0 };",
        expect![[r#"
        this expression is not supported in differentiable code
    "#]],
    );
    check(
        "let y = if x > 0.0 { x };",
        expect![[r#"
        both branches must give a value here
    "#]],
    );
    check(
        "let y = broadcast!(x * (x .+ x));",
        expect![[r#"
        a dotted operation inside an undotted one must be a `broadcast!` of its own
    "#]],
    );
}

#[test]
fn several_mistakes_are_reported_together() {
    check_item(
        "no_gradient(y)",
        "async fn f(x: f64) -> &f64 { let y = unsafe { x }; for v in g(x) { s = v; } *(x = y) }",
        expect![[r#"
            cannot differentiate `async` functions; compute the value before and pass it in
            no parameter has this name; there are `x`
            returning a reference is not supported in differentiable code yet; return the value
            cannot see the data flow of `unsafe` code; give the function a rule with `#[differentiable(rule = …)]`
            the loop cannot see what this iterates over; use a range, `&…`, `….iter()` and the adaptors of iterators, or collect it into a `Vec` in a `let` before
            an assignment is not supported as an operand; make it a statement of its own
        "#]],
    );
}

#[test]
fn mistakes_in_all_methods_of_an_impl_are_reported_together() {
    check_item(
        "",
        "impl Point { fn f(mut self) -> f64 { 1.0 } fn g(&self) -> f64 { unsafe { 1.0 } } }",
        expect![[r#"
            cannot see the data flow of `unsafe` code; give the function a rule with `#[differentiable(rule = …)]`
        "#]],
    );
}

#[test]
fn what_is_supported_has_no_message() {
    check("let y = x * x;", expect![[""]]);
}

#[test]
fn a_function_parameter_changes_nothing() {
    expect![[r#"
        a function that changes its argument cannot be differentiated as a parameter; let it return the new value, or call a `#[differentiable]` function by its name
        the data flow through this `&mut` cannot be seen; borrow a local variable declared with `let mut`, or a `&mut` parameter
    "#]].assert_eq(&super::messages(super::expanded(
        "",
        "fn f(g: impl Fn(&mut f64) -> f64, x: f64) -> f64 { g(&mut x) }",
    )));
}
