//! All rules with a name, as `docs/checks.md` lists them.

mod integrations;
mod names;
mod options;
mod pipelines;
mod procedures;
mod schedules;
mod streams;
mod tables;
mod tasks;
mod views;
mod warehouses;

/// A rule with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The name that messages show. It does not change.
    pub name: &'static str,
    /// What it is about.
    pub subject: &'static str,
    /// Whether what breaks it compiles.
    pub level: Level,
    /// What it prevents.
    pub prevents: &'static str,
    /// The facts about Snowflake behind it, by number where `docs/checks.md` lists them.
    pub fact: &'static str,
    /// A program of `tests/ui/fail` that breaks it.
    pub example: &'static str,
}

/// What happens when a rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The program does not compile.
    Error,
    /// The compiler warns, and `render` and `deploy` list it.
    Warning,
}

/// All rules, by subject.
pub const RULES: &[Rule] = &joined::<{ count() }>();

const SUBJECTS: &[(&str, &[Rule])] = &[
    ("Names", names::RULES),
    ("Options", options::RULES),
    ("Tables", tables::RULES),
    ("Streams", streams::RULES),
    ("Views", views::RULES),
    ("Schedules and intervals", schedules::RULES),
    ("Tasks", tasks::RULES),
    ("Procedures", procedures::RULES),
    ("Notification integrations", integrations::RULES),
    ("Warehouses", warehouses::RULES),
    ("Pipelines", pipelines::RULES),
];

const fn count() -> usize {
    let (mut count, mut at) = (0, 0);
    while at < SUBJECTS.len() {
        count += SUBJECTS[at].1.len();
        at += 1;
    }
    count
}

const fn joined<const COUNT: usize>() -> [Rule; COUNT] {
    let mut all = [error("", "", "", ""); COUNT];
    let (mut count, mut at) = (0, 0);
    while at < SUBJECTS.len() {
        let (subject, rules) = SUBJECTS[at];
        let mut rule = 0;
        while rule < rules.len() {
            all[count] = Rule { subject, ..rules[rule] };
            count += 1;
            rule += 1;
        }
        at += 1;
    }
    all
}

const fn error(name: &'static str, prevents: &'static str, fact: &'static str, example: &'static str) -> Rule {
    Rule { name, subject: "", level: Level::Error, prevents, fact, example }
}

const fn warning(name: &'static str, prevents: &'static str, fact: &'static str, example: &'static str) -> Rule {
    Rule { level: Level::Warning, ..error(name, prevents, fact, example) }
}
