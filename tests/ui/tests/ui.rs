//! Compiles the programs of `fail/` and `pass/`.

use std::path::Path;

#[test]
fn programs() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("fail/*.rs");
    cases.pass("pass/*.rs");
}

/// Where the compiler still repeats itself, and how often it speaks.
const REPEATED: &[(&str, usize)] = &[("stream_is_written", 2)];

/// One mistake is one error: nothing cascades.
#[test]
fn one_mistake_is_one_error() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fail");
    let mut seen = 0;
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "stderr") {
            let text = std::fs::read_to_string(&path).unwrap();
            let errors = text.lines().filter(|line| line.starts_with("error")).count();
            let known = REPEATED.iter().find(|(name, _)| path.file_stem().is_some_and(|stem| stem == *name));
            assert_eq!(errors, known.map_or(1, |(_, times)| *times), "{}\n{text}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 10, "the expectations are in {}", folder.display());
}
