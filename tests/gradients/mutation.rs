//! Variables that are changed in part, `&mut` parameters, methods that change `self`.
use micrograd_core::{Differentiable, check, check_gradient, differentiable};

#[differentiable]
fn heat(u0: &[f64], k: f64, steps: usize) -> f64 {
    let n = u0.len();
    let mut u = vec![0.0; n];
    for i in 0..n {
        u[i] = u0[i];
    }
    for _ in 0..steps {
        let mut next = vec![0.0; n];
        for i in 1..n - 1 {
            next[i] = u[i] + k * (u[i - 1] - 2.0 * u[i] + u[i + 1]) * u[i];
        }
        u = next;
    }
    let mut s = 0.0;
    for v in &u {
        s += v * v;
    }
    s
}

#[derive(Clone, Copy, Differentiable)]
struct Body {
    position: [f64; 2],
    velocity: [f64; 2],
    mass: f64,
}

#[differentiable]
fn energy(b: &Body) -> f64 {
    0.5 * b.mass * (b.velocity[0] * b.velocity[0] + b.velocity[1] * b.velocity[1])
        - 1.0 / b.position[0].hypot(b.position[1])
}

#[differentiable]
fn orbit(start: Body, dt: f64, steps: usize) -> f64 {
    let mut body = start;
    let before = energy(&body);
    for _ in 0..steps {
        let r = body.position[0].hypot(body.position[1]);
        for d in 0..2 {
            body.velocity[d] -= dt * body.position[d] / (r * r * r);
        }
        for d in 0..2 {
            body.position[d] += dt * body.velocity[d];
        }
    }
    body.mass *= body.mass;
    energy(&body) * before
}

#[differentiable]
fn relax(u: &mut [f64], k: f64) {
    for i in 1..u.len() {
        u[i] = u[i] + k * u[i - 1] * u[i];
    }
}

#[differentiable]
fn bump(x: &mut f64, by: f64) -> f64 {
    *x += by * *x;
    *x * 2.0
}

#[differentiable]
fn caller(x: &[f64], k: f64) -> f64 {
    let mut u = x.to_vec();
    relax(&mut u, k);
    relax(&mut u, 0.5);
    let mut a = u[0] * k;
    let t = bump(&mut a, k);
    u.swap(0, 1);
    let mut stack = vec![a];
    for i in 0..u.len() {
        let top = stack[i];
        stack.push(top * u[i]);
    }
    let (mut p, mut q) = (k, a);
    std::mem::swap(&mut p, &mut q);
    p = p * 3.0 + q;
    stack[u.len()] * t + a + p - q
}

#[differentiable]
fn overwrite(x: &[f64], y: &[f64]) -> f64 {
    let mut a = [x[0], x[1]];
    let before = a[0] * a[1];
    a[0] = y[1] * y[0] * a[0];
    let after = a[0] * a[1];
    a[1] = 3.0;
    before * after + a[1] * a[0]
}

#[test]
fn old_values_are_kept_and_overwritten_cotangents_dropped() {
    let x = vec![0.5, 0.2, 0.9, 1.4, 0.1];
    check_gradient!(heat, &x, 0.3, 3usize);
    check_gradient!(heat, &x, 0.3, 0usize);
    let body = Body {
        position: [1.0, 0.2],
        velocity: [0.1, 0.9],
        mass: 1.3,
    };
    check::gradient(
        &(body, 0.05),
        |&(b, dt)| orbit(b, dt, 4),
        |&(b, dt)| {
            let (v, back) = pullback_orbit(b, dt, 4);
            (v, move |d| {
                let (b, dt, _) = back(d);
                (b, dt)
            })
        },
    );
    check_gradient!(caller, &x, 0.7);
    check_gradient!(overwrite, &x, &vec![0.7, 0.3]);
}

#[test]
fn the_final_value_of_a_mutable_parameter_is_an_output() {
    let mut u = [1.0, 2.0, 3.0];
    let (_, back) = pullback_relax(&mut u, 0.5);
    assert_eq!(u, [1.0, 3.0, 7.5]);
    let (du, dk) = back(vec![0.0, 0.0, 1.0]);
    let f = |u0: f64, u1: f64, u2: f64, k: f64| {
        let mut u = [u0, u1, u2];
        relax(&mut u, k);
        u[2]
    };
    let h = 1e-6;
    assert!(
        (dk - (f(1.0, 2.0, 3.0, 0.5 + h) - f(1.0, 2.0, 3.0, 0.5 - h)) / (2.0 * h)).abs() < 1e-6
    );
    assert!(
        (du[0] - (f(1.0 + h, 2.0, 3.0, 0.5) - f(1.0 - h, 2.0, 3.0, 0.5)) / (2.0 * h)).abs() < 1e-6
    );
    let mut x = 3.0;
    let (y, back) = pullback_bump(&mut x, 2.0);
    assert_eq!((x, y), (9.0, 18.0));
    assert_eq!(back(1.0, 10.0), (36.0, 36.0));
}

#[derive(Clone, Differentiable)]
struct Pendulum {
    angle: f64,
    speed: f64,
    trail: Vec<f64>,
}

impl Pendulum {
    #[differentiable]
    fn step(&mut self, dt: f64, g: f64) {
        self.speed -= dt * g * self.angle.sin();
        self.angle += dt * self.speed;
        self.trail.push(self.angle);
    }

    #[differentiable]
    fn energy(&self, g: f64) -> f64 {
        0.5 * self.speed * self.speed - g * self.angle.cos()
    }

    #[differentiable]
    fn run(&mut self, dt: f64, g: f64, steps: usize) -> f64 {
        let before = self.energy(g);
        for _ in 0..steps {
            self.step(dt, g);
        }
        before * self.energy(g) + self.trail[1]
    }
}

#[differentiable]
fn swing(angle: f64, g: f64) -> f64 {
    let mut p = Pendulum {
        angle,
        speed: g * 0.1,
        trail: vec![angle],
    };
    let e = p.run(0.1, g, 3);
    p.step(0.2, g);
    e + p.energy(g) * p.trail[4]
}

#[test]
fn methods_that_change_self() {
    check_gradient!(swing, 0.7, 9.81);
    let mut p = Pendulum {
        angle: 0.5,
        speed: 0.1,
        trail: vec![],
    };
    let (_, back) = p.pullback_step(0.1, 9.81);
    let (dp, _, dg) = back(PendulumTangent {
        angle: 1.0,
        speed: 0.0,
        trail: vec![0.0],
    });
    let f = |angle: f64, g: f64| {
        let mut p = Pendulum {
            angle,
            speed: 0.1,
            trail: vec![],
        };
        p.step(0.1, g);
        p.angle
    };
    let h = 1e-6;
    assert!((dp.angle - (f(0.5 + h, 9.81) - f(0.5 - h, 9.81)) / (2.0 * h)).abs() < 1e-6);
    assert!((dg - (f(0.5, 9.81 + h) - f(0.5, 9.81 - h)) / (2.0 * h)).abs() < 1e-6);
}

#[differentiable]
fn elements_of_a_matrix(m: &nalgebra::DMatrix<f64>, k: f64) -> f64 {
    let mut a = m.clone();
    a[(0, 1)] = 2.0 * k;
    for i in 0..2 {
        a[(i, 0)] *= a[(0, 1)] + m[(1, i)];
    }
    let mut b = a.clone() * k;
    let before = b[(1, 0)];
    b = &a * &b;
    b[(1, 1)] += before;
    a[(0, 0)] * b[(1, 1)] + b[(0, 1)]
}

#[differentiable]
fn one_element_of_a_matrix(m: &nalgebra::DMatrix<f64>) -> f64 {
    let mut a = m.clone();
    a[(0, 1)] = 2.0;
    a[(0, 1)] * m[(0, 1)]
}

#[test]
fn elements_of_a_matrix_may_be_assigned() {
    let m = nalgebra::DMatrix::from_row_slice(2, 2, &[0.3, -0.7, 0.2, 0.9]);
    check_gradient!(elements_of_a_matrix, &m, 0.7);
    check_gradient!(one_element_of_a_matrix, &m);
}

#[differentiable]
fn weighted_total(v: &[f64], c: f64) -> f64 {
    v.iter().map(|x| x * c).sum()
}

#[differentiable]
fn grow(v: &mut Vec<f64>, c: f64) {
    let s = weighted_total(v, c);
    v[0] += s;
    v.push(s * weighted_total(v, 2.0));
    double_all(v);
    double_all(&mut *v);
}

#[differentiable]
fn double_all(v: &mut Vec<f64>) {
    for x in v.iter_mut() {
        *x *= 2.0;
    }
}

#[differentiable]
fn grown(x: f64, c: f64) -> f64 {
    let mut v = vec![x, x * x];
    grow(&mut v, c);
    weighted_total(&v, x)
}

#[test]
fn a_mutable_parameter_is_lent_shared_by_its_name() {
    check_gradient!(grown, 1.4, 0.7);
}
