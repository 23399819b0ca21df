//! The attribute macros behind `pipeline-dsl`, which re-exports and documents them.

mod database;
mod errors;
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
/// Options: `name = ".."`, `external`, `transient`, `data_retention_days = 0..=90`.
#[proc_macro_attribute]
pub fn database(args: TokenStream, item: TokenStream) -> TokenStream {
    database::expand(args.into(), item.into()).into()
}

/// Declares a schema: `#[schema(database = RawDb)] pub struct SampleData;`
///
/// Options: `database` (required), `name = ".."`, `external`, `transient`, `managed_access`,
/// `data_retention_days = 0..=90`.
#[proc_macro_attribute]
pub fn schema(args: TokenStream, item: TokenStream) -> TokenStream {
    schema::expand(args.into(), item.into()).into()
}

/// Declares a warehouse: `#[warehouse(size = XSmall, auto_suspend = "60 seconds")] pub struct Wh;`
///
/// Options: `size` (a variant of `WarehouseSize`), `auto_suspend = ".."` (`"0 seconds"` means never),
/// `auto_resume = true`, `initially_suspended = true`, `name = ".."`, `external`.
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
/// Options: `on` (required), `schema` (the table's by default), `append_only`, `show_initial_rows`, `name = ".."`,
/// `external`.
#[proc_macro_attribute]
pub fn stream(args: TokenStream, item: TokenStream) -> TokenStream {
    stream::expand(args.into(), item.into()).into()
}

/// Declares a notification integration:
/// `#[notification_integration(aws_sns(topic_arn = "..", role_arn = ".."))] pub struct Errors;`
///
/// Options: `aws_sns(topic_arn, role_arn)` (required), `enabled = true`, `name = ".."`, `external`.
#[proc_macro_attribute]
pub fn notification_integration(args: TokenStream, item: TokenStream) -> TokenStream {
    notification_integration::expand(args.into(), item.into()).into()
}

/// Declares a table. The struct is also the type of its rows.
///
/// Options: `schema` (required), `name = ".."`, `external`, `transient`, `change_tracking`,
/// `data_retention_days = 0..=90`. On a field, `#[column(..)]`: `name = ".."`, `autoincrement` or
/// `autoincrement(start = 1, step = 1)`, `default = ..` (text, a number, `true`, `false` or a function such as
/// `current_timestamp()`), `flatten` (the field is another table's row; its columns come along as plain data).
///
/// Beside the row struct `TableA` there is a struct `TableAColumns` with a typed handle for each column.
#[proc_macro_attribute]
pub fn table(args: TokenStream, item: TokenStream) -> TokenStream {
    table::expand(args.into(), item.into()).into()
}

/// Declares a task.
///
/// Options: `schema` (required); what it runs on, `warehouse = SomeWarehouse`, `serverless` or
/// `serverless(initial_size = Medium)`; what it does, `call = procedure`, `call = procedure(1, "text")` or
/// `sql = ".. {Table} .."`; when, `schedule = "2 minutes"`, `schedule = cron("0 5 * * * Europe/Zurich")`,
/// `after(First, Second)` or `finalize = Root`, and `when = has_data(Stream)` combined with `&&`, `||`, `!`.
/// Further: `error_integration`, `success_integration`, `config = r#"{..}"#`, `overlap`, `timeout = "1 hour"`,
/// `suspend_after_failures = 3`, `retries = 2`, `minimum_trigger_interval = "30 seconds"`,
/// `target_completion_interval = "5 minutes"`, `name = ".."`, `external`.
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
/// Options: `schema` (required), `name = ".."`, `language = sql | javascript`, `execute_as = owner | caller`, `external`.
///
/// On a struct without fields it writes the usual incremental body: all changes of the stream `from` go into the table `into`,
/// in one transaction, column by column of the same name. `mode` is `overwrite` (the table holds the last changes only), `append`
/// (new rows and new versions of rows are added) or `merge(key = id, latest = updated_at)` (the table is kept like the source;
/// deleted rows are deleted). `set(column = value)` gives other columns values; in it, `c` is the change, `batch_id` a UUID and
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
/// Options: `schema` (required), `sql` (required on a struct; `{Type}` names an object), `name = ".."`, `external`.
#[proc_macro_attribute]
pub fn view(args: TokenStream, item: TokenStream) -> TokenStream {
    view::expand(args.into(), item.into()).into()
}

/// One SQL statement, in which `{Type}` names an object: `sql!("DELETE FROM {TableA} WHERE ID = 1")`.
///
/// Quotes, comments and parentheses are checked. `{{` and `}}` are braces; in a text in quotes, braces that do not enclose a
/// name stand for themselves.
#[proc_macro]
pub fn sql(input: TokenStream) -> TokenStream {
    sql::expand(input.into()).into()
}
