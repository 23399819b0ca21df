//! What a procedure does, statement by statement.
//!
//! `#[procedure]` turns a Rust function into calls of the functions here, which build a [`Body`]; [`to_sql`] writes it in
//! Snowflake Scripting, and [`to_js`] in JavaScript. Which of them is used, `language = ..` says.
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
//!
//! | Rust | Snowflake |
//! |---|---|
//! | `let`, `name = value`, `name += value` | a variable, `:=` |
//! | `if`, `match` on literals, ranges, `None` and conditions | IF, or IFF as a value |
//! | `while`, `loop`, `for n in 1..=9`, `.rev()`, `.step_by(2)`, `break 'outer`, `continue` | WHILE, LOOP, FOR |
//! | `for (id, name) in table.values(\|t\| (t.id, t.name))` | FOR over the rows of a query |
//! | [`transaction`], [`attempt`], [`on_error`], [`raise`] | BEGIN TRANSACTION, EXCEPTION, RAISE |
//! | `let rows = call(sp_load, (day,))` | CALL .. INTO |
//! | [`execute_immediate`], [`set_return_value`], [`log`] | EXECUTE IMMEDIATE, SYSTEM$SET_RETURN_VALUE, SYSTEM$LOG |
//! | `table.insert(..)`, `.update(..)`, `.delete()`, `.merge(..)`, `.truncate()` | DML; see [`crate::query`] |

mod bind;
mod builder;
mod call;
mod control;
mod flow;
mod loops;
mod merged;
mod statement;
mod text;
mod to_js;
mod to_sql;

pub use bind::{Affected, Bind, Name, Var, assign, bind, bind_as, bind_widened};
pub use builder::{argument, build};
pub use call::{Callable, Called, PassedAs, call};
pub use control::{Branch, ErrorInfo, begin_if, on_error, ret, transaction};
pub use flow::{
    Attempt, Binds, Failed, LogLevel, attempt, begin_attempt, execute_immediate, log, raise, set_return_value,
};
pub(crate) use flow::{create_temporary, truncate};
pub use loops::{Loop, Steps, begin_for, begin_loop, begin_rows, begin_while, break_loop, continue_loop};
pub use merged::{MergeCount, Merged};
pub use statement::{
    Body, ErrorHandler, Exception, InsertBranch, InsertWhen, MergeAction, MergeClause, MergeCounts, Statement,
    Variable, VariableId,
};
#[cfg(test)]
pub(crate) use text::expression_to_sql;
pub use text::query_to_sql;
pub use to_js::{argument_type, return_type, to_js};
pub use to_sql::to_sql;
