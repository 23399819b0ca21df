//! The attribute macros behind `pipeline-dsl`, which re-exports and documents them.

mod columns;
mod database;
mod errors;
mod flow;
mod function;
mod more;
mod names;
mod node;
mod notification_integration;
mod options;
mod pipeline;
mod procedure;
mod rewrite;
mod role;
mod row;
mod schema;
mod sql;
mod stream;
mod table;
mod task;
#[cfg(test)]
mod tests;
mod unit;
mod view;
mod warehouse;

use proc_macro::TokenStream;

/// Declares a database: `#[database] pub struct RawDb;`
///
/// Options:
/// - `name = ".."`: 1 to 255 characters; by default the Rust name in `UPPER_SNAKE`
/// - `external`: it is there already, and is neither created nor dropped
/// - `transient`: without Fail-safe, and with at most one day of Time Travel
/// - `data_retention_days`: 0 to 90 (1 for transient objects); 1 by default
/// - `max_data_extension_days`: 0 to 90; 14 by default
/// - `default_collation = ".."`
/// - `grant(usage(SomeRole), monitor(..), modify(..), create_schema(..))`: privileges of other roles than the pipeline's
/// - `allow("rule")`: warnings that do not concern this object, see `docs/checks.md`
///
/// `name`, `external`, `grant` and `allow` exist on all objects. See "CREATE DATABASE" in Snowflake's documentation.
#[proc_macro_attribute]
pub fn database(args: TokenStream, item: TokenStream) -> TokenStream {
    database::expand(args.into(), item.into()).into()
}

/// Declares a schema: `#[schema(database = RawDb)] pub struct SampleData;`
///
/// Options: `database` (required), `managed_access`, and those of [`macro@database`]; privileges `usage`, `monitor`, `modify`.
#[proc_macro_attribute]
pub fn schema(args: TokenStream, item: TokenStream) -> TokenStream {
    schema::expand(args.into(), item.into()).into()
}

/// Declares a warehouse: `#[warehouse(size = XSmall, auto_suspend = "60 seconds")] pub struct Wh;`
///
/// Options:
/// - `size`: `XSmall` (the default), `Small`, `Medium`, `Large`, `XLarge`, `XXLarge`, `XXXLarge`, `X4Large`, `X5Large`, `X6Large`
/// - `auto_suspend = "60 seconds"`: `"10 minutes"` by default; `"0 seconds"` means never
/// - `auto_resume`, `initially_suspended`: `true` by default
/// - `warehouse_type`: `Standard` (the default) or `SnowparkOptimized`
/// - `generation`: 1 or 2, for standard warehouses up to `X4Large`
/// - `resource_constraint`: `StandardGen1`, `StandardGen2`, `Memory1x`, `Memory1xX86`, `Memory16x`, `Memory16xX86`, `Memory64x`,
///   `Memory64xX86`, each for some sizes
/// - `min_clusters`, `max_clusters`: 1 by default; more need the Enterprise edition
/// - `scaling_policy`: `Standard` (the default) or `Economy`
/// - `query_acceleration`, `query_acceleration_scale`: 0 to 100, 8 by default
/// - `max_concurrency`: 8 by default
/// - `statement_timeout = ".."`: up to 7 days, 2 days by default
/// - `queued_timeout = ".."`: none by default
/// - `resource_monitor = "NAME"`
/// - `name`, `external`, `allow`, `grant` with `usage`, `operate`, `monitor`, `modify`
///
/// See "CREATE WAREHOUSE" in Snowflake's documentation.
#[proc_macro_attribute]
pub fn warehouse(args: TokenStream, item: TokenStream) -> TokenStream {
    warehouse::expand(args.into(), item.into()).into()
}

/// Declares a role: `#[role] pub struct PipelineRole;`
///
/// Options: `name = ".."`, `external`.
#[proc_macro_attribute]
pub fn role(args: TokenStream, item: TokenStream) -> TokenStream {
    role::expand(args.into(), item.into()).into()
}

/// Declares a stream: `#[stream(on = TableA)] pub struct StreamTableA;`
///
/// Options:
/// - `on`: a table, or a view together with `columns_of = SomeTable`, which says what its rows look like; required
/// - `schema`: that of its source by default
/// - `append_only`: inserted rows only
/// - `show_initial_rows`: first of all, the rows that were there when it was created
/// - `at(..)` or `before(..)` with one of `timestamp = "2026-01-31 12:00:00"`, `offset = "1 hour"` (before now),
///   `statement = "<query id>"` and `stream = OtherStream`: where it starts, instead of at its own creation
/// - `name`, `external`, `allow`, `grant(select(SomeRole))`
///
/// See "CREATE STREAM" in Snowflake's documentation.
#[proc_macro_attribute]
pub fn stream(args: TokenStream, item: TokenStream) -> TokenStream {
    stream::expand(args.into(), item.into()).into()
}

/// Declares a notification integration:
/// `#[notification_integration(aws_sns(topic_arn = "..", role_arn = ".."))] pub struct Errors;`
///
/// Options: one provider, `enabled = true`, `name`, `external`, `allow`, `grant(usage(SomeRole))`. The providers, of which tasks
/// can report to the first three:
/// - `aws_sns(topic_arn = "arn:aws:sns:..", role_arn = "arn:aws:iam::..")`
/// - `gcp_pubsub(topic_name = "projects/<project>/topics/<topic>")`
/// - `azure_event_grid(topic_endpoint = "https://..eventgrid.azure.net/api/events", tenant_id = "<UUID>")`
/// - `email(allowed_recipients("a@example.com", ..), default_recipients(..), default_subject = "..")`: at most 50 recipients,
///   and 256 characters
/// - `webhook(url = "https://..", secret = "DB.SCHEMA.NAME", body_template = "..", headers("Content-Type" = "application/json"))`
///
/// See "CREATE NOTIFICATION INTEGRATION" in Snowflake's documentation.
#[proc_macro_attribute]
pub fn notification_integration(args: TokenStream, item: TokenStream) -> TokenStream {
    notification_integration::expand(args.into(), item.into()).into()
}

/// Declares a table. The struct is also the type of its rows.
///
/// Options: `schema` (required), `temporary` (procedures make it with `create_as` for their session), `transient`, `change_tracking`, `cluster_by(first, second)` with names of fields,
/// `data_retention_days` (0 to 90, at most 1 for transient tables; the schema's by default), `max_data_extension_days` (0 to 90; 14
/// by default), `name`, `external`, `allow`, `grant` with `select`, `insert`, `update`, `delete`, `truncate`, `references` and
/// `evolve_schema`. On a field, `#[column(..)]`: `name = ".."`, `autoincrement` or
/// `autoincrement(start = 1, step = 1)`, `default = ..` (text, a number, `true`, `false` or a function such as
/// `current_timestamp()`), `flatten` (the field is another table's row; its columns come along as plain data).
///
/// Beside the row struct `TableA` there is a struct `TableAColumns` with a typed handle for each column.
#[proc_macro_attribute]
pub fn table(args: TokenStream, item: TokenStream) -> TokenStream {
    table::expand(args.into(), item.into()).into()
}

/// Declares the rows of a query that is read again, joined or grouped, as a struct with a field per column:
/// `#[row] pub struct CustomerTotal { pub customer: Varchar<50>, pub total: Option<Number<38, 2>> }`
///
/// `orders.group_by(|o| o.customer).select(|o| CustomerTotal { customer: o.customer, total: sum(o.amount) })` is then a source like a
/// table. Every column is given a value. On a field, `#[column(..)]`: `name = ".."`, `flatten` (the columns of another row).
#[proc_macro_attribute]
pub fn row(args: TokenStream, item: TokenStream) -> TokenStream {
    row::expand(args.into(), item.into()).into()
}

/// Declares a task.
///
/// - `schema`: required; all tasks of a graph live in one
/// - what it runs on: `warehouse = SomeWarehouse`, or `serverless`, also with
///   `serverless(initial_size = Medium, min_size = XSmall, max_size = XXLarge)` (the defaults)
/// - what it does: `call = procedure`, `call = procedure(1, "text")` or `sql = ".. {Table} .."`
/// - when: `schedule = "2 minutes"` (10 seconds to 8 days), `schedule = cron("0 5 * * * Europe/Zurich")`, `after(First, Second)`
///   (up to 100) or `finalize = Root`; and `when = has_data(Stream)`, `when = returned(First) == "text"`, combined with `&&`, `||`,
///   `!`. A root with `when` and without `schedule` is triggered by its stream
///
/// For any task: `timeout = "1 hour"` (the default; up to 7 days), `minimum_trigger_interval = "30 seconds"` (the default; 10 seconds
/// to 7 days), `target_completion_interval = "5 minutes"` (serverless; 10 seconds to 1 day), `log_level = Info` (`Trace` to
/// `Fatal`, `Off`), `session(query_tag = "load", ..)`, `execute_as_user = "NAME"`, `name`, `external`, `allow`, `grant` with
/// `monitor` and `operate`.
///
/// For roots only: `config = r#"{..}"#` (a JSON object), `overlap = NoOverlap` (the default), `AllowChildOverlap` or
/// `AllowAllOverlap`, `suspend_after_failures = 10` (the default; 0 means never), `retries = 0` (the default; up to 30),
/// `error_integration`, `success_integration` (integrations with a queue).
///
/// See "CREATE TASK" in Snowflake's documentation.
#[proc_macro_attribute]
pub fn task(args: TokenStream, item: TokenStream) -> TokenStream {
    task::expand(args.into(), item.into()).into()
}

/// Declares what is deployed together. What the listed objects reach comes along.
///
/// ```text
/// pipeline! {
///     /// Customer behaviour analysis, every two minutes.
///     pub Cba(role = StreamsTasksRole, samples = SAMPLES, scenarios = SCENARIOS) [TaskProcessTableAIncremental]
/// }
/// ```
///
/// Options: `role` (required), `samples = &[sql!(..)]`, `scenarios = &[Scenario { .. }]`.
#[proc_macro]
pub fn pipeline(input: TokenStream) -> TokenStream {
    pipeline::expand(input.into()).into()
}

/// Declares a stored procedure as a Rust function; the type of the same name stands for it in `call = ..`.
///
/// Parameters say what it touches: `&Table` or `&Stream` is read, `&mut Table` is written, and other types are arguments in
/// SQL. The body is rewritten to Snowflake Scripting: `let`, assignment, `if`, `match`, `for` over a range or `.values(..)` of a
/// query, `while`, `loop`, `break`, `continue`, `return`, `transaction(|| ..)`, `attempt(|| .., |error| ..)`, `raise(EXCEPTION)`,
/// `on_error(|error| ..)`, queries and the statements of `pipeline_dsl::query::Writing`; struct literals of tables are rows.
///
/// With `language = javascript`, the same body becomes a JavaScript procedure. Its numbers, dates and times are declared as
/// VARCHAR, for JavaScript's own have fewer digits; nothing else changes.
///
/// A function without a body takes its JavaScript from a file next to the source:
/// `#[procedure(schema = Mart, language = javascript, file = "load.js")] pub fn load(changes: &OrderChanges, mart: &mut Orders) -> Varchar;`.
/// Its parameters say what it touches all the same; arguments have upper-case names there, and a NULL one is `undefined`. What it writes it may read,
/// insert into, update and delete from.
///
/// Options: `schema` (required), `name = ".."`, `language = sql | javascript`, `execute_as = owner | caller`, `external`.
///
/// On a struct without fields it writes the usual incremental body: all changes of the stream `from` go into the table `into`,
/// in one transaction, column by column of the same name. `mode` is `overwrite` (the table holds the last changes only), `append`
/// (new rows and new versions of rows are added) or `merge(key = id, latest = updated_at)` (the table is kept like the source;
/// deleted rows are deleted, or with `removed(active = false, ended_at = now)` kept and given these values). `set(column = value)` gives other columns values; in it, `c` is the change, `batch_id` a UUID and
/// `now` the time of the run. The procedure returns these counts: `rows`, `inserts`, `updates`, `deletes`, and the `batch_id`.
#[proc_macro_attribute]
pub fn procedure(args: TokenStream, item: TokenStream) -> TokenStream {
    procedure::expand(args.into(), item.into()).into()
}

/// Declares a view: `#[view(schema = ProcessedData, sql = "SELECT ID FROM {TableB}")] pub struct VRecent;`
///
/// Or as a function that returns a query, in which operators and literals are rewritten as in a procedure:
/// `#[view(schema = ProcessedData)] pub fn v_recent(b: &TableB) -> Selection { b.columns(|b| columns! { id: b.id }) }`
///
/// A view with typed columns can be read by procedures, other views and streams as a table can: a function has them that returns
/// `Query<SomeRow>`, where `SomeRow` is declared with `#[row]`, and a struct that has a field for each column of its query, as a
/// table has. A view that is there already needs no query: `#[view(schema = Raw, external)] pub struct VOrders { pub id: Integer }`.
///
/// Options: `schema` (required), `sql` (required on a struct; `{Type}` names an object), `secure`, `name`,
/// `external`, `allow`, `grant` with `select` and `references`.
#[proc_macro_attribute]
pub fn view(args: TokenStream, item: TokenStream) -> TokenStream {
    view::expand(args.into(), item.into()).into()
}

/// One SQL statement, in which `{Type}` names an object: `sql!("DELETE FROM {TableA} WHERE ID = 1")`.
///
/// Queries and statements that write rows are parsed in Snowflake's dialect, by sqlparser, and columns of a table or stream that
/// is a statement's only source, or that stand behind the name of one, must be there. For what Snowflake takes and sqlparser does
/// not, begin the statement with the comment `/* unparsed */`, which is left out of it. Of other statements, and of those, only
/// quotes, comments and parentheses are checked.
///
/// `{{` and `}}` are braces; in a text in quotes, braces that do not enclose a name stand for themselves.
#[proc_macro]
pub fn sql(input: TokenStream) -> TokenStream {
    sql::expand(input.into()).into()
}
