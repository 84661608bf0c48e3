//! Structs that borrow: their tangents own what they hold.

use micrograd_core::{Differentiable, Parameters, differentiable};

#[derive(Clone, Copy, Debug, Differentiable)]
struct Series<'a> {
    values: &'a [f64],
    step: f64,
}

impl<'a> Series<'a> {
    #[differentiable]
    fn integral(&self) -> f64 {
        let mut s = 0.0;
        for v in self.values {
            s += v * v;
        }
        s * self.step
    }

    #[differentiable]
    fn at(self, t: f64) -> f64 {
        let i = (t / self.step) as usize;
        let part = t / self.step - i as f64;
        self.values[i] * (1.0 - part) + self.values[i + 1] * part
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Pair<'a, 'b: 'a, T: Clone> {
    first: Series<'a>,
    rest: &'b [T],
    scale: &'a T,
    #[no_gradient]
    name: &'a str,
}

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn area(series: &Series<'_>, k: f64) -> f64 {
    series.values.iter().map(|v| v.sin() * k).sum::<f64>() * square(series.step)
}

#[differentiable]
fn both(pair: &Pair<'_, '_, f64>, t: f64) -> f64 {
    let mut s = square(*pair.scale) * t + pair.first.step;
    for (v, w) in pair.rest.iter().zip(pair.first.values) {
        s += v * w;
    }
    s
}

#[test]
fn what_a_struct_borrows_has_a_cotangent_of_its_own() {
    let values = [0.7, 1.3, 0.4];
    let series = Series {
        values: &values,
        step: 0.5,
    };
    let (value, back) = pullback_area(&series, 1.3);
    let (of_series, dk): (SeriesTangent, f64) = back(1.0);
    assert_eq!(value, area(&series, 1.3));
    let sines: f64 = values.iter().map(|v| v.sin()).sum();
    let cosines: Vec<f64> = values.iter().map(|v| v.cos() * 1.3 * 0.25).collect();
    for (is, should) in of_series.values.iter().zip(&cosines) {
        assert!((is - should).abs() < 1e-15);
    }
    assert!((of_series.step - sines * 1.3).abs() < 1e-15 && (dk - sines * 0.25).abs() < 1e-15);
}

#[test]
fn methods_of_a_struct_that_borrows_have_pullbacks() {
    let values = [0.7, 1.3, 0.4];
    let series = Series {
        values: &values,
        step: 0.5,
    };
    let (_, back) = series.pullback_integral();
    let (whole,) = back(2.0);
    assert_eq!(whole.values, [1.4, 2.6, 0.8]);
    assert!((whole.step - 2.0 * (0.49 + 1.69 + 0.16)).abs() < 1e-14);
    let (_, back) = series.pullback_at(0.625);
    let (part, dt) = back(1.0);
    assert_eq!(part.values, [0.0, 0.75, 0.25]);
    assert!(
        (dt - (0.4 - 1.3) / 0.5).abs() < 1e-15 && (part.step - 0.9 * 0.625 / 0.25).abs() < 1e-12
    );
}

#[test]
fn what_is_lent_for_several_lifetimes_has_cotangents() {
    let values = [0.7, 1.3, 0.4];
    let pair = Pair {
        first: Series {
            values: &values,
            step: 0.5,
        },
        rest: &[1.1, 0.2, 0.6],
        scale: &0.9,
        name: "pair",
    };
    let (_, back) = pullback_both(&pair, 0.7);
    let (tangent, dt) = back(1.0);
    assert_eq!(tangent.rest, values);
    assert_eq!(tangent.first.values, [1.1, 0.2, 0.6]);
    assert_eq!((tangent.first.step, tangent.scale), (1.0, 2.0 * 0.9 * 0.7));
    assert_eq!((dt, pair.name), (0.9 * 0.9, "pair"));
}

#[test]
fn what_is_borrowed_is_no_parameter() {
    let values = [0.7, 1.3, 0.4];
    let mut series = Series {
        values: &values,
        step: 0.5,
    };
    let (mut names, mut tangent) = (Vec::new(), series.zero_tangent());
    let mut visit = |name: &str, _: &[usize], _: micrograd_core::parameters::Leaf<'_>| {
        names.push(name.to_string());
    };
    series.visit_parameters(
        &mut tangent,
        &mut micrograd_core::Name::default(),
        &mut visit,
    );
    assert_eq!(names, ["step"]);
}
