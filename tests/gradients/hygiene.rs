//! Names that the emitted code might use itself.

use micrograd_core::{check_gradient, differentiable, gradient};

mod names {
    use micrograd_core::differentiable;

    #[differentiable]
    pub fn seed(seed: f64) -> f64 {
        seed * seed
    }
    #[differentiable]
    pub fn record(record: f64) -> f64 {
        record.sin()
    }
    #[differentiable]
    pub fn back(back: f64) -> f64 {
        back.exp()
    }
    #[differentiable]
    pub fn value(value: f64) -> f64 {
        value + 1.0
    }
    #[differentiable]
    pub fn own_0(own_0: f64) -> f64 {
        own_0 * 3.0
    }
    #[differentiable]
    pub fn d_x(d_x: f64) -> f64 {
        d_x / 2.0
    }
    #[differentiable]
    pub fn pullback(x: f64) -> f64 {
        x * x
    }
    #[differentiable]
    pub fn rrule(x: f64) -> f64 {
        pullback(x) + x
    }
    #[differentiable]
    pub fn x_0(x: f64) -> f64 {
        rrule(x) * x
    }
}

use names::{back, d_x, own_0, record, seed, value, x_0};

#[differentiable]
fn calls_all(x: f64) -> f64 {
    seed(x) * record(x) + back(x) * value(x) - own_0(x) * d_x(x) + x_0(x)
}

#[test]
fn functions_may_be_named_like_generated_variables() {
    check_gradient!(calls_all, 0.4);
}

#[differentiable]
fn variables(seed: f64, record: f64, back: f64, value: f64, own_0: f64, d_x: f64) -> f64 {
    let tape = seed * record;
    let mut cotangent0 = tape * back;
    let argument0 = value + own_0;
    let x_1 = d_x;
    for t in 0..3 {
        cotangent0 += argument0 * x_1 * t as f64 * cotangent0;
    }
    let t_1 = cotangent0;
    let this = t_1 * seed;
    if this > value {
        this * back
    } else {
        this + record * own_0
    }
}

#[test]
fn variables_may_be_named_like_generated_ones() {
    check_gradient!(variables, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6);
}

#[differentiable]
#[allow(non_snake_case)]
fn shadows_std(std: f64, core: f64, Vec: f64, Fn: f64, micrograd_core: f64, drop: f64) -> f64 {
    let Clone = std * core;
    let Default = Vec + Fn;
    let f64 = micrograd_core * drop;
    let None_ = Clone * Default;
    let usize = None_ * f64;
    usize + f64
}

#[test]
fn variables_may_shadow_names_of_std() {
    check_gradient!(shadows_std, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6);
}

mod shadowed_types {
    #![allow(dead_code, non_camel_case_types)]
    use micrograd_core::differentiable;

    pub struct Option;
    pub struct Vec;
    pub struct Box;
    pub struct Either;
    pub struct Left;
    pub trait Clone {}
    pub trait Default {}
    pub trait Sized {}
    pub mod core {}
    pub mod std {}
    pub fn drop() {}

    #[differentiable]
    pub fn surrounded(x: f64, v: &[f64], n: usize) -> f64 {
        let mut s = x.exp();
        for i in 0..n {
            if v[i] > 0.0 {
                s *= v[i].sin() * s.cos();
            } else {
                s -= x.exp() * s;
            }
        }
        s
    }
}

#[test]
fn a_module_may_define_types_with_names_of_the_prelude() {
    check_gradient!(
        shadowed_types::surrounded,
        0.4,
        &vec![0.5, -0.5, 0.3],
        3usize
    );
}

mod shadowed_fn {
    #![allow(dead_code)]
    #[allow(unused_imports)]
    use micrograd_core::differentiable;

    pub trait Fn {}

    #[differentiable]
    pub fn beside_a_trait_fn(x: f64) -> f64 {
        x.exp()
    }
}

#[test]
fn a_module_may_define_a_trait_fn() {
    check_gradient!(shadowed_fn::beside_a_trait_fn, 0.4);
}

#[differentiable]
fn raw(r#type: f64, r#match: &[f64]) -> f64 {
    let r#loop = r#type * r#match[0];
    r#loop * r#type
}

#[test]
fn raw_identifiers_are_names() {
    check_gradient!(raw, 0.4, &vec![2.0]);
}

#[differentiable]
fn r#move(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn calls_raw(x: f64) -> f64 {
    r#move(x) + 1.0
}

#[test]
fn a_function_may_have_a_raw_name() {
    check_gradient!(calls_raw, 0.4);
}

#[differentiable]
#[allow(non_snake_case)]
fn greek(λ: f64, Δx: f64, naïve_θ: f64) -> f64 {
    let äußere = λ * Δx;
    äußere * äußere + naïve_θ * äußere
}

#[test]
fn names_need_not_be_ascii() {
    check_gradient!(greek, 0.4, 0.5, 0.6);
}

/// Functions that a user's macro writes.
macro_rules! scaled {
    ($name:ident, $factor:expr) => {
        #[differentiable]
        fn $name(x: f64, y: f64) -> f64 {
            let z = x * $factor;
            let w = z * y;
            w * z
        }
    };
}
scaled!(doubled, 2.0);
scaled!(tripled, 1.0 + 2.0);

#[test]
fn a_users_macro_may_write_differentiable_functions() {
    check_gradient!(doubled, 0.4, 0.3);
    check_gradient!(tripled, 0.4, 0.3);
}

#[differentiable]
fn underscores(_: f64, _x: f64, __: f64) -> f64 {
    let _y = _x * __;
    let _ = _y * 2.0;
    _y * _x
}

#[test]
fn names_may_begin_with_an_underscore() {
    check_gradient!(underscores, 0.1, 0.4, 0.3);
}

mod inside_a_function {
    use micrograd_core::{check_gradient, differentiable};

    #[test]
    fn a_function_in_a_function_body_may_be_differentiable() {
        #[differentiable]
        fn local(x: f64) -> f64 {
            x * helper(x)
        }
        #[differentiable]
        fn helper(x: f64) -> f64 {
            x.sin()
        }
        check_gradient!(local, 0.5);
    }
}

mod no_prelude_rules {
    //! Rules need no import.
    #[::micrograd_core::differentiable]
    pub fn without_imports(x: f64, v: &[f64]) -> f64 {
        x.sin() * v.len() as f64 + v.to_vec()[0] * x.powi(2).sqrt()
    }
}

#[test]
fn no_import_is_needed_for_rules() {
    check_gradient!(no_prelude_rules::without_imports, 0.5, &vec![0.3]);
}

mod numbered {
    //! The first parameters, whose numbers are those of what a loop carries and of the arguments of a call.
    use micrograd_core::differentiable;

    #[differentiable]
    pub fn sums(next: f64, n: usize) -> f64 {
        let mut sum = 0.0;
        for i in 0..n {
            sum += next * (next * i as f64).exp();
        }
        sum
    }

    #[differentiable]
    pub fn carried(next: f64, x: f64, n: usize) -> f64 {
        let (mut a, mut b) = (x, x * x);
        for _ in 0..n {
            a = (a * b).sin();
            b = next;
        }
        a * b
    }

    #[differentiable]
    pub fn product(a: f64, b: f64) -> f64 {
        a * b.sin()
    }

    #[differentiable]
    pub fn twice(x: f64, own: f64) -> f64 {
        product(own, own) * x
    }

    #[differentiable]
    pub fn elements(v: &[f64], n: usize) -> f64 {
        let mut sum = 0.0;
        for i in 0..n {
            let along = v[i];
            let d_along = v[i + 1];
            sum += along * along.sin() * d_along;
        }
        sum
    }
}

#[test]
fn variables_may_be_called_as_those_of_loops_and_calls() {
    check_gradient!(numbered::sums, 0.7, 3);
    let (expected, whole) = (
        numbered::pullback_sums(0.7, 3).1(1.0),
        gradient!(numbered::sums, 0.7, 3).1,
    );
    assert!((whole.0 - expected.0).abs() < 1e-12);
    check_gradient!(numbered::carried, 0.7, 0.4, 3);
    check_gradient!(numbered::twice, 0.7, 0.4);
    check_gradient!(numbered::elements, &[0.3, 0.7, 0.2, 0.9], 3);
}

mod extended {
    use micrograd_core::differentiable;

    /// Another trait gives vectors a method of the same name.
    pub trait Grow<T> {
        fn extend(&mut self, other: T);
        fn push(&mut self, other: T);
    }

    impl<A> Grow<A> for Vec<A> {
        fn extend(&mut self, other: A) {
            self.insert(0, other);
        }
        fn push(&mut self, other: A) {
            self.insert(0, other);
        }
    }

    #[differentiable]
    pub fn horner(x: &[f64], w: f64) -> f64 {
        let mut s = w;
        for i in 0..x.len() {
            s = s * x[i] + w;
        }
        s
    }
}

#[test]
fn methods_of_the_standard_library_are_meant() {
    let mut x = vec![0.4];
    extended::Grow::extend(&mut x, 1.2);
    extended::Grow::push(&mut x, -0.3);
    check_gradient!(extended::horner, &x, 0.5);
}
