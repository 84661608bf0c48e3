//! `Option` in fields, parameters and variables: `if let`, `let else`, `match`, `Some(…)`.

use micrograd_core::{Differentiable, check, check_gradient, differentiable};

#[derive(Clone, Differentiable)]
struct Spring {
    stiffness: f64,
    damping: Option<f64>,
    rest: Option<(f64, f64)>,
}

#[differentiable]
fn force(spring: &Spring, x: f64, v: f64) -> f64 {
    let mut f = -spring.stiffness * x;
    if let Some(c) = spring.damping {
        f -= c * v;
    }
    if let Some((low, high)) = &spring.rest {
        f += low * high;
    } else {
        f *= 2.0;
    }
    match spring.damping {
        Some(c) if c > 0.2 => f * c,
        Some(_) => f + 1.0,
        None => f * f,
    }
}

#[differentiable]
fn squared(x: Option<f64>, y: f64) -> Option<f64> {
    let Some(x) = x else {
        return None;
    };
    Some(x * x * y)
}

#[differentiable]
fn chosen(x: f64, y: f64, first: bool) -> f64 {
    let picked = if first { Some(x * y) } else { None };
    let mut s = y;
    for _ in 0..2 {
        if let Some(p) = picked {
            s *= p;
        }
    }
    s
}

#[test]
fn what_is_inside_an_option_is_differentiated() {
    for (damping, rest) in [
        (Some(0.3), Some((0.5, 0.7))),
        (Some(0.1), None),
        (None, Some((0.5, 0.7))),
        (None, None),
    ] {
        let spring = Spring {
            stiffness: 1.3,
            damping,
            rest,
        };
        check::gradient(
            &(spring, 0.4, 0.9),
            |(s, x, v)| force(s, *x, *v),
            |(s, x, v)| pullback_force(s, *x, *v),
        );
    }
}

#[test]
fn let_else_leaves_the_pullback() {
    assert!(pullback_squared(None, 2.0).is_none());
    let (value, back) = pullback_squared(Some(3.0), 2.0).unwrap();
    assert_eq!((value, back(1.0)), (18.0, (Some(12.0), 9.0)));
}

#[test]
fn an_option_may_be_made() {
    check_gradient!(chosen, 0.4, 0.7, true);
    check_gradient!(chosen, 0.4, 0.7, false);
}

mod flattened {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct Grid {
        cells: Vec<Option<f64>>,
        near: [Option<usize>; 3],
        rows: Vec<Vec<f64>>,
    }

    #[differentiable]
    fn f(x: f64, grid: &Grid, p: &[Option<f64>]) -> f64 {
        let given: Vec<Option<f64>> = vec![Some(x), None, Some(x * x)];
        let squares: f64 = given.iter().flatten().map(|x| x * x).sum();
        let sum: f64 = p.iter().flatten().sum();
        let mut total = 0.0;
        for cell in grid.cells.iter().flatten() {
            total += cell * cell * x;
        }
        for &k in grid.near.iter().flatten() {
            total += grid.cells[k].unwrap_or(x);
        }
        let rows: f64 = grid.rows.iter().flatten().map(|x| x * x).sum();
        let kept: Vec<f64> = given.into_iter().flatten().collect();
        squares * sum + total + rows * kept[1]
    }

    #[test]
    fn options_may_be_flattened_as_vectors_are() {
        let grid = Grid {
            cells: vec![Some(2.0), None, Some(0.3)],
            near: [Some(0), None, Some(1)],
            rows: vec![vec![1.0], vec![2.0, 3.0]],
        };
        check_gradient!(f, 0.3, &grid, &[Some(0.2), None, Some(0.7)]);
    }
}
