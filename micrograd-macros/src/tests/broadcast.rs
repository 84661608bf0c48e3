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
    check("w * x + b", expect!["w * x + b"]);
}

#[test]
fn a_dotted_operator_is_lazy() {
    check(
        "a .+ b",
        expect!["materialize (& broadcasted (broadcast::Add , & (a) , & (b)))"],
    );
}

#[test]
fn operators_without_a_dot_keep_their_meaning() {
    check(
        "w * x .+ b",
        expect!["materialize (& broadcasted (broadcast::Add , & (w * x) , & (b)))"],
    );
}

#[test]
fn dotted_operators_fuse() {
    check("a .* b .+ c ./ d .- e", expect!["materialize (& broadcasted (broadcast::Sub , & broadcasted (broadcast::Add , & broadcasted (broadcast::Mul , & (a) , & (b)) , & broadcasted (broadcast::Div , & (c) , & (d))) , & (e)))"]);
}

#[test]
fn a_dotted_call_applies_a_function_value() {
    check("relu {}.(a .* b)", expect!["materialize (& broadcasted_function (relu { } , & broadcasted (broadcast::Mul , & (a) , & (b))))"]);
}

#[test]
fn a_reference_is_passed_as_it_is() {
    check(
        "&a .+ b",
        expect!["materialize (& broadcasted (broadcast::Add , & a , & (b)))"],
    );
}

#[test]
fn parentheses_group() {
    check("a .* (b .+ c)", expect!["materialize (& broadcasted (broadcast::Mul , & (a) , & broadcasted (broadcast::Add , & (b) , & (c))))"]);
}

#[test]
fn a_method_is_an_operand() {
    check("a.transpose() .+ b.column(0)", expect!["materialize (& broadcasted (broadcast::Add , & (a . transpose ()) , & (b . column (0))))"]);
}

#[test]
fn a_number_may_stand_on_the_left() {
    check(
        "2.0 .* a",
        expect!["materialize (& broadcasted (broadcast::Mul , & (2.0) , & (a)))"],
    );
}

#[test]
fn a_dot_inside_an_undotted_operation_is_an_error() {
    check(
        "f(a .+ b)",
        expect![[r#"
        a dotted operation inside an undotted one must be a `broadcast!` of its own
    "#]],
    );
}

#[test]
fn a_dotted_operand_of_an_undotted_operator_is_an_error() {
    check(
        "(a .+ b) * c",
        expect![[r#"
        a dotted operation inside an undotted one must be a `broadcast!` of its own
    "#]],
    );
}

#[test]
fn a_minus_sign_may_stand_on_the_right() {
    check(
        "a .* -b",
        expect!["materialize (& broadcasted (broadcast::Mul , & (a) , & (- b)))"],
    );
}
