//! Compiles the programs of `fail/` and `pass/`, and for each program of `fail/` the neighbour that it describes at its end.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use pipeline_dsl::rule::RULES;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fail")
}

/// A program that must not compile.
struct Program {
    text: String,
    /// What the compiler says.
    message: String,
}

impl Program {
    /// The program without what its last lines say is wrong with it: ``// It compiles with `a` instead of `b`.`` and
    /// ``// It compiles without `b`.``
    fn neighbour(&self, name: &str) -> String {
        let (program, changes) = self.text.split_once("// It compiles ").unwrap_or_else(|| {
            panic!("fail/{name}.rs does not say what makes it compile: end it with `// It compiles without ..`")
        });
        let mut program = program.to_owned();
        for change in changes.split("// It compiles ") {
            let parts: Vec<_> = change.split('`').collect();
            let (new, old) = match parts[..] {
                ["with ", new, " instead of ", old, _] => (new, old),
                ["without ", old, _] => ("", old),
                _ => panic!("fail/{name}.rs: {change}"),
            };
            assert!(program.contains(old), "fail/{name}.rs has no `{old}`");
            program = program.replacen(old, new, 1);
        }
        program
    }

    /// The rules that it breaks.
    fn rules(&self) -> impl Iterator<Item = &str> {
        self.message.lines().filter_map(|line| line.trim_start().strip_prefix("= rule: "))
    }
}

fn programs() -> BTreeMap<String, Program> {
    let mut programs = BTreeMap::new();
    for entry in folder().read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            // A new program has none until it has been compiled.
            let message = std::fs::read_to_string(path.with_extension("stderr")).unwrap_or_default();
            programs.insert(name, Program { text, message });
        }
    }
    programs
}

/// One program with all neighbours, so that they are compiled together.
fn neighbours() -> PathBuf {
    const HEAD: [&str; 5] = ["#![", "#[path", "mod shop;", "use shop::*;", "fn main() {}"];
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("shop.rs");
    let mut all = format!("#![deny(deprecated)]\n#![allow(unused)]\n#[path = {shop:?}]\npub mod shop;\n");
    for (name, program) in programs() {
        let text = program.neighbour(&name);
        writeln!(all, "pub mod {name} {{\nuse super::shop::{{self, *}};").unwrap();
        for line in text.lines().filter(|line| !HEAD.iter().any(|head| line.starts_with(head))) {
            writeln!(all, "{line}").unwrap();
        }
        all.push_str("}\n");
    }
    all.push_str("fn main() {}\n");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("neighbours.rs");
    std::fs::write(&path, all).unwrap();
    path
}

#[test]
fn programs_compile_or_not() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("fail/*.rs");
    cases.pass("pass/*.rs");
    cases.pass(neighbours());
}

/// One mistake is one error: nothing cascades.
#[test]
fn one_mistake_is_one_error() {
    let programs = programs();
    for (name, program) in &programs {
        let errors = program.message.lines().filter(|line| line.starts_with("error")).count();
        assert_eq!(errors, 1, "fail/{name}.stderr\n{}", program.message);
    }
    assert!(programs.len() >= 150, "only {} programs", programs.len());
}

/// Every rule has a program that breaks it, and so a neighbour that does not, since every program has one. Its name is the rule
/// as a sentence.
#[test]
fn every_rule_has_a_program() {
    let programs = programs();
    for rule in RULES {
        let example = programs.get(rule.example);
        let example = example.unwrap_or_else(|| panic!("{}: there is no fail/{}.rs", rule.name, rule.example));
        assert!(example.rules().any(|broken| broken == rule.name), "fail/{}.rs: {}", rule.example, rule.name);
    }
    for (name, program) in &programs {
        assert!(name.split('_').count() > 1, "`{name}` is no sentence");
        let unknown = program.rules().find(|broken| RULES.iter().all(|rule| rule.name != *broken));
        assert_eq!(unknown, None, "fail/{name}.rs");
    }
}
