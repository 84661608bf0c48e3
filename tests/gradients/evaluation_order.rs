//! Operands, indices and blocks that change what is read beside them.

use micrograd_core::{check_gradient, differentiable};

#[differentiable]
fn reads_before_writes(x: f64) -> f64 {
    let mut a = x;
    let t = a + {
        a = a * x;
        a
    } * a;
    a += {
        a = 3.0 * x;
        a * x
    };
    t * a
}

#[test]
fn operands_are_read_in_order() {
    check_gradient!(reads_before_writes, 0.9);
}

mod an_index_that_changes_in_its_assignment {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut i = 0;
        let mut a = [x, y, 1.0];
        a[i] += {
            i += 1;
            a[i] * x
        };
        a[i] *= y;
        a[0] * a[1] + a[2]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_block_that_is_assigned {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: usize) -> f64 {
        let mut a = [x, 2.0 * x, 1.0];
        a[k] = {
            a[0] *= x;
            a[0] + a[2]
        };
        a[{
            a[2] += x;
            1
        }] *= if k > 1 { a[2] } else { a[0] };
        a[2] = match k {
            0 => a[1],
            _ => {
                a[0] = x;
                a[1] * a[0]
            }
        };
        a[0] + a[1] * a[2]
    }
    #[test]
    fn is_differentiated() {
        for k in 0..3usize {
            check_gradient!(f, 0.5, k);
        }
    }
}

mod a_call_that_changes_the_other_operand {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn bump(a: &mut [f64], k: f64) -> f64 {
        a[0] *= k;
        a[0] + a[1]
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let mut s = x;
        s += bump(&mut a, y);
        s = s * bump(&mut a, x) + a[0];
        let z = a[0] + bump(&mut a, s) * a[0];
        a[1] = bump(&mut a, z);
        a[0] += a[1] * z;
        s * a[0] + z
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_closure_that_moves_the_index {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut i = 0;
        let mut a = [x, y, 1.0];
        let mut next = || {
            i += 1;
            i - 1
        };
        let p = next();
        a[p] = a[next()] * x;
        let q = next();
        a[q] += a[0];
        a[0] * a[1] + a[2]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}
