//! Every rule of a scalar method: against central differences, against dual numbers, and the
//! conventions at edge points.

const INFINITY: f64 = f64::INFINITY;

/// The partials of a rule at a point, for the cotangent 1 or the one before the arrow.
macro_rules! partials {
    ($dz:expr => $x:expr, $rrule:ident()) => {{
        let x: f64 = $x;
        let (_, back) = x.$rrule();
        let mut dx = 0.0;
        back(&$dz, &x, &mut dx);
        dx
    }};
    ($dz:expr => $x:expr, $rrule:ident($y:expr)) => {{
        let (x, y): (f64, f64) = ($x, $y);
        let (_, back) = x.$rrule(&y);
        let (mut dx, mut dy) = (0.0, 0.0);
        back(&$dz, &x, &mut dx, &y, &mut dy);
        (dx, dy)
    }};
    ($dz:expr => $x:expr, $rrule:ident($y:expr, $z:expr)) => {{
        let (x, y, z): (f64, f64, f64) = ($x, $y, $z);
        let (_, back) = x.$rrule(&y, &z);
        let (mut dx, mut dy, mut dz) = (0.0, 0.0, 0.0);
        back(&$dz, &x, &mut dx, &y, &mut dy, &z, &mut dz);
        (dx, dy, dz)
    }};
    ($x:expr, $rrule:ident($($y:expr),*)) => { partials!(1.0 => $x, $rrule($($y),*)) };
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() <= 1e-13 * expected.abs().max(1e-3),
        "{found} is not {expected}"
    );
}

mod conventions;
mod dual_numbers;
mod function;
mod methods;
