//! `#[task(schema = .., call = ..)]`

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{BinOp, Expr, Ident, Lit, LitStr, Path, UnOp};

use crate::errors::{Errors, rule};
use crate::node::{Node, option};
use crate::options::{Entry, Options, Value, as_call, as_literal, as_path, joined_span};
use crate::unit::Unit;
use crate::warehouse::SIZES;

/// The variants of `OverlapPolicy`.
const POLICIES: &[&str] = &["NoOverlap", "AllowChildOverlap", "AllowAllOverlap"];
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
    let object = node.expand();
    let marker = node.marker();
    let reads = task.reads();
    let checks = task.checks(ident);
    unit.finish("task", quote!(#object #marker #reads #checks))
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
}

impl Task {
    fn parse(unit: &mut Unit) -> Self {
        let Unit { options, errors, item, .. } = unit;
        let schema = options.required_path("schema", "write `#[task(schema = SomeSchema, ..)]`", errors);
        let (compute, serverless) = parse_compute(options, &item.ident, errors);
        let schedule_entry = options.take("schedule");
        let schedule = schedule_entry.as_ref().and_then(|entry| parse_schedule(entry, errors));
        let when_entry = options.take("when");
        let mut streams = Vec::new();
        let when = when_entry.as_ref().and_then(|entry| match &entry.value {
            Value::Expr(value) => parse_condition(value, &mut streams, errors),
            _ => {
                errors.at(entry, "expected a condition: `when = has_data(SomeStream)`");
                None
            }
        });
        let (procedure, action) = parse_action(options, &item.ident, errors);
        let has_after = options.has("after");
        let after = options.paths("after", errors);
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
            suspend_after_failures: options.integer("suspend_after_failures", 0, u64::from(u32::MAX), errors),
            retries: options.integer("retries", 0, 30, errors),
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
fn parse_compute(options: &mut Options, ident: &Ident, errors: &mut Errors) -> (TokenStream, bool) {
    let serverless = options.take("serverless");
    let warehouse = options.path("warehouse", errors);
    if let (Some(entry), Some(_)) = (&serverless, &warehouse) {
        errors.at(
            &entry.key,
            rule("a task runs on a warehouse or serverless, not both", "task-serverless-and-warehouse", ""),
        );
    }
    let is_serverless = serverless.is_some();
    let compute = match (warehouse, serverless) {
        (Some(warehouse), _) => quote!(Warehouse(::pipeline_dsl::__private::warehouse_node::<#warehouse>())),
        (None, Some(entry)) => {
            let size = match entry.value {
                Value::List(list) => {
                    let mut inner = Options::parse(list, entry.key.span(), errors);
                    let size = inner.word("initial_size", &SIZES[..6], errors);
                    inner.finish("task(serverless(..))", errors);
                    size
                }
                Value::None => None,
                Value::Expr(value) => {
                    errors.at(value, "write `serverless` or `serverless(initial_size = Medium)`");
                    None
                }
            };
            let size = option(size.map(|size| quote!(::pipeline_dsl::object::WarehouseSize::#size)));
            quote!(Serverless(#size))
        }
        (None, None) => {
            errors.at(ident, "a task needs something to run on\nhelp: add `warehouse = SomeWarehouse` or `serverless`");
            quote!(Serverless(::core::option::Option::None))
        }
    };
    (quote!(::pipeline_dsl::object::Compute::#compute), is_serverless)
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
    errors.at(entry, "expected `schedule = \"2 minutes\"` or `schedule = cron(\"0 5 * * * UTC\")`");
    None
}

/// `has_data(S)`, combined with `&&`, `||` and `!`.
fn parse_condition(value: &Expr, streams: &mut Vec<Path>, errors: &mut Errors) -> Option<TokenStream> {
    let condition = |tokens: TokenStream| Some(quote!(::pipeline_dsl::object::Condition::#tokens));
    match value {
        Expr::Paren(inner) => return parse_condition(&inner.expr, streams, errors),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
            let inner = parse_condition(&unary.expr, streams, errors)?;
            return condition(quote!(Not(&#inner)));
        }
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) => {
            let is_and = matches!(binary.op, BinOp::And(_));
            let left = parse_condition(&binary.left, streams, errors);
            let right = parse_condition(&binary.right, streams, errors);
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
                if !streams.iter().any(|known| quote!(#known).to_string() == text) {
                    streams.push(stream.clone());
                }
                return condition(quote!(HasData(::pipeline_dsl::__private::stream_node::<#stream>())));
            }
        }
        _ => {}
    }
    let message = "a condition is `has_data(SomeStream)`, combined with `&&`, `||` and `!`";
    errors.at(value, rule(message, "task-when", ""));
    None
}

/// `call = procedure`, `call = procedure(1, "text")` or `sql = ".. {Object} .."`.
fn parse_action(options: &mut Options, ident: &Ident, errors: &mut Errors) -> (Option<Path>, TokenStream) {
    let call = options.take("call");
    let sql = options.text("sql", errors);
    if let (Some(entry), Some(_)) = (&call, &sql) {
        errors.at(&entry.key, "a task has one body: `call` or `sql`, not both");
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
        errors.at(ident, "a task needs something to do\nhelp: add `call = some_procedure` or `sql = \"..\"`");
        return (None, nothing);
    };
    let Value::Expr(value) = &entry.value else {
        errors.at(&entry, "expected a procedure: `call = some_procedure`");
        return (None, nothing);
    };
    let mut arguments = Vec::new();
    let path = match (as_path(value), as_call(value)) {
        (Some(path), _) => path,
        (None, Some((path, given))) => {
            for argument in given {
                match argument_literal(argument) {
                    Some(literal) => arguments.push(literal),
                    None => errors.at(argument, "an argument of `call` is text, a number, `true` or `false`"),
                }
            }
            path
        }
        (None, None) => {
            errors.at(value, "expected a procedure: `call = some_procedure` or `call = some_procedure(1, \"text\")`");
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
