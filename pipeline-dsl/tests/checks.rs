//! The list of rules: every rule that a message names is in it, and none besides; `docs/checks.md` is made from it and from
//! the programs that break them. To write the file again, run this test with `UPDATE_CHECKS=1`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use pipeline_dsl::rule::{Level, RULES, Rule};

/// Texts in kebab case are rules; these are something else.
const OTHERS: [&str; 4] = ["aws-us-gov", "aws-cn", "pipeline-dsl", "content-type"];

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
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.parent().unwrap().ends_with("rule/list")
        {
            named_rules(&std::fs::read_to_string(&path).unwrap(), rules);
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

#[test]
fn the_list_has_exactly_the_rules_of_the_sources() {
    let mut rules = BTreeSet::new();
    read(&root().join("pipeline-dsl/src"), &mut rules);
    read(&root().join("pipeline-macros/src"), &mut rules);
    let listed: BTreeSet<_> = RULES.iter().map(|rule| rule.name.to_owned()).collect();
    assert_eq!(rules, listed);
    assert_eq!(listed.len(), RULES.len(), "a rule is listed twice");
}

/// A program without what all have, and the first message of the compiler without its place.
fn example(stem: &str) -> (String, String) {
    let path = root().join("tests/ui/fail").join(stem);
    let program = std::fs::read_to_string(path.with_extension("rs")).unwrap();
    let setting = ["#[path", "mod shop;", "use ", "fn main", "#!["];
    let lines = program.lines().filter(|line| !setting.iter().any(|head| line.starts_with(head)));
    let message = std::fs::read_to_string(path.with_extension("stderr")).unwrap();
    let message: Vec<_> =
        message.lines().take_while(|line| !line.trim_start().starts_with("-->")).map(str::trim).collect();
    let message = message.join("\n").replace("evaluation panicked: ", "");
    // What the compiler writes before the note of a warning is about our means, not about the mistake.
    let message = match message.split_once("CHECKED`: ") {
        Some((_, note)) => format!("warning: {note}"),
        None => message,
    };
    let mut lines: Vec<_> = lines.map(shortened).collect();
    if lines.len() > 30 {
        lines.splice(10..lines.len() - 8, [String::from("    ..")]);
    }
    (lines.join("\n").trim().to_owned(), message)
}

fn shortened(line: &str) -> String {
    if line.chars().count() > 200 { line.chars().take(120).chain(" .. ".chars()).collect() } else { line.to_owned() }
}

fn describe(out: &mut String, rule: &Rule) {
    let level = match rule.level {
        Level::Error => "Error",
        Level::Warning => "Warning",
    };
    writeln!(out, "### `{}`\n\n{level}. Prevents {}.", rule.name, rule.prevents).unwrap();
    writeln!(out, "\nFact: {}.", rule.fact).unwrap();
    let (program, message) = example(rule.example);
    writeln!(out, "\n```rust\n{program}\n```\n\n```text\n{message}\n```").unwrap();
    out.push('\n');
}

fn document() -> String {
    let mut out = String::from(include_str!("checks/head.md"));
    let mut subject = "";
    for rule in RULES {
        if rule.subject != subject {
            subject = rule.subject;
            writeln!(out, "\n## {subject}\n\n| rule | level | prevents |\n|---|---|---|").unwrap();
            for rule in RULES.iter().filter(|rule| rule.subject == subject) {
                let level = if rule.level == Level::Error { "error" } else { "warning" };
                writeln!(out, "| [`{0}`](#{0}) | {level} | {1} |", rule.name, rule.prevents).unwrap();
            }
            out.push('\n');
        }
        describe(&mut out, rule);
    }
    out.push_str(include_str!("checks/facts.md"));
    for line in include_str!("checks/facts.tsv").lines() {
        let [number, fact, status, how]: [&str; 4] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let how = if how.is_empty() { status.to_owned() } else { format!("{status}: {how}") };
        writeln!(out, "| {number} | {} | {} |", fact.replace('|', "\\|"), how.replace('|', "\\|")).unwrap();
    }
    out
}

#[test]
fn the_documentation_is_up_to_date() {
    let path = root().join("docs/checks.md");
    let made = document();
    if std::env::var_os("UPDATE_CHECKS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(found == made, "docs/checks.md is out of date: run this test with UPDATE_CHECKS=1");
}

/// What the compiler says about a literal, a program says about a value that it meets at run time.
#[test]
fn values_are_told_the_same_at_run_time() {
    use pipeline_dsl::rule::value::{self, Checked};
    let long = "x".repeat(300);
    let checks: &[(&str, Checked)] = &[
        ("topic_arn_is_no_arn", value::topic_arn("snowflake-task-errors")),
        ("topic_is_fifo", value::topic_arn("arn:aws:sns:us-east-1:123456789012:errors.fifo")),
        ("role_arn_is_that_of_a_user", value::role_arn("arn:aws:iam::123456789012:user/Notifier")),
        ("topic_of_google_is_no_topic", value::gcp_topic_name("shop/errors")),
        ("topic_of_azure_is_no_endpoint", value::azure_topic_endpoint("https://example.com")),
        ("tenant_of_azure_is_no_uuid", value::azure_tenant_id("shop")),
        ("recipient_is_no_address", value::email_address("ops")),
        ("webhook_is_not_https", value::webhook_url("http://example.com/hook")),
        ("stream_starts_at_an_unclear_time", value::timestamp("yesterday")),
        ("stream_starts_at_an_unknown_statement", value::query_id("the last one")),
        ("schedule_is_zero", value::interval("schedule", "0 minutes", 10, 8 * 24 * 3600)),
        ("cron_has_minute_sixty", value::cron("60 5 * * * UTC")),
        ("cron_has_an_abbreviated_zone", value::cron("0 5 * * * PST")),
        ("cron_has_an_unknown_zone", value::cron("0 5 * * * Europe/Zurch")),
        ("cron_never_fires", value::cron("0 5 30 2 * UTC")),
    ];
    for (program, checked) in checks {
        let (_, compiler) = example(program);
        let compiler = compiler.strip_prefix("error[E0080]: ").unwrap_or(&compiler).to_owned();
        assert_eq!(checked.unwrap_err().to_string(), compiler, "{program}");
    }
    assert!(value::email_subject(&long).unwrap_err().to_string().contains("= rule: email-subject"));
    assert!(value::identifier("").unwrap_err().to_string().contains("= rule: identifier-length"));
}

#[test]
fn every_fact_is_dealt_with_and_names_rules_that_exist() {
    for line in include_str!("checks/facts.tsv").lines() {
        let becomes = line.split('\t').nth(2).unwrap();
        assert!(["check", "by construction", "plan time", "not expressible"].contains(&becomes), "{line}");
        for name in line.split('\t').nth(3).unwrap().split('`').skip(1).step_by(2).filter(|name| name.contains('-')) {
            assert!(
                name.contains("->") || name.ends_with(".sql") || RULES.iter().any(|rule| rule.name == name),
                "{name}"
            );
        }
    }
}
