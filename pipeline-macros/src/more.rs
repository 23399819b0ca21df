//! Options that all objects have: `allow` and `grant`.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::{Ident, LitStr, Path};

use crate::errors::{Errors, rule};
use crate::names::upper_snake;
use crate::options::{Options, Value, choice, mistake};

/// The rules that warn, which an object may allow.
const WARNINGS: &[&str] = &[
    "task-never-suspends",
    "task-manual",
    "task-success-alone",
    "task-timeout-over-schedule",
    "cron-day-or-weekday",
    "cron-clock-change",
    "warehouse-never-suspends",
    "warehouse-auto-suspend",
    "task-warehouse-resume",
    "quoted-name",
    "stream-no-retention",
    "stream-stale-before-schedule",
    "stream-unguarded",
    "stream-view-volatile",
    "task-config-missing",
    "stream-feedback",
    "stream-rows-dropped",
    "stream-transaction",
    "stream-source-written",
    "error-swallowed",
    "execute-injection",
    "autoincrement-order",
    "call-deadlock",
    "call-rights",
    "task-integration-disabled",
    "webhook-content-type",
];

/// The privileges that others may have on an object.
fn privileges(attribute: &str) -> &'static [&'static str] {
    match attribute {
        "table" => &["select", "insert", "update", "delete", "truncate", "references", "evolve_schema"],
        "view" => &["select", "references"],
        "stream" => &["select"],
        "task" => &["monitor", "operate"],
        "procedure" | "notification_integration" => &["usage"],
        "warehouse" => &["usage", "operate", "monitor", "modify"],
        "database" => &["usage", "monitor", "modify", "create_schema"],
        "schema" => &["usage", "monitor", "modify"],
        _ => &[],
    }
}

/// What `allow` and `grant` say.
#[derive(Default)]
pub(crate) struct More {
    pub(crate) allows: Vec<String>,
    /// Privileges as SQL writes them, and who has them.
    pub(crate) grants: Vec<(String, Path)>,
}

impl More {
    pub(crate) fn read(attribute: &str, options: &mut Options, errors: &mut Errors) -> Self {
        let mut more = Self::default();
        for name in options.texts("allow", errors) {
            let text = name.value();
            if WARNINGS.contains(&text.as_str()) {
                more.allows.push(text);
            } else {
                let message = format!("no rule `{text}` warns");
                errors.at(&name, rule(&message, "allow-unknown", &choice(&text, WARNINGS)));
            }
        }
        let Some(entry) = options.take("grant") else { return more };
        let Value::List(list) = entry.value else {
            errors.at(&entry, mistake("expected privileges with roles: `grant(select(SomeRole))`"));
            return more;
        };
        let known = privileges(attribute);
        let mut inner = Options::parse(list, entry.key.span(), errors);
        for privilege in known {
            for role in inner.paths(privilege, errors) {
                more.grants.push((privilege.to_ascii_uppercase().replace('_', " "), role));
            }
        }
        for entry in inner.rest() {
            let message = format!("there is no privilege `{}` on a {}", entry.key, attribute.replace('_', " "));
            errors.at(&entry.key, rule(&message, "grant-privilege", &choice(&entry.key.to_string(), known)));
        }
        more
    }

    /// A constant at `span` that the compiler warns about if the rule applies to the object. `marker` is a type of
    /// `pipeline_dsl::rule::warning`.
    pub(crate) fn warn(&self, marker: &str, ident: &Ident, span: Span) -> TokenStream {
        let name = upper_snake(marker);
        if self.allows.iter().any(|allowed| allowed.replace('-', "_").eq_ignore_ascii_case(&name)) {
            return TokenStream::new();
        }
        let function = format_ident!("{}", name.to_ascii_lowercase());
        let marker = format_ident!("{marker}", span = span);
        let name = format_ident!("{name}", span = span);
        quote_spanned! {span=>
            #[allow(dead_code)]
            const _: () = {
                const #name: () = ::pipeline_dsl::rule::warning::#marker::<{
                    ::pipeline_dsl::rule::warning::#function(<#ident as ::pipeline_dsl::node::Object>::NODE.get())
                }>::CHECKED;
            };
        }
    }

    /// The warning about names that need quotes because of their case.
    pub(crate) fn warn_name(&self, given: Option<&LitStr>, external: bool, ident: &Ident) -> TokenStream {
        match given {
            Some(text) if !external && text.value().chars().any(char::is_lowercase) => {
                self.warn("QuotedName", ident, text.span())
            }
            _ => TokenStream::new(),
        }
    }
}
