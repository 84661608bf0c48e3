//! Saving and loading: the format, what is refused, and files that are never half written.
#![cfg(feature = "safetensors")]

use std::fs;
use std::path::{Path, PathBuf};

use micrograd_core::Differentiable;
use micrograd_nn::activation::{identity, tanh};
use micrograd_nn::checkpoint::{self, CheckpointError, Mismatch, from_bytes, to_bytes};
use micrograd_nn::{Chain, Dense, Dropout, LayerNorm, Lstm, SkipConnection};
use nalgebra::{DMatrix, dmatrix};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use safetensors::SafeTensors;

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Model {
    chain: Chain<(Dense<tanh>, Dense<identity>)>,
    scale: f32,
    taps: Vec<f32>,
    weight: DMatrix<f64>,
}

fn zero() -> Model {
    Model {
        chain: Chain((
            Dense {
                weight: DMatrix::zeros(3, 2),
                bias: DMatrix::zeros(3, 1),
                activation: tanh {},
            },
            Dense {
                weight: DMatrix::zeros(1, 3),
                bias: DMatrix::zeros(1, 1),
                activation: identity {},
            },
        )),
        scale: 0.0,
        taps: vec![0.0; 4],
        weight: DMatrix::zeros(2, 1),
    }
}

/// What tests/reference/model_safetensors.py wrote into [`FILE`].
fn written() -> Model {
    let mut model = zero();
    let (first, second) = &mut model.chain.layers;
    first.weight = dmatrix![0.5, 1.5; 10.5, 11.5; 20.5, 21.5];
    first.bias = dmatrix![0.125; -0.25; 0.5];
    second.weight = dmatrix![1e-3, 2e-3, 3e300];
    second.bias = dmatrix![-7.0];
    model.scale = 0.1;
    model.taps = vec![1.0, 2.5, -3.0, 4.75];
    model.weight = dmatrix![6.0; -6.0];
    model
}

/// Bytes that were put together in Python, without any library for the format.
const FILE: &[u8] = include_bytes!("reference/model.safetensors");

#[test]
fn a_file_from_elsewhere_has_its_names_and_values() {
    let mut model = zero();
    from_bytes(&mut model, FILE).unwrap();
    assert_eq!(model, written());
}

#[test]
fn what_is_written_is_that_file_to_the_byte() {
    assert_eq!(to_bytes(&written()).unwrap(), FILE);
}

#[test]
fn what_is_not_a_parameter_stays() {
    let mut model = (dmatrix![0.0], 7_usize, String::from("kept"));
    let bytes = to_bytes(&(dmatrix![1.5], 8_usize, String::new())).unwrap();
    from_bytes(&mut model, &bytes).unwrap();
    assert_eq!(model, (dmatrix![1.5], 7, String::from("kept")));
}

#[test]
fn special_numbers_and_empty_arrays_survive() {
    let numbers = vec![f64::NAN, f64::INFINITY, -0.0, f64::MIN_POSITIVE / 4.0];
    let model = (
        numbers.clone(),
        Vec::<f64>::new(),
        DMatrix::<f64>::zeros(0, 3),
    );
    let mut other = (
        vec![0.0_f64; 4],
        Vec::<f64>::new(),
        DMatrix::<f64>::zeros(0, 3),
    );
    from_bytes(&mut other, &to_bytes(&model).unwrap()).unwrap();
    let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&other.0), bits(&numbers));
}

#[test]
fn every_kind_of_layer_is_saved_with_its_names() {
    let model = |seed: u64| {
        let rng = &mut ChaCha8Rng::seed_from_u64(seed);
        let mut norm = LayerNorm::<f64>::new(4);
        norm.scale.fill(seed as f64);
        let layers = Chain((
            Dense::<_, f64>::new(1, 4, tanh {}, rng),
            norm,
            Dropout::new(0.5),
            SkipConnection::new(Dense::<_, f64>::new(4, 4, identity {}, rng)),
        ));
        (layers, Lstm::<f64>::new(1, 2, rng))
    };
    let (saved, mut loaded) = (model(1), model(2));
    assert_ne!(saved, loaded);
    let bytes = to_bytes(&saved).unwrap();
    from_bytes(&mut loaded, &bytes).unwrap();
    assert_eq!(saved, loaded);

    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut shapes: Vec<String> = file
        .iter()
        .map(|(name, array)| format!("{name} {:?}", array.shape()))
        .collect();
    shapes.sort();
    assert_eq!(
        shapes,
        [
            "0.layers.0.bias [4]",
            "0.layers.0.weight [4, 1]",
            "0.layers.1.bias [4]",
            "0.layers.1.scale [4]",
            "0.layers.3.layer.bias [4]",
            "0.layers.3.layer.weight [4, 4]",
            "1.bias [8]",
            "1.hidden_weight [8, 2]",
            "1.input_weight [8, 1]",
        ]
    );
}

/// A file with these arrays of zeros; `dtype` has `width` bytes.
fn file(arrays: &[(&str, &str, usize, &[usize])]) -> Vec<u8> {
    let mut header = String::new();
    let mut end = 0;
    for (name, dtype, width, shape) in arrays {
        let start = end;
        end += width * shape.iter().product::<usize>();
        let comma = if header.is_empty() { "" } else { "," };
        header += &format!(
            r#"{comma}"{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{end}]}}"#
        );
    }
    raw(&format!("{{{header}}}"), end)
}

/// A file with this header, and so many bytes of data.
fn raw(header: &str, length: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend(std::iter::repeat_n(0, length));
    bytes
}

/// A model that is not zero, for which files of zeros would show.
fn dense() -> Dense {
    Dense {
        weight: dmatrix![1.0, 2.0; 3.0, 4.0; 5.0, 6.0],
        bias: dmatrix![7.0; 8.0; 9.0],
        activation: identity {},
    }
}

#[track_caller]
fn check_refusal(bytes: &[u8], expected: &str) -> CheckpointError {
    let mut model = dense();
    let error = from_bytes(&mut model, bytes).unwrap_err();
    assert_eq!(error.to_string(), expected);
    assert_eq!(model, dense());
    error
}

#[test]
fn a_column_may_have_one_dimension_or_two() {
    for bias in [&[3][..], &[3, 1]] {
        let mut model = dense();
        let bytes = file(&[("weight", "F64", 8, &[3, 2]), ("bias", "F64", 8, bias)]);
        from_bytes(&mut model, &bytes).unwrap();
        assert_eq!(model.bias, DMatrix::zeros(3, 1));
    }
}

#[test]
fn all_that_differs_is_told_at_once_with_both_sides() {
    let bytes = file(&[
        ("weight", "F64", 8, &[2, 3]),
        ("layers.1.weight", "F32", 4, &[5, 1]),
    ]);
    let error = check_refusal(
        &bytes,
        "weight is [2, 3], this model needs [3, 2]; bias is missing, this model needs [3]; \
         layers.1.weight is [5, 1], this model has no such parameter",
    );
    let CheckpointError::Parameters(mismatches) = error else {
        panic!("{error}")
    };
    let shape = Mismatch::Shape {
        name: "weight".into(),
        file: vec![2, 3],
        model: vec![3, 2],
    };
    assert_eq!((mismatches.len(), &mismatches[0]), (3, &shape));
}

#[test]
fn another_type_of_number_is_refused() {
    check_refusal(
        &file(&[("weight", "F32", 4, &[3, 2]), ("bias", "I64", 8, &[3])]),
        "weight is F32, this model needs F64; bias is I64, this model needs F64",
    );
    let mut single = vec![0.0_f32; 2];
    let bytes = to_bytes(&vec![0.0_f64; 2]).unwrap();
    let error = from_bytes(&mut single, &bytes).unwrap_err();
    assert_eq!(error.to_string(), " is F64, this model needs F32");
}

#[test]
fn hostile_files_are_errors() {
    check_refusal(&[], "no safetensors: header too small");
    let zip = b"PK\x03\x04\x14\x00\x00\x00\x08\x00";
    check_refusal(zip, "no safetensors: header too large");
    check_refusal(&raw("{}", 0)[..9], "no safetensors: invalid header length");
    check_refusal(&[0xff; 64], "no safetensors: header too large");
    check_refusal(
        &raw("{", 0),
        "no safetensors: invalid JSON in header: EOF while parsing an object at line 1 column 1",
    );
    // Arrays that overlap, that lie outside, whose size overflows, and data that belong to none.
    let array = |shape: &str, start: u64, end: u64| {
        format!(r#"{{"dtype":"F64","shape":{shape},"data_offsets":[{start},{end}]}}"#)
    };
    let overlap = format!(
        r#"{{"a":{},"b":{}}}"#,
        array("[1]", 0, 8),
        array("[1]", 0, 8)
    );
    let outside = format!(r#"{{"weight":{}}}"#, array("[1]", 1 << 60, (1 << 60) + 8));
    let overflow = format!(r#"{{"weight":{}}}"#, array("[9223372036854775807,9]", 0, 8));
    let negative = format!(r#"{{"weight":{}}}"#, array("[-1]", 0, 8));
    let backwards = format!(
        r#"{{"weight":{}}}"#,
        array("[1]", 0, 8).replace("0,8", "8,0")
    );
    let twice = format!(r#"{{"weight":{0},"weight":{0}}}"#, array("[1]", 0, 8));
    for header in [overlap, outside, overflow, negative, backwards, twice] {
        let mut model = dense();
        let error = from_bytes(&mut model, &raw(&header, 8)).unwrap_err();
        assert!(error.to_string().len() > 20, "{error}");
        assert_eq!(model, dense());
    }
    let deep = "[".repeat(100_000);
    assert!(from_bytes(&mut dense(), &raw(&deep, 0)).is_err());
}

#[test]
fn a_file_that_is_cut_off_anywhere_or_too_long_is_refused() {
    let mut model = zero();
    for length in 0..FILE.len() {
        let error = from_bytes(&mut model, &FILE[..length]).unwrap_err();
        assert!(
            matches!(error, CheckpointError::Format(_)),
            "{length}: {error}"
        );
    }
    let longer = [FILE, &[0]].concat();
    assert!(from_bytes(&mut model, &longer).is_err());
    assert_eq!(model, zero());
}

#[test]
fn any_byte_may_be_wrong() {
    for index in 0..FILE.len() {
        for change in [0x01, 0x20, 0x80, 0xff] {
            let mut bytes = FILE.to_vec();
            bytes[index] ^= change;
            let mut model = zero();
            if from_bytes(&mut model, &bytes).is_err() {
                assert_eq!(model, zero());
            }
        }
    }
}

/// A folder that is removed again.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn saving_again_replaces_the_file_and_leaves_no_other() {
    let folder = Folder::new("micrograd-save");
    let path = folder.0.join("model.safetensors");
    checkpoint::save(&zero(), &path).unwrap();
    checkpoint::save(&written(), &path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), FILE);
    assert_eq!(folder.names(), ["model.safetensors"]);

    let mut model = zero();
    checkpoint::load(&mut model, &path).unwrap();
    assert_eq!(model, written());
}

#[test]
fn a_write_that_fails_leaves_what_was_there() {
    let folder = Folder::new("micrograd-fail");
    // A folder of that name that is not empty cannot be replaced by a file.
    let path = folder.0.join("taken");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("old"), "old").unwrap();
    let error = checkpoint::save(&zero(), &path).unwrap_err();
    let expected = format!("cannot write {}: ", path.display());
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert_eq!(fs::read_to_string(path.join("old")).unwrap(), "old");
    assert_eq!(folder.names(), ["taken"]);
}

#[test]
fn files_that_are_not_there_are_named() {
    let missing = Path::new("no-such-folder/model.safetensors");
    let error = checkpoint::load(&mut zero(), missing).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot read no-such-folder/model.safetensors: "),
        "{error}"
    );
    let error = checkpoint::save(&zero(), missing).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot write no-such-folder/model.safetensors: "),
        "{error}"
    );
    let error = checkpoint::save(&zero(), "..").unwrap_err();
    assert_eq!(error.to_string(), "cannot write ..: the path names no file");
}

#[test]
fn an_error_in_a_file_names_the_file() {
    let folder = Folder::new("micrograd-other");
    let path = folder.0.join("dense.safetensors");
    checkpoint::save(&dense(), &path).unwrap();
    let mut narrow: Dense = Dense {
        weight: DMatrix::zeros(2, 2),
        bias: DMatrix::zeros(3, 1),
        activation: identity {},
    };
    let error = checkpoint::load(&mut narrow, &path).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}: weight is [3, 2], this model needs [2, 2]",
            path.display()
        )
    );
}
