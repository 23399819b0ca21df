//! Queries and the rows they deliver, Snowpark-style: `changes.filter(|c| ..).select(|c| ..)`.

mod aggregate;
mod ast;
mod coverage;
mod handle;
mod insert;
mod latest;
mod merge;
mod row;
mod rows;
mod selection;
mod values;

pub use aggregate::{Aggregate, Aggregates, Grouped};
pub use ast::{From, Item, Select};
pub use coverage::{Constant, constant_fits, consumed_twice, insert_covers, matching_covers};
pub use handle::{Matching, Reading, Writing, reading, writing};
pub use insert::{AssignRow, Assignment, ChangedRow, InsertSource, NewRow, Query, RowLiteral};
pub use latest::{Key, Latest, MatchesKey};
pub use merge::{Merge, MergeOn};
pub use row::{PerKey, Readable, SourceRow, StreamRow, TableRow, WholeRow};
pub use rows::Rows;
pub use selection::{Items, Selection, item, items, view_to_sql};
pub use values::{LoopSource, RowValues, Values};
