//! Index operators of own types whose bodies choose, or whose names could be taken for others: each means what it means in Rust.

/// Two types of one name.
mod named_alike {
    use micrograd_core::{Differentiable, check_gradient, differentiable};
    use std::ops::Index;

    mod own {
        use super::*;
        #[derive(Clone, Debug, Differentiable)]
        pub struct Vector3 {
            pub z: f64,
            pub y: f64,
            pub x: f64,
        }
        impl Index<usize> for Vector3 {
            type Output = f64;
            fn index(&self, i: usize) -> &f64 {
                match i {
                    0 => &self.z,
                    1 => &self.y,
                    2 => &self.x,
                    _ => panic!("no"),
                }
            }
        }
        #[differentiable]
        pub fn g(v: &Vector3, at: &nalgebra::Vector3<f64>) -> f64 {
            v[0] * v[1] + at[0]
        }
    }
    mod of_nalgebra {
        use super::*;
        use nalgebra::Vector3;
        #[differentiable]
        pub fn f(v: &Vector3<f64>, k: f64) -> f64 {
            v[0] * k + v[2]
        }
    }

    #[test]
    fn each_is_indexed_in_its_own_way() {
        let v = nalgebra::Vector3::new(1.0, 2.0, 3.0);
        check_gradient!(of_nalgebra::f, &v, 0.7);
        let own = own::Vector3 {
            z: 0.3,
            y: 0.4,
            x: 0.5,
        };
        check_gradient!(own::g, &own, &v);
    }
}

mod choices {
    use micrograd_core::{Differentiable, check_gradient, differentiable};
    use std::ops::{Index, IndexMut};
    #[derive(Clone, Debug, Differentiable)]
    struct Vp {
        x: f64,
        y: f64,
        z: f64,
        #[no_gradient]
        perm: [usize; 3],
    }
    impl Index<usize> for Vp {
        type Output = f64;
        fn index(&self, i: usize) -> &f64 {
            let i = self.perm[i];
            match i {
                0 => &self.x,
                1 => &self.y,
                2 => &self.z,
                _ => unreachable!(),
            }
        }
    }
    #[derive(Clone, Debug, Differentiable)]
    struct One {
        x: f64,
        y: f64,
    }
    impl Index<usize> for One {
        type Output = f64;
        fn index(&self, i: usize) -> &f64 {
            let i = i - 1;
            match i {
                0 => &self.x,
                1 => &self.y,
                _ => unreachable!(),
            }
        }
    }
    #[derive(Clone, Debug, Differentiable)]
    struct Fl {
        x: f64,
        y: f64,
        flip: bool,
    }
    impl Index<usize> for Fl {
        type Output = f64;
        fn index(&self, i: usize) -> &f64 {
            match i {
                0 if self.flip => &self.y,
                0 => &self.x,
                1 if self.flip => &self.x,
                1 => &self.y,
                _ => panic!(),
            }
        }
    }
    #[derive(Clone, Debug, Differentiable)]
    struct Rg {
        x: f64,
        y: f64,
        z: f64,
    }
    #[allow(unreachable_patterns)]
    impl Index<usize> for Rg {
        type Output = f64;
        fn index(&self, i: usize) -> &f64 {
            match i {
                0..=1 => &self.x,
                2 => &self.y,
                1 | 3 => &self.z,
                _ => unreachable!(),
            }
        }
    }
    #[derive(Clone, Debug, Differentiable)]
    struct Wl {
        x: f64,
        y: f64,
    }
    impl Index<usize> for Wl {
        type Output = f64;
        fn index(&self, i: usize) -> &f64 {
            match i {
                0 => &self.x,
                _ => &self.y,
            }
        }
    }
    impl IndexMut<usize> for Wl {
        fn index_mut(&mut self, i: usize) -> &mut f64 {
            match i {
                0 => &mut self.x,
                _ => &mut self.y,
            }
        }
    }
    #[differentiable]
    fn f(v: &Vp, k: f64) -> f64 {
        v[0] * k + v[1].sin() * v[2]
    }
    #[differentiable]
    fn g(v: &One, a: &Fl, r: &Rg) -> f64 {
        v[1] * 2.0 + v[2].sin() + a[0] * a[1].sin() + r[0] * r[1] + r[2] * r[3].exp()
    }
    #[differentiable]
    fn h(v: &Wl) -> f64 {
        let mut v = v.clone();
        v[1] *= 3.0;
        v[0] += v[1] * v[7];
        v[0] * v[1]
    }

    #[test]
    fn are_those_of_the_body() {
        let vp = Vp {
            x: 0.3,
            y: 0.5,
            z: 0.7,
            perm: [2, 0, 1],
        };
        check_gradient!(f, &vp, 0.7);
        for flip in [true, false] {
            let (one, fl) = (
                One { x: 0.3, y: 0.5 },
                Fl {
                    x: 0.3,
                    y: 0.5,
                    flip,
                },
            );
            check_gradient!(
                g,
                &one,
                &fl,
                &Rg {
                    x: 0.3,
                    y: 0.5,
                    z: 0.9
                }
            );
        }
        check_gradient!(h, &Wl { x: 0.3, y: 0.5 });
    }
}

mod trees {
    use micrograd_core::{Differentiable, differentiable};
    use std::ops::Index;
    #[derive(Clone, Debug, Differentiable)]
    struct Tree {
        kids: Vec<Tree>,
        x: f64,
    }
    impl Index<usize> for Tree {
        type Output = Self;
        fn index(&self, i: usize) -> &Self {
            &self.kids[i]
        }
    }
    #[derive(Clone, Debug, Differentiable)]
    struct Forest {
        kids: Vec<Tree>,
        root: Tree,
    }
    impl Index<usize> for Forest {
        type Output = Tree;
        fn index(&self, i: usize) -> &Tree {
            &self.kids[self.kids.len() - 1 - i]
        }
    }
    impl Forest {
        #[differentiable]
        fn f(&self) -> f64 {
            self.root[0][1].x * self[0].x
        }
    }

    #[test]
    fn have_elements_of_their_own_type() {
        let leaf = |x: f64| Tree { kids: vec![], x };
        let inner = Tree {
            kids: vec![leaf(0.1), leaf(0.2)],
            x: 0.3,
        };
        let root = Tree {
            kids: vec![inner, leaf(0.5)],
            x: 0.4,
        };
        let forest = Forest {
            kids: vec![leaf(0.7), leaf(0.9)],
            root,
        };
        let (value, back) = forest.pullback_f();
        assert_eq!(value, 0.2 * 0.9);
        let (d,) = back(1.0);
        assert_eq!(d.root.kids[0].kids[1].x, 0.9);
        assert_eq!((d.kids[0].x, d.kids[1].x), (0.0, 0.2));
    }
}

/// A parameter is called as a type of the file is.
mod parameters {
    use micrograd_core::{Differentiable, check_gradient, differentiable};
    #[allow(dead_code)]
    #[derive(Clone, Debug, Differentiable)]
    struct M {
        d: Vec<f64>,
    }
    #[derive(Clone, Debug, Differentiable)]
    struct Wrap<M> {
        m: M,
        s: f64,
    }
    #[differentiable]
    fn f(w: &Wrap<Vec<f64>>, k: f64) -> f64 {
        let mut q = w.m.clone();
        q.push(k);
        q[0] * q[4]
    }
    #[derive(Clone, Debug, Differentiable)]
    struct Ws<M> {
        m: Vec<M>,
    }
    #[differentiable]
    fn g(w: &Ws<Vec<f64>>, k: f64) -> f64 {
        let mut t = 0.0;
        for row in &w.m {
            let mut q = row.clone();
            q.push(k);
            t += q[0] * q[1];
        }
        t
    }

    #[test]
    fn are_no_types() {
        check_gradient!(
            f,
            &Wrap {
                m: vec![0.1, 0.2, 0.3, 0.4],
                s: 0.1
            },
            0.5
        );
        check_gradient!(
            g,
            &Ws {
                m: vec![vec![0.1], vec![0.3, 0.4]]
            },
            0.5
        );
    }
}
