//! What is measured: for each input the ways to its derivatives, the function itself first.

use crate::{ba, forward, gmm, hand, input, jacobian, lstm};
use std::hint::black_box;
use std::rc::Rc;

/// Ways to the same derivatives, for several inputs.
pub struct Table {
    pub title: &'static str,
    /// The names of the ways.
    pub ways: [&'static str; 4],
    pub cases: Vec<Case>,
}

/// One input. A way that would take too long is left out.
pub struct Case {
    pub name: &'static str,
    pub ways: [Option<Run>; 4],
}

/// Reads the input of that name.
type Make = fn(&'static str) -> Case;

/// One run. What it returns or fills is handed to [`black_box`].
pub type Run = Box<dyn FnMut()>;

/// The tables of the inputs that are wanted by their names and whose files are there.
pub fn tables(is_wanted: impl Fn(&str) -> bool) -> [Table; 2] {
    let wanted = |name: &str| is_wanted(name) && input::path(&file(name)).exists();
    let chosen = |cases: &[(&'static str, Make)]| {
        let wanted = cases.iter().filter(|(name, _)| wanted(name));
        wanted.map(|(name, case)| case(name)).collect()
    };
    let gradients = Table {
        title: "gradient",
        ways: ["primal", "generated", "by hand", "dual numbers"],
        cases: chosen(&[
            ("gmm_1k_d2_K5", |name| mixture(name, true)),
            ("gmm_1k_d10_K5", |name| mixture(name, true)),
            ("gmm_1k_d10_K25", |name| mixture(name, false)),
            ("gmm_1k_d64_K50", |name| mixture(name, false)),
            ("ba1_n49_m7776_p31843", adjustment),
            ("lstm_l2_c1024", characters),
            ("lstm_l4_c1024", characters),
            ("hand_simple_small_hand1_t26_c100", tracking),
            ("hand_complicated_small_hand1_t26_c100", tracking),
        ]),
    };
    let jacobians = Table {
        title: "Jacobian",
        ways: ["primal", "by rows", "by structure", "dual numbers"],
        cases: chosen(&[
            ("hand_simple_small_hand1_t26_c100", tracking_jacobian),
            ("hand_complicated_small_hand1_t26_c100", tracking_jacobian),
        ]),
    };
    [gradients, jacobians]
}

fn file(name: &str) -> String {
    format!("{name}.txt")
}

/// A way from an instance to a result.
fn run<I: 'static, R>(instance: &Rc<I>, way: impl Fn(&I) -> R + 'static) -> Option<Run> {
    let instance = Rc::clone(instance);
    Some(Box::new(move || {
        black_box(way(black_box(&instance)));
    }))
}

fn mixture(name: &'static str, is_small: bool) -> Case {
    let instance = Rc::new(input::gmm(&file(name)));
    let ways = [
        run(&instance, gmm::Instance::value),
        run(&instance, gmm::Instance::generated),
        run(&instance, gmm::by_hand),
        run(&instance, forward::gmm::gradient).filter(|_| is_small),
    ];
    Case { name, ways }
}

/// The Jacobian goes to memory that is there.
fn adjustment(name: &'static str) -> Case {
    let instance = Rc::new(input::ba(&file(name)));
    let count = instance.weights.len();
    let filled = |way: fn(&ba::Instance, &mut [[ba::Row; 2]], &mut [f64])| -> Option<Run> {
        let instance = Rc::clone(&instance);
        let (mut rows, mut weights) = (vec![[[0.0; 15]; 2]; count], vec![0.0; count]);
        Some(Box::new(move || {
            way(black_box(&instance), &mut rows, &mut weights);
            black_box((&rows, &weights));
        }))
    };
    let primal: Run = {
        let instance = Rc::clone(&instance);
        let (mut projections, mut weights) = (vec![[0.0; 2]; count], vec![0.0; count]);
        Box::new(move || {
            black_box(&instance).residuals(&mut projections, &mut weights);
            black_box((&projections, &weights));
        })
    };
    let ways = [
        Some(primal),
        filled(ba::Instance::generated),
        filled(ba::Instance::by_hand),
        filled(forward::ba::jacobian),
    ];
    Case { name, ways }
}

fn characters(name: &'static str) -> Case {
    let instance = Rc::new(input::lstm(&file(name)));
    let ways = [
        run(&instance, lstm::Instance::value),
        run(&instance, lstm::Instance::generated),
        run(&instance, lstm::by_hand),
        None,
    ];
    Case { name, ways }
}

fn hand_of(name: &str) -> Rc<hand::Instance> {
    Rc::new(input::hand(&file(name), name.contains("complicated")))
}

fn tracking(name: &'static str) -> Case {
    let instance = hand_of(name);
    let by_angles_only = instance.places.is_empty();
    let ways = [
        run(&instance, hand::Instance::value),
        run(&instance, hand::Instance::generated),
        run(&instance, hand::by_hand),
        run(&instance, forward::hand::gradient).filter(|_| by_angles_only),
    ];
    Case { name, ways }
}

fn tracking_jacobian(name: &'static str) -> Case {
    let instance = hand_of(name);
    let ways = [
        run(&instance, jacobian::residuals),
        run(&instance, jacobian::by_rows),
        run(&instance, jacobian::by_structure),
        run(&instance, jacobian::by_columns),
    ];
    Case { name, ways }
}
