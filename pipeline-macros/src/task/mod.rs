//! `#[task(schema = .., call = ..)]`

mod action;
mod compute;
mod condition;
mod session;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, LitStr, Path};

use self::action::parse_action;
use self::compute::parse_compute;
use self::condition::{Asked, parse_condition};
use self::session::{parse_schedule, parse_session};
use crate::errors::rule;
use crate::more::More;
use crate::node::{Node, option};
use crate::options::{Entry, Options, Value, as_call, joined_span, mistake};
use crate::unit::Unit;

/// The variants of `OverlapPolicy`.
const POLICIES: &[&str] = &["NoOverlap", "AllowChildOverlap", "AllowAllOverlap"];
/// The variants of `LogLevel`.
const LOG_LEVELS: &[&str] = &["Trace", "Debug", "Info", "Warn", "Error", "Fatal", "Off"];
const WEEK: u64 = 7 * 24 * 3600;
const DAY: u64 = 24 * 3600;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut unit = match Unit::parse("task", args, item) {
        Ok(unit) => unit,
        Err(tokens) => return tokens,
    };
    let task = Task::parse(&mut unit);
    let ident = &unit.item.ident;
    let node = Node {
        ident,
        kind: "Task",
        name: &unit.name,
        parent: option(task.schema.as_ref().map(|schema| quote!(::pipeline_dsl::__private::schema_node::<#schema>()))),
        comment: &unit.comment,
        external: unit.external,
        definition: task.definition(),
    };
    let object = node.expand(&unit.more);
    let marker = node.marker();
    let reads = task.reads();
    let checks = task.checks(ident);
    let warnings = if unit.external { TokenStream::new() } else { task.warnings(ident, &unit.more) };
    unit.finish_with("task", quote!(#object #marker #reads #checks), warnings)
}

/// A task as written; parts that are wrong are missing.
struct Task {
    schema: Option<Path>,
    compute: TokenStream,
    schedule: Option<TokenStream>,
    when: Option<TokenStream>,
    streams: Vec<Path>,
    procedure: Option<Path>,
    action: TokenStream,
    after: Vec<Path>,
    finalize: Option<Path>,
    error_integration: Option<Path>,
    success_integration: Option<Path>,
    config: Option<LitStr>,
    overlap: Option<TokenStream>,
    timeout: Option<TokenStream>,
    suspend_after_failures: Option<u64>,
    retries: Option<u64>,
    minimum_trigger_interval: Option<TokenStream>,
    target_completion_interval: Option<TokenStream>,
    log_level: Option<TokenStream>,
    session: Vec<(String, String)>,
    execute_as_user: Option<LitStr>,
    warehouse: Option<Path>,
    /// Whether it has a body, and only one.
    one_body: bool,
    /// The tasks whose results `when` asks for.
    returned: Vec<Path>,
    places: Places,
}

/// Where options stand that warnings point at.
#[derive(Default)]
struct Places {
    name: Option<Span>,
    schedule: Option<Span>,
    cron: Option<Span>,
    timeout: Option<Span>,
    suspend_after_failures: Option<Span>,
}

impl Task {
    fn parse(unit: &mut Unit) -> Self {
        let Unit { options, errors, item, .. } = unit;
        let mut places = Places { name: Some(item.ident.span()), ..Places::default() };
        places.suspend_after_failures = options.entry("suspend_after_failures").map(joined_span);
        places.timeout = options.entry("timeout").map(joined_span);
        let schema = options.required_path("schema", "write `#[task(schema = SomeSchema, ..)]`", errors);
        let (compute, warehouse, serverless) = parse_compute(options, &item.ident, errors);
        let schedule_entry = options.take("schedule");
        let schedule = schedule_entry.as_ref().and_then(|entry| parse_schedule(entry, errors));
        if let Some(Entry { value: Value::Expr(value), .. }) = &schedule_entry {
            let span = joined_span(value);
            places.schedule = Some(span);
            places.cron = as_call(value).map(|_| span);
        }
        let when_entry = options.take("when");
        let mut streams = Asked::default();
        let when = when_entry.as_ref().and_then(|entry| match &entry.value {
            Value::Expr(value) => parse_condition(value, &mut streams, errors),
            _ => {
                errors.at(entry, mistake("expected a condition: `when = has_data(SomeStream)`"));
                None
            }
        });
        let Asked { streams, returned } = streams;
        let one_body = options.has("sql") != options.has("call");
        let (procedure, action) = parse_action(options, &item.ident, errors);
        let has_after = options.has("after");
        let after = options.paths("after", errors);
        if after.len() > 100 {
            let message = format!("a task runs after at most 100 tasks, not {}", after.len());
            errors.at(&after[100], rule(&message, "task-parents", "let one task stand between"));
        }
        let finalize = options.path("finalize", errors);

        // What only a root may have is refused by the token that is too much.
        let follows = match (&finalize, has_after) {
            (Some(root), after) => {
                if after {
                    let message = "a finalizer follows no single task, but the whole graph: remove `after(..)`";
                    errors.at(root, rule(message, "task-finalizer-after", ""));
                }
                Some("a finalizer")
            }
            (None, true) => Some("a task that runs after others"),
            (None, false) => None,
        };
        if let (Some(what), Some(entry)) = (follows, &schedule_entry) {
            let message = format!("{what} has no schedule of its own");
            let help = "remove `schedule`; the root of the graph has it";
            errors.at(&entry.key, rule(&message, "task-schedule-with-after", help));
        }
        let mut root_only = |key: &'static str, options: &Options| {
            if let (Some(what), Some(entry)) = (follows, options.entry(key)) {
                let message = format!("`{key}` has no meaning for {what}");
                errors.at(&entry.key, rule(&message, "task-root-option", "set it on the root of the graph"));
            }
        };
        for key in
            ["config", "overlap", "retries", "error_integration", "success_integration", "suspend_after_failures"]
        {
            root_only(key, options);
        }

        let minimum_entry = options.interval("minimum_trigger_interval", errors);
        let target_entry = options.interval("target_completion_interval", errors);
        if let (Some(text), false) = (&target_entry, serverless) {
            let message = "`target_completion_interval` is for serverless tasks only";
            let help = "remove it, or write `serverless` instead of `warehouse = ..`";
            errors.at(text, rule(message, "task-serverless-option", help));
        }
        let triggered = schedule_entry.is_none() && follows.is_none() && !streams.is_empty();
        if triggered && serverless && target_entry.is_none() {
            let message = "a serverless task that a stream triggers needs `target_completion_interval`";
            let help = "add `target_completion_interval = \"5 minutes\"`";
            errors.at(&item.ident, rule(message, "task-serverless-triggered", help));
        }
        let config = options.text("config", errors);
        if let Some(text) = &config {
            let json = text.value();
            if !(json.trim_start().starts_with('{') && json.trim_end().ends_with('}')) || json.contains("$$") {
                let help = "write `config = r#\"{\"key\": \"value\"}\"#`";
                errors.at(text, rule("`config` must be a JSON object", "task-config", help));
            }
        }
        Self {
            schema,
            compute,
            schedule,
            when,
            streams,
            procedure,
            action,
            after,
            finalize,
            error_integration: options.path("error_integration", errors),
            success_integration: options.path("success_integration", errors),
            config,
            overlap: options
                .word("overlap", POLICIES, errors)
                .map(|policy| quote!(::pipeline_dsl::object::OverlapPolicy::#policy)),
            timeout: options.interval("timeout", errors).map(|text| {
                quote_spanned!(text.span()=> ::pipeline_dsl::__private::check_milliseconds("timeout", #text, #WEEK))
            }),
            suspend_after_failures: options.integer(
                "suspend_after_failures",
                (0, u64::from(u32::MAX)),
                "task-failures",
                errors,
            ),
            retries: options.integer("retries", (0, 30), "task-retries", errors),
            minimum_trigger_interval: minimum_entry.map(|text| {
                quote_spanned!(text.span()=> ::pipeline_dsl::__private::check_seconds_from(
                    "minimum_trigger_interval", #text, 10, #WEEK
                ))
            }),
            target_completion_interval: target_entry.map(|text| {
                quote_spanned!(text.span()=> ::pipeline_dsl::__private::check_interval(
                    "target_completion_interval", #text, 10, #DAY
                ))
            }),
            log_level: options
                .word("log_level", LOG_LEVELS, errors)
                .map(|level| quote!(::pipeline_dsl::object::LogLevel::#level)),
            session: parse_session(options, errors),
            execute_as_user: options.text("execute_as_user", errors),
            warehouse,
            one_body,
            returned,
            places,
        }
    }

    fn definition(&self) -> TokenStream {
        let Self { compute, action, after, streams, .. } = self;
        let integration = |path: &Option<Path>| {
            option(path.as_ref().map(|path| quote!(::pipeline_dsl::__private::integration_node::<#path>())))
        };
        let number = |number: Option<u64>| option(number.map(|number| quote!(#number)));
        let schedule = option(self.schedule.clone());
        let when = option(self.when.clone());
        let finalize =
            option(self.finalize.as_ref().map(|root| quote!(::pipeline_dsl::__private::task_node::<#root>())));
        let error_integration = integration(&self.error_integration);
        let success_integration = integration(&self.success_integration);
        let config = option(self.config.as_ref().map(|text| quote!(#text)));
        let overlap = option(self.overlap.clone());
        let timeout = option(self.timeout.clone());
        let suspend_after_failures = number(self.suspend_after_failures);
        let retries = number(self.retries);
        let minimum_trigger_interval = option(self.minimum_trigger_interval.clone());
        let target_completion_interval = option(self.target_completion_interval.clone());
        let log_level = option(self.log_level.clone());
        let session = self.session.iter().map(|(name, value)| quote!((#name, #value)));
        let execute_as_user = option(self.execute_as_user.as_ref().map(|text| quote!(#text)));
        quote! {
            ::pipeline_dsl::object::Definition::Task(::pipeline_dsl::object::TaskDef {
                compute: #compute,
                schedule: #schedule,
                when: #when,
                streams: &[#(<#streams as ::pipeline_dsl::node::Object>::NODE),*],
                action: #action,
                after: &[#(::pipeline_dsl::__private::task_node::<#after>()),*],
                finalize: #finalize,
                error_integration: #error_integration,
                success_integration: #success_integration,
                config: #config,
                overlap: #overlap,
                timeout_ms: #timeout,
                suspend_after_failures: #suspend_after_failures,
                retries: #retries,
                minimum_trigger_interval_seconds: #minimum_trigger_interval,
                target_completion_interval: #target_completion_interval,
                log_level: #log_level,
                session: &[#(#session),*],
                execute_as_user: #execute_as_user,
            })
        }
    }

    /// The rules that concern the task and one object it names, each at that name. Those about the shape of the attribute
    /// alone have been checked by now. Names that are no objects of the right kind are reported by their bounds, and by
    /// them only: a constant that needs the node of a wrong task is not evaluated.
    fn checks(&self, ident: &Ident) -> TokenStream {
        let node = quote!(<#ident as ::pipeline_dsl::node::Object>::NODE);
        let other = |path: &Path| quote!(<#path as ::pipeline_dsl::node::Object>::NODE);
        let mut checks = TokenStream::new();
        if let Some(procedure) = &self.procedure {
            checks.extend(quote_spanned! {joined_span(procedure)=>
                const CALL: () = ::pipeline_dsl::object::check_call(#node);
            });
        }
        for (index, predecessor) in self.after.iter().enumerate() {
            let span = joined_span(predecessor);
            let name = format_ident!("AFTER_{index}", span = span);
            let other = other(predecessor);
            checks.extend(quote_spanned! {span=>
                const #name: () = ::pipeline_dsl::object::check_after(#node, #other);
            });
        }
        for (index, asked) in self.returned.iter().enumerate() {
            let span = joined_span(asked);
            let name = format_ident!("RETURNED_{index}", span = span);
            let other = other(asked);
            checks.extend(quote_spanned! {span=>
                const #name: () = ::pipeline_dsl::object::check_returned(#node, #other);
            });
        }
        for (index, stream) in self.streams.iter().filter(|_| self.one_body).enumerate() {
            let span = joined_span(stream);
            let name = format_ident!("CONSUMES_{index}", span = span);
            let other = other(stream);
            checks.extend(quote_spanned! {span=>
                const #name: () = ::pipeline_dsl::object::check_consumes(#node, #other);
            });
        }
        let integrations = [("ERROR", &self.error_integration), ("SUCCESS", &self.success_integration)];
        for (name, path) in integrations {
            let Some(path) = path else { continue };
            let span = joined_span(path);
            let name = format_ident!("{name}_INTEGRATION", span = span);
            let other = other(path);
            checks.extend(quote_spanned! {span=>
                const #name: () = ::pipeline_dsl::object::check_task_integration(#node, #other);
            });
        }
        if let Some(root) = &self.finalize {
            let other = other(root);
            checks.extend(quote_spanned! {joined_span(root)=>
                const FINALIZE: () = ::pipeline_dsl::object::check_finalize(#node, #other);
            });
        }
        quote! {
            #[allow(dead_code)]
            const _: () = { #checks };
        }
    }

    /// What is probably wrong, each where it stands.
    fn warnings(&self, ident: &Ident, more: &More) -> TokenStream {
        let place = |path: &Option<Path>| path.as_ref().map(joined_span);
        let Places { name, schedule, cron, timeout, suspend_after_failures } = self.places;
        let manual = self.schedule.is_none() && self.when.is_none();
        let guarded = self.when.is_some();
        [
            ("TaskNeverSuspends", suspend_after_failures),
            ("TaskManual", name.filter(|_| manual)),
            ("TaskTimeoutOverSchedule", timeout.filter(|_| schedule.is_some())),
            ("CronDayOrWeekday", cron),
            ("CronClockChange", cron),
            ("TaskWarehouseResume", place(&self.warehouse)),
            ("StreamStaleBeforeSchedule", schedule.filter(|_| guarded)),
            ("TaskConfigMissing", name.filter(|_| self.procedure.is_none())),
            ("StreamUnguarded", place(&self.procedure).filter(|_| schedule.is_some() && !guarded)),
            ("TaskIntegrationDisabled", place(&self.error_integration).or(place(&self.success_integration))),
        ]
        .into_iter()
        .filter_map(|(marker, span)| Some(more.warn(marker, ident, span?)))
        .collect()
    }

    /// The procedure must read each stream that the task waits for.
    fn reads(&self) -> TokenStream {
        let Some(procedure) = &self.procedure else { return TokenStream::new() };
        let span = joined_span(procedure);
        let streams = &self.streams;
        quote_spanned! {span=>
            #(const _: () = ::pipeline_dsl::__private::assert_reads::<#procedure, #streams>();)*
        }
    }
}
