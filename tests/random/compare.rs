//! What a batch has printed, compared: what is wrong with which program.

use std::collections::BTreeMap;
use std::fmt;

use crate::batch::Outcome;

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The generator's own mistake: no valid Rust, or a panic of the function itself.
    Generator,
    /// The function compiles, its derivative does not.
    Compile,
    /// The pullback panics.
    Panic,
    /// The pullback gives another value, or leaves another value in a `&mut` parameter.
    Primal,
    /// The second call of `back` gives other bits.
    Repeat,
    /// The gradient is not that of the dual numbers.
    Gradient,
    /// Debug and release give other bits.
    Profile,
}

/// Something wrong with a program.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its place in the batch.
    pub program: usize,
    /// What it is.
    pub kind: Kind,
    /// More of it.
    pub text: String,
}

/// What was compared.
#[derive(Default)]
pub struct Compared {
    /// What is wrong; at most one of a kind for each program.
    pub findings: Vec<Finding>,
    /// How many gradients were compared.
    pub gradients: usize,
    /// How many were not: too large, not finite, or at a jump, so that rounding decides.
    pub left_out: usize,
    /// How many calls failed, as they may.
    pub failed: usize,
}

impl Compared {
    fn report(&mut self, program: usize, kind: Kind, text: impl fmt::Display) {
        if !(self.findings.iter()).any(|finding| (finding.program, finding.kind) == (program, kind))
        {
            self.findings.push(Finding {
                program,
                kind,
                text: text.to_string(),
            });
        }
    }
}

/// Compares all that a batch has printed.
pub fn compare(outcome: &Outcome) -> Compared {
    let mut compared = Compared::default();
    for (program, rejected) in &outcome.rejected {
        if rejected.dual.is_empty() {
            compared.report(*program, Kind::Compile, rejected.differentiable.join("\n"));
        } else {
            compared.report(*program, Kind::Generator, rejected.dual.join("\n"));
        }
    }
    let (debug, release) = (parse(&outcome.debug), parse(&outcome.release));
    for (place, lines) in &debug {
        compare_point(place.0, lines, &mut compared);
        for what in ["plain", "pullback", "gradient"] {
            let line = |lines: &Lines| lines.get(what).cloned();
            let (debug, release) = (line(lines), release.get(place).and_then(line));
            if debug != release && debug.as_ref().is_some_and(|line| line.is_finite()) {
                let text = format!("{what}: {debug:?} in debug, {release:?} in release");
                compared.report(place.0, Kind::Profile, text);
            }
        }
    }
    compared
        .findings
        .sort_by_key(|finding| (finding.kind, finding.program));
    compared
}

type Lines = BTreeMap<String, Line>;

/// Whether the function succeeded, and the numbers.
#[derive(Clone, PartialEq)]
struct Line {
    success: String,
    bits: Vec<u64>,
}

impl Line {
    fn numbers(&self) -> Vec<f64> {
        self.bits.iter().map(|bits| f64::from_bits(*bits)).collect()
    }

    fn is_finite(&self) -> bool {
        self.numbers().iter().all(|number| number.is_finite())
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.success, self.numbers())
    }
}

/// The lines by program and point: `3 0 gradient true 3ff0… 4000…`, `3 0 panic pullback: …`.
fn parse(text: &str) -> BTreeMap<(usize, usize), Lines> {
    let mut points: BTreeMap<(usize, usize), Lines> = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split(' ');
        let mut word = || words.next().unwrap_or_default();
        let place = (
            word().parse().expect("an index"),
            word().parse().expect("a point"),
        );
        let (what, success) = (word().to_owned(), word().to_owned());
        let lines = points.entry(place).or_default();
        if what == "panic" {
            let (success, bits) = (words.collect::<Vec<_>>().join(" "), Vec::new());
            lines.insert(
                line.split(' ').nth(3).unwrap_or_default().to_owned(),
                Line { success, bits },
            );
            continue;
        }
        let bits = words.filter(|word| !word.is_empty());
        let bits = bits
            .map(|word| u64::from_str_radix(word, 16).expect("bits"))
            .collect();
        lines.insert(what, Line { success, bits });
    }
    points
}

fn compare_point(program: usize, lines: &Lines, compared: &mut Compared) {
    for (what, kind) in [
        ("plain:", Kind::Generator),
        ("dual:", Kind::Generator),
        ("pullback:", Kind::Panic),
    ] {
        if let Some(line) = lines.get(what) {
            compared.report(program, kind, format!("{what} {}", line.success));
        }
    }
    let all = ["plain", "pullback", "gradient", "again", "real", "forward"];
    let Some(plain) = lines.get("plain") else {
        return;
    };
    if plain.is_finite() && lines.get("pullback").is_some_and(|line| line != plain) {
        let text = format!(
            "{plain:?} of the function, {:?} of the pullback",
            lines["pullback"]
        );
        compared.report(program, Kind::Primal, text);
    }
    if plain.success == "false" {
        compared.failed += 1;
        return;
    }
    let [plain, _, gradient, again, real, forward] = all.map(|what| lines.get(what).cloned());
    let (Some(plain), Some(gradient), Some(again), Some(real), Some(forward)) =
        (plain, gradient, again, real, forward)
    else {
        return;
    };
    let scale = forward
        .numbers()
        .iter()
        .fold(1.0_f64, |scale, number| scale.max(number.abs()));
    if !plain.is_finite() || !forward.is_finite() || scale > 1e7 {
        compared.left_out += 1;
        return;
    }
    // A branch at a jump, such as that of `rem_euclid`, may go the other way: the two spellings round
    // differently. The value itself has been compared to the bit above.
    let near = |x: f64, y: f64| (x - y).abs() <= 1e-11 * (1.0 + x.abs()) * scale;
    let (values, real) = (plain.numbers(), real.numbers());
    let success_and_values = real.split_first();
    if !success_and_values.is_some_and(|(success, real)| {
        *success == 1.0
            && real.len() == values.len()
            && real.iter().zip(&values).all(|(x, y)| near(*x, *y))
    }) {
        compared.left_out += 1;
        return;
    }
    compared.gradients += 1;
    if gradient != again {
        compared.report(
            program,
            Kind::Repeat,
            format!("{gradient:?}, then {again:?}"),
        );
    }
    let (found, expected) = (gradient.numbers(), forward.numbers());
    let tolerance = 1e-9 * scale + 1e-14 * scale * scale;
    let is_near = |(x, y): (&f64, &f64)| (x - y).abs() <= tolerance;
    if found.len() != expected.len() || !found.iter().zip(&expected).all(is_near) {
        let text = format!("the pullback gives {found:?},\nforward mode {expected:?}");
        compared.report(program, Kind::Gradient, text);
    }
}
