//! Queries and the rows they deliver, Snowpark-style: `changes.filter(|c| ..).select(|c| ..)`.
//!
//! A query begins with a table, a view with typed columns, a stream, or another query whose rows are declared with `#[row]`. What
//! such a query is called in SQL, the program says with `let`.
//!
//! | Rust | SQL |
//! |---|---|
//! | `a.filter(\|a\| a.id > 1)` | WHERE |
//! | `a.join(b, \|a, b\| a.id == b.id)`, `left_join`, `right_join`, `full_join`, `cross_join` | joins of up to three sources; a row that may be missing is a [`Maybe`] |
//! | `a.flatten(\|a\| a.list)` | LATERAL FLATTEN |
//! | `.group_by(\|a\| (a.id, a.day)).having(\|a\| count() > 1)` | GROUP BY, HAVING; also of joins |
//! | `.latest_by(\|a\| a.id, \|a\| a.at.desc()).filter(..)` | QUALIFY ROW_NUMBER() = 1; also of joins |
//! | `.order_by(\|a\| a.at.desc()).then_by(\|a\| a.id).limit(10)` | ORDER BY, with the place of NULLs written out, and LIMIT |
//! | `.select(\|a\| Row { id: a.id })` | rows of a table, to be inserted, or of a struct with `#[row]`, to be read again |
//! | `.columns(\|a\| columns! { id: a.id })` | what a view delivers |
//! | `.values(\|a\| (a.id, a.day))` | what a loop goes through, and what [`is_in_rows`] looks in |
//! | `.aggregate(\|a\| (count(), sum(a.amount)))`, `.count()` | one row: values for `let`, or one value in an expression |
//! | `.distinct()`, `.union(..)`, `.union_all(..)`, `.intersect(..)`, `.except(..)` | on queries with their columns |
//! | `is_in_rows(value, b.values(\|b\| b.id))`, `b.filter(..).exists()` | IN, EXISTS; a condition of `b` may name rows around it |
//! | `let totals = a.group_by(..).select(\|a\| Total { .. }); totals.join(b, ..)` | WITH totals AS (..); a subquery where SQL takes no WITH |
//!
//! Rows are written by the methods of [`Writing`]:
//!
//! | Rust | SQL |
//! |---|---|
//! | `t.insert(..)`, `.insert_overwrite(..)` a row or a query; `a.insert_all().when(..)` | INSERT, into several tables as well |
//! | `t.filter(..).update(\|t\| Row { .., ..unchanged() })`, `.delete()`, `t.delete_all()`, `t.truncate()` | UPDATE, DELETE, TRUNCATE |
//! | `t.update_from(source).on(\|t\| t.id).set(..)`, `t.delete_using(b, ..)` | UPDATE with FROM, DELETE with USING |
//! | `t.merge(source).on(\|t\| t.id).update(..).insert(..).run()` | MERGE |
//! | `t.create_as(query)` | CREATE TEMPORARY TABLE AS |
//!
//! The source of a MERGE, and of an UPDATE from other rows, has one row per key, or which of several wins would be chance: it is a
//! `latest_by(key, order)` or a `group_by(key)`, of one source or of a join. `let m = ..run();` is the number of rows, and
//! `m.inserted`, `m.updated` and `m.deleted` say what was done with them.
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
//!     pub customer: Varchar<50>,
//!     pub amount: Option<Number<10, 2>>,
//! }
//!
//! #[table(schema = Mart)]
//! pub struct Regions {
//!     pub region: Varchar<10>,
//!     pub spent: Option<Number<38, 2>>,
//! }
//!
//! /// What a customer has spent.
//! #[row]
//! pub struct Spent {
//!     pub customer: Varchar<50>,
//!     pub total: Option<Number<38, 2>>,
//! }
//!
//! // A view with typed columns is read as a table is.
//! #[view(schema = Mart, sql = "SELECT CUSTOMER AS NAME, LEFT(CUSTOMER, 2) AS REGION FROM {Orders}")]
//! pub struct VCustomers {
//!     pub name: Varchar<50>,
//!     pub region: Varchar<10>,
//! }
//!
//! #[procedure(schema = Mart)]
//! pub fn fill_regions(orders: &Orders, customers: &VCustomers, regions: &mut Regions) -> Variant {
//!     let spent = orders.group_by(|o| o.customer).select(|o| Spent { customer: o.customer, total: sum(o.amount) });
//!     let large = spent.filter(|s| s.total > 100);
//!     let merged = regions
//!         .merge(large.join(customers, |s, c| s.customer == c.name).group_by(|_, c| c.region))
//!         .on(|r| r.region)
//!         .update(|_, (s, _)| Regions { spent: sum(s.total), ..unchanged() })
//!         .insert(|(s, c)| Regions { region: c.region, spent: sum(s.total) })
//!         .run();
//!     object! { "rows": merged, "new": merged.inserted }
//! }
//!
//! let sql = fill_regions::NODE.get().create();
//! assert!(sql.contains("WITH spent AS (") && sql.contains("FROM spent"));
//! assert!(sql.contains("GROUP BY V_CUSTOMERS.REGION"));
//! ```

mod aggregate;
mod ast;
mod coverage;
mod doubt;
mod handle;
mod insert;
mod join;
mod joined;
mod latest;
mod lift;
mod merge;
mod merge_source;
mod multi_insert;
mod row;
mod rows;
mod selection;
mod settled;
mod sorted;
mod source;
mod update_from;
mod values;

pub use aggregate::{Aggregate, Aggregates, Grouped};
pub use ast::{From, Item, Join, JoinKind, JoinSource, Select, SetOperator};
pub use coverage::{Constant, constant_fits, consumed_twice, insert_covers, matching_covers};
pub use doubt::{follows, is_stream, is_text, numbers_rows, would_wait};
pub use handle::{Matching, Reading, Writable, Writing, reading, writing};
pub use insert::{AssignRow, Assignment, ChangedRow, InsertSource, Named, NewRow, Query, RowLiteral};
pub use join::{Element, Joinable, Maybe};
pub use joined::{GroupedJoin2, GroupedJoin3, Joined2, Joined3, LatestJoin2, LatestJoin3};
pub use latest::{Key, Latest, MatchesKey};
pub use merge::{Merge, MergeOn};
pub use merge_source::{GroupRow, MergeRow, MergeSource, TellsRemoved};
pub use multi_insert::MultiInsert;
pub use row::{Derived, PerKey, Readable, RowSource, SourceRow, StreamRow, TableRow, WholeRow};
pub use rows::Rows;
pub use selection::{Items, Selection, ViewQuery, item, items, view_to_sql};
pub use sorted::{Sorted, is_in_rows, not_in_rows};
pub use update_from::{UpdateFrom, UpdateOn};
pub use values::{LoopSource, RowValues, Values};
