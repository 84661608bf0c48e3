//! The text files of the benchmark suite: numbers, separated by spaces.

use crate::{ba, gmm, hand, lstm};
use std::path::{Path, PathBuf};

/// Where the files are: beside this one, or where `MICROGRAD_ADBENCH` says.
pub fn path(name: &str) -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/adbench/data");
    let other = std::env::var_os("MICROGRAD_ADBENCH").map(PathBuf::from);
    other.unwrap_or(own).join(name)
}

/// The numbers of a file, taken from the front.
pub struct Numbers(std::vec::IntoIter<f64>);

impl Numbers {
    pub fn read(name: &str) -> Self {
        let path = path(name);
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let numbers = text.split_whitespace().map(|word| {
            word.parse()
                .unwrap_or_else(|error| panic!("{}: `{word}`: {error}", path.display()))
        });
        Numbers(numbers.collect::<Vec<f64>>().into_iter())
    }

    pub fn one(&mut self) -> f64 {
        self.0.next().expect("the file is too short")
    }

    pub fn count(&mut self) -> usize {
        self.one() as usize
    }

    pub fn many(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.one()).collect()
    }

    pub fn array<const N: usize>(&mut self) -> [f64; N] {
        std::array::from_fn(|_| self.one())
    }
}

pub fn gmm(name: &str) -> gmm::Instance {
    let mut numbers = Numbers::read(name);
    let (d, k, n) = (numbers.count(), numbers.count(), numbers.count());
    gmm::Instance {
        d,
        alphas: numbers.many(k),
        means: numbers.many(k * d),
        icf: numbers.many(k * d * (d + 1) / 2),
        points: numbers.many(n * d),
        wishart: gmm::Wishart {
            gamma: numbers.one(),
            m: numbers.one() as i32,
        },
    }
}

/// One camera, point, weight and feature stand for all.
pub fn ba(name: &str) -> ba::Instance {
    let mut numbers = Numbers::read(name);
    let (n, m, p) = (numbers.count(), numbers.count(), numbers.count());
    ba::Instance {
        cameras: vec![numbers.array(); n],
        points: vec![numbers.array(); m],
        weights: vec![numbers.one(); p],
        features: vec![numbers.array(); p],
    }
}

pub fn lstm(name: &str) -> lstm::Instance {
    let mut numbers = Numbers::read(name);
    let (layers, characters, width) = (numbers.count(), numbers.count(), numbers.count());
    lstm::Instance {
        width,
        main: numbers.many(layers * 8 * width),
        extra: numbers.many(3 * width),
        state: numbers.many(layers * 2 * width),
        text: numbers.many(characters * width),
    }
}

/// The lines of a file of the hand's model, each as numbers; words stand for nothing.
fn rows(name: &str) -> Vec<Vec<f64>> {
    let path = path(&format!("hand_model_small/{name}"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let numbers = |line: &str| {
        line.split(':')
            .filter_map(|word| word.trim().parse().ok())
            .collect()
    };
    text.lines()
        .filter(|line| !line.is_empty())
        .map(numbers)
        .collect()
}

fn hand_model() -> hand::Model {
    let matrix = |numbers: &[f64]| -> hand::Matrix {
        std::array::from_fn(|i| std::array::from_fn(|j| numbers[4 * i + j]))
    };
    let bones = rows("bones.txt")
        .iter()
        .map(|row| hand::Bone {
            parent: usize::try_from(row[0] as i64).ok(),
            relative: matrix(&row[1..17]),
            inverse: matrix(&row[17..33]),
        })
        .collect();
    let vertices = rows("vertices.txt");
    let weights = vertices.iter().map(|row| {
        row[9..]
            .chunks_exact(2)
            .map(|pair| (pair[0] as usize, pair[1]))
            .collect()
    });
    hand::Model {
        bones,
        weights: weights.collect(),
        vertices: vertices
            .iter()
            .map(|row| [row[0], row[1], row[2]])
            .collect(),
        triangles: rows("triangles.txt")
            .iter()
            .map(|row| std::array::from_fn(|i| row[i] as usize))
            .collect(),
    }
}

pub fn hand(name: &str, on_triangles: bool) -> hand::Instance {
    let mut numbers = Numbers::read(name);
    let (n, angles) = (numbers.count(), numbers.count());
    let (correspondences, points) = (0..n).map(|_| (numbers.count(), numbers.array())).unzip();
    let places = (0..if on_triangles { n } else { 0 })
        .map(|_| numbers.array())
        .collect();
    hand::Instance {
        model: hand_model(),
        correspondences,
        points,
        places,
        theta: numbers.many(angles),
    }
}
