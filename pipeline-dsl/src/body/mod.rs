//! What a procedure does, statement by statement.
//!
//! `#[procedure]` turns a Rust function into calls of the functions here, which build a [`Body`]; [`to_sql`] writes it in
//! Snowflake Scripting.
//!
//! ```
//! use pipeline_dsl::prelude::*;
//!
//! #[database]
//! pub struct Shop;
//! #[schema(database = Shop)]
//! pub struct Mart;
//!
//! #[table(schema = Mart)]
//! pub struct Orders {
//!     pub id: Integer,
//!     pub amount: Option<Number<10, 2>>,
//! }
//!
//! #[table(schema = Mart)]
//! pub struct Totals {
//!     pub day: Date,
//!     pub total: Option<Number<38, 2>>,
//! }
//!
//! /// Adds up the orders; without any, there is no row.
//! #[procedure(schema = Mart)]
//! pub fn add_up(orders: &Orders, totals: &mut Totals, day: Date) -> Variant {
//!     let (count, total) = orders.aggregate(|o| (count(), sum(o.amount)));
//!     if count > 0 {
//!         totals.insert(Totals { day: day, total: total });
//!     }
//!     object! { "count": count, "total": total }
//! }
//!
//! let sql = add_up::NODE.get().create();
//! assert!(sql.contains("IF (count > 0) THEN\n        INSERT INTO SHOP.MART.TOTALS ("));
//! assert!(sql.contains("RETURN OBJECT_CONSTRUCT('count', count, 'total', total);"));
//! ```

mod bind;
mod builder;
mod control;
mod statement;
mod to_sql;

pub use bind::{Affected, Bind, Name, Var, assign, bind, bind_as};
pub use builder::{argument, build};
pub use control::{Branch, ErrorInfo, begin_if, on_error, ret, transaction};
pub use statement::{Body, ErrorHandler, MergeAction, MergeClause, Statement, Variable, VariableId};
pub use to_sql::{query_to_sql, to_sql};
