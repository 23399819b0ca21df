//! `#[task(schema = .., call = ..)]`

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{BinOp, Expr, Ident, Lit, LitStr, Path, UnOp};

use crate::errors::{Errors, rule};
use crate::more::More;
use crate::node::{Node, option};
use crate::options::{Entry, Options, Value, as_call, as_literal, as_path, choice, joined_span, mistake};
use crate::unit::Unit;
use crate::warehouse::SIZES;

/// The variants of `OverlapPolicy`.
const POLICIES: &[&str] = &["NoOverlap", "AllowChildOverlap", "AllowAllOverlap"];
/// The variants of `LogLevel`.
const LOG_LEVELS: &[&str] = &["Trace", "Debug", "Info", "Warn", "Error", "Fatal", "Off"];
/// Session parameters that make sense in a task.
const SESSION_PARAMETERS: &[&str] = &[
    "abort_detached_query",
    "binary_input_format",
    "binary_output_format",
    "date_input_format",
    "date_output_format",
    "error_on_nondeterministic_merge",
    "error_on_nondeterministic_update",
    "json_indent",
    "lock_timeout",
    "multi_statement_count",
    "query_tag",
    "quoted_identifiers_ignore_case",
    "rows_per_resultset",
    "statement_queued_timeout_in_seconds",
    "statement_timeout_in_seconds",
    "strict_json_output",
    "time_input_format",
    "time_output_format",
    "timestamp_day_is_always_24h",
    "timestamp_input_format",
    "timestamp_ltz_output_format",
    "timestamp_ntz_output_format",
    "timestamp_output_format",
    "timestamp_type_mapping",
    "timestamp_tz_output_format",
    "timezone",
    "transaction_abort_on_error",
    "two_digit_century_start",
    "unsupported_ddl_action",
    "use_cached_result",
    "week_of_year_policy",
    "week_start",
];
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

/// `warehouse = ..`, `serverless` or `serverless(initial_size = ..)`.
fn parse_compute(options: &mut Options, ident: &Ident, errors: &mut Errors) -> (TokenStream, Option<Path>, bool) {
    let serverless = options.take("serverless");
    let warehouse = options.path("warehouse", errors);
    if let (Some(entry), Some(_)) = (&serverless, &warehouse) {
        errors.at(
            &entry.key,
            rule("a task runs on a warehouse or serverless, not both", "task-serverless-and-warehouse", ""),
        );
    }
    let is_serverless = serverless.is_some();
    let compute = match (&warehouse, serverless) {
        (Some(warehouse), _) => quote!(Warehouse(::pipeline_dsl::__private::warehouse_node::<#warehouse>())),
        (None, Some(entry)) => {
            let sizes = match entry.value {
                Value::List(list) => {
                    let mut inner = Options::parse(list, entry.key.span(), errors);
                    let keys = ["initial_size", "min_size", "max_size"];
                    let sizes = keys.map(|key| inner.word(key, &SIZES[..6], errors));
                    inner.finish("task(serverless(..))", errors);
                    check_sizes(&sizes, errors);
                    sizes
                }
                Value::None => [None, None, None],
                Value::Expr(value) => {
                    errors.at(value, mistake("write `serverless` or `serverless(initial_size = Medium)`"));
                    [None, None, None]
                }
            };
            let [initial, min, max] =
                sizes.map(|size| option(size.map(|size| quote!(::pipeline_dsl::object::WarehouseSize::#size))));
            let sizes = quote!(::pipeline_dsl::object::ServerlessSizes { initial: #initial, min: #min, max: #max });
            quote!(Serverless(#sizes))
        }
        (None, None) => {
            let help = "add `warehouse = SomeWarehouse` or `serverless`";
            errors.at(ident, rule("a task needs something to run on", "task-compute", help));
            quote!(Serverless(::pipeline_dsl::object::ServerlessSizes {
                initial: ::core::option::Option::None,
                min: ::core::option::Option::None,
                max: ::core::option::Option::None,
            }))
        }
    };
    (quote!(::pipeline_dsl::object::Compute::#compute), warehouse, is_serverless)
}

/// Rule `task-serverless-sizes`: from the smallest to the largest, with the initial size between them.
fn check_sizes([initial, min, max]: &[Option<Ident>; 3], errors: &mut Errors) {
    let place = |size: &Option<Ident>| size.as_ref().and_then(|size| SIZES.iter().position(|known| size == known));
    let mut ordered = |small: &Option<Ident>, large: &Option<Ident>, at: &Option<Ident>, what: &str| {
        if let (Some(low), Some(high)) = (place(small), place(large))
            && low > high
        {
            errors.at(at, rule(what, "task-serverless-sizes", ""));
        }
    };
    ordered(min, max, max, "`max_size` is below `min_size`");
    ordered(min, initial, initial, "`initial_size` is below `min_size`");
    ordered(initial, max, initial, "`initial_size` is above `max_size`");
}

/// `session(query_tag = "..", timezone = "UTC")`: parameters of the session, as SQL writes them.
fn parse_session(options: &mut Options, errors: &mut Errors) -> Vec<(String, String)> {
    let Some(entry) = options.take("session") else { return Vec::new() };
    let Value::List(list) = entry.value else {
        errors.at(&entry, mistake("expected parameters: `session(query_tag = \"load\")`"));
        return Vec::new();
    };
    let mut inner = Options::parse(list, entry.key.span(), errors);
    let mut session = Vec::new();
    for entry in inner.rest() {
        let key = entry.key.to_string();
        if key == "autocommit" || key == "search_path" {
            let message = format!("a task cannot set `{key}`");
            errors.at(&entry.key, rule(&message, "task-session-parameter", "remove it"));
            continue;
        }
        if !SESSION_PARAMETERS.contains(&key.as_str()) {
            let message = format!("there is no session parameter `{key}`");
            let help = choice(&key, SESSION_PARAMETERS);
            errors.at(&entry.key, rule(&message, "task-session-parameter", &help));
            continue;
        }
        match &entry.value {
            Value::Expr(value) => match argument_literal(value) {
                Some(literal) => session.push((key.to_ascii_uppercase(), literal)),
                None => errors.at(value, mistake("a session parameter is text, a number, `true` or `false`")),
            },
            _ => errors.at(&entry, mistake("a session parameter has a value: `query_tag = \"load\"`")),
        }
    }
    session
}

/// `schedule = "2 minutes"` or `schedule = cron("0 5 * * * UTC")`.
fn parse_schedule(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    if let Value::Expr(value) = &entry.value {
        if let Some((false, Lit::Str(text))) = as_literal(value) {
            return Some(quote_spanned!(text.span()=> ::pipeline_dsl::__private::check_schedule(#text)));
        }
        if let Some((path, arguments)) = as_call(value)
            && path.is_ident("cron")
            && arguments.len() == 1
            && let Some((false, Lit::Str(text))) = as_literal(&arguments[0])
        {
            return Some(quote_spanned!(text.span()=> ::pipeline_dsl::__private::check_cron(#text)));
        }
    }
    errors.at(entry, mistake("expected `schedule = \"2 minutes\"` or `schedule = cron(\"0 5 * * * UTC\")`"));
    None
}

/// What a condition asks.
#[derive(Default)]
struct Asked {
    streams: Vec<Path>,
    returned: Vec<Path>,
}

/// `returned(Task) == "text"`.
fn parse_returned(value: &Expr) -> Option<(&Path, &LitStr, bool)> {
    let Expr::Binary(binary) = value else { return None };
    let equal = match binary.op {
        BinOp::Eq(_) => true,
        BinOp::Ne(_) => false,
        _ => return None,
    };
    let (path, arguments) = as_call(&binary.left)?;
    let (false, Lit::Str(text)) = as_literal(&binary.right)? else { return None };
    if !path.is_ident("returned") || arguments.len() != 1 {
        return None;
    }
    Some((as_path(&arguments[0])?, text, equal))
}

/// `has_data(S)` and `returned(T) == ".."`, combined with `&&`, `||` and `!`.
fn parse_condition(value: &Expr, asked: &mut Asked, errors: &mut Errors) -> Option<TokenStream> {
    let condition = |tokens: TokenStream| Some(quote!(::pipeline_dsl::object::Condition::#tokens));
    match value {
        Expr::Paren(inner) => return parse_condition(&inner.expr, asked, errors),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
            let inner = parse_condition(&unary.expr, asked, errors)?;
            return condition(quote!(Not(&#inner)));
        }
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) => {
            let is_and = matches!(binary.op, BinOp::And(_));
            let left = parse_condition(&binary.left, asked, errors);
            let right = parse_condition(&binary.right, asked, errors);
            let (left, right) = left.zip(right)?;
            return condition(if is_and { quote!(All(&[#left, #right])) } else { quote!(Any(&[#left, #right])) });
        }
        Expr::Call(_) => {
            if let Some((path, arguments)) = as_call(value)
                && path.is_ident("has_data")
                && arguments.len() == 1
                && let Some(stream) = as_path(&arguments[0])
            {
                let text = quote!(#stream).to_string();
                if !asked.streams.iter().any(|known| quote!(#known).to_string() == text) {
                    asked.streams.push(stream.clone());
                }
                return condition(quote!(HasData(::pipeline_dsl::__private::stream_node::<#stream>())));
            }
        }
        _ => {}
    }
    if let Some((task, text, equal)) = parse_returned(value) {
        asked.returned.push(task.clone());
        return condition(quote!(Returned {
            task: ::pipeline_dsl::__private::task_node::<#task>(),
            value: #text,
            equal: #equal,
        }));
    }
    let message =
        "a condition is `has_data(SomeStream)` or `returned(SomeTask) == \"..\"`, combined with `&&`, `||` and `!`";
    errors.at(value, rule(message, "task-when", ""));
    None
}

/// `call = procedure`, `call = procedure(1, "text")` or `sql = ".. {Object} .."`.
fn parse_action(options: &mut Options, ident: &Ident, errors: &mut Errors) -> (Option<Path>, TokenStream) {
    let call = options.take("call");
    let sql = options.text("sql", errors);
    if let (Some(entry), Some(_)) = (&call, &sql) {
        let message = "a task has one body: `call` or `sql`, not both";
        errors.at(&entry.key, rule(message, "task-body", "remove one of them"));
    }
    if let Some(sql) = sql {
        return (
            None,
            quote_spanned!(sql.span()=> ::pipeline_dsl::object::TaskAction::Sql(::pipeline_dsl::sql!(#sql))),
        );
    }
    let nothing = quote! {
        ::pipeline_dsl::object::TaskAction::Sql(::pipeline_dsl::fragment::Fragment { pieces: &[], at: "" })
    };
    let Some(entry) = call else {
        let help = "add `call = some_procedure` or `sql = \"..\"`";
        errors.at(ident, rule("a task needs something to do", "task-body", help));
        return (None, nothing);
    };
    let Value::Expr(value) = &entry.value else {
        errors.at(&entry, mistake("expected a procedure: `call = some_procedure`"));
        return (None, nothing);
    };
    let mut arguments = Vec::new();
    let path = match (as_path(value), as_call(value)) {
        (Some(path), _) => path,
        (None, Some((path, given))) => {
            for argument in given {
                match argument_literal(argument) {
                    Some(literal) => arguments.push(literal),
                    None => {
                        let message = "an argument of `call` is text, a number, `true` or `false`";
                        errors.at(argument, rule(message, "task-call-literal", ""));
                    }
                }
            }
            path
        }
        (None, None) => {
            let message = "expected a procedure: `call = some_procedure` or `call = some_procedure(1, \"text\")`";
            errors.at(value, mistake(message));
            return (None, nothing);
        }
    };
    let action = quote! {
        ::pipeline_dsl::object::TaskAction::Call {
            procedure: ::pipeline_dsl::__private::procedure_node::<#path>(),
            arguments: &[#(#arguments),*],
        }
    };
    (Some(path.clone()), action)
}

/// A literal as SQL writes it.
fn argument_literal(value: &Expr) -> Option<String> {
    let (negative, literal) = as_literal(value)?;
    let sign = if negative { "-" } else { "" };
    match literal {
        Lit::Str(text) if !negative => {
            Some(format!("'{}'", text.value().replace('\\', "\\\\").replace('\'', "''").replace('\n', "\\n")))
        }
        Lit::Bool(value) if !negative => Some(if value.value { "TRUE" } else { "FALSE" }.to_owned()),
        Lit::Int(number) if number.suffix().is_empty() => Some(format!("{sign}{}", number.base10_digits())),
        Lit::Float(number) if number.suffix().is_empty() => Some(format!("{sign}{}", number.base10_digits())),
        _ => None,
    }
}
