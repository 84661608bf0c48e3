//! Models as bytes of the safetensors format.

use std::collections::BTreeMap;

use micrograd_core::{Leaf, Name, Parameters};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::{CheckpointError, Mismatch};

/// What a file that [`save`](super::save) writes holds, such as for a model that goes elsewhere than into a file.
///
/// ```
/// use micrograd_nn::checkpoint::{from_bytes, to_bytes};
///
/// let bytes = to_bytes(&(0.5, vec![1.0, 2.0]))?;
/// let mut model = (0.0, vec![0.0; 2]);
/// from_bytes(&mut model, &bytes)?;
/// assert_eq!(model, (0.5, vec![1.0, 2.0]));
///
/// let error = from_bytes(&mut (0.0, vec![0.0; 3]), &bytes).unwrap_err();
/// assert!(error.to_string().contains("1 is [2], this model needs [3]"));
/// # Ok::<(), micrograd_nn::checkpoint::CheckpointError>(())
/// ```
///
/// # Errors
/// If two parameters have the same name.
pub fn to_bytes<M: Parameters + Clone>(model: &M) -> Result<Vec<u8>, CheckpointError> {
    bytes_of(&mut model.clone())
}

/// [`to_bytes`] of a model that may be visited; it is not changed.
pub(super) fn bytes_of<M: Parameters>(model: &mut M) -> Result<Vec<u8>, CheckpointError> {
    let mut arrays: BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)> = BTreeMap::new();
    let mut twice = Vec::new();
    visit(model, |name, shape, leaf| {
        let in_file = shape_in_file(name, shape);
        let (dtype, data) = match leaf {
            Leaf::F32(values, _) => (Dtype::F32, rows_first(shape, values, f32::to_le_bytes)),
            Leaf::F64(values, _) => (Dtype::F64, rows_first(shape, values, f64::to_le_bytes)),
        };
        let before = arrays.insert(name.to_owned(), (dtype, in_file, data));
        if before.is_some() {
            let name = name.to_owned();
            twice.push(Mismatch::Twice { name });
        }
    });
    if !twice.is_empty() {
        return Err(CheckpointError::Parameters(twice));
    }
    let view = |(name, (dtype, shape, data))| {
        let view = TensorView::new(dtype, shape, data).map_err(format)?;
        Ok((name, view))
    };
    let views = arrays
        .iter()
        .map(|(name, (dtype, shape, data))| view((name, (*dtype, shape.clone(), data))))
        .collect::<Result<Vec<_>, CheckpointError>>()?;
    safetensors::serialize(views, None).map_err(format)
}

/// Fills a model with what [`to_bytes`] made of another one.
///
/// # Errors
/// If the bytes are no safetensors, or have not exactly the parameters of the model, with their
/// shapes and types; the error lists all that differ. The model is then as it was.
pub fn from_bytes<M: Parameters>(model: &mut M, bytes: &[u8]) -> Result<(), CheckpointError> {
    let file = SafeTensors::deserialize(bytes).map_err(format)?;
    let mut arrays: BTreeMap<String, TensorView<'_>> = file.tensors().into_iter().collect();
    let mut mismatches = Vec::new();
    let mut fitting = Vec::new();
    visit(model, |name, shape, leaf| match arrays.remove(name) {
        Some(array) => {
            mismatches.extend(mismatch(name, shape, &leaf, &array));
            fitting.push(array);
        }
        None => mismatches.push(Mismatch::Missing {
            name: name.to_owned(),
            model: shape_in_file(name, shape),
        }),
    });
    let extra = arrays.into_iter().map(|(name, array)| Mismatch::Extra {
        name,
        file: array.shape().to_vec(),
    });
    mismatches.extend(extra);
    if !mismatches.is_empty() {
        return Err(CheckpointError::Parameters(mismatches));
    }
    let mut fitting = fitting.into_iter();
    visit(model, |_, shape, leaf| {
        let data = fitting.next().expect("every leaf has its array").data();
        match leaf {
            Leaf::F32(values, _) => columns_first(shape, data, values, f32::from_le_bytes),
            Leaf::F64(values, _) => columns_first(shape, data, values, f64::from_le_bytes),
        }
    });
    Ok(())
}

fn visit<M: Parameters>(model: &mut M, mut visit: impl FnMut(&str, &[usize], Leaf<'_>)) {
    let mut tangent = model.zero_tangent();
    model.visit_parameters(&mut tangent, &mut Name::default(), &mut visit);
}

/// The format's own errors, with their reasons.
fn format(error: safetensors::SafeTensorError) -> CheckpointError {
    CheckpointError::Format(error.to_string())
}

/// A column is a vector, as PyTorch's biases are, unless it is the weight of a single input.
fn shape_in_file(name: &str, shape: &[usize]) -> Vec<usize> {
    match shape {
        [rows, 1] if !name.ends_with("weight") => vec![*rows],
        shape => shape.to_vec(),
    }
}

/// How a parameter and what the file has under its name differ.
fn mismatch(
    name: &str,
    shape: &[usize],
    leaf: &Leaf<'_>,
    array: &TensorView<'_>,
) -> Option<Mismatch> {
    let name = || name.to_owned();
    let fits = match shape {
        [rows, 1] => array.shape() == [*rows] || array.shape() == [*rows, 1],
        shape => array.shape() == shape,
    };
    if !fits {
        return Some(Mismatch::Shape {
            model: shape_in_file(&name(), shape),
            name: name(),
            file: array.shape().to_vec(),
        });
    }
    let needed = match leaf {
        Leaf::F32(..) => Dtype::F32,
        Leaf::F64(..) => Dtype::F64,
    };
    (array.dtype() != needed).then(|| Mismatch::Type {
        name: name(),
        file: array.dtype().to_string(),
        model: needed.to_string(),
    })
}

/// The bytes of numbers that are stored columns first, rows first.
fn rows_first<T: Copy, const N: usize>(
    shape: &[usize],
    values: &[T],
    bytes: fn(T) -> [u8; N],
) -> Vec<u8> {
    order(shape, values.len())
        .flat_map(|index| bytes(values[index]))
        .collect()
}

/// The other way round.
fn columns_first<T, const N: usize>(
    shape: &[usize],
    data: &[u8],
    values: &mut [T],
    number: fn([u8; N]) -> T,
) {
    let (numbers, _) = data.as_chunks();
    for (index, bytes) in order(shape, values.len()).zip(numbers) {
        values[index] = number(*bytes);
    }
}

/// Where the numbers stand in the model, in the order of the file.
fn order(shape: &[usize], length: usize) -> impl Iterator<Item = usize> {
    let (rows, columns) = match shape {
        [rows, columns] => (*rows, *columns),
        _ => (1, length),
    };
    (0..rows).flat_map(move |row| (0..columns).map(move |column| row + column * rows))
}
