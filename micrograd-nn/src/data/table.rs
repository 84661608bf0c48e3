//! Tables of comma-separated values: numbers to train on, and class labels.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use csv::{ErrorKind, Position, ReaderBuilder, StringRecord, Trim};
use micrograd_core::Scalar;
use nalgebra::{DMatrix, convert};

/// A table of text, a sample a line, whose columns are taken as numbers or as classes.
///
/// Fields are separated by commas; quotes, line breaks inside quotes and blank lines are
/// understood (RFC 4180), spaces around a field are dropped.
///
/// ```
/// use micrograd_nn::Table;
/// use nalgebra::dmatrix;
///
/// let text = "\
/// length,width,species
/// 5.1,3.5,setosa
/// 6.2,2.9,versicolor
/// 4.9,3.0,setosa
/// ";
/// let table = Table::read(text.as_bytes()).unwrap();
/// let x = table.features::<f64>(&["length", "width"]).unwrap();
/// let (labels, classes) = table.labels("species").unwrap();
/// assert_eq!(x, dmatrix![5.1, 6.2, 4.9; 3.5, 2.9, 3.0]);
/// assert_eq!((labels, classes.join(" ")), (vec![0, 1, 0], "setosa versicolor".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    names: Vec<String>,
    records: Vec<StringRecord>,
}

impl Table {
    /// Reads the file at `path`, whose first line names the columns.
    ///
    /// # Errors
    /// If it cannot be read, or is no table; see [`read`](Table::read).
    ///
    /// ```
    /// let error = micrograd_nn::Table::open("flowers.csv").unwrap_err();
    /// assert!(error.to_string().starts_with("cannot open flowers.csv: "));
    /// ```
    pub fn open(path: impl AsRef<Path>) -> Result<Table, CsvError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| CsvError::Open {
            path: path.to_owned(),
            error,
        })?;
        Table::read(file)
    }

    /// Reads a table whose first line names the columns.
    ///
    /// # Errors
    /// If reading fails, the text is not UTF-8, there is no line, two columns have one name, or a
    /// line has another number of fields than the first.
    ///
    /// ```
    /// let error = micrograd_nn::Table::read("a,b\n1,2\n1,2,3\n".as_bytes()).unwrap_err();
    /// assert_eq!(error.to_string(), "line 3 has 3 fields, the first line has 2");
    /// ```
    pub fn read(reader: impl io::Read) -> Result<Table, CsvError> {
        let mut records = records(reader)?;
        if records.is_empty() {
            return Err(CsvError::Empty);
        }
        let names: Vec<String> = records.remove(0).iter().map(str::to_owned).collect();
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                return Err(CsvError::SameName { name: name.clone() });
            }
        }
        Ok(Table { names, records })
    }

    /// Reads a table without a line of names; the columns are called `0`, `1` and so on.
    ///
    /// # Errors
    /// If reading fails, the text is not UTF-8, there is no line, or a line has another number of
    /// fields than the first.
    ///
    /// ```
    /// let table = micrograd_nn::Table::read_headerless("1,2\n3,4\n".as_bytes()).unwrap();
    /// assert_eq!(table.features(&["1"]).unwrap(), nalgebra::dmatrix![2.0, 4.0]);
    /// ```
    pub fn read_headerless(reader: impl io::Read) -> Result<Table, CsvError> {
        let records = records(reader)?;
        let first = records.first().ok_or(CsvError::Empty)?;
        let names = (0..first.len()).map(|column| column.to_string()).collect();
        Ok(Table { names, records })
    }

    /// The names of the columns, in the order of the table.
    ///
    /// ```
    /// let table = micrograd_nn::Table::read("a,b\n1,2\n3,4\n5,6\n".as_bytes()).unwrap();
    /// assert_eq!((table.names().join(" "), table.samples()), ("a b".to_owned(), 3));
    /// ```
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of samples; the line of names is none.
    pub fn samples(&self) -> usize {
        self.records.len()
    }

    /// The numbers of these columns: features × samples, in the order of `names`.
    ///
    /// # Errors
    /// If there is no such column, or a field is not a finite number; the error names its line and
    /// column, and says what stands there.
    ///
    /// ```
    /// let table = micrograd_nn::Table::read("a,b\n1,2\n3,n/a\n".as_bytes()).unwrap();
    /// let error = |names: &[&str]| table.features::<f64>(names).unwrap_err().to_string();
    /// assert_eq!(error(&["b"]), "line 3, column `b`: `n/a` is not a finite number");
    /// assert_eq!(error(&["c"]), "there is no column `c`; there are `a`, `b`");
    /// ```
    pub fn features<T: Scalar>(&self, names: &[&str]) -> Result<DMatrix<T>, CsvError> {
        let columns = names.iter().map(|name| self.column(name));
        self.numbers(&columns.collect::<Result<Vec<_>, _>>()?)
    }

    /// The numbers of all columns except these: features × samples, in the order of the table.
    ///
    /// # Errors
    /// As [`features`](Table::features).
    ///
    /// ```
    /// let table = micrograd_nn::Table::read("a,b,class\n1,2,x\n".as_bytes()).unwrap();
    /// assert_eq!(table.features_except(&["class"]).unwrap(), nalgebra::dmatrix![1.0; 2.0]);
    /// ```
    pub fn features_except<T: Scalar>(&self, names: &[&str]) -> Result<DMatrix<T>, CsvError> {
        let excluded = names.iter().map(|name| self.column(name));
        let excluded = excluded.collect::<Result<Vec<_>, _>>()?;
        let columns = (0..self.names.len()).filter(|column| !excluded.contains(column));
        self.numbers(&columns.collect::<Vec<_>>())
    }

    /// The class of each sample, counted from 0, and the names of the classes, from this column.
    ///
    /// Classes are in alphabetical order; if all are whole numbers, in the order of these.
    ///
    /// # Errors
    /// If there is no such column, or a field is empty.
    ///
    /// ```
    /// let table = micrograd_nn::Table::read("digit\n9\n10\n9\n".as_bytes()).unwrap();
    /// let (labels, classes) = table.labels("digit").unwrap();
    /// assert_eq!((labels, classes), (vec![0, 1, 0], vec!["9".to_owned(), "10".to_owned()]));
    /// ```
    pub fn labels(&self, name: &str) -> Result<(Vec<usize>, Vec<String>), CsvError> {
        let column = self.column(name)?;
        if let Some(record) = self.records.iter().find(|record| record[column].is_empty()) {
            return Err(self.misfit(record, column, "a class"));
        }
        let found = || self.records.iter().map(|record| &record[column]);
        let mut classes: Vec<&str> = found().collect();
        classes.sort_unstable();
        classes.dedup();
        if classes.iter().all(|class| class.parse::<u64>().is_ok()) {
            classes.sort_by_key(|class| class.parse::<u64>().ok());
        }
        let label = |class| classes.iter().position(|known| *known == class);
        let labels = found().filter_map(label).collect();
        Ok((labels, classes.into_iter().map(str::to_owned).collect()))
    }

    fn column(&self, name: &str) -> Result<usize, CsvError> {
        let found = self.names.iter().position(|known| known == name);
        found.ok_or_else(|| CsvError::NoColumn {
            name: name.to_owned(),
            names: self.names.clone(),
        })
    }

    fn numbers<T: Scalar>(&self, columns: &[usize]) -> Result<DMatrix<T>, CsvError> {
        let mut numbers = Vec::with_capacity(columns.len() * self.records.len());
        for record in &self.records {
            for &column in columns {
                // A double may be too large for the type that is wanted.
                let number: Option<T> = record[column].parse::<f64>().ok().map(convert);
                let number = number.filter(|number| number.is_finite());
                numbers.push(number.ok_or_else(|| self.misfit(record, column, "a finite number"))?);
            }
        }
        Ok(DMatrix::from_vec(
            columns.len(),
            self.records.len(),
            numbers,
        ))
    }

    fn misfit(&self, record: &StringRecord, column: usize, expected: &'static str) -> CsvError {
        CsvError::Field {
            line: record.position().map_or(0, Position::line),
            column: self.names[column].clone(),
            found: record[column].to_owned(),
            expected,
        }
    }
}

/// All lines that are not blank, of the same number of fields.
fn records(mut reader: impl io::Read) -> Result<Vec<StringRecord>, CsvError> {
    let mut text = Vec::new();
    reader.read_to_end(&mut text).map_err(CsvError::Read)?;
    let records = ReaderBuilder::new()
        .has_headers(false)
        .trim(Trim::All)
        .from_reader(&text[..])
        .into_records()
        .collect::<Result<Vec<_>, _>>();
    let mut records = records.map_err(|error| match error.kind() {
        ErrorKind::UnequalLengths {
            pos: Some(position),
            expected_len,
            len,
        } => CsvError::Fields {
            line: first_line(position, &text),
            found: *len,
            expected: *expected_len,
        },
        _ => CsvError::Read(error.into()),
    })?;
    for record in &mut records {
        if let Some(mut position) = record.position().cloned() {
            let line = first_line(&position, &text);
            record.set_position(Some(position.set_line(line).clone()));
        }
    }
    Ok(records)
}

/// The line on which a record starts. The position that the reader gives is that of the blank
/// lines before it.
fn first_line(position: &Position, text: &[u8]) -> u64 {
    let rest = text.get(position.byte() as usize..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| b"\r\n".contains(byte));
    position.line() + blank.filter(|byte| **byte == b'\n').count() as u64
}

/// Why a table of comma-separated values cannot be read or used.
///
/// ```
/// use micrograd_nn::{CsvError, Table};
///
/// assert!(matches!(Table::read("".as_bytes()), Err(CsvError::Empty)));
/// let error = Table::read("a,a\n".as_bytes()).unwrap_err();
/// assert_eq!(error.to_string(), "two columns are called `a`");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum CsvError {
    /// The file cannot be opened.
    Open {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Reading failed, or the text is not UTF-8.
    Read(io::Error),
    /// There is no line.
    Empty,
    /// Two columns have the same name.
    SameName {
        /// The name.
        name: String,
    },
    /// A line has another number of fields than the first.
    Fields {
        /// The line, counted from 1.
        line: u64,
        /// The number of its fields.
        found: u64,
        /// The number of fields of the first line.
        expected: u64,
    },
    /// There is no column of this name.
    NoColumn {
        /// The name.
        name: String,
        /// The names that there are.
        names: Vec<String>,
    },
    /// A field is not what its column should hold.
    Field {
        /// The line, counted from 1.
        line: u64,
        /// The name of the column.
        column: String,
        /// What stands there.
        found: String,
        /// What should, such as "a finite number".
        expected: &'static str,
    },
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CsvError::Open { path, error } => write!(f, "cannot open {}: {error}", path.display()),
            CsvError::Read(error) => write!(f, "cannot read the table: {error}"),
            CsvError::Empty => write!(f, "the table is empty"),
            CsvError::SameName { name } => write!(f, "two columns are called `{name}`"),
            CsvError::Fields {
                line,
                found,
                expected,
            } => {
                let plural = if *found == 1 { "" } else { "s" };
                write!(
                    f,
                    "line {line} has {found} field{plural}, the first line has {expected}"
                )
            }
            CsvError::NoColumn { name, names } => {
                let names = names.join("`, `");
                write!(f, "there is no column `{name}`; there are `{names}`")
            }
            CsvError::Field {
                line,
                column,
                found,
                expected,
            } => {
                write!(f, "line {line}, column `{column}`: ")?;
                match &found[..] {
                    "" => write!(f, "the field is empty, it should hold {expected}"),
                    found => write!(f, "`{found}` is not {expected}"),
                }
            }
        }
    }
}

impl std::error::Error for CsvError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CsvError::Open { error, .. } | CsvError::Read(error) => Some(error),
            _ => None,
        }
    }
}
