//! Typed Rust for Snowflake tables, streams, procedures and tasks.
//!
//! Every object of a pipeline is a Rust type with an attribute. Its SQL name is the type's name in `UPPER_SNAKE`, its
//! comment is the doc comment, and what can be known without an account is checked while compiling.
//!
//! ```
//! use pipeline_dsl::prelude::*;
//! use pipeline_dsl::script::scripts;
//!
//! #[database]
//! pub struct Shop;
//! #[schema(database = Shop)]
//! pub struct Sales;
//! #[warehouse(size = XSmall, auto_suspend = "60 seconds")]
//! pub struct SalesWh;
//! #[role]
//! pub struct SalesRole;
//!
//! /// Orders as they come in.
//! #[table(schema = Sales)]
//! pub struct Orders {
//!     #[column(autoincrement)]
//!     pub id: Integer,
//!     pub amount: Option<Number<10, 2>>, // `Option` allows NULL
//! }
//!
//! /// The orders of the last run.
//! #[table(schema = Sales)]
//! pub struct NewOrders {
//!     #[column(flatten)]
//!     pub order: Orders,
//!     pub batch: Option<Varchar<36>>,
//! }
//!
//! #[stream(on = Orders)]
//! pub struct OrderChanges;
//!
//! #[procedure(schema = Sales)]
//! pub fn copy_orders(changes: &OrderChanges, target: &mut NewOrders) -> Variant {
//!     let batch = uuid_string();
//!     let rows = transaction(|| {
//!         target.insert_overwrite(changes.select(|c| NewOrders { order: c.row(), batch: batch }))
//!     });
//!     object! { "batch": batch, "rows": rows }
//! }
//!
//! #[task(
//!     schema = Sales,
//!     warehouse = SalesWh,
//!     schedule = "5 minutes",
//!     when = has_data(OrderChanges),
//!     call = copy_orders,
//! )]
//! pub struct CopyOrders;
//!
//! pipeline! {
//!     /// New orders every five minutes.
//!     pub NewOrdersPipeline(role = SalesRole) [CopyOrders] // and all that it reaches
//! }
//!
//! let scripts = scripts(NewOrdersPipeline::DEFINITION);
//! assert_eq!(scripts[1].file_name, "02_create_tables.sql");
//! assert!(scripts[1].text().contains("CREATE TABLE IF NOT EXISTS SHOP.SALES.ORDERS ("));
//! ```

// Lets the macros name this crate from inside it too.
extern crate self as pipeline_dsl;

pub mod body;
pub mod check;
pub mod expr;
pub mod fragment;
pub mod graph;
pub mod ident;
pub mod node;
pub mod object;
pub mod pipeline;
pub mod query;
pub mod rule;
pub mod schedule;
pub mod script;
pub mod types;

#[doc(hidden)]
pub mod __private;

pub use pipeline_macros::{
    database, notification_integration, pipeline, procedure, role, row, schema, sql, stream, table, task, view,
    warehouse,
};

/// What a program that describes a pipeline needs.
pub mod prelude {
    pub use crate::body::{
        Exception, LogLevel, attempt, call, execute_immediate, log, on_error, raise, set_return_value, transaction,
    };
    pub use crate::expr::ExprMethods;
    pub use crate::expr::function::*;
    pub use crate::expr::literal::{date, null, timestamp};
    pub use crate::fragment::Fragment;
    pub use crate::node::{Object, Procedure, Reads, Relation, Stream, Table, Writes};
    pub use crate::pipeline::{Pipeline, Scenario};
    pub use crate::query::{Query, Selection, is_in_rows};
    pub use crate::types::{
        Array, Binary, Boolean, Date, Float, Integer, Number, ObjectValue, Time, TimestampLtz, TimestampNtz,
        TimestampTz, Varchar, Variant,
    };
    pub use pipeline_macros::{
        database, notification_integration, pipeline, procedure, role, row, schema, sql, stream, table, task, view,
        warehouse,
    };
}
