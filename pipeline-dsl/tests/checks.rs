//! Every rule that a message names is described in `docs/checks.md`, and none besides.

use std::collections::BTreeSet;
use std::path::Path;

/// Texts in kebab case are rules; these are something else.
const OTHERS: [&str; 3] = ["aws-us-gov", "aws-cn", "pipeline-dsl"];

/// The string literals of `source` that are rules.
fn named_rules(source: &str, rules: &mut BTreeSet<String>) {
    // Between two quotes stands a literal, or what is between two literals, which is never in kebab case.
    for text in source.split('"') {
        let mut words = text.split('-');
        let all_words = words.all(|word| !word.is_empty() && word.bytes().all(|letter| letter.is_ascii_lowercase()));
        let is_rule = text == "interval" || (text.contains('-') && all_words);
        if is_rule && !OTHERS.contains(&text) {
            rules.insert(text.to_owned());
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

    let text = std::fs::read_to_string(root.join("docs/checks.md")).unwrap();
    let documented: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(rules, documented);
}
