//! Index operators of own types: the file tells to which place inside the type they lead.

mod places {
    use micrograd_core::{Differentiable, check_gradient, differentiable};
    use std::ops::{Index, IndexMut};
    #[derive(Clone, Debug, Differentiable)]
    struct Grid {
        cells: Vec<f64>,
        width: usize,
        height: usize,
    }
    impl Index<(usize, usize)> for Grid {
        type Output = f64;
        fn index(&self, (i, j): (usize, usize)) -> &f64 {
            assert!(j < self.width, "column {j} of {}", self.width);
            &self.cells[i * self.width + j]
        }
    }
    impl IndexMut<(usize, usize)> for Grid {
        fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
            assert!(j < self.width, "column {j} of {}", self.width);
            &mut self.cells[i * self.width + j]
        }
    }
    impl Index<usize> for Grid {
        type Output = [f64];
        fn index(&self, i: usize) -> &[f64] {
            &self.cells[i * self.width..(i + 1) * self.width]
        }
    }
    impl Grid {
        fn zeros(height: usize, width: usize) -> Self {
            Grid {
                cells: vec![0.0; width * height],
                width,
                height,
            }
        }
        #[differentiable]
        fn transposed(&self) -> Grid {
            let mut t = Grid {
                cells: vec![0.0; self.width * self.height],
                width: self.height,
                height: self.width,
            };
            for i in 0..self.height {
                for j in 0..self.width {
                    t[(j, i)] = self[(i, j)];
                }
            }
            t
        }
        #[differentiable]
        fn times(&self, other: &Grid) -> Grid {
            let mut out = Grid {
                cells: vec![0.0; self.height * other.width],
                width: other.width,
                height: self.height,
            };
            for i in 0..self.height {
                for j in 0..other.width {
                    for k in 0..self.width {
                        out[(i, j)] += self[(i, k)] * other[(k, j)];
                    }
                }
            }
            out
        }
    }
    #[derive(Clone, Copy, Debug, Differentiable)]
    struct V3 {
        x: f64,
        y: f64,
        z: f64,
    }
    impl Index<usize> for V3 {
        type Output = f64;
        fn index(&self, i: usize) -> &f64 {
            match i {
                0 => &self.x,
                1 => &self.y,
                2 => &self.z,
                _ => panic!("no axis {i}"),
            }
        }
    }
    impl IndexMut<usize> for V3 {
        fn index_mut(&mut self, i: usize) -> &mut f64 {
            match i {
                0 => &mut self.x,
                1 => &mut self.y,
                2 => &mut self.z,
                _ => panic!("no axis {i}"),
            }
        }
    }
    #[differentiable]
    fn cross(a: V3, b: V3) -> V3 {
        let mut c = V3 {
            x: 0.0,
            y: 0.0,
            z: 0.0,
        };
        c[0] = a[1] * b[2] - a[2] * b[1];
        c[1] = a[2] * b[0] - a[0] * b[2];
        c[2] += a[0] * b[1] - a[1] * b[0];
        c
    }
    #[differentiable]
    fn trace(g: &Grid, k: f64) -> f64 {
        let t = g.transposed();
        let p = g.times(&t);
        let mut s = 0.0;
        for i in 0..p.height {
            s += p[(i, i)] * k;
        }
        s + p[0][1].sin() + g[(0, 1)]
    }
    #[differentiable]
    fn both(g: &Grid, a: V3, b: V3) -> f64 {
        let c = cross(a, b);
        let mut h = g.clone();
        h[(1, 0)] *= c[0];
        for v in 0..3 {
            h[(0, v)] = h[(0, v)] * c.y + g[1][v];
        }
        let z = Grid::zeros(2, 2);
        trace(&h, c[2]) + z[(0, 0)]
    }

    #[test]
    fn is_indexed_by_row_and_column() {
        let g = Grid {
            cells: vec![0.3, 0.5, -0.2, 0.7, 0.1, 0.9],
            width: 3,
            height: 2,
        };
        let (a, b) = (
            V3 {
                x: 0.3,
                y: 0.2,
                z: -0.5,
            },
            V3 {
                x: 0.1,
                y: 0.9,
                z: 0.4,
            },
        );
        check_gradient!(trace, &g, 0.7);
        check_gradient!(both, &g, a, b);
    }

    #[differentiable]
    fn outside(g: &Grid, j: usize) -> f64 {
        g[(0, j)] * 2.0
    }

    #[test]
    fn panics_as_it_does() {
        let g = Grid::zeros(2, 3);
        let message = |call: &dyn Fn() -> f64| {
            let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).unwrap_err();
            panic.downcast_ref::<String>().cloned()
        };
        let primal = message(&|| outside(&g, 3));
        assert_eq!(primal.as_deref(), Some("column 3 of 3"));
        assert_eq!(message(&|| pullback_outside(&g, 3).0), primal);
    }

    #[differentiable]
    fn dot(a: V3, b: &V3) -> f64 {
        let mut s = 0.0;
        for k in 0..3 {
            s += a[k] * b[k];
        }
        s * b[0]
    }
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Axis {
        X,
        Y,
    }
    #[derive(Clone, Debug, Differentiable)]
    struct Body {
        at: V3,
        speed: V3,
        #[no_gradient]
        name: String,
    }
    impl Index<Axis> for Body {
        type Output = V3;
        fn index(&self, axis: Axis) -> &V3 {
            match axis {
                Axis::X => &self.at,
                Axis::Y => &self.speed,
            }
        }
    }
    #[derive(Clone, Debug, Differentiable)]
    struct Image<T> {
        rows: Vec<Vec<T>>,
    }
    impl<T> Index<[usize; 2]> for Image<T> {
        type Output = T;
        fn index(&self, at: [usize; 2]) -> &T {
            let [i, j] = at;
            &self.rows[i][j]
        }
    }
    impl<T> IndexMut<[usize; 2]> for Image<T> {
        fn index_mut(&mut self, at: [usize; 2]) -> &mut T {
            let [i, j] = at;
            &mut self.rows[i][j]
        }
    }
    #[differentiable]
    fn blurs(image: &mut Image<f64>, k: f64) {
        for i in 1..3 {
            image[[i, 0]] = k * image[[i - 1, 0]] + image[[i, 1]];
        }
    }
    #[derive(Clone, Debug, Differentiable)]
    struct World {
        bodies: Vec<Body>,
        image: Image<f64>,
    }
    impl Index<usize> for World {
        type Output = Body;
        fn index(&self, i: usize) -> &Body {
            &self.bodies[i]
        }
    }
    #[differentiable]
    fn energy(w: &World, k: f64) -> f64 {
        let mut image = w.image.clone();
        blurs(&mut image, k);
        let mut total = 0.0;
        for i in 0..w.bodies.len() {
            total += dot(w[i].at, &w[i].speed) + w[i].speed[1] * image[[i, 0]] + w.image[[0, 1]];
            let b = &w[i];
            total += b.at[2] * b.name.len() as f64;
        }
        total
    }
    #[derive(Clone, Debug, Differentiable)]
    struct Cloud {
        points: Vec<V3>,
        origin: V3,
    }
    #[differentiable]
    fn spread(points: &[V3], cloud: &Cloud) -> f64 {
        let mut s = 0.0;
        for p in points {
            s += p[0] * p[1];
        }
        for (p, q) in points.iter().zip(&cloud.points) {
            s += p[2] * q[0] - cloud.origin[1];
        }
        let o = cloud.origin;
        let first = &points[0];
        let part = &points[1..];
        s += part.iter().map(|p| p[0].sin()).sum::<f64>() + part[0][2];
        s * o[2] + first[1]
    }

    #[test]
    fn are_those_of_parts_of_parts() {
        let (v, w) = (
            V3 {
                x: 0.3,
                y: 0.2,
                z: -0.5,
            },
            V3 {
                x: 0.1,
                y: 0.7,
                z: 0.5,
            },
        );
        check_gradient!(dot, v, &w);
        check_gradient!(
            spread,
            &[v, w],
            &Cloud {
                points: vec![w, v],
                origin: v
            }
        );
        let body = |x: f64| Body {
            at: V3 { x, ..v },
            speed: V3 { y: x, ..w },
            name: "ab".into(),
        };
        let rows = vec![vec![0.1, 0.2], vec![0.5, 0.7], vec![0.4, 0.3]];
        let world = World {
            bodies: vec![body(0.4), body(0.9)],
            image: Image { rows },
        };
        check_gradient!(energy, &world, 0.6);
        check_gradient!(by_axis, &world.bodies[0]);
    }

    #[differentiable]
    fn by_axis(body: &Body) -> f64 {
        let axis = if body.name.len() > 1 {
            Axis::Y
        } else {
            Axis::X
        };
        body[axis].x * body[Axis::X][1] + body[axis][2]
    }
}
