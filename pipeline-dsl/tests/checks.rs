//! Every rule that a message names is described in `docs/checks.md`, and none besides.

use std::collections::BTreeSet;
use std::path::Path;

/// The words of `text` that follow one of the ways in which the sources name a rule.
fn named_rules(text: &str, rules: &mut BTreeSet<String>) {
    for start in ["rule(\"", "rule(\n                \"", "= rule: ", "(rule `"] {
        for (at, _) in text.match_indices(start) {
            let name: String = text[at + start.len()..]
                .chars()
                .take_while(|letter| letter.is_ascii_lowercase() || *letter == '-')
                .collect();
            if name.contains('-') || name == "interval" {
                rules.insert(name);
            }
        }
    }
}

fn read(directory: &Path, rules: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, rules);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            named_rules(&std::fs::read_to_string(&path).unwrap(), rules);
        }
    }
}

#[test]
fn the_documentation_lists_exactly_the_rules_of_the_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut rules = BTreeSet::new();
    read(&root.join("pipeline-dsl/src"), &mut rules);
    read(&root.join("pipeline-macros/src"), &mut rules);
    // Handed to a function that is called with the name.
    for name in ["number-precision", "number-scale", "varchar-length", "binary-length"] {
        rules.insert(name.to_owned());
    }

    let text = std::fs::read_to_string(root.join("docs/checks.md")).unwrap();
    let documented: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(rules, documented);
}
