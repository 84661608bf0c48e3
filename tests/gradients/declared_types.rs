//! Types that only the file tells: aliases, fields of `self`, tuples in fields. Where they are known,
//! numbers need no rules; where names mislead, the compiler must still agree.

use micrograd_core::{check, check_gradient, differentiable};

type Real = f64;
type Matrix = [[Real; 2]; 2];

#[differentiable]
fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let mut c = [[0.0; 2]; 2];
    for i in 0..2 {
        for j in 0..2 {
            let mut sum = 0.0;
            for k in 0..2 {
                sum += a[i][k] * b[k][j];
            }
            c[i][j] = sum;
        }
    }
    c
}

#[differentiable]
fn of_a_list(all: &[Matrix], x: Real) -> Real {
    let mut total = 0.0;
    for i in 0..all.len() {
        let square = product(&all[i], &all[i]);
        total += (square[0][1] * x).sin() + all[i][1][1];
    }
    total
}

#[test]
fn an_alias_is_what_it_stands_for() {
    let a = [[0.5, -0.3], [0.2, 0.9]];
    check_gradient!(product, &a, &[[1.0, 0.4], [0.1, -0.6]]);
    check_gradient!(of_a_list, &vec![a, [[0.1, 0.7], [0.3, 0.2]]], 0.8);
}

#[derive(Clone, Debug, micrograd_core::Differentiable)]
struct Spring {
    stiffness: f64,
    knots: Vec<(usize, f64)>,
    rest: (f64, [f64; 2]),
}

impl Spring {
    #[differentiable]
    fn energy(&self, x: f64) -> f64 {
        let mut total = 0.0;
        for i in 0..self.knots.len() {
            let (power, weight) = self.knots[i];
            let stretch = x - self.rest.0 * self.rest.1[power % 2];
            total += self.stiffness * weight * stretch.powi(power as i32);
        }
        total
    }
}

#[differentiable]
impl Spring {
    fn force(&self, x: f64) -> f64 {
        let mut sum = 0.0;
        for (power, weight) in &self.knots {
            sum += *weight * (self.stiffness * x).sin() * *power as f64;
        }
        sum
    }
}

fn spring() -> Spring {
    Spring {
        stiffness: 0.7,
        knots: vec![(2, 0.5), (3, -0.4)],
        rest: (0.3, [0.9, 1.1]),
    }
}

#[test]
fn fields_of_self_are_known() {
    check::gradient(
        &(spring(), 0.6),
        |(spring, x)| spring.energy(*x),
        |(spring, x)| spring.pullback_energy(*x),
    );
    check::gradient(
        &(spring(), 0.6),
        |(spring, x)| spring.force(*x),
        |(spring, x)| spring.pullback_force(*x),
    );
}

mod elsewhere {
    use micrograd_core::differentiable;

    /// Another type of a name that the file declares as well.
    #[derive(Clone, Debug, micrograd_core::Differentiable)]
    pub struct Spring<T> {
        pub stiffness: T,
    }

    impl Spring<f64> {
        #[differentiable]
        pub fn twice(&self, x: f64) -> f64 {
            2.0 * self.stiffness * x
        }
    }
}

#[test]
fn two_types_of_one_name_are_not_confused() {
    check::gradient(
        &(elsewhere::Spring { stiffness: 0.4 }, 0.6),
        |(spring, x)| spring.twice(*x),
        |(spring, x)| spring.pullback_twice(*x),
    );
}
