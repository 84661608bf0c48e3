//! Builds many programs as one crate, in debug and in release, and runs it.
//!
//! The crate lies below the target directory and keeps its own artefacts there, so that only the
//! programs are compiled anew. A program that does not compile is taken out, and reported.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::{env, fs};

use crate::harness;
use crate::program::Program;

/// What the compiler says about a program: `line: message`, by spelling.
#[derive(Default)]
pub struct Rejected {
    /// Where it is differentiated.
    pub differentiable: Vec<String>,
    /// Where it is written with dual numbers: the generator made something that is not Rust.
    pub dual: Vec<String>,
}

/// What came of a batch.
#[derive(Default)]
pub struct Outcome {
    /// The programs that do not compile, by their place in the batch.
    pub rejected: BTreeMap<usize, Rejected>,
    /// What the others print.
    pub debug: String,
    /// The same, from the release build.
    pub release: String,
}

/// What is done with a batch.
#[derive(Clone, Copy, PartialEq)]
pub enum Build {
    /// The dual spelling alone is checked: is it Rust?
    CheckDual,
    /// Both spellings are checked, once: errors that others hide are not found.
    Check,
    /// Built and run in debug.
    Debug,
    /// Built and run in debug and in release.
    Both,
}

/// One crate at a time: they share a directory.
static DIRECTORY: Mutex<()> = Mutex::new(());

/// Builds and runs the programs. They are known by their place in the slice.
pub fn run(programs: &[Program], build: Build) -> Outcome {
    let _guard = DIRECTORY
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("random");
    let package = root.join("batch");
    let runs = matches!(build, Build::Debug | Build::Both);
    let mut outcome = Outcome::default();
    loop {
        write_package(&package, programs, &outcome.rejected, build);
        let command = if runs { "build" } else { "check" };
        let found = rejections(&cargo(&root, &[command]));
        if found.is_empty() {
            break;
        }
        outcome.rejected.extend(found);
        if build == Build::Check {
            break;
        }
    }
    let binary = |profile: &str| root.join("target").join(profile).join("batch");
    if runs {
        outcome.debug = stdout(&mut Command::new(binary("debug")));
        outcome.release.clone_from(&outcome.debug);
    }
    if build == Build::Both {
        let built = cargo(&root, &["build", "--release"]);
        assert!(
            built.status.success(),
            "{}",
            String::from_utf8_lossy(&built.stderr)
        );
        outcome.release = stdout(&mut Command::new(binary("release")));
    }
    outcome
}

fn cargo(root: &Path, arguments: &[&str]) -> Output {
    Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args(arguments)
        .args(["--offline", "--message-format=short", "--target-dir"])
        .arg(root.join("target"))
        .env("CARGO_TERM_COLOR", "never")
        .current_dir(root.join("batch"))
        .output()
        .expect("cargo runs")
}

fn stdout(command: &mut Command) -> String {
    let output = command.output().expect("the batch was built");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("numbers")
}

/// The errors in the output of the compiler, by program: `src/p3_dual.rs:12:5: error: …`.
fn rejections(output: &Output) -> BTreeMap<usize, Rejected> {
    let mut rejected: BTreeMap<usize, Rejected> = BTreeMap::new();
    if output.status.success() {
        return rejected;
    }
    let text = String::from_utf8_lossy(&output.stderr);
    for line in text.lines() {
        let Some((module, rest)) = line
            .strip_prefix("src/p")
            .and_then(|line| line.split_once(".rs:"))
        else {
            continue;
        };
        let Some(((index, spelling), (place, message))) =
            module.split_once('_').zip(rest.split_once(": error"))
        else {
            continue;
        };
        let program = rejected
            .entry(index.parse().expect("an index"))
            .or_default();
        let errors = match spelling {
            "dual" => &mut program.dual,
            _ => &mut program.differentiable,
        };
        errors.push(format!("{place}: error{message}"));
    }
    assert!(!rejected.is_empty(), "the batch does not build:\n{text}");
    rejected
}

fn write_package(
    package: &Path,
    programs: &[Program],
    left_out: &BTreeMap<usize, Rejected>,
    build: Build,
) {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = format!(
        "[package]
name = \"batch\"
edition = \"2024\"
[workspace]
[dependencies]
micrograd-core = {{ path = {:?} }}
num-dual = \"0.15\"
[profile.dev]
debug = false
incremental = false
",
        workspace.join("micrograd-core"),
    );
    let _ = fs::remove_dir_all(package.join("src"));
    fs::create_dir_all(package.join("src")).expect("the target directory can be written");
    let write =
        |path: &str, text: &str| fs::write(package.join(path), text).expect("can be written");
    write("Cargo.toml", &manifest);
    fs::copy(workspace.join("Cargo.lock"), package.join("Cargo.lock")).expect("can be copied");
    write("src/numbers.rs", include_str!("template/numbers.rs"));
    write("src/dual.rs", include_str!("template/dual.rs"));
    let (mut modules, mut runs) = (String::new(), String::new());
    for (index, program) in programs.iter().enumerate() {
        if left_out.contains_key(&index) {
            continue;
        }
        write(&format!("src/p{index}_dual.rs"), &harness::dual(program));
        modules += &format!("mod p{index}_dual;\n");
        if build == Build::CheckDual {
            continue;
        }
        write(
            &format!("src/p{index}_plain.rs"),
            &harness::differentiable(program),
        );
        modules += &format!("mod p{index}_plain;\n");
        let (seed, plain, dual) = (
            program.seed,
            format!("p{index}_plain"),
            format!("p{index}_dual"),
        );
        runs +=
            &format!("    run({index}, {seed}, {plain}::call, {plain}::pulled, {dual}::call);\n");
    }
    let main = include_str!("template/main.rs");
    write(
        "src/main.rs",
        &format!("{main}\n{modules}\nfn programs() {{\n{runs}}}\n"),
    );
}
