//! Tables of comma-separated values.

use std::io;

use micrograd_nn::{CsvError, Table};
use nalgebra::dmatrix;

fn table(text: &str) -> Table {
    Table::read(text.as_bytes()).unwrap()
}

fn refusal(text: &str) -> String {
    Table::read(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn spaces_quotes_and_windows_line_ends_are_understood() {
    let table = table("\u{feff}a, b ,name\r\n 1 ,\"2.5\",\"x, y\"\r\n-3e2,+4, z\r\n");
    assert_eq!(table.names(), ["a", "b", "name"]);
    assert_eq!(table.samples(), 2);
    let x = table.features::<f64>(&["b", "a"]).unwrap();
    assert_eq!(x, dmatrix![2.5, 4.0; 1.0, -300.0]);
    assert_eq!(table.labels("name").unwrap().1, ["x, y", "z"]);
}

#[test]
fn numbers_of_single_precision_are_rounded() {
    let x = table("a\n0.1\n").features::<f32>(&["a"]).unwrap();
    assert_eq!(x, dmatrix![0.1_f32]);
}

#[test]
fn a_table_without_samples_has_none() {
    let table = table("a,b\n");
    assert_eq!(table.features::<f64>(&["a", "b"]).unwrap().shape(), (2, 0));
    assert_eq!(table.labels("a").unwrap(), (vec![], vec![]));
}

#[test]
fn what_is_no_number_is_named_with_its_line_and_column() {
    // Line 3 ends inside the quotes, line 5 is blank.
    let table = table("a,b\n1,2\n3,\"4\n\"\n\n5,1_000\n,6\n7,inf\n");
    let error = |name| table.features::<f64>(&[name]).unwrap_err().to_string();
    assert_eq!(
        error("b"),
        "line 6, column `b`: `1_000` is not a finite number"
    );
    assert_eq!(
        error("a"),
        "line 7, column `a`: the field is empty, it should hold a finite number"
    );
    let unlimited = Table::read("b\ninf\n".as_bytes()).unwrap();
    let error = unlimited.features::<f64>(&["b"]).unwrap_err().to_string();
    assert_eq!(error, "line 2, column `b`: `inf` is not a finite number");
}

#[test]
fn a_missing_class_is_named_with_its_line_and_column() {
    let error = table("a,class\n1,x\n2,\n").labels("class").unwrap_err();
    let expected = "line 3, column `class`: the field is empty, it should hold a class";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_column_that_is_not_there_is_named_with_those_that_are() {
    let table = table("a,b\n1,2\n");
    let expected = "there is no column `c`; there are `a`, `b`";
    assert_eq!(
        table.features::<f64>(&["a", "c"]).unwrap_err().to_string(),
        expected
    );
    assert_eq!(
        table
            .features_except::<f64>(&["c"])
            .unwrap_err()
            .to_string(),
        expected
    );
    assert_eq!(table.labels("c").unwrap_err().to_string(), expected);
}

#[test]
fn what_is_no_table_is_refused() {
    assert_eq!(refusal(""), "the table is empty");
    assert_eq!(refusal("a,b,a\n1,2,3\n"), "two columns are called `a`");
    assert_eq!(
        refusal("a,b\n1,2\n3\n"),
        "line 3 has 1 field, the first line has 2"
    );
    assert_eq!(
        refusal("\n\na,b\n\n1,2,3\n"),
        "line 5 has 3 fields, the first line has 2"
    );
    let error = Table::read_headerless("".as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "the table is empty");
    let error = Table::read(&b"a\n\xff\n"[..]).unwrap_err().to_string();
    assert!(
        error.starts_with("cannot read the table: ") && error.contains("line 2"),
        "{error}"
    );
}

#[test]
fn a_failure_while_reading_is_passed_on() {
    struct Broken;
    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is on fire"))
        }
    }
    let error = Table::read(Broken).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read the table: the disk is on fire"
    );
    assert!(matches!(error, CsvError::Read(_)));
}

#[test]
fn a_number_that_is_too_large_for_its_type_is_refused() {
    let table = Table::read("a\n1\n1e300\n".as_bytes()).unwrap();
    assert!(table.features::<f64>(&["a"]).is_ok());
    let error = table.features::<f32>(&["a"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 3, column `a`: `1e300` is not a finite number"
    );
}
