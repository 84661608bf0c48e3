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

trait Model {
    type State;
    const AT_REST: Self::State;
}

// What this model calls its state is not the struct of that name.
impl Model for () {
    type State = f64;
    const AT_REST: f64 = 0.7;
}

#[derive(Clone, Debug, micrograd_core::Differentiable)]
struct State {
    angle: f64,
    speed: f64,
}

#[differentiable]
fn total_energy(states: &[State], mass: f64) -> f64 {
    let mut total = 0.0;
    for i in 0..states.len() {
        let state = &states[i];
        total += mass * state.speed * state.speed - state.angle.cos();
    }
    total
}

#[test]
fn an_associated_type_is_no_alias() {
    let state = State {
        angle: 0.3,
        speed: -0.8,
    };
    check_gradient!(
        total_energy,
        &vec![state.clone(), state.clone()],
        <() as Model>::AT_REST
    );
}

mod over_any_number {
    use micrograd_core::{Scalar, differentiable};

    #[differentiable]
    pub fn product_and_sum<Real: Scalar>(x: Real, y: Real) -> Real {
        x * y + x
    }
}

#[test]
fn a_type_parameter_is_no_alias() {
    check::gradient(
        &(0.3, 0.4),
        |(x, y)| over_any_number::product_and_sum(*x, *y),
        |(x, y)| over_any_number::pullback_product_and_sum(*x, *y),
    );
}

#[derive(Clone, Debug, micrograd_core::Differentiable)]
struct Filter {
    rounds: usize,
    sign: i32,
    is_on: bool,
    seen: Vec<usize>,
    last: (usize, f64),
    counts: [usize; 2],
    weights: Vec<f64>,
    state: f64,
    #[no_gradient]
    rate: f64,
    #[no_gradient]
    samples: Vec<f64>,
}

impl Filter {
    #[differentiable]
    fn step(&mut self, x: f64) -> f64 {
        self.rounds += 1;
        self.sign = -self.sign;
        self.is_on = !self.is_on;
        self.seen.push(self.rounds);
        self.seen[0] += 2;
        let last = self.seen.pop().unwrap();
        self.last.0 += 1;
        self.last.1 += x;
        self.counts[0] = self.rounds;
        self.rate *= 0.9;
        self.samples[0] = 2.0;
        if self.is_on {
            self.state += x * self.rate;
        }
        self.state * self.last.1 * self.sign as f64 + self.weights[self.counts[0] % 2] * last as f64
    }

    #[differentiable]
    fn reset(&mut self) {
        self.rounds = 0;
        self.last = (0, 0.5);
        self.rate = self.state;
        self.samples[1] = self.weights[0];
        self.state = 0.0;
    }

    #[differentiable]
    fn response(&self, x: f64) -> f64 {
        let mut total = 0.0;
        for i in 0..self.samples.len() {
            total += (self.samples[i] * x).exp() * self.weights[i] * self.rate;
        }
        for i in 0..self.samples.len() {
            total *= 1.0 + self.samples[i] * self.seen[i] as f64;
        }
        total
    }
}

#[differentiable]
fn filtered(filter: &Filter, x: f64) -> f64 {
    let mut filter = filter.clone();
    let first = filter.step(x);
    let second = filter.step(x * first);
    let response = filter.response(second);
    filter.reset();
    first * second + response + filter.last.1 * x
}

#[test]
fn integers_and_excluded_fields_have_no_tangent() {
    let filter = Filter {
        rounds: 1,
        sign: 1,
        is_on: false,
        seen: vec![3, 1],
        last: (1, 0.2),
        counts: [1, 2],
        weights: vec![0.3, 0.8],
        state: 0.7,
        rate: 0.3,
        samples: vec![0.5, 0.6],
    };
    check_gradient!(filtered, &filter, 0.4);
    check::gradient(
        &(filter, 0.6),
        |(filter, x)| filter.response(*x),
        |(filter, x)| filter.pullback_response(*x),
    );
}

#[derive(Clone, Debug, micrograd_core::Differentiable)]
struct Bell {
    height: f64,
    #[no_gradient]
    width: f64,
    #[no_gradient]
    knots: Vec<f64>,
    #[no_gradient]
    shift: (f64, usize),
}

impl Bell {
    #[differentiable]
    fn at(&self, x: f64) -> f64 {
        let mut y = self.width;
        y *= x;
        let knots = self.knots.clone();
        let r = x * self.width.powi(2) - self.shift.0 * knots[self.shift.1] + y;
        self.height * (-r * r).exp()
    }
}

#[test]
fn excluded_fields_are_read_by_rules() {
    let bell = Bell {
        height: 1.5,
        width: 0.8,
        knots: vec![0.3, 0.6],
        shift: (0.4, 1),
    };
    let (value, back) = bell.pullback_at(0.7);
    assert_eq!(value, bell.at(0.7));
    let (d, dx) = back(1.0);
    let numeric = (bell.at(0.7 + 1e-6) - bell.at(0.7 - 1e-6)) / 2e-6;
    assert!((dx - numeric).abs() < 1e-8, "{dx} {numeric}");
    assert!((d.height - value / 1.5).abs() < 1e-15);
}
