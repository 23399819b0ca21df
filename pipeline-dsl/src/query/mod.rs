//! Queries and the rows they deliver, Snowpark-style: `changes.filter(|c| ..).select(|c| ..)`.
//!
//! | Rust | SQL |
//! |---|---|
//! | `a.filter(..)`, `.group_by(..).having(..)`, `.latest_by(..)` | WHERE, GROUP BY, HAVING, QUALIFY |
//! | `a.join(b, \|a, b\| a.id == b.id)`, `left_join`, `right_join`, `full_join`, `cross_join` | joins; a row that may be missing is a [`Maybe`] |
//! | `a.flatten(\|a\| a.list)` | LATERAL FLATTEN |
//! | `.order_by(..).then_by(..).limit(10)` | ORDER BY, with the place of NULLs written out, and LIMIT |
//! | `.select(..)`, `.columns(..)`, `.values(..)`, `.aggregate(..)` | what each row delivers |
//! | `.distinct()`, `.union(..)`, `.union_all(..)`, `.intersect(..)`, `.except(..)` | on queries with their columns |
//! | `is_in_rows(value, b.values(\|b\| b.id))`, `b.exists()` | IN, EXISTS |

mod aggregate;
mod ast;
mod coverage;
mod doubt;
mod group;
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
