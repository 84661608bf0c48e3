//! Enums with payloads, and patterns of every kind.
use micrograd_core::{Differentiable, check_gradient, differentiable};

#[derive(Clone, Debug, Differentiable)]
enum Shape {
    Circle(f64),
    Rectangle { width: f64, height: f64 },
    Polygon(Vec<(f64, f64)>),
    Empty,
}

use Shape::Circle;

impl Shape {
    #[differentiable]
    fn area(&self) -> f64 {
        match self {
            Shape::Circle(r) => std::f64::consts::PI * r * r,
            Self::Rectangle { width, height } => width * height,
            Shape::Polygon(points) => {
                let mut twice = 0.0;
                for i in 0..points.len() {
                    let (a, b) = (points[i], points[(i + 1) % points.len()]);
                    twice += a.0 * b.1 - b.0 * a.1;
                }
                twice * 0.5
            }
            Shape::Empty => 0.0,
        }
    }

    #[differentiable]
    fn scaled(&self, by: f64) -> Self {
        match self {
            Shape::Circle(r) => Shape::Circle(r * by),
            Shape::Rectangle { width: w, height } => Shape::Rectangle {
                width: w * by,
                height: height * by,
            },
            Shape::Polygon(points) => {
                Shape::Polygon(points.iter().map(|(x, y)| (x * by, y * by)).collect())
            }
            Shape::Empty => Shape::Empty,
        }
    }

    #[differentiable]
    fn grow(&mut self, by: f64) {
        match self {
            Shape::Circle(r) => *r += by,
            Shape::Rectangle { width, .. } => *width *= by,
            _ => {}
        }
    }
}

#[differentiable]
fn total(shapes: &[Shape], by: f64) -> f64 {
    shapes
        .iter()
        .map(|shape| shape.scaled(by).area())
        .sum::<f64>()
        * by
}

#[differentiable]
fn imported(shape: &Shape) -> f64 {
    if let Circle(r) = shape {
        return r.sin();
    }
    if let Shape::Rectangle { width, height: h } = shape
        && *h > 1.0
    {
        return width / h;
    }
    1.0
}

#[differentiable]
fn pairs(a: &Shape, b: &Shape) -> f64 {
    match (a, b) {
        (Shape::Circle(r), Shape::Circle(s)) if r > s => r * s * s,
        (Shape::Circle(r), Shape::Circle(s)) => r - s,
        (Shape::Circle(x), Shape::Rectangle { width: y, .. })
        | (Shape::Rectangle { width: y, .. }, Shape::Circle(x)) => x * x * y,
        (_, Shape::Empty) | (Shape::Empty, _) => -1.0,
        _ => 7.0,
    }
}

#[differentiable]
fn grown(radius: f64, by: f64) -> f64 {
    let mut shape = Shape::Circle(radius * radius);
    shape.grow(by);
    let before = shape.area();
    shape = Shape::Rectangle {
        width: before,
        height: by,
    };
    shape.grow(radius);
    shape.area() - before
}

#[derive(Clone, Differentiable)]
enum Tree {
    Leaf(f64),
    Sum(Box<Tree>, Box<Tree>),
    Product { left: Box<Tree>, right: Box<Tree> },
}

#[differentiable]
fn value(tree: &Tree, x: f64) -> f64 {
    match tree {
        Tree::Leaf(c) => c * x,
        Tree::Sum(a, b) => value(a, x) + value(b, x * 2.0),
        Tree::Product { left, right } => value(left, x) * value(right, x),
    }
}

#[derive(Clone, Copy, Differentiable)]
enum Model<T> {
    Constant(T),
    Linear { slope: T, offset: T },
}

#[differentiable]
fn evaluated<T: micrograd_core::Scalar>(model: Model<T>, x: T) -> T {
    match model {
        Model::Constant(c) => c,
        Model::Linear { slope, offset } => slope * x + offset,
    }
}

#[differentiable]
fn bound(x: &[f64], n: i32) -> f64 {
    let [first, .., last] = x else {
        return 0.0;
    };
    let tail = match x {
        [] => 0.0,
        [one] => *one,
        [a, b] => a * b,
        [a, rest @ ..] => a * rest[0] * rest[rest.len() - 1],
    };
    let factor = match n {
        small @ 1..=3 => small as f64,
        0 | -1 => 0.5,
        other if other > 10 => first * 2.0,
        _ => *last,
    };
    (first - last) * tail * factor
}

#[differentiable]
fn flags(x: f64, y: f64) -> f64 {
    match (x > 0.0, y > 1.0) {
        (true, true) => x * y,
        (true, false) => x - y * y,
        (false, big) => {
            if big {
                y
            } else {
                x * x
            }
        }
    }
}

#[differentiable]
fn failing(x: f64) -> Result<f64, String> {
    if x < 0.0 {
        return Err(format!("{x} is negative"));
    }
    Ok(x.sqrt())
}

#[differentiable]
fn present(x: f64) -> Option<f64> {
    (x > 1.0).then_some(x)?;
    if x > 3.0 { Some(x.ln()) } else { None }
}

#[differentiable]
fn options(x: f64, y: f64) -> f64 {
    let a = match failing(x) {
        Ok(root) => root * y,
        Err(_) => x * x,
    };
    let b = failing(y).unwrap_or(x);
    let c = present(x * y).map_or(a, |log| log * b);
    let maybe = present(y);
    let d = if let Some(log) = maybe { log } else { y };
    let e = present(x).unwrap_or_else(|| a * y);
    a + b * c - d * e + failing(x * x).unwrap() * failing(y * y).expect("not negative")
}

#[differentiable]
fn questions(x: f64, y: f64) -> Result<f64, String> {
    let a = failing(x)?;
    let b = present(y).ok_or("no y")?;
    let c = present(y).ok_or_else(|| format!("no {y}"))?;
    let d = failing(y - 4.0).map_err(|error| format!("d: {error}"))?;
    let kept = if x > 2.0 { Some(a * b) } else { None };
    let e = kept.ok_or("small")?;
    failing(a * b + c * d + e)
}

#[differentiable]
fn best(x: &[f64]) -> Option<f64> {
    let mut best = None;
    for &v in x {
        let w = v * v * (3.0 - v);
        best = match best {
            Some(b) if b > w => Some(b),
            _ => Some(w),
        };
    }
    best
}

#[test]
fn each_variant_has_its_own_derivative() {
    let shapes = [
        Shape::Circle(1.5),
        Shape::Rectangle {
            width: 2.0,
            height: 3.0,
        },
        Shape::Polygon(vec![(0.0, 0.0), (2.0, 0.1), (1.5, 2.0), (-0.5, 1.0)]),
        Shape::Empty,
    ];
    let (area, back) = pullback_total(&shapes, 1.3);
    assert_eq!(area, total(&shapes, 1.3));
    let (dshapes, dby) = back(1.0);
    let pi = std::f64::consts::PI;
    assert!((dby - 3.0 * area / 1.3).abs() < 1e-12);
    let factor = 1.3_f64.powi(3);
    assert!(
        matches!(dshapes[0], ShapeTangent::Circle(d) if (d - 2.0 * pi * 1.5 * factor).abs() < 1e-12)
    );
    assert!(
        matches!(dshapes[1], ShapeTangent::Rectangle { width, height } if (width - 3.0 * factor).abs() < 1e-12 && (height - 2.0 * factor).abs() < 1e-12)
    );
    let ShapeTangent::Polygon(points) = &dshapes[2] else {
        panic!("another variant")
    };
    assert!((points[0].0 - (0.1 - 1.0) * 0.5 * factor).abs() < 1e-12);
    assert!(matches!(dshapes[3], ShapeTangent::Empty));
}

#[test]
fn variants_are_matched_where_they_are_imported() {
    let shape = Shape::Circle(0.4);
    let (value, back) = pullback_imported(&shape);
    assert_eq!(value, 0.4_f64.sin());
    assert!(matches!(back(2.0).0, ShapeTangent::Circle(d) if d == 2.0 * 0.4_f64.cos()));
    let shape = Shape::Rectangle {
        width: 3.0,
        height: 2.0,
    };
    let (value, back) = pullback_imported(&shape);
    assert_eq!(value, 1.5);
    assert!(
        matches!(back(1.0).0, ShapeTangent::Rectangle { width, height } if width == 0.5 && height == -0.75)
    );
}

#[test]
fn two_enums_are_matched_together() {
    let circle = |r| Shape::Circle(r);
    let rectangle = Shape::Rectangle {
        width: 3.0,
        height: 1.0,
    };
    let radius = |d: &ShapeTangent| match d {
        ShapeTangent::Circle(d) => *d,
        other => panic!("{other:?}"),
    };
    let (one, two, three) = (circle(1.0), circle(2.0), circle(3.0));
    let (value, back) = pullback_pairs(&three, &two);
    let (da, db) = back(1.0);
    assert_eq!((value, radius(&da), radius(&db)), (12.0, 4.0, 12.0));
    let (value, back) = pullback_pairs(&one, &two);
    let (da, db) = back(1.0);
    assert_eq!((value, radius(&da), radius(&db)), (-1.0, 1.0, -1.0));
    for swapped in [false, true] {
        let (a, b) = if swapped {
            (rectangle.clone(), circle(2.0))
        } else {
            (circle(2.0), rectangle.clone())
        };
        let (value, back) = pullback_pairs(&a, &b);
        let (da, db) = back(1.0);
        let (dc, dr) = if swapped { (db, da) } else { (da, db) };
        assert_eq!((value, radius(&dc)), (12.0, 12.0));
        assert!(matches!(dr, ShapeTangent::Rectangle { width, .. } if width == 4.0));
    }
    assert_eq!(pullback_pairs(&Shape::Empty, &rectangle).0, -1.0);
    assert_eq!(pullback_pairs(&rectangle, &rectangle).0, 7.0);
}

#[test]
fn a_variant_is_changed_in_place() {
    check_gradient!(grown, 1.2, 0.7);
}

#[test]
fn an_enum_may_contain_itself() {
    let leaf = |c| Box::new(Tree::Leaf(c));
    let tree = Tree::Product {
        left: Box::new(Tree::Sum(leaf(2.0), leaf(3.0))),
        right: leaf(5.0),
    };
    let (value, back) = pullback_value(&tree, 0.5);
    // (2x + 6x) · 5x = 40x²
    assert_eq!(value, 10.0);
    let (dtree, dx) = back(1.0);
    assert_eq!(dx, 40.0);
    let TreeTangent::Product { left, right } = dtree else {
        panic!("another variant")
    };
    assert!(matches!(*right, TreeTangent::Leaf(d) if d == 2.0));
    let TreeTangent::Sum(a, b) = *left else {
        panic!("another variant")
    };
    assert!(
        matches!((*a, *b), (TreeTangent::Leaf(a), TreeTangent::Leaf(b)) if a == 1.25 && b == 2.5)
    );
}

#[test]
fn an_enum_may_be_generic() {
    let (value, back) = pullback_evaluated(
        Model::Linear {
            slope: 2.0_f32,
            offset: 1.0,
        },
        3.0,
    );
    let (dmodel, dx) = back(1.0);
    assert_eq!((value, dx), (7.0, 2.0));
    assert!(
        matches!(dmodel, ModelTangent::Linear { slope, offset } if slope == 3.0 && offset == 1.0)
    );
    let (value, back) = pullback_evaluated(Model::Constant(2.0), 3.0);
    assert_eq!((value, back(1.0).1), (2.0, 0.0));
}

#[test]
fn patterns_bind_parts_and_test_values() {
    for x in [vec![], vec![1.5], vec![1.5, 2.0], vec![1.5, 2.0, -0.7, 0.3]] {
        for n in [-5, -1, 0, 2, 7, 12] {
            let f = |x: &[f64]| bound(x, n);
            let (value, back) = pullback_bound(&x, n);
            assert_eq!(value, f(&x));
            let (dx, _) = back(1.0);
            for i in 0..x.len() {
                let (mut up, mut down) = (x.clone(), x.clone());
                up[i] += 1e-6;
                down[i] -= 1e-6;
                let slope = (f(&up) - f(&down)) / 2e-6;
                assert!((dx[i] - slope).abs() < 1e-6, "{x:?} {n} {i}");
            }
        }
    }
    for (x, y) in [(1.0, 2.0), (1.0, 0.5), (-1.0, 0.5), (-1.0, 2.0)] {
        check_gradient!(flags, x, y);
    }
}

#[test]
fn options_and_results_are_values() {
    for (x, y) in [(2.0, 5.0), (4.0, 0.5), (0.5, 4.0), (3.5, 3.2)] {
        check_gradient!(options, x, y);
    }
    // Where a call fails, nothing flows back through it.
    let (value, back) = pullback_options(-2.0, 4.0);
    assert_eq!(value, options(-2.0, 4.0));
    let h = 1e-6;
    let slope = (options(-2.0 + h, 4.0) - options(-2.0 - h, 4.0)) / (2.0 * h);
    assert!((back(1.0).0 - slope).abs() < 1e-6);
}

#[test]
fn a_failure_may_be_made_another_one() {
    let (x, y) = (4.0, 5.0);
    let (value, back) = pullback_questions(x, y).unwrap();
    assert_eq!(Ok(value), questions(x, y));
    let (dx, dy) = back(1.0);
    let h = 1e-6;
    let at = |x, y| questions(x, y).unwrap();
    assert!((dx - (at(x + h, y) - at(x - h, y)) / (2.0 * h)).abs() < 1e-6);
    assert!((dy - (at(x, y + h) - at(x, y - h)) / (2.0 * h)).abs() < 1e-6);
    for (x, y) in [(-4.0, 5.0), (4.0, 0.5), (4.0, 3.5), (1.0, 5.0)] {
        assert_eq!(
            pullback_questions(x, y).map(|_| ()),
            questions(x, y).map(|_| ())
        );
    }
}

#[test]
fn a_variable_may_be_what_is_returned() {
    let x = [1.0, 2.5, 1.7];
    let (value, back) = pullback_best(&x).unwrap();
    assert_eq!(Some(value), best(&x));
    assert!((back(1.0).0[2] - (6.0 * 1.7 - 3.0 * 1.7 * 1.7)).abs() < 1e-12);
    assert!(pullback_best(&[]).is_none());
}

#[differentiable]
fn grown_tree(a: f64, b: f64) -> Tree {
    let left = Box::new(Tree::Leaf(a * b));
    let right = Box::new(Tree::Sum(Box::new(Tree::Leaf(b)), left.clone()));
    Tree::Product { left, right }
}

#[differentiable]
fn of_a_grown_tree(a: f64, b: f64) -> f64 {
    let boxed = Box::new(a * a);
    value(&grown_tree(a, *boxed), b)
}

#[test]
fn a_tree_is_grown_in_boxes() {
    check_gradient!(of_a_grown_tree, 1.3, 0.7);
}
