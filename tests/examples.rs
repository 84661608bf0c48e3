//! What all examples promise: options, exit codes, output, and the same figures for the same seed.
//!
//! The programs are those that `cargo test` has built; alone, this test needs
//! `cargo build --examples` before.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const EXAMPLES: [&str; 8] = [
    "category",
    "char_rnn",
    "custom_layer",
    "digits",
    "moons",
    "ode",
    "optimise",
    "polynomial",
];

/// The example of this name, in the profile of this test.
fn example(name: &str, arguments: &[&str]) -> Command {
    let test = std::env::current_exe().expect("this program has a path");
    let profile = test.ancestors().nth(2).expect("target/profile/deps/test");
    let mut path: PathBuf = profile.join("examples").join(name);
    path.set_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        path.exists(),
        "{} is missing: cargo build --examples",
        path.display()
    );
    let mut command = Command::new(path);
    command.args(arguments);
    command
}

fn run(name: &str, arguments: &[&str]) -> Output {
    example(name, arguments)
        .output()
        .expect("the example starts")
}

/// What a short run without pictures prints.
fn figures(name: &str, arguments: &[&str]) -> String {
    let output = run(
        name,
        &[&["--quick", "--quiet", "--no-plots"], arguments].concat(),
    );
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
    assert_eq!(text(&output.stderr), "", "{name}");
    assert!(output.status.success(), "{name}: {}", output.status);
    text(&output.stdout)
}

#[test]
fn every_example_is_tested() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    assert_eq!(names, EXAMPLES);
}

#[test]
fn help_names_the_options_that_all_have() {
    for name in EXAMPLES {
        let output = run(name, &["--help"]);
        let help = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}");
        for option in ["--seed", "--out", "--no-plots", "--quiet", "--quick"] {
            assert!(help.contains(option), "{name} {option}: {help}");
        }
    }
}

#[test]
fn wrong_usage_is_exit_code_2_and_names_the_option() {
    for name in EXAMPLES {
        for arguments in [["--sed", "1"], ["--seed", "one"], ["--seed", "-1"]] {
            let output = run(name, &arguments);
            let message = String::from_utf8_lossy(&output.stderr);
            assert_eq!(
                output.status.code(),
                Some(2),
                "{name} {arguments:?}: {message}"
            );
            assert!(
                message.contains(arguments[0]),
                "{name} {arguments:?}: {message}"
            );
        }
    }
    let refused = [
        ("category", "--samples", "5"),
        ("char_rnn", "--length", "0"),
        ("custom_layer", "--noise", "-0.1"),
        ("digits", "--runs", "0"),
        ("moons", "--hidden", "16,x"),
        ("ode", "--learning-rate", "NaN"),
        ("optimise", "--dimensions", "1"),
        ("polynomial", "--learning-rate", "0"),
    ];
    for (name, option, value) in refused {
        let output = run(name, &[option, value]);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{name} {option} {value}: {message}"
        );
        assert!(
            message.contains(option),
            "{name} {option} {value}: {message}"
        );
    }
}

#[test]
fn a_step_size_that_is_too_large_is_exit_code_1_and_says_so() {
    for name in ["ode", "optimise", "polynomial"] {
        let arguments = ["--quick", "--quiet", "--no-plots", "--learning-rate", "1e6"];
        let output = run(name, &arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{name}: {message}");
        assert!(message.contains("--learning-rate"), "{name}: {message}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let arguments = ["--quick", "--quiet", "--no-plots"];
    let mut child = example("polynomial", &arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the example starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the example ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
}

#[test]
fn a_seed_reproduces_the_figures() {
    for name in ["category", "ode", "optimise", "polynomial"] {
        let first = figures(name, &["--seed", "7"]);
        assert_eq!(first, figures(name, &["--seed", "7"]));
        assert_ne!(first, figures(name, &["--seed", "8"]));
    }
}

#[test]
fn the_pictures_are_written_where_they_are_wanted() {
    let folder = std::env::temp_dir().join(format!("micrograd-examples-{}", std::process::id()));
    let arguments = ["--quick", "--quiet", "--out"].map(std::ffi::OsStr::new);
    let output = example("optimise", &[])
        .args(arguments)
        .arg(&folder)
        .output()
        .expect("the example starts");
    assert!(output.status.success());
    let png = std::fs::read(folder.join("optimise_values.png")).expect("a PNG is there");
    let svg = std::fs::read_to_string(folder.join("optimise_values.svg")).expect("an SVG is there");
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
    assert_eq!(&png[1..4], b"PNG");
    assert!(svg.starts_with("<svg width=\"680\""), "{}", &svg[..80]);
}

#[test]
fn lbfgs_needs_few_gradients_where_gradient_descent_needs_many() {
    let table = figures("optimise", &[]);
    let row = |method: &str| -> Vec<f64> {
        let row = table
            .lines()
            .find(|line| line.trim_start().starts_with(method));
        let numbers =
            row.expect("a row for the method").trim_start()[method.len()..].split_whitespace();
        numbers
            .map(|number| number.parse().expect("a number"))
            .collect()
    };
    let (lbfgs, descent) = (row("L-BFGS"), row("gradient descent"));
    assert!(lbfgs[1] < 300.0 && lbfgs[3] < 1e-6, "{table}");
    assert!(descent[1] == 2000.0 && descent[2] > lbfgs[2], "{table}");
}

#[test]
fn the_rates_of_hares_and_lynxes_are_the_published_ones() {
    let table = figures("ode", &[]);
    let rates = table.lines().skip(1).take(4).map(|line| {
        let mut numbers = line.split_whitespace().rev();
        let mut next = || -> f64 { numbers.next().expect("a column").parse().expect("a number") };
        (next(), next())
    });
    for (published, fitted) in rates {
        assert!((fitted / published - 1.0).abs() < 0.05, "{table}");
    }
}

#[test]
fn the_digits_are_those_of_the_data_set() {
    let table = micrograd_nn::Table::read(&include_bytes!("../examples/assets/digits.csv")[..]);
    let table = table.expect("the file is a table");
    let pixels = table
        .features_except::<f64>(&["digit"])
        .expect("pixels are numbers");
    let (labels, classes) = table.labels("digit").expect("digits are classes");
    assert_eq!(pixels.shape(), (64, 1797));
    assert_eq!((pixels.min(), pixels.max()), (0.0, 16.0));
    assert!(pixels.iter().all(|pixel| pixel.fract() == 0.0));
    assert_eq!(classes.join(""), "0123456789");
    let count = |class: usize| labels.iter().filter(|label| **label == class).count();
    let counts: Vec<usize> = (0..10).map(count).collect();
    assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
}
