//! The dot syntax of `broadcast!`.

use expect_test::{expect, Expect};

fn check(input: &str, expected: Expect) {
    let tokens = crate::broadcast::expand(input.parse().expect("the input is tokens"));
    let text = match super::messages(tokens.clone()) {
        none if none.is_empty() => tokens
            .to_string()
            .replace(":: micrograd_core :: ", "")
            .replace(" :: ", "::"),
        messages => messages,
    };
    expected.assert_eq(&text);
}

#[test]
fn without_a_dot_nothing_changes() {
    check("w * x + b", expect![[]]);
}

#[test]
fn a_dotted_operator_is_lazy() {
    check("a .+ b", expect![[]]);
}

#[test]
fn operators_without_a_dot_keep_their_meaning() {
    check("w * x .+ b", expect![[]]);
}

#[test]
fn dotted_operators_fuse() {
    check("a .* b .+ c ./ d .- e", expect![[]]);
}

#[test]
fn a_dotted_call_applies_a_function_value() {
    check("relu {}.(a .* b)", expect![[]]);
}

#[test]
fn a_reference_is_passed_as_it_is() {
    check("&a .+ b", expect![[]]);
}

#[test]
fn parentheses_group() {
    check("a .* (b .+ c)", expect![[]]);
}

#[test]
fn a_method_is_an_operand() {
    check("a.transpose() .+ b.column(0)", expect![[]]);
}

#[test]
fn a_number_may_stand_on_the_left() {
    check("2.0 .* a", expect![[]]);
}

#[test]
fn a_dot_inside_an_undotted_operation_is_an_error() {
    check("f(a .+ b)", expect![[]]);
}

#[test]
fn a_dotted_operand_of_an_undotted_operator_is_an_error() {
    check("(a .+ b) * c", expect![[]]);
}

#[test]
fn a_minus_sign_may_stand_on_the_right() {
    check("a .* -b", expect![[]]);
}
